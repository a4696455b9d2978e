//! The short answer: outcome and deciding statement, found by looking at as little as possible.
//!
//! The layers are asked for a Deny one after the other and the first one ends it; only then Allows
//! are looked for, layer by layer as the combination needs them. What a [`Decision`] tells beyond
//! that (second statement, further lacking layers, missing keys) is not looked for. Both answers
//! come from the same combination and the same matching, and agree.
//!
//! [`Decision`]: super::Decision

use std::fmt;
use std::sync::Arc;

use super::check::Check;
use super::combine::{self, Allows, Grant};
use super::decision::{DecidedBy, Layer, Outcome, PrincipalForm, StatementRef};
use super::hit::Hit;
use super::scan::{self, Scan};
use super::{Space, action_at, is_always_allowed};
use crate::condition::MissingKeys;
use crate::document::{Effect, Statement};
use crate::request::{Policy, PolicySet, Request};

/// The result of [`verdict`]: what [`decide`](crate::decide) says, without what has to be searched
/// for in addition.
#[derive(Debug, Clone, Copy)]
pub struct Verdict<'a> {
    /// Allow, explicit or implicit deny; that of the decision.
    pub outcome: Outcome,
    /// The statement or the missing layer; that of the decision.
    pub decided_by: Grounds<'a>,
    /// Which check decided: 0 is the request itself, n the n-th additional check.
    pub check: usize,
}

/// What a verdict rests on: [`DecidedBy`] without copies.
#[derive(Debug, Clone, Copy)]
pub enum Grounds<'a> {
    /// One statement: the grant, or the Deny.
    Statement(StatementAt<'a>),
    /// A layer that has to allow and does not.
    Missing {
        /// The first such layer, in the order of [`DecidedBy::Missing`].
        layer: Layer,
        /// Level of the organization that lacks an Allow; SCPs only.
        level_index: Option<usize>,
    },
    /// The root user's built-in full access.
    RootUserDefault,
    /// An action that no policy can take away: `sts:GetCallerIdentity`.
    AlwaysAllowed,
    /// An API method that asks for no permission.
    Open,
}

/// A statement by its place in the policies of the request; names are looked up when asked for.
#[derive(Clone, Copy)]
pub struct StatementAt<'a> {
    layer: Layer,
    hit: Hit,
    policies: &'a PolicySet,
}

impl Verdict<'_> {
    /// Whether the request may proceed.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allow
    }
}

impl Grounds<'_> {
    /// The same in the form of a decision, which stands without the policies.
    #[must_use]
    pub fn to_decided_by(&self) -> DecidedBy {
        match *self {
            Self::Statement(statement) => DecidedBy::Statement(statement.to_ref()),
            Self::Missing { layer, level_index } => DecidedBy::Missing { layer, level_index },
            Self::RootUserDefault => DecidedBy::RootUserDefault,
            Self::AlwaysAllowed => DecidedBy::AlwaysAllowed,
            Self::Open => DecidedBy::Open,
        }
    }
}

impl<'a> StatementAt<'a> {
    pub(crate) fn new(layer: Layer, hit: Hit, policies: &'a PolicySet) -> Self {
        Self {
            layer,
            hit,
            policies,
        }
    }

    /// The policy's kind.
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.layer
    }

    /// The policy that the statement stands in.
    #[must_use]
    pub fn policy(&self) -> Option<&'a Policy> {
        self.hit.policy(self.layer, self.policies)
    }

    /// Position in the document, from 0.
    #[must_use]
    pub fn statement_index(&self) -> usize {
        self.hit.statement_index()
    }

    /// The statement's own name.
    #[must_use]
    pub fn sid(&self) -> Option<&'a str> {
        let statements = self.policy()?.document.statements();
        let sid: Option<&Arc<str>> = statements.get(self.statement_index())?.sid.as_ref();
        sid.map(|sid| &**sid)
    }

    /// How the statement named the caller, where it has a Principal.
    #[must_use]
    pub fn principal_form(&self) -> Option<PrincipalForm> {
        self.hit.form()
    }

    /// The full description, which stands without the policies.
    #[must_use]
    pub fn to_ref(&self) -> StatementRef {
        self.hit.describe(self.layer, self.policies)
    }
}

