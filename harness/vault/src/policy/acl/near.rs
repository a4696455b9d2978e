//! Rules beside the deciding one, for the evidence: those that match less well, and those that nearly
//! match.
//!
//! Nothing here decides anything. What is near is looked for where a request is refused for want of a
//! rule; where it is let through, only among the rules that deny and did not.

use super::{Acl, Decision, Permissions, Refused, segment_candidate};
use crate::evidence::{Miss, NearRule, RuleSeen};
use crate::request::Operation;

/// How many rules the evidence names at most, of each kind.
const SEEN_MAX: usize = 5;

/// How many rules are looked at, at most: policies may have many more, and the evidence only helps.
const RULES_MAX: usize = 4_096;

/// What a key/value engine of version 2 has below its mount (Vault, `api-docs/secret/kv/kv-v2`).
const KV_PATHS: [&str; 6] = [
    "data", "metadata", "delete", "undelete", "destroy", "subkeys",
];

/// What stands beside a decision.
pub(crate) struct Beside {
    pub(crate) passed_over: Vec<RuleSeen>,
    pub(crate) near: Vec<NearRule>,
}

/// A rule as it is written, of whichever table.
struct Written<'a> {
    path: String,
    permissions: &'a Permissions,
}

impl Written<'_> {
    fn seen(&self) -> RuleSeen {
        let capabilities = self.permissions.capabilities.iter();
        RuleSeen {
            rule: self.path.clone(),
            policies: self.permissions.policies.clone(),
            capabilities: capabilities.map(|one| one.as_str().to_owned()).collect(),
        }
    }

    /// Whether it matches, as far as it goes by itself.
    fn matches(&self, path: &str) -> bool {
        rule_matches(&self.path, path, self.permissions)
    }
}

fn rule_matches(rule: &str, path: &str, permissions: &Permissions) -> bool {
    if super::is_segmented(rule) {
        let parts: Vec<&str> = path.split('/').collect();
        return segment_candidate(rule, &parts, permissions).is_some();
    }
    match rule.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => rule == path,
    }
}

impl Acl {
    /// The rules beside the deciding one. `kv2` is the path of the mount, where the engine is KV version 2.
    pub(crate) fn beside(
        &self,
        decision: &Decision,
        operation: Operation,
        path: &str,
        kv2: Option<&str>,
    ) -> Beside {
        let mut beside = Beside {
            passed_over: Vec::new(),
            near: Vec::new(),
        };
        if self.root || decision.root {
            return beside;
        }
        let wants_near = decision.allowed
            || matches!(
                decision.refused,
                Some(Refused::NoRule | Refused::Unresolved | Refused::Lacks(_) | Refused::Denied)
            );
        let listing = matches!(operation, Operation::List | Operation::Scan);
        let trimmed = path.strip_suffix('/').unwrap_or(path);
        let asked = Asked {
            path,
            trimmed: if listing { trimmed } else { path },
            kv2: kv2.and_then(|mount| KvPath::of(mount, path)),
        };
        for rule in self.written().take(RULES_MAX) {
            if decision.rule.as_deref() == Some(&rule.path)
                || (decision.allowed && !rule.permissions.denies())
            {
                continue;
            }
            if rule.matches(asked.path) || rule.matches(asked.trimmed) {
                beside.passed_over.push(rule.seen());
            } else if wants_near && let Some(miss) = asked.miss(&rule) {
                let seen = rule.seen();
                beside.near.push(NearRule { seen, miss });
            }
        }
        if decision.allowed {
            // A denial that misses for what it says is meant for another path.
            beside.near.retain(|rule| {
                matches!(
                    rule.miss,
                    Miss::RuleWithoutData | Miss::StarInside | Miss::PlusInside | Miss::Case
                )
            });
        }
        beside.near.sort_by(|one, other| {
            let of = |rule: &NearRule| (rule.miss, rule.seen.rule.clone());
            of(one).cmp(&of(other))
        });
        beside.near.truncate(SEEN_MAX);
        // The longest first: they come nearest to what decided.
        beside
            .passed_over
            .sort_by_key(|rule| std::cmp::Reverse(rule.rule.len()));
        beside.passed_over.truncate(SEEN_MAX);
        beside
    }

    fn written(&self) -> impl Iterator<Item = Written<'_>> {
        let tables = [(&self.exact, ""), (&self.prefix, "*"), (&self.segments, "")];
        tables.into_iter().flat_map(|(rules, end)| {
            rules.iter().map(move |(path, permissions)| Written {
                path: format!("{path}{end}"),
                permissions,
            })
        })
    }
}

