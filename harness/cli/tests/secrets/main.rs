//! A scan for secrets: a hundred kinds of them are sent to every port of a lab, in every kind of
//! place, in requests that are let through and in requests that are refused, and none is found in
//! what the lab writes down: journal (API and file), explanations, access log, audit file, standard
//! error; nor in what the tree holds of its own scenarios.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: the exemption covers test functions only"
)]

mod aws;
mod control;
mod flood;
mod gateway;
mod lab;
mod made;
mod oidc;
mod spelling;
mod vault;

use std::collections::BTreeSet;

use authlab_explain::{Chain, read_journal};
use authlab_kernel::redaction;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use serde_json::Value;

use lab::{Answer, Lab, Request, send};

/// How a request that carries a secret shall end, so that it is what it says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Below 400.
    Accepted,
    /// From 400 on.
    Refused,
    /// What it is answered does not matter.
    Either,
}

/// A text with a secret in it.
pub type Texts = fn(&Secret) -> String;

/// A body with a secret in it.
pub type Contents = fn(&Secret) -> Value;

/// A secret that was sent somewhere.
struct Planted {
    port: &'static str,
    place: &'static str,
    ends: Ends,
    status: u16,
    /// What must not be found: the secret itself, and other spellings of it.
    needles: Vec<String>,
}

/// A secret to send: it looks like nothing, so that only the place gives it away, or like what it is.
pub struct Secret {
    /// What is unlike everything else in the lab.
    mark: String,
}

impl Secret {
    /// A text that is like no credential.
    pub fn plain(&self) -> String {
        self.mark.clone()
    }

    /// A Vault token.
    pub fn vault_token(&self) -> String {
        format!("hvs.{}AbCdEf", self.mark)
    }

    /// A secret access key: forty characters.
    pub fn access_key(&self) -> String {
        let noise = "bPxR7fi1CYg9QmZ2tL8vN4hW6kD3sJ5uE0oA+/x";
        format!("{}{}", self.mark, &noise[..40 - self.mark.len()])
    }

    /// A JSON Web Token that nobody signed; its claims are evidence, its signature is none.
    pub fn token(&self) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k"}"#);
        let claims = URL_SAFE_NO_PAD.encode(r#"{"iss":"https://nobody.example/","sub":"x"}"#);
        format!("{header}.{claims}.{}{}", self.mark, "A".repeat(300))
    }

    /// A text in base64.
    pub fn in_base64(&self, text: &str) -> String {
        STANDARD.encode(text)
    }
}

/// The lab, and what was sent to it.
pub struct Scan {
    /// The lab.
    pub lab: Lab,
    planted: Vec<Planted>,
    /// What did not end as it should.
    misfits: Vec<String>,
}

impl Scan {
    /// A secret that was not sent yet.
    pub fn secret(&self) -> Secret {
        let mark = format!("Pl4nt{:03}Zq7Kx", self.planted.len());
        Secret { mark }
    }

    /// Remembers a secret that the lab made, or that was stored in it and read again.
    pub fn made(&mut self, port: &'static str, place: &'static str, secret: &str) {
        assert!(secret.len() >= 12, "{port}, {place}: {secret}");
        self.planted.push(Planted {
            port,
            place,
            ends: Ends::Accepted,
            status: 200,
            needles: needles(secret),
        });
    }

    /// Sends a request with a secret to a port.
    pub fn plant(
        &mut self,
        (port, place, ends): (&'static str, &'static str, Ends),
        request: impl FnOnce(&Lab, &Secret) -> Request,
    ) -> Answer {
        let secret = self.secret();
        let request = request(&self.lab, &secret);
        let authority = match port {
            "aws" | "gateway" => &self.lab.aws,
            "vault" => &self.lab.vault,
            "oidc" => &self.lab.oidc,
            _ => &self.lab.control,
        };
        let answer = send(authority, &request);
        let ended = match ends {
            Ends::Accepted => (200..400).contains(&answer.status),
            Ends::Refused => answer.status >= 400,
            Ends::Either => answer.status > 0,
        };
        if !ended {
            let Answer { status, body } = &answer;
            self.misfits
                .push(format!("{port}, {place}, {ends:?}: {status} {body}"));
        }
        let needles = needles(&secret.mark);
        self.planted.push(Planted {
            port,
            place,
            ends,
            status: answer.status,
            needles,
        });
        answer
    }
}

