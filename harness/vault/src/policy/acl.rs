//! The policies of one token, merged, and what they decide.
//!
//! The order of precedence: the exact path; then, of all globs that match, the greatest by
//! (position of the first wildcard; not ending in `*`; fewer `+`; length; text). Rules for the same
//! path unite their capabilities, and a denial among them wins.

mod near;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::document::{Capability, Parameters, Policy, Rule};
use super::parameter::is_meant;
use crate::evidence::{
    NearRule, PathDecision, PathRefused, RuleSeen, Templated, Unresolved, Why, WrappingBounds,
};
use crate::flavour::Flavour;
use crate::request::{Operation, WrapWish};

/// What the rules for one path, from all policies, come to.
#[derive(Clone, Debug, Default)]
struct Permissions {
    capabilities: BTreeSet<Capability>,
    /// Which policies give a capability.
    granting: BTreeMap<Capability, Vec<String>>,
    /// Every policy with a rule for this path.
    policies: Vec<String>,
    allowed_parameters: Parameters,
    denied_parameters: Parameters,
    required_parameters: Vec<String>,
    min_wrapping_ttl: i64,
    max_wrapping_ttl: i64,
    pagination_limit: i64,
}

impl Permissions {
    fn denies(&self) -> bool {
        self.capabilities.contains(&Capability::Deny)
    }

    fn merge(&mut self, policy: &str, rule: &Rule) {
        if !self.policies.iter().any(|known| known == policy) {
            self.policies.push(policy.to_owned());
        }
        if self.denies() {
            return;
        }
        if rule.capabilities.contains(&Capability::Deny) {
            let policies = std::mem::take(&mut self.policies);
            *self = Self {
                policies,
                ..Self::default()
            };
        }
        for capability in &rule.capabilities {
            self.capabilities.insert(*capability);
            self.granting
                .entry(*capability)
                .or_default()
                .push(policy.to_owned());
        }
        self.max_wrapping_ttl = lesser(self.max_wrapping_ttl, rule.max_wrapping_ttl);
        self.min_wrapping_ttl = lesser(self.min_wrapping_ttl, rule.min_wrapping_ttl);
        self.pagination_limit = lesser(self.pagination_limit, rule.pagination_limit);
        merge_parameters(
            &mut self.allowed_parameters,
            rule.allowed_parameters.as_ref(),
        );
        merge_parameters(&mut self.denied_parameters, rule.denied_parameters.as_ref());
        for name in &rule.required_parameters {
            if !self.required_parameters.contains(name) {
                self.required_parameters.push(name.clone());
            }
        }
    }
}

/// The smaller of two bounds, where 0 is none.
fn lesser(one: i64, other: i64) -> i64 {
    match (one > 0, other > 0) {
        (true, true) => one.min(other),
        (false, true) => other,
        _ => one,
    }
}

fn merge_parameters(into: &mut Parameters, from: Option<&Parameters>) {
    for (name, values) in from.into_iter().flatten() {
        match into.get_mut(name) {
            None => {
                into.insert(name.clone(), values.clone());
            }
            Some(known) if known.is_empty() || values.is_empty() => known.clear(),
            Some(known) => known.extend(values.iter().cloned()),
        }
    }
}

/// The merged policies of a token.
#[derive(Clone, Debug, Default)]
pub(crate) struct Acl {
    root: bool,
    exact: BTreeMap<String, Permissions>,
    prefix: BTreeMap<String, Permissions>,
    segments: BTreeMap<String, Permissions>,
    /// See [`crate::core_rules::CoreRules::list_trims_first`].
    list_trims_first: bool,
    /// Rules that do not count, since their template has no value for this token.
    unresolved: Vec<Unresolved>,
    /// Policies of the token that are not written.
    unwritten: Vec<String>,
    /// Rules whose values are read as wildcards.
    wild: Vec<Templated>,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No rule matches the path.
    NoRule,
    /// No rule matches the path, and a rule whose path begins as that of the request has a template
    /// without a value for this token.
    Unresolved,
    /// The deciding rule denies.
    Denied,
    /// The deciding rule lacks this capability.
    Lacks(Capability),
    /// The endpoint needs `sudo`, which the deciding rule lacks.
    LacksSudo,
    /// The answer must be wrapped within the rule's bounds.
    WrappingTtl,
    /// A parameter that the rule requires is missing.
    RequiredParameter(String),
    /// A parameter (or its value) is denied.
    DeniedParameter(String),
    /// A parameter (or its value) is not among the allowed ones.
    NotAllowedParameter(String),
    /// A list asks for more names than the rule lets it.
    PaginationLimit(i64),
}

