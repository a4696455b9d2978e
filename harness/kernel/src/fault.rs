//! What the lab was told to break.

use std::sync::Arc;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use crate::clock::Component;

/// What happens on a link instead of the plain exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The answer takes this long, in milliseconds. It is compared with the caller's time budget,
    /// never slept.
    LatencyMs(u32),
    /// The connection is refused.
    Refused,
    /// The far end answers this HTTP status with an empty body.
    Status(u16),
    /// The far end is called, and the connection breaks off after so many bytes of its answer's body;
    /// where that is shorter, in what would have come after it.
    BrokenOff(usize),
    /// The far end is called, and its answer's body ends after so many bytes as if it were whole.
    Truncated(usize),
}

/// Which of the calls that a fault is about it hits, counted from when it was added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calls {
    /// All of them.
    #[default]
    All,
    /// The first so many; then the link is whole.
    First(u64),
    /// Every so manieth: of 3 the third, the sixth, ...; of 0 none.
    Every(u64),
}

impl Calls {
    /// Whether the call of this number, from 1, is hit.
    fn hit(self, number: u64) -> bool {
        match self {
            Self::All => true,
            Self::First(count) => number <= count,
            Self::Every(nth) => nth > 0 && number.is_multiple_of(nth),
        }
    }
}

/// One fault: a link and what happens there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Who calls; `None` is everybody.
    pub from: Option<Component>,
    /// The host that is called, as the caller names it; `None` is every host.
    pub to_host: Option<String>,
    /// The path that is called, without its query; `None` is every path.
    pub path: Option<String>,
    /// Which calls.
    pub calls: Calls,
    /// What happens.
    pub effect: Effect,
}

impl Fault {
    /// A fault of every call on every link.
    pub fn everywhere(effect: Effect) -> Self {
        Self {
            from: None,
            to_host: None,
            path: None,
            calls: Calls::All,
            effect,
        }
    }

    /// A fault of every call to this host.
    pub fn to(host: impl Into<String>, effect: Effect) -> Self {
        Self {
            to_host: Some(host.into()),
            ..Self::everywhere(effect)
        }
    }

    fn names(&self, host: &str) -> bool {
        let to = self.to_host.as_deref();
        to.is_some_and(|to| to.eq_ignore_ascii_case(host))
    }
}

/// A fault in force.
struct Armed {
    fault: Fault,
    /// How many calls it was about so far.
    calls: u64,
}

/// The faults in force. [`crate::Outbound`] applies them.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Armed>>>);

impl Faults {
    /// Adds a fault; several on one link apply in the order in which they were added.
    pub fn add(&self, fault: Fault) {
        self.0.lock().push(Armed { fault, calls: 0 });
    }

    /// Mends everything.
    pub fn clear(&self) {
        self.0.lock().clear();
    }

    /// The faults in force, in the order in which they were added, each with how many calls it was
    /// about so far.
    pub fn in_force(&self) -> Vec<(Fault, u64)> {
        let faults = self.0.lock();
        let told = faults
            .iter()
            .map(|armed| (armed.fault.clone(), armed.calls));
        told.collect()
    }

