//! The list of what is known to differ.

use std::collections::BTreeMap;

/// How the list is called in the folder of its table.
pub const FILE: &str = "known_differences.txt";

/// How many of a hundred rows may be known to differ.
pub const KNOWN_PERCENT_MAX: usize = 3;

/// The rows that are known to differ, by `topic: row`, with the reasons.
#[derive(Debug, Default)]
pub struct Known(BTreeMap<String, String>);

impl Known {
    /// Reads a list: a line is `topic: row | reason`; what begins with `#` is for people.
    ///
    /// # Errors
    /// What is wrong with a line.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut known = BTreeMap::new();
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let parts = line
                .split_once(" | ")
                .map(|(row, reason)| (row.trim(), reason.trim()));
            let Some((row, reason)) = parts.filter(|(_, reason)| !reason.is_empty()) else {
                return Err(format!("{FILE}: no `topic: row | reason`: {line}"));
            };
            if known.insert(row.to_owned(), reason.to_owned()).is_some() {
                return Err(format!("{FILE}: twice: {row}"));
            }
        }
        Ok(Self(known))
    }

    /// Whether the row is known to differ.
    pub fn has(&self, row: &str) -> bool {
        self.0.contains_key(row)
    }

    /// The rows of the list.
    pub fn rows(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_row_and_gives_the_reason() {
        for (text, rows) in [
            ("", Some(0)),
            (
                "# topic: row | reason\n\nacl: a | it is not there\n",
                Some(1),
            ),
            ("acl: a", None),
            ("acl: a | ", None),
            ("acl: a | x\nacl: a | y", None),
        ] {
            let known = Known::read(text).map(|known| known.rows().count());
            assert_eq!(known.clone().ok(), rows, "{text}: {known:?}");
        }
    }
}
