//! A whole lab as its users have it: the command in a process of its own, with every port, a journal
//! file and standard error.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use authlab_kernel::Timestamp;
use authlab_wire::sigv4::{Options, Signer, sign};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

/// The lab's time, which stands.
pub const NOW: &str = "2026-01-15T12:00:00Z";

/// The Region of everything.
pub const REGION: &str = "us-east-1";

/// A request as it goes over the wire.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`.
    pub method: &'static str,
    /// What stands in the request line.
    pub target: String,
    /// The Host header.
    pub host: String,
    /// The other headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            host: "localhost".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// The same, signed by `secret` for a service.
    pub fn signed(mut self, key: &str, secret: &str, token: Option<&str>, service: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_str(&self.host).unwrap());
        for (name, value) in &self.headers {
            headers.append(
                HeaderName::try_from(name.as_str()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let signer = Signer {
            access_key: key,
            secret,
            session_token: token,
            region: REGION,
            service,
            now: NOW.parse::<Timestamp>().unwrap(),
            options: Options::STANDARD,
        };
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let method: Method = self.method.parse().unwrap();
        sign(&signer, &method, path, query, &mut headers, &self.body).unwrap();
        headers.remove("host");
        self.headers = headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_owned()))
            .collect();
        self
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status; 0 when there was no answer.
    pub status: u16,
    /// The body.
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// A text of the body, which has to be there.
    pub fn text(&self, pointer: &str) -> String {
        let found = self.json();
        let found = found.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("no {pointer} in {} {}", self.status, self.body))
            .to_owned()
    }
}

/// Sends a request to `authority`, a host with its port.
pub fn send(authority: &str, request: &Request) -> Answer {
    let mut stream = TcpStream::connect(authority).unwrap();
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n",
        request.method,
        request.target,
        request.host,
        request.body.len()
    );
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    // A request may be refused before its body was read.
    drop(stream.write_all(&request.body));
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
    Answer {
        status: status.unwrap_or(0),
        body: body.to_owned(),
    }
}

/// The lab that runs, and where its parts answer (`127.0.0.1:1234`).
pub struct Lab {
    child: Child,
    pub folder: PathBuf,
    pub account: String,
    pub aws: String,
    pub vault: String,
    pub root_token: String,
    pub oidc: String,
    pub issuer: String,
    pub token_path: String,
    pub control: String,
}

impl Lab {
    /// Starts the command, in a folder of this name.
    pub fn start(name: &str) -> Self {
        let name = format!("authlab-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_authlab"))
            .args(["up", "--format", "json", "--clock", NOW, "--seed", "1"])
            .args(["--aws-port", "0", "--vault-port", "0"])
            .args(["--oidc-port", "0", "--control-port", "0"])
            .arg("--journal")
            .arg(folder.join("journal"))
            .current_dir(&folder)
            .env("TMPDIR", &folder)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.join("stderr")).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|error| {
            let said = std::fs::read_to_string(folder.join("stderr")).unwrap_or_default();
            panic!("{error}: {line}{said}")
        });
        let text = |pointer: &str| told.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let authority = |url: &str| {
            let rest = url.split_once("://").unwrap().1;
            rest.split('/').next().unwrap().to_owned()
        };
        let token_url = text("/oidc/token_endpoint");
        let oidc = authority(&token_url);
        Self {
            child,
            account: text("/aws/accounts/0/id"),
            aws: authority(&text("/aws/endpoint")),
            vault: authority(&text("/vault/addr")),
            root_token: text("/vault/root_token"),
            issuer: text("/oidc/issuer"),
            token_path: token_url.split_once(&oidc).unwrap().1.to_owned(),
            oidc,
            control: authority(&text("/control")),
            folder,
        }
    }

    /// Calls an AWS service as the account's root user.
    pub fn call(&self, service: &str, request: Request) -> Answer {
        let host = format!("{service}.{REGION}.amazonaws.com");
        let request = request.host(host);
        send(
            &self.aws,
            &request.signed(&self.account, "test", None, service),
        )
    }

    /// Asks Vault with the root token.
    pub fn vault(&self, method: &'static str, path: &str, body: &Value) -> Answer {
        let request = Request::new(method, format!("/v1/{path}"));
        let request = request.header("x-vault-token", self.root_token.as_str());
        send(&self.vault, &request.json(body))
    }

    /// The journal, as the control API has it.
    pub fn journal(&self) -> String {
        send(&self.control, &Request::new("GET", "/_lab/journal")).body
    }

    /// What `authlab explain` prints of a request, in both formats.
    pub fn explain(&self, request_id: &str) -> String {
        let journal = self.folder.join("journal");
        let run = |format: &str| {
            let output = Command::new(env!("CARGO_BIN_EXE_authlab"))
                .args(["explain", request_id, "--format", format, "--journal"])
                .arg(&journal)
                .output()
                .unwrap();
            String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr)
        };
        run("text") + &run("json")
    }

    /// Ends the process; what it said on standard error.
    pub fn end(mut self) -> String {
        drop(self.child.kill());
        drop(self.child.wait());
        std::fs::read_to_string(self.folder.join("stderr")).unwrap()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
