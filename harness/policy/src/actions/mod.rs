//! What AWS's services can be asked for: actions, the resources and condition keys of each, the services
//! and Regions that there are.
//!
//! Source: Service Authorization Reference, in `data/actions.txt` (its head says by which way) for the
//! services that the lab knows; IAM user guide, `reference_policies_condition-keys.html`, for the
//! [global keys](is_global_key).

mod global;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::pattern::matches_pattern;
pub(crate) use global::{KeyType, global};

/// What the Service Authorization Reference says of one service.
#[derive(Debug, Default)]
pub struct Service {
    /// As spelled, with the type's name.
    keys: Vec<(&'static str, &'static str)>,
    resource_types: Vec<ResourceType>,
    /// By name in lower case.
    actions: BTreeMap<String, Action>,
}

/// A kind of resource.
#[derive(Debug)]
pub struct ResourceType {
    /// `sink`.
    pub name: &'static str,
    /// One ARN or several, with `${...}` for the variable parts.
    arns: &'static str,
    keys: Vec<usize>,
}

impl ResourceType {
    /// The ARNs that there are of this kind, with `${...}` for the variable parts.
    pub fn templates(&self) -> impl Iterator<Item = &'static str> {
        self.arns.split(", ")
    }

    /// Whether an ARN is one of this kind. Variable parts take anything.
    #[must_use]
    pub fn fits(&self, arn: &str) -> bool {
        self.templates()
            .any(|template| matches_pattern(&template_pattern(template), arn))
    }
}

/// One action.
#[derive(Debug)]
pub struct Action {
    /// `CreateSink`, as spelled.
    pub name: &'static str,
    /// Positions in the service's types; empty = the action takes `*` only.
    resource_types: Vec<usize>,
    keys: Vec<usize>,
}

impl Service {
    /// Every action, by name in lower case.
    pub fn actions(&self) -> impl Iterator<Item = (&str, &Action)> {
        self.actions
            .iter()
            .map(|(name, action)| (name.as_str(), action))
    }

    /// The action of a name in any case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.get(&name.to_ascii_lowercase())
    }

    /// Every kind of resource.
    #[must_use]
    pub fn resource_types(&self) -> &[ResourceType] {
        &self.resource_types
    }

    /// The kinds of resource that an action takes; none for one that takes `*` only.
    pub fn resource_types_of(
        &self,
        action: &Action,
    ) -> impl Iterator<Item = &ResourceType> + Clone {
        let places = action.resource_types.iter();
        places.filter_map(|at| self.resource_types.get(*at))
    }

    /// Type of the key, with tag keys and other variable parts filled in.
    #[must_use]
    pub fn key_type(&self, key: &str) -> Option<&'static str> {
        self.keys
            .iter()
            .find(|(name, _)| key_fits(name, key))
            .map(|(_, kind)| *kind)
    }

    /// Whether requests for `action` can have `key`.
    #[must_use]
    pub fn has_key(&self, action: &Action, key: &str) -> bool {
        let of_types = self.resource_types_of(action).flat_map(|kind| &kind.keys);
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
#[must_use]
pub fn service(prefix: &str) -> Option<&'static Service> {
    static SERVICES: OnceLock<BTreeMap<&'static str, Service>> = OnceLock::new();
    SERVICES
        .get_or_init(|| parse(include_str!("../../data/actions.txt")))
        .get(prefix)
}

/// The service and the row of an action that is named in full, `oam:CreateSink`.
#[must_use]
pub fn find(name: &str) -> Option<(&'static Service, &'static Action)> {
    let (prefix, action) = name.split_once(':')?;
    let service = service(&prefix.to_ascii_lowercase())?;
    Some((service, service.action(action)?))
}

/// Whether every request can have this key, whichever action it is for; tag keys with their tag.
#[must_use]
pub fn is_global_key(key: &str) -> bool {
    global(key).is_some()
}

/// Whether AWS has a service with this prefix.
#[must_use]
pub fn is_service(prefix: &str) -> bool {
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

/// An ARN template of the Service Authorization Reference as a pattern.
pub(crate) fn template_pattern(template: &str) -> String {
    let mut pattern = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        pattern.push_str(before);
        pattern.push('*');
        rest = after.split_once('}').map_or("", |(_, tail)| tail);
    }
    pattern.push_str(rest);
    pattern
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
                arns: part(),
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
pub const REGIONS: [&str; 53] = [
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_says_what_it_takes() {
        let (service, action) = find("OAM:createlink").unwrap();
        assert_eq!(action.name, "CreateLink");
        let kinds: Vec<&str> = service
            .resource_types_of(action)
            .map(|kind| kind.name)
            .collect();
        assert_eq!(kinds, ["Sink"]);
        assert!(service.has_key(action, "aws:RequestTag/team"));
        assert!(!service.has_key(action, "kms:ViaService"));
        for unknown in ["oam:MakeLink", "nobody:CreateLink", "CreateLink"] {
            assert!(find(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn an_arn_is_of_a_kind() {
        let kinds = service("oam").unwrap().resource_types();
        let kind = |name: &str| kinds.iter().find(|kind| kind.name == name).unwrap();
        let sink = "arn:aws:oam:eu-central-1:111111111111:sink/a1b2";
        assert!(kind("Sink").fits(sink));
        assert!(!kind("Link").fits(sink));
        assert!(!kind("Sink").fits("*"));
        let kinds = service("apigateway").unwrap().resource_types();
        let stage = kinds.iter().find(|kind| kind.name == "Stage").unwrap();
        for api in ["apis", "restapis"] {
            assert!(stage.fits(&format!("arn:aws:apigateway:us-east-1::/{api}/a1/stages/s")));
        }
    }

    #[test]
    fn global_keys_are_known_with_their_tags() {
        for (key, is_global) in [
            ("aws:SourceIp", true),
            ("AWS:sourceip", true),
            ("aws:RequestTag/team", true),
            ("aws:SourceIp/team", false),
            ("oam:ResourceTypes", false),
        ] {
            assert_eq!(is_global_key(key), is_global, "{key}");
        }
    }
}
