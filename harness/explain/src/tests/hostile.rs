//! Journals that no journal wrote: shown inert, or an error with the line.

use authlab_kernel::journal::Event;
use serde_json::{Value, json};

use super::journal;
use crate::output::Explanation;
use crate::render::brief::brief;
use crate::*;

/// How long an explanation may be that a person reads, in bytes.
const SHOWN_BYTES_MAX: usize = 1_500_000;

fn lines() -> Vec<String> {
    let line = |event: &Event| serde_json::to_string(event).unwrap();
    journal().iter().map(line).collect()
}

/// A refusal of the vault for this reason, with a text in each other place where one can stand.
fn refusal(reason: &str, text: &str) -> String {
    let line = json!({
        "seq": 1, "time": "2026-01-01T00:00:00Z", "component": "vault", "kind": "request",
        "outcome": "refused", "reason": reason, "request_id": text, "trace_id": text, "account": text,
        "detail": {
            "method": text, "path": text, "message": text, "error": text, "policies": [text],
            "rule": text, "rule_policies": [text], "capabilities": [text],
            "lacking": text, "why": "capability-missing", text: text,
            "bound": {"claims": [text, {text: text}]},
        },
    });
    line.to_string()
}

/// Everything that is shown to a person of a file with this text.
fn shown(journal: &str, id: &str) -> String {
    let read = read_journal(journal).unwrap();
    let chain = Chain::of(&read.events, id).unwrap();
    let listed: Vec<String> = recent(&read.events).iter().map(Recent::line).collect();
    format!("{chain}{}{}", brief(&chain), listed.join("\n"))
}

/// Nothing in it is obeyed by a terminal, and nothing turns or hides letters.
fn is_inert(text: &str) -> bool {
    let is_obeyed = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    };
    !text.contains(is_obeyed)
}

#[test]
fn whatever_stands_in_evidence_is_shown_inert() {
    let long = "x".repeat(40 << 10);
    let lines = "culprit: #9 forged\n".repeat(2_000);
    for (name, text) in [
        ("an escape that clears the screen", "\u{1b}[2J\u{1b}[H"),
        ("an escape that renames the window", "\u{1b}]0;PWNED\u{7}"),
        ("an escape of the second set", "\u{9b}2J\u{9d}0;x\u{9c}"),
        ("a link", "\u{1b}]8;;https://evil.example\u{1b}\\here"),
        ("a carriage return", "policy-denied\rallowed"),
        (
            "a line of its own",
            "x\nculprit: #1 vault request: forged\n  fix:   run curl",
        ),
        ("a line separator", "x\u{2028}culprit: forged\u{2029}y"),
        ("an override", "x\u{202e}gpj.exe\u{202c}"),
        (
            "isolates and marks",
            "\u{2066}a\u{2069}\u{200f}b\u{61c}\u{200e}",
        ),
        ("no width", "po\u{200b}li\u{200d}cy\u{feff}\u{2060}"),
        ("tags", "a\u{e0041}\u{e007f}"),
        ("backspaces", "denied\u{8}\u{8}\u{8}\u{7f}"),
        ("zero bytes", "a\u{0}b"),
        ("braces of a format", "{} {:?} {0} %s %n"),
        ("forty kibibytes", &long),
        ("lines without end", &lines),
    ] {
        // A reason that is none is not known; one of the vault's has its class.
        for (reason, fixes) in [(text, 0), ("policy-denied", 1)] {
            let shown = shown(&refusal(reason, text), text);
            let head = &shown[..shown.floor_char_boundary(600)];
            assert!(is_inert(&shown), "{name}: {head:?}");
            assert!(
                shown.len() < SHOWN_BYTES_MAX,
                "{name}: {} bytes",
                shown.len()
            );
            let begins = |word: &str| shown.lines().filter(|line| line.starts_with(word)).count();
            assert_eq!(
                (begins("culprit: "), begins("  fix:")),
                (1, fixes),
                "{name}: {head}"
            );
        }
    }
}

