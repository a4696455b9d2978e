//! The `authlab` command: arguments, output, exit codes. Everything else is in the libraries.

mod arguments;
mod backend;
mod decide;
mod doctor;
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

/// How a command ends, as its exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// 0: everything held.
    Success,
    /// 1: something failed, or could not be done.
    Failed,
}

/// The command could not begin: an argument, or a file that one names, is wrong. Status 2.
#[derive(Debug)]
pub struct Usage(pub anyhow::Error);

/// Why a command did not reach its end.
#[derive(Debug)]
pub enum Stop {
    /// Status 2.
    Usage(anyhow::Error),
    /// Status 1.
    Failed(anyhow::Error),
}

impl From<Usage> for Stop {
    fn from(usage: Usage) -> Self {
        Self::Usage(usage.0)
    }
}

impl From<anyhow::Error> for Stop {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

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
