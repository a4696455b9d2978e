//! The execution log of a request: lines that its stages write while it is walked through, as far as its
//! method's settings ask for them.
//!
//! Lines are in AWS's words where these are known; what holds whole requests and answers leaks what AWS leaks,
//! but for what looks like a credential: the lab writes none down.

use std::borrow::Cow;

use authlab_kernel::redaction;
use http::HeaderMap;

use crate::deployment::rest::{ExecutionLog, LogLevel};

/// The longest line, in bytes; what is longer is cut off, and says so (API Gateway developer guide,
/// `set-up-logging.html`).
const LINE_BYTES_MAX: usize = 1024;
/// What is said of a line that is cut off (recorded).
const CUT_OFF: &str = " [TRUNCATED]";

/// The lines of one request, first those that came first.
#[derive(Debug, Default)]
pub(crate) struct ExecutionLines {
    setting: Option<ExecutionLog>,
    lines: Vec<String>,
}

impl ExecutionLines {
    /// No lines yet, of a method with this setting.
    pub(crate) fn of(setting: Option<ExecutionLog>) -> Self {
        Self {
            setting,
            lines: Vec::new(),
        }
    }

    /// Something went wrong.
    pub(crate) fn error(&mut self, line: impl FnOnce() -> String) {
        self.push(self.setting.is_some(), line);
    }

    /// Something happened.
    pub(crate) fn info(&mut self, line: impl FnOnce() -> String) {
        self.push(self.has_info(), line);
    }

    /// Part of a request or an answer.
    pub(crate) fn data(&mut self, line: impl FnOnce() -> String) {
        let is_traced = self.setting.is_some_and(|setting| setting.data_trace);
        self.push(self.has_info() && is_traced, line);
    }

    /// The lines; there are none left.
    pub(crate) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lines)
    }

    fn has_info(&self) -> bool {
        self.setting
            .is_some_and(|setting| setting.level == LogLevel::Info)
    }

    fn push(&mut self, is_asked: bool, line: impl FnOnce() -> String) {
        if is_asked {
            let line = line();
            self.lines.push(cut(redaction::text(&line).into_owned()));
        }
    }
}

fn cut(mut line: String) -> String {
    if line.len() <= LINE_BYTES_MAX {
        return line;
    }
    let mut end = LINE_BYTES_MAX.saturating_sub(CUT_OFF.len());
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.truncate(end);
    line + CUT_OFF
}

/// Names and values as logs print them: `{a=1, b=2}` (recorded).
pub(crate) fn pairs<N: AsRef<str>, V: AsRef<str>>(
    pairs: impl IntoIterator<Item = (N, V)>,
) -> String {
    let pairs = pairs.into_iter();
    let pairs = pairs.map(|(name, value)| format!("{}={}", name.as_ref(), value.as_ref()));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

/// Headers as logs print them, without what may be a credential.
pub(crate) fn headers(headers: &HeaderMap) -> String {
    let shown = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = redaction::header(name.as_str(), &value).into_owned();
        (name.as_str(), value)
    });
    pairs(shown)
}

/// An API key as logs show it: its last six characters (unverified; AWS's access logs show all of it, and the
/// lab writes no credential down).
pub(crate) fn masked(key: &str) -> String {
    let count = key.chars().count();
    let hidden = count.saturating_sub(6);
    let stars = std::iter::repeat_n('*', hidden);
    stars.chain(key.chars().skip(hidden)).collect()
}

/// A body as logs print it.
pub(crate) fn body(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(format!("[Binary Data: {} bytes]", bytes.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_says_which_lines_there_are() {
        let setting = |level, data_trace| Some(ExecutionLog { level, data_trace });
        for (setting, expected) in [
            (None, ""),
            (setting(LogLevel::Error, false), "error"),
            (setting(LogLevel::Error, true), "error"),
            (setting(LogLevel::Info, false), "error info"),
            (setting(LogLevel::Info, true), "error info data"),
        ] {
            let mut lines = ExecutionLines::of(setting);
            lines.error(|| "error".to_owned());
            lines.info(|| "info".to_owned());
            lines.data(|| "data".to_owned());
            assert_eq!(lines.take().join(" "), expected, "{setting:?}");
            assert_eq!(lines.take(), [""; 0]);
        }
    }

    #[test]
    fn a_line_is_cut_and_shows_no_credential() {
        let mut lines = ExecutionLines::of(Some(ExecutionLog {
            level: LogLevel::Info,
            data_trace: true,
        }));
        let long = "\u{e9} ".repeat(600);
        lines.data(|| long.clone());
        lines.data(|| "{\"token\":\"hvs.CAESIJ8aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789\"}".to_owned());
        let lines = lines.take();
        assert!(lines[0].len() <= LINE_BYTES_MAX, "{}", lines[0].len());
        assert!(lines[0].ends_with(CUT_OFF));
        assert!(!lines[1].contains("CAESIJ8a"), "{}", lines[1]);
    }
}