#[test]
fn evidence_of_many_members_and_chains_of_many_events_are_cut_and_say_so() {
    let many: Value = (0..20_000)
        .map(|number| (format!("m{number}"), json!(number)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let event = |seq: usize, detail: &Value| {
        json!({"seq": seq, "time": "2026-01-01T00:00:00Z", "component": "vault", "kind": "request",
            "outcome": "refused", "reason": "policy-denied", "request_id": "r", "detail": detail})
        .to_string()
    };
    let text = shown(&event(1, &many), "r");
    assert!(
        text.contains("`--format json` has the rest"),
        "{}",
        text.len()
    );
    assert!(text.lines().count() < 300);
    let chain: Vec<String> = (1..2_000).map(|seq| event(seq, &json!({}))).collect();
    let text = shown(&chain.join("\n"), "r");
    assert!(text.contains("events (`--format json` has them)"));
    assert!(text.lines().count() < 700, "{}", text.lines().count());
    let read = read_journal(&chain.join("\n")).unwrap();
    let chain = Chain::of(&read.events, "r").unwrap();
    assert_eq!(
        Explanation::of(&chain).events.len(),
        1_999,
        "for programs all"
    );
}

#[test]
fn what_is_no_event_is_told_with_its_line() {
    let good = lines();
    let cut = &good[1][..good[1].len() / 2];
    let long = refusal("policy-denied", &"x".repeat(4 << 20));
    let newer = good[1].replacen('{', r#"{"version":2,"#, 1);
    let same = good[1].replacen('{', r#"{"version":1,"number":7,"#, 1);
    for (line, reason) in [
        (cut, Some("it breaks off after")),
        ("{", Some("it breaks off after 1 bytes")),
        (
            &newer,
            Some("it is of version 2 of a journal's lines, and this authlab reads 1"),
        ),
        (&same, None),
        (
            r#"{"eventVersion":"1.08","eventName":"AssumeRole"}"#,
            Some("missing field `seq`"),
        ),
        (r#"{"seq":-1}"#, Some("it is no event: ")),
        (r#"{"seq":18446744073709551616}"#, Some("it is no event: ")),
        ("null", Some("it is no event: ")),
        ("[]", Some("it is no event: ")),
        ("\u{feff}{}", Some("it is no event: ")),
        ("plain text \u{1b}[2J", Some("it is no event: ")),
        (
            &long,
            Some("bytes, and no line of a journal has more than 1048576"),
        ),
    ] {
        let text = [&good[0], line, &good[2]].join("\n");
        let read = read_journal(&text).unwrap();
        match reason {
            None => assert_eq!(
                (read.events.len(), read.unreadable.len()),
                (3, 0),
                "{line:.80}"
            ),
            Some(reason) => {
                assert_eq!(read.events.len(), 2, "{line:.80}");
                assert_eq!(read.unreadable.len(), 1, "{line:.80}");
                assert_eq!(read.unreadable[0].line, 2, "{line:.80}");
                let told = &read.unreadable[0].reason;
                assert!(told.contains(reason), "{line:.80}: {told}");
            }
        }
        let alone = read_journal(line);
        assert_eq!(alone.is_err(), reason.is_some(), "{line:.80}");
    }
}

#[test]
fn journals_of_two_labs_one_after_the_other_are_read_and_among_one_another_are_an_error() {
    let one = lines();
    let after = [one.join("\n"), one.join("\n")].join("\n");
    assert_eq!(read_journal(&after).unwrap().events.len(), 2 * one.len());
    // Read from its middle, as by `tail`.
    assert_eq!(
        read_journal(&one[3..].join("\n")).unwrap().events.len(),
        one.len() - 3
    );
    // A run whose first line was lost.
    let lost = [&one[..], &["{".to_owned()], &one[1..]].concat();
    assert_eq!(read_journal(&lost.join("\n")).unwrap().unreadable.len(), 1);
    for (orders, line) in [
        (vec![0, 0, 1, 1], 4),
        (vec![0, 1, 0, 2, 1], 5),
        (vec![2, 1], 2),
        (vec![0, 1, 1], 3),
    ] {
        let mixed: Vec<&str> = orders.iter().map(|index| one[*index].as_str()).collect();
        let error = read_journal(&mixed.join("\n")).unwrap_err();
        assert!(
            matches!(error, ExplainError::Mixed { line: found, .. } if found == line),
            "{orders:?}: {error}"
        );
        assert!(
            error.to_string().starts_with(&format!("line {line}: ")),
            "{error}"
        );
    }
}

#[test]
fn two_labs_in_one_journal_are_told_apart_wherever_the_second_begins() {
    let of_lab = |run: u32| {
        let marked = |line: String| line.replacen('{', &format!(r#"{{"run":{run},"#), 1);
        lines().into_iter().map(marked).collect::<Vec<_>>()
    };
    let (one, other) = (of_lab(7), of_lab(8));
    let end = one.len();
    assert!(end > 3);
    // The second begins above the end of the first: its request has no cause there.
    let after = [&one[..2], &other[2..]].concat().join("\n");
    let events = read_journal(&after).unwrap().events;
    let id = events[end - 1].request_id.clone().unwrap();
    let chain = Chain::of(&events, &id).unwrap();
    assert!(chain.events.iter().all(|event| event.run == Some(8)));
    // The first goes on behind the second, where its own next number would stand.
    let among = [&one[..2], &other[..2], &one[2..]].concat().join("\n");
    let error = read_journal(&among).unwrap_err();
    assert!(
        matches!(error, ExplainError::Mixed { line: 5, .. }),
        "{error}"
    );
    // It was started again, or was reset.
    for again in [[&one[..], &other, &one].concat(), [&one[..], &one].concat()] {
        let read = read_journal(&again.join("\n")).unwrap();
        assert_eq!(read.events.len(), again.len());
    }
}

/// Numbers that look drawn, the same in each run.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

#[test]
fn a_journal_that_was_damaged_anywhere_is_read_as_far_as_it_goes() {
    let whole = [journal_text("v-2"), refusal("policy-denied", "plain")].join("\n");
    let pieces = [
        "\"", "{", "}", "[", "\n", ":", "null", "-", "1e999", "\u{1b}", "\u{202e}", "\\u0000",
        "\\ud800", ",",
    ];
    let mut drawn = Drawn(10);
    let (mut read_count, mut refused_count) = (0, 0);
    for _ in 0..1_500 {
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..=drawn.below(3) {
            let place = drawn.below(bytes.len());
            match drawn.below(5) {
                0 => bytes[place] = u8::try_from(drawn.below(256)).unwrap(),
                1 => bytes.truncate(place),
                2 => drop(bytes.drain(place..(place + drawn.below(40)).min(bytes.len()))),
                3 => {
                    let piece = pieces[drawn.below(pieces.len())];
                    bytes.splice(place..place, piece.bytes());
                }
                _ => {
                    let end = (place + drawn.below(400)).min(bytes.len());
                    let again = bytes[place..end].to_vec();
                    bytes.splice(place..place, again);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let present = text
            .split('\n')
            .filter(|line| !line.trim().is_empty())
            .count();
        match read_journal(&text) {
            Ok(read) => {
                assert_eq!(read.events.len() + read.unreadable.len(), present, "{text}");
                for id in read
                    .events
                    .iter()
                    .filter_map(|event| event.request_id.as_deref())
                {
                    let chain = Chain::of(&read.events, id).unwrap();
                    let shown = chain.to_string();
                    assert!(is_inert(&shown), "{shown:?}");
                    assert!(render::json::json(&chain).is_ok());
                }
                read_count += 1;
            }
            Err(ExplainError::Line { line, .. } | ExplainError::Mixed { line, .. }) => {
                assert!(
                    line >= 1 && line <= text.split('\n').count(),
                    "{line}: {text}"
                );
                refused_count += 1;
            }
            Err(error @ ExplainError::UnknownRequest(_)) => panic!("{error}"),
        }
    }
    assert!(
        read_count > 500 && refused_count > 5,
        "{read_count} and {refused_count}"
    );
}

/// The lines of [`journal`], and that they explain a request.
fn journal_text(id: &str) -> String {
    let text = lines().join("\n");
    assert!(Chain::of(&read_journal(&text).unwrap().events, id).is_ok());
    text
}
