//! Whether a value is what was recorded.

use regex::Regex;
use serde_json::{Map, Value};

use super::context::Context;
use super::placeholder::{Number, Part, expected_parts, number, pattern};

/// Seconds since 1970 begin here; a smaller number is an amount.
const EPOCH_MIN: i64 = 1_500_000_000;

/// How much of a value is shown.
const SHOWN_MAX: usize = 260;

impl Context {
    /// The differences between what was recorded and what came.
    pub fn differences(&mut self, expected: &Value, actual: &Value, path: &str) -> Vec<String> {
        match expected {
            Value::String(text) if text == "{{any}}" => Vec::new(),
            Value::Object(members) => match members.get("{{unordered}}") {
                Some(Value::Array(items)) => self.unordered(items, actual, path),
                _ => self.object(members, actual, path),
            },
            Value::Array(items) => self.list(items, actual, path),
            Value::String(text) => self.string(text, actual, path),
            expected if same(expected, actual) => Vec::new(),
            expected => vec![format!(
                "{path}: {expected} expected, got {}",
                short(actual)
            )],
        }
    }

    fn unordered(&mut self, expected: &[Value], actual: &Value, path: &str) -> Vec<String> {
        let Some(actual) = items(actual, expected.len()) else {
            return vec![other_length(expected, actual, path)];
        };
        let mut rest: Vec<&Value> = actual.iter().collect();
        let mut order: Vec<&Value> = expected.iter().collect();
        order.sort_by_key(|item| {
            let text = item.to_string();
            text.contains("{{") && !text.contains("{{var:")
        });
        for item in order {
            let found = rest.iter().position(|candidate| {
                let mut trial = self.clone();
                let fits = trial.differences(item, candidate, path).is_empty();
                if fits {
                    *self = trial;
                }
                fits
            });
            match found {
                Some(index) => {
                    rest.remove(index);
                }
                None => return vec![format!("{path}: no item matches {item}")],
            }
        }
        Vec::new()
    }

    fn object(&mut self, expected: &Map<String, Value>, actual: &Value, path: &str) -> Vec<String> {
        let Value::Object(actual) = actual else {
            return vec![format!("{path}: an object expected, got {}", short(actual))];
        };
        let mut differences = Vec::new();
        let mut done = Vec::new();
        for (key, value) in expected {
            if let Some(found) = actual.get(key) {
                done.push(key.clone());
                differences.extend(self.differences(value, found, &format!("{path}/{key}")));
                continue;
            }
            let pattern = Value::String(key.clone());
            let candidate = actual.iter().find(|(name, _)| {
                key.contains("{{")
                    && !done.contains(name)
                    && !expected.contains_key(*name)
                    && self
                        .clone()
                        .differences(&pattern, &Value::String((*name).clone()), "")
                        .is_empty()
            });
            match candidate {
                Some((name, found)) => {
                    self.differences(&pattern, &Value::String(name.clone()), "");
                    done.push(name.clone());
                    differences.extend(self.differences(value, found, &format!("{path}/{name}")));
                }
                None => differences.push(format!("{path}/{key}: missing")),
            }
        }
        for (name, value) in actual.iter().filter(|(name, _)| !done.contains(name)) {
            differences.push(format!("{path}/{name}: unexpected: {}", short(value)));
        }
        differences
    }

    fn list(&mut self, expected: &[Value], actual: &Value, path: &str) -> Vec<String> {
        let Some(actual) = items(actual, expected.len()) else {
            return vec![other_length(expected, actual, path)];
        };
        let pairs = expected.iter().zip(actual).enumerate();
        pairs
            .flat_map(|(index, (expected, actual))| {
                self.differences(expected, actual, &format!("{path}/{index}"))
            })
            .collect()
    }

    fn string(&mut self, expected: &str, actual: &Value, path: &str) -> Vec<String> {
        let refused = || {
            vec![format!(
                "{path}: {expected:?} expected, got {}",
                short(actual)
            )]
        };
        if let Some(wanted) = number(expected) {
            return match actual.as_i64().filter(|found| is_in_range(*found, &wanted)) {
                None => refused(),
                Some(_) if wanted.nth.is_empty() => Vec::new(),
                Some(_) => self.bind(&format!("int#{}", wanted.nth), actual.clone(), path),
            };
        }
        let Some(text) = actual.as_str() else {
            return refused();
        };
        if text == expected {
            return Vec::new();
        }
        let (pattern, names) = self.pattern(expected);
        let found = Regex::new(&pattern).ok();
        let found = found.as_ref().and_then(|pattern| pattern.captures(text));
        let Some(found) = found else {
            return refused();
        };
        let mut differences = Vec::new();
        for (group, name) in names.iter().enumerate() {
            if let (Some(name), Some(value)) = (name, found.get(group + 1)) {
                differences.extend(self.bind(name, Value::from(value.as_str()), path));
            }
        }
        differences
    }

