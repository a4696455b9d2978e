//! Servers behind the gateway, and names that do not answer.

use cucumber::gherkin::Step;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, path},
};

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

/// Lets an upstream answer one path in another way than all others.
///
/// Example: Given http://reports.internal.example/daily answers 503 with:
#[given("{url} answers {int} with:")]
async fn upstream_path_answers(
    world: &mut World,
    url: Url,
    status: u16,
    step: &Step,
) -> StepResult {
    let body = argument::document(world, step)?;
    let uri: http::Uri = url.parse()?;
    let base = format!("{}://{}", uri.scheme_str().unwrap_or("http"), host(&url)?);
    let upstream = world.things.get::<Upstream>(&base)?;
    let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
    let of_path = Mock::given(path(uri.path())).respond_with(answer);
    // Before what answers everything alike.
    of_path.with_priority(1).mount(&upstream.server).await;
    Ok(())
}

/// Compares a header of the last request that reached an upstream; a `*` stands for any text.
///
/// Example: Then the upstream http://reports.internal.example was sent the header "x-tenant" "shop"
#[then("the upstream {url} was sent the header {string} {string}")]
async fn upstream_was_sent(
    world: &mut World,
    url: Url,
    name: String,
    expected: String,
) -> StepResult {
    let expected = world.filled(&expected)?;
    let found = last_header(world, &url, &name).await?;
    let found = found.unwrap_or_else(|| "none".to_owned());
    if is_like(&expected, &found) {
        return Ok(());
    }
    expect_equal(&format!("the header {name}"), &expected, &found)
}

/// The last request that reached an upstream lacks a header.
///
/// Example: Then the upstream http://reports.internal.example was sent no header "authorization"
#[then("the upstream {url} was sent no header {string}")]
async fn upstream_was_not_sent(world: &mut World, url: Url, name: String) -> StepResult {
    match last_header(world, &url, &name).await? {
        None => Ok(()),
        Some(found) => Err(StepError::new(format!(
            "the upstream was sent the header `{name}`: {found}"
        ))),
    }
}

/// A header of the last request that reached an upstream.
async fn last_header(world: &World, url: &str, name: &str) -> StepResult<Option<String>> {
    let server = &world.things.get::<Upstream>(url)?.server;
    let requests = server.received_requests().await.unwrap_or_default();
    let last = requests.last();
    let last = last.ok_or_else(|| StepError::new(format!("nothing reached {url}")))?;
    let found = last.headers.get(name);
    Ok(found
        .map(|value| value.to_str())
        .transpose()?
        .map(str::to_owned))
}

/// Whether a text is like a pattern, in which `*` stands for any text.
fn is_like(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(before) else {
        return false;
    };
    (0..=rest.len())
        .filter_map(|start| rest.get(start..))
        .any(|rest| is_like(after, rest))
}

/// The host of a URL, with its port if it names one.
fn host(url: &str) -> StepResult<String> {
    let uri: http::Uri = url.parse()?;
    let authority = uri
        .authority()
        .map(|authority| authority.as_str().to_owned());
    authority.ok_or_else(|| StepError::new(format!("`{url}` has no host")))
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, is) in [
            ("a", "a", true),
            ("a", "ab", false),
            ("a*", "ab", true),
            ("Root=1-*;Self=*", "Root=1-x;Self=y", true),
            ("Root=1-*;Self=*", "Root=1-x", false),
            ("*b", "abab", true),
            ("*", "", true),
        ] {
            assert_eq!(is_like(pattern, text), is, "{pattern} {text}");
        }
    }
}
