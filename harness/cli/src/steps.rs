//! `authlab steps`: the vocabulary of scenarios.

use authlab_scenarios::{World, listing, steps};

use crate::end::{End, Stop};
use crate::output;

/// Prints each step with what it does and an example, by the noun that it is about.
pub fn run() -> Result<End, Stop> {
    output::print(&listing(&steps::<World>()))?;
    Ok(End::Success)
}
