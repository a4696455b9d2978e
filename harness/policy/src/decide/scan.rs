//! Looking through the documents of one layer: the first Deny and the first Allows that match,
//! with all absent keys (`Scan`) or without (`first`, `allows_by_form`).

use super::check::Check;
use super::decision::{Layer, PrincipalForm};
use super::form::principal_form;
use super::hit::Hit;
use crate::condition::MissingKeys;
use crate::document::{Document, Effect, Statement};
use crate::request::Policy;

/// What a layer (or a level of one) says.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scan {
    pub(crate) deny: Option<Hit>,
    /// By principal form; documents without Principal use the last place.
    allow: [Option<Hit>; 4],
}

impl Scan {
    /// The first Allow of any form.
    pub(crate) fn allow(&self) -> Option<Hit> {
        self.allow.iter().copied().flatten().min()
    }

    /// The first Allow that named the caller in this form.
    pub(crate) fn allow_as(&self, form: PrincipalForm) -> Option<Hit> {
        self.allow[form as usize]
    }

    fn record(&mut self, effect: Effect, hit: Hit) {
        let place = match effect {
            Effect::Deny => &mut self.deny,
            Effect::Allow => &mut self.allow[hit.form().unwrap_or(PrincipalForm::Exact) as usize],
        };
        if place.is_none_or(|known| hit < known) {
            *place = Some(hit);
        }
    }

    /// Whether a statement of this effect and form that comes after the known one still matters.
    fn knows(&self, effect: Effect, hit: Hit) -> bool {
        let place = match effect {
            Effect::Deny => &self.deny,
            Effect::Allow => &self.allow[hit.form().unwrap_or(PrincipalForm::Exact) as usize],
        };
        place.is_some_and(|known| known <= hit)
    }

    /// Scans `policies`, which stand at `level` of `layer`, for the statements that `covers` says
    /// yes to; it is asked about those only that speak of the action and the caller.
    #[inline]
    pub(super) fn add<'a>(
        &mut self,
        check: &Check<'_>,
        layer: Layer,
        level: usize,
        policies: impl IntoIterator<Item = &'a Policy>,
        covers: &mut impl FnMut(&Self, Layer, &Statement, Hit) -> bool,
    ) {
        for (policy, attached) in policies.into_iter().enumerate() {
            let document = &attached.document;
            let statements = document.statements();
            document
                .index()
                .candidates(&check.action, check.resource.text, |position| {
                    let statement = &statements[position as usize];
                    if !statement.action.covers(&check.action) {
                        return;
                    }
                    let Some(form) = form_of(statement, check) else {
                        return;
                    };
                    let hit = Hit::new(level, policy, position, form);
                    if covers(self, layer, statement, hit) {
                        self.record(statement.effect, hit);
                    }
                });
        }
    }
}

/// `None` = the statement speaks of others; `Some(None)` = it has no Principal element.
pub(crate) fn form_of(statement: &Statement, check: &Check<'_>) -> Option<Option<PrincipalForm>> {
    match &statement.principal {
        None => Some(None),
        Some(element) => {
            let has_boundary = check.policies.boundary.is_some();
            principal_form(element, check.caller, has_boundary).map(Some)
        }
    }
}

/// Resource and conditions, for the layer of `scan`.
///
/// Every condition is looked at, because the absent keys are part of the answer; statements without
/// conditions are left out once a like one is known.
#[inline]
pub(super) fn covers(
    scan: &Scan,
    statement: &Statement,
    hit: Hit,
    check: &Check<'_>,
    missing: &mut MissingKeys,
) -> bool {
    let has_variables = statement
        .resource
        .as_ref()
        .is_some_and(|element| element.has_variables);
    if statement.conditions.is_empty() && !has_variables && scan.knows(statement.effect, hit) {
        return false;
    }
    if let Some(element) = &statement.resource {
        element.note_missing(check.context, missing);
    }
    if !on_resource(statement, check) {
        return false;
    }
    let mut holds = true;
    for condition in &statement.conditions {
        holds &= condition.holds_noting(check.context, missing);
    }
    holds
}

