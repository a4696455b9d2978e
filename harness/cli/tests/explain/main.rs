//! `authlab explain` against a Vault that runs, and against the journal that it wrote.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test: the exemption covers test functions only"
)]

mod server;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use server::Server;

const AUTHLAB: &str = env!("CARGO_BIN_EXE_authlab");

fn explain(arguments: &[&str]) -> Output {
    let mut command = Command::new(AUTHLAB);
    command.arg("explain").args(arguments).output().unwrap()
}

/// What a command printed that ended with this status.
fn printed(arguments: &[&str], status: i32) -> String {
    let output = explain(arguments);
    let (out, err) = (output.stdout.as_slice(), output.stderr.as_slice());
    let text = String::from_utf8_lossy(if status == 0 { out } else { err }).into_owned();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
    text
}

#[test]
fn a_refusal_is_explained_without_its_id_by_its_id_and_from_the_file() {
    let server = Server::start();
    let control = server.control.as_str();
    let none = printed(&["--last", "--control", control], 1);
    assert!(none.contains("no request that was refused"), "{none}");
    assert_eq!(printed(&["--list", "--control", control], 0), "");

    let allowed = server.get("/v1/secret/config", "root");
    let unknown = server.get("/v1/secret/data/a", "nobody");
    assert_eq!((allowed.status, unknown.status), (200, 403));
    let other = server.get("/v1/auth/token/lookup-self", "nobody");
    assert_eq!(other.status, 403);

    for subject in [
        vec!["--last"],
        vec!["--last", "vault"],
        vec![other.id.as_str()],
    ] {
        let text = printed(&[&subject[..], &["--control", control]].concat(), 0);
        assert!(
            text.starts_with(&format!("request {}\nculprit: ", other.id)),
            "{text}"
        );
        assert!(text.contains("\n  fix:   "), "{text}");
    }
    let text = printed(&[&unknown.id, "--control", control], 0);
    assert!(
        text.contains("culprit: #") && text.contains("token-unknown"),
        "{text}"
    );
    let text = printed(&[&allowed.id, "--control", control], 0);
    assert!(
        text.contains("\nlet through: nothing was refused\nallowed by:\n"),
        "{text}"
    );
    assert!(text.contains(" rule: "), "{text}");
    let none = printed(&["--last", "gateway", "--control", control], 1);
    assert!(none.contains("no request that gateway refused"), "{none}");
    let none = printed(&["r-0", "--control", control], 1);
    assert!(none.contains("no request `r-0` in the journal"), "{none}");

    let list = printed(&["--list", "--control", control], 0);
    let ids: Vec<bool> = list
        .lines()
        .zip([&unknown.id, &other.id])
        .map(|(line, id)| line.contains(&**id))
        .collect();
    assert_eq!(ids, [true, true], "{list}");
    let one = printed(
        &["--list", "1", "--control", control, "--format", "json"],
        0,
    );
    let one: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(one["request_id"], *other.id);
    let none = printed(&["--list", "--component", "oidc", "--control", control], 0);
    assert_eq!(none, "");

    let last = printed(&["--last", "--control", control], 0);
    let file = server.stop();
    let kept = file.to_str().unwrap();
    assert_eq!(printed(&["--last", "--journal", kept], 0), last);
    assert_eq!(printed(&["--list", "--journal", kept], 0), list);
    let json = printed(&["--last", "--journal", kept, "--format", "json"], 0);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["version"], &json["result"]),
        (&2.into(), &"refused".into())
    );
    assert!(
        json["diagnosis"]["fix"].is_string() && json["also"].is_array(),
        "{json}"
    );
    std::fs::remove_file(file).unwrap();
}

#[test]
fn refusals_are_told_as_they_come() {
    let server = Server::start();
    server.get("/v1/secret/data/before", "nobody");
    let mut child = Command::new(AUTHLAB)
        .args(["explain", "--follow", "--control", &server.control])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // Until it follows, what is refused is before it: again and again, then.
    let (sender, told) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let first: Vec<String> = lines.by_ref().take(4).map(Result::unwrap).collect();
        sender.send(()).unwrap();
        first
    });
    let mut ids = Vec::new();
    while told.try_recv().is_err() {
        ids.push(server.get("/v1/secret/data/a", "nobody").id);
    }
    let first = reader.join().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(ids.iter().any(|id| first[0].contains(&**id)), "{first:?}");
    assert!(first[0].contains("token-unknown"), "{first:?}");
    assert!(
        first[2].starts_with("    cause: ") && first[3].starts_with("    fix:   "),
        "{first:?}"
    );
    std::fs::remove_file(server.stop()).unwrap();
}

#[test]
fn classes_are_listed_for_people_and_for_programs() {
    let text = printed(&["--classes"], 0);
    assert!(
        text.contains("\nVault\n") && text.contains("  token-unknown "),
        "{text}"
    );
    let list: Value =
        serde_json::from_str(&printed(&["--classes", "--format", "json"], 0)).unwrap();
    assert_eq!(list["version"], 1);
    let classes = list["classes"].as_array().unwrap();
    assert!(classes.len() > 200, "{}", classes.len());
    for class in classes {
        assert!(
            class["class"].is_string() && class["mender"].is_string(),
            "{class}"
        );
    }
}

#[test]
fn what_cannot_be_explained_is_an_error_that_names_file_and_line() {
    let event = |seq: u64| {
        format!(
            r#"{{"seq":{seq},"time":"2026-01-01T00:00:00Z","component":"vault","kind":"request","outcome":"refused","reason":"policy-denied","request_id":"r","detail":{{}}}}"#
        )
    };
    let cut = &event(2)[..60];
    let newer = event(1).replacen('{', r#"{"version":9,"#, 1);
    for (name, text, status, told) in [
        (
            "mixed",
            [event(1), event(1), event(2), event(2)].join("\n"),
            2,
            "line 4: the event 2 stands after the event 2",
        ),
        (
            "cut",
            [&event(1), cut].join("\n"),
            0,
            "line 2: it breaks off after 60 bytes; it was left out",
        ),
        ("newer", newer, 2, "is of version 9 of a journal's lines"),
        (
            "text",
            "no journal\u{1b}[2J".to_owned(),
            2,
            "line 1: it is no event",
        ),
        ("empty", String::new(), 1, "no request `r` in the journal"),
    ] {
        let file =
            std::env::temp_dir().join(format!("authlab-explain-{name}-{}", std::process::id()));
        std::fs::write(&file, text).unwrap();
        let output = explain(&["r", "--journal", file.to_str().unwrap()]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{name}: {error}");
        assert!(error.contains(told), "{name}: {error}");
        assert!(
            status == 1 || error.contains(file.to_str().unwrap()),
            "{name}: {error}"
        );
        assert!(!error.contains('\u{1b}'), "{name}: {error:?}");
        std::fs::remove_file(file).unwrap();
    }
    for arguments in [
        vec![],
        vec!["r", "--last"],
        vec!["--list", "--follow"],
        vec!["--follow", "--journal", "none"],
        vec!["--last", "redis"],
        vec!["--list", "many"],
        vec!["r", "--component", "vault"],
        vec!["r", "--journal", "/none/at/all"],
        vec!["--last", "--control", "no url"],
    ] {
        printed(&arguments, 2);
    }
}
