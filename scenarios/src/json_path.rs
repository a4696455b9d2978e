//! The path of a member: `Role.Arn`, `$.Roots[0].Id`, `auth['client token']`.

use serde_json::Value;

/// What stands at a path of a document; none when nothing does, or when the path is none.
///
/// The `$` before it may be left out; an element of a list is `[0]` or `.0`.
#[must_use]
pub fn find<'v>(document: &'v Value, path: &str) -> Option<&'v Value> {
    let path = path.strip_prefix('$').unwrap_or(path);
    let mut found = document;
    let mut rest = path.strip_prefix('.').unwrap_or(path);
    while !rest.is_empty() {
        let (step, after) = match rest.strip_prefix('[') {
            Some(inner) => {
                let (step, after) = inner.split_once(']')?;
                (step.trim_matches(['\'', '"']), after)
            }
            None => rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len())),
        };
        found = match found {
            Value::Array(elements) => elements.get(step.parse::<usize>().ok()?)?,
            other => other.get(step)?,
        };
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    Some(found)
}

/// A value as text: a text as it is, anything else as JSON.
#[must_use]
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_to_a_member_or_nowhere() {
        let document = json!({"Role": {"Arn": "a"}, "Roots": [{"Id": 7}], "a b": {"c.d": true}});
        for (path, found) in [
            ("Role.Arn", Some(json!("a"))),
            ("$.Role.Arn", Some(json!("a"))),
            ("Roots[0].Id", Some(json!(7))),
            ("$.Roots.0.Id", Some(json!(7))),
            ("['a b']['c.d']", Some(json!(true))),
            ("$", Some(document.clone())),
            ("Role.Name", None),
            ("Roots[1]", None),
            ("Roots[x]", None),
            ("Roots[0", None),
            ("Role.Arn.more", None),
        ] {
            assert_eq!(find(&document, path).cloned(), found, "{path}");
        }
    }
}
