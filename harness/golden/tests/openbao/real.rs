//! The real OpenBao: started for this run, or one that runs already.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::thread;

const BINARY: &str = "AUTHLAB_OPENBAO_BINARY";
const ADDRESS: &str = "AUTHLAB_OPENBAO_ADDRESS";
const ROOT_TOKEN: &str = "AUTHLAB_OPENBAO_ROOT_TOKEN";

/// What the development server prints once it answers.
const READY: &str = "Development mode should NOT be used";

/// A server that answers.
pub struct OpenBao {
    pub address: SocketAddr,
    pub root_token: String,
    _process: Option<Process>,
}

/// Killed when it goes out of scope, also by a panic.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // One that ended by itself cannot be killed, and that is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The server that the environment names.
///
/// # Errors
/// Why there is none.
pub fn find() -> Result<OpenBao, String> {
    if let Some(binary) = env::var_os(BINARY) {
        return Ok(start(Command::new(binary)));
    }
    match (env::var(ADDRESS), env::var(ROOT_TOKEN)) {
        (Ok(address), Ok(root_token)) => Ok(OpenBao {
            address: address
                .trim_start_matches("http://")
                .trim_end_matches('/')
                .parse()
                .unwrap_or_else(|error| {
                    panic!("`{ADDRESS}` is `{address}`: {error}: give an IP address and a port")
                }),
            root_token,
            _process: None,
        }),
        _ => Err(format!(
            "neither `{BINARY}` nor `{ADDRESS}` with `{ROOT_TOKEN}` is set: see the README beside \
             the test"
        )),
    }
}

fn start(mut command: Command) -> OpenBao {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_ports()));
    let root_token = "authlab-differential-root".to_owned();
    let child = command
        .args(["server", "-dev", "-dev-no-store-token"])
        .arg(format!("-dev-listen-address={address}"))
        .env("BAO_DEV_ROOT_TOKEN_ID", &root_token)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("the binary of `{BINARY}` does not start: {error}"));
    let mut process = Process(child);
    let output = process.0.stdout.take().unwrap();
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let mut said = Vec::new();
    loop {
        let Some(line) = lines.next() else {
            panic!("OpenBao ended before it answered:\n{}", said.join("\n"));
        };
        if line.contains(READY) {
            break;
        }
        said.push(line);
    }
    // A pipe that nobody reads would stop it. The thread ends with the process.
    thread::spawn(move || lines.for_each(drop));
    OpenBao {
        address,
        root_token,
        _process: Some(process),
    }
}

/// A free port whose successor is free, too: there the server listens for its cluster.
fn free_ports() -> u16 {
    let bound = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let pair = (0..100).find_map(|_| {
        let first = bound(0).ok()?;
        let port = first.local_addr().ok()?.port();
        bound(port.checked_add(1)?).ok().map(|_| port)
    });
    pair.expect("two free ports in a row")
}
