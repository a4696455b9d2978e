//! Rows of the tables of REST APIs, and what of an answer is compared.
//!
//! Knows neither the front door nor the service: whoever replays says what was answered.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// A row of either table.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) topic: String,
    /// Whether a recorded sequence can be replayed as it stands.
    #[serde(default = "yes")]
    pub(super) complete: bool,
    /// The calls of a recorded sequence.
    #[serde(default)]
    pub(super) steps: Vec<Step>,
    /// What a row of the other table is about.
    #[serde(default)]
    pub(super) given: Json,
    #[serde(default)]
    pub(super) expected: Vec<Json>,
}

const fn yes() -> bool {
    true
}

/// One call of a recorded sequence.
#[derive(Debug, Deserialize)]
pub(super) struct Step {
    pub(super) op: String,
    #[serde(default)]
    pub(super) params: Json,
    #[serde(default)]
    pub(super) saves: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) label: Option<String>,
    #[serde(default)]
    pub(super) expected: Option<Json>,
}

/// What a call was answered.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    /// The code of a refusal.
    pub(super) code: Option<String>,
    /// The answer, or `message` of a refusal.
    pub(super) body: Json,
}

/// What stands for values that differ from run to run.
#[derive(Debug, Default)]
pub(super) struct Placeholders(BTreeMap<String, String>);

impl Placeholders {
    /// What is different about an answer.
    pub(super) fn compare(&mut self, expected: &Json, answered: &Answered) -> Result<(), String> {
        let wrong = |what: &str, wanted: &Json, found: &Json| {
            Err(format!("{what}: {found} instead of {wanted}"))
        };
        if let Some(status) = expected.get("status").filter(|it| it.is_u64()) {
            let found = Json::from(answered.status);
            if *status != found {
                let status = format!("status (body {})", answered.body);
                return wrong(&status, &expected["status"], &found);
            }
        }
        let code = Json::from(answered.code.clone());
        let by_header = expected.pointer("/headers/x-amzn-ErrorType");
        for wanted in by_header.into_iter().chain(expected.pointer("/error/code")) {
            if *wanted != code {
                return wrong("code", wanted, &code);
            }
        }
        let message = answered.body.get("message").cloned().unwrap_or_default();
        if let Some(wanted) = expected.pointer("/error/message") {
            self.matches("message", wanted, &message, false)?;
        }
        if let Some(wanted) = expected.get("json") {
            self.matches("", wanted, &answered.body, false)?;
        }
        for (name, member) in [
            ("exportBody", "body"),
            ("contentType", "contentType"),
            ("contentDisposition", "contentDisposition"),
        ] {
            if let Some(wanted) = expected.get(name) {
                self.matches(name, wanted, &answered.body[member], false)?;
            }
        }
        if let Some(wanted) = expected.get("jsonSubset") {
            self.matches("", wanted, &answered.body, true)?;
        }
        Ok(())
    }

    fn matches(
        &mut self,
        at: &str,
        wanted: &Json,
        found: &Json,
        subset: bool,
    ) -> Result<(), String> {
        let wrong = || Err(format!("{at}: {found} instead of {wanted}"));
        match (wanted, found) {
            (Json::Object(wanted), Json::Object(found)) => self.objects(at, wanted, found, subset),
            (Json::Array(ours), Json::Array(theirs)) => {
                if subset {
                    return self.some(at, ours, theirs);
                }
                if ours.len() != theirs.len() {
                    return wrong();
                }
                let pairs = ours.iter().zip(theirs).enumerate();
                for (index, (wanted, found)) in pairs {
                    self.matches(&format!("{at}/{index}"), wanted, found, subset)?;
                }
                Ok(())
            }
            // A document in a text was parsed before it was recorded.
            (Json::Object(_) | Json::Array(_), Json::String(text)) => match parsed(text) {
                Some(found) => self.matches(at, wanted, &found, subset),
                None => wrong(),
            },
            (Json::String(wanted), Json::String(found)) => {
                if self.texts(wanted, found) {
                    Ok(())
                } else {
                    wrong()
                }
            }
            (Json::String(wanted), Json::Number(_)) if wanted == "datetime" => Ok(()),
            (Json::Number(one), Json::Number(other)) if one.as_f64() == other.as_f64() => Ok(()),
            (wanted, found) if wanted == found => Ok(()),
            _ => wrong(),
        }
    }

