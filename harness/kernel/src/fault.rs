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

    /// What applies to a call from `from` to `host`.
    pub fn on_link(&self, from: Component, host: &str) -> Vec<Effect> {
        let applies = |fault: &&Fault| {
            fault.from.is_none_or(|caller| caller == from)
                && fault
                    .to_host
                    .as_deref()
                    .is_none_or(|to| to.eq_ignore_ascii_case(host))
        };
        self.0
            .read()
            .iter()
            .filter(applies)
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
        assert_eq!(
            faults.on_link(Component::Gateway, "LOGIN.corp.example"),
            [Effect::Refused]
        );
        assert!(
            faults
                .on_link(Component::Vault, "login.corp.example")
                .is_empty()
        );
        assert!(
            faults
                .on_link(Component::Gateway, "other.example")
                .is_empty()
        );
        faults.clear();
        assert!(
            faults
                .on_link(Component::Gateway, "login.corp.example")
                .is_empty()
        );
    }
}
