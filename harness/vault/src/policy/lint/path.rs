//! Paths that match no request, or other ones than meant.

use super::finding::Findings;
use super::rule::Rule;
use crate::policy::document::Capability;

pub(super) fn check(rule: &Rule<'_>, findings: &mut Findings) {
    let written = rule.written;
    let place = rule.place;
    if written.starts_with('/') && !written.starts_with("//") {
        let message = format!("`{written}`: the slash at the beginning is dropped");
        findings.add(place, "leading-slash", message);
    }
    let path = rule.flat_path();
    let outcome = if rule.denies() {
        "denies nothing"
    } else {
        "gives nothing"
    };
    if path.starts_with('/') || path.contains("//") {
        let message = format!("`{written}` {outcome}: no request has an empty segment");
        findings.add(place, "double-slash", message);
    }
    if let Some(rest) = path.strip_prefix("v1/") {
        let message = format!("`{written}` {outcome}: `v1/` is of the HTTP API, not of the path");
        // A template stands as one sign here, so that the rest is taken from what is written.
        let whole = rule.path.strip_prefix("v1/").unwrap_or(rest);
        findings.add_with_fix(place, "api-prefix", message, format!("write `{whole}`"));
    }
    check_globs(rule, &path, outcome, findings);
    let only_lists = rule
        .capabilities
        .iter()
        .all(|(name, _)| matches!(*name, "list" | "scan" | "sudo" | "deny"));
    // A path of templates alone cannot be judged.
    if path.ends_with('/') && !only_lists && rule.gives(Capability::List).is_none() {
        let message =
            format!("`{written}` {outcome}: only lists ask for paths that end with a slash");
        let fix = format!("write `{written}*`");
        findings.add_with_fix(place, "trailing-slash", message, fix);
    }
}

fn check_globs(rule: &Rule<'_>, path: &str, outcome: &str, findings: &mut Findings) {
    let written = rule.written;
    let inner = path.strip_suffix('*').unwrap_or(path);
    if path.contains("+*") {
        let message = format!("`{written}`: `+*` is refused");
        findings.add(rule.place, "glob-plus-star", message);
        return;
    }
    if inner.contains('*') {
        let message = format!(
            "`{written}` {outcome}: a `*` counts at the end only, elsewhere it is a character"
        );
        let fixed = with_segments(rule.path);
        let fix = format!("write `{fixed}`: `+` stands for one segment");
        findings.add_with_fix(rule.place, "glob-in-middle", message, fix);
    }
    let has_mixed = inner
        .split('/')
        .any(|segment| segment.len() > 1 && segment.contains('+'));
    if has_mixed {
        let message = format!(
            "`{written}` {outcome}: a `+` counts as a whole segment only, elsewhere it is a character"
        );
        findings.add(rule.place, "plus-in-segment", message);
    }
}

/// The path with `+` for each segment that holds a `*` before the end.
fn with_segments(path: &str) -> String {
    let (inner, end) = match path.strip_suffix('*') {
        Some(inner) => (inner.trim_end_matches('*'), "*"),
        None => (path, ""),
    };
    let segments: Vec<&str> = inner
        .split('/')
        .map(|segment| if segment.contains('*') { "+" } else { segment })
        .collect();
    format!("{}{end}", segments.join("/"))
}
