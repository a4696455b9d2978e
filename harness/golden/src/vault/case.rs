//! A case and its steps. A member that nobody knows makes it no case.

use std::collections::BTreeMap;

use authlab_vault::Flavour;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// One case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    #[serde(rename = "name")]
    _name: String,
    /// How far it can be trusted; what has no grade was observed.
    pub grade: Option<String>,
    /// The tokens that its steps may send, by name.
    #[serde(default)]
    pub jwts: BTreeMap<String, Value>,
    /// What the stub answers; none where there is no stub.
    pub upstream: Option<Vec<Canned>>,
    /// The audit files whose lines are compared.
    #[serde(default)]
    pub audit_files: Vec<String>,
    /// Every case has a server of its own here.
    #[serde(default, rename = "needs_fresh")]
    _needs_fresh: bool,
    /// What happens, one after the other.
    pub steps: Vec<Step>,
}

/// A canned answer of the stub.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canned {
    /// The method that it is for; none for every one.
    pub method: Option<String>,
    /// The path that it is for; none for every one.
    pub path: Option<String>,
    /// A part of the bodies that it is for; none for every one.
    #[serde(rename = "match")]
    pub part: Option<String>,
    /// The status.
    pub status: u16,
    /// The headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A text, or JSON.
    #[serde(default)]
    pub body: Value,
}

/// One step, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// This much time passes before the request.
    pub advance_seconds: Option<i64>,
    /// From here on these answers replace those of the stub.
    pub upstream: Option<Vec<Canned>>,
    /// The variable whose value is the token; none for no token.
    #[serde(rename = "as")]
    pub caller: Option<String>,
    /// The method.
    pub method: Option<String>,
    /// The path on the wire, with its `/v1/`.
    pub path: Option<String>,
    /// More headers; a list is a header several times.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// A body of JSON.
    pub body: Option<Value>,
    /// A body as it stands.
    pub body_raw: Option<String>,
    /// A long body.
    pub body_repeat: Option<Repeat>,
    /// What to keep of the answer: variables and JSON pointers.
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
    /// A statement of SQL.
    #[serde(default, deserialize_with = "present")]
    sql: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    sql_as: Option<Value>,
    #[serde(default, rename = "setup")]
    _setup: bool,
    #[serde(default, rename = "note")]
    _note: Value,
    /// What is expected.
    #[serde(default)]
    pub expect: Expect,
}

/// A body of one unit many times.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    pub prefix: String,
    pub unit: String,
    pub count: usize,
    pub suffix: String,
}

/// What is expected of a step.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The status.
    pub status: Option<u16>,
    /// JSON; null for no body.
    #[serde(default, deserialize_with = "present")]
    pub body: Option<Value>,
    /// A body that is no JSON.
    pub body_text: Option<Value>,
    /// Headers; null for one that is absent.
    #[serde(default)]
    pub headers: Map<String, Value>,
    /// What the stub got.
    pub upstream_requests: Option<Vec<Value>>,
    /// The lines of each audit file.
    pub audit: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    ok: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    rows: Option<Value>,
    /// What a certificate or a token in the answer holds, which no replay has to know.
    #[serde(default, deserialize_with = "present")]
    decoded: Option<Value>,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request.
    Request,
    /// SQL.
    Sql,
    /// Time passes, or the stub changes.
    Alone,
}

/// A member that is there, null included.
fn present<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(reader).map(Some)
}

impl Case {
    /// Reads a case strictly.
    ///
    /// # Errors
    /// What makes it none.
    pub fn read(value: Value, flavour: Flavour) -> Result<Self, String> {
        let case = Self::deserialize(value).map_err(|error| format!("no case: {error}"))?;
        if case.steps.is_empty() {
            return Err("no case: it has no steps".to_owned());
        }
        for (at, step) in case.steps.iter().enumerate() {
            let place = |what: String| format!("step {}: {what}", at + 1);
            step.check(flavour).map_err(place)?;
        }
        Ok(case)
    }
}

