//! The Docker engine: where it is, whether this user may use it, and what it has.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use testcontainers::bollard::{API_DEFAULT_VERSION, Docker, errors::Error as DockerError};
use testcontainers::core::client::{ClientError, docker_client_instance};

use crate::error::ContainerError;

/// How long the engine may take for one answer, in seconds. Pulls are streams and not bound by it.
const ANSWER_DEADLINE_S: u64 = 120;

/// The variable that says under which address published ports are reached, where that is not the
/// engine's own: a run inside a container beside its siblings, a forwarded socket.
const ADDRESS_VARIABLE: &str = "AUTHLAB_ENGINE_ADDRESS";

/// A connection to the Docker engine. Made per use: its connections belong to the runtime that
/// opened them, and a set outlives the runtime of one scenario.
#[derive(Clone)]
pub struct Engine {
    docker: Docker,
    host: String,
}

/// What the engine says about itself.
#[derive(Debug, Clone)]
pub struct EngineFacts {
    /// Version of the engine.
    pub version: String,
    /// Version of its API.
    pub api_version: String,
    /// Operating system and architecture.
    pub platform: String,
    /// Memory of its machine, in bytes.
    pub memory_bytes: u64,
    /// Processors of its machine.
    pub processor_count: u32,
}

impl Engine {
    /// The engine that DOCKER_HOST names, or the one behind the usual sockets.
    ///
    /// # Errors
    /// [`ContainerError::NoEngine`] and [`ContainerError::NoPermission`].
    pub async fn find() -> Result<Self, ContainerError> {
        let host = host();
        // The client that testcontainers uses too, so that both speak to the same engine.
        let docker = docker_client_instance()
            .await
            .map_err(|error| match error {
                ClientError::Init(error) => explain(&host, &error),
                other => ContainerError::NoEngine {
                    host: host.clone(),
                    reason: other.to_string(),
                },
            })?;
        Self { docker, host }.checked().await
    }

    /// The engine at `host` (`unix:///...` or `tcp://...`), whatever the environment says.
    ///
    /// # Errors
    /// As for [`Engine::find`].
    pub async fn at(host: &str) -> Result<Self, ContainerError> {
        let docker = if host.starts_with("unix://") {
            Docker::connect_with_unix(host, ANSWER_DEADLINE_S, API_DEFAULT_VERSION)
        } else {
            Docker::connect_with_http(host, ANSWER_DEADLINE_S, API_DEFAULT_VERSION)
        };
        let docker = docker.map_err(|error| explain(host, &error))?;
        Self {
            docker,
            host: host.to_owned(),
        }
        .checked()
        .await
    }

    async fn checked(self) -> Result<Self, ContainerError> {
        match self.docker.ping().await {
            Ok(_) => Ok(self),
            Err(error) => Err(explain(&self.host, &error)),
        }
    }

    /// Where the engine is.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What the engine says about itself.
    ///
    /// # Errors
    /// [`ContainerError::Engine`].
    pub async fn facts(&self) -> Result<EngineFacts, ContainerError> {
        let version = self.docker.version().await;
        let version = version.map_err(|error| self.failed("asking for its version", error))?;
        let info = self.docker.info().await;
        let info = info.map_err(|error| self.failed("asking for its state", error))?;
        let text = |value: Option<String>| value.unwrap_or_else(|| "unknown".to_owned());
        Ok(EngineFacts {
            version: text(version.version),
            api_version: text(version.api_version),
            platform: format!("{}/{}", text(version.os), text(version.arch)),
            memory_bytes: info
                .mem_total
                .and_then(|bytes| u64::try_from(bytes).ok())
                .unwrap_or(0),
            processor_count: info
                .ncpu
                .and_then(|count| u32::try_from(count).ok())
                .unwrap_or(0),
        })
    }

    /// The address under which published ports are reached from here.
    pub fn address(&self) -> String {
        if let Ok(address) = std::env::var(ADDRESS_VARIABLE)
            && !address.is_empty()
        {
            return address;
        }
        remote_address(&self.host).unwrap_or_else(|| Ipv4Addr::LOCALHOST.to_string())
    }