    fn objects(
        &mut self,
        at: &str,
        wanted: &Map<String, Json>,
        found: &Map<String, Json>,
        subset: bool,
    ) -> Result<(), String> {
        for (name, value) in wanted {
            let own = found.get(name).unwrap_or(&Json::Null);
            self.matches(&format!("{at}/{name}"), value, own, subset)?;
        }
        let mut more = found.iter().filter(|(_, value)| !value.is_null());
        match more.find(|(name, _)| !subset && !wanted.contains_key(*name)) {
            Some((name, value)) => Err(format!("{at}/{name}: {value} is not expected")),
            None => Ok(()),
        }
    }

    /// Each of `wanted` is there, in whatever order.
    fn some(&mut self, at: &str, wanted: &[Json], found: &[Json]) -> Result<(), String> {
        for value in wanted {
            let mut is_there = found.iter();
            if !is_there.any(|own| self.matches(at, value, own, true).is_ok()) {
                return Err(format!("{at}: {value} is not in {found:?}"));
            }
        }
        Ok(())
    }

    /// Whether a text is another, whose `<name:1>` stand for the same text each time.
    fn texts(&mut self, wanted: &str, found: &str) -> bool {
        if wanted == "datetime" {
            return found.parse::<jiff::Timestamp>().is_ok();
        }
        let mut rest = found;
        let mut wanted = wanted;
        loop {
            let Some((before, behind)) = wanted.split_once('<') else {
                return wanted == rest;
            };
            let Some((name, after)) = behind.split_once('>') else {
                return wanted == rest;
            };
            let Some(text) = rest.strip_prefix(before) else {
                return false;
            };
            // The value goes on up to what stands behind the placeholder.
            let next = after.split('<').next().unwrap_or_default();
            let end = if next.is_empty() {
                Some(text.len())
            } else {
                text.find(next)
            };
            let Some((value, left)) = end.and_then(|end| text.split_at_checked(end)) else {
                return false;
            };
            let known = match name {
                "region" => Some(super::replay::REGION),
                "partition" => Some("aws"),
                name => self.0.get(name).map(String::as_str),
            };
            match known {
                // What is known may be shorter than what goes on.
                Some(known) if !text.starts_with(known) => return false,
                Some(known) => rest = text.strip_prefix(known).unwrap_or_default(),
                None => {
                    self.0.insert(name.to_owned(), value.to_owned());
                    rest = left;
                }
            }
            wanted = after;
        }
    }
}

/// The document that a text is, also where its quotes are escaped.
fn parsed(text: &str) -> Option<Json> {
    let plain = serde_json::from_str::<Json>(text).ok();
    plain.or_else(|| {
        let inner: String = serde_json::from_str(&format!("\"{text}\"")).ok()?;
        serde_json::from_str(&inner).ok()
    })
}

#[test]
fn an_answer_that_differs_is_seen() {
    use serde_json::json;
    let answered = |body: Json| Answered {
        status: 200,
        code: None,
        body,
    };
    for (expected, body, is_same) in [
        (
            json!({"status": 200, "json": {"a": "<id:1>", "b": "<id:1>x"}}),
            json!({"a": "q", "b": "qx"}),
            true,
        ),
        (
            json!({"status": 200, "json": {"a": "<id:1>", "b": "<id:1>"}}),
            json!({"a": "q", "b": "r"}),
            false,
        ),
        (json!({"status": 201, "json": {}}), json!({}), false),
        (
            json!({"json": {"a": 1}}),
            json!({"a": 1.0, "b": null}),
            true,
        ),
        (json!({"json": {"a": 1}}), json!({"a": 1, "b": 2}), false),
        (
            json!({"jsonSubset": {"a": 1}}),
            json!({"a": 1, "b": 2}),
            true,
        ),
        (
            json!({"json": {"a": {"b": 1}}}),
            json!({"a": "{\"b\": 1}"}),
            true,
        ),
        (
            json!({"json": {"a": {"b": 1}}}),
            json!({"a": "{\\\"b\\\": 1}"}),
            true,
        ),
        (
            json!({"json": {"a": {"b": 1}}}),
            json!({"a": "{\"b\": 2}"}),
            false,
        ),
        (json!({"error": {"code": "X"}}), json!({}), false),
    ] {
        let found = Placeholders::default().compare(&expected, &answered(body.clone()));
        assert_eq!(found.is_ok(), is_same, "{expected} {body}: {found:?}");
    }
}
