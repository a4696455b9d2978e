//! What a real server answered, as an expectation of the embedded one: what differs between any two
//! servers becomes a placeholder of `matching`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Value, json};

/// How far a time to live may have run down on the real server, whose clock does not stand.
const SECONDS_PASSED_MAX: i64 = 15;

/// The members that run down: a capped renewal gives what is left.
const RUNNING_DOWN: [&str; 2] = ["ttl", "lease_duration"];

/// A captured value as short as a word would be found where it is not meant.
const CAPTURED_MIN: usize = 8;

/// Seconds since 1970 begin here; a smaller number is an amount.
const EPOCH_MIN: i64 = 1_500_000_000;

static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?P<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)",
        r"|(?P<rfc3339>\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))",
        r"|\b(?P<token>hvs|hvb|s|b)\.[A-Za-z0-9_-]{20,}",
        r"|\bvault-cluster-(?P<hex8>[0-9a-f]{8})\b",
        r"|\b(?P<accessor>[a-z_]+)_[0-9a-f]{8}\b",
        r"|(?P<id24>\b[A-Za-z0-9]{24}\b)",
        r"|(?P<version>\bv?\d+\.\d+\.\d+\S*)",
    ))
    .unwrap()
});

/// The expectation; `vars` are what was captured from the real server, by name.
pub fn expectation(value: &Value, vars: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let value = match value.as_i64() {
                    Some(left @ 1..) if RUNNING_DOWN.contains(&name.as_str()) => {
                        json!(format!("{{{{int:{left}..{}}}}}", left + SECONDS_PASSED_MAX))
                    }
                    _ => expectation(value, vars),
                };
                (text(name, vars), value)
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(|item| expectation(item, vars)).collect(),
        Value::String(given) => Value::String(text(given, vars)),
        Value::Number(number) if number.as_i64().is_some_and(|one| one > EPOCH_MIN) => {
            json!("{{epoch}}")
        }
        other => other.clone(),
    }
}

/// A text with captured values and shapes named.
fn text(given: &str, vars: &BTreeMap<String, Value>) -> String {
    // The longest first: one captured value may hold another.
    let mut known: Vec<(&str, &str)> = vars
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .filter(|(_, value)| value.len() >= CAPTURED_MIN)
        .collect();
    known.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
    let mut rest = given;
    let mut shaped = String::new();
    loop {
        let next = known
            .iter()
            .filter_map(|(name, value)| Some((rest.find(value)?, *name, value.len())))
            .min_by_key(|(at, _, length)| (*at, std::cmp::Reverse(*length)));
        let Some((at, name, length)) = next else {
            shaped.push_str(&without_ids(rest));
            return shaped;
        };
        shaped.push_str(&without_ids(&rest[..at]));
        shaped.push_str(&format!("{{{{var:{name}}}}}"));
        rest = &rest[at + length..];
    }
}

/// What is left of a longest time to live, as a warning words it: the real server's clock has run since
/// the token was made, so that `1h59m59s` stands where the clock that stands has `2h`.
static LEFT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?P<before>effective max_ttl of \")(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?P<seconds>\d+)s""#)
        .unwrap()
});

/// The text with what is left rounded up to the minute, where that is within [`SECONDS_PASSED_MAX`].
fn whole_minutes(text: &str) -> String {
    let rounded = |found: &Captures<'_>| {
        let number = |group| {
            found
                .name(group)
                .map_or(0, |text| text.as_str().parse::<i64>().unwrap())
        };
        if number("seconds") < 60 - SECONDS_PASSED_MAX {
            return found[0].to_owned();
        }
        let minutes = number("hours") * 60 + number("minutes") + 1;
        let left = match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("{minutes}m"),
            (hours, 0) => format!("{hours}h"),
            (hours, minutes) => format!("{hours}h{minutes}m"),
        };
        format!("{}{left}\"", &found["before"])
    };
    LEFT.replace_all(text, rounded).into_owned()
}

fn without_ids(text: &str) -> String {
    let named = |found: &Captures<'_>| {
        let name = |group| found.name(group).map(|text| text.as_str().to_owned());
        if let Some(prefix) = name("token") {
            return format!("{{{{token:{prefix}}}}}");
        }
        if let Some(kind) = name("accessor") {
            return format!("{{{{mount_accessor:{kind}}}}}");
        }
        if found.name("hex8").is_some() {
            return "vault-cluster-{{hex8}}".to_owned();
        }
        let shapes = ["uuid", "rfc3339", "id24", "version"];
        let shape = shapes.into_iter().find(|shape| found.name(shape).is_some());
        format!("{{{{{}}}}}", shape.unwrap_or("string"))
    };
    SHAPES.replace_all(&whole_minutes(text), named).into_owned()
}

#[test]
fn shapes_and_captured_values_become_placeholders() {
    let vars = BTreeMap::from([("reader".to_owned(), json!("s.aaaaaaaaaaaaaaaaaaaaaaaa"))]);
    let answer = json!({
        "request_id": "6f9ae5b4-154d-9da1-2e11-f6ca6b25d7a2",
        "id": "s.aaaaaaaaaaaaaaaaaaaaaaaa",
        "other": "s.bbbbbbbbbbbbbbbbbbbbbbbb",
        "created_time": "2026-11-21T17:57:39.674Z",
        "accessor": "XSkTUv7XlFWKpjAcJXmW3JlW",
        "mount": "auth_userpass_1a2b3c4d",
        "creation_time": 1_795_283_859,
        "ttl": 300,
        "lease_duration": 600,
        "creation_ttl": 300,
        "path": "auth/token/create",
    });
    let expected = json!({
        "request_id": "{{uuid}}",
        "id": "{{var:reader}}",
        "other": "{{token:s}}",
        "created_time": "{{rfc3339}}",
        "accessor": "{{id24}}",
        "mount": "{{mount_accessor:auth_userpass}}",
        "creation_time": "{{epoch}}",
        "ttl": "{{int:300..315}}",
        "lease_duration": "{{int:600..615}}",
        "creation_ttl": 300,
        "path": "auth/token/create",
    });
    assert_eq!(expectation(&answer, &vars), expected);
}

#[test]
fn what_is_left_of_a_longest_time_to_live_is_a_whole_minute() {
    for (real, standing) in [
        ("1h59m59s", "2h"),
        ("1h59m46s", "2h"),
        ("59m58s", "1h"),
        ("29m50s", "30m"),
        ("1h29m59s", "1h30m"),
        ("50s", "1m"),
        ("1h59m30s", "1h59m30s"),
        ("2h", "2h"),
    ] {
        let warning = |left| {
            format!(
                "TTL of \"5h\" exceeded the effective max_ttl of \"{left}\"; TTL value is capped accordingly"
            )
        };
        assert_eq!(text(&warning(real), &BTreeMap::new()), warning(standing));
    }
}
