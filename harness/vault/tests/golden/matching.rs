//! Whether an answer is what was recorded, placeholders filled in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

/// The values of one case.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub env: BTreeMap<String, String>,
    pub vars: BTreeMap<String, Value>,
    /// What numbered placeholders stood for.
    pub bound: BTreeMap<String, Value>,
}

static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\{\{(any|var:[A-Za-z0-9_]+|env:[A-Z_]+|(?:uuid|accessor|id24|rfc3339|hmac|base64|db_password|",
        r"hex8|hashed_token|compact_jws|version|digits|string|",
        r"(?:token|mount_accessor|lease_id|db_user):[^{}#]+)(?:#\d+)?)\}\}"
    ))
    .unwrap()
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\{\{(int|epoch)(?::(-?\d+)\.\.(-?\d+))?(?:#(\d+))?\}\}$").unwrap()
});
static IN_REQUEST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{(var|env|jwt):([A-Za-z0-9_]+)\}\}").unwrap());

fn shape(name: &str, argument: &str) -> String {
    let argument = regex::escape(argument);
    match name {
        "uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".to_owned(),
        "accessor" | "id24" => "[A-Za-z0-9]{24}".to_owned(),
        "rfc3339" => r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)".to_owned(),
        "hmac" => "hmac-sha256:[0-9a-f]{64}".to_owned(),
        "base64" => "[A-Za-z0-9+/_-]+=*".to_owned(),
        "hex8" => "[0-9a-f]{8}".to_owned(),
        "hashed_token" => "h[0-9a-f]{64}".to_owned(),
        "compact_jws" => r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*".to_owned(),
        "version" => r"v?\d+\.\d+\.\d+\S*".to_owned(),
        "digits" => r"\d+".to_owned(),
        "token" => format!(r"{argument}\.[A-Za-z0-9_-]{{20,}}"),
        "mount_accessor" => format!("{argument}_[0-9a-f]{{8}}"),
        "lease_id" => format!("{argument}/[A-Za-z0-9]{{24}}"),
        _ => r"[\s\S]*".to_owned(),
    }
}

impl Context {
    /// A value of a request with its placeholders filled in.
    pub fn filled(&self, value: &Value, jwt: &dyn Fn(&str) -> String) -> Value {
        match value {
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(key, value)| (self.text(key, jwt), self.filled(value, jwt)))
                    .collect(),
            ),
            Value::Array(items) => {
                Value::Array(items.iter().map(|item| self.filled(item, jwt)).collect())
            }
            Value::String(text) => {
                let whole = text
                    .strip_prefix("{{var:")
                    .and_then(|rest| rest.strip_suffix("}}"));
                match whole.and_then(|name| self.vars.get(name)) {
                    Some(value) => value.clone(),
                    None => Value::String(self.text(text, jwt)),
                }
            }
            other => other.clone(),
        }
    }

    /// A text of a request with its placeholders filled in.
    pub fn text(&self, text: &str, jwt: &dyn Fn(&str) -> String) -> String {
        IN_REQUEST
            .replace_all(text, |found: &regex::Captures<'_>| {
                let name = &found[2];
                match &found[1] {
                    "var" => match self.vars.get(name) {
                        Some(Value::String(text)) => text.clone(),
                        Some(other) => other.to_string(),
                        None => format!("(never captured: {name})"),
                    },
                    "env" => self.env.get(name).cloned().unwrap_or_default(),
                    _ => jwt(name),
                }
            })
            .into_owned()
    }

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
        let Some(actual) = actual
            .as_array()
            .filter(|items| items.len() == expected.len())
        else {
            return vec![format!(
                "{path}: {} items expected, got {}",
                expected.len(),
                short(actual)
            )];
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
        let Some(actual) = actual
            .as_array()
            .filter(|items| items.len() == expected.len())
        else {
            return vec![format!(
                "{path}: {} items expected, got {}",
                expected.len(),
                short(actual)
            )];
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
        if let Some(found) = NUMBER.captures(expected) {
            let Some(number) = actual.as_i64() else {
                return refused();
            };
            let bound = |index| {
                found
                    .get(index)
                    .map(|text| text.as_str().parse::<i64>().unwrap())
            };
            let outside = bound(2).is_some_and(|low| number < low)
                || bound(3).is_some_and(|high| number > high)
                || (&found[1] == "epoch" && number < 1_500_000_000);
            if outside {
                return refused();
            }
            if let Some(nth) = found.get(4) {
                return self.bind(&format!("int#{}", nth.as_str()), actual.clone(), path);
            }
            return Vec::new();
        }
        let Some(text) = actual.as_str() else {
            return refused();
        };
        if text == expected {
            return Vec::new();
        }
        let mut pattern = String::from("^");
        let mut groups = Vec::new();
        let mut position = 0;
        for found in PLACEHOLDER.captures_iter(expected) {
            let whole = found.get(0).unwrap();
            pattern.push_str(&regex::escape(&expected[position..whole.start()]));
            position = whole.end();
            let (body, nth) = found[1].split_once('#').unwrap_or((&found[1], ""));
            let (name, argument) = body.split_once(':').unwrap_or((body, ""));
            let value = match name {
                "var" => match self.vars.get(argument) {
                    Some(Value::String(text)) => regex::escape(text),
                    Some(other) => regex::escape(&other.to_string()),
                    None => "(never captured)".to_owned(),
                },
                "env" => regex::escape(self.env.get(argument).map_or("", String::as_str)),
                name => shape(name, argument),
            };
            pattern.push_str(&format!("({value})"));
            groups.push((body.to_owned(), nth.to_owned()));
        }
        pattern.push_str(&regex::escape(&expected[position..]));
        pattern.push('$');
        let pattern = Regex::new(&pattern).unwrap();
        let Some(found) = pattern.captures(text) else {
            return refused();
        };
        let mut differences = Vec::new();
        for (index, (body, nth)) in groups
            .iter()
            .enumerate()
            .filter(|(_, (_, nth))| !nth.is_empty())
        {
            let value = Value::from(&found[index + 1]);
            differences.extend(self.bind(&format!("{body}#{nth}"), value, path));
        }
        differences
    }

    fn bind(&mut self, name: &str, value: Value, path: &str) -> Vec<String> {
        let known = self
            .bound
            .entry(name.to_owned())
            .or_insert_with(|| value.clone());
        if *known == value {
            Vec::new()
        } else {
            vec![format!("{path}: {name} must be the same value as before")]
        }
    }
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
    let text = value.to_string();
    text.chars().take(260).collect()
}
