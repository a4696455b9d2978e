//! `cargo ci`: what the project asks of itself beside its tests.
//!
//! - [`tidy`]: the rules of the tree that no compiler checks.
//! - [`models`]: extracts the service models from a pinned botocore.
//! - [`policies`]: extracts AWS's managed policies from an installed moto.
//! - [`python`]: where a package of Python is installed, and which.
//! - [`images`]: the container images that scenarios run on.
//! - [`incidents`]: the incidents of production, reproduced or waiting.
//! - [`coverage`]: what of each AWS service is there, written anew.
//! - [`golden`]: what AWS and OpenBao answered, against the embedded parts.
//! - [`explanations`]: explanations of incidents that a seed draws.
//! - [`breaks`]: breaks the checks that the forgery matrix relies on, one at a time.
//! - [`bench`]: the benches, which print ratios against a peer or a bare baseline.
//! - [`tree`]: where the tree is, and its files.

mod bench;
mod breaks;
mod coverage;
mod explanations;
mod golden;
mod images;
mod incidents;
mod models;
mod policies;
mod python;
mod tidy;
mod tree;

use std::process::ExitCode;

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
    Tidy(tidy::Arguments),
    /// Extracts the facts of the AWS service models from an installed botocore.
    Models(models::Arguments),
    /// Extracts AWS's managed policies from an installed moto.
    Policies(policies::Arguments),
    /// Provides the container images that scenarios run on.
    Images(images::Arguments),
    /// Writes the page that lists the incidents of production.
    Incidents,
    /// Tries every operation of every AWS service, and writes what is there.
    Coverage,
    /// Runs golden tables; without a name, all of them.
    Golden(golden::Arguments),
    /// Prints explanations in full, of incidents that a seed draws.
    Explanations(explanations::Arguments),
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
    let root = tree::root()?;
    match arguments.check {
        Check::Tidy(arguments) => tidy::run(&root, &arguments),
        Check::Models(arguments) => models::run(&root, &arguments),
        Check::Policies(arguments) => policies::run(&root, &arguments),
        Check::Images(arguments) => images::run(&root, &arguments),
        Check::Incidents => incidents::run(&root),
        Check::Coverage => coverage::run(&root),
        Check::Golden(arguments) => golden::run(&root, &arguments),
        Check::Explanations(arguments) => explanations::run(&root, &arguments),
        Check::Break(arguments) => breaks::run(&root, &arguments),
        Check::Bench(arguments) => bench::run(&root, &arguments),
    }
}
