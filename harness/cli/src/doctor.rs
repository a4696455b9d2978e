//! `authlab doctor`: what backends need, what is there, and what mends what is missing.

use anyhow::{Context as _, anyhow};
use authlab::{Backend, BackendChoice};
use authlab_scenarios::probe;

use crate::arguments::Doctor;
use crate::end::{End, Stop};
use crate::output;

/// Looks, prints, and with `--probe` experiments. Status 1 when containers cannot run.
pub fn run(arguments: &Doctor) -> Result<End, Stop> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    runtime.block_on(async {
        let findings = authlab::backend::doctor().await;
        output::print(&report(&findings))?;
        let usable = !findings
            .iter()
            .any(|finding| finding.state == authlab::backend::FindingState::Missing);
        if arguments.probe {
            let mut columns = vec![column("embedded", Backend::Embedded).await?];
            if usable {
                columns.push(column("containers", Backend::Container).await?);
                let closed = authlab::backend::close_containers().await;
                closed.context("the containers were not removed")?;
            }
            output::print(&format!("\n{}", probe::table(&columns)))?;
        }
        Ok(if usable { End::Success } else { End::Failed })
    })
}

async fn column(name: &str, backend: Backend) -> Result<(String, Vec<probe::Finding>), Stop> {
    let findings = probe::probe(BackendChoice::all(backend)).await;
    let findings = findings.map_err(|error| anyhow!("{error}"));
    Ok((name.to_owned(), findings.context("the experiments")?))
}

fn report(findings: &[authlab::backend::Finding]) -> String {
    let mut text = String::from("the embedded backend needs nothing\n\ncontainers\n");
    for finding in findings {
        let mark = match finding.state {
            authlab::backend::FindingState::Good => "ok",
            authlab::backend::FindingState::Doubtful => "note",
            authlab::backend::FindingState::Missing => "missing",
        };
        text.push_str(&format!(
            "  {mark:<8}{:<22}{}\n",
            finding.what, finding.detail
        ));
        if let Some(mend) = &finding.mend {
            text.push_str(&format!("  {:<8}{:<22}-> {mend}\n", "", ""));
        }
    }
    text
}
