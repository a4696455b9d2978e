//! Why a lab did not start, or does not do what it is told.

use std::path::PathBuf;

use authlab_http::{BindError, GuestError};
use authlab_vault::RelayError;
use thiserror::Error;

use crate::backend::PlaceError;
use crate::file::LabFileError;

/// Why a lab did not start.
#[derive(Debug, Error)]
pub enum LabError {
    /// The lab file.
    #[error(transparent)]
    File(#[from] LabFileError),
    /// A port.
    #[error(transparent)]
    Port(#[from] BindError),
    /// A part of the lab file that a component refuses.
    #[error("{field}: {reason}")]
    Statement {
        /// The field of the lab file.
        field: String,
        /// What the component says.
        reason: String,
    },
    /// No randomness.
    #[error("the machine gives no randomness: see that its kernel's source of it can be read")]
    Randomness,
    /// A host or an origin that is to be let in.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// The journal's file.
    #[error("the journal cannot be written to `{}`: {source}", file.display())]
    JournalFile {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A container or an external system.
    #[error(transparent)]
    Backend(#[from] PlaceError),
    /// A foreign Vault that cannot be made ready.
    #[error(transparent)]
    Vault(#[from] RelayError),
    /// A standing clock beside systems that are not embedded.
    #[error(
        "clock: containers and external systems run on the machine's time, so the lab's clock cannot stand beside them: give `wall` (on the command line it comes before the lab file's), or choose the embedded backend"
    )]
    ClockBesideForeign,
    /// No account of that name.
    #[error("the lab has no account `{name}`: it has {known}")]
    UnknownAccount {
        /// What was asked for.
        name: String,
        /// The accounts there are.
        known: String,
    },
}
