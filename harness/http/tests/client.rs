//! The outgoing client over real sockets: names, faults, causes, refusals.

#![cfg(test)]

use std::net::SocketAddr;
use std::sync::Arc;

use authlab_http::{
    Client, Gate, HopMark, Incoming, Limits, Listener, Rejection, Running, Service,
};
use authlab_kernel::fault::{Calls, Effect, Fault};
use authlab_kernel::{
    AwsService, Clock, Component, Destination, Faults, Journal, Outbound as _, OutboundError,
    OutboundRequest, Outcome, Secret,
};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Method, Response, StatusCode};

struct Echo;

impl Service for Echo {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        async move {
            let host = incoming.host().unwrap_or_default().to_owned();
            let (path, body) = (incoming.uri.to_string(), incoming.body.len());
            let mut response = Response::new(Bytes::from(format!(
                "{} {host} {path} {body} {:?}",
                incoming.method, incoming.cause
            )));
            match incoming.uri.path() {
                "/redirect" => {
                    *response.status_mut() = StatusCode::FOUND;
                    let away = HeaderValue::from_static("http://169.254.169.254/");
                    response.headers_mut().insert("location", away);
                }
                "/huge" => *response.body_mut() = Bytes::from(vec![b'x'; 17 * 1024 * 1024]),
                _ => {}
            }
            response
        }
        .boxed()
    }

    fn reject(&self, _: Rejection) -> Response<Bytes> {
        Response::new(Bytes::new())
    }
}

struct Bench {
    client: Client,
    journal: Journal,
    faults: Faults,
    endpoint: Running,
}

impl Bench {
    async fn start() -> Self {
        let clock = Clock::standing("2031-02-03T04:05:06Z".parse().unwrap());
        let (journal, faults) = (Journal::new(clock), Faults::default());
        let mark = HopMark::new(Secret::new("the-labs"), journal.clone());
        let client = Client::new(journal.clone(), faults.clone()).marked(mark.clone());
        let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind("echo", any, "--echo-port").await.unwrap();
        let gate = Gate::open().marked(mark);
        let endpoint = listener.serve_behind(gate, Limits::default(), Arc::new(Echo));
        let target = format!("http://{}/corp", endpoint.address());
        client
            .map_name("https://login.corp.example/", &target)
            .unwrap();
        Self {
            client,
            journal,
            faults,
            endpoint,
        }
    }

    fn local(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.endpoint.address().port())
    }

    async fn get(&self, url: &str) -> Result<(u16, String), OutboundError> {
        let mut request = OutboundRequest::get(Component::Vault, "test", url);
        request.cause = Some(41);
        request.request_id = Some("r-1".into());
        request
            .headers
            .insert("x-authlab-cause", HeaderValue::from_static("999"));
        let response = self.client.send(request).await?;
        let text = String::from_utf8_lossy(response.body()).into_owned();
        Ok((response.status().as_u16(), text))
    }

    /// The journal as `kind outcome reason cause`, one event a line.
    fn lines(&self) -> Vec<String> {
        let line = |event: Arc<authlab_kernel::Event>| {
            assert_eq!(
                (event.component.as_str(), event.request_id.as_deref()),
                ("vault", Some("r-1"))
            );
            let (reason, cause) = (event.reason.as_deref().unwrap_or("-"), event.cause);
            format!("{} {:?} {reason} {cause:?}", event.kind, event.outcome)
        };
        self.journal.events_since(0).into_iter().map(line).collect()
    }
}

#[tokio::test]
async fn a_name_leads_to_its_endpoint_under_its_own_host_and_is_journalled() {
    let bench = Bench::start().await;
    let answer = bench
        .get("https://login.corp.example/a//b?x-amz-signature=s3cret")
        .await
        .unwrap();
    let path = "/corp/a//b?x-amz-signature=s3cret";
    assert_eq!(
        answer,
        (200, format!("GET login.corp.example {path} 0 None"))
    );
    assert_eq!(
        bench.lines(),
        ["hop Info - Some(41)", "hop-answer Info - Some(1)"]
    );
    let hop = &bench.journal.events_since(0)[1].detail;
    assert_eq!(
        hop["url"],
        "https://login.corp.example/a//b?x-amz-signature=…"
    );
    assert_eq!(
        (&hop["purpose"], &hop["status"]),
        (&"test".into(), &200.into())
    );
}

