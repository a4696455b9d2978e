//! What the lab was told to break.

use std::sync::Arc;

use parking_lot::RwLock;

use crate::clock::Component;

/// What happens on a link instead of the plain exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The answer takes this long. It is compared with the caller's time budget, never slept.
    LatencyMs(u32),
    /// The connection is refused.
    Refused,
    /// The far end answers this HTTP status with an empty body.
    Status(u16),
}

/// One fault: a link and what happens there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Who calls; `None` is everybody.
    pub from: Option<Component>,
    /// The host that is called, as the caller names it; `None` is every host.
    pub to_host: Option<String>,
    /// What happens.
    pub effect: Effect,
}

/// The faults in force. [`crate::Outbound`] applies them.
#[derive(Clone, Default)]
pub struct Faults(Arc<RwLock<Vec<Fault>>>);

impl Faults {
    /// Adds a fault; several on one link apply in the order in which they were added.
    pub fn add(&self, fault: Fault) {
        self.0.write().push(fault);
    }

    /// Mends everything.
    pub fn clear(&self) {
        self.0.write().clear();
    }

    /// What applies to a call from `from` to `host` at `port`. A fault may name the host with its
    /// port, `127.0.0.1:8480`: loopback servers differ by nothing else. If any of the caller does,
    /// those for the host alone do not apply.
    pub fn on_link(&self, from: Component, host: &str, port: u16) -> Vec<Effect> {
        let faults = self.0.read();
        let of_caller = || {
            faults
                .iter()
                .filter(|fault| fault.from.is_none_or(|caller| caller == from))
        };
        let names = |fault: &Fault, name: &str| {
            let to = fault.to_host.as_deref();
            to.is_some_and(|to| to.eq_ignore_ascii_case(name))
        };
        let authority = format!("{host}:{port}");
        let name = match of_caller().any(|fault| names(fault, &authority)) {
            true => authority.as_str(),
            false => host,
        };
        of_caller()
            .filter(|fault| fault.to_host.is_none() || names(fault, name))
            .map(|fault| fault.effect.clone())
            .collect()
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
            to_host: Some("login.corp.example".into()),
            effect: Effect::Refused,
        });
        for (from, host, expected) in [
            (Component::Gateway, "LOGIN.corp.example", true),
            (Component::Vault, "login.corp.example", false),
            (Component::Gateway, "other.example", false),
        ] {
            let applies = faults.on_link(from, host, 443) == [Effect::Refused];
            assert_eq!(applies, expected, "{from} {host}");
        }
        faults.clear();
        let left = faults.on_link(Component::Gateway, "login.corp.example", 443);
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
                let (from, to_host) = (None, to_host.map(str::to_owned));
                let effect = Effect::Status(number);
                faults.add(Fault {
                    from,
                    to_host,
                    effect,
                });
            }
            let found = faults.on_link(Component::Gateway, host, 8480);
            let expected: Vec<Effect> = expected.iter().copied().map(Effect::Status).collect();
            assert_eq!(found, expected, "{named:?}");
        }
        // Another caller's fault for the port displaces nothing.
        let faults = Faults::default();
        for (from, to_host, status) in [(Component::Vault, own, 1), (Component::Gateway, host, 2)] {
            faults.add(Fault {
                from: Some(from),
                to_host: Some(to_host.to_owned()),
                effect: Effect::Status(status),
            });
        }
        let found = faults.on_link(Component::Gateway, host, 8480);
        assert_eq!(found, [Effect::Status(2)]);
    }
}