#[inline]
fn on_resource(statement: &Statement, check: &Check<'_>) -> bool {
    statement
        .resource
        .as_ref()
        .is_none_or(|element| element.covers(&check.resource, check.context))
}

/// The form in which a statement that matches names the caller, as [`form_of`] tells it.
#[inline]
fn matching_form(statement: &Statement, check: &Check<'_>) -> Option<Option<PrincipalForm>> {
    if !statement.action.covers(&check.action) {
        return None;
    }
    let form = form_of(statement, check)?;
    let mut conditions = statement.conditions.iter();
    (on_resource(statement, check) && conditions.all(|condition| condition.holds(check.context)))
        .then_some(form)
}

/// The first statement of `effect` that matches in `policies`, which stand at `level` of their
/// layer. Nothing after it is looked at, and no key is noted as missing.
#[inline]
pub(crate) fn first(
    check: &Check<'_>,
    level: usize,
    policies: &[Policy],
    effect: Effect,
) -> Option<Hit> {
    let mut numbered = policies.iter().enumerate();
    numbered.find_map(|(policy, attached)| {
        let (position, form) = first_of(check, attached, effect)?;
        Some(Hit::new(level, policy, position, form))
    })
}

/// The same for policies of a layer without levels that stand behind `behind` others.
pub(crate) fn first_from(
    check: &Check<'_>,
    behind: usize,
    policies: &[Policy],
    effect: Effect,
) -> Option<Hit> {
    let mut numbered = policies.iter().enumerate();
    numbered.find_map(|(policy, attached)| {
        let (position, form) = first_of(check, attached, effect)?;
        Some(Hit::new(0, behind + policy, position, form))
    })
}

#[inline]
pub(super) fn first_of(
    check: &Check<'_>,
    attached: &Policy,
    effect: Effect,
) -> Option<(u32, Option<PrincipalForm>)> {
    let document = &attached.document;
    match document.index().in_order(effect) {
        Some(positions) => first_in_order(check, document, positions),
        None => first_in_files(check, document, effect),
    }
}

fn first_in_order(
    check: &Check<'_>,
    document: &Document,
    positions: &[u32],
) -> Option<(u32, Option<PrincipalForm>)> {
    let statements = document.statements();
    positions.iter().find_map(|position| {
        let form = matching_form(&statements[*position as usize], check)?;
        Some((*position, form))
    })
}

/// Candidates of a filed document do not come in the order of the document.
fn first_in_files(
    check: &Check<'_>,
    document: &Document,
    effect: Effect,
) -> Option<(u32, Option<PrincipalForm>)> {
    let statements = document.statements();
    let mut found: Option<(u32, Option<PrincipalForm>)> = None;
    document
        .index()
        .candidates_of(effect, &check.action, check.resource.text, |position| {
            if found.is_none_or(|(known, _)| position < known)
                && let Some(form) = matching_form(&statements[position as usize], check)
            {
                found = Some((position, form));
            }
        });
    found
}

/// The first matching Allow of each principal form.
pub(crate) fn allows_by_form(check: &Check<'_>, policy: Option<&Policy>) -> Scan {
    let mut scan = Scan::default();
    let Some(attached) = policy else {
        return scan;
    };
    let document = &attached.document;
    let statements = document.statements();
    document.index().candidates_of(
        Effect::Allow,
        &check.action,
        check.resource.text,
        |position| {
            let statement = &statements[position as usize];
            if !statement.action.covers(&check.action) {
                return;
            }
            let Some(form) = form_of(statement, check) else {
                return;
            };
            let hit = Hit::new(0, 0, position, form);
            if !scan.knows(Effect::Allow, hit)
                && on_resource(statement, check)
                && statement
                    .conditions
                    .iter()
                    .all(|condition| condition.holds(check.context))
            {
                scan.record(Effect::Allow, hit);
            }
        },
    );
    scan
}
