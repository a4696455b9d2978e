//! The control API of a running lab, as far as the journal goes.

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use authlab_explain::{ExplainError, Read, read_journal};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::end::{Stop, Usage};

/// Where `authlab up` and `authlab vault` have it by default.
pub(super) const CONTROL_DEFAULT: &str = "http://127.0.0.1:4560";

/// How long a lab has for what it is asked.
const FETCH_TIMEOUT: Duration = Duration::from_secs(30);

/// A lab that runs.
pub(super) struct Control<'a> {
    url: &'a str,
    runtime: tokio::runtime::Runtime,
}

impl<'a> Control<'a> {
    pub(super) fn at(url: &'a str) -> Result<Self, Stop> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("no runtime")?;
        Ok(Self { url, runtime })
    }

    /// The events that the query asks for.
    pub(super) fn journal(&self, query: &[(&str, &str)]) -> Result<Read, Stop> {
        let text = self.fetch(query)?;
        match read_journal(&text) {
            // Nothing was recorded that the query asks for.
            Err(ExplainError::Line { .. }) | Ok(_) if text.trim().is_empty() => Ok(Read::default()),
            read => read
                .with_context(|| format!("what {} answers is no journal", self.url))
                .map_err(|error| Usage(error).into()),
        }
    }

    fn fetch(&self, query: &[(&str, &str)]) -> Result<String, Stop> {
        let control = self.url;
        let mut url = format!("{}/_lab/journal", control.trim_end_matches('/'));
        let mut separator = '?';
        for (name, value) in query {
            url.push_str(&format!("{separator}{name}={}", percent_encoded(value)));
            separator = '&';
        }
        let uri = url
            .parse::<hyper::Uri>()
            .with_context(|| format!("`{control}` is no URL: give one such as {CONTROL_DEFAULT}"))
            .map_err(Usage)?;
        let body = self.runtime.block_on(async {
            let answered = tokio::time::timeout(FETCH_TIMEOUT, answer(uri, control)).await;
            answered.with_context(|| {
                let seconds = FETCH_TIMEOUT.as_secs();
                format!("{control} gave no journal within {seconds} s: is it a lab's control API?")
            })?
        })?;
        let text = String::from_utf8(body.to_vec())
            .map_err(|_| anyhow!("the journal of {control} is not UTF-8"))?;
        Ok(text)
    }
}

/// A value of a query: letters and digits as they are, everything else as its bytes.
fn percent_encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~,".contains(&byte);
    let encoded = value.bytes().map(|byte| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    encoded.collect()
}

/// The body of an answer that is a journal. What else answers says why, or is no lab.
async fn answer(uri: hyper::Uri, control: &str) -> anyhow::Result<Bytes> {
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let answer = client
        .get(uri)
        .await
        .with_context(|| format!("no lab answers at {control}: is `authlab up` running?"))?;
    let status = answer.status();
    let body = answer.into_body().collect().await;
    let body = body.context("the journal breaks off")?.to_bytes();
    if status == hyper::StatusCode::OK {
        return Ok(body);
    }
    let told: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    match told.get("error").and_then(serde_json::Value::as_str) {
        Some(error) => bail!("{control} answers {status}: {error}"),
        None => bail!("{control} answers {status}: that is no lab's control API"),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;

    /// What `fetch` makes of one answer.
    fn fetched(answer: &str) -> Result<String, String> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let control = format!("http://{}/", listener.local_addr().unwrap());
        let answer = answer.to_owned();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                asked.extend(byte);
            }
            stream.write_all(answer.as_bytes()).unwrap();
        });
        let fetched = Control::at(&control)
            .unwrap()
            .fetch(&[])
            .map_err(|stop| match stop {
                Stop::Failed(error) | Stop::Usage(error) => format!("{error:#}"),
            });
        server.join().unwrap();
        fetched
    }

    #[test]
    fn only_an_answer_that_is_good_is_a_journal() {
        let answer = |status: &str, body: &str| {
            let length = body.len();
            format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            )
        };
        assert_eq!(fetched(&answer("200 OK", "{}\n")).unwrap(), "{}\n");
        for (status, body, told) in [
            (
                "403 Forbidden",
                r#"{"error":"not here"}"#,
                "403 Forbidden: not here",
            ),
            (
                "404 Not Found",
                r#"{"error":"`/` is not"}"#,
                "404 Not Found: `/` is not",
            ),
            (
                "502 Bad Gateway",
                r#"{"error":"the log"}"#,
                "502 Bad Gateway: the log",
            ),
            ("500 Internal Server Error", r#"{"error":1}"#, "no lab's"),
            ("404 Not Found", "<html>", "404 Not Found: that is no lab's"),
            ("204 No Content", "", "204 No Content"),
            ("302 Found", "", "302 Found"),
        ] {
            let error = fetched(&answer(status, body)).unwrap_err();
            assert!(error.contains(told), "{status}: {error}");
        }
    }
}
