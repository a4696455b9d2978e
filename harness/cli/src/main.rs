//! The `authlab` command: arguments, output, exit codes. Everything else is in the libraries.

mod arguments;
mod backend;
mod decide;
mod doctor;
mod end;
mod explain;
mod journal;
mod lint;
mod output;
mod run;
mod signals;
mod steps;
mod up;
mod vault;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};
use crate::end::{End, Stop};

/// A lab's threads free what others allocated: three times as many requests to a function as with the
/// system's allocator (`cargo ci bench gateway`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Up(arguments) => up::run(&arguments),
        Command::Vault(arguments) => vault::run(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Steps => steps::run(),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Decide(arguments) => decide::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
    };
    match outcome {
        Ok(End::Success) => ExitCode::SUCCESS,
        Ok(End::Failed) => ExitCode::FAILURE,
        Err(Stop::Failed(error)) => {
            output::error(&error);
            ExitCode::FAILURE
        }
        Err(Stop::Usage(error)) => {
            output::error(&error);
            ExitCode::from(2)
        }
    }
}