/// What the policies say about one request, with the evidence.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decision {
    /// Let through, by the rule or because the lab only watches.
    pub(crate) allowed: bool,
    /// Decided by the policy `root`.
    pub(crate) root: bool,
    /// Whether the deciding rule has `sudo`.
    pub(crate) sudo: bool,
    /// The path of the deciding rule.
    pub(crate) rule: Option<String>,
    /// The policies with that rule.
    pub(crate) policies: Vec<String>,
    /// The capabilities that the rule gives.
    pub(crate) capabilities: Vec<Capability>,
    /// The policies that give the capability in question.
    pub(crate) granting: Vec<String>,
    /// Why not.
    pub(crate) refused: Option<Refused>,
    /// How many names a list is to give, where the rule says so and the request does not.
    pub(crate) limit: Option<i64>,
    /// The rules that might have matched if their templates had a value.
    pub(crate) unresolved: Vec<Unresolved>,
    /// The template of the deciding rule, where its value is read as a wildcard.
    pub(crate) templated: Option<Templated>,
    /// The policies that are not written, where no rule matches.
    pub(crate) unwritten: Option<Vec<String>>,
    /// The rules that match as well, and less well.
    pub(crate) passed_over: Vec<RuleSeen>,
    /// The rules that nearly match.
    pub(crate) near: Vec<NearRule>,
    /// The bounds of the rule for wrapping, where the wish is not within them.
    pub(crate) wrapping: Option<WrappingBounds>,
    /// The names of the parameters that the rule speaks of, where one is at fault.
    pub(crate) parameters: Option<Vec<String>>,
}

impl Decision {
    /// The decision as the journal shows it.
    pub(crate) fn evidence(&self) -> PathDecision {
        if self.root {
            return PathDecision {
                rule_policies: vec!["root".to_owned()],
                capabilities: vec!["root".to_owned()],
                ..PathDecision::default()
            };
        }
        let capabilities = self.capabilities.iter();
        PathDecision {
            rule: self.rule.clone(),
            rule_policies: self.policies.clone(),
            capabilities: capabilities.map(|one| one.as_str().to_owned()).collect(),
            unresolved: (self.refused == Some(Refused::Unresolved))
                .then(|| self.unresolved.clone()),
            passed_over: self.passed_over.clone(),
            near: self.near.clone(),
            unwritten: self.unwritten.clone(),
            templated: self.templated.clone(),
            wrapping: self.wrapping,
            parameters: self.parameters.clone(),
            refused: self.refused.as_ref().map(Refused::evidence),
        }
    }
}

impl Refused {
    /// The refusal as the journal shows it.
    fn evidence(&self) -> PathRefused {
        let lacking = match self {
            Self::Lacks(capability) => Some(capability.as_str()),
            Self::LacksSudo => Some(Capability::Sudo.as_str()),
            _ => None,
        };
        PathRefused {
            lacking: lacking.map(str::to_owned),
            why: match self {
                Self::NoRule => Why::NoRule,
                Self::Unresolved => Why::TemplateUnresolved,
                Self::Denied => Why::RuleDenies,
                Self::Lacks(_) | Self::LacksSudo => Why::CapabilityMissing,
                Self::WrappingTtl => Why::WrappingTtl,
                Self::RequiredParameter(name) => Why::ParameterRequired(name.clone()),
                Self::DeniedParameter(name) => Why::ParameterDenied(name.clone()),
                Self::NotAllowedParameter(name) => Why::ParameterNotAllowed(name.clone()),
                Self::PaginationLimit(limit) => Why::PaginationLimit(*limit),
            },
        }
    }
}