    /// What applies to a call from `from` to `path` of `host` at `port`; the call counts. A fault may
    /// name the host with its port, `127.0.0.1:8480`: loopback servers differ by nothing else. If any
    /// of the caller does, those for the host alone do not apply.
    pub fn on_call(&self, from: Component, host: &str, port: u16, path: &str) -> Vec<Effect> {
        let mut faults = self.0.lock();
        if faults.is_empty() {
            return Vec::new();
        }
        let is_of_caller = |fault: &Fault| fault.from.is_none_or(|caller| caller == from);
        let authority = format!("{host}:{port}");
        let is_named_with_port = faults
            .iter()
            .any(|armed| is_of_caller(&armed.fault) && armed.fault.names(&authority));
        let name = if is_named_with_port {
            authority.as_str()
        } else {
            host
        };
        let mut effects = Vec::new();
        for armed in faults.iter_mut() {
            let fault = &armed.fault;
            let is_about_host = fault.to_host.is_none() || fault.names(name);
            let is_about_path = fault.path.as_deref().is_none_or(|only| only == path);
            if !(is_of_caller(fault) && is_about_host && is_about_path) {
                continue;
            }
            armed.calls = armed.calls.saturating_add(1);
            if fault.calls.hit(armed.calls) {
                effects.push(fault.effect);
            }
        }
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_applies_to_its_link_only() {
        let faults = Faults::default();
        faults.add(Fault {
            from: Some(Component::Gateway),
            ..Fault::to("login.corp.example", Effect::Refused)
        });
        for (from, host, expected) in [
            (Component::Gateway, "LOGIN.corp.example", true),
            (Component::Vault, "login.corp.example", false),
            (Component::Gateway, "other.example", false),
        ] {
            let applies = faults.on_call(from, host, 443, "/") == [Effect::Refused];
            assert_eq!(applies, expected, "{from} {host}");
        }
        faults.clear();
        let left = faults.on_call(Component::Gateway, "login.corp.example", 443, "/");
        assert!(left.is_empty());
    }

    #[test]
    fn a_fault_that_names_the_port_stands_instead_of_those_for_the_host() {
        let (host, own, other) = ("127.0.0.1", "127.0.0.1:8480", "127.0.0.1:8481");
        // The faults, each with the status by which it is known, and which apply to port 8480.
        let cases: [(&[Option<&str>], &[u16]); 8] = [
            (&[], &[]),
            (&[Some(host)], &[0]),
            (&[Some(own)], &[0]),
            (&[Some(other)], &[]),
            (&[Some(host), Some(own)], &[1]),
            (&[Some(own), Some(host), Some(host)], &[0]),
            (&[Some(host), Some(other)], &[0]),
            (&[None, Some(host), Some(own)], &[0, 2]),
        ];
        for (named, expected) in cases {
            let faults = Faults::default();
            for (number, to_host) in (0u16..).zip(named) {
                let to_host = to_host.map(str::to_owned);
                let fault = Fault::everywhere(Effect::Status(number));
                faults.add(Fault { to_host, ..fault });
            }
            let found = faults.on_call(Component::Gateway, host, 8480, "/");
            let expected: Vec<Effect> = expected.iter().copied().map(Effect::Status).collect();
            assert_eq!(found, expected, "{named:?}");
        }
        // Another caller's fault for the port displaces nothing.
        let faults = Faults::default();
        for (from, to_host, status) in [(Component::Vault, own, 1), (Component::Gateway, host, 2)] {
            faults.add(Fault {
                from: Some(from),
                ..Fault::to(to_host, Effect::Status(status))
            });
        }
        let found = faults.on_call(Component::Gateway, host, 8480, "/");
        assert_eq!(found, [Effect::Status(2)]);
    }

    #[test]
    fn a_fault_hits_the_calls_and_the_path_that_it_is_about() {
        let hits = |calls| {
            let faults = Faults::default();
            faults.add(Fault {
                calls,
                path: Some("/jwks".to_owned()),
                ..Fault::to("issuer", Effect::Refused)
            });
            let call =
                |path| faults.on_call(Component::Vault, "issuer", 80, path) == [Effect::Refused];
            // Calls of another path do not count.
            let hits: Vec<bool> = (0..6).map(|_| !call("/token") && call("/jwks")).collect();
            let told: Vec<u64> = faults.in_force().iter().map(|(_, calls)| *calls).collect();
            assert_eq!(told, [6]);
            hits
        };
        let (yes, no) = (true, false);
        for (calls, expected) in [
            (Calls::All, [yes; 6]),
            (Calls::First(0), [no; 6]),
            (Calls::First(2), [yes, yes, no, no, no, no]),
            (Calls::Every(1), [yes; 6]),
            (Calls::Every(3), [no, no, yes, no, no, yes]),
            (Calls::Every(0), [no; 6]),
        ] {
            assert_eq!(hits(calls), expected, "{calls:?}");
        }
    }
}
