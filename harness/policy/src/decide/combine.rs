//! From what the layers say to the decision.

use super::api;
use super::check::Check;
use super::decision::{DecidedBy, Decision, Layer, Outcome, PrincipalForm};
use super::hit::Hit;
use super::scan::{self, Scan};
use super::special;
use crate::condition::MissingKeys;
use crate::document::Statement;
use crate::principal::Principal;

/// What each layer says about one check.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    pub(crate) service_control: Scan,
    /// The first level without an Allow.
    pub(crate) silent_level: Option<usize>,
    pub(crate) resource_control: Scan,
    pub(crate) identity: Scan,
    pub(crate) boundary: Scan,
    pub(crate) session: Scan,
    pub(crate) resource: Scan,
    pub(crate) trust: Scan,
    pub(crate) endpoint: Scan,
}

impl Layers {
    /// Scans every layer that takes part, none left out: the missing keys are those of all.
    #[inline]
    pub(crate) fn scan(check: &Check<'_>, missing: &mut MissingKeys) -> Self {
        Self::scan_by(check, |scan, _, statement, hit| {
            scan::covers(scan, statement, hit, check, missing)
        })
    }

    /// Scans every layer that takes part for the statements that `covers` says yes to; it is told
    /// what is known of the layer.
    #[inline]
    pub(crate) fn scan_by(
        check: &Check<'_>,
        mut covers: impl FnMut(&Scan, Layer, &Statement, Hit) -> bool,
    ) -> Self {
        let mut layers = Self::default();
        let policies = check.policies;
        let applies = check.applies;
        let covers = &mut covers;
        if applies.service_control {
            for (level, attached) in policies.service_control.iter().enumerate() {
                let mut scan = Scan::default();
                scan.add(check, Layer::ServiceControl, level, attached, covers);
                if scan.allow().is_none() {
                    layers.silent_level.get_or_insert(level);
                }
                if layers.service_control.deny.is_none() {
                    layers.service_control.deny = scan.deny;
                }
            }
        }
        if applies.resource_control {
            let scan = &mut layers.resource_control;
            for (level, attached) in policies.resource_control.iter().enumerate() {
                scan.add(check, Layer::ResourceControl, level, attached, covers);
            }
        }
        if applies.identity {
            let (identity, boundary) = (&mut layers.identity, &mut layers.boundary);
            identity.add(check, Layer::Identity, 0, &policies.identity, covers);
            boundary.add(check, Layer::Boundary, 0, &policies.boundary, covers);
            let session = &mut layers.session;
            session.add(check, Layer::Session, 0, &policies.session, covers);
        }
        if applies.resource {
            let scan = &mut layers.resource;
            scan.add(check, Layer::Resource, 0, policies.of_resource(), covers);
        }
        if applies.trust {
            let scan = &mut layers.trust;
            scan.add(check, Layer::Trust, 0, &policies.trust, covers);
        }
        if applies.endpoint {
            let scan = &mut layers.endpoint;
            scan.add(check, Layer::Endpoint, 0, &policies.endpoint, covers);
        }
        layers
    }

    fn scan_of(&self, layer: Layer) -> &Scan {
        match layer {
            Layer::Identity => &self.identity,
            Layer::Resource => &self.resource,
            Layer::Trust => &self.trust,
            Layer::Boundary => &self.boundary,
            Layer::Session => &self.session,
            Layer::ServiceControl => &self.service_control,
            Layer::ResourceControl => &self.resource_control,
            Layer::Endpoint => &self.endpoint,
        }
    }

    /// Explicit denies in the order in which they are named.
    fn denies(&self) -> [(Layer, Option<Hit>); 8] {
        [
            (Layer::ServiceControl, self.service_control.deny),
            (Layer::ResourceControl, self.resource_control.deny),
            (Layer::Identity, self.identity.deny),
            (Layer::Boundary, self.boundary.deny),
            (Layer::Session, self.session.deny),
            (Layer::Resource, self.resource.deny),
            (Layer::Trust, self.trust.deny),
            (Layer::Endpoint, self.endpoint.deny),
        ]
    }
}

/// Where the combination learns which Allows match: from layers that were scanned before, or by
/// looking when it asks.
pub(super) trait Allows {
    /// The first matching Allow of the layer, of any principal form.
    fn allow(&self, layer: Layer) -> Option<Hit>;

