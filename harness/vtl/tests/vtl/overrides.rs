//! What templates override.

use authlab_vtl::Overrides;
use serde_json::{Value, json};

use crate::support::{print, refuse, rendered, rendered_with};

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn overrides_come_back_by_kind() {
    let template = "#set($context.requestOverride.path.id = 5)\
                    #set($context.requestOverride.querystring[\"a-b\"] = \"x\")\
                    $context.requestOverride.querystring.put('c', 'y')\
                    #set($context[\"requestOverride\"].header['X-Two'] = $input.params('q'))\
                    #set($context.responseOverride.status = 418)\
                    #set($context.responseOverride.header.foo = \"bar\")\
                    #set($context.responseOverride.custom = [1, {\"a\": $zz}])$context.requestOverride.path";
    let rendered = rendered(template).unwrap();
    assert_eq!(rendered.output, "{id=5}");
    let overrides = rendered.overrides;
    assert_eq!(overrides.request_path, [pair("id", "5")]);
    assert_eq!(overrides.request_query, [pair("a-b", "x"), pair("c", "y")]);
    assert_eq!(overrides.request_header, [pair("X-Two", "find me")]);
    assert_eq!(overrides.response_status, Some(418));
    assert_eq!(overrides.response_header, [pair("foo", "bar")]);
    let custom = json!([1, {"a": null}]);
    assert_eq!(overrides.context["responseOverride"]["custom"], custom);
    // A later template of the same exchange finds them.
    let status = "$context.responseOverride.status $context.responseOverride.custom";
    let later = rendered_with(status, "", &overrides.context).unwrap();
    assert_eq!(later.output, "418 [1,{\"a\":null}]");
    assert_eq!(later.overrides.response_status, Some(418));
}

#[test]
fn a_status_that_is_none_is_passed_over() {
    for (value, expected) in [
        ("404", Some(404)),
        ("\"404\"", Some(404)),
        ("404.0", Some(404)),
        ("99", None),
        ("600", None),
        ("\"x\"", None),
        ("[1]", None),
    ] {
        let template = format!("#set($context.responseOverride.status = {value})");
        let rendered = rendered(&template).unwrap();
        assert_eq!(rendered.overrides.response_status, expected, "{value}");
    }
}

#[test]
fn who_reads_no_context_overrides_nothing() {
    let none = rendered("$input.params('q')").unwrap().overrides;
    assert_eq!(none, Overrides::default());
    let untouched = rendered("$context.stage").unwrap().overrides;
    let context = Value::Object(untouched.context);
    let empty = json!({"path": {}, "querystring": {}, "header": {}});
    assert_eq!(
        context,
        json!({"requestOverride": empty, "responseOverride": {"header": {}}})
    );
}

#[test]
fn overrides_are_final() {
    print(&[
        (
            "#set($context.responseOverride.status = 200)#set($context.requestOverride.path.status = 1)x",
            "x",
        ),
        (
            "#set($context.other = 1)#set($context.other = 2)$context.other",
            "2",
        ),
    ]);
    refuse(&[
        (
            "#set($context.responseOverride.status = 200)\n#set($context.responseOverride.status = 200)",
            "line 2, column 6: `$context.responseOverride.status` is overridden twice: set a variable",
        ),
        (
            "#set($context.requestOverride.header.a = 1)$context.requestOverride.header.put(\"a\", 2)",
            "line 1, column 44: `$context.requestOverride.header.a` is overridden twice",
        ),
    ]);
}
