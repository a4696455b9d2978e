//! Answers to the calls of components that cannot be read.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is wrong with an answer that cannot be read.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum AnswerFault {
    /// It is longer than the client reads.
    #[error("it is longer than {bytes_max} bytes")]
    TooLong {
        /// How much is read.
        bytes_max: usize,
    },
    /// The lab was told to break it off.
    #[error("it breaks off after {bytes} bytes of its body (a fault of the lab)")]
    BrokenOff {
        /// Where.
        bytes: usize,
    },
    /// The connection ended within it, or its framing is no HTTP.
    #[error("{problem}")]
    Connection {
        /// What the client says.
        problem: String,
    },
}
