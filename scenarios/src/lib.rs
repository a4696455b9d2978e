//! World, parameter types, step library and the Gherkin runner of authlab.
//!
//! # A new step
//!
//! A step is a function in `steps/<noun>.rs`. Its doc comment says what it does and shows one use;
//! both appear in `authlab steps`, and a test holds the example against the expression:
//!
//! ```ignore
//! /// Moves the lab's clock; everything that falls due happens before the step ends.
//! ///
//! /// Example: When 90 seconds pass
//! #[when("{int} second(s) pass")]
//! async fn time_passes(world: &mut World, seconds: u64) -> Result<(), StepError> {
//!     world.lab().clock().advance(seconds).await
//! }
//! ```
//!
//! The text is a [Cucumber expression](https://github.com/cucumber/cucumber-expressions). An `Err`
//! or a panic fails the scenario with its text; `step: &Step` as the last argument gives the
//! step's table and doc string; [`skip`] ends the scenario as skipped. A new parameter type goes
//! to `params.rs`:
//!
//! ```
//! use cucumber::Parameter;
//!
//! /// `account` in an expression: `the account workload-a`.
//! #[derive(Debug, Parameter)]
//! #[param(name = "account", regex = "[a-z][a-z0-9-]*")]
//! struct AccountName(String);
//!
//! impl std::str::FromStr for AccountName {
//!     type Err = std::convert::Infallible;
//!     fn from_str(text: &str) -> Result<Self, Self::Err> {
//!         Ok(Self(text.to_owned()))
//!     }
//! }
//! ```
//!
//! # Scenarios in another repository
//!
//! A crate there depends on `authlab-scenarios` (and on `cucumber`, when it adds steps of its
//! own), keeps its scenarios in `features/` and its snapshots in `snapshots/`, and has a test
//! target with `harness = false`:
//!
//! ```ignore
//! fn main() {
//!     authlab_scenarios::test_main::<authlab_scenarios::World>(env!("CARGO_MANIFEST_DIR"))
//! }
//! ```
//!
//! Every scenario and every row of an outline is then a test of its own, in `cargo test` and in
//! `cargo nextest run`. A crate of steps that `main` names nowhere is not linked: say
//! `use my_steps as _;`.
//!
//! Reading order: [`registration`] and [`runner`] run any World; [`client`], [`things`], [`world`], [`params`], the
//! steps, [`probe`] and [`suite`] are authlab's own.

extern crate self as authlab_scenarios;

pub mod registration;
pub mod runner;

pub mod client;
pub mod error;
pub mod params;
pub mod probe;
pub mod suite;
pub mod things;
pub mod world;

mod evidence;
mod steps;

pub use authlab_scenarios_macros::{given, then, when};
pub use error::{StepError, StepResult};
pub use registration::{Keyword, StepInfo, listing, steps, vocabulary_problems};
pub use runner::{
    report::{Reporter, TextReporter},
    run::{RunError, RunOptions, RunSummary, run},
    scenario::{
        Capabilities, FinishReport, ScenarioContext, ScenarioWorld, Verdict, skip,
        started_by_the_runner,
    },
    trial::{Suite, test_main},
};
pub use suite::Surroundings;
pub use world::World;
