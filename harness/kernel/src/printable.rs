//! Text on its way to a terminal.
//!
//! What a client sent may hold anything: an escape sequence that renames the window, a carriage
//! return that overwrites a line, a line of its own that looks like ours, a mark that turns the order
//! of letters around. A terminal gets none of it.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every character that a terminal obeys or does not show as `\u001b`; line ends and
/// tabs stay. In a JSON text this is JSON's own escape, so that the text means the same.
pub fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |character| {
        is_unseen(character) && !matches!(character, '\n' | '\t')
    })
}

/// The same for what is to stand on one line: line ends and tabs are escaped too.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, is_unseen)
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(first) = text.find(&is_escaped) else {
        return text.into();
    };
    let (clean, rest) = text.split_at(first);
    let mut shown = clean.to_owned();
    for character in rest.chars() {
        match character {
            _ if !is_escaped(character) => shown.push(character),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    // Writing to a String cannot fail.
                    let _written = write!(shown, "\\u{unit:04x}");
                }
            }
        }
    }
    shown.into()
}

/// Controls of both sets, line and paragraph separators, and the characters of Unicode that change
/// the order of others or have no width: bidirectional marks, embeddings, overrides and isolates,
/// joiners, the byte order mark, tags, and variation selectors of the supplement.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        for (given, shown) in [
            ("plain … ✓ ü", "plain … ✓ ü"),
            ("\u{1b}]0;PWNED\u{7}", "\\u001b]0;PWNED\\u0007"),
            ("a\rb", "a\\rb"),
            ("\u{9b}2J\u{7f}", "\\u009b2J\\u007f"),
            ("evil\u{202e}txt\u{2066}", "evil\\u202etxt\\u2066"),
            ("a\u{e0041}", "a\\udb40\\udc41"),
            ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ] {
            assert_eq!(lines(given), shown, "{given:?}");
            assert!(!one_line(given).contains(['\n', '\t', '\r']));
        }
        assert_eq!(
            one_line("a\nfirst refusal: forged"),
            "a\\nfirst refusal: forged"
        );
    }

    #[test]
    fn json_means_the_same_after_it() {
        let value = serde_json::json!({"a\u{202e}": "\u{1b}[2J\u{9b}\u{e0041}\n\u{7f}"});
        let text = value.to_string();
        let shown = lines(&text);
        assert_ne!(shown, text);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            value
        );
    }
}
