//! What the backends can do, found out by experiment and kept as a snapshot.

use std::io::Write as _;

use authlab::backend::{FindingState, close_containers, doctor};
use authlab::{Backend, BackendChoice};
use authlab_scenarios::probe::{probe, table};

/// The capabilities that the runner takes for granted on the embedded lab.
#[tokio::test]
async fn the_embedded_lab_can_do_everything() {
    let findings = probe(BackendChoice::default()).await.unwrap();
    for finding in &findings {
        assert_eq!(finding.missing, None, "{}: {}", finding.name, finding.what);
    }
}

/// Where there are an engine and images; elsewhere this says so on standard error.
#[tokio::test]
async fn containers_can_do_what_the_table_says() {
    let missing: Vec<String> = doctor()
        .await
        .into_iter()
        .filter(|finding| finding.state == FindingState::Missing)
        .map(|finding| format!("{}: {}", finding.what, finding.detail))
        .collect();
    if !missing.is_empty() {
        // Past the capture of the test harness, which would swallow it.
        let reason = missing.join("; ");
        let _written = writeln!(std::io::stderr(), "SKIPPED, nothing was tested: {reason}");
        return;
    }
    let embedded = probe(BackendChoice::default()).await.unwrap();
    let containers = probe(BackendChoice::all(Backend::Container)).await.unwrap();
    close_containers().await.unwrap();
    let columns = [
        ("embedded".to_owned(), embedded),
        ("containers".to_owned(), containers),
    ];
    let checked = authlab_snapshots::check("scenarios/probe/capabilities", &table(&columns));
    assert!(checked.is_ok(), "{checked:?}");
}
