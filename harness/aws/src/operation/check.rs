//! What a call must be permitted.

use std::sync::Arc;

use authlab_kernel::AccountId;
use authlab_policy::{Layer, Policy};
use authlab_wire::WireError;

use super::call::{Call, Caller};

/// One permission that a call needs.
#[derive(Clone)]
pub struct Check {
    /// `oam:CreateLink`.
    pub action: String,
    /// The resource's ARN; `*` for actions without resource-level permissions.
    pub resource: String,
    /// Who owns the resource.
    pub resource_account: AccountId,
    /// The resource's own policy, with the name under which an explanation shows it.
    pub resource_policy: Option<Policy>,
    /// Grants on the resource, which speak for it as its policy does.
    pub grants: Vec<Policy>,
    /// Another answer to a refusal than the usual one.
    pub refusal: Option<Refusal>,
    /// Who asks for this, where it is not the caller: a service for itself, as CloudWatch Logs asks
    /// for the key of a log group.
    pub caller: Option<Arc<Caller>>,
    /// A role's trust policy, for `sts:AssumeRole` and its kin.
    pub trust: Option<Policy>,
    /// Condition keys beside those that the front door adds for every call (principal, time,
    /// source address, requested Region, organization).
    pub context: Vec<(String, Vec<String>)>,
}

impl Check {
    /// A check of `action` on a resource that `owner` owns.
    pub fn new(action: impl Into<String>, resource: impl Into<String>, owner: AccountId) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            resource_account: owner,
            resource_policy: None,
            grants: Vec::new(),
            refusal: None,
            caller: None,
            trust: None,
            context: Vec::new(),
        }
    }

    /// A check of an action that takes no resource.
    pub fn unscoped(action: impl Into<String>, call: &Call) -> Self {
        Self::new(action, "*", call.scope.account.clone())
    }

    /// With the resource's own policy, if it has one.
    #[must_use]
    pub fn resource_policy(mut self, policy: Option<Policy>) -> Self {
        self.resource_policy = policy;
        self
    }

    /// With the role's trust policy.
    #[must_use]
    pub fn trust(mut self, policy: Policy) -> Self {
        self.trust = Some(policy);
        self
    }

    /// With a single-valued condition key.
    #[must_use]
    pub fn with(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.with_all(key, vec![value.into()])
    }

    /// With a multivalued condition key; no values make a key that is present and empty.
    #[must_use]
    pub fn with_all(mut self, key: impl Into<String>, values: Vec<String>) -> Self {
        self.context.push((key.into(), values));
        self
    }
}

/// What a caller is answered when a check refuses, where it is not the usual sentence.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// Whatever refuses.
    Always(WireError),
    /// Where it is the resource's side that does not let the caller in.
    OfResource(WireError),
    /// Words around the usual sentence: of the action and that sentence.
    Around(fn(&str, &str) -> WireError),
}

impl Refusal {
    /// The answer to a refusal of `action` by `layer`, of which the usual sentence is `sentence`; none
    /// where that is the answer.
    pub fn answer(&self, layer: Option<Layer>, action: &str, sentence: &str) -> Option<WireError> {
        match self {
            Self::Always(error) => Some(error.clone()),
            Self::OfResource(error) => (layer == Some(Layer::Resource)).then(|| error.clone()),
            Self::Around(words) => Some(words(action, sentence)),
        }
    }
}