/// A glob that matches, by its rank.
struct Candidate<'a> {
    rank: (usize, bool, std::cmp::Reverse<usize>, usize, &'a str),
    rule: String,
    permissions: &'a Permissions,
}

impl Acl {
    /// The ACL of a token whose policy is `root`.
    pub(crate) fn root() -> Self {
        Self {
            root: true,
            ..Self::default()
        }
    }

    /// Merges policies, given by name, whose templates are filled in.
    pub(crate) fn merged<'p>(
        policies: impl IntoIterator<Item = (&'p str, &'p Policy)>,
        flavour: Flavour,
    ) -> Self {
        let mut acl = Self {
            list_trims_first: flavour.core().list_trims_first,
            ..Self::default()
        };
        for (name, policy) in policies {
            for rule in &policy.rules {
                acl.add(name, rule);
            }
        }
        acl
    }

    /// Keeps the rules that fell away for want of a value in their templates, for the evidence.
    pub(crate) fn without_value(mut self, rules: Vec<Unresolved>) -> Self {
        self.unresolved = rules;
        self
    }

    /// Keeps the names of policies that are not written, for the evidence.
    pub(crate) fn without_text(mut self, names: Vec<String>) -> Self {
        self.unwritten = names;
        self
    }

    /// Keeps the rules whose values are read as wildcards, for the evidence.
    pub(crate) fn with_wildcards(mut self, rules: Vec<Templated>) -> Self {
        self.wild = rules;
        self
    }

    /// The rules without a value in their template whose path begins as this one.
    fn unresolved_for(&self, path: &str) -> Vec<Unresolved> {
        let rules = self.unresolved.iter();
        let fits = |rule: &&Unresolved| {
            let start = rule.path.split("{{").next().unwrap_or_default();
            path.starts_with(start)
        };
        rules.filter(fits).cloned().collect()
    }

    fn add(&mut self, policy: &str, rule: &Rule) {
        let path = rule.path.as_str();
        let permissions = if is_segmented(path) {
            self.segments.entry(path.to_owned())
        } else if let Some(prefix) = path.strip_suffix('*') {
            self.prefix.entry(prefix.to_owned())
        } else {
            self.exact.entry(path.to_owned())
        };
        permissions.or_default().merge(policy, rule);
    }

    /// The deciding rule for a path.
    fn deciding(&self, path: &str, listing: bool) -> Option<(String, &Permissions)> {
        let exact = |path: &str| self.exact.get(path).map(|found| (path.to_owned(), found));
        if let Some(found) = exact(path) {
            return Some(found);
        }
        if listing {
            // A list asks for `a/` where policies name `a`. The exact path without the slash counts
            // before every glob; which spelling the globs see first is the flavour's.
            let trimmed = path.strip_suffix('/').unwrap_or(path);
            let (first, second) = if self.list_trims_first {
                (trimmed, path)
            } else {
                (path, trimmed)
            };
            return exact(trimmed)
                .or_else(|| self.glob(first))
                .or_else(|| self.glob(second));
        }
        self.glob(path)
    }

    fn glob(&self, path: &str) -> Option<(String, &Permissions)> {
        // Looked up from the longest on: policies may have many more rules than a path has bytes.
        let longest = (0..=path.len())
            .rev()
            .filter_map(|end| self.prefix.get_key_value(path.get(..end)?))
            .next();
        let mut best = longest.map(|(prefix, permissions)| Candidate {
            rank: (
                prefix.len(),
                false,
                std::cmp::Reverse(0),
                prefix.len(),
                prefix.as_str(),
            ),
            rule: format!("{prefix}*"),
            permissions,
        });
        let parts: Vec<&str> = path.split('/').collect();
        for (pattern, permissions) in &self.segments {
            let Some(candidate) = segment_candidate(pattern, &parts, permissions) else {
                continue;
            };
            if best.as_ref().is_none_or(|best| candidate.rank > best.rank) {
                best = Some(candidate);
            }
        }
        best.map(|best| (best.rule, best.permissions))
    }

    /// The names of the capabilities on a path, in the form of `sys/capabilities`.
    pub(crate) fn capabilities(&self, path: &str) -> Vec<String> {
        if self.root {
            return vec!["root".to_owned()];
        }
        let path = path.trim_start_matches('/');
        let found = self.deciding(path, true);
        match found {
            Some((_, permissions))
                if !permissions.denies() && !permissions.capabilities.is_empty() =>
            {
                let names = permissions.capabilities.iter();
                names
                    .map(|capability| capability.as_str().to_owned())
                    .collect()
            }
            _ => vec!["deny".to_owned()],
        }
    }

    /// Whether the deciding rule for a path has `sudo`.
    pub(crate) fn has_sudo(&self, path: &str) -> bool {
        self.root
            || self.deciding(path, true).is_some_and(|(_, permissions)| {
                permissions.capabilities.contains(&Capability::Sudo)
            })
    }

    /// Whether any rule could allow something at or below a mount's path.
    pub(crate) fn touches_mount(&self, mount: &str) -> bool {
        let useful = |permissions: &Permissions| {
            !permissions.denies() && !permissions.capabilities.is_empty()
        };
        let bare = mount.trim_end_matches('/');
        let below = |path: &str| path.starts_with(mount) || path == bare;
        if self.root
            || self
                .exact
                .iter()
                .any(|(path, found)| below(path) && useful(found))
        {
            return true;
        }
        if self.prefix.iter().any(|(path, found)| {
            (path.starts_with(mount) || mount.starts_with(path.as_str())) && useful(found)
        }) {
            return true;
        }
        let parts: Vec<&str> = bare.split('/').collect();
        self.segments.iter().any(|(pattern, found)| {
            let pattern: Vec<&str> = pattern.trim_end_matches('*').split('/').collect();
            useful(found)
                && parts
                    .iter()
                    .zip(&pattern)
                    .all(|(part, wanted)| *wanted == "+" || wanted == part)
        })
    }

    /// Decides a request.
    pub(crate) fn decide(
        &self,
        operation: Operation,
        path: &str,
        data: &Map<String, Value>,
        wrap: Option<WrapWish>,
    ) -> Decision {
        if self.root {
            let granting = vec!["root".to_owned()];
            return Decision {
                allowed: true,
                root: true,
                sudo: true,
                granting,
                ..Decision::default()
            };
        }
        if operation == Operation::Help {
            return Decision {
                allowed: true,
                ..Decision::default()
            };
        }
        let listing = matches!(operation, Operation::List | Operation::Scan);
        let Some((rule, permissions)) = self.deciding(path, listing) else {
            let unresolved = self.unresolved_for(path);
            let refused = if unresolved.is_empty() {
                Refused::NoRule
            } else {
                Refused::Unresolved
            };
            return Decision {
                refused: Some(refused),
                unwritten: Some(self.unwritten.clone()).filter(|names| !names.is_empty()),
                unresolved,
                ..Decision::default()
            };
        };
        let mut wild = self.wild.iter();
        let mut decision = Decision {
            templated: wild.find(|one| one.filled == rule).cloned(),
            sudo: permissions.capabilities.contains(&Capability::Sudo),
            rule: Some(rule),
            policies: permissions.policies.clone(),
            capabilities: permissions.capabilities.iter().copied().collect(),
            ..Decision::default()
        };
        let wanted = match operation {
            Operation::Create => Capability::Create,
            Operation::Read => Capability::Read,
            Operation::Update => Capability::Update,
            Operation::Patch => Capability::Patch,
            Operation::Delete => Capability::Delete,
            Operation::List => Capability::List,
            Operation::Scan => Capability::Scan,
            Operation::Help | Operation::Other => {
                decision.refused = Some(Refused::NoRule);
                return decision;
            }
        };
        decision.granting = permissions
            .granting
            .get(&wanted)
            .cloned()
            .unwrap_or_default();
        decision.refused = permissions.refusal(wanted, operation, data, wrap);
        permissions.bounds(&mut decision, wrap);
        if listing && decision.refused.is_none() && permissions.pagination_limit > 0 {
            decision.limit = permissions.limit_of_list(data);
            if decision.limit.is_none() {
                decision.refused = Some(Refused::PaginationLimit(permissions.pagination_limit));
            }
        }
        decision.allowed = decision.refused.is_none();
        decision
    }

    /// The rules as `sys/internal/ui/resultant-acl` shows them.
    pub(crate) fn resultant(&self) -> Value {
        if self.root {
            return json!({"root": true});
        }
        let show = |rules: &BTreeMap<String, Permissions>| {
            let rules = rules.iter().map(|(path, permissions)| {
                let names: Vec<&str> = if permissions.capabilities.is_empty() {
                    vec!["deny"]
                } else {
                    permissions
                        .capabilities
                        .iter()
                        .map(|one| one.as_str())
                        .collect()
                };
                (path.clone(), json!({ "capabilities": names }))
            });
            Value::Object(rules.collect())
        };
        json!({
            "root": false,
            "exact_paths": show(&self.exact),
            "glob_paths": show(&self.prefix),
        })
    }
}

