//! The signals that end what runs in the foreground.

use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

/// The status of a command that a second signal ended, as shells show one that SIGINT killed.
const INTERRUPTED: i32 = 130;

/// SIGINT and SIGTERM, caught from now on. The first asks for an end; a second one ends at once,
/// whatever hangs: a thread of its own waits for it.
pub struct Signals(oneshot::Receiver<()>);

impl Signals {
    /// Catches both. Called before anything is printed: a signal that comes at once ends cleanly.
    pub fn catch() -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()
            .context("no runtime for signals")?;
        let (mut interrupt, mut terminate) = {
            let _entered = runtime.enter();
            (
                signal(SignalKind::interrupt()).context("SIGINT cannot be caught")?,
                signal(SignalKind::terminate()).context("SIGTERM cannot be caught")?,
            )
        };
        let (first, received) = oneshot::channel();
        std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    either(&mut interrupt, &mut terminate).await;
                    // Who is gone has ended already.
                    let _gone = first.send(());
                    either(&mut interrupt, &mut terminate).await;
                });
                std::process::exit(INTERRUPTED);
            })
            .context("signals cannot be waited for")?;
        Ok(Self(received))
    }

    /// Waits for the first.
    pub async fn received(&mut self) {
        // The thread never ends before it has sent.
        let _sent = (&mut self.0).await;
    }
}

async fn either(interrupt: &mut Signal, terminate: &mut Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
