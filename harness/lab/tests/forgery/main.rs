//! The forgery matrix: every way into a lab against every attack on it, each beside its allowed
//! twin, the same request without the attack.
//!
//! Ways in: JWT authorizers of an HTTP API and of a REST API, `AWS_IAM` routes by header and by presigned URL, STS
//! `AssumeRoleWithWebIdentity`, Vault's JWT login and Vault's AWS login. Tokens and signatures are made
//! here, by hand and on the wire, so that a mistake of the lab's own signers hides nothing. The cells
//! are printed as a table (`cargo test -p authlab --test forgery -- --nocapture`); `cargo ci break`
//! breaks the lab's checks one by one and demands that a cell turns, and its diagnosis with it.
//!
//! - [`wire`]: requests as bytes, and a server that answers what it is told.
//! - [`bench`]: the lab, with all ways open to those who may.
//! - [`jwt`], [`sigv4`], [`vault_aws`]: the attacks. [`expected`]: the diagnosis of each.

#![expect(
    clippy::expect_used,
    reason = "helpers of a test stop it where they cannot go on"
)]

mod wire;

mod bench;

mod jwt;
mod sigv4;
mod vault_aws;

mod expected;

use std::collections::BTreeMap;

use bench::Bench;

/// One attack on one way in.
pub struct Cell {
    /// The way in.
    pub way: &'static str,
    /// The attack.
    pub attack: String,
    /// What the attack was answered.
    pub forged: u16,
    /// The class of what is said about it; none for a request that was let through.
    pub diagnosis: Option<&'static str>,
    /// What its twin was answered.
    pub twin: u16,
}

impl Cell {
    /// The attack is refused by a rule (neither let through nor broken), and the twin let in.
    fn holds(&self) -> bool {
        (400..500).contains(&self.forged) && (200..300).contains(&self.twin)
    }

    /// What the journal says about it is what its row expects.
    fn is_explained(&self) -> bool {
        let found = self.diagnosis.unwrap_or(expected::NO_LINE);
        expected::classes(self.way, &self.attack).any(|class| class == found)
    }
}

/// How many cells there are at least, and how many attacks for each way in.
const CELLS_MIN: usize = 240;
const ATTACKS_MIN: usize = 12;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_forged_is_let_through() {
    let bench = Bench::start().await;
    let mut cells = Vec::new();
    jwt::try_all(&bench, &mut cells).await;
    sigv4::try_all(&bench, &mut cells).await;
    vault_aws::try_all(&bench, &mut cells).await;

    let mut of_way: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in &cells {
        println!(
            "{:<12} {:<58} forged {} twin {} diagnosis {}{}",
            cell.way,
            cell.attack,
            cell.forged,
            cell.twin,
            cell.diagnosis.unwrap_or("none"),
            if cell.holds() { "" } else { "  <-- TURNED" },
        );
        *of_way.entry(cell.way).or_default() += 1;
    }
    println!("{} cells: {of_way:?}", cells.len());
    let turned: Vec<String> = cells
        .iter()
        .filter(|cell| !cell.holds())
        .map(|cell| {
            format!(
                "{}: {} ({}/{})",
                cell.way, cell.attack, cell.forged, cell.twin
            )
        })
        .collect();
    assert!(turned.is_empty(), "{turned:#?}");
    let unexpected: Vec<String> = cells
        .iter()
        .filter(|cell| !cell.is_explained())
        .map(|cell| {
            let found = cell.diagnosis.unwrap_or(expected::NO_LINE);
            let wanted: Vec<&str> = expected::classes(cell.way, &cell.attack).collect();
            let (way, attack) = (cell.way, &cell.attack);
            format!("{way}: {attack}: {found}, and {wanted:?} is expected")
        })
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    assert_eq!(cells.len(), expected::count(), "a row has no cell");
    assert!(cells.len() >= CELLS_MIN, "{}", cells.len());
    assert_eq!(of_way.len(), 7);
    assert!(of_way.values().all(|attacks| *attacks >= ATTACKS_MIN));
}
