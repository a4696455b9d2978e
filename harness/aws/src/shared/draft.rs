//! What an API is and what a deployment of it was, route by route.

use std::collections::{BTreeMap, BTreeSet};

use authlab_gateway::evidence::{Difference, Part};

/// What a request of a route meets, part by part: the same parts on both sides.
pub type Parts = Vec<(Part, Option<String>)>;

/// The differences, by the keys of routes. A route that is on one side only differs as a whole; else part by
/// part.
pub fn differences(
    deployed: &BTreeMap<String, Parts>,
    draft: &BTreeMap<String, Parts>,
) -> Vec<Difference> {
    let keys: BTreeSet<&String> = deployed.keys().chain(draft.keys()).collect();
    let changed = keys
        .into_iter()
        .flat_map(|key| of_route(key, deployed.get(key), draft.get(key)));
    changed.collect()
}

fn of_route(key: &str, deployed: Option<&Parts>, draft: Option<&Parts>) -> Vec<Difference> {
    let difference = |part, deployed, draft| Difference {
        route_key: key.to_owned(),
        part,
        deployed,
        draft,
    };
    let (Some(deployed), Some(draft)) = (deployed, draft) else {
        let is_there = |parts: Option<&Parts>| parts.map(|_| key.to_owned());
        return vec![difference(Part::Route, is_there(deployed), is_there(draft))];
    };
    let pairs = deployed
        .iter()
        .zip(draft)
        .filter(|(one, other)| one != other);
    let pairs =
        pairs.map(|((part, one), (_, other))| difference(*part, one.clone(), other.clone()));
    pairs.collect()
}