/// A path of an engine of KV version 2, taken apart.
struct KvPath<'a> {
    mount: &'a str,
    /// `data`, `metadata` and the like; none where the request lacks it.
    of: Option<&'a str>,
    rest: &'a str,
}

impl<'a> KvPath<'a> {
    fn of(mount: &'a str, path: &'a str) -> Option<Self> {
        let below = path.strip_prefix(mount)?;
        let (of, rest) = match below.split_once('/') {
            Some((of, rest)) if KV_PATHS.contains(&of) => (Some(of), rest),
            None if KV_PATHS.contains(&below) => (Some(below), ""),
            _ => (None, below),
        };
        Some(Self { mount, of, rest })
    }

    fn at(&self, of: &str) -> String {
        let Self { mount, rest, .. } = self;
        if of.is_empty() {
            format!("{mount}{rest}")
        } else {
            format!("{mount}{of}/{rest}")
        }
    }
}

/// What was asked for.
struct Asked<'a> {
    path: &'a str,
    /// The same without the slash at the end of a list.
    trimmed: &'a str,
    kv2: Option<KvPath<'a>>,
}

impl Asked<'_> {
    fn miss(&self, rule: &Written<'_>) -> Option<Miss> {
        self.kv_miss(rule).or_else(|| self.plain_miss(rule))
    }

    fn kv_miss(&self, rule: &Written<'_>) -> Option<Miss> {
        let kv2 = self.kv2.as_ref()?;
        let fits = |path: String| {
            rule.matches(&path) || rule.matches(path.strip_suffix('/').unwrap_or(&path))
        };
        match kv2.of {
            Some(_) if fits(kv2.at("")) => Some(Miss::RuleWithoutData),
            Some(of) => {
                let mut others = KV_PATHS.into_iter().filter(|other| *other != of);
                others
                    .any(|other| fits(kv2.at(other)))
                    .then_some(Miss::OtherKvPath)
            }
            None => KV_PATHS
                .into_iter()
                .any(|of| fits(kv2.at(of)))
                .then_some(Miss::RequestWithoutData),
        }
    }

    fn plain_miss(&self, rule: &Written<'_>) -> Option<Miss> {
        let (written, path) = (rule.path.as_str(), self.trimmed);
        let bare = written.trim_end_matches('*');
        if bare.contains('*') && glob(written, path) {
            return Some(Miss::StarInside);
        }
        let is_beside = |segment: &str| segment.len() > 1 && segment.contains('+');
        if written.split('/').any(is_beside) && glob(&written.replace('+', "*"), path) {
            return Some(Miss::PlusInside);
        }
        if !written.ends_with('*')
            && path
                .strip_prefix(bare.trim_end_matches('/'))
                .is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'))
        {
            return Some(Miss::BelowExact);
        }
        if bare.ends_with('/') && bare.trim_end_matches('/') == path.trim_end_matches('/') {
            return Some(if written.ends_with('*') {
                Miss::OnlyBelow
            } else {
                Miss::Slash
            });
        }
        let same = |written: &str, path: &str| rule_matches(written, path, rule.permissions);
        if same(&written.to_lowercase(), &path.to_lowercase()) {
            return Some(Miss::Case);
        }
        if same(written.trim_matches('/'), path.trim_matches('/')) {
            return Some(Miss::Slash);
        }
        differs_in_one(written, path).then_some(Miss::OneSegment)
    }
}

/// Whether the two have as many segments, and one of them differs that no wildcard stands for.
fn differs_in_one(rule: &str, path: &str) -> bool {
    let (rule, path): (Vec<&str>, Vec<&str>) =
        (rule.split('/').collect(), path.split('/').collect());
    let is_open = rule.last().is_some_and(|last| last.ends_with('*'));
    if rule.len() < 3 || path.len() < rule.len() || (!is_open && rule.len() != path.len()) {
        return false;
    }
    let fits = |(rule, path): &(&&str, &&str)| {
        **rule == "+"
            || rule == path
            || rule
                .strip_suffix('*')
                .is_some_and(|start| path.starts_with(start))
    };
    rule.iter().zip(&path).filter(|pair| !fits(pair)).count() == 1
}

/// A `*` anywhere stands for any text: what the writer of such a rule had in mind.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
