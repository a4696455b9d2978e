//! Servers behind the gateway, and names that do not answer.

use cucumber::gherkin::Step;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::argument;
use crate::{
    World,
    error::{StepError, StepResult, expect_equal},
    given,
    params::Url,
    then,
    things::upstream::Upstream,
};

/// Starts a server that answers everything alike, and lets the name lead to it.
///
/// Example: Given the upstream http://reports.internal.example answers 200 with:
#[given("the upstream {url} answers {int} with:")]
async fn upstream_answers(world: &mut World, url: Url, status: u16, step: &Step) -> StepResult {
    let body = argument::document(world, step)?;
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    world.lab().map_name(&host(&url)?, &server.uri())?;
    world.things.set(Upstream {
        url: url.to_string(),
        server,
    });
    Ok(())
}

/// Counts what reached an upstream.
///
/// Example: Then the upstream http://reports.internal.example was called 1 time
#[then("the upstream {url} was called {int} time(s)")]
async fn upstream_was_called(world: &mut World, url: Url, times: usize) -> StepResult {
    let requests = world
        .things
        .get::<Upstream>(&url)?
        .server
        .received_requests()
        .await;
    let count = requests.map_or(0, |requests| requests.len());
    expect_equal("the number of calls", &times, &count)
}

/// The host of a URL, with its port if it names one.
fn host(url: &str) -> StepResult<String> {
    let uri: http::Uri = url.parse()?;
    let authority = uri
        .authority()
        .map(|authority| authority.as_str().to_owned());
    authority.ok_or_else(|| StepError::new(format!("`{url}` has no host")))
}
