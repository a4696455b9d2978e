//! One case against one fresh server.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use authlab_http::{Client, Limits, Listener, Running};
use authlab_kernel::{Clock, Component, Faults, Folder, Ids, Journal, Timestamp};
use authlab_vault::{Flavour, Vault, VaultConfig};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use thiserror::Error;

use super::audit::AuditFiles;
use super::case::{Case, Kind, Step};
use super::context::Context;
use super::upstream::{Upstream, distinct_forwarded};
use super::{answer, token};
use crate::wire::{Answer, exchange};

/// When every case begins.
const START: &str = "2026-01-01T00:00:00Z";

/// Cases with long bodies are among them.
const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// Why a case could not be replayed to its end.
#[derive(Debug, Error)]
pub enum ReplayError {
    /// No server.
    #[error("the embedded server does not start: {0}")]
    Server(String),
    /// No folder, no port, no connection.
    #[error("the replay cannot go on: {0}")]
    System(#[from] io::Error),
    /// The clock.
    #[error("the clock does not move: {0}")]
    Clock(String),
}

/// What differs in a case.
pub async fn run(
    case: &Case,
    keys: &Map<String, Value>,
    flavour: Flavour,
) -> Result<Vec<String>, ReplayError> {
    let mut replay = Replay::start(case, keys, flavour).await?;
    let mut differences = Vec::new();
    for (at, step) in case.steps.iter().enumerate() {
        let (place, found) = replay.step(step).await?;
        let found = found.into_iter();
        differences.extend(found.map(|found| format!("step {}{place}: {found}", at + 1)));
    }
    replay.running.stop().await;
    Ok(differences)
}

struct Replay<'a> {
    case: &'a Case,
    keys: &'a Map<String, Value>,
    clock: Clock,
    address: SocketAddr,
    running: Running,
    upstream: Option<Upstream>,
    context: Context,
    audit: AuditFiles<'a>,
    _folder: TempDir,
}

impl<'a> Replay<'a> {
    async fn start(
        case: &'a Case,
        keys: &'a Map<String, Value>,
        flavour: Flavour,
    ) -> Result<Self, ReplayError> {
        let server = |error: &dyn std::fmt::Display| ReplayError::Server(error.to_string());
        let folder = TempDir::new()?;
        let clock = Clock::standing(START.parse::<Timestamp>().map_err(|error| server(&error))?);
        let journal = Journal::new(clock.clone());
        let outbound = Arc::new(Client::new(journal.clone(), Faults::default()));
        let config = VaultConfig {
            flavour,
            files: Some(Folder::at(folder.path())),
            ..VaultConfig::default()
        };
        let component = clock.component(Component::Vault);
        let vault = Vault::new(config, component, Ids::new(1), journal, outbound);
        let vault = vault.map_err(|error| server(&error))?;
        // That of the initialisation: one that was chosen is another kind of token in some flavours.
        let root_token = vault.root_token().expose_secret().to_owned();
        let listener = Listener::bind(
            "vault",
            SocketAddr::from(([127, 0, 0, 1], 0)),
            "--vault-port",
        );
        let listener = listener.await.map_err(|error| server(&error))?;
        let address = listener.address();
        let limits = Limits {
            body_bytes_max: BODY_BYTES_MAX,
            ..Limits::default()
        };
        let running = listener.serve(limits, vault);
        // The reference was a production server: nothing is mounted at `secret/`.
        let root = [("X-Vault-Token".to_owned(), root_token.clone())];
        exchange(address, "DELETE", "/v1/sys/mounts/secret", &root, None).await?;

        let mut context = Context::default();
        let mut set = |name: &str, value: String| context.env.insert(name.to_owned(), value);
        set("ADDR", format!("http://{address}"));
        set("AUDIT_DIR", folder.path().display().to_string());
        let upstream = match &case.upstream {
            Some(routes) => Some(Upstream::start(routes).await?),
            None => None,
        };
        if let Some(upstream) = &upstream {
            set("UPSTREAM", upstream.url());
            set("UPSTREAM_HOST", upstream.host());
        }
        context.vars.insert("root".to_owned(), json!(root_token));
        Ok(Self {
            case,
            keys,
            clock,
            address,
            running,
            upstream,
            context,
            audit: AuditFiles::new(folder.path(), &case.audit_files),
            _folder: folder,
        })
    }