    /// Where the engine publishes ports: on loopback alone when it is on this machine.
    pub(crate) fn publish_address(&self) -> IpAddr {
        if self.is_local() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv4Addr::UNSPECIFIED.into()
        }
    }

    /// Whether the engine is on this machine, as far as its address tells.
    pub fn is_local(&self) -> bool {
        std::env::var_os(ADDRESS_VARIABLE).is_none() && remote_address(&self.host).is_none()
    }

    pub(crate) fn docker(&self) -> &Docker {
        &self.docker
    }

    /// The error for an answer of the engine while `doing`.
    pub(crate) fn failed(&self, doing: impl Into<String>, error: DockerError) -> ContainerError {
        match explain(&self.host, &error) {
            ContainerError::NoEngine { .. } if !is_connection_fault(&error) => {
                ContainerError::engine(doing, error)
            }
            explained => explained,
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Engine")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// Whether the engine answered that the thing does not exist.
pub(crate) fn is_missing(error: &DockerError) -> bool {
    matches!(
        error,
        DockerError::DockerResponseServerError {
            status_code: 404,
            ..
        }
    )
}

/// Where the engine is: DOCKER_HOST, else the first of the usual sockets that exists. The order is
/// that of testcontainers, which reads the same.
pub fn host() -> String {
    if let Ok(host) = std::env::var("DOCKER_HOST")
        && !host.is_empty()
    {
        return host;
    }
    let system = "/var/run/docker.sock";
    let under = |variable: &str, path: &str| {
        std::env::var(variable)
            .ok()
            .map(|folder| format!("{folder}/{path}"))
    };
    [
        Some(system.to_owned()),
        under("XDG_RUNTIME_DIR", ".docker/run/docker.sock"),
        under("HOME", ".docker/run/docker.sock"),
        under("HOME", ".docker/desktop/docker.sock"),
    ]
    .into_iter()
    .flatten()
    .find(|path| Path::new(path).exists())
    .map_or_else(
        || format!("unix://{system}"),
        |path| format!("unix://{path}"),
    )
}

/// The machine that `tcp://machine:port` names; `None` for sockets and for loopback.
fn remote_address(host: &str) -> Option<String> {
    let (scheme, rest) = host.split_once("://")?;
    if !matches!(scheme, "tcp" | "http" | "https") {
        return None;
    }
    let authority = rest.split('/').next().unwrap_or(rest);
    let name = authority
        .rsplit_once(':')
        .map_or(authority, |(name, _)| name);
    let is_loopback = name == "localhost"
        || name
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    (!is_loopback).then(|| name.to_owned())
}

fn explain(host: &str, error: &DockerError) -> ContainerError {
    let reason = causes(error);
    let host = host.to_owned();
    if reason.to_lowercase().contains("permission denied") {
        return ContainerError::NoPermission { host };
    }
    ContainerError::NoEngine { host, reason }
}

/// Whether the engine was not reached at all; everything else is an answer of it.
fn is_connection_fault(error: &DockerError) -> bool {
    matches!(
        error,
        DockerError::HyperResponseError { .. }
            | DockerError::HyperLegacyError { .. }
            | DockerError::SocketNotFoundError(_)
            | DockerError::RequestTimeoutError
            | DockerError::IOError { .. }
    )
}

/// The error with what caused it: the outermost text alone says only that a request failed.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_machine_is_remote() {
        let table = [
            ("unix:///var/run/docker.sock", None),
            ("tcp://127.0.0.1:2375", None),
            ("tcp://localhost:2375", None),
            ("tcp://[::1]:2375", None),
            ("tcp://engine.example:2376", Some("engine.example")),
            ("https://192.0.2.7:2376", Some("192.0.2.7")),
        ];
        for (host, expected) in table {
            assert_eq!(remote_address(host).as_deref(), expected, "{host}");
        }
    }

    #[tokio::test]
    async fn no_engine_is_said_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let host = format!("unix://{}/none.sock", folder.path().display());
        let error = Engine::at(&host).await.unwrap_err();
        assert!(
            matches!(error, ContainerError::NoEngine { .. }),
            "{error:?}"
        );
        let text = error.to_string();
        assert!(
            text.contains("none.sock") && text.contains("set DOCKER_HOST"),
            "{text}"
        );

        let error = Engine::at("tcp://127.0.0.1:1").await.unwrap_err();
        assert!(
            matches!(error, ContainerError::NoEngine { .. }),
            "{error:?}"
        );
    }

    #[test]
    fn a_refused_socket_is_told_from_a_missing_one() {
        let refused = DockerError::IOError {
            err: std::io::Error::from(std::io::ErrorKind::PermissionDenied),
        };
        let error = explain("unix:///var/run/docker.sock", &refused);
        assert!(
            matches!(error, ContainerError::NoPermission { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("group `docker`"), "{error}");
    }
}
