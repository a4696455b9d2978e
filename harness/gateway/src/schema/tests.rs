//! Documents that fit and do not fit, and what is said of those.

use serde_json::json;

use super::*;

fn schemas(models: &Value) -> Schemas {
    let models = models.as_object().unwrap().iter();
    let models = models.map(|(name, schema)| (name.clone(), schema.clone()));
    Schemas::compile(&models.collect())
}

fn check(schema: &Value, document: &Value) -> Vec<String> {
    schemas(&json!({ "M": schema }))
        .check("M", document)
        .unwrap()
}

/// What a document that does not fit is said to be, in part; nothing where it fits.
#[test]
fn each_keyword_refuses_what_it_should_and_lets_the_rest_pass() {
    let both = json!({"type": "object", "required": ["b", "a"]});
    let by_place = json!({"items": [{"type": "string"}], "additionalItems": false});
    let fitting = json!({"items": [{}], "additionalItems": {"type": "integer"}});
    let only = json!({"properties": {"a": {}}, "patternProperties": {"^x": {"type": "null"}}, "additionalProperties": false});
    let rest = json!({"properties": {"a": {}}, "additionalProperties": {"type": "string"}});
    let depends = json!({"dependencies": {"a": ["b", "c"], "x": {"required": ["y"]}}});
    let one = json!({"oneOf": [{"type": "integer"}, {"minimum": 2}]});
    let cases = [
        (&both, json!({"a": 1, "b": 2, "c": 3}), ""),
        (
            &both,
            json!({}),
            r#"missing required properties (["a","b"])"#,
        ),
        (
            &both,
            json!([1]),
            r#"instance type (array) does not match any allowed primitive type (allowed: ["object"])"#,
        ),
        (
            &json!({"type": "number"}),
            json!("1"),
            r#"(allowed: ["integer","number"])"#,
        ),
        (&json!({"type": "number"}), json!(1), ""),
        (
            &json!({"type": "integer"}),
            json!(1.0),
            "instance type (number)",
        ),
        (&json!({"type": ["string", "null"]}), json!(null), ""),
        (
            &json!({"type": ["string", "null"]}),
            json!(true),
            r#"["null","string"]"#,
        ),
        (&json!({"enum": ["a", 1]}), json!(1.0), ""),
        (
            &json!({"enum": ["a", 1]}),
            json!("c"),
            r#"instance value ("c") not found in enum (possible values: ["a",1])"#,
        ),
        (&json!({"multipleOf": 0.1}), json!(0.3), ""),
        (&json!({"multipleOf": 2}), json!(3), "remainder"),
        (&json!({"minimum": 1}), json!(1), ""),
        (
            &json!({"minimum": 1}),
            json!(0),
            "lower than the required minimum (minimum: 1, found: 0)",
        ),
        (
            &json!({"minimum": 1, "exclusiveMinimum": true}),
            json!(1),
            "not strictly greater",
        ),
        (
            &json!({"maximum": 3, "exclusiveMaximum": true}),
            json!(3),
            "not strictly lower",
        ),
        (&json!({"maximum": 3}), json!(3), ""),
        (&json!({"maximum": 3}), json!(3.5), "greater than"),
        (&json!({"minLength": 2}), json!("éé"), ""),
        (
            &json!({"minLength": 3}),
            json!("ab"),
            r#"string "ab" is too short (length: 2, required minimum: 3)"#,
        ),
        (&json!({"maxLength": 1}), json!("ab"), "too long"),
        (
            &json!({"pattern": "^a"}),
            json!("ba"),
            r#"regex "^a" does not match input string "ba""#,
        ),
        (&json!({"pattern": "a"}), json!("bab"), ""),
        (
            &json!({"pattern": "a", "minLength": 2, "minItems": 2, "minimum": 9}),
            json!(null),
            "",
        ),
        (&json!({"items": {"type": "integer"}}), json!([1, 2]), ""),
        (
            &json!({"items": {"type": "integer"}}),
            json!([1, "2"]),
            "instance type (string)",
        ),
        (&by_place, json!(["a"]), ""),
        (&by_place, json!(["a", 1]), "too long"),
        (&by_place, json!([1]), "instance type"),
        (&fitting, json!(["a", 1]), ""),
        (&fitting, json!(["a", "b"]), "instance type (string)"),
        (
            &json!({"minItems": 1}),
            json!([]),
            "array is too short: must have at least 1 elements but instance has 0 elements",
        ),
        (&json!({"maxItems": 1}), json!([1, 2]), "too long"),
        (
            &json!({"uniqueItems": true}),
            json!([1, {"a": 1, "b": 2}, "1"]),
            "",
        ),
        (
            &json!({"uniqueItems": true}),
            json!([{"a": 1, "b": 2.0}, {"b": 2, "a": 1}]),
            "duplicate",
        ),
        (&only, json!({"a": 1, "x1": null}), ""),
        (
            &only,
            json!({"a": 1, "c": 2}),
            r#"not allowed by the schema: ["c"]"#,
        ),
        (&only, json!({"x1": 1}), "instance type (integer)"),
        (&rest, json!({"a": 1, "b": "x"}), ""),
        (&rest, json!({"a": 1, "b": 1}), "instance type"),
        (&json!({"minProperties": 1}), json!({}), "too few"),
        (
            &json!({"maxProperties": 1}),
            json!({"a": 1, "b": 1}),
            "too many",
        ),
        (&depends, json!({"a": 1, "b": 2, "c": 3}), ""),
        (&depends, json!({"a": 1, "b": 2}), r#"missing: ["c"]"#),
        (&depends, json!({"x": 1}), "missing required"),
        (
            &json!({"allOf": [{"type": "integer"}, {"minimum": 2}]}),
            json!(1),
            "matched only 1 out of 2",
        ),
        (
            &json!({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!({"b": 1}),
            "",
        ),
        (
            &json!({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!({}),
            "at least one required schema among 2",
        ),
        (&one, json!(1), ""),
        (&one, json!(2), "exactly one schema (matched 2 out of 2)"),
        (
            &json!({"not": {"required": ["x"]}}),
            json!({"x": 1}),
            "should not have",
        ),
        (&json!({"not": {"required": ["x"]}}), json!({"y": 1}), ""),
        (
            &json!({"format": "email", "title": "t", "nonsense": 1}),
            json!("x"),
            "",
        ),
    ];
    for (schema, document, expected) in cases {
        let found = check(schema, &document).join("; ");
        let is_right = if expected.is_empty() {
            found.is_empty()
        } else {
            found.contains(expected)
        };
        assert!(is_right, "{schema} {document}: {found}");
    }
}

#[test]
fn models_refer_to_each_other_in_every_spelling() {
    let models = json!({
        "Person": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"},
            "house": {"$ref": "https://apigateway.amazonaws.com/restapis/abc123/models/House"},
            "age": {"$ref": "#/definitions/age"},
            "friend": {"$ref": "#"}
        }, "definitions": {"age": {"type": "integer"}}},
        "House": {"required": ["kind"], "properties": {
            "people": {"items": {"$ref": "Person"}},
            "first": {"$ref": "#/components/schemas/Person"},
            "age": {"$ref": "https://apigateway.amazonaws.com/restapis/abc123/models/Person#/definitions/age"}
        }}
    });
    let schemas = schemas(&models);
    let cases = [
        (
            json!({"name": "t", "house": {"kind": "r", "people": [{"name": "u"}]}, "age": 3}),
            true,
        ),
        (
            json!({"name": "t", "house": {"people": [{"name": "u"}]}}),
            false,
        ),
        (
            json!({"name": "t", "house": {"kind": "r", "people": [{}]}}),
            false,
        ),
        (
            json!({"name": "t", "house": {"kind": "r", "first": {}}}),
            false,
        ),
        (
            json!({"name": "t", "house": {"kind": "r", "age": "x"}}),
            false,
        ),
        (json!({"name": "t", "age": "x"}), false),
        (json!({"name": "t", "friend": {"friend": {}}}), false),
        (json!({"name": "t", "friend": {"name": "u"}}), true),
    ];
    for (document, fits) in cases {
        let found = schemas.check("Person", &document).unwrap();
        assert_eq!(found.is_empty(), fits, "{document}: {found:?}");
    }
}

#[test]
fn what_is_no_schema_is_named_and_refuses_no_other() {
    let models = json!({
        "Good": {"type": "integer"},
        "Lost": {"properties": {"a": {"$ref": "Nobody"}}},
        "Through": {"items": {"$ref": "Lost"}},
        "Type": {"type": "text"},
        "Ahead": {"pattern": "(?=a)"},
        "Later": {"minimum": 1, "exclusiveMinimum": 2},
        "Endless": {"allOf": [{"$ref": "Endless"}, {"$ref": "Endless"}]}
    });
    let schemas = schemas(&models);
    let cases = [
        ("Lost", "`Nobody`"),
        ("Through", "`Nobody`"),
        ("Type", "`type`"),
        ("Ahead", "`(?=a)`"),
        ("Later", "`exclusiveMinimum`"),
        ("Absent", "`Absent`"),
    ];
    for (model, expected) in cases {
        let problem = schemas.check(model, &json!({})).unwrap_err().to_string();
        assert!(problem.contains(expected), "{model}: {problem}");
    }
    assert!(schemas.check("Good", &json!(1)).unwrap().is_empty());
    assert!(!schemas.check("Endless", &json!(1)).unwrap().is_empty());
}
