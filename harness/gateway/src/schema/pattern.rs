//! Patterns of ECMA 262, in the spelling of the lab's engine, which is linear and has neither look-around
//! nor back references.

use regex::{Regex, RegexBuilder};

/// The most that a compiled pattern takes.
const SIZE_BYTES_MAX: usize = 1 << 20;

/// The pattern, unless the engine cannot have it.
pub(super) fn compile(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(&translated(pattern))
        .size_limit(SIZE_BYTES_MAX)
        .build()
        .ok()
}

/// Digits and letters of words are those of ASCII, and inside brackets only `]`, `\` and a `^` in front are
/// more than themselves.
fn translated(pattern: &str) -> String {
    let mut text = String::with_capacity(pattern.len() + 16);
    let mut characters = pattern.chars().peekable();
    let mut is_in_class = false;
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('d') => text.push_str("[0-9]"),
                Some('D') => text.push_str("[^0-9]"),
                Some('w') => text.push_str("[0-9A-Za-z_]"),
                Some('W') => text.push_str("[^0-9A-Za-z_]"),
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            '[' if is_in_class => text.push_str("\\["),
            '[' => {
                is_in_class = true;
                text.push('[');
                if characters.next_if_eq(&'^').is_some() {
                    text.push('^');
                }
            }
            ']' => {
                is_in_class = false;
                text.push(']');
            }
            // Doubled, they are operations on classes.
            '&' | '~' if is_in_class => text.extend(['\\', character]),
            '-' if is_in_class => {
                text.push('-');
                if characters.next_if_eq(&'-').is_some() {
                    text.push_str("\\-");
                }
            }
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_searched_for_as_ecma_has_them() {
        let cases = [
            ("^a", "ab", true),
            ("b", "abc", true),
            ("^\\d+$", "12", true),
            ("^\\d+$", "\u{0661}", false),
            ("^[\\w.]+$", "a_.9", true),
            ("^[\\w.]+$", "é", false),
            ("^[^\\D]$", "7", true),
            ("^[[a]+$", "[a", true),
            ("^[a&&b]+$", "&", true),
            ("^[+--]$", ",", true),
            ("^\\/x$", "/x", true),
            ("^.$", "é", true),
        ];
        for (pattern, text, expected) in cases {
            let compiled = compile(pattern);
            let found = compiled.map(|it| it.is_match(text));
            assert_eq!(found, Some(expected), "{pattern} {text}");
        }
        for pattern in ["(?=a)", "(a)\\1", "(", "a{1,100000}{1,1000}"] {
            assert!(compile(pattern).is_none(), "{pattern}");
        }
    }
}