/// A secret in the spellings in which it would be found.
fn needles(secret: &str) -> Vec<String> {
    let mut needles = vec![
        secret.to_owned(),
        secret.to_lowercase(),
        STANDARD.encode(secret),
    ];
    // In base64 a text looks different by where it begins.
    for before in ["x", "xx"] {
        let encoded = STANDARD.encode(format!("{before}{secret}xx"));
        needles.push(encoded[4..encoded.len() - 8].to_owned());
    }
    // The rest of it behind an escape of its first letter.
    needles.push(secret[1..].to_owned());
    needles
}

#[test]
fn no_secret_that_was_sent_anywhere_is_written_down_anywhere() {
    let mut scan = Scan {
        lab: Lab::start("secrets"),
        planted: Vec::new(),
        misfits: Vec::new(),
    };
    vault::plant(&mut scan);
    gateway::plant(&mut scan);
    aws::plant(&mut scan);
    oidc::plant(&mut scan);
    control::plant(&mut scan);
    spelling::plant(&mut scan);
    made::plant(&mut scan);
    let Scan {
        lab,
        planted,
        misfits,
    } = scan;
    assert!(misfits.is_empty(), "{}", misfits.join("\n"));
    let places: BTreeSet<&str> = planted.iter().map(|one| one.place).collect();
    let ports: BTreeSet<&str> = planted.iter().map(|one| one.port).collect();
    assert!(planted.len() >= 100, "{} secrets", planted.len());
    assert!(places.len() >= 20, "{} kinds of places", places.len());
    assert_eq!(ports.len(), 5, "{ports:?}");
    let written = written(lab);
    let mut found = Vec::new();
    for one in &planted {
        for (name, text) in &written {
            if let Some(at) = one
                .needles
                .iter()
                .find_map(|needle| text.find(needle.as_str()))
            {
                let start = text.floor_char_boundary(at.saturating_sub(160));
                let end = text.floor_char_boundary((at + 60).min(text.len()));
                found.push(format!(
                    "{:<8} {:<36} {:<9} {} {name:<12} …{}…",
                    one.port,
                    one.place,
                    format!("{:?}", one.ends),
                    one.status,
                    text[start..end].replace('\n', " ")
                ));
            }
        }
    }
    let count = planted.len();
    assert!(
        found.is_empty(),
        "{} of {count} secrets were found:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// Everything that the lab wrote down, by name.
fn written(lab: Lab) -> Vec<(&'static str, String)> {
    let access_log = gateway::access_log(&lab);
    assert!(access_log.matches("requestId").count() > 20, "{access_log}");
    let journal = lab.journal();
    let read = read_journal(&journal).unwrap();
    assert!(read.unreadable.is_empty(), "{:?}", read.unreadable);
    assert!(read.events.len() > 300, "{} events", read.events.len());
    let requests: BTreeSet<&str> = read
        .events
        .iter()
        .filter_map(|event| event.request_id.as_deref())
        .collect();
    let mut explanations = String::new();
    for request in &requests {
        let chain = Chain::of(&read.events, request).unwrap();
        explanations += &chain.to_string();
        explanations += &authlab_explain::render::json::json(&chain).unwrap();
    }
    for request in requests.iter().take(3) {
        explanations += &lab.explain(request);
    }
    let audit = std::fs::read_to_string(vault::audit_file(&lab)).unwrap();
    assert!(
        audit.lines().count() > 50,
        "{} lines",
        audit.lines().count()
    );
    let file = lab.folder.join("journal");
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), read.events.len(), "the file has all");
    let said = lab.end();
    vec![
        ("journal", journal),
        ("file", text),
        ("explain", explanations),
        ("access log", access_log),
        ("audit", audit),
        ("stderr", said),
    ]
}

/// What scenarios leave in the tree is evidence too.
#[test]
fn no_snapshot_holds_what_looks_like_a_credential() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../snapshots");
    let mut open = vec![std::path::PathBuf::from(root)];
    let mut seen = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "snap") {
                seen += 1;
                for line in std::fs::read_to_string(&path).unwrap().lines() {
                    assert_eq!(redaction::text(line), line, "{}", path.display());
                }
            }
        }
    }
    assert!(seen > 10, "{seen} snapshots");
}