/// Whether a rule's path has a segment that stands for any.
fn is_segmented(path: &str) -> bool {
    path.contains("/+") || path.starts_with("+/") || path == "+"
}

fn segment_candidate<'a>(
    pattern: &'a str,
    parts: &[&str],
    permissions: &'a Permissions,
) -> Option<Candidate<'a>> {
    let first = pattern.find('+')?;
    let (stripped, open_end) = match pattern.strip_suffix('*') {
        Some(stripped) => (stripped, true),
        None => (pattern, false),
    };
    let wanted: Vec<&str> = stripped.split('/').collect();
    if parts.len() < wanted.len() || (!open_end && parts.len() != wanted.len()) {
        return None;
    }
    let last = wanted.len() - 1;
    let fits = wanted
        .iter()
        .zip(parts)
        .enumerate()
        .all(|(index, (wanted, part))| {
            *wanted == "+"
                || wanted == part
                || (open_end && index == last && part.starts_with(wanted))
        });
    let wildcards = wanted.iter().filter(|segment| **segment == "+").count();
    let rank = (
        first,
        !open_end,
        std::cmp::Reverse(wildcards),
        stripped.len(),
        stripped,
    );
    fits.then(|| Candidate {
        rank,
        rule: pattern.to_owned(),
        permissions,
    })
}

