//! Which statement nearly allowed, and what of a check a journal keeps.

use super::{CheckTrace, Effect, LayerTrace, PolicyTrace, StatementTrace};
use crate::condition::Standing;
use crate::decide::Layer;
use crate::pattern::matches_pattern;

/// How many statements of a document that do not speak of the action a journal keeps: the nearest ones.
const KEPT_FAR_MAX: usize = 3;

impl CheckTrace {
    /// The Allow statements of `layer` that do not match, nearest first: those whose mismatch is
    /// smallest. Statements that speak only of another service's actions are left out; where SCPs are
    /// silent at one level, only the statements of that level count.
    #[must_use]
    pub fn nearest(
        &self,
        layer: Layer,
        silent_level: Option<usize>,
    ) -> Vec<(&PolicyTrace, &StatementTrace)> {
        let service = self.action.split(':').next().unwrap_or_default();
        let service = service.to_ascii_lowercase();
        let of_layer = self.layers.iter().filter(|traced| traced.layer == layer);
        let mut found: Vec<(&PolicyTrace, &StatementTrace)> = of_layer
            .flat_map(|traced| &traced.policies)
            .filter(|policy| silent_level.is_none() || policy.level_index == silent_level)
            .flat_map(|policy| policy.statements.iter().map(move |found| (policy, found)))
            .filter(|(_, statement)| statement.effect == Effect::Allow && !statement.matches)
            .filter(|(_, statement)| speaks_of(statement, &service))
            .collect();
        found.sort_by_key(|(_, statement)| self.distance(statement));
        found
    }

    /// The statement at this place.
    #[must_use]
    pub fn statement(
        &self,
        layer: Layer,
        policy: &str,
        level: Option<usize>,
        index: usize,
    ) -> Option<&StatementTrace> {
        let of_layer = self.layers.iter().filter(|traced| traced.layer == layer);
        let mut policies = of_layer.flat_map(|traced| &traced.policies);
        let at = |found: &&PolicyTrace| found.name == policy && found.level_index == level;
        let found = policies.find(at)?;
        found
            .statements
            .iter()
            .find(|statement| statement.index == index)
    }

    /// The check without the statements that speak of other actions, but for the few nearest of each
    /// layer, which show what a layer speaks of instead.
    #[must_use]
    pub fn of_interest(&self) -> Self {
        let layers = self.layers.iter().map(|traced| {
            let mut near = self.nearest(traced.layer, None);
            near.truncate(KEPT_FAR_MAX);
            let is_kept = |statement: &StatementTrace| {
                statement.action.matches
                    || near.iter().any(|(_, near)| std::ptr::eq(*near, statement))
            };
            let policies = traced.policies.iter().map(|policy| {
                let kept = policy.statements.iter().filter(|found| is_kept(found));
                let statements: Vec<StatementTrace> = kept.cloned().collect();
                PolicyTrace {
                    name: policy.name.clone(),
                    level_index: policy.level_index,
                    left_out: policy.left_out + policy.statements.len() - statements.len(),
                    statements,
                }
            });
            LayerTrace {
                layer: traced.layer,
                verdict: traced.verdict,
                policies: policies.collect(),
            }
        });
        Self {
            layers: layers.collect(),
            ..self.clone()
        }
    }

    /// How far a statement is from matching: another action weighs more than another caller, that more
    /// than another resource, that more than a condition; within each, the more parts differ, the farther.
    fn distance(&self, statement: &StatementTrace) -> usize {
        let mut distance = 0;
        if !statement.action.matches {
            let values = &statement.action.values;
            let parts = values
                .iter()
                .map(|value| differing(value, &self.action, ':'));
            distance += 1_000 + parts.min().unwrap_or(0);
        }
        if statement.principal == Some(false) {
            distance += 300;
        }
        if let Some(resource) = &statement.resource
            && !resource.matches
        {
            let values = &resource.values;
            let parts = values
                .iter()
                .map(|value| arn_distance(value, &self.resource));
            distance += 100 + parts.min().unwrap_or(0).min(90);
        }
        let failing = statement.conditions.iter().filter(|found| !found.holds);
        distance
            + failing
                .map(|condition| match condition.standing {
                    Standing::Different | Standing::Absent => 30,
                    _ => 20,
                })
                .sum::<usize>()
    }
}

fn speaks_of(statement: &StatementTrace, service: &str) -> bool {
    // `*` and `s?:Get*` may speak of the service, too.
    let of_service = |value: &String| {
        let value = value.to_ascii_lowercase();
        matches_pattern(value.split(':').next().unwrap_or_default(), service)
    };
    statement.action.matches
        || statement.action.negated
        || statement.action.values.iter().any(of_service)
}

/// How many fields and segments of an ARN differ from a pattern's; those at the front weigh more.
fn arn_distance(pattern: &str, arn: &str) -> usize {
    let cut = |text: &str| -> (Vec<String>, String) {
        let mut fields: Vec<String> = text.splitn(6, ':').map(str::to_owned).collect();
        let last = if fields.len() == 6 {
            fields.pop()
        } else {
            None
        };
        (fields, last.unwrap_or_default())
    };
    let ((wanted, wanted_last), (had, had_last)) = (cut(pattern), cut(arn));
    let pairs = wanted.iter().zip(&had);
    let fields = pairs.filter(|(wanted, had)| !matches_pattern(wanted, had));
    let short = wanted.len().abs_diff(had.len());
    (fields.count() + short) * 10 + differing(&wanted_last, &had_last, '/')
}

/// How many parts of two texts differ, as a pattern matches them.
fn differing(pattern: &str, text: &str, between: char) -> usize {
    let wanted: Vec<&str> = pattern.split(between).collect();
    let had: Vec<&str> = text.split(between).collect();
    let pairs = wanted.iter().zip(&had);
    let differ = pairs.filter(|(wanted, had)| !matches_pattern(wanted, had));
    differ.count() + wanted.len().abs_diff(had.len())
}