#[tokio::test]
async fn only_lab_endpoints_hear_of_the_cause_and_it_is_the_hop() {
    let bench = Bench::start().await;
    let (_, answer) = bench.get(&bench.local("/x")).await.unwrap();
    assert!(answer.ends_with("None"), "{answer}");
    bench.client.register_endpoint(bench.endpoint.address());
    let (_, answer) = bench.get(&bench.local("/x")).await.unwrap();
    assert!(answer.ends_with("Some(3)"), "{answer}");
}

#[tokio::test]
async fn the_control_port_and_the_outside_are_refused_before_anything_is_sent() {
    let bench = Bench::start().await;
    let port = bench.endpoint.address().port();
    assert!(bench.get(&bench.local("/")).await.is_ok());
    bench.client.forbid(bench.endpoint.address());
    // Also under a name that was allowed, which the machine resolves to loopback.
    bench.client.allow("localhost").unwrap();
    for host in [
        "127.0.0.1",
        "localhost",
        "x.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "127.1.1.1",
    ] {
        let refused = bench.get(&format!("http://{host}:{port}/_lab/clock")).await;
        assert!(
            matches!(refused, Err(OutboundError::NotAllowed { .. })),
            "{host}: {refused:?}"
        );
    }
    let refused = bench
        .get("http://169.254.169.254/latest")
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("outside the lab"), "{refused}");
    assert_eq!(bench.lines()[2], "hop Failed not-allowed Some(41)");
}

#[tokio::test]
async fn latency_is_compared_with_the_budget_and_never_slept() {
    let bench = Bench::start().await;
    let fault = |effect| Fault {
        from: Some(Component::Vault),
        ..Fault::to("login.corp.example", effect)
    };
    let url = "https://login.corp.example/x";
    bench.faults.add(fault(Effect::LatencyMs(4_000)));
    assert_eq!(bench.get(url).await.unwrap().0, 200);
    bench.faults.add(fault(Effect::LatencyMs(1_001)));
    let timeout = bench.get(url).await.unwrap_err();
    assert_eq!(
        timeout.to_string(),
        "`login.corp.example` did not answer within 5000 ms"
    );
    assert!(bench.get(&bench.local("/other-link")).await.is_ok());

    bench.faults.clear();
    bench.faults.add(fault(Effect::Status(503)));
    assert_eq!(bench.get(url).await.unwrap(), (503, String::new()));
    bench.faults.clear();
    bench.faults.add(fault(Effect::Refused));
    assert!(matches!(
        bench.get(url).await,
        Err(OutboundError::Unreachable { .. })
    ));
    let kinds = bench.lines();
    assert_eq!(kinds[2], "hop Failed timeout Some(41)");
    assert_eq!(kinds[6], "hop-answer Info - Some(6)");
    assert_eq!(kinds[7], "hop Failed unreachable Some(41)");
}

#[tokio::test]
async fn an_answer_breaks_off_or_ends_early_after_the_far_end_was_called() {
    let bench = Bench::start().await;
    let url = "https://login.corp.example/x";
    let (status, whole) = bench.get(url).await.unwrap();
    assert!(whole.len() > 4, "{whole}");
    for (effect, expected) in [
        (Effect::Truncated(4), Ok((status, whole[..4].to_owned()))),
        (Effect::Truncated(0), Ok((status, String::new()))),
        (Effect::Truncated(1 << 20), Ok((status, whole.clone()))),
        (Effect::BrokenOff(4), Err(4)),
        (Effect::BrokenOff(1 << 20), Err(whole.len())),
    ] {
        bench.faults.clear();
        bench.faults.add(Fault::to("login.corp.example", effect));
        let answered = bench.get(url).await.map_err(|error| error.to_string());
        let expected = expected.map_err(|bytes| {
            format!(
                "the answer of `login.corp.example` cannot be read: it breaks off after {bytes} bytes of its body (a fault of the lab)"
            )
        });
        assert_eq!(answered, expected, "{effect:?}");
    }
    bench.faults.clear();
    bench.faults.add(Fault {
        calls: Calls::First(1),
        path: Some("/x".to_owned()),
        ..Fault::to("login.corp.example", Effect::Status(503))
    });
    let other = "https://login.corp.example/y";
    assert_eq!(bench.get(other).await.unwrap().0, 200, "another path");
    assert_eq!(bench.get(url).await.unwrap().0, 503);
    assert_eq!(bench.get(url).await.unwrap().0, 200, "the second call");
}

