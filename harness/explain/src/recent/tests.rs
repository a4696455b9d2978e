//! Which requests are listed, and that their lines are lines.

use authlab_kernel::{Clock, Component, EventDraft, Journal};

use super::*;

fn events(drafts: Vec<EventDraft>) -> Vec<Event> {
    let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
    for draft in drafts {
        journal.record(draft);
    }
    let events = journal.events_since(0);
    events.iter().map(|event| (**event).clone()).collect()
}

fn draft(id: &str) -> EventDraft {
    EventDraft::new(Component::Vault, "request").request_id(id)
}

#[test]
fn each_request_that_met_a_refusal_stands_once_by_its_first() {
    let mut journal = events(vec![
        draft("a").allowed(),
        draft("b").refused("policy-denied"),
        draft("b").failed("answered-with-error"),
        EventDraft::new(Component::Lab, "clock").failed("clock-behind"),
        draft("c").failed("unreachable"),
    ]);
    let listed = |events: &[Event]| -> Vec<(Sequence, String)> {
        let found = recent(events).into_iter();
        found.map(|found| (found.seq, found.reason)).collect()
    };
    let of_one = [
        (2, "policy-denied".to_owned()),
        (5, "unreachable".to_owned()),
    ];
    assert_eq!(listed(&journal), of_one);
    // Another run has its own requests, whatever their ids.
    let other = events(vec![draft("b").refused("token-unknown")]);
    journal.extend(other);
    let of_both = [&of_one[..], &[(1, "token-unknown".to_owned())]].concat();
    assert_eq!(listed(&journal), of_both);
}

#[test]
fn a_line_is_one_line_whatever_a_client_sent() {
    let attack = "x\u{1b}[2J\n2026-01-01T00:00:00Z  vault  forged\u{202e}";
    let found = recent(&events(vec![draft(attack).refused(attack)]));
    let line = found[0].line();
    assert!(
        !line.contains(|character: char| character.is_control()),
        "{line:?}"
    );
    assert!(!line.contains('\u{202e}'), "{line:?}");
    assert!(line.starts_with("2026-01-01T00:00:00Z  vault"), "{line}");
}
