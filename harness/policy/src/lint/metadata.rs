//! The tables of actions, condition keys, resource types, services and Regions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// What the Service Authorization Reference says of one service.
#[derive(Debug, Default)]
pub(super) struct Service {
    /// As spelled, with the type's name.
    keys: Vec<(&'static str, &'static str)>,
    pub(super) resource_types: Vec<ResourceType>,
    /// By name in lower case.
    pub(super) actions: BTreeMap<String, Action>,
}

#[derive(Debug)]
pub(super) struct ResourceType {
    pub(super) name: &'static str,
    /// ARN with `${...}` for the variable parts.
    pub(super) arn: &'static str,
    keys: Vec<usize>,
}

#[derive(Debug)]
pub(super) struct Action {
    pub(super) name: &'static str,
    /// Positions in the service's types; empty = the action takes `*` only.
    pub(super) resource_types: Vec<usize>,
    keys: Vec<usize>,
}

impl Service {
    /// Type of the key, with tag keys and other variable parts filled in.
    pub(super) fn key_type(&self, key: &str) -> Option<&'static str> {
        self.keys
            .iter()
            .find(|(name, _)| key_fits(name, key))
            .map(|(_, kind)| *kind)
    }

    /// Whether requests for `action` can have `key`.
    pub(super) fn has_key(&self, action: &Action, key: &str) -> bool {
        let types = action
            .resource_types
            .iter()
            .filter_map(|at| self.resource_types.get(*at));
        let of_types = types.flat_map(|kind| &kind.keys);
        action
            .keys
            .iter()
            .chain(of_types)
            .filter_map(|at| self.keys.get(*at))
            .any(|(name, _)| key_fits(name, key))
    }
}

/// `aws:RequestTag/${TagKey}` fits any tag key; case does not count.
fn key_fits(name: &str, key: &str) -> bool {
    match name.split_once("${") {
        None => name.eq_ignore_ascii_case(key),
        Some((before, after)) => {
            let tail = after.split_once('}').map_or("", |(_, tail)| tail);
            // A second variable part ends the comparison: what precedes it has to fit.
            let tail = if tail.contains("${") { "" } else { tail };
            key.get(..before.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(before))
                && key.len() > before.len() + tail.len()
                && key
                    .get(key.len() - tail.len()..)
                    .is_some_and(|end| end.eq_ignore_ascii_case(tail))
        }
    }
}

/// The service with this prefix, where the table knows it.
pub(super) fn service(prefix: &str) -> Option<&'static Service> {
    static SERVICES: OnceLock<BTreeMap<&'static str, Service>> = OnceLock::new();
    SERVICES
        .get_or_init(|| parse(include_str!("../../data/actions.txt")))
        .get(prefix)
}

/// Whether AWS has a service with this prefix.
pub(super) fn is_service(prefix: &str) -> bool {
    static NAMES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    NAMES
        .get_or_init(|| {
            include_str!("../../data/services.txt")
                .lines()
                .filter(|line| !line.starts_with('#'))
                .flat_map(str::split_whitespace)
                .collect()
        })
        .contains(prefix)
}

fn parse(text: &'static str) -> BTreeMap<&'static str, Service> {
    let mut services: BTreeMap<&'static str, Service> = BTreeMap::new();
    let mut current = "";
    let numbers = |text: &str| {
        text.split(',')
            .filter_map(|number| number.parse().ok())
            .collect()
    };
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('=') {
            current = name;
            continue;
        }
        let Some((kind, rest)) = line.split_once(' ') else {
            continue;
        };
        let mut parts = rest.split('|');
        let mut part = || parts.next().unwrap_or_default();
        let service = services.entry(current).or_default();
        match kind {
            "k" => service.keys.push((part(), part())),
            "t" => service.resource_types.push(ResourceType {
                name: part(),
                arn: part(),
                keys: numbers(part()),
            }),
            "a" => {
                let name = part();
                let action = Action {
                    name,
                    resource_types: numbers(part()),
                    keys: numbers(part()),
                };
                service.actions.insert(name.to_ascii_lowercase(), action);
            }
            _ => {}
        }
    }
    services.remove("");
    services
}

/// Regions of all partitions (botocore 1.44.5, `partitions.json`).
pub(super) const REGIONS: [&str; 53] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "me-west-1",
    "mx-central-1",
    "sa-east-1",
    "sa-west-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
    "aws-global",
    "aws-cn-global",
    "aws-us-gov-global",
    "aws-iso-global",
    "aws-iso-b-global",
];