    /// The pattern of a text with placeholders, a group for each, and by what name each is bound.
    fn pattern(&self, expected: &str) -> (String, Vec<Option<String>>) {
        let mut made = String::from("^");
        let mut names = Vec::new();
        for part in expected_parts(expected) {
            let found = match part {
                Part::Text(text) => {
                    made.push_str(&regex::escape(text));
                    continue;
                }
                Part::Placeholder(found) => found,
            };
            let value = match found.name {
                "var" => match self.vars.get(found.argument) {
                    Some(Value::String(text)) => regex::escape(text),
                    Some(other) => regex::escape(&other.to_string()),
                    None => "(?:never captured)".to_owned(),
                },
                "env" => regex::escape(self.env.get(found.argument).map_or("", String::as_str)),
                name => pattern(name, found.argument),
            };
            made.push_str(&format!("({value})"));
            let bound = (!found.nth.is_empty()).then(|| format!("{}#{}", found.body, found.nth));
            names.push(bound);
        }
        made.push('$');
        (made, names)
    }

    fn bind(&mut self, name: &str, value: Value, path: &str) -> Vec<String> {
        let known = self.bound.entry(name.to_owned());
        if *known.or_insert_with(|| value.clone()) == value {
            Vec::new()
        } else {
            vec![format!("{path}: {name} must be the same value as before")]
        }
    }
}

fn is_in_range(found: i64, wanted: &Number<'_>) -> bool {
    let in_range = wanted
        .range
        .is_none_or(|(low, high)| (low..=high).contains(&found));
    in_range && (!wanted.is_epoch || found >= EPOCH_MIN)
}

fn items(actual: &Value, count: usize) -> Option<&Vec<Value>> {
    actual.as_array().filter(|items| items.len() == count)
}

fn other_length(expected: &[Value], actual: &Value, path: &str) -> String {
    format!(
        "{path}: {} items expected, got {}",
        expected.len(),
        short(actual)
    )
}

fn same(expected: &Value, actual: &Value) -> bool {
    match (expected, actual) {
        (Value::Number(expected), Value::Number(actual)) => {
            expected == actual || expected.as_f64() == actual.as_f64()
        }
        (expected, actual) => expected == actual,
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(SHOWN_MAX).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_recorded_is_compared_member_by_member() {
        let mut root = Context::default();
        root.vars.insert("root".to_owned(), json!("hvs.root"));
        let id = "0f8fad5b-d9cb-469f-a165-70867728950e";
        for (expected, actual, same) in [
            (json!({"a": 1}), json!({"a": 1.0}), true),
            (json!({"a": 1}), json!({"a": 1, "b": 2}), false),
            (json!({"a": 1}), json!({}), false),
            (json!([1, 2]), json!([2, 1]), false),
            (json!({"{{unordered}}": [1, 2]}), json!([2, 1]), true),
            (json!({"{{unordered}}": [1, 2]}), json!([2, 2]), false),
            (json!("{{any}}"), json!({"a": []}), true),
            (json!("a {{uuid}}"), json!(format!("a {id}")), true),
            (json!("{{uuid}}"), json!("a"), false),
            (json!("{{var:root}}"), json!("hvs.root"), true),
            (json!("{{var:other}}"), json!("hvs.root"), false),
            (json!("{{int:1..3}}"), json!(3), true),
            (json!("{{int:1..3}}"), json!(4), false),
            (json!("{{epoch}}"), json!(3600), false),
            (json!(["{{uuid#1}}", "{{uuid#1}}"]), json!([id, id]), true),
            (
                json!(["{{uuid#1}}", "{{uuid#1}}"]),
                json!([id, id.replace('0', "1")]),
                false,
            ),
            (json!({"{{uuid}}": 1}), json!({id: 1}), true),
            (json!(null), json!(null), true),
        ] {
            let differences = root.clone().differences(&expected, &actual, "");
            assert_eq!(
                differences.is_empty(),
                same,
                "{expected} {actual}: {differences:?}"
            );
        }
    }
}
