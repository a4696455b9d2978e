//! The codes that findings have.

use serde::Serialize;

use super::finding::Severity;
use super::table::{CONDITIONS, ELEMENTS};

/// One code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Code {
    /// `secret-suffix`; stable over versions.
    pub name: &'static str,
    /// How bad every finding of the code is.
    pub severity: Severity,
    /// Whether it is about who gets in, or is kept out, against what was meant.
    pub is_security: bool,
    /// What the code is about.
    pub about: &'static str,
    /// What to write instead, where the finding knows nothing closer.
    pub fix: &'static str,
}

/// Every code of policy documents.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    ELEMENTS.iter().chain(&CONDITIONS)
}

/// The code of this name.
pub(super) fn find(name: &str) -> Option<&'static Code> {
    codes().find(|code| code.name == name)
}

pub(super) const fn error(name: &'static str, about: &'static str, fix: &'static str) -> Code {
    Code {
        name,
        severity: Severity::Error,
        is_security: false,
        about,
        fix,
    }
}

pub(super) const fn warning(name: &'static str, about: &'static str, fix: &'static str) -> Code {
    Code {
        name,
        severity: Severity::Warning,
        is_security: false,
        about,
        fix,
    }
}

/// An error by which somebody gets in, or is kept out, against what was meant.
pub(super) const fn hole(name: &'static str, about: &'static str, fix: &'static str) -> Code {
    Code {
        name,
        severity: Severity::Error,
        is_security: true,
        about,
        fix,
    }
}

/// The same where it may be meant.
pub(super) const fn doubt(name: &'static str, about: &'static str, fix: &'static str) -> Code {
    Code {
        name,
        severity: Severity::Warning,
        is_security: true,
        about,
        fix,
    }
}
