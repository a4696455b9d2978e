//! What containers need and what of it is there: what `authlab doctor` prints.

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingState {
    /// As it should be.
    Good,
    /// Usable, with what the finding says.
    Doubtful,
    /// Not usable.
    Missing,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// How it stands.
    pub state: FindingState,
    /// What was found.
    pub detail: String,
    /// What to do about it.
    pub mend: Option<String>,
}