/// The description rather than all policies of the request.
impl fmt::Debug for StatementAt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_ref(), f)
    }
}

/// Decides `request` under `policies` and tells the outcome and what it rests on, both as
/// [`decide`](crate::decide) does.
///
/// Ends at the first Deny in the order SCP, RCP, identity, boundary, session, resource, trust,
/// endpoint. Nothing is allocated, whatever the outcome, but for what has to be decoded or expanded:
/// values of `BinaryEquals`, variables under the operators that ignore case, texts beyond ASCII under
/// those, and actions of more than 64 bytes.
///
/// ```
/// use authlab_policy::{Grounds, PolicySet, Principal, Request, verdict};
///
/// let ana = Principal::user("arn:aws:iam::111111111111:user/ana", "AIDAANAEXAMPLE0000000");
/// let request = Request::new(ana, "s3:GetObject", "arn:aws:s3:::bkt/key");
/// let policies = PolicySet::default();
/// let verdict = verdict(&request, &policies);
/// assert!(!verdict.is_allowed() && matches!(verdict.decided_by, Grounds::Missing { .. }));
/// ```
#[must_use]
pub fn verdict<'a>(request: &Request, policies: &'a PolicySet) -> Verdict<'a> {
    if request.additional.is_empty() {
        verdict_at(request, policies, 0)
    } else {
        verdict_of_all(request, policies)
    }
}

/// With additional checks: the first one that is not allowed, else the request itself. Apart from
/// the usual way, which a loop would slow down.
fn verdict_of_all<'a>(request: &Request, policies: &'a PolicySet) -> Verdict<'a> {
    let verdict = verdict_at(request, policies, 0);
    if !verdict.is_allowed() {
        return verdict;
    }
    (1..=request.additional.len())
        .map(|number| verdict_at(request, policies, number))
        .find(|further| !further.is_allowed())
        .unwrap_or(verdict)
}

#[inline]
fn verdict_at<'a>(request: &Request, policies: &'a PolicySet, number: usize) -> Verdict<'a> {
    let mut space = Space::new();
    let lower = space.lower_case(action_at(request, number));
    let new = |outcome, decided_by| Verdict {
        outcome,
        decided_by,
        check: number,
    };
    if is_always_allowed(lower) {
        return new(Outcome::Allow, Grounds::AlwaysAllowed);
    }
    let check = &Check::new(request, policies, number, lower);
    let statement = |outcome, layer, hit| {
        let statement = StatementAt::new(layer, hit, policies);
        new(outcome, Grounds::Statement(statement))
    };
    let missing = |layer, level_index| {
        let grounds = Grounds::Missing { layer, level_index };
        new(Outcome::ImplicitDeny, grounds)
    };
    if let Some((layer, hit)) = first_deny(check) {
        return statement(Outcome::ExplicitDeny, layer, hit);
    }
    if let Some(level) = silent_level(check) {
        return missing(Layer::ServiceControl, Some(level));
    }
    let asked = Asked(check);
    if check.applies.endpoint && asked.allow(Layer::Endpoint).is_none() {
        return missing(Layer::Endpoint, None);
    }
    match combine::grant(check, &asked) {
        Grant::Statement(layer, hit) => statement(Outcome::Allow, layer, hit),
        Grant::RootUserDefault => new(Outcome::Allow, Grounds::RootUserDefault),
        Grant::Open => new(Outcome::Allow, Grounds::Open),
        Grant::Lacking(layers) => missing(layers.first().unwrap_or(Layer::Identity), None),
    }
}