impl Permissions {
    fn refusal(
        &self,
        wanted: Capability,
        operation: Operation,
        data: &Map<String, Value>,
        wrap: Option<WrapWish>,
    ) -> Option<Refused> {
        if self.denies() {
            return Some(Refused::Denied);
        }
        if !self.capabilities.contains(&wanted) {
            return Some(Refused::Lacks(wanted));
        }
        let ttl = wrap.map(|wrap| wrap.ttl_nanoseconds);
        let too_long =
            self.max_wrapping_ttl > 0 && ttl.is_none_or(|ttl| ttl > self.max_wrapping_ttl);
        let too_short =
            self.min_wrapping_ttl > 0 && ttl.is_none_or(|ttl| ttl < self.min_wrapping_ttl);
        if too_long || too_short {
            return Some(Refused::WrappingTtl);
        }
        let checked = matches!(
            operation,
            Operation::Read | Operation::Update | Operation::Create | Operation::Patch
        );
        if checked {
            self.parameter_refusal(data, operation == Operation::Read)
        } else {
            None
        }
    }

    /// The bounds that a refused request is outside of, for the evidence. Names only: values may be secrets.
    fn bounds(&self, decision: &mut Decision, wrap: Option<WrapWish>) {
        let seconds = |nanoseconds: i64| nanoseconds / 1_000_000_000;
        let bound = |nanoseconds: i64| (nanoseconds > 0).then(|| seconds(nanoseconds));
        let names = |parameters: &Parameters| parameters.keys().cloned().collect();
        match &decision.refused {
            Some(Refused::WrappingTtl) => {
                decision.wrapping = Some(WrappingBounds {
                    min_seconds: bound(self.min_wrapping_ttl),
                    max_seconds: bound(self.max_wrapping_ttl),
                    asked_seconds: wrap.map(|wrap| seconds(wrap.ttl_nanoseconds)),
                });
            }
            Some(Refused::RequiredParameter(_)) => {
                decision.parameters = Some(self.required_parameters.clone());
            }
            Some(Refused::DeniedParameter(_)) => {
                decision.parameters = Some(names(&self.denied_parameters));
            }
            Some(Refused::NotAllowedParameter(_)) => {
                decision.parameters = Some(names(&self.allowed_parameters));
            }
            _ => {}
        }
    }

