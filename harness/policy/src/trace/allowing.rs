//! What let a request through, beside the statement that decided.

use super::look::conditions_of;
use super::{Compared, ConditionTrace, Further};
use crate::decide::{
    Check, Decision, Hit, Layer, Space, StatementRef, action_at, each_allowing, is_always_allowed,
};
use crate::request::{PolicySet, Request};

/// How many statements are kept of a layer, or of a level of one.
const STATEMENTS_MAX: usize = 8;

/// A statement that let a request through, and what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowing {
    /// Which check it let through: 0 is the request itself, n the n-th additional check.
    pub check: usize,
    /// The statement.
    pub statement: StatementRef,
    /// Its conditions, which all hold.
    pub conditions: Vec<ConditionTrace>,
}

/// What let `request` through, which `decision` allows.
pub(super) fn allowed(request: &Request, policies: &PolicySet, decision: &Decision) -> Compared {
    let mut compared = Compared::default();
    for number in 0..=request.additional.len() {
        let mut space = Space::new();
        let lower = space.lower_case(action_at(request, number));
        if is_always_allowed(lower) {
            continue;
        }
        let check = Check::new(request, policies, number, lower);
        let decided = decision
            .statement()
            .filter(|_| number == decision.check)
            .map(|statement| (statement.layer, Hit::of(statement)));
        let mut place = None;
        let mut count = 0;
        each_allowing(&check, |layer, hit| {
            let level = hit.level_index(layer);
            if place.replace((layer, level)) != Some((layer, level)) {
                count = 0;
            }
            count += 1;
            if decided == Some((layer, hit)) {
                compared.conditions = conditions_of(&check, layer, hit);
            } else if count <= STATEMENTS_MAX {
                compared.also.push(Allowing {
                    check: number,
                    statement: hit.describe(layer, policies),
                    conditions: conditions_of(&check, layer, hit),
                });
            } else {
                count_further(&mut compared.further, layer, level);
            }
        });
    }
    compared
}

/// One more of a layer; all checks of the request are counted together.
fn count_further(further: &mut Vec<Further>, layer: Layer, level: Option<usize>) {
    let known = further
        .iter_mut()
        .find(|known| known.layer == layer && known.level == level);
    match known {
        Some(known) => known.count += 1,
        None => further.push(Further {
            layer,
            level,
            count: 1,
        }),
    }
}
