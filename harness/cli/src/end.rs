//! How a command ends: its exit status.

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