    /// The matching Allows of a layer whose statements name principals.
    fn by_form(&self, layer: Layer) -> Scan;
}

impl Allows for Layers {
    fn allow(&self, layer: Layer) -> Option<Hit> {
        self.scan_of(layer).allow()
    }

    fn by_form(&self, layer: Layer) -> Scan {
        *self.scan_of(layer)
    }
}

/// Layers that lack an Allow, in the order in which they are named; on the stack.
#[derive(Debug, Default)]
pub(super) struct Missing {
    layers: [Option<Layer>; 8],
    count: usize,
}

impl Missing {
    pub(super) fn push(&mut self, layer: Layer) {
        if self.layers.contains(&Some(layer)) {
            return;
        }
        if let Some(place) = self.layers.get_mut(self.count) {
            *place = Some(layer);
            self.count += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn first(&self) -> Option<Layer> {
        self.layers[0]
    }
}

/// What the sides of a check amount to, before SCPs and endpoint policy.
pub(super) enum Grant {
    Statement(Layer, Hit),
    RootUserDefault,
    Open,
    Lacking(Missing),
}

#[inline]
pub(crate) fn combine(check: &Check<'_>, layers: &Layers) -> Decision {
    let mut denies = layers
        .denies()
        .into_iter()
        .filter_map(|(layer, hit)| Some((layer, hit?)));
    if let Some((layer, hit)) = denies.next() {
        let statement = hit.describe(layer, check.policies);
        let mut decision = Decision::new(Outcome::ExplicitDeny, DecidedBy::Statement(statement));
        decision.also = denies
            .next()
            .map(|(layer, hit)| hit.describe(layer, check.policies));
        return decision;
    }
    let grant = grant(check, layers);
    let mut missing = Missing::default();
    if layers.silent_level.is_some() {
        missing.push(Layer::ServiceControl);
    }
    if check.applies.endpoint
        && check.policies.endpoint.is_some()
        && layers.endpoint.allow().is_none()
    {
        missing.push(Layer::Endpoint);
    }
    if let Grant::Lacking(lacking) = &grant {
        lacking
            .layers
            .iter()
            .flatten()
            .for_each(|layer| missing.push(*layer));
    }
    if !missing.is_empty() {
        return refused(&missing, layers);
    }
    match grant {
        Grant::Statement(layer, hit) => {
            let statement = hit.describe(layer, check.policies);
            let mut decision = Decision::new(Outcome::Allow, DecidedBy::Statement(statement));
            if layer == Layer::Identity {
                // What the resource's side says to the same: the other half of the grant across
                // accounts and where that side is indispensable, otherwise a grant of its own.
                let side = side(check);
                let second = layers.allow(side);
                decision.also = second.map(|hit| hit.describe(side, check.policies));
            }
            decision
        }
        Grant::RootUserDefault => Decision::new(Outcome::Allow, DecidedBy::RootUserDefault),
        Grant::Open => Decision::new(Outcome::Allow, DecidedBy::Open),
        // Nothing grants and nothing is known to lack: closed.
        Grant::Lacking(_) => Decision::missing(Layer::Identity),
    }
}

fn refused(missing: &Missing, layers: &Layers) -> Decision {
    let mut names = missing.layers.iter().flatten().copied();
    let layer = names.next().unwrap_or(Layer::Identity);
    let level_index = layers
        .silent_level
        .filter(|_| layer == Layer::ServiceControl);
    let mut decision = Decision::new(
        Outcome::ImplicitDeny,
        DecidedBy::Missing { layer, level_index },
    );
    decision.also_missing = names.collect();
    decision
}

/// Whether boundary and session policies let pass what identity policies or the caller's parent
/// were granted.
pub(super) struct Caps {
    boundary: bool,
    session: bool,
}

impl Caps {
    pub(super) fn of(check: &Check<'_>, allows: &impl Allows) -> Self {
        let policies = check.policies;
        // A federated session without session policy has no permissions of its own.
        let unlimited =
            policies.session.is_empty() && !matches!(check.caller, Principal::FederatedUser { .. });
        Self {
            boundary: policies.boundary.is_none() || allows.allow(Layer::Boundary).is_some(),
            session: unlimited || allows.allow(Layer::Session).is_some(),
        }
    }

    pub(super) fn pass(&self) -> bool {
        self.boundary && self.session
    }

    fn push_missing(&self, missing: &mut Missing) {
        if !self.boundary {
            missing.push(Layer::Boundary);
        }
        if !self.session {
            missing.push(Layer::Session);
        }
    }
}

/// What the sides of the check amount to.
#[inline]
pub(super) fn grant(check: &Check<'_>, allows: &impl Allows) -> Grant {
    match check.api {
        Some(api) => api::grant(api, check, allows),
        None => general_grant(check, allows),
    }
}

/// The layer that speaks for the resource.
pub(super) fn side(check: &Check<'_>) -> Layer {
    if check.applies.trust {
        Layer::Trust
    } else {
        Layer::Resource
    }
}

/// The general rule: one account, two accounts, or a caller outside any account.
#[inline]
pub(super) fn general_grant(check: &Check<'_>, allows: &impl Allows) -> Grant {
    let side = side(check);
    if check.caller.account().is_none() {
        return match allows.allow(side) {
            Some(hit) => Grant::Statement(side, hit),
            None => lacking([side]),
        };
    }
    if check.same_account() {
        inside_account(check, allows, side)
    } else {
        across_accounts(check, allows, side)
    }
}

#[inline]
fn inside_account(check: &Check<'_>, allows: &impl Allows, side: Layer) -> Grant {
    let is_root = matches!(check.caller, Principal::Root { .. });
    let indispensable =
        check.applies.trust || special::needs_key_policy(check.action.lower, check.resource.text);
    let caps = Caps::of(check, allows);
    let identity = allows.allow(Layer::Identity);
    let home = identity.filter(|_| caps.pass());
    if let Some(hit) = home
        && !indispensable
    {
        return Grant::Statement(Layer::Identity, hit);
    }
    let scan = allows.by_form(side);
    let named = scan.allow();
    if let Some(hit) = home
        && named.is_some()
    {
        return Grant::Statement(Layer::Identity, hit);
    }
    let direct = [
        scan.allow_as(PrincipalForm::Exact),
        scan.allow_as(PrincipalForm::Everyone),
    ]
    .into_iter()
    .flatten()
    .min();
    let by_parent = scan.allow_as(PrincipalForm::Parent);
    let from_resource = direct
        .into_iter()
        .chain(by_parent.filter(|_| caps.pass()))
        .min();
    if let Some(hit) = from_resource {
        return Grant::Statement(side, hit);
    }
    if is_root && !indispensable {
        return Grant::RootUserDefault;
    }
    let mut missing = Missing::default();
    if indispensable && named.is_none() {
        missing.push(side);
    }
    if !is_root && identity.is_none() && by_parent.is_none() {
        missing.push(Layer::Identity);
    }
    caps.push_missing(&mut missing);
    if named.is_none() && check.policies.resource.is_some() {
        missing.push(side);
    }
    Grant::Lacking(missing)
}

fn across_accounts(check: &Check<'_>, allows: &impl Allows, side: Layer) -> Grant {
    let is_root = matches!(check.caller, Principal::Root { .. });
    let caps = Caps::of(check, allows);
    let home = allows.allow(Layer::Identity);
    let abroad = allows.allow(side);
    if caps.pass()
        && let Some(granted) = abroad
    {
        match home {
            Some(hit) => return Grant::Statement(Layer::Identity, hit),
            None if is_root => return Grant::Statement(side, granted),
            None => {}
        }
    }
    let mut missing = Missing::default();
    if abroad.is_none() && side == Layer::Trust {
        missing.push(side);
    }
    if abroad.is_none() && special::needs_key_policy(check.action.lower, check.resource.text) {
        missing.push(side);
    }
    if home.is_none() && !is_root {
        missing.push(Layer::Identity);
    }
    caps.push_missing(&mut missing);
    if abroad.is_none() {
        missing.push(side);
    }
    Grant::Lacking(missing)
}

pub(super) fn lacking<const N: usize>(layers: [Layer; N]) -> Grant {
    let mut missing = Missing::default();
    layers.into_iter().for_each(|layer| missing.push(layer));
    Grant::Lacking(missing)
}
