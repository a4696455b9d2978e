//! Mutations of generated documents, fed to parsing, linting, deciding, tracing.

use authlab_policy::{Document, DocumentKind, case, lint, trace};
use serde_json::Value;

use super::generate::{self, Rng};

/// What came of the runs.
#[derive(Debug, Default)]
pub struct Tally {
    pub refused: u64,
    pub accepted: u64,
    pub decided: u64,
    pub no_case: u64,
}

const KINDS: [DocumentKind; 12] = [
    DocumentKind::Identity,
    DocumentKind::Resource,
    DocumentKind::Trust,
    DocumentKind::Boundary,
    DocumentKind::Session,
    DocumentKind::ServiceControl,
    DocumentKind::ResourceControl,
    DocumentKind::VpcEndpoint,
    DocumentKind::ExecuteApi,
    DocumentKind::OamSink,
    DocumentKind::LambdaPermission,
    DocumentKind::SecretsManager,
];

/// Texts that parsers stumble over.
const PIECES: [&str; 24] = [
    "${",
    "}",
    "'",
    "${a, '",
    "*",
    "?",
    ":",
    "arn:",
    "arn:aws:::::",
    "\"",
    "{",
    "]",
    ",",
    "null",
    "-1",
    "1e999",
    "ü\u{0}",
    "/129",
    "::/0",
    "0.0.0.0/0",
    "2026-02-30",
    "ForAllValues:",
    "IfExists",
    "execute-api:/",
];

/// How often one generated text is mutated before the next is made.
const MUTATIONS_PER_TEXT: u64 = 64;

/// Alternates between documents and whole cases; the same seed gives the same runs.
pub fn run(runs: u64, seed: u64) -> Tally {
    let mut tally = Tally::default();
    let mut rng = Rng::new(seed);
    let mut kind = DocumentKind::Identity;
    let mut document_text = String::new();
    let mut case_text = String::new();
    for number in 0..runs {
        if number % MUTATIONS_PER_TEXT == 0 {
            kind = *rng.pick(&KINDS);
            let with_resource = kind != DocumentKind::Trust;
            document_text =
                generate::document(&mut rng, kind.takes_principal(), with_resource).to_string();
            case_text = generate::case(&mut rng).to_string();
        }
        let is_document = number % 2 == 0;
        let mut text = if is_document {
            document_text.clone()
        } else {
            case_text.clone()
        };
        for _ in 0..rng.below(4) {
            mutate(&mut text, &mut rng);
        }
        if is_document {
            document(kind, &text, &mut tally);
        } else {
            whole_case(&text, &mut rng, &mut tally);
        }
    }
    tally
}

fn document(kind: DocumentKind, text: &str, tally: &mut Tally) {
    match Document::parse(kind, text) {
        Ok(document) => {
            tally.accepted += 1;
            let _ = lint(&document);
        }
        Err(error) => {
            tally.refused += 1;
            assert!(!error.path.is_empty() && !error.to_string().is_empty());
        }
    }
}

fn whole_case(text: &str, rng: &mut Rng, tally: &mut Tally) {
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        tally.no_case += 1;
        return;
    };
    match case::decode(&value) {
        Ok((request, policies)) => {
            tally.decided += 1;
            let decision = authlab_policy::decide(&request, &policies);
            let verdict = authlab_policy::verdict(&request, &policies);
            assert_eq!(verdict.decided_by.to_decided_by(), decision.decided_by);
            let _ = decision.message(&request, Default::default());
            if rng.chance(2) {
                assert_eq!(trace(&request, &policies).decision, decision);
            }
        }
        Err(_) => tally.no_case += 1,
    }
}

/// Inserts, removes or repeats a piece at a character boundary.
fn mutate(text: &mut String, rng: &mut Rng) {
    let mut at = rng.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    match rng.below(4) {
        0 => text.insert_str(at, rng.pick::<&str>(&PIECES)),
        1 => {
            // Inside a text, so that the JSON stays whole.
            if let Some(quote) = text[at..].find('"') {
                text.insert_str(at + quote + 1, rng.pick::<&str>(&PIECES[..8]));
            }
        }
        2 => {
            if let Some(character) = text[at..].chars().next() {
                text.replace_range(at..at + character.len_utf8(), "");
            }
        }
        _ => {
            let mut end = (at + rng.below(40)).min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let piece = text[at.min(end)..end].to_owned();
            text.insert_str(at, &piece);
        }
    }
}
