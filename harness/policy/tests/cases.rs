//! Cases in the format of `tests/golden/README.md`, beyond what `authlab-golden` holds against the table:
//! the verdict beside the decision, the order of reasons, what is no case.

#![expect(clippy::panic, reason = "a test ends at the first surprise")]

use std::fs;
use std::path::Path;

use authlab_policy::{case, decide, verdict};
use serde_json::Value;

/// How many cases the table has that are no disputed ones.
const COUNT: usize = 444;

/// Every case of the table whose decision is settled.
fn cases() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases = Vec::new();
    for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
        let path = entry
            .unwrap_or_else(|error| panic!("{folder:?}: {error}"))
            .path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let text =
                fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            let rows: Vec<Value> =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            cases.extend(rows);
        }
    }
    cases.retain(|case| case.get("request").is_some() && case.get("dispute").is_none());
    assert_eq!(cases.len(), COUNT, "the table is complete");
    cases
}

#[test]
fn a_verdict_says_what_the_decision_says() {
    for case in cases() {
        let (request, policies) =
            case::decode(&case).unwrap_or_else(|error| panic!("{error}: {case}"));
        let decision = decide(&request, &policies);
        let verdict = verdict(&request, &policies);
        assert_eq!(
            (
                verdict.outcome,
                verdict.decided_by.to_decided_by(),
                verdict.check
            ),
            (decision.outcome, decision.decided_by, decision.check),
            "{case}"
        );
    }
}

#[test]
fn the_first_reason_is_the_one_the_table_names_first() {
    for case in cases() {
        let found = case::answer(&case, false).json;
        let wanted = case["expect"]["decided_by"].as_object();
        let by = &found["decided_by"];
        let fits = wanted.is_some_and(|wanted| {
            let mut members = wanted.iter();
            members.all(|(name, value)| name == "action" || by.get(name) == Some(value))
        });
        assert!(fits, "{}: {found}", case["id"]);
    }
}

#[test]
fn what_is_no_case_is_named_and_the_others_go_on() {
    let text = "{\"id\": \"a\"}\nno json\n\n{\"id\": \"b\", \"kind\": \"identity\", \"document\": \"{}\"}\n";
    let answers = case::answer_text(text, false);
    assert_eq!(answers.len(), 3);
    assert!(answers[0].failed && answers[0].json["id"] == "a");
    assert!(answers[1].failed);
    assert!(
        answers[1].json["error"]
            .as_str()
            .is_some_and(|error| error.starts_with("line 2 "))
    );
    assert!(!answers[2].failed && answers[2].json["error"].is_string());
}
