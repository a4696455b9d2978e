//! What a refusal means, as it is told and changed.

use authlab_kernel::Enforcement;
use http::StatusCode;
use serde_json::json;

use super::{ask, lab};
use crate::{Lab, LabFile};

const PATH: &str = "/_lab/enforcement";

#[tokio::test]
async fn the_setting_is_told_changed_and_reset_to_that_of_the_lab_file() {
    for stated in Enforcement::ALL {
        let file = LabFile {
            enforcement: stated,
            ..LabFile::default()
        };
        let lab = Lab::builder().file(file).start().await.unwrap();
        let told = ask(&lab, "GET", PATH, &[], "").await;
        assert_eq!(told.json(), json!({ "enforcement": stated }));
        for wanted in [Enforcement::Audit, Enforcement::Enforce] {
            let body = json!({ "enforcement": wanted });
            let set = ask(&lab, "POST", PATH, &[], &body.to_string()).await;
            assert_eq!((set.status, set.json()), (StatusCode::OK, body.clone()));
            assert_eq!(ask(&lab, "GET", PATH, &[], "").await.json(), body);
            let last = lab.journal().events_since(0).pop().unwrap();
            let told = last.read::<crate::evidence::Enforcement>();
            assert_eq!(told.map(|told| told.enforcement), Some(wanted));
        }
        let other = match stated {
            Enforcement::Enforce => Enforcement::Audit,
            Enforcement::Audit => Enforcement::Enforce,
        };
        lab.enforcement().set(other);
        ask(&lab, "POST", "/_lab/reset", &[], "").await;
        assert_eq!(lab.enforcement().get(), stated);
    }
}

#[tokio::test]
async fn another_word_is_refused_by_the_name_of_its_member() {
    let lab = lab().await;
    for (body, named) in [
        ("", "the body is no JSON"),
        ("{}", "enforcement"),
        (r#"{"enforcement":"off"}"#, "enforcement: "),
        (r#"{"enforcement":"Audit"}"#, "enforcement: "),
        (
            r#"{"enforcement":"audit","component":"vault"}"#,
            "component",
        ),
    ] {
        let refused = ask(&lab, "POST", PATH, &[], body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        let error = refused.error();
        assert!(error.contains(named), "{body}: {error}");
        assert_eq!(lab.enforcement().get(), Enforcement::Enforce, "{body}");
    }
}
