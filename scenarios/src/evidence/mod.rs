//! What events tell, for a document and for a step: read from the structs of those who wrote them.
//!
//! - [`words`]: what was asked, of what, by whom, in a few words.
//! - [`decided`]: what decided it.

pub(crate) mod decided;
pub(crate) mod words;

use authlab::Event;
use authlab::evidence::{aws, gateway, policy::Decision};

/// The decision of the policy engine that an event tells, if it tells one.
pub(crate) fn decision(event: &Event) -> Option<Decision> {
    if let Some(told) = event.read::<aws::Decision>() {
        return Some(told.decision);
    }
    match event.read::<gateway::Authorization<'_>>()? {
        gateway::Authorization::Invoke(invoke) => Some(invoke.decision?.decision),
        gateway::Authorization::Audited(decided) => Some(decided.decision),
        gateway::Authorization::Scopes { .. } | gateway::Authorization::Simple { .. } => None,
    }
}

/// A member of a closed list as the journal spells it.
pub(crate) fn spelled(member: &impl serde::Serialize) -> Option<String> {
    match serde_json::to_value(member) {
        Ok(serde_json::Value::String(text)) => Some(text),
        _ => None,
    }
}
