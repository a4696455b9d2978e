//! Runs the benches. Each prints its own ratios against a peer or a bare baseline in the same run;
//! none is a test, since a machine under load would fail it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

/// A bench by the name that people call it, where cargo finds it, and what it is told.
const BENCHES: [(&str, &str, &str, &[&str]); 5] = [
    ("policy", "authlab-policy", "decide", &[]),
    ("route", "authlab-gateway", "route", &[]),
    ("gateway", "authlab", "serve", &["gateway"]),
    ("front", "authlab", "serve", &["front"]),
    ("vault", "authlab", "serve", &["vault"]),
];

/// Which benches to run.
#[derive(clap::Args)]
pub struct Arguments {
    /// The benches' names; all of them when none is given.
    names: Vec<String>,
    /// What follows `--` is handed to each bench: `-- --requests 1000000`.
    #[arg(last = true)]
    more: Vec<String>,
}

/// Runs the named benches one after the other.
pub fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    for name in &arguments.names {
        if !BENCHES.iter().any(|(known, ..)| known == name) {
            let known: Vec<_> = BENCHES.iter().map(|(known, ..)| *known).collect();
            bail!(
                "no bench is called `{name}`: give one of {}",
                known.join(", ")
            );
        }
    }
    for (name, package, bench, told) in BENCHES {
        if !arguments.names.is_empty() && !arguments.names.iter().any(|wanted| wanted == name) {
            continue;
        }
        let status = Command::new("cargo")
            .args([
                "bench",
                "--quiet",
                "--package",
                package,
                "--bench",
                bench,
                "--",
            ])
            .args(told)
            .args(&arguments.more)
            .current_dir(root)
            .status()
            .context("cargo cannot be started")?;
        if !status.success() {
            bail!("the bench `{name}` failed");
        }
    }
    Ok(())
}
