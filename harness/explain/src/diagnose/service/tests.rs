//! What a service says of its refusal is told with both values, by the class of its kind.

use std::collections::BTreeSet;

use authlab_aws::evidence::{self as aws, Fault};
use authlab_kernel::{Clock, Component, EventDraft, Journal};

use crate::{Chain, Diagnosis};

/// The diagnosis of a call that a service refused so.
fn of(service: &str, operation: &str, code: &str, fault: Option<Fault>) -> Diagnosis {
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    let record = |draft: EventDraft| journal.record(draft.request_id("a").account("222222222222"));
    let request = aws::Request {
        service: Some(service.to_owned()),
        operation: Some(operation.to_owned()),
        access_key_id: None,
        principal: None,
        source_ip: "127.0.0.1".to_owned(),
    };
    record(EventDraft::of(Component::Aws, &request));
    let answer = aws::Answer {
        status: 400,
        code: Some(code.to_owned()),
        message: Some("The service's words.".to_owned()),
        fault,
        asked: [("UserName".to_owned(), "ana".to_owned())].into(),
        region: Some("us-east-1".to_owned()),
        ..aws::Answer::default()
    };
    record(EventDraft::of(Component::Aws, &answer).refused("a-code-of-the-service"));
    Chain::of_journal(&journal, "a").unwrap().diagnosis.unwrap()
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[test]
fn each_kind_has_a_class_that_shows_both_values() {
    const SINK: &str = "arn:aws:oam:eu-west-1:444444444444:sink/s";
    let rows: Vec<(&str, &str, Fault, &str, &[&str])> = vec![
        (
            "iam",
            "DeleteUser",
            Fault::not_there("", ""),
            "not-there",
            &["`UserName` = `ana`", "iam:ListUsers"],
        ),
        (
            "iam",
            "CreateUser",
            Fault::taken("", ""),
            "name-taken",
            &["`UserName` = `ana`", "iam:ListUsers"],
        ),
        (
            "iam",
            "DeleteUser",
            Fault::InUse {
                what: text("user"),
                name: text("ana"),
                by: text("the access key AKIA1"),
            },
            "still-in-use",
            &["the access key AKIA1"],
        ),
        (
            "iam",
            "CreateAccessKey",
            Fault::quota("AccessKeysPerUser", 2, None),
            "quota-reached",
            &["2 at most", "delete the older"],
        ),
        (
            "iam",
            "CreateRole",
            Fault::value(
                "maxSessionDuration",
                Some(text("60")),
                "have value greater than or equal to 3600",
            ),
            "value-refused",
            &["`60`", "3600"],
        ),
        (
            "iam",
            "CreateRole",
            Fault::Absent {
                member: text("assumeRolePolicyDocument"),
            },
            "member-missing",
            &["send `assumeRolePolicyDocument`"],
        ),
        (
            "iam",
            "CreatePolicy",
            Fault::Document {
                what: text("the policy document"),
                problem: text("Statement[0].Effect: `allow`"),
            },
            "document-refused",
            &["Statement[0].Effect", "with this case"],
        ),
        (
            "kms",
            "Encrypt",
            Fault::State {
                what: text("the key k"),
                is: text("disabled"),
                wants: text("an enabled key"),
            },
            "state-forbids",
            &["disabled", "an enabled key"],
        ),
        (
            "lambda",
            "GetFunction",
            Fault::not_there(
                "function",
                "arn:aws:lambda:eu-west-1:222222222222:function:f",
            ),
            "other-region",
            &["`eu-west-1`", "`us-east-1`"],
        ),
        (
            "lambda",
            "GetFunction",
            Fault::not_there(
                "function",
                "arn:aws:lambda:us-east-1:333333333333:function:f",
            ),
            "other-account",
            &["`333333333333`", "`222222222222`"],
        ),
        (
            "oam",
            "CreateLink",
            Fault::OtherRegion {
                what: text(SINK),
                region: text("eu-west-1"),
                here: text("us-east-1"),
            },
            "oam-region",
            &["create the link in `eu-west-1`", "a sink in `us-east-1`"],
        ),
        (
            "oam",
            "CreateSink",
            Fault::taken("sink", SINK),
            "oam-sink-exists",
            &[SINK],
        ),
        (
            "oam",
            "CreateLink",
            Fault::not_there("sink", SINK),
            "oam-sink-missing",
            &["444444444444", "oam:ListSinks"],
        ),
        (
            "oam",
            "CreateLink",
            Fault::quota("links of a source account", 5, Some(6)),
            "oam-link-quota",
            &["link 6"],
        ),
        (
            "oam",
            "CreateLink",
            Fault::Absent {
                member: text("labelTemplate"),
            },
            "oam-label",
            &["$AccountName"],
        ),
    ];
    let mut classes = BTreeSet::new();
    for (service, operation, fault, class, shown) in rows {
        let found = of(service, operation, "Code", Some(fault.clone()));
        assert_eq!(found.class, class, "{fault:?}");
        for text in shown {
            let is_shown = found.cause.contains(text) || found.fix.contains(text);
            assert!(is_shown, "{class}: `{text}` in {found:?}");
        }
        classes.insert(class);
    }
    assert!(classes.len() > 12, "{classes:?}");
}

#[test]
fn an_error_without_a_fault_is_told_by_the_kind_of_its_code() {
    for (code, class) in [
        ("ValidationError", "input-refused"),
        ("BadRequestException", "input-refused"),
        ("LimitExceeded", "limit-exceeded"),
        ("MissingAction", "operation-unknown"),
        ("SerializationException", "body-unreadable"),
        ("NotImplemented", "service-not-simulated"),
        ("AccessDeniedException", "caller-not-entitled"),
        ("AnotherException", "service-error"),
    ] {
        let found = of("logs", "PutLogEvents", code, None);
        assert_eq!(found.class, class, "{code}");
        assert!(found.cause.contains("The service's words"), "{found:?}");
    }
}

/// A quota has a remedy of its own or by what it counts; none is told to loosen anything.
#[test]
fn quotas_say_what_to_do() {
    let of = |of: &str| super::quota::remedy(of, 50);
    assert!(of("VersionsPerPolicy").contains("iam:ListPolicyVersions"));
    assert_eq!(of("tags of a secret"), "take tags away: 50 fit");
    assert!(of("bytes of a batch").contains("shorter than 50"));
    assert!(of("anything else").contains("higher quota"));
}
