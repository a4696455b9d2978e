//! Which statements match for certain, and which hang on something unknown.

use std::collections::{BTreeMap, BTreeSet};

use super::outcomes::{Ask, Outcomes};
use super::unknown::Keys;
use super::ways;
use crate::condition::Condition;
use crate::decide::{Check, Hit, Layer, Layers, Outcome, combine};
use crate::document::{Effect, ResourceElement, Statement};
use crate::pattern::Variable;

/// A statement by its layer and place.
pub(super) type Place = (Layer, Hit);

/// The statements of one check.
pub(super) struct Survey<'a> {
    /// They match whatever the unknown keys hold.
    pub(super) certain: BTreeSet<Place>,
    /// They match if all of their questions turn out well.
    pub(super) dependent: BTreeMap<Place, Dependent>,
    /// What the dependent statements ask.
    pub(super) questions: Vec<Question<'a>>,
}

/// A statement that matches under some values of the unknown keys.
pub(super) struct Dependent {
    effect: Effect,
    /// Positions in [`Survey::questions`].
    asked: Vec<usize>,
    /// The keys, as the statement spells them.
    pub(super) wants: Vec<Ask>,
}

/// A part of a statement whose outcome is not known.
#[derive(Clone, Copy)]
pub(super) enum Question<'a> {
    /// A condition on an unknown key.
    Key(&'a Condition),
    /// A condition whose values have variables of unknown value.
    Values(&'a Condition),
    /// A resource element whose patterns have variables of unknown value.
    Resource(&'a ResourceElement),
}

impl Question<'_> {
    /// Whether the two always turn out the same.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Key(one), Self::Key(two)) | (Self::Values(one), Self::Values(two)) => {
                one.agrees_with(two) == Some(true)
            }
            (Self::Resource(one), Self::Resource(two)) => {
                one.negated == two.negated && one.source == two.source
            }
            _ => false,
        }
    }
}

impl<'a> Survey<'a> {
    /// Looks at every statement that speaks of the action and the caller, in every layer that takes
    /// part.
    pub(super) fn of(check: &Check<'a>, keys: &Keys) -> Self {
        let mut places: BTreeSet<Place> = BTreeSet::new();
        Layers::scan_by(check, |_, layer, _, hit| {
            places.insert((layer, hit));
            false
        });
        let mut survey = Self {
            certain: BTreeSet::new(),
            dependent: BTreeMap::new(),
            questions: Vec::new(),
        };
        for place in places {
            let (layer, hit) = place;
            let statement = hit.statement(layer, check.policies);
            let Some((statement, asks)) =
                statement.and_then(|statement| Some((statement, ask(statement, check, keys)?)))
            else {
                continue;
            };
            if asks.questions.is_empty() {
                survey.certain.insert(place);
            } else {
                let dependent = Dependent {
                    effect: statement.effect,
                    asked: asks
                        .questions
                        .into_iter()
                        .map(|question| survey.number(question))
                        .collect(),
                    wants: asks.wants,
                };
                survey.dependent.insert(place, dependent);
            }
        }
        survey
    }

    fn number(&mut self, question: Question<'a>) -> usize {
        let mut known = self.questions.iter();
        match known.position(|known| known.is_same(&question)) {
            Some(position) => position,
            None => {
                self.questions.push(question);
                self.questions.len() - 1
            }
        }
    }

    /// The outcomes of `check` over all values of the unknown keys.
    pub(super) fn outcomes(&self, check: &Check<'_>) -> Outcomes {
        let bounds = self.bounds(check);
        if bounds.only().is_some() {
            return bounds;
        }
        match ways::all(&self.questions) {
            Some(ways) => ways
                .iter()
                .map(|way| self.outcome(check, |dependent| dependent.holds(way)))
                .collect(),
            None => bounds,
        }
    }

    /// An Allow that matches never makes a decision worse, and a Deny never better. So three
    /// assumptions bound what is possible, each statement taken for itself.
    fn bounds(&self, check: &Check<'_>) -> Outcomes {
        let best = self.outcome(check, |dependent| dependent.effect == Effect::Allow);
        let none = self.outcome(check, |_| false);
        let worst = self.outcome(check, |dependent| dependent.effect == Effect::Deny);
        [
            (best, Outcome::Allow),
            (none, Outcome::ImplicitDeny),
            (worst, Outcome::ExplicitDeny),
        ]
        .into_iter()
        .filter(|(found, wanted)| found == wanted)
        .map(|(found, _)| found)
        .collect()
    }

    fn outcome(&self, check: &Check<'_>, counts: impl Fn(&Dependent) -> bool) -> Outcome {
        let layers = Layers::scan_by(check, |_, layer, _, hit| {
            let place = (layer, hit);
            self.certain.contains(&place) || self.dependent.get(&place).is_some_and(&counts)
        });
        combine(check, &layers).outcome
    }
}

impl Dependent {
    fn holds(&self, way: &[bool]) -> bool {
        let mut asked = self.asked.iter();
        asked.all(|position| way.get(*position).copied().unwrap_or_default())
    }
}

/// What a statement asks.
struct Asks<'a> {
    questions: Vec<Question<'a>>,
    wants: Vec<Ask>,
}

/// What has to turn out well for the statement to match; `None` when it does not match anyway.
fn ask<'a>(statement: &'a Statement, check: &Check<'_>, keys: &Keys) -> Option<Asks<'a>> {
    let context = check.context;
    let is_unknown = |variable: &Variable| {
        let key = variable.key();
        key.is_some_and(|key| keys.contains(key, context))
    };
    let mut asks = Asks {
        questions: Vec::new(),
        wants: Vec::new(),
    };
    if let Some(element) = &statement.resource {
        match element.covers_perhaps(&check.resource, context, &is_unknown) {
            Some(false) => return None,
            Some(true) => {}
            None => {
                asks.questions.push(Question::Resource(element));
                asks.want(element.variables().into_iter().filter(|it| is_unknown(it)));
            }
        }
    }
    for condition in &statement.conditions {
        let mut variables = condition.variables();
        variables.retain(|variable| is_unknown(variable));
        if keys.contains(condition.key_lower(), context) {
            Ask::Key(condition.key.to_string()).add_to(&mut asks.wants);
            asks.questions.push(if variables.is_empty() {
                Question::Key(condition)
            } else {
                Question::Values(condition)
            });
        } else if !variables.is_empty() && condition.request_values(context).is_some() {
            asks.questions.push(Question::Values(condition));
        } else if condition.holds(context) {
            continue;
        } else {
            return None;
        }
        asks.want(variables.into_iter());
    }
    Some(asks)
}

impl Asks<'_> {
    fn want<'v>(&mut self, variables: impl Iterator<Item = &'v Variable>) {
        for variable in variables {
            Ask::Key(variable.name.to_string()).add_to(&mut self.wants);
        }
    }
}
