//! What mapping templates print.

use authlab_vtl::{Parameters, Scope, Template};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::row::Row;

/// A template, what it is rendered with, and what it prints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "topic")]
    _topic: String,
    #[serde(rename = "why")]
    _why: Option<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(rename = "source")]
    _source: String,
    grade: String,
    template: String,
    /// A request or a response template: the language is the same.
    #[serde(rename = "where")]
    _place: Place,
    input: Input,
    output: String,
    compare: Comparison,
    /// Fields that are weaker than the grade.
    #[serde(default, rename = "unsure")]
    _unsure: Vec<String>,
    /// Fields that are not compared.
    #[serde(default)]
    ignore: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    Request,
    Response,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Comparison {
    Exact,
    /// White space at both ends and around lines is not compared.
    Trim,
    Json,
}

/// What a template reads.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(default)]
    body: String,
    #[serde(default)]
    params: Params,
    #[serde(default)]
    context: Map<String, Value>,
    #[serde(default, rename = "stageVariables")]
    stage_variables: Map<String, Value>,
}

/// The parameters of a request.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    #[serde(default)]
    path: Map<String, Value>,
    #[serde(default)]
    querystring: Map<String, Value>,
    #[serde(default)]
    header: Map<String, Value>,
}

/// A row of the file.
pub fn row(id: String, row: Value) -> Row {
    let case: Case = match serde_json::from_value(row) {
        Ok(case) => case,
        Err(error) => return Row::wrong(id, format!("no template: {error}")),
    };
    let grade = case.grade.clone();
    Row::new(id, Some(&grade), move || judge(&case))
}

fn judge(case: &Case) -> Vec<String> {
    let printed = match print(case) {
        Ok(printed) => printed,
        Err(error) => return vec![format!("the template fails: {error}")],
    };
    let wanted = &case.output;
    let is_ignored = case.ignore.iter().any(|field| field == "output");
    let is_same = match case.compare {
        _ if is_ignored => true,
        Comparison::Exact => printed == *wanted,
        Comparison::Trim => trimmed(&printed) == trimmed(wanted),
        Comparison::Json => json(&printed).is_some_and(|printed| Some(printed) == json(wanted)),
    };
    (!is_same)
        .then(|| format!("output: {wanted:?} expected, got {printed:?}"))
        .into_iter()
        .collect()
}

fn print(case: &Case) -> Result<String, String> {
    let template = Template::parse(&case.template).map_err(|error| error.to_string())?;
    let params = &case.input.params;
    let (path, query, header) = (
        pairs(&params.path),
        pairs(&params.querystring),
        pairs(&params.header),
    );
    let rendered = template.render(&Scope {
        body: &case.input.body,
        parameters: Parameters {
            path: &path,
            query: &query,
            header: &header,
        },
        context: &case.input.context,
        stage_variables: &pairs(&case.input.stage_variables),
    });
    rendered
        .map(|rendered| rendered.output)
        .map_err(|error| error.to_string())
}

fn pairs(members: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let pairs = members.iter();
    pairs
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}

fn trimmed(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
    lines.join("\n")
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}
