//! Why a step failed.

use std::{error::Error, fmt};

/// What a step says when the scenario cannot go on, or is not as it should be.
///
/// Any error becomes one by `?`, together with what lies behind it: an SDK's error alone says
/// `service error`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StepError {
    text: String,
    refused: Option<String>,
}

impl StepError {
    /// An error of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            refused: None,
        }
    }

    /// The error of what a service refused, by its code and its message.
    pub fn refused(code: &str, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            refused: Some(code.to_owned()),
        }
    }

    /// The code by which a service refused; none when it was no refusal.
    #[must_use]
    pub fn refusal(&self) -> Option<&str> {
        self.refused.as_deref()
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// Not `std::error::Error` itself, so that every error can be turned into it.
impl<E: Error> From<E> for StepError {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            let more = inner.to_string();
            // Many errors already say what lies behind them.
            if !text.contains(&more) {
                text = format!("{text}: {more}");
            }
            source = inner.source();
        }
        Self::new(text)
    }
}

/// What a step gives back.
pub type StepResult<T = ()> = Result<T, StepError>;

/// Fails with both sides when `found` is not what the scenario expects.
///
/// # Errors
/// When they differ.
pub(crate) fn expect_equal<T: PartialEq + fmt::Display>(
    what: &str,
    expected: &T,
    found: &T,
) -> StepResult {
    if expected == found {
        return Ok(());
    }
    Err(StepError::new(format!(
        "{what} is not as expected\n  expected: {expected}\n  found:    {found}"
    )))
}
