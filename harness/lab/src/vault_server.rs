//! The embedded Vault alone, on a port of its own and by the machine's clock: what `vault server
//! -dev` is used for, without a lab around it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use authlab_http::{Client, Gate, Guests, HopMark, Limits, Listener, Running};
use authlab_kernel::{Clock, Component, Faults, Ids, Journal, Secret};
use authlab_vault::{Flavour, Vault, VaultConfig};

use crate::control::JournalPort;
use crate::driver::Driver;
use crate::error::LabError;
use crate::files::Files;
use crate::randomness::draw_mark;
use crate::running::config::vault_refuses;

/// Where `vault server -dev` listens, too.
const PORT: u16 = 8200;

/// What the server is started with.
#[derive(Clone, Debug)]
pub struct VaultServerConfig {
    /// Where it listens; port 0 is any free one.
    pub listen: SocketAddr,
    /// Whose texts it answers with.
    pub flavour: Flavour,
    /// The root token; one from the seed when absent.
    pub root_token: Option<Secret>,
    /// The seed of every id.
    pub seed: u64,
    /// The folder below which the files of audit devices lie; without one they go with the server.
    pub files: Option<PathBuf>,
    /// The file that gets every event of the journal, as JSON lines.
    pub journal: Option<PathBuf>,
    /// Names and pages that are let in beside its own.
    pub guests: Guests,
    /// The port on loopback where its journal is asked, as that of a lab's control API is.
    pub control: ControlPort,
}

/// A port that is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlPort {
    /// This one and no other; 0 is any free one.
    Exactly(u16),
    /// This one where it is free, else any.
    Preferably(u16),
}

impl ControlPort {
    async fn bind(self) -> Result<Listener, LabError> {
        let at = |port| {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            Listener::bind("control", address, "--control-port")
        };
        Ok(match self {
            Self::Exactly(port) => at(port).await?,
            Self::Preferably(port) => match at(port).await {
                Ok(listener) => listener,
                Err(_taken) => at(0).await?,
            },
        })
    }
}

impl Default for VaultServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)),
            flavour: Flavour::default(),
            root_token: None,
            seed: 1,
            files: None,
            journal: None,
            guests: Guests::default(),
            control: ControlPort::Exactly(0),
        }
    }
}

/// A Vault that runs: unsealed, in memory, with the key/value engine (version 2) at `secret/`.
///
/// Tokens and leases end by the machine's clock. It calls nobody but servers on loopback, such as
/// an issuer whose keys an auth method needs. It stops when it is dropped; [`VaultServer::stop`]
/// waits until requests in flight are answered.
pub struct VaultServer {
    address: SocketAddr,
    root_token: String,
    control: SocketAddr,
    running: [Running; 2],
    journal: Journal,
    _driver: Driver,
    _files: Files,
}

impl VaultServer {
    /// Starts it: the port answers when this returns.
    ///
    /// # Errors
    /// [`LabError::Port`] when it cannot listen there; [`LabError::JournalFile`] when the journal
    /// cannot be written; [`LabError::Statement`] when Vault refuses its configuration.
    pub async fn start(config: VaultServerConfig) -> Result<Self, LabError> {
        let listener = Listener::bind("vault", config.listen, "--listen").await?;
        let address = listener.address();
        let control = config.control.bind().await?;
        let files = Files::open(config.files.as_deref())?;
        let clock = Clock::wall();
        let journal = Journal::new(clock.clone());
        if let Some(file) = config.journal {
            let opened = journal.write_to(&file);
            opened.map_err(|source| LabError::JournalFile { file, source })?;
        }
        let ids = Ids::new(config.seed);
        journal.set_run(ids.run());
        let mark = HopMark::new(draw_mark()?, journal.clone());
        let outbound = Client::new(journal.clone(), Faults::default()).marked(mark.clone());
        let gate = Gate::own()
            .marked(mark)
            .recorded(journal.clone(), Component::Vault)
            .mapped_by(outbound.clone())
            .with_guests(config.guests.clone());
        outbound.register_endpoint(address);
        outbound.forbid(control.address());
        let vault = Vault::new(
            VaultConfig {
                flavour: config.flavour,
                root_token: config.root_token,
                files: Some(files.folder()),
                ..VaultConfig::default()
            },
            clock.component(Component::Vault),
            ids,
            journal.clone(),
            Arc::new(outbound),
        )
        .map_err(vault_refuses)?;
        let root_token = vault.root_token().expose_secret().to_owned();
        let port = JournalPort::new(journal.clone(), clock.clone());
        let control_gate = Gate::own()
            .with_pages_of(config.guests)
            .recorded(journal.clone(), Component::Lab);
        Ok(Self {
            address,
            root_token,
            control: control.address(),
            running: [
                listener.serve_behind(gate, Limits::default(), vault),
                control.serve_behind(control_gate, Limits::default(), Arc::new(port)),
            ],
            journal,
            _driver: Driver::start(clock),
            _files: files,
        })
    }

