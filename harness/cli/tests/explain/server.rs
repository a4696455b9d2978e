//! `authlab vault` as a process, and requests of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// A Vault that runs until it is stopped, or dropped.
pub struct Server {
    child: Child,
    address: String,
    /// The control API's URL.
    pub control: String,
    journal: PathBuf,
}

/// What it answers.
pub struct Answered {
    /// The status.
    pub status: u16,
    /// The id of the request.
    pub id: String,
}

static STARTED: AtomicU32 = AtomicU32::new(0);

impl Server {
    /// Starts it at any free ports.
    pub fn start() -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("authlab-explain-{}-{number}.jsonl", std::process::id());
        let journal = std::env::temp_dir().join(name);
        let mut child = Command::new(super::AUTHLAB)
            .args(["vault", "--listen", "127.0.0.1:0", "--control-port", "0"])
            .args(["--root-token", "root", "--journal"])
            .arg(&journal)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut text = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        while !text.contains("stop with") {
            assert!(output.read_line(&mut text).unwrap() > 0, "it ended: {text}");
        }
        let after = |word: &str| {
            let (_, rest) = text.split_once(word).unwrap_or_else(|| panic!("{text}"));
            rest.split_whitespace().next().unwrap().to_owned()
        };
        Self {
            address: after("VAULT_ADDR=http://"),
            control: after("explain --last --control "),
            child,
            journal,
        }
    }

    /// Sends a request with this token.
    pub fn get(&self, path: &str, token: &str) -> Answered {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let host = &self.address;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nx-vault-token: {token}\r\nconnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let mut lines = answer.lines();
        let id = lines.find_map(|line| line.strip_prefix("x-authlab-request-id: "));
        Answered {
            status,
            id: id.unwrap_or_else(|| panic!("{answer}")).to_owned(),
        }
    }

    /// Stops it as Ctrl-C does; the file of its journal.
    pub fn stop(mut self) -> PathBuf {
        let id = self.child.id().to_string();
        let stopped = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(stopped.success());
        assert!(self.child.wait().unwrap().success());
        self.journal.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is to be done about one that has ended already.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}
