//! The routes of the control API: one table, which dispatch, the answers 404 and 405, `GET /_lab` and
//! the README read.

use authlab_http::Incoming;
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;

use super::asked::{Answer, Asked};
use super::query::Query;
use super::refusal::{Refusal, json_answer};
use super::{body, clock, enforcement, fault, issuer, journal, session};
use crate::running::Core;

/// One method of one path.
pub(super) struct Route {
    pub(super) method: Method,
    pub(super) path: &'static str,
    /// The parameters of its query.
    pub(super) parameters: &'static [&'static str],
    /// Its body, as documentation shows it; empty where it takes none.
    pub(super) body: &'static str,
    /// What it answers.
    pub(super) answer: &'static str,
    handler: for<'a> fn(Asked<'a>) -> BoxFuture<'a, Answer>,
}

/// Every route, in the order in which they are documented.
pub(super) const ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/_lab",
        parameters: &[],
        body: "",
        answer: "the routes, a line each",
        handler: |_| async { Ok(listing()) }.boxed(),
    },
    Route {
        method: Method::GET,
        path: "/_lab/health",
        parameters: &[],
        body: "",
        answer: r#"`{"status":"ready"}`"#,
        handler: |_| {
            async { Ok(json_answer(StatusCode::OK, &json!({ "status": "ready" }))) }.boxed()
        },
    },
    Route {
        method: Method::GET,
        path: "/_lab/clock",
        parameters: &[],
        body: "",
        answer: r#"`{"now","running"}`"#,
        handler: |asked| async move { Ok(clock::answer(asked.core)) }.boxed(),
    },
    Route {
        method: Method::POST,
        path: "/_lab/clock",
        parameters: &[],
        body: r#"`{"advance_seconds":n}`, `{"set":"<rfc3339>"}` or `{"component","offset_seconds"}`"#,
        answer: "the same, once everything that fell due has happened",
        handler: |asked| clock::advance(asked).boxed(),
    },
    Route {
        method: Method::GET,
        path: "/_lab/journal",
        parameters: journal::PARAMETERS,
        body: "",
        answer: "JSON lines; with `wait_ms` as soon as there is one, or none after so long",
        handler: |asked| journal::read(asked).boxed(),
    },
    Route {
        method: Method::POST,
        path: "/_lab/reset",
        parameters: &[],
        body: "",
        answer: r#"`{"now","running"}` of the start"#,
        handler: |asked| clock::reset(asked).boxed(),
    },
    Route {
        method: Method::POST,
        path: "/_lab/oidc/token",
        parameters: &[],
        body: r#"`{"issuer"?,"claims","ttl_seconds"?,"forge"?}`"#,
        answer: r#"`{"token"}`"#,
        handler: |asked| async move { issuer::mint(&asked) }.boxed(),
    },
    Route {
        method: Method::GET,
        path: "/_lab/oidc/keys",
        parameters: issuer::PARAMETERS,
        body: "",
        answer: r#"`{"issuer","kids","signing"}`"#,
        handler: |asked| async move { issuer::keys(&asked) }.boxed(),
    },
    Route {
        method: Method::POST,
        path: "/_lab/oidc/keys",
        parameters: &[],
        body: r#"`{"issuer","step":"publish"}`, or `sign`, `replace`, `retire` with `"kid"?`"#,
        answer: "the same",
        handler: |asked| async move { issuer::rotate(&asked) }.boxed(),
    },
    Route {
        method: Method::POST,
        path: "/_lab/session",
        parameters: &[],
        body: r#"`{"role_arn","session_name"?,"duration_seconds"?,"tags"?,"policy"?,"source_identity"?}`"#,
        answer: r#"`{"arn","access_key_id","secret_access_key","session_token","expires"}`"#,
        handler: |asked| session::give(asked).boxed(),
    },
    Route {
        method: Method::GET,
        path: "/_lab/enforcement",
        parameters: &[],
        body: "",
        answer: r#"`{"enforcement":"enforce"}`, or `audit`"#,
        handler: |asked| async move { Ok(enforcement::answer(asked.core)) }.boxed(),
    },
    Route {
        method: Method::POST,
        path: "/_lab/enforcement",
        parameters: &[],
        body: r#"`{"enforcement":"audit"}`, or `enforce`"#,
        answer: "the same",
        handler: |asked| async move { enforcement::set(&asked) }.boxed(),
    },
    Route {
        method: Method::GET,
        path: "/_lab/faults",
        parameters: &[],
        body: "",
        answer: r#"`{"faults":[…]}`, each with the `calls_so_far` that it was about"#,
        handler: |asked| async move { Ok(fault::list(asked.core)) }.boxed(),
    },
    Route {
        method: Method::POST,
        path: "/_lab/faults",
        parameters: &[],
        body: r#"`{"from"?,"to_host"?,"path"?,"calls"?,"effect"}`"#,
        answer: "the same",
        handler: |asked| async move { fault::add(&asked) }.boxed(),
    },
    Route {
        method: Method::DELETE,
        path: "/_lab/faults",
        parameters: &[],
        body: "",
        answer: "the same, none",
        handler: |asked| async move { fault::clear(&asked) }.boxed(),
    },
];

