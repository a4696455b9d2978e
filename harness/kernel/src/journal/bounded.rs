//! What of a text the journal keeps: its beginning, without credentials.

use std::borrow::Cow;
use std::sync::Arc;

use crate::redaction;

/// The longest text of an event, in bytes; what is longer is cut, and its length told.
pub const TEXT_BYTES_MAX: usize = 4_096;

/// How deeply a detail may be nested. An event is read back by parsers that stop at 128, within an
/// explanation that is nested itself.
pub const DEPTH_MAX: usize = 64;

/// A text of at most [`TEXT_BYTES_MAX`] bytes: what is longer is cut, and its length told, as in
/// `abc … (9,500,000 bytes)`. For evidence, and for answers that repeat what was sent.
pub fn cut(text: &str) -> Cow<'_, str> {
    cut_at(text, TEXT_BYTES_MAX)
}

/// As [`cut`], with another length.
pub fn cut_at(text: &str, bytes_max: usize) -> Cow<'_, str> {
    if text.len() <= bytes_max {
        return text.into();
    }
    let kept = &text[..text.floor_char_boundary(bytes_max)];
    format!("{kept} … ({} bytes)", grouped(text.len())).into()
}

/// `9,500,000`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A text as evidence may show it: without credentials, and cut.
pub(super) fn text(given: String) -> String {
    let mut kept = match shown(&given, TEXT_BYTES_MAX) {
        Cow::Borrowed(_) => None,
        Cow::Owned(shown) => Some(shown),
    }
    .unwrap_or(given);
    // What a text reserved and does not use would count, and would be there.
    kept.shrink_to_fit();
    kept
}

/// An id as an event may show it; one that needs no change is shared, not copied.
pub(super) fn id(given: Arc<str>) -> Arc<str> {
    match shown(&given, TEXT_BYTES_MAX) {
        Cow::Borrowed(_) => None,
        Cow::Owned(shown) => Some(shown.into()),
    }
    .unwrap_or(given)
}

pub(super) fn shown(given: &str, bytes_max: usize) -> Cow<'_, str> {
    if given.len() <= bytes_max {
        return redaction::text(given);
    }
    let searched = &given[..given.floor_char_boundary(searched_bytes(given, bytes_max))];
    let shown = redaction::text(searched);
    let kept = &shown[..shown.floor_char_boundary(bytes_max.min(shown.len()))];
    format!("{kept} … ({} bytes)", grouped(given.len())).into()
}

/// How much of a text is searched for credentials: more than is shown, so that none is cut in two,
/// and never more than twice that, so that what is kept bounds the work.
pub(super) fn searched_bytes(given: &str, bytes_max: usize) -> usize {
    given.len().min(2 * bytes_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_where_a_character_ends_and_tell_their_length() {
        assert_eq!(cut("short"), "short");
        let long = format!(
            "{}ü{}",
            "a".repeat(TEXT_BYTES_MAX - 1),
            "b".repeat(9_495_903)
        );
        let shown = cut(&long);
        assert!(
            shown.ends_with("aaa … (9,500,000 bytes)"),
            "{}",
            &shown[4_000..]
        );
    }

    #[test]
    fn a_credential_is_not_cut_in_two() {
        let before = "x ".repeat((TEXT_BYTES_MAX - 20) / 2);
        let key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let kept = text(format!(
            "{before}{key} and so on, for long{}",
            " ".repeat(100)
        ));
        assert!(!kept.contains("wJalr"), "{}", &kept[4_000..]);
    }
}
