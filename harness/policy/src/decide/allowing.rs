//! Which statements let a check through: of each document that took part, the first.
//!
//! A decision names the first of all and looks for no other; who keeps evidence of an allow asks here.

use super::check::Check;
use super::combine::{Allows as _, Caps, side};
use super::decision::{Layer, PrincipalForm};
use super::hit::Hit;
use super::scan;
use super::verdict::{Asked, attached};
use crate::document::Effect;
use crate::request::{ApiAuthorization, Policy};

/// Hands each statement that let `check` through to `found`, layer by layer and level by level, one of
/// each document. The first is the one that the decision names, where it names one.
///
/// `check` has to be allowed. What matches and was of no use is left out: an identity policy that the
/// boundary does not let through, where the resource policy names the caller.
pub(crate) fn each_allowing(check: &Check<'_>, mut found: impl FnMut(Layer, Hit)) {
    let found = &mut found;
    let ways = Ways::of(check);
    if ways.identity {
        in_layer(check, Layer::Identity, found);
    }
    let mut are_caps_asked = ways.caps;
    match ways.side {
        Side::Every(layer) => in_layer(check, layer, found),
        Side::Without(forms, layer) => {
            for (index, policy) in documents(check, layer).enumerate() {
                if let Some(hit) = first_without(check, policy, index, forms) {
                    are_caps_asked |= hit.form() == Some(PrincipalForm::Parent);
                    found(layer, hit);
                }
            }
        }
    }
    if are_caps_asked {
        in_layer(check, Layer::Boundary, found);
        in_layer(check, Layer::Session, found);
    }
    in_layer(check, Layer::Endpoint, found);
    let (policies, applies) = (check.policies, check.applies);
    if applies.service_control {
        in_levels(
            check,
            Layer::ServiceControl,
            &policies.service_control,
            found,
        );
    }
    if applies.resource_control {
        let levels = &policies.resource_control;
        in_levels(check, Layer::ResourceControl, levels, found);
    }
}

/// Which sides a grant rests on.
struct Ways {
    /// Identity policies.
    identity: bool,
    /// Boundary and session policies, whatever the statements of the other side are.
    caps: bool,
    /// The resource's side.
    side: Side,
}

/// What counts of the layer that speaks for the resource.
enum Side {
    /// Every statement that allows.
    Every(Layer),
    /// Those that name the caller by none of these forms.
    Without(&'static [PrincipalForm], Layer),
}

impl Ways {
    /// The same rules as those of the combination, read backwards: the check is allowed.
    fn of(check: &Check<'_>) -> Self {
        let authorization = check.api.map(|api| api.authorization);
        let new = |identity, caps, side| Self {
            identity,
            caps,
            side,
        };
        match authorization {
            Some(ApiAuthorization::None | ApiAuthorization::Cognito | ApiAuthorization::Jwt) => {
                return new(false, false, Side::Every(Layer::Resource));
            }
            Some(ApiAuthorization::Custom) => {
                return new(true, false, Side::Every(Layer::Resource));
            }
            Some(ApiAuthorization::Iam) | None => {}
        }
        let side = side(check);
        if check.caller.account().is_none() {
            return new(false, false, Side::Every(side));
        }
        if !check.same_account() {
            return new(true, true, Side::Every(side));
        }
        let asked = Asked(check);
        let do_caps_pass = Caps::of(check, &asked).pass();
        if do_caps_pass && asked.allow(Layer::Identity).is_some() {
            return new(true, true, Side::Every(side));
        }
        // The account delegates to identity policies, which do not grant; its role or user is capped.
        let without: &[PrincipalForm] = if do_caps_pass {
            &[PrincipalForm::Account]
        } else {
            &[PrincipalForm::Account, PrincipalForm::Parent]
        };
        new(false, false, Side::Without(without, side))
    }
}

/// The documents of a layer without levels; none where it takes no part.
fn documents<'a>(check: &Check<'a>, layer: Layer) -> impl Iterator<Item = &'a Policy> {
    let has_grants = layer == Layer::Resource && check.applies.resource;
    let grants: &[Policy] = if has_grants {
        &check.policies.grants
    } else {
        &[]
    };
    attached(check, layer).iter().chain(grants)
}

fn in_layer(check: &Check<'_>, layer: Layer, found: &mut impl FnMut(Layer, Hit)) {
    each_first(check, 0, documents(check, layer), |hit| found(layer, hit));
}

fn in_levels(
    check: &Check<'_>,
    layer: Layer,
    levels: &[Vec<Policy>],
    found: &mut impl FnMut(Layer, Hit),
) {
    for (level, attached) in levels.iter().enumerate() {
        each_first(check, level, attached, |hit| found(layer, hit));
    }
}

/// The first Allow of each document.
fn each_first<'a>(
    check: &Check<'_>,
    level: usize,
    policies: impl IntoIterator<Item = &'a Policy>,
    mut found: impl FnMut(Hit),
) {
    for (index, policy) in policies.into_iter().enumerate() {
        if let Some((position, form)) = scan::first_of(check, policy, Effect::Allow) {
            found(Hit::new(level, index, position, form));
        }
    }
}

/// The first Allow of a document that names the caller by none of `forms`.
fn first_without(
    check: &Check<'_>,
    policy: &Policy,
    index: usize,
    forms: &[PrincipalForm],
) -> Option<Hit> {
    let by_form = scan::allows_by_form(check, Some(policy));
    let counting = PrincipalForm::ALL.into_iter();
    let first = counting
        .filter(|form| !forms.contains(form))
        .filter_map(|form| by_form.allow_as(form))
        .min()?;
    Some(first.in_policy(index))
}