/// Finds the route of a request, reads its query, and answers.
pub(super) async fn answer(core: &Core, incoming: &Incoming) -> Answer {
    let path = incoming.uri.path();
    let of_path = || ROUTES.iter().filter(|route| route.path == path);
    let Some(route) = of_path().find(|route| route.method == incoming.method) else {
        return Err(no_route(
            path,
            &incoming.method,
            &of_path().collect::<Vec<_>>(),
        ));
    };
    let query = incoming.uri.query().unwrap_or_default();
    let query = Query::read(route.path, route.parameters, query)?;
    if route.body.is_empty() {
        body::nothing(&incoming.body)?;
    }
    let body = &incoming.body;
    (route.handler)(Asked { core, query, body }).await
}

fn no_route(path: &str, method: &Method, of_path: &[&Route]) -> Refusal {
    if of_path.is_empty() {
        let mut paths: Vec<&str> = ROUTES.iter().map(|route| route.path).collect();
        paths.dedup();
        let (last, others) = paths.split_last().unwrap_or((&"", &[]));
        return Refusal::of(
            StatusCode::NOT_FOUND,
            format!("`{path}` is not here: give {} or {last}", others.join(", ")),
        );
    }
    let methods: Vec<&str> = of_path.iter().map(|route| route.method.as_str()).collect();
    let mut refusal = Refusal::of(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("`{method}` is not a method of `{path}`"),
    );
    refusal.allow = HeaderValue::from_str(&methods.join(", ")).ok();
    refusal
}

/// A row of a table of the routes: request, parameters or body, answer.
fn line(route: &Route) -> String {
    let parameters: Vec<String> = route
        .parameters
        .iter()
        .map(|name| format!("`{name}=`"))
        .collect();
    let takes = match route.body {
        "" => parameters.join(", "),
        body => body.to_owned(),
    };
    format!(
        "| `{} {}` | {takes} | {} |",
        route.method, route.path, route.answer
    )
}

fn listing() -> Response<Bytes> {
    let lines: String = ROUTES.iter().map(|route| line(route) + "\n").collect();
    let mut response = Response::new(Bytes::from(lines));
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_shows_the_routes_as_they_are() {
        let readme = include_str!("../../../../README.md");
        for route in ROUTES {
            let line = line(route);
            assert!(readme.contains(&line), "the README has no line {line}");
        }
        let shown = readme
            .lines()
            .filter(|line| line.contains(" /_lab") && line.starts_with("| `"));
        assert_eq!(
            shown.count(),
            ROUTES.len(),
            "the README shows no other route"
        );
    }
}
