//! A chain for programs.

use crate::chain::Chain;
use crate::output::Explanation;

/// The chain as one line of JSON.
///
/// # Errors
/// None that can happen: a chain is texts, numbers and maps with names.
pub fn json(chain: &Chain) -> Result<String, serde_json::Error> {
    serde_json::to_string(&Explanation::of(chain))
}
