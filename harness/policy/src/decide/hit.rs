//! The place of a matching statement.

use std::num::NonZeroU64;

use super::decision::{Layer, PrincipalForm, StatementRef};
use crate::document::Statement;
use crate::request::{Policy, PolicySet};

/// A matching statement: level, policy, statement and form in one word, in this order, so that the
/// least is the first. One word, because a decision holds and hands on many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit(NonZeroU64);

// The first bit of each part; the last bit of the word is always set.
const LEVEL: u32 = 56;
const POLICY: u32 = 40;
const STATEMENT: u32 = 8;
const FORM: u32 = 1;

impl Hit {
    #[inline]
    pub(crate) fn new(
        level: usize,
        policy: usize,
        statement: u32,
        form: Option<PrincipalForm>,
    ) -> Self {
        // Organizations have five levels and principals some twenty policies, so neither saturates.
        let level = u64::from(u8::try_from(level).unwrap_or(u8::MAX));
        let policy = u64::from(u16::try_from(policy).unwrap_or(u16::MAX));
        let form = form.map_or(0, |form| form as u64 + 1) << FORM;
        let place = level << LEVEL | policy << POLICY | u64::from(statement) << STATEMENT;
        Self(NonZeroU64::MIN | (place | form))
    }

    /// The place of a statement that was described.
    pub(crate) fn of(at: &StatementRef) -> Self {
        let statement = u32::try_from(at.statement_index).unwrap_or(u32::MAX);
        let level = at.level_index.unwrap_or_default();
        Self::new(level, at.policy_index, statement, at.principal_form)
    }

    /// The same statement in the policy at this position of a layer without levels.
    pub(crate) fn in_policy(self, index: usize) -> Self {
        let statement = (self.0.get() >> STATEMENT) as u32;
        Self::new(0, index, statement, self.form())
    }

    fn level(self) -> usize {
        usize::from((self.0.get() >> LEVEL) as u8)
    }

    pub(crate) fn policy_index(self) -> usize {
        usize::from((self.0.get() >> POLICY) as u16)
    }

    /// Position in the document.
    #[inline]
    pub(crate) fn statement_index(self) -> usize {
        (self.0.get() >> STATEMENT) as u32 as usize
    }

    /// How the statement named the caller; `None` where it has no Principal.
    #[inline]
    pub(crate) fn form(self) -> Option<PrincipalForm> {
        match self.0.get() as u8 >> 1 {
            1 => Some(PrincipalForm::Account),
            2 => Some(PrincipalForm::Parent),
            3 => Some(PrincipalForm::Everyone),
            4 => Some(PrincipalForm::Exact),
            _ => None,
        }
    }

    /// The policy that the statement stands in.
    pub(crate) fn policy<'a>(self, layer: Layer, policies: &'a PolicySet) -> Option<&'a Policy> {
        let position = self.policy_index();
        let of_level = |levels: &'a [Vec<Policy>]| levels.get(self.level())?.get(position);
        match layer {
            Layer::ServiceControl => of_level(&policies.service_control),
            Layer::ResourceControl => of_level(&policies.resource_control),
            Layer::Identity => policies.identity.get(position),
            Layer::Session => policies.session.get(position),
            Layer::Boundary => policies.boundary.as_ref(),
            Layer::Trust => policies.trust.as_ref(),
            Layer::Endpoint => policies.endpoint.as_ref(),
            Layer::Resource => policies.of_resource().nth(position),
        }
    }

    /// The statement itself.
    pub(crate) fn statement(self, layer: Layer, policies: &PolicySet) -> Option<&Statement> {
        let document = &self.policy(layer, policies)?.document;
        document.statements().get(self.statement_index())
    }

    /// The level of the organization, where the layer has levels.
    pub(crate) fn level_index(self, layer: Layer) -> Option<usize> {
        matches!(layer, Layer::ServiceControl | Layer::ResourceControl).then_some(self.level())
    }

    /// The full description of the statement.
    #[inline]
    pub(crate) fn describe(self, layer: Layer, policies: &PolicySet) -> StatementRef {
        let policy = self.policy(layer, policies);
        let statement = self.statement(layer, policies);
        StatementRef {
            layer,
            level_index: self.level_index(layer),
            policy_index: self.policy_index(),
            statement_index: self.statement_index(),
            policy_name: policy.map_or_else(|| "".into(), |policy| policy.name.clone()),
            sid: statement.and_then(|statement| statement.sid.clone()),
            principal_form: self.form(),
        }
    }
}
