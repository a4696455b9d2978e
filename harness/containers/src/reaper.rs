//! A small shell process that outlives ours and removes a set when the run's owner has ended,
//! however it ended. Without it (no shell, no `docker` command) the next start's sweep does.

use std::process::{Child, ChildStdin, Command, Stdio};

use crate::owner::Run;

/// `$1` is the label of the set, `$2` the owner's process id or `-`. With `-` the end of standard
/// input is the end of the owner: the system closes the pipe when the last process that holds it
/// dies. A foreign owner holds no pipe of ours, so it is asked for once a second.
const SCRIPT: &str = r#"
if [ "$2" = - ]; then
    read -r _ || true
else
    while kill -0 "$2"; do sleep 1; done
fi
ids=$(docker ps --all --quiet --filter "label=$1")
[ -z "$ids" ] || docker rm --force --volumes $ids
ids=$(docker network ls --quiet --filter "label=$1")
[ -z "$ids" ] || docker network rm $ids
"#;

/// The process that removes a set after its owner's end.
#[derive(Debug)]
pub(crate) struct Reaper {
    child: Child,
    /// Held open for as long as this process lives.
    _stdin: Option<ChildStdin>,
    is_own: bool,
}

impl Reaper {
    /// Starts the process; `None` where there is no shell.
    pub fn start(run: &Run, set: &str) -> Option<Self> {
        let owner = if run.is_own {
            "-".to_owned()
        } else {
            run.owner.process_id().to_string()
        };
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                SCRIPT,
                "authlab-reaper",
                &format!("authlab.run={set}"),
                &owner,
            ])
            .stdin(if run.is_own {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // A process group of its own: Ctrl-C in the terminal is meant for us, not for it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().ok()?;
        let stdin = child.stdin.take();
        Some(Self {
            child,
            _stdin: stdin,
            is_own: run.is_own,
        })
    }

    /// Ends the process without its work, after the set was removed in an orderly way.
    pub fn dismiss(mut self) {
        if self.is_own {
            let _ended = self.child.kill();
            let _reaped = self.child.wait();
        }
    }
}