impl Step {
    /// What it is; none where it is nothing that is known.
    pub fn kind(&self) -> Option<Kind> {
        let is_request = self.method.is_some() && self.path.is_some();
        let is_part = self.method.is_some() || self.path.is_some();
        match (is_request, self.sql.is_some()) {
            (true, false) => Some(Kind::Request),
            (false, true) if !is_part => Some(Kind::Sql),
            (false, false) if !is_part => {
                let happens = self.advance_seconds.is_some() || self.upstream.is_some();
                happens.then_some(Kind::Alone)
            }
            _ => None,
        }
    }

    /// Members that only steps of another kind have would be heeded by nobody.
    fn check(&self, flavour: Flavour) -> Result<(), String> {
        let kind = self.kind().ok_or("a step of no known kind")?;
        let Expect {
            status, ok, rows, ..
        } = &self.expect;
        let bodies = [
            self.body.is_some(),
            self.body_raw.is_some(),
            self.body_repeat.is_some(),
        ];
        let body_count = bodies.iter().filter(|there| **there).count();
        let of_request = body_count > 0
            || self.caller.is_some()
            || !self.headers.is_empty()
            || !self.capture.is_empty()
            || status.is_some()
            || self.expect.asks_of_answer();
        let of_sql = self.sql_as.is_some() || ok.is_some() || rows.is_some();
        let wrong = match kind {
            Kind::Request if of_sql => "a request with members of SQL",
            Kind::Request if status.is_none() => "no status is expected",
            Kind::Request if body_count > 1 => "more than one body",
            Kind::Request if self.expect.decoded.is_some() && flavour == Flavour::OpenBao => {
                "nobody knows the member `expect.decoded`"
            }
            Kind::Sql if of_request => "SQL with members of a request",
            Kind::Sql if ok.is_none() => "SQL of which nothing is expected",
            Kind::Alone if of_request || of_sql => "no request and no SQL, and members of one",
            _ => return Ok(()),
        };
        Err(wrong.to_owned())
    }
}

impl Expect {
    fn asks_of_answer(&self) -> bool {
        self.body.is_some()
            || self.body_text.is_some()
            || !self.headers.is_empty()
            || self.upstream_requests.is_some()
            || self.audit.is_some()
            || self.decoded.is_some()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_case_has_steps_of_known_kinds_and_no_unknown_member() {
        let request =
            json!({"as": "root", "method": "GET", "path": "/v1/a", "expect": {"status": 200}});
        let with = |name: &str, value: Value| {
            let mut step = request.clone();
            step[name] = value;
            step
        };
        for (step, wrong) in [
            (request.clone(), None),
            (json!({"advance_seconds": 3}), None),
            (json!({"upstream": []}), None),
            (
                json!({"sql": "select 1", "expect": {"ok": true, "rows": []}}),
                None,
            ),
            (with("advance_seconds", json!(1)), None),
            (with("body", json!({"a": 1})), None),
            (json!({"note": "x"}), Some("no known kind")),
            (json!({"grpc": "x"}), Some("unknown field `grpc`")),
            (
                json!({"method": "GET", "expect": {"status": 200}}),
                Some("no known kind"),
            ),
            (with("sql", json!("select 1")), Some("no known kind")),
            (with("expect", json!({})), Some("no status")),
            (
                with("expect", json!({"status": 200, "trailer": 1})),
                Some("unknown field `trailer`"),
            ),
            (
                with("expect", json!({"status": 200, "ok": true})),
                Some("members of SQL"),
            ),
            (
                with("expect", json!({"status": 200, "decoded": {}})),
                Some("`expect.decoded`"),
            ),
            (with("bodies", json!([])), Some("unknown field `bodies`")),
            (
                json!({"advance_seconds": 3, "expect": {"status": 200}}),
                Some("members of one"),
            ),
            (json!({"advance_seconds": "3"}), Some("invalid type")),
        ] {
            let case = json!({"name": "a", "steps": [step]});
            let read = Case::read(case, Flavour::OpenBao);
            match wrong {
                None => assert!(read.is_ok(), "{step}: {read:?}"),
                Some(wrong) => {
                    let error = read.map_or_else(|error| error, |_| String::new());
                    assert!(error.contains(wrong), "{step}: {error}");
                }
            }
        }
        for case in [
            json!({"name": "a", "steps": []}),
            json!({"name": "a"}),
            json!(3),
        ] {
            assert!(
                Case::read(case.clone(), Flavour::OpenBao).is_err(),
                "{case}"
            );
        }
    }
}
