//! What of a detail the journal keeps: bounded in depth, in the length of each text and as a whole,
//! without credentials, and so that it reads back as it was written.

use std::borrow::Cow;
use std::mem::size_of;

use serde_json::{Map, Number, Value};

use super::placeholder;
use crate::redaction;

/// The longest text of an event, in bytes; what is longer is cut, and its length told.
pub const TEXT_BYTES_MAX: usize = 4_096;

/// How deeply a detail may be nested. An event is read back by parsers that stop at 128, within an
/// explanation that is nested itself.
pub const DEPTH_MAX: usize = 64;

/// How much of a detail is kept, in bytes: of its texts and of the places that its values take.
const DETAIL_BYTES_MAX: usize = 128 * 1_024;

/// The longest name of a member, in bytes.
const NAME_BYTES_MAX: usize = 256;

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
fn grouped(number: usize) -> String {
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

fn shown(given: &str, bytes_max: usize) -> Cow<'_, str> {
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
fn searched_bytes(given: &str, bytes_max: usize) -> usize {
    given.len().min(2 * bytes_max)
}

/// Makes a detail fit to be kept.
pub(super) fn keep(mut detail: Value) -> Value {
    let mut keeper = Keeper {
        left: DETAIL_BYTES_MAX,
    };
    keeper.value(&mut detail, 0);
    detail
}

struct Keeper {
    /// The bytes that may still be kept.
    left: usize,
}

impl Keeper {
    fn value(&mut self, value: &mut Value, depth: usize) {
        self.take(size_of::<Value>());
        match value {
            Value::String(given) => self.text(given),
            Value::Array(_) | Value::Object(_) if depth == DEPTH_MAX => *value = too_deep(),
            Value::Array(items) => self.items(items, depth),
            Value::Object(members) => self.members(members, depth),
            Value::Number(number) if number.is_f64() => *value = readable(number.clone()),
            Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    fn text(&mut self, given: &mut String) {
        let searched = searched_bytes(given, TEXT_BYTES_MAX);
        *given = text(std::mem::take(given));
        if let Some(replaced) = placeholder::without_ports(given) {
            *given = replaced;
        }
        // Only the excess of a long list of texts can be more than is left.
        self.take(searched.max(given.len()));
    }

    fn items(&mut self, items: &mut Vec<Value>, depth: usize) {
        let count = items.len();
        for index in 0..count {
            if self.left == 0 {
                items.truncate(index);
                items.push(Value::String(format!("… ({} of them)", grouped(count))));
                break;
            }
            if let Some(item) = items.get_mut(index) {
                self.value(item, depth + 1);
            }
        }
        items.shrink_to_fit();
    }

    /// Most members stay where they are, under the names that they have.
    fn members(&mut self, members: &mut Map<String, Value>, depth: usize) {
        let mut fitting = 0;
        for (name, value) in members.iter_mut() {
            if self.left == 0 || is_to_be_shown_otherwise(name) {
                break;
            }
            self.take(size_of::<(String, Value)>() + name.len());
            self.value(value, depth + 1);
            fitting += 1;
        }
        if fitting < members.len() {
            *members = self.rebuilt(std::mem::take(members), depth, fitting);
        }
    }

    /// The members, the first of which are fit already.
    fn rebuilt(
        &mut self,
        members: Map<String, Value>,
        depth: usize,
        fitting: usize,
    ) -> Map<String, Value> {
        let count = members.len();
        let mut kept = Map::new();
        for (index, (name, mut value)) in members.into_iter().enumerate() {
            if index < fitting {
                kept.insert(name, value);
                continue;
            }
            if self.left == 0 {
                let note = format!("({} members)", grouped(count));
                kept.insert("…".to_owned(), Value::String(note));
                break;
            }
            let searched = searched_bytes(&name, NAME_BYTES_MAX);
            let name = match shown(&name, NAME_BYTES_MAX) {
                Cow::Borrowed(_) => name,
                Cow::Owned(shown) => shown,
            };
            self.take(size_of::<(String, Value)>() + searched.max(name.len()));
            self.value(&mut value, depth + 1);
            kept.insert(name, value);
        }
        kept
    }

    fn take(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }
}

/// Whether a member's name is too long, or has a credential in it.
fn is_to_be_shown_otherwise(name: &str) -> bool {
    matches!(shown(name, NAME_BYTES_MAX), Cow::Owned(_))
}

fn too_deep() -> Value {
    Value::String(format!("… (nested deeper than {DEPTH_MAX} levels)"))
}

/// A number that reads back as itself. The parser of numbers is fast and not always exact: a
/// fraction that it would read as its neighbour is replaced by that neighbour, which stands.
fn readable(number: Number) -> Value {
    if !number.is_f64() {
        return Value::Number(number);
    }
    let mut current = number;
    for _ in 0..4 {
        let text = current.to_string();
        match serde_json::from_str::<Number>(&text) {
            Ok(read) if read == current => return Value::Number(current),
            Ok(read) => current = read,
            Err(_) => return Value::String(text),
        }
    }
    Value::String(current.to_string())
}

/// The memory that a value takes, in bytes: its own, its texts', its members'.
#[cfg(test)]
fn weight(value: &Value) -> usize {
    let content = match value {
        Value::String(text) => text.capacity(),
        Value::Array(items) => {
            let spare = items.capacity().saturating_sub(items.len()) * size_of::<Value>();
            spare + items.iter().map(weight).sum::<usize>()
        }
        Value::Object(members) => members
            .iter()
            // The member's name, its hash, and its place in the index.
            .map(|(name, value)| size_of::<(String, u64, u64)>() + name.capacity() + weight(value))
            .sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>() + content
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
        let kept = keep(json!({"text": long, "list": [long], long.as_str(): 1}));
        assert!(weight(&kept) < 3 * TEXT_BYTES_MAX, "{}", weight(&kept));
    }

    #[test]
    fn what_is_searched_is_charged_whether_it_is_kept_or_not() {
        // What is kept of each, at most, and how much of it is searched for that.
        let text = "=".repeat(10_000);
        let numbered = |n: u32| format!("{n}{text}");
        let name_max = DETAIL_BYTES_MAX / (2 * NAME_BYTES_MAX) + 2;
        let text_max = DETAIL_BYTES_MAX / (2 * TEXT_BYTES_MAX) + 2;
        let names: Map<String, Value> = (0..400).map(|n| (numbered(n), n.into())).collect();
        let texts: Vec<Value> = (0..400).map(|n| numbered(n).into()).collect();
        let nested = json!({"list": texts});
        for (what, detail, kept_max) in [
            ("names", Value::Object(names), name_max),
            ("texts", Value::Array(texts), text_max),
            ("nested texts", nested, text_max),
        ] {
            let kept = match keep(detail) {
                Value::Object(members) if what == "names" => members.len(),
                Value::Object(members) => members["list"].as_array().unwrap().len(),
                Value::Array(items) => items.len(),
                other => panic!("{other}"),
            };
            assert!(kept > 4 && kept <= kept_max, "{what}: {kept} of {kept_max}");
        }
        // The twin: short names are all kept.
        let short: Map<String, Value> = (0..400).map(|n| (n.to_string(), n.into())).collect();
        assert_eq!(keep(short.into()).as_object().unwrap().len(), 400);
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

    #[test]
    fn depth_and_breadth_are_bounded_and_told() {
        let mut deep = json!("bottom");
        for _ in 0..1_000 {
            deep = Value::Object(
                [("a".to_owned(), Value::Array(vec![deep]))]
                    .into_iter()
                    .collect(),
            );
        }
        let kept = keep(deep).to_string();
        assert!(kept.contains("… (nested deeper than 64 levels)"), "{kept}");
        let kept = keep(json!({"n": vec![1; 1_000_000]}));
        assert!(kept["n"].as_array().unwrap().len() < 10_000);
        assert_eq!(
            kept["n"].as_array().unwrap().last().unwrap(),
            "… (1,000,000 of them)"
        );
        let many: Map<String, Value> = (0..100_000).map(|n| (n.to_string(), n.into())).collect();
        let kept = keep(many.into());
        assert_eq!(kept["…"], "(100,000 members)");
        assert!(weight(&kept) < 2 * DETAIL_BYTES_MAX);
    }
}
