//! `authlab vault`: the embedded Vault alone, in the foreground.

use anyhow::{Context as _, anyhow};
use authlab::{ControlPort, Guests, Secret, VaultFlavour, VaultServer, VaultServerConfig};

use crate::arguments::Vault;
use crate::end::{End, Stop, Usage};
use crate::signals::Signals;
use crate::{journal, output};

/// Where `authlab explain` asks unless it is told otherwise.
const CONTROL_PORT: u16 = 4560;

/// Starts the server, prints where it is, and waits for SIGINT or SIGTERM.
pub fn run(arguments: &Vault) -> Result<End, Stop> {
    let guests = Guests::default();
    for origin in &arguments.guests.allow_origin {
        let allowed = guests.allow_origin(origin);
        allowed.map_err(|error| Usage(anyhow!("--allow-origin: {error}")))?;
    }
    for host in &arguments.guests.allow_host {
        let allowed = guests.allow_host(host);
        allowed.map_err(|error| Usage(anyhow!("--allow-host: {error}")))?;
    }
    let seed = match arguments.seed {
        Some(seed) => seed,
        None => authlab::draw_seed().map_err(|error| Stop::Failed(anyhow!(error)))?,
    };
    let config = VaultServerConfig {
        listen: arguments.listen,
        flavour: arguments.flavour,
        root_token: arguments.root_token.as_deref().map(Secret::new),
        files: arguments.files.clone(),
        seed,
        journal: arguments.journal.clone(),
        guests,
        control: match arguments.control_port {
            Some(port) => ControlPort::Exactly(port),
            None => ControlPort::Preferably(CONTROL_PORT),
        },
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    let ended = runtime.block_on(async {
        let mut signals = Signals::catch()?;
        let server = VaultServer::start(config)
            .await
            .map_err(|error| Stop::Failed(anyhow!(error)))?;
        output::print(&as_text(&server, arguments.flavour, seed))?;
        let events = server.journal().clone();
        let file = arguments.journal.as_deref();
        let lost = journal::until_end(&events, file, &mut signals).await;
        server.stop().await;
        Ok(journal::end(&events, lost))
    });
    // What still blocks a thread is not waited for.
    runtime.shutdown_background();
    ended
}

fn as_text(server: &VaultServer, flavour: VaultFlavour, seed: u64) -> String {
    let (url, token) = (server.url(), server.root_token());
    let control = server.control_url();
    // What needs no option is printed without one.
    let option = if control.ends_with(&format!(":{CONTROL_PORT}")) {
        String::new()
    } else {
        format!(" --control {control}")
    };
    // hvac and OpenBao's command read Vault's variables too; `bao` prefers its own.
    let (product, own) = match flavour {
        VaultFlavour::Vault => ("Vault", String::new()),
        VaultFlavour::OpenBao | VaultFlavour::OpenBao27 => (
            "OpenBao",
            format!("  export BAO_ADDR={url} BAO_TOKEN={token}\n"),
        ),
    };
    format!(
        "authlab answers as {product} at {url}: unsealed, in memory, key/value version 2 at \
         secret/ (seed {seed})\n\n  export VAULT_ADDR={url} VAULT_TOKEN={token}\n{own}\n  why was that refused?  authlab explain --last{option}\n\n  stop with Ctrl-C\n"
    )
}
