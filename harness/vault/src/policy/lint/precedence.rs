//! Rules for one path, and denials that other rules beat.
//!
//! The order is that of [`acl`](crate::policy::acl): the exact path; then the glob whose first wildcard
//! stands last; of two alike the one that does not end in `*`, has fewer `+`, is longer.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::finding::Findings;
use super::rule::{Rule, TEMPLATE};

/// How many pairs of a denial and another rule are compared.
const PAIRS_MAX: usize = 1 << 20;

/// A rule's path, taken apart.
struct Pattern<'r, 'i> {
    rule: &'r Rule<'i>,
    segments: Vec<String>,
    /// It ends in `*`.
    is_open: bool,
    /// `None` for an exact path, which beats every glob.
    rank: Option<Rank>,
}

type Rank = (usize, bool, Reverse<usize>, usize);

impl<'r, 'i> Pattern<'r, 'i> {
    fn of(rule: &'r Rule<'i>) -> Self {
        let path = rule.flat_path();
        let is_open = path.ends_with('*');
        let stripped = path.strip_suffix('*').unwrap_or(&path);
        let segments: Vec<String> = stripped.split('/').map(str::to_owned).collect();
        let plus = segments.iter().filter(|segment| *segment == "+").count();
        let first = match plus {
            0 => stripped.len(),
            _ => stripped.find('+').unwrap_or(stripped.len()),
        };
        let is_glob = is_open || plus > 0;
        Self {
            rule,
            segments,
            is_open,
            rank: is_glob.then_some((first, !is_open, Reverse(plus), stripped.len())),
        }
    }

    /// Whether this rule decides where both match.
    fn beats(&self, other: &Self) -> bool {
        match (self.rank, other.rank) {
            (None, Some(_)) => true,
            (Some(own), Some(other)) => own > other,
            (_, None) => false,
        }
    }

    /// Whether some path matches both.
    fn meets(&self, other: &Self) -> bool {
        let mut at = 0;
        loop {
            let (Some(own), Some(its)) = (self.segments.get(at), other.segments.get(at)) else {
                return self.segments.len() == other.segments.len();
            };
            let own_end = self.is_open && at + 1 == self.segments.len();
            let its_end = other.is_open && at + 1 == other.segments.len();
            let free = is_wild(own) || is_wild(its);
            match (own_end, its_end) {
                (true, true) => {
                    return free || own.starts_with(its.as_str()) || its.starts_with(own.as_str());
                }
                (true, false) => return free || its.starts_with(own.as_str()),
                (false, true) => return free || own.starts_with(its.as_str()),
                (false, false) if !free && own != its => return false,
                (false, false) => at += 1,
            }
        }
    }

    /// Whether everything that `narrow` matches matches this one.
    fn contains(&self, narrow: &Self) -> bool {
        for (at, own) in self.segments.iter().enumerate() {
            let is_end = self.is_open && at + 1 == self.segments.len();
            let Some(its) = narrow.segments.get(at) else {
                return false;
            };
            let its_end = narrow.is_open && at + 1 == narrow.segments.len();
            if is_end {
                return own.is_empty() || (!is_wild(its) && its.starts_with(own.as_str()));
            }
            if its_end || (own != "+" && own != its) {
                return false;
            }
        }
        self.segments.len() == narrow.segments.len()
    }
}

fn is_wild(segment: &str) -> bool {
    segment == "+" || segment.contains(TEMPLATE)
}

pub(super) fn check(rules: &[Rule<'_>], findings: &mut Findings) {
    check_twice(rules, findings);
    let patterns: Vec<Pattern<'_, '_>> = rules.iter().map(Pattern::of).collect();
    let denials: Vec<&Pattern<'_, '_>> = patterns
        .iter()
        .filter(|pattern| pattern.rule.denies())
        .collect();
    if denials.len().saturating_mul(patterns.len()) > PAIRS_MAX {
        if let Some(first) = denials.first() {
            let message = format!(
                "{} denials among {} rules are not compared",
                denials.len(),
                rules.len()
            );
            findings.add(first.rule.place, "not-compared", message);
        }
        return;
    }
    for denial in denials {
        check_denial(denial, &patterns, findings);
    }
}

fn check_denial(denial: &Pattern<'_, '_>, patterns: &[Pattern<'_, '_>], findings: &mut Findings) {
    let gives = |pattern: &&Pattern<'_, '_>| {
        !pattern.rule.denies() && !pattern.rule.capabilities.is_empty()
    };
    let meeting: Vec<&Pattern<'_, '_>> = patterns
        .iter()
        .filter(gives)
        .filter(|pattern| denial.meets(pattern))
        .collect();
    let written = denial.rule.written;
    let stronger = meeting.iter().filter(|pattern| pattern.beats(denial));
    let (inside, across): (Vec<&Pattern<'_, '_>>, Vec<&Pattern<'_, '_>>) =
        stronger.copied().partition(|it| denial.contains(it));
    if let Some(other) = across.first() {
        let message = format!(
            "`{}` beats the denial of `{written}` where both match: its first wildcard stands later",
            other.rule.written
        );
        findings.add(denial.rule.place, "deny-beaten", message);
    } else if let Some(other) = inside.first() {
        let message = format!("`{}` is let in all the same", other.rule.written);
        findings.add(denial.rule.place, "deny-carved", message);
    }
    let same = meeting
        .iter()
        .any(|pattern| pattern.rule.path == denial.rule.path);
    let has_others = patterns.iter().any(|pattern| gives(&pattern));
    if meeting.is_empty() && has_others && !same {
        let message = format!("no rule of the policy gives anything that `{written}` denies");
        findings.add(denial.rule.place, "deny-useless", message);
    }
}

fn check_twice(rules: &[Rule<'_>], findings: &mut Findings) {
    let mut seen: BTreeMap<&str, &Rule<'_>> = BTreeMap::new();
    for rule in rules {
        let Some(first) = seen.get(rule.path) else {
            seen.insert(rule.path, rule);
            continue;
        };
        let place = first.place;
        let at = format!("{}:{}", place.line, place.column);
        if first.denies() == rule.denies() {
            let message = format!(
                "`{}` stands at {at} too: the two count as one",
                rule.written
            );
            findings.add(rule.place, "duplicate-path", message);
        } else {
            let message = format!(
                "`{}` stands at {at} too, and one of the two denies: the other gives nothing",
                rule.written
            );
            findings.add(rule.place, "duplicate-deny", message);
        }
    }
}
