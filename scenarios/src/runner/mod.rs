//! The Gherkin runner.
//!
//! It runs the steps itself instead of calling cucumber's runner: undefined and ambiguous steps
//! are found before any step runs, a panic keeps its file and line, scenarios run in parallel and
//! are reported in order, and a scenario is one test of `cargo test`. What Gherkin lets vanish
//! without a word (a scenario without steps, a misspelt keyword, an outline without rows) fails.
//!
//! Reading order: [`scenario`] is what a World is to the runner; [`case`] is one scenario or
//! outline row ready to run, made by [`load`] from files that [`trap`] looked through;
//! [`select`] filters; [`suggest`] names the step that was meant, [`near`] the name; [`execute`] runs one case with
//! [`panic_capture`], [`pool`] many; [`report`] shows them; [`mod@run`] is `authlab run` and
//! [`trial`] is `cargo test`.

pub mod case;
pub mod execute;
pub mod load;
pub(crate) mod near;
mod panic_capture;
mod pool;
pub mod report;
pub mod run;
pub mod scenario;
pub mod select;
mod suggest;
mod trap;
pub mod trial;