    /// What differs at a step, and its place: what was asked.
    async fn step(&mut self, step: &Step) -> Result<(String, Vec<String>), ReplayError> {
        if let Some(seconds) = step.advance_seconds {
            let moved = self.clock.advance_seconds(seconds).await;
            moved.map_err(|error| ReplayError::Clock(error.to_string()))?;
        }
        if let Some(routes) = &step.upstream {
            let Some(upstream) = &self.upstream else {
                return Ok((String::new(), vec!["the case has no stub".to_owned()]));
            };
            upstream.set_routes(routes);
        }
        match (step.kind(), &step.method, &step.path) {
            (Some(Kind::Request), Some(method), Some(path)) => {
                let path = self.filled_text(path);
                let found = match path {
                    Ok(path) => self.request(step, method, &path).await?,
                    Err(error) => vec![error],
                };
                Ok((
                    format!(" {method} {}", step.path.as_deref().unwrap_or_default()),
                    found,
                ))
            }
            (Some(Kind::Sql), ..) => {
                let what = "SQL is not replayed: the engine `database` is not simulated, and no PostgreSQL is asked";
                Ok((String::new(), vec![what.to_owned()]))
            }
            (Some(Kind::Alone), ..) => Ok((String::new(), Vec::new())),
            _ => Ok((String::new(), vec!["a step of no known kind".to_owned()])),
        }
    }

    async fn request(
        &mut self,
        step: &Step,
        method: &str,
        path: &str,
    ) -> Result<Vec<String>, ReplayError> {
        if let Some(upstream) = &self.upstream {
            upstream.take_forwarded();
        }
        let made = self
            .headers(step)
            .and_then(|headers| Ok((headers, self.body(step)?)));
        let (headers, body) = match made {
            Ok(made) => made,
            Err(error) => return Ok(vec![error]),
        };
        let answer = exchange(self.address, method, path, &headers, body).await?;
        self.capture(step, &answer);
        let mut found = answer::differences(&mut self.context, &step.expect, &answer);
        if let Some(expected) = &step.expect.upstream_requests {
            let actual = self.upstream.as_ref().map(Upstream::take_forwarded);
            let actual = Value::from(actual.unwrap_or_default());
            let expected = Value::from(distinct_forwarded(expected));
            found.extend(self.context.differences(&expected, &actual, "upstream"));
        }
        // Lines are read at each step, so that each has its own.
        let lines = self.audit.new_lines();
        if let Some(expected) = &step.expect.audit {
            found.extend(self.context.differences(expected, &lines, "audit"));
        }
        Ok(found)
    }

    fn capture(&mut self, step: &Step, answer: &Answer) {
        let Some(body) = answer.json() else { return };
        for (name, pointer) in &step.capture {
            if let Some(value) = body.pointer(pointer) {
                self.context.vars.insert(name.clone(), value.clone());
            }
        }
    }

    /// Fills something in, with tokens that are signed now.
    fn fill<T>(
        &self,
        fill: impl FnOnce(&Context, &dyn Fn(&str) -> String) -> T,
    ) -> Result<T, String> {
        let now = self.clock.now().as_second();
        let errors = RefCell::new(Vec::new());
        let jwt = |name: &str| {
            let nothing = || format!("the case has no token `{name}`");
            let specification = self.case.jwts.get(name).ok_or_else(nothing);
            let signed = specification.and_then(|specification| {
                let filled = self.context.filled(specification, &|_| String::new());
                token::sign(&filled, self.keys, now)
            });
            signed.unwrap_or_else(|error| {
                errors.borrow_mut().push(error);
                String::new()
            })
        };
        let filled = fill(&self.context, &jwt);
        match errors.into_inner().into_iter().next() {
            None => Ok(filled),
            Some(error) => Err(error),
        }
    }

    fn filled_text(&self, text: &str) -> Result<String, String> {
        self.fill(|context, jwt| context.text(text, jwt))
    }

    fn filled(&self, value: &Value) -> Result<Value, String> {
        self.fill(|context, jwt| context.filled(value, jwt))
    }

    fn headers(&self, step: &Step) -> Result<Vec<(String, String)>, String> {
        let mut headers = Vec::new();
        if let Some(name) = &step.caller {
            let token = self.context.vars.get(name).and_then(Value::as_str);
            let token = token.unwrap_or_default().to_owned();
            headers.push(("X-Vault-Token".to_owned(), token));
        }
        for (name, value) in &step.headers {
            if name.eq_ignore_ascii_case("x-vault-token") {
                headers.clear();
            }
            let values = match self.filled(value)? {
                Value::Array(values) => values,
                single => vec![single],
            };
            for value in values {
                let value = value
                    .as_str()
                    .ok_or_else(|| format!("header {name}: no text"))?;
                headers.push((name.clone(), value.to_owned()));
            }
        }
        Ok(headers)
    }

    fn body(&self, step: &Step) -> Result<Option<Vec<u8>>, String> {
        if let Some(raw) = &step.body_raw {
            return Ok(Some(self.filled_text(raw)?.into_bytes()));
        }
        if let Some(repeat) = &step.body_repeat {
            let units = repeat.unit.repeat(repeat.count);
            let body = format!("{}{units}{}", repeat.prefix, repeat.suffix);
            return Ok(Some(body.into_bytes()));
        }
        match &step.body {
            Some(body) => Ok(Some(self.filled(body)?.to_string().into_bytes())),
            None => Ok(None),
        }
    }
}
