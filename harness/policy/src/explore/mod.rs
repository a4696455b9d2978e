//! Decisions of which not everything is known: keys of the context, whole layers of policies.
//!
//! # The rule
//!
//! What can come out is the set of outcomes of [`decide`](crate::decide()) over every completion of the
//! unknown:
//!
//! * An unknown key may be absent, present without values, or have any one or several values. A
//!   condition on it *depends*, whatever its operator: negated ones, `...IfExists`, `Null`,
//!   `ForAllValues` and `ForAnyValue` say what an absent key means, and the key may be present. So does
//!   a condition or a resource with `${...}` of an unknown key, where another value could change what
//!   matches.
//! * A layer that was not exported may have no documents or any: that nothing is there is one
//!   possibility, which has rules of its own (no boundary caps nothing, no resource policy leaves a
//!   method open), and not what the lack of an export means.
//!
//! [`explore`] uses the scan and the combination of a decision. A statement matches, does not, or
//! depends on keys; an Allow that matches makes no decision worse, and a Deny none better. Three
//! assumptions therefore bound the outcomes: dependent Allows count and Denies do not; neither counts;
//! Denies count. Where that leaves several outcomes, the ways in which the conditions on one key can
//! turn out together are gone through: `StringEquals` and `StringNotEquals` of one value do not fail
//! both. An unknown layer is there and allows everything, is there and silent, or denies everything:
//! all else lies between these.
//!
//! No possible outcome is ever missing. The set may be too large where two unknown keys hang together,
//! where a key is a variable in one place and compared in another, where several patterns with a star
//! in their middle are compared with one key, and beyond some 1,000 ways.
//!
//! ```
//! use authlab_policy::{
//!     Ask, Document, DocumentKind, Keys, Layer, LayerSet, Outcome, Policy, PolicySet, Principal,
//!     Request, Unknown, explore,
//! };
//!
//! let text = r#"{"Version": "2012-10-17", "Statement": {
//!     "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
//!     "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}}"#;
//! let policies = PolicySet {
//!     identity: vec![Policy::new("inline", Document::parse(DocumentKind::Identity, text)?)],
//!     ..PolicySet::default()
//! };
//! let ana = Principal::user("arn:aws:iam::111111111111:user/ana", "AIDAANAEXAMPLE0000000");
//! let request = Request::new(ana, "s3:GetObject", "arn:aws:s3:::bkt/key");
//! let unknown = Unknown {
//!     keys: Keys::Listed(vec!["aws:PrincipalTag/team".to_owned()]),
//!     layers: LayerSet::default(),
//! };
//! let possible = explore(&request, &policies, &unknown);
//! assert!(possible.outcomes.contains(Outcome::Allow) && possible.decided().is_none());
//! assert_eq!(possible.wants(), [&Ask::Key("aws:PrincipalTag/team".to_owned())]);
//!
//! let unknown = Unknown {
//!     layers: LayerSet::from_iter([Layer::ServiceControl]),
//!     ..Unknown::default()
//! };
//! let possible = explore(&request, &policies, &unknown);
//! assert!(!possible.outcomes.contains(Outcome::Allow), "nothing allows: the key is absent");
//! # Ok::<(), authlab_policy::DocumentError>(())
//! ```

mod outcomes;
mod survey;
mod unknown;
mod ways;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub use outcomes::{Ask, Outcomes, Possible, Residual};
pub use unknown::{Keys, LayerSet, Unknown};

use self::survey::{Place, Survey};
use crate::decide::{Check, Layer, Outcome, Space, StatementAt, action_at, is_always_allowed};
use crate::document::{Document, Effect};
use crate::request::{Policy, PolicySet, Request};

/// What `request` can come to under `policies`, where some of both is `unknown`.
///
/// The decision on every completion of the unknown is among [`Possible::outcomes`]. With additional
/// checks, an unknown key may have another value in each of them.
#[must_use]
pub fn explore<'a>(request: &Request, policies: &'a PolicySet, unknown: &Unknown) -> Possible<'a> {
    let mut possible = Possible {
        outcomes: Outcomes::default(),
        always: Vec::new(),
        perhaps: Vec::new(),
    };
    for number in 0..=request.additional.len() {
        let mut of_check = explore_check(request, policies, unknown, number);
        if of_check.decided().is_none() {
            possible.perhaps.append(&mut of_check.perhaps);
        }
        possible.always.append(&mut of_check.always);
        // The first check that does not allow decides.
        possible.outcomes.remove(Outcome::Allow);
        possible.outcomes.unite(of_check.outcomes);
        if !of_check.outcomes.contains(Outcome::Allow) {
            break;
        }
    }
    if possible.decided().is_some() {
        possible.perhaps.clear();
    }
    possible
}

