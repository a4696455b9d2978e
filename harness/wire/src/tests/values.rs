//! Values to and from serde types.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::value;
use crate::{Blob, Value, from_value, to_value};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Everything {
    name: String,
    count: i32,
    ratio: f64,
    enabled: bool,
    code: Blob,
    created: Timestamp,
    tags: BTreeMap<String, String>,
    names: Vec<String>,
    absent: Option<String>,
    kind: Kind,
    target: Target,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Kind {
    HttpProxy,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Target {
    Url(String),
    Function { arn: String, version: u8 },
}

fn everything(target: Target) -> Everything {
    Everything {
        name: "looker".to_owned(),
        count: -7,
        ratio: 0.5,
        enabled: true,
        code: Blob(vec![0, 159, 146, 150].into()),
        created: "2026-11-20T12:00:00.5Z".parse().unwrap(),
        tags: BTreeMap::from([("stage".to_owned(), "prod".to_owned())]),
        names: vec!["a".to_owned(), "b".to_owned()],
        absent: None,
        kind: Kind::HttpProxy,
        target,
    }
}

#[test]
fn a_type_survives_the_round_trip() {
    for target in [
        Target::Url("https://a".to_owned()),
        Target::Function {
            arn: "arn".to_owned(),
            version: 3,
        },
    ] {
        let before = everything(target);
        let value = to_value(&before).unwrap();
        assert_eq!(value.get("Kind"), Some(&Value::from("HTTP_PROXY")));
        assert!(matches!(value.get("Code"), Some(Value::Blob(_))));
        assert_eq!(value.get("Absent"), None);
        let after: Everything = from_value(value).unwrap();
        assert_eq!(before, after);
    }
}

#[test]
fn a_decoded_timestamp_and_blob_become_what_the_type_asks_for() {
    let instant: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    let at = Value::Timestamp(instant);
    assert_eq!(from_value::<Timestamp>(at.clone()), Ok(instant));
    assert_eq!(from_value::<i64>(at.clone()), Ok(1_795_176_000));
    assert_eq!(
        from_value::<String>(at),
        Ok("2026-11-20T12:00:00Z".to_owned())
    );
    let blob = Value::Blob(vec![1, 2].into());
    assert_eq!(from_value::<Vec<u8>>(blob.clone()), Ok(vec![1, 2]));
    assert_eq!(
        from_value::<Option<Blob>>(blob),
        Ok(Some(Blob(vec![1, 2].into())))
    );
    assert_eq!(from_value::<Option<Blob>>(Value::Null), Ok(None));
}

#[test]
fn what_does_not_fit_is_refused() {
    #[derive(Debug, Deserialize)]
    struct Needs {
        #[serde(rename = "RoleArn")]
        _role_arn: String,
    }
    let fits = value(serde_json::json!({"RoleArn": "a", "Other": 1}));
    assert!(from_value::<Needs>(fits).is_ok());
    let cases = [
        (value(serde_json::json!({})), "missing field `RoleArn`"),
        (
            value(serde_json::json!({"RoleArn": 1})),
            "invalid type: integer `1`, expected a string",
        ),
        (
            value(serde_json::json!([])),
            "invalid length 0, expected struct Needs with 1 element",
        ),
    ];
    for (given, expected) in cases {
        assert_eq!(
            from_value::<Needs>(given).unwrap_err().to_string(),
            expected
        );
    }
    let union = value(serde_json::json!({"Url": "a", "Function": {}}));
    assert!(from_value::<Target>(union).is_err());
    assert!(to_value(&u64::MAX).is_err());
    assert!(to_value(&BTreeMap::from([(vec![1], 1)])).is_err());
}

#[test]
fn what_no_code_reads_is_found_by_its_path() {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Filter {
        #[serde(rename = "Name")]
        _name: String,
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        #[serde(default, rename = "Filters")]
        _filters: Vec<Filter>,
    }
    let cases = [
        (r#"{"Filters":[{"Name":"a"}]}"#, vec![]),
        (
            r#"{"Filters":[{"Name":"a"},{"Name":"b","Prefix":"p"}]}"#,
            vec!["Filters[1].Prefix"],
        ),
        (r#"{"Other":7,"Third":{"A":true}}"#, vec!["Other", "Third"]),
        (
            r#"{"Other":null,"Third":{"A":false},"Fourth":[],"Fifth":""}"#,
            vec![],
        ),
        (r#"{"Zero":0}"#, vec!["Zero"]),
    ];
    for (document, wanted) in cases {
        let value: Value = serde_json::from_str(document).unwrap();
        let (_, unread) = crate::from_value_noting_unread::<Input>(value).unwrap();
        assert_eq!(unread, wanted, "{document}");
    }
}