#[tokio::test]
async fn a_fault_may_name_one_port_of_loopback() {
    let bench = Bench::start().await;
    let other = Bench::start().await;
    let port = bench.endpoint.address().port();
    let to_host = Some(format!("127.0.0.1:{port}"));
    bench.faults.add(Fault {
        to_host,
        ..Fault::everywhere(Effect::Status(500))
    });
    assert_eq!(bench.get(&bench.local("/")).await.unwrap().0, 500);
    assert_eq!(bench.get(&other.local("/")).await.unwrap().0, 200);
}

#[tokio::test]
async fn answers_are_bounded_and_redirections_are_handed_back() {
    let bench = Bench::start().await;
    assert_eq!(bench.get(&bench.local("/redirect")).await.unwrap().0, 302);
    let huge = bench.get(&bench.local("/huge")).await.unwrap_err();
    assert!(matches!(huge, OutboundError::Answer { .. }), "{huge}");
    let url = bench.local("/");
    bench.endpoint.stop().await;
    let gone = bench
        .client
        .send(OutboundRequest::get(Component::Aws, "test", url))
        .await;
    assert!(
        matches!(gone, Err(OutboundError::Unreachable { .. })),
        "{gone:?}"
    );
    let last = bench.journal.events_since(0).pop().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.outcome),
        ("hop-answer", Outcome::Failed)
    );
}

#[tokio::test]
async fn a_body_goes_with_its_own_length_whatever_the_headers_say() {
    let bench = Bench::start().await;
    let mut request = OutboundRequest::get(Component::Gateway, "integration", bench.local("/x"));
    request.method = Method::POST;
    request.body = Bytes::from_static(b"12345");
    request
        .headers
        .insert("content-length", HeaderValue::from_static("99"));
    request
        .headers
        .insert("transfer-encoding", HeaderValue::from_static("chunked"));
    let answer = bench.client.send(request).await.unwrap();
    let expected = format!(
        "POST 127.0.0.1:{} /x 5 None",
        bench.endpoint.address().port()
    );
    assert_eq!(String::from_utf8_lossy(answer.body()), expected);
}

#[tokio::test]
async fn only_a_call_for_another_system_carries_the_host_that_its_caller_chose() {
    let bench = Bench::start().await;
    let own = format!("127.0.0.1:{}", bench.endpoint.address().port());
    let foreign = "a.execute-api.us-east-1.amazonaws.com";
    for (destination, expected) in [
        (Destination::Url, own.as_str()),
        (Destination::Issuer, &own),
        (Destination::Backend, foreign),
        (Destination::Aws(AwsService::Sts), foreign),
        (Destination::Aws(AwsService::Iam), foreign),
    ] {
        let mut request = OutboundRequest::get(Component::Vault, "test", bench.local("/"));
        request.destination = destination;
        let host = HeaderValue::from_static("a.execute-api.us-east-1.amazonaws.com");
        request.headers.insert("host", host);
        let answer = bench.client.send(request).await.unwrap();
        let answer = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(answer.starts_with(&format!("GET {expected} ")), "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_url_is_an_error_that_keeps_it_out_of_the_journal() {
    let bench = Bench::start().await;
    for url in ["", "not a url", "hvs.secret", "/x", "http://"] {
        let refused = bench.get(url).await;
        assert!(
            matches!(refused, Err(OutboundError::Url { .. })),
            "{url}: {refused:?}"
        );
    }
    let journal = format!("{:?}", bench.journal.events_since(0));
    assert!(!journal.contains("hvs.secret"), "{journal}");
}
