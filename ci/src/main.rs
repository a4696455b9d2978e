//! `cargo ci`: what the project asks of itself beside its tests.
//!
//! - [`tidy`]: the rules of the tree that no compiler checks.
//! - [`models`]: extracts the service models from a pinned botocore.
//! - [`policies`]: extracts AWS's managed policies from an installed moto.
//! - [`python`]: where a package of Python is installed, and which.
//! - [`images`]: the container images that scenarios run on.
//! - [`coverage`]: what of each AWS service is there, written anew.
//! - [`breaks`]: breaks the checks that the forgery matrix relies on, one at a time.
//! - [`bench`]: the benches, which print ratios against a peer or a bare baseline.

mod bench;
mod breaks;
mod coverage;
mod images;
mod models;
mod policies;
mod python;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};

/// What the project asks of itself beside its tests.
#[derive(Parser)]
#[command(name = "cargo ci", bin_name = "cargo ci")]
struct Arguments {
    #[command(subcommand)]
    check: Check,
}

#[derive(Subcommand)]
enum Check {
    /// Checks the rules of the tree that no compiler checks.
    Tidy,
    /// Extracts the facts of the AWS service models from an installed botocore.
    Models(models::Arguments),
    /// Extracts AWS's managed policies from an installed moto.
    Policies(policies::Arguments),
    /// Provides the container images that scenarios run on.
    Images(images::Arguments),
    /// Tries every operation of every AWS service, and writes what is there.
    Coverage,
    /// Breaks the checks that the forgery matrix relies on, and demands that it notices.
    Break(breaks::Arguments),
    /// Runs benches; without a name, all of them.
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let root = root()?;
    match arguments.check {
        Check::Tidy => tidy::run(&root),
        Check::Models(arguments) => models::run(&root, &arguments),
        Check::Policies(arguments) => policies::run(&root, &arguments),
        Check::Images(arguments) => images::run(&root, &arguments),
        Check::Coverage => coverage::run(&root),
        Check::Break(arguments) => breaks::run(&root, &arguments),
        Check::Bench(arguments) => bench::run(&root, &arguments),
    }
}

/// What git knows of the tree at `root`, new files included, as paths from there.
fn listed(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .context("git cannot be started")?;
    if !output.status.success() {
        bail!(
            "git does not list the files: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let names = String::from_utf8(output.stdout).context("a file's name is not UTF-8")?;
    Ok(names.split_terminator('\0').map(PathBuf::from).collect())
}

/// The folder of the workspace: the parent of this crate's.
fn root() -> anyhow::Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .context("the ci crate has no parent folder")
}