    /// How many names a list may give: what it asks for, the rule's limit if it asks for nothing;
    /// `None` if it asks for more, or for what is no number.
    fn limit_of_list(&self, data: &Map<String, Value>) -> Option<i64> {
        let asked = match data.get("limit") {
            None => 0,
            Some(Value::String(text)) => text.parse().ok()?,
            Some(value) => value.as_i64()?,
        };
        match asked {
            0 => Some(self.pagination_limit),
            asked if asked < 0 || asked > self.pagination_limit => None,
            asked => Some(asked),
        }
    }

    fn parameter_refusal(&self, data: &Map<String, Value>, from_query: bool) -> Option<Refused> {
        let missing = self
            .required_parameters
            .iter()
            .find(|name| !data.contains_key(&name.to_lowercase()));
        if let Some(name) = missing {
            return Some(Refused::RequiredParameter(name.clone()));
        }
        if data.is_empty() {
            return None;
        }
        if self.denied_parameters.contains_key("*") {
            return Some(Refused::DeniedParameter("*".to_owned()));
        }
        for (name, value) in data {
            let denied = self.denied_parameters.get(&name.to_lowercase());
            if denied.is_some_and(|values| is_meant(value, values, from_query)) {
                return Some(Refused::DeniedParameter(name.clone()));
            }
        }
        let any_name = self.allowed_parameters.contains_key("*");
        if self.allowed_parameters.is_empty() || (any_name && self.allowed_parameters.len() == 1) {
            return None;
        }
        let not_allowed = data.iter().find(|(name, value)| {
            match self.allowed_parameters.get(&name.to_lowercase()) {
                Some(values) => !is_meant(value, values, from_query),
                None => !any_name,
            }
        });
        not_allowed.map(|(name, _)| Refused::NotAllowedParameter(name.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acl(text: &str) -> Acl {
        let policy = Policy::read(text, Flavour::OpenBao).unwrap();
        Acl::merged([("p", &policy)], Flavour::OpenBao)
    }

    fn allowed(acl: &Acl, path: &str) -> bool {
        acl.decide(Operation::Read, path, &Map::new(), None).allowed
    }

    #[test]
    fn the_most_specific_rule_decides() {
        let acl = acl(concat!(
            "path \"s/*\" { capabilities = [\"read\"] }\n",
            "path \"s/a\" { capabilities = [\"deny\"] }\n",
            "path \"s/+/team/*\" { capabilities = [\"deny\"] }\n",
            "path \"s/app/+/db\" { capabilities = [\"deny\"] }\n",
        ));
        for (path, expected) in [
            ("s/b", true),
            ("s/a", false),
            ("s/a/b", true),
            ("s/app/x/db", false),
            ("other", false),
        ] {
            assert_eq!(allowed(&acl, path), expected, "{path}");
        }
    }

    #[test]
    fn a_refusal_says_which_rule_decided_and_what_it_lacks() {
        let acl = acl("path \"s/*\" { capabilities = [\"list\"] }");
        let decision = acl.decide(Operation::Read, "s/a", &Map::new(), None);
        assert_eq!(
            serde_json::to_value(decision.evidence()).unwrap(),
            json!({
                "rule": "s/*", "rule_policies": ["p"], "capabilities": ["list"],
                "lacking": "read", "why": "capability-missing",
            })
        );
        let decision = acl.decide(Operation::Read, "t/a", &Map::new(), None);
        assert_eq!(decision.refused, Some(Refused::NoRule));
    }
}
