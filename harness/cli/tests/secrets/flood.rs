//! What floods the evidence: texts of megabytes, depth, breadth. The lab stays small, its answers
//! do too, and everything that it wrote reads back.

use std::process::{Command, Stdio};

use authlab_explain::{Chain, read_journal};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::lab::{Lab, REGION, Request, send};

/// The length of what is sent, where nothing bounds it earlier.
const LONG: usize = 2_000_000;
/// The length of a part of a request's head.
const PART: usize = 30_000;

/// A request to the AWS port by a form.
fn form(service: &str, body: String) -> Request {
    Request::new("POST", "/")
        .host(format!("{service}.{REGION}.amazonaws.com"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
}

fn bearer(claims: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"k"}"#);
    format!("{header}.{}.AAAA", URL_SAFE_NO_PAD.encode(claims))
}

/// A kind of flood, the port that it goes to, and the request.
type Flood = (&'static str, &'static str, Request);

fn floods(lab: &Lab) -> Vec<Flood> {
    let mut floods = of_vault();
    floods.extend(of_aws(lab));
    floods.extend(of_paths_and_forms(lab));
    floods
}

/// Numbers as texts, more than anybody needs.
fn many() -> Vec<String> {
    (0..200_000).map(|number| number.to_string()).collect()
}

/// An object with as many members.
fn members() -> Value {
    let members = many().into_iter().map(|name| (name, 1.into()));
    Value::Object(members.collect())
}

fn of_vault() -> Vec<Flood> {
    let long = "@".repeat(LONG);
    let login = |path: &str, body: Value| Request::new("POST", format!("/v1/{path}")).json(&body);
    vec![
        (
            "headers of a login",
            "vault",
            login("auth/aws/login", json!({"iam_request_headers": long})),
        ),
        (
            "a field of a wrong type",
            "vault",
            login("auth/userpass/login/a", json!({"password": [long]})),
        ),
        (
            "a list of a wrong type",
            "vault",
            login("auth/userpass/login/a", json!({"password": many()})),
        ),
        (
            "a map of a wrong type",
            "vault",
            login("auth/userpass/login/a", json!({"password": members()})),
        ),
        (
            "a role",
            "vault",
            login("auth/jwt/login", json!({"role": long, "jwt": "x"})),
        ),
        (
            "a path of Vault",
            "vault",
            Request::new("GET", format!("/v1/kv/{}", "a".repeat(PART))),
        ),
        (
            "a member of a query",
            "vault",
            Request::new("GET", format!("/v1/sys/health?{}=1", "q".repeat(PART))),
        ),
    ]
}

fn of_aws(lab: &Lab) -> Vec<Flood> {
    let long = "@".repeat(LONG);
    let iam = |body: String| form("iam", body).signed(&lab.account, "test", None, "iam");
    let sts = |token: &str| {
        form(
            "sts",
            format!(
                "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::{}:role/x&RoleSessionName=s&WebIdentityToken={token}",
                lab.account
            ),
        )
    };
    let json = |target: &str, body: String| {
        Request::new("POST", "/")
            .host(format!("secretsmanager.{REGION}.amazonaws.com"))
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(body)
            .signed(&lab.account, "test", None, "secretsmanager")
    };
    vec![
        (
            "a user's name",
            "aws",
            iam(format!(
                "Action=GetUser&Version=2010-05-08&UserName={}",
                "u".repeat(LONG)
            )),
        ),
        (
            "an operation",
            "aws",
            iam(format!("Action={}&Version=2010-05-08", "O".repeat(LONG))),
        ),
        (
            "a name of a secret",
            "aws",
            json(
                "secretsmanager.GetSecretValue",
                json!({"SecretId": long}).to_string(),
            ),
        ),
        (
            "a target",
            "aws",
            json(
                &format!("secretsmanager.{}", "T".repeat(PART)),
                "{}".to_owned(),
            ),
        ),
        (
            "a claim",
            "aws",
            sts(&bearer(
                &json!({"iss": "https://a.example", "sub": long}).to_string(),
            )),
        ),
        (
            "many claims",
            "aws",
            sts(&bearer(
                &json!({"iss": "https://a.example", "x": members()}).to_string(),
            )),
        ),
        (
            "a list of audiences",
            "aws",
            sts(&bearer(
                &json!({"iss": "https://a.example", "aud": many()}).to_string(),
            )),
        ),
    ]
}

fn of_paths_and_forms(lab: &Lab) -> Vec<Flood> {
    let path = format!("/{}", "a".repeat(PART));
    vec![
        (
            "a path of the gateway",
            "aws",
            Request::new("GET", path.as_str()).host(format!("a.execute-api.{REGION}.localhost")),
        ),
        (
            "a path of an issuer",
            "oidc",
            Request::new("GET", path.as_str()),
        ),
        (
            "a grant",
            "oidc",
            Request::new("POST", lab.token_path.as_str())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("grant_type={}", "g".repeat(LONG))),
        ),
    ]
}

