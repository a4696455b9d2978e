//! How a lab's clock starts.

use std::str::FromStr;

use authlab_kernel::Timestamp;

/// How the clock starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockStart {
    /// At the machine's time, running.
    Wall,
    /// Standing at this time.
    Standing(Timestamp),
}

/// When a test lab begins, unless told otherwise.
const TEST_START: &str = "2026-01-15T12:00:00Z";

impl ClockStart {
    /// Standing at noon of 15 January 2026 (UTC): where test labs begin.
    pub fn test() -> Self {
        TEST_START
            .parse()
            .unwrap_or(Self::Standing(Timestamp::UNIX_EPOCH))
    }
}

impl FromStr for ClockStart {
    type Err = String;

    /// Reads `wall` or a time of RFC 3339.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "wall" {
            return Ok(Self::Wall);
        }
        text.parse()
            .map(Self::Standing)
            .map_err(|_| format!("`{text}` is no time: give `wall` or one such as `{TEST_START}`"))
    }
}
