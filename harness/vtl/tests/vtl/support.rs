//! A template rendered with a small request.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use authlab_vtl::{Parameters, Rendered, Scope, Template};
use serde_json::{Map, Value, json};

/// The body of the request.
pub const BODY: &str = r#"{"id": 7, "name": "Bob", "price": 9.5, "ok": true, "none": null, "tags": ["a", "b", "c"],
"items": [{"sku": "x1", "n": 2}, {"sku": "y2", "n": 3, "tags": ["t"]}], "nested": {"deep": {"v": "w"}}, "sp ace": "z", "el": []}"#;

/// What is rendered of a template for that request, or what is wrong with it.
pub fn rendered(template: &str) -> Result<Rendered, String> {
    rendered_with(template, BODY, &context())
}

/// What is rendered of a template for a body and a context.
pub fn rendered_with(
    template: &str,
    body: &str,
    context: &Map<String, Value>,
) -> Result<Rendered, String> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let path = [pair("id", "p7")];
    let query = [pair("q", "find me"), pair("id", "q7")];
    let header = [pair("X-One", "h1"), pair("id", "h7")];
    let template = Template::parse(template).map_err(|error| error.to_string())?;
    let scope = Scope {
        body,
        parameters: Parameters {
            path: &path,
            query: &query,
            header: &header,
        },
        context,
        stage_variables: &[pair("env", "blue"), pair("host", "api.example.com")],
    };
    template.render(&scope).map_err(|error| error.to_string())
}

/// The context of the request.
pub fn context() -> Map<String, Value> {
    let context = json!({
        "stage": "prod",
        "authorizer": {"principalId": "user1", "claims": {"sub": "s1"}},
    });
    match context {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Checks what templates print.
#[track_caller]
pub fn print(rows: &[(&str, &str)]) {
    for (template, expected) in rows {
        match rendered(template) {
            Ok(rendered) => assert_eq!(rendered.output, *expected, "{template}"),
            Err(error) => panic!("{template}: {error}"),
        }
    }
}

/// Checks that templates are refused, each with a text that says where and why.
#[track_caller]
pub fn refuse(rows: &[(&str, &str)]) {
    for (template, expected) in rows {
        match rendered(template) {
            Ok(rendered) => panic!("{template}: it prints {}", rendered.output),
            Err(error) => assert!(error.starts_with(expected), "{template}: {error}"),
        }
    }
}
