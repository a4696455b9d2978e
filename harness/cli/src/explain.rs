//! `authlab explain`: a request's chain, from a file or from a running lab.

use anyhow::{Context as _, anyhow};
use authlab::explain::{Chain, read_journal};
use authlab::text_file;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::arguments::{Explain, Format};
use crate::{End, Stop, Usage, output};

/// Where `authlab up` has its control API by default.
const CONTROL_DEFAULT: &str = "http://127.0.0.1:4560";

/// Prints the chain.
pub fn run(arguments: &Explain) -> Result<End, Stop> {
    let text = match &arguments.journal {
        Some(file) => text_file::read(file, text_file::JOURNAL_BYTES_MAX)
            // A line that was cut within a character takes no other with it.
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .with_context(|| format!("`{}` cannot be read", file.display()))
            .map_err(Usage)?,
        None => fetch(arguments.control.as_deref().unwrap_or(CONTROL_DEFAULT))?,
    };
    let place = arguments
        .journal
        .as_ref()
        .map(|file| format!("`{}`", file.display()));
    let read = read_journal(&text)
        .with_context(|| {
            format!(
                "{} is no journal",
                place.unwrap_or_else(|| "the answer".into())
            )
        })
        .map_err(Usage)?;
    for line in &read.unreadable {
        output::warn(&format!(
            "line {} of the journal is no event and was left out: {}",
            line.line, line.reason
        ));
    }
    let chain = Chain::of(&read.events, &arguments.request_id).map_err(|error| anyhow!(error))?;
    output::print(&match arguments.format {
        Format::Text => chain.to_string(),
        Format::Json => serde_json::to_string(&chain).map_err(|error| anyhow!(error))? + "\n",
    })?;
    Ok(End::Success)
}

/// Reads the journal of a running lab.
fn fetch(control: &str) -> Result<String, Stop> {
    let url = format!("{}/_lab/journal", control.trim_end_matches('/'));
    let uri = url
        .parse::<hyper::Uri>()
        .with_context(|| format!("`{control}` is no URL: give one such as {CONTROL_DEFAULT}"))
        .map_err(Usage)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    let body = runtime.block_on(async {
        let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let answer = client
            .get(uri)
            .await
            .with_context(|| format!("no lab answers at {control}: is `authlab up` running?"))?;
        let body = answer
            .into_body()
            .collect()
            .await
            .context("the journal breaks off")?;
        anyhow::Ok(body.to_bytes())
    })?;
    let text = String::from_utf8(body.to_vec()).context("the journal is not UTF-8")?;
    Ok(text)
}