#[test]
fn no_flood_fills_the_journal_or_comes_back() {
    let lab = Lab::start("flood");
    for path in ["userpass", "aws", "jwt"] {
        let answer = lab.vault(
            "POST",
            &format!("sys/auth/{path}"),
            &json!({ "type": path }),
        );
        assert!(answer.status < 300, "{}", answer.body);
    }
    let before = lab.journal().len();
    let floods = floods(&lab);
    assert!(floods.len() >= 14);
    let mut table = String::new();
    for (kind, port, request) in &floods {
        let authority = match *port {
            "aws" => &lab.aws,
            "vault" => &lab.vault,
            _ => &lab.oidc,
        };
        let (start, sent) = (
            lab.journal().len(),
            request.body.len() + request.target.len(),
        );
        let answer = send(authority, request);
        let grown = lab.journal().len() - start;
        table += &format!(
            "{kind}: {sent} bytes sent, {} answered {}, {grown} journalled\n",
            answer.status,
            answer.body.len()
        );
        assert!(answer.status >= 400 || answer.status == 200, "{table}");
        // AWS repeats some texts at length; nobody repeats megabytes.
        assert!(answer.body.len() < 80 * 1024, "{table}");
        // A handful of events, each of them bounded.
        assert!(grown < 512 * 1024, "{table}");
    }
    assert!(lab.journal().len() - before < 2 * 1024 * 1024, "{table}");
}

/// A token nested as deeply as a parser goes, and texts that a terminal would obey: explained like
/// every other, and one broken line takes nothing with it.
#[test]
fn what_clients_sent_reads_back_and_reaches_no_terminal() {
    let lab = Lab::start("explain");
    let made = lab.call(
        "apigateway",
        Request::new("POST", "/v2/apis").json(&json!({"name": "a", "protocolType": "HTTP"})),
    );
    assert_eq!(made.status, 201, "{}", made.body);
    for depth in [60, 120, 125, 126] {
        let claims = format!(
            "{{\"iss\":\"https://a.example\",\"x\":{}1{}}}",
            "[".repeat(depth),
            "]".repeat(depth)
        );
        let body = format!(
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::{}:role/x&RoleSessionName=s&WebIdentityToken={}",
            lab.account,
            bearer(&claims)
        );
        let answer = send(&lab.aws, &form("sts", body));
        assert!(answer.status >= 400, "{depth}: {}", answer.status);
    }
    let attack = "%1b%5d0;PWNED%07%1b%5b2J%0afirst%20refusal:%20forged%0d%e2%80%ae";
    let request = Request::new("GET", format!("/v1/secret/data/{attack}"));
    send(&lab.vault, &request.header("x-vault-token", "bad"));
    let odd = json!({"iss": "\u{1b}[2J\u{202e}", "sub": "a\nculprit: forged"}).to_string();
    let body = format!(
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::{}:role/x&RoleSessionName=s&WebIdentityToken={}",
        lab.account,
        bearer(&odd)
    );
    send(&lab.aws, &form("sts", body));
    let read = read_journal(&lab.journal()).unwrap();
    assert!(read.unreadable.is_empty(), "{:?}", read.unreadable);
    let file = lab.folder.join("journal");
    let whole = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{{\"cut\": \n{whole}")).unwrap();
    for event in &read.events {
        let Some(id) = &event.request_id else {
            continue;
        };
        assert!(Chain::of(&read.events, id).is_ok());
        let told = lab.explain(id);
        assert!(
            told.contains("line 1: it breaks off after 8 bytes"),
            "{told}"
        );
        let obeyed = |character: char| {
            (character.is_control() && character != '\n') || character == '\u{202e}'
        };
        assert!(!told.contains(obeyed), "{told:?}");
        let lines = told.lines().filter(|line| line.starts_with("culprit"));
        assert!(lines.count() <= 1, "{told}");
    }
}

/// A pipe that nobody reads is no journal: it is said at once, and nothing hangs.
#[test]
fn a_journal_that_would_hang_is_refused_at_the_start() {
    let pipe = std::env::temp_dir().join(format!("authlab-journal-pipe-{}", std::process::id()));
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let output = Command::new(env!("CARGO_BIN_EXE_authlab"))
        .args([
            "up",
            "--aws-port",
            "0",
            "--vault-port",
            "0",
            "--oidc-port",
            "0",
            "--control-port",
            "0",
            "--journal",
        ])
        .arg(&pipe)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    std::fs::remove_file(&pipe).unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("a pipe that nobody reads"), "{said}");
}