/// The Deny that is named.
#[inline]
fn first_deny(check: &Check<'_>) -> Option<(Layer, Hit)> {
    let policies = check.policies;
    let applies = check.applies;
    let in_levels = |layer, levels: &[Vec<Policy>]| {
        levels.iter().enumerate().find_map(|(level, attached)| {
            let hit = scan::first(check, level, attached, Effect::Deny)?;
            Some((layer, hit))
        })
    };
    if applies.service_control
        && let Some(found) = in_levels(Layer::ServiceControl, &policies.service_control)
    {
        return Some(found);
    }
    if applies.resource_control
        && let Some(found) = in_levels(Layer::ResourceControl, &policies.resource_control)
    {
        return Some(found);
    }
    let in_layer = |layer| {
        let attached = attached(check, layer);
        if attached.is_empty() {
            return None;
        }
        let hit = scan::first(check, 0, attached, Effect::Deny)?;
        Some((layer, hit))
    };
    in_layer(Layer::Identity)
        .or_else(|| in_layer(Layer::Boundary))
        .or_else(|| in_layer(Layer::Session))
        .or_else(|| in_layer(Layer::Resource))
        .or_else(|| in_layer(Layer::Trust))
        .or_else(|| in_layer(Layer::Endpoint))
}

/// The first level of SCPs without an Allow.
fn silent_level(check: &Check<'_>) -> Option<usize> {
    if !check.applies.service_control {
        return None;
    }
    let mut levels = check.policies.service_control.iter().enumerate();
    levels.find_map(|(level, attached)| {
        let silent = scan::first(check, level, attached, Effect::Allow).is_none();
        silent.then_some(level)
    })
}

/// The policies of a layer without levels; none where the layer takes no part.
#[inline]
pub(super) fn attached<'a>(check: &Check<'a>, layer: Layer) -> &'a [Policy] {
    let (policies, applies) = (check.policies, check.applies);
    let (applies, attached) = match layer {
        Layer::Identity => (applies.identity, policies.identity.as_slice()),
        Layer::Boundary => (applies.identity, policies.boundary.as_slice()),
        Layer::Session => (applies.identity, policies.session.as_slice()),
        Layer::Resource => (applies.resource, policies.resource.as_slice()),
        Layer::Trust => (applies.trust, policies.trust.as_slice()),
        Layer::Endpoint => (applies.endpoint, policies.endpoint.as_slice()),
        Layer::ServiceControl | Layer::ResourceControl => (false, [].as_slice()),
    };
    if applies { attached } else { &[] }
}

/// The first Allow of the grants, which stand behind the resource's own policy. Apart, because only
/// keys have grants.
#[inline(never)]
fn allow_of_grants(check: &Check<'_>, layer: Layer) -> Option<Hit> {
    let policies = check.policies;
    if layer != Layer::Resource || !check.applies.resource || policies.grants.is_empty() {
        return None;
    }
    let behind = policies.resource.iter().count();
    scan::first_from(check, behind, &policies.grants, Effect::Allow)
}

/// All that speaks for a resource with grants, in full.
#[inline(never)]
fn with_grants(check: &Check<'_>) -> Scan {
    let mut scan = Scan::default();
    if check.applies.resource {
        let mut missing = MissingKeys::default();
        let policies = check.policies.of_resource();
        let covers = &mut |scan: &Scan, _, statement: &Statement, hit| {
            scan::covers(scan, statement, hit, check, &mut missing)
        };
        scan.add(check, Layer::Resource, 0, policies, covers);
    }
    scan
}

/// Layers that are looked through when the combination asks for them.
pub(super) struct Asked<'a, 'r>(pub(super) &'a Check<'r>);

impl Allows for Asked<'_, '_> {
    #[inline]
    fn allow(&self, layer: Layer) -> Option<Hit> {
        let hit = scan::first(self.0, 0, attached(self.0, layer), Effect::Allow);
        hit.or_else(|| allow_of_grants(self.0, layer))
    }

    #[inline]
    fn by_form(&self, layer: Layer) -> Scan {
        if layer == Layer::Resource && !self.0.policies.grants.is_empty() {
            return with_grants(self.0);
        }
        scan::allows_by_form(self.0, attached(self.0, layer).first())
    }
}
