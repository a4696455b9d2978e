//! Waiting for a container: by its health endpoint, again at each line that it logs and at least
//! every [`PAUSE_MS`] milliseconds, until it is healthy, it has exited, or its time is up.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use testcontainers::bollard::container::LogOutput;
use testcontainers::bollard::errors::Error as DockerError;
use testcontainers::bollard::query_parameters::{InspectContainerOptions, LogsOptionsBuilder};

use crate::engine::{Engine, is_missing};
use crate::error::ContainerError;
use crate::image::Service;

/// How many log lines an error shows.
const LOG_LINE_COUNT: usize = 40;
/// The longest time between two health requests to a container that says nothing.
const PAUSE_MS: u64 = 50;
/// How long one health request may take.
const REQUEST_DEADLINE_MS: u64 = 2_000;
/// Health answers are small; more is none.
const ANSWER_LIMIT_BYTES: usize = 1 << 20;

/// How long a container may take until it is healthy, in seconds, where the environment does not
/// say otherwise.
const START_DEADLINE_S: u64 = 120;
/// The variable that says otherwise.
const START_DEADLINE_VARIABLE: &str = "AUTHLAB_START_DEADLINE_S";

/// How long a container may take until it is healthy.
pub(crate) fn start_deadline() -> Result<Duration, ContainerError> {
    match std::env::var(START_DEADLINE_VARIABLE) {
        Ok(text) if !text.is_empty() => {
            text.parse()
                .map(Duration::from_secs)
                .map_err(|_| ContainerError::BadVariable {
                    variable: START_DEADLINE_VARIABLE.to_owned(),
                    value: text,
                    expected: "number of seconds",
                })
        }
        _ => Ok(Duration::from_secs(START_DEADLINE_S)),
    }
}

/// A container that is being waited for.
pub(crate) struct Awaited<'a> {
    pub engine: &'a Engine,
    pub service: Service,
    pub image: &'a str,
    /// Name or id.
    pub container: &'a str,
    /// Answers 200 as soon as the container is of use.
    pub health_url: &'a str,
    pub deadline: Duration,
}

impl Awaited<'_> {
    /// Returns when the container is healthy.
    ///
    /// # Errors
    /// [`ContainerError::Exited`] and [`ContainerError::NeverHealthy`], with the last log lines.
    pub async fn until_healthy(&self) -> Result<(), ContainerError> {
        let mut last = "not asked yet".to_owned();
        let waited = tokio::time::timeout(self.deadline, self.watch(&mut last)).await;
        match waited {
            Ok(result) => result,
            Err(_) => Err(ContainerError::NeverHealthy {
                service: self.service,
                image: self.image.to_owned(),
                deadline_s: self.deadline.as_secs(),
                last,
                logs: last_lines(self.engine, self.container).await,
            }),
        }
    }

    async fn watch(&self, last: &mut String) -> Result<(), ContainerError> {
        let options = LogsOptionsBuilder::new()
            .follow(true)
            .stdout(true)
            .stderr(true)
            .build();
        let mut lines = Box::pin(self.engine.docker().logs(self.container, Some(options)));
        loop {
            match status_of(self.health_url).await {
                Ok(200) => return Ok(()),
                Ok(status) => *last = format!("{} answered {status}", self.health_url),
                Err(reason) => *last = format!("{}: {reason}", self.health_url),
            }
            if pause(&mut lines).await == Pause::LogEnded
                && let Some(code) = exit_code(self.engine, self.container).await?
            {
                return Err(ContainerError::Exited {
                    service: self.service,
                    image: self.image.to_owned(),
                    code,
                    logs: last_lines(self.engine, self.container).await,
                });
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Pause {
    Over,
    LogEnded,
}

/// Ends at the next thing that the container logs, at the end of its log, or after [`PAUSE_MS`].
async fn pause(lines: &mut (impl Stream<Item = Result<LogOutput, DockerError>> + Unpin)) -> Pause {
    match tokio::time::timeout(Duration::from_millis(PAUSE_MS), lines.next()).await {
        Ok(Some(Ok(_))) | Err(_) => Pause::Over,
        Ok(Some(Err(_)) | None) => {
            // The stream is over at once from here on: wait for what never comes, bounded.
            let never = std::future::pending::<()>();
            let _elapsed = tokio::time::timeout(Duration::from_millis(PAUSE_MS), never).await;
            Pause::LogEnded
        }
    }
}

/// The exit code of a container that no longer runs. A container that the engine does not know
/// (any more) has exited too.
pub(crate) async fn exit_code(
    engine: &Engine,
    container: &str,
) -> Result<Option<i64>, ContainerError> {
    const UNKNOWN_EXIT_CODE: i64 = -1;
    let inspected = engine
        .docker()
        .inspect_container(container, None::<InspectContainerOptions>)
        .await;
    match inspected {
        Ok(found) => {
            let state = found.state.unwrap_or_default();
            let is_running = state.running.unwrap_or(false);
            Ok((!is_running).then(|| state.exit_code.unwrap_or(UNKNOWN_EXIT_CODE)))
        }
        Err(error) if is_missing(&error) => Ok(Some(UNKNOWN_EXIT_CODE)),
        Err(error) => Err(engine.failed(format!("looking at the container `{container}`"), error)),
    }
}

/// The container's last log lines, or why there are none.
pub(crate) async fn last_lines(engine: &Engine, container: &str) -> String {
    let options = LogsOptionsBuilder::new()
        .stdout(true)
        .stderr(true)
        .tail(&LOG_LINE_COUNT.to_string())
        .build();
    let mut stream = Box::pin(engine.docker().logs(container, Some(options)));
    let mut lines = VecDeque::new();
    while let Some(item) = stream.next().await {
        match item {
            Ok(output) => lines.push_back(output.to_string().trim_end().to_owned()),
            Err(error) => {
                lines.push_back(format!("(no more log: {error})"));
                break;
            }
        }
        if lines.len() > LOG_LINE_COUNT {
            lines.pop_front();
        }
    }
    if lines.is_empty() {
        return "  (it logged nothing)".to_owned();
    }
    lines
        .iter()
        .map(|line| format!("  | {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The status that a GET of `url` is answered with, once the answer was read to its end.
async fn status_of(url: &str) -> Result<u16, String> {
    let client: Client<HttpConnector, Empty<Bytes>> =
        Client::builder(TokioExecutor::new()).build_http();
    let request = http::Request::builder()
        .uri(url)
        .body(Empty::new())
        .map_err(|error| error.to_string())?;
    let exchange = async {
        let response = client
            .request(request)
            .await
            .map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), ANSWER_LIMIT_BYTES).collect();
        body.await.map_err(|error| error.to_string())?;
        Ok(status)
    };
    match tokio::time::timeout(Duration::from_millis(REQUEST_DEADLINE_MS), exchange).await {
        Ok(result) => result,
        Err(_) => Err(format!("no answer within {REQUEST_DEADLINE_MS} ms")),
    }
}