    /// Where it answers: `http://127.0.0.1:8200`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where its journal is asked: `http://127.0.0.1:4560`.
    pub fn control_url(&self) -> String {
        format!("http://{}", self.control)
    }

    /// What happens.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The root token.
    pub fn root_token(&self) -> &str {
        &self.root_token
    }

    /// Stops it, after the requests in flight are answered.
    pub async fn stop(self) {
        for running in self.running {
            running.stop().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::{Value, json};

    use super::*;

    async fn ask(server: &VaultServer, token: &str) -> (StatusCode, Value) {
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/v1/auth/token/lookup-self", server.url());
        let request = client.get(url).header("x-vault-token", token);
        let answer = request.send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    #[tokio::test]
    async fn it_answers_its_root_token_and_no_other() {
        for (flavour, refusal) in [
            (
                Flavour::Vault,
                "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n",
            ),
            (Flavour::OpenBao, "permission denied"),
            (Flavour::OpenBao27, "permission denied"),
        ] {
            let server = VaultServer::start(VaultServerConfig {
                listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                flavour,
                root_token: Some(Secret::new("root")),
                ..VaultServerConfig::default()
            })
            .await
            .unwrap();
            assert_eq!(server.root_token(), "root");
            let (status, answer) = ask(&server, "root").await;
            assert_eq!(status, StatusCode::OK, "{answer}");
            assert_eq!(answer["data"]["policies"], json!(["root"]));
            let (status, answer) = ask(&server, "toor").await;
            assert_eq!(status, StatusCode::FORBIDDEN);
            assert_eq!(answer["errors"], json!([refusal]));
            server.stop().await;
        }
    }

    #[tokio::test]
    async fn its_journal_has_every_request_by_the_id_of_the_answer() {
        let name = format!("authlab-vault-journal-{}", std::process::id());
        let file = std::env::temp_dir().join(name);
        let server = VaultServer::start(VaultServerConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            journal: Some(file.clone()),
            ..VaultServerConfig::default()
        })
        .await
        .unwrap();
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/v1/secret/data/a", server.url());
        let answer = client.get(url).header("x-vault-token", "toor").send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        let id = answer.headers()["x-authlab-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        server.journal().flush_file();
        server.stop().await;
        let written = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let line = written.lines().find(|line| line.contains(&id)).unwrap();
        let event: Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["reason"], "token-unknown");
        let nowhere = VaultServerConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            journal: Some(file.join("below-no-folder")),
            ..VaultServerConfig::default()
        };
        let refused = VaultServer::start(nowhere).await.err();
        assert!(
            matches!(refused, Some(LabError::JournalFile { .. })),
            "{refused:?}"
        );
    }

    #[tokio::test]
    async fn its_journal_is_asked_at_a_port_of_its_own() {
        let server = VaultServer::start(VaultServerConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            ..VaultServerConfig::default()
        })
        .await
        .unwrap();
        ask(&server, "toor").await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let get = |path: &str| client.get(format!("{}{path}", server.control_url())).send();
        let health = get("/_lab/health").await.unwrap();
        assert_eq!(health.status(), StatusCode::OK);
        let refused = get("/_lab/journal?outcome=refused&last=1").await.unwrap();
        let event: Value = refused.json().await.unwrap();
        assert_eq!(event["reason"], "token-unknown");
        for (path, status) in [
            ("/_lab/clock", StatusCode::NOT_FOUND),
            ("/_lab/journal?issuer=a", StatusCode::BAD_REQUEST),
            ("/_lab/health?last=1", StatusCode::BAD_REQUEST),
        ] {
            assert_eq!(get(path).await.unwrap().status(), status, "{path}");
        }
        // A page of another origin does not reach it.
        let url = format!("{}/_lab/journal", server.control_url());
        let foreign = client.get(url).header("origin", "https://evil.example");
        let foreign = foreign.send().await.unwrap();
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn a_control_port_that_is_taken_is_another_one_only_where_it_was_not_asked_for() {
        let config = |control| VaultServerConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            control,
            ..VaultServerConfig::default()
        };
        let first = VaultServer::start(config(ControlPort::Exactly(0)))
            .await
            .unwrap();
        let port = first.control.port();
        let other = VaultServer::start(config(ControlPort::Preferably(port))).await;
        assert_ne!(other.unwrap().control.port(), port);
        let Err(error) = VaultServer::start(config(ControlPort::Exactly(port))).await else {
            panic!("two servers have one port");
        };
        assert!(error.to_string().contains("--control-port"), "{error}");
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_refused_by_its_option() {
        let config = || VaultServerConfig {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            ..VaultServerConfig::default()
        };
        let first = VaultServer::start(config()).await.unwrap();
        let taken = VaultServerConfig {
            listen: first.address,
            ..config()
        };
        let Err(error) = VaultServer::start(taken).await else {
            panic!("two servers have one port");
        };
        assert!(error.to_string().contains("--listen"), "{error}");
    }
}
