//! A chain that crosses from Vault back to the gateway, and requests beside it that do not belong.

use authlab_kernel::{Clock, Component, EventDraft, Journal};
use serde_json::json;

use crate::*;
use authlab_kernel::journal::{Event, Sequence};

mod hostile;

/// A gateway request whose function logs in to Vault and is refused a path; another request of
/// the same gateway that is let through.
fn journal() -> Vec<Event> {
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    let request = journal.record(
        EventDraft::new(Component::Gateway, "request")
            .request_id("g-1")
            .detail(json!({"method": "GET", "path": "/report"})),
    );
    let invoke = journal.record(
        EventDraft::new(Component::Lambda, "invoke")
            .allowed()
            .request_id("l-1")
            .cause(Some(request)),
    );
    let other = journal.record(EventDraft::new(Component::Gateway, "request").request_id("g-2"));
    let login = journal.record(
        EventDraft::new(Component::Vault, "request")
            .allowed()
            .request_id("v-1")
            .cause(Some(invoke)),
    );
    journal.record(
        EventDraft::new(Component::Vault, "request")
            .refused("policy-denied")
            .request_id("v-2")
            .cause(Some(login))
            .detail(json!({"method": "read", "path": "secret/data/production/db"})),
    );
    journal.record(
        EventDraft::new(Component::Gateway, "response")
            .allowed()
            .request_id("g-2")
            .cause(Some(other)),
    );
    journal
        .events_since(0)
        .iter()
        .map(|event| (**event).clone())
        .collect()
}

/// A run with one request of its own and one whose id the other run has as well.
fn second_run(count: usize) -> Vec<Event> {
    let journal = Journal::new(Clock::standing("2026-02-01T00:00:00Z".parse().unwrap()));
    let mut cause = None;
    for index in 0..count {
        let draft = EventDraft::new(Component::Aws, "request").cause(cause);
        let id = if index == 0 { "a-1" } else { "g-2" };
        cause = Some(journal.record(draft.request_id(id)));
    }
    journal
        .events_since(0)
        .iter()
        .map(|event| (**event).clone())
        .collect()
}

#[test]
fn a_chain_never_leads_from_one_run_into_another() {
    let first = journal();
    for count in [1, 2, 3, 9] {
        let second = second_run(count);
        let both: Vec<Event> = first.iter().chain(&second).cloned().collect();
        // Only one run has it: whatever stands before or after, the chain is that of the run alone.
        assert_eq!(Chain::of(&both, "v-2"), Chain::of(&first, "v-2"), "{count}");
        assert_eq!(
            Chain::of(&both, "a-1"),
            Chain::of(&second, "a-1"),
            "{count}"
        );
        let turned: Vec<Event> = second.iter().chain(&first).cloned().collect();
        assert_eq!(
            Chain::of(&turned, "v-2"),
            Chain::of(&first, "v-2"),
            "{count}"
        );
        // Both have it: the last is told of.
        let last = if count > 1 { &second } else { &first };
        assert_eq!(Chain::of(&both, "g-2"), Chain::of(last, "g-2"), "{count}");
        assert_eq!(
            Chain::of(&turned, "g-2"),
            Chain::of(&first, "g-2"),
            "{count}"
        );
    }
}

fn numbers(chain: &Chain) -> Vec<Sequence> {
    chain.events.iter().map(|event| event.seq).collect()
}

#[test]
fn a_refusal_in_vault_leads_back_to_the_gateway_request_and_from_there_to_it() {
    let events = journal();
    for request_id in ["v-2", "g-1", "v-1"] {
        let chain = Chain::of(&events, request_id).unwrap();
        assert_eq!(numbers(&chain), [1, 2, 4, 5], "{request_id}");
        assert_eq!(chain.culprit, Some(5));
    }
    let text = Chain::of(&events, "v-2").unwrap().to_string();
    assert!(
        text.contains("culprit: #5 vault request: policy-denied"),
        "{text}"
    );
    assert!(text.contains("path: secret/data/production/db"), "{text}");
}

#[test]
fn a_request_that_was_let_through_has_no_refusal() {
    let chain = Chain::of(&journal(), "g-2").unwrap();
    assert_eq!(numbers(&chain), [3, 6]);
    assert_eq!(chain.refusal(), None);
    assert!(
        chain
            .to_string()
            .contains("let through: nothing was refused\n")
    );
}

#[test]
fn unknown_requests_and_broken_lines_are_named() {
    let error = Chain::of(&journal(), "g-9").unwrap_err();
    assert_eq!(error, ExplainError::UnknownRequest("g-9".to_owned()));
    let lines: Vec<String> = journal()
        .iter()
        .map(|event| serde_json::to_string(event).unwrap())
        .collect();
    let whole = read_journal(&lines.join("\n")).unwrap();
    assert_eq!(whole.events, journal());
    assert!(whole.unreadable.is_empty());
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let broken = format!("{}\n\n{{\n{deep}\n{}", lines[0], lines[1..].join("\n"));
    let read = read_journal(&broken).unwrap();
    assert_eq!(read.events, journal(), "one line takes no other with it");
    let numbers: Vec<usize> = read.unreadable.iter().map(|line| line.line).collect();
    assert_eq!(numbers, [3, 4]);
    let error = read_journal("no journal").unwrap_err();
    assert!(
        matches!(error, ExplainError::Line { line: 1, .. }),
        "{error}"
    );
}

#[test]
fn nothing_that_a_client_sent_passes_for_a_line_of_the_explanation() {
    let attack = "x\u{1b}]0;PWNED\u{7}\u{1b}[2J\nculprit: forged\r\u{202e}";
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    journal.record(
        EventDraft::new(Component::Vault, "request")
            .refused(attack)
            .request_id("v-1")
            .detail(json!({
                "method": attack, "path": attack, "message": attack, attack: attack,
                "claims": { "iss": attack, attack: [attack] }, "list": [attack],
            })),
    );
    let events: Vec<Event> = journal
        .events_since(0)
        .iter()
        .map(|event| (**event).clone())
        .collect();
    let text = Chain::of(&events, "v-1").unwrap().to_string();
    assert!(
        !text.contains(|character: char| character.is_control() && character != '\n'),
        "{text:?}"
    );
    assert!(!text.contains('\u{202e}'), "{text:?}");
    let ours: Vec<&str> = text
        .lines()
        .filter(|line| line.trim_start().starts_with("culprit"))
        .collect();
    assert_eq!(ours.len(), 1, "{text}");
    assert!(!ours[0].contains("request: forged"), "{text}");
}
