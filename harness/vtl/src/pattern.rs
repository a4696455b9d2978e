//! Regular expressions as Java writes them, for an engine that is linear whatever they are.

use regex::{Regex, RegexBuilder};

use crate::limit::PATTERN_BYTES_MAX;

/// What a pattern has to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// A part of the text.
    Part,
    /// All of it.
    Whole,
}

/// A compiled pattern of Java, for whoever matches texts outside of templates: authorizers, responses of
/// integrations.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles a pattern; nothing where it is none, is too large, or has what only Java's engine has.
    pub fn parse(pattern: &str, extent: Extent) -> Option<Self> {
        compile(pattern, extent, false).map(Self)
    }

    /// Whether it matches.
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The pattern as the engine has it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Compiles a pattern of Java; nothing where it is none, is too large, or has what only Java's engine has.
pub(crate) fn compile(pattern: &str, extent: Extent, is_caseless: bool) -> Option<Regex> {
    let translated = translated(pattern);
    let anchored = match extent {
        Extent::Part => translated,
        Extent::Whole => format!("^(?:{translated})$"),
    };
    RegexBuilder::new(&anchored)
        .case_insensitive(is_caseless)
        .size_limit(PATTERN_BYTES_MAX)
        .dfa_size_limit(PATTERN_BYTES_MAX)
        .build()
        .ok()
}

/// The classes of Java know ASCII only, and `\Q…\E` quotes.
fn translated(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('\\') {
        text.push_str(rest.get(..at).unwrap_or_default());
        let escaped = rest.get(at + 1..).unwrap_or_default();
        if let Some(quoted) = escaped.strip_prefix('Q') {
            let (literal, behind) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            text.push_str(&regex::escape(literal));
            rest = behind;
            continue;
        }
        let Some(sign) = escaped.chars().next() else {
            text.push('\\');
            return text;
        };
        match sign {
            'd' => text.push_str("[0-9]"),
            'D' => text.push_str("[^0-9]"),
            'w' => text.push_str("[0-9A-Za-z_]"),
            'W' => text.push_str("[^0-9A-Za-z_]"),
            's' => text.push_str("[ \\t\\n\\x0B\\f\\r]"),
            'S' => text.push_str("[^ \\t\\n\\x0B\\f\\r]"),
            'b' => text.push_str("(?-u:\\b)"),
            other => text.extend(['\\', other]),
        }
        rest = escaped.get(sign.len_utf8()..).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_in_java() {
        for (pattern, text, expected) in [
            ("\\d+", "12", true),
            ("\\d+", "١٢", false),
            ("\\w+@[\\w.-]+", "a_1@b-c.d", true),
            ("\\w", "é", false),
            ("\\W", "é", true),
            ("[^\\s,]+", "a b", false),
            ("\\S\\s\\D", "a\tb", true),
            ("a\\b.*", "a b", true),
            ("\\Qa.b\\E.", "a.bc", true),
            ("\\Qa.b", "axb", false),
            ("\\\\w", "\\w", true),
            ("[é-ü]|.", "ö", true),
        ] {
            let regex = compile(pattern, Extent::Whole, false);
            assert_eq!(
                regex.map(|regex| regex.is_match(text)),
                Some(expected),
                "{pattern}"
            );
        }
        assert!(compile("b", Extent::Part, true).is_some_and(|regex| regex.is_match("aB")));
        for pattern in ["(?=a)", "(a)\\1", "(", "\\", "(a{1000}){1000}"] {
            assert!(compile(pattern, Extent::Part, false).is_none(), "{pattern}");
        }
    }
}
