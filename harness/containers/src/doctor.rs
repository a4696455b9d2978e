//! What is there and what is missing, with the command that mends it.

use std::process::{Command, Stdio};

use crate::engine::Engine;
use crate::error::ContainerError;
use crate::image::{ImageSpec, Service};

/// LocalStack alone takes half of this after its first use.
const MEMORY_NEED_BYTES: u64 = 1 << 30;
const MEBIBYTE: u64 = 1 << 20;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Good,
    /// Usable, with what the finding says.
    Doubtful,
    /// Not usable.
    Missing,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub detail: String,
    /// What to do about it.
    pub mend: Option<String>,
}

impl Finding {
    fn good(what: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            state: State::Good,
            detail: detail.into(),
            mend: None,
        }
    }

    fn bad(
        what: impl Into<String>,
        state: State,
        detail: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self {
            what: what.into(),
            state,
            detail: detail.into(),
            mend: Some(mend.into()),
        }
    }
}

/// Looks at the engine, its memory, the images, and the ports that the environment asks for.
pub async fn doctor() -> Vec<Finding> {
    examine(Engine::find().await).await
}

/// [`doctor`] for an engine that was looked for already.
pub async fn examine(engine: Result<Engine, ContainerError>) -> Vec<Finding> {
    let engine = match engine {
        Ok(engine) => engine,
        Err(error) => {
            // The error ends with what to do.
            let text = error.to_string();
            let (detail, mend) = text
                .rsplit_once(": ")
                .unwrap_or((&text, "start a Docker engine"));
            return vec![Finding::bad("engine", State::Missing, detail, mend)];
        }
    };
    let mut findings = of_engine(&engine).await;
    for service in Service::ALL {
        findings.push(of_image(&engine, service).await);
        findings.extend(of_port(service.image()));
    }
    findings.push(of_reaper());
    findings
}

async fn of_engine(engine: &Engine) -> Vec<Finding> {
    let facts = match engine.facts().await {
        Ok(facts) => facts,
        Err(error) => {
            let detail = error.to_string();
            return vec![Finding::bad(
                "engine",
                State::Missing,
                detail,
                "restart the engine",
            )];
        }
    };
    let version = format!(
        "{} (API {}, {}) at {}",
        facts.version,
        facts.api_version,
        facts.platform,
        engine.host()
    );
    let memory = format!(
        "{} MiB, {} processors",
        facts.memory_bytes / MEBIBYTE,
        facts.processor_count
    );
    let memory = if facts.memory_bytes >= MEMORY_NEED_BYTES {
        Finding::good("memory", memory)
    } else {
        let need = format!(
            "give the engine's machine {} MiB",
            MEMORY_NEED_BYTES / MEBIBYTE
        );
        Finding::bad("memory", State::Doubtful, memory, need)
    };
    vec![Finding::good("engine", version), memory]
}

async fn of_image(engine: &Engine, service: Service) -> Finding {
    let spec = service.image();
    let what = format!("image of {}", service.slug());
    let candidates = match spec.candidates() {
        Ok(candidates) => candidates,
        Err(error) => {
            let mend = format!("correct or unset {}", spec.image_variable);
            return Finding::bad(what, State::Missing, error.to_string(), mend);
        }
    };
    for name in &candidates {
        match engine.has_image(name).await {
            Ok(true) => return Finding::good(what, name.to_string()),
            Ok(false) => {}
            Err(error) => {
                return Finding::bad(
                    what,
                    State::Missing,
                    error.to_string(),
                    "restart the engine",
                );
            }
        }
    }
    let names: Vec<String> = candidates.iter().map(|name| format!("`{name}`")).collect();
    let detail = format!("{} not there", names.join(" and "));
    // Without a recipe the service is one that this project can do without.
    let (state, mend) = match spec.local {
        Some(_) => (State::Missing, "cargo ci images".to_owned()),
        None => (State::Doubtful, format!("docker pull {}", spec.vendor)),
    };
    Finding::bad(what, state, detail, mend)
}

/// Only a port that was asked for can be taken; otherwise the engine picks a free one.
fn of_port(spec: &ImageSpec) -> Option<Finding> {
    let what = format!("port of {}", spec.service.slug());
    match spec.fixed_port() {
        Ok(None) => None,
        Ok(Some(port)) => Some(match std::net::TcpListener::bind(("127.0.0.1", port)) {
            Ok(_) => Finding::good(what, format!("{port} is free")),
            Err(error) => {
                let mend = format!("stop what listens there, or unset {}", spec.port_variable);
                Finding::bad(what, State::Missing, format!("{port}: {error}"), mend)
            }
        }),
        Err(error) => {
            let mend = format!("correct or unset {}", spec.port_variable);
            Some(Finding::bad(what, State::Missing, error.to_string(), mend))
        }
    }
}

/// The `docker` command is of use for one thing only.
fn of_reaper() -> Finding {
    let mut command = Command::new("docker");
    let has_command = command
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let what = "removal after a kill";
    if has_command {
        return Finding::good(what, "at once, by the `docker` command");
    }
    let detail = "no `docker` command: what a killed run leaves is removed at the next start";
    Finding::bad(
        what,
        State::Doubtful,
        detail,
        "install the Docker command line",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_an_engine_the_one_finding_says_what_to_do() {
        let findings = examine(Engine::at("unix:///nonexistent/docker.sock").await).await;
        let [finding] = findings.as_slice() else {
            panic!("{findings:?}")
        };
        assert_eq!(
            (finding.what.as_str(), finding.state),
            ("engine", State::Missing)
        );
        assert!(
            finding
                .detail
                .starts_with("no Docker engine answers at `unix:///nonexistent"),
            "{finding:?}"
        );
        let mend = "start one, set DOCKER_HOST, or run on the embedded backend";
        assert_eq!(finding.mend.as_deref(), Some(mend));
    }
}