fn explore_check<'a>(
    request: &Request,
    policies: &'a PolicySet,
    unknown: &Unknown,
    number: usize,
) -> Possible<'a> {
    let mut possible = Possible {
        outcomes: Outcomes::default(),
        always: Vec::new(),
        perhaps: Vec::new(),
    };
    let mut space = Space::new();
    let lower = space.lower_case(action_at(request, number));
    if is_always_allowed(lower) {
        possible.outcomes.insert(Outcome::Allow);
        return possible;
    }
    let mut known = Known::default();
    let mut taking_part = LayerSet::default();
    for set in completed(policies, unknown.layers) {
        let check = Check::new(request, &set, number, lower);
        let survey = Survey::of(&check, &unknown.keys);
        possible.outcomes.unite(survey.outcomes(&check));
        known.add(&survey);
        for layer in Layer::ALL {
            if check.applies.layer(layer) {
                taking_part.insert(layer);
            }
        }
    }
    known.tell(policies, unknown.layers, &mut possible);
    let layers = unknown.layers.iter();
    for layer in layers.filter(|layer| taking_part.contains(*layer)) {
        possible.perhaps.push(Residual {
            statement: None,
            wants: vec![Ask::Layer(layer)],
        });
    }
    possible
}

/// The statements that were found in every completion of the layers, and in some.
#[derive(Default)]
struct Known {
    completions: usize,
    certain: BTreeMap<Place, usize>,
    dependent: BTreeMap<Place, Vec<Ask>>,
}

impl Known {
    fn add(&mut self, survey: &Survey<'_>) {
        self.completions += 1;
        for place in &survey.certain {
            *self.certain.entry(*place).or_default() += 1;
        }
        for (place, dependent) in &survey.dependent {
            let wants = self.dependent.entry(*place).or_default();
            for ask in &dependent.wants {
                ask.clone().add_to(wants);
            }
        }
    }

    /// A statement that is found in some completions only hangs on whether there is a boundary, which
    /// takes away every escape from a `NotPrincipal`.
    fn tell<'a>(mut self, policies: &'a PolicySet, unknown: LayerSet, possible: &mut Possible<'a>) {
        let is_known = |place: &Place| !unknown.contains(place.0);
        let places: BTreeSet<Place> = self
            .certain
            .keys()
            .chain(self.dependent.keys())
            .copied()
            .filter(is_known)
            .collect();
        for place in places {
            let statement = StatementAt::new(place.0, place.1, policies);
            let found = self.certain.get(&place).copied().unwrap_or_default();
            if found == self.completions {
                possible.always.push(statement);
                continue;
            }
            let mut wants = self.dependent.remove(&place).unwrap_or_default();
            if unknown.contains(Layer::Boundary)
                && let Some(true) = names_not(place, policies)
            {
                Ask::Layer(Layer::Boundary).add_to(&mut wants);
            }
            possible.perhaps.push(Residual {
                statement: Some(statement),
                wants,
            });
        }
    }
}

/// Whether the statement has a `NotPrincipal`.
fn names_not((layer, hit): Place, policies: &PolicySet) -> Option<bool> {
    let statement = hit.statement(layer, policies)?;
    Some(statement.principal.as_ref()?.negated)
}

/// The policies with every extreme of what the unknown layers may hold. Where the boundary is unknown,
/// there may be none at all.
fn completed(policies: &PolicySet, unknown: LayerSet) -> Vec<Cow<'_, PolicySet>> {
    if unknown.is_empty() {
        return vec![Cow::Borrowed(policies)];
    }
    let boundaries: &[bool] = if unknown.contains(Layer::Boundary) {
        &[true, false]
    } else {
        &[true]
    };
    let mut sets = Vec::new();
    for effect in [Some(Effect::Allow), None, Some(Effect::Deny)] {
        let policy = Policy::new("", Document::of_everything(effect));
        for has_boundary in boundaries {
            let mut set = policies.clone();
            unknown.iter().for_each(|layer| set.replace(layer, &policy));
            if !has_boundary {
                set.boundary = None;
            }
            sets.push(Cow::Owned(set));
        }
    }
    sets
}

impl PolicySet {
    /// Puts one policy in the place of all of a layer.
    fn replace(&mut self, layer: Layer, policy: &Policy) {
        let policy = policy.clone();
        match layer {
            Layer::Identity => self.identity = vec![policy],
            Layer::Resource => {
                self.resource = Some(policy);
                self.grants = Vec::new();
            }
            Layer::Trust => self.trust = Some(policy),
            Layer::Boundary => self.boundary = Some(policy),
            Layer::Session => self.session = vec![policy],
            Layer::ServiceControl => self.service_control = vec![vec![policy]],
            Layer::ResourceControl => self.resource_control = vec![vec![policy]],
            Layer::Endpoint => self.endpoint = Some(policy),
        }
    }
}
