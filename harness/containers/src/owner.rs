//! Whose run a set of containers belongs to, and whether that process still lives.
//!
//! Containers outlive a process that dies by `kill -9`. Each therefore carries its owner as a
//! label: machine, process id, and when that process started, since ids are used again.

use std::fmt;
use std::process::{Command, Stdio};

/// Processes that share a set set this to the same text, and [`OWNER_VARIABLE`] to the process
/// whose end ends the set.
pub const RUN_VARIABLE: &str = "AUTHLAB_RUN_ID";
/// The process id of the owner of the run that [`RUN_VARIABLE`] names.
pub const OWNER_VARIABLE: &str = "AUTHLAB_RUN_OWNER";
/// Set to `1`, containers stay after the run and the next one takes them over.
pub const KEEP_VARIABLE: &str = "AUTHLAB_KEEP";

/// The process whose end ends a set of containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    machine: String,
    process_id: u32,
    started: String,
}

impl Owner {
    /// The process with this id on this machine.
    pub fn of(process_id: u32) -> Self {
        Self {
            machine: machine(),
            process_id,
            started: started(process_id).unwrap_or_default(),
        }
    }

    /// Reads what [`Owner`] displays.
    pub fn parse(label: &str) -> Option<Self> {
        let mut parts = label.splitn(3, '/');
        let (machine, process_id, started) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            machine: machine.to_owned(),
            process_id: process_id.parse().ok()?,
            started: started.to_owned(),
        })
    }

    /// The process id.
    pub fn process_id(&self) -> u32 {
        self.process_id
    }

    /// Whether the process has ended for certain. Nothing is certain of another machine's: an
    /// engine may serve several.
    pub fn is_dead(&self) -> bool {
        self.machine == machine() && started(self.process_id).as_deref() != Some(&self.started)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}/{}/{}",
            self.machine, self.process_id, self.started
        )
    }
}

/// A run: what shares a set of containers, and who ends it.
#[derive(Debug, Clone)]
pub struct Run {
    /// Name in labels, container names and files: lower case, digits and hyphens.
    pub id: String,
    /// The process whose end ends the run.
    pub owner: Owner,
    /// Whether this process is that owner.
    pub is_own: bool,
    /// Whether the containers stay after the run.
    pub is_kept: bool,
}

impl Run {
    /// The run that this process belongs to: the one that the environment names; that of
    /// `cargo nextest`, which starts a process per test and is their parent; else its own.
    pub fn current() -> Self {
        let own = std::process::id();
        let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let is_kept = variable(KEEP_VARIABLE).is_some_and(|text| text != "0");
        let owner_id = variable(OWNER_VARIABLE).and_then(|text| text.parse().ok());
        let (id, owner_id) = match (variable(RUN_VARIABLE), variable("NEXTEST_RUN_ID")) {
            (Some(id), _) => (id, owner_id.unwrap_or(own)),
            (None, Some(id)) => (id, parent_of_this_process()),
            (None, None) => (format!("p{own}"), own),
        };
        let owner = Owner::of(owner_id);
        // The start time keeps a process from taking over what an earlier one of its id left.
        let id = if owner_id == own {
            format!("{id}-{}", owner.started)
        } else {
            id
        };
        let id = if is_kept {
            "kept".to_owned()
        } else {
            slug(&id)
        };
        Self {
            id,
            owner,
            is_own: owner_id == own && !is_kept,
            is_kept,
        }
    }
}

/// The text as a part of a container's name.
fn slug(text: &str) -> String {
    const LENGTH_LIMIT: usize = 48;
    text.chars()
        .map(|char| {
            if char.is_ascii_alphanumeric() {
                char.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(LENGTH_LIMIT)
        .collect()
}

/// The name of this machine, which in a container is the container's.
fn machine() -> String {
    let read = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let name = read.or_else(|| output("hostname", &[])).unwrap_or_default();
    let name = name.trim();
    if name.is_empty() {
        "unnamed".to_owned()
    } else {
        name.replace('/', "-")
    }
}

#[cfg(unix)]
fn parent_of_this_process() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent_of_this_process() -> u32 {
    std::process::id()
}

/// When the process started, in whatever unit the system tells it; `None` if there is none. A
/// process that ended and was not yet waited for counts as ended.
fn started(process_id: u32) -> Option<String> {
    if std::path::Path::new("/proc/self/stat").exists() {
        let stat = std::fs::read_to_string(format!("/proc/{process_id}/stat")).ok()?;
        // The name stands in brackets and may hold anything, so the fields are counted after it:
        // state is the first, the start time in clock ticks since boot the twentieth (proc(5)).
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let is_alive = !matches!(fields.first().copied(), Some("Z" | "X") | None);
        return is_alive
            .then(|| fields.get(19).map(|ticks| (*ticks).to_owned()))
            .flatten();
    }
    let text = output("ps", &["-o", "lstart=", "-p", &process_id.to_string()])?;
    let text = text.split_whitespace().collect::<Vec<_>>().join("-");
    (!text.is_empty()).then_some(text)
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_lives_until_it_ends() {
        let own = Owner::of(std::process::id());
        assert!(!own.is_dead(), "{own}");
        assert_eq!(Owner::parse(&own.to_string()), Some(own.clone()));

        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let owner = Owner::of(child.id());
        assert!(!owner.is_dead(), "{owner}");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(owner.is_dead(), "{owner}");
    }

    #[test]
    fn an_id_that_is_used_again_and_another_machine_are_told_apart() {
        let own = Owner::of(std::process::id());
        let reused = Owner {
            started: "1".to_owned(),
            ..own.clone()
        };
        assert!(reused.is_dead());
        let elsewhere = Owner {
            machine: "elsewhere".to_owned(),
            ..reused
        };
        assert!(!elsewhere.is_dead());
    }

    #[test]
    fn only_a_whole_label_is_an_owner() {
        for label in ["", "machine", "machine/1", "machine/x/2", "//"] {
            assert_eq!(Owner::parse(label), None, "{label}");
        }
    }

    #[test]
    fn a_run_id_fits_into_a_container_name() {
        assert_eq!(slug("1B2c/ä:x"), "1b2c---x");
        assert_eq!(slug(&"x".repeat(80)).len(), 48);
    }
}
