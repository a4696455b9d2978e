//! How conditions on one key can turn out together, over all values that the key may have.
//!
//! The values that a list of conditions tells apart are finitely many where texts are compared as a
//! whole or by their beginning, numbers and dates by their order, and addresses by ranges: one value of
//! each class, a landmark, stands for all of it. Where a pattern has a star in its middle or a variable,
//! the classes are not computed.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Condition, Family, Test};
use crate::context::Context;

/// More classes of values than that are not combined into lists.
const CLASSES_MAX: usize = 8;

/// Every way in which `conditions`, all on one key, turn out: absent, an empty list, one value of each
/// class, several values of each combination of classes. `None` where the classes are not known.
pub(crate) fn ways(conditions: &[&Condition]) -> Option<BTreeSet<Vec<bool>>> {
    let turn_out = |found: Option<&[String]>| -> Vec<bool> {
        conditions
            .iter()
            .map(|condition| condition.holds_for(found, &Context::EMPTY))
            .collect()
    };
    let mut known = BTreeSet::new();
    let mut classes: Vec<String> = Vec::new();
    for value in landmarks(conditions)? {
        let twice = [value.clone(), value.clone()];
        if known.insert((turn_out(Some(&twice[..1])), turn_out(Some(&twice)))) {
            classes.push(value);
        }
    }
    if classes.len() > CLASSES_MAX {
        return None;
    }
    let mut ways: BTreeSet<Vec<bool>> = known
        .into_iter()
        .flat_map(|(once, twice)| [once, twice])
        .collect();
    ways.insert(turn_out(None));
    ways.insert(turn_out(Some(&[])));
    for combination in 1_u32..1 << classes.len() {
        let numbered = classes.iter().enumerate();
        let listed: Vec<String> = numbered
            .filter(|(position, _)| combination >> position & 1 == 1)
            .map(|(_, value)| value.clone())
            .collect();
        if listed.len() > 1 {
            ways.insert(turn_out(Some(&listed)));
        }
    }
    Some(ways)
}

/// The readings of a value that are not mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Text,
    Number,
    Date,
    Address,
    Bytes,
}

fn reading(condition: &Condition) -> Option<Reading> {
    match condition.operator.family {
        Family::Text | Family::TextIgnoringCase | Family::Like | Family::Bool | Family::Arn => {
            Some(Reading::Text)
        }
        Family::Numeric(_) => Some(Reading::Number),
        Family::Date(_) => Some(Reading::Date),
        Family::Ip => Some(Reading::Address),
        Family::Binary => Some(Reading::Bytes),
        Family::Null => None,
    }
}

/// One value of each class, some classes several times.
fn landmarks(conditions: &[&Condition]) -> Option<Vec<String>> {
    let mut readings = conditions.iter().filter_map(|condition| reading(condition));
    let first = readings.next();
    if readings.any(|other| Some(other) != first) {
        return None;
    }
    let fresh = fresh(conditions)?;
    let mut values = match first {
        Some(Reading::Text) => texts(conditions, fresh)?,
        Some(Reading::Number) => numbers(conditions),
        Some(Reading::Date) => dates(conditions),
        Some(Reading::Address) => addresses(conditions),
        Some(Reading::Bytes) => byte_texts(conditions),
        None => Vec::new(),
    };
    // No text at all has a rule of its own under ForAllValues.
    values.push(String::new());
    values.push(fresh.to_string());
    Some(values)
}

/// A character that no policy value has; of the private use area, so that it has no other case.
fn fresh(conditions: &[&Condition]) -> Option<char> {
    let used: BTreeSet<char> = conditions
        .iter()
        .flat_map(|condition| &condition.values)
        .flat_map(|value| value.chars())
        .collect();
    ('\u{e000}'..='\u{f8ff}').find(|character| !used.contains(character))
}

/// A text is told apart by which whole text it is, or by the longest beginning that it has.
fn texts(conditions: &[&Condition], fresh: char) -> Option<Vec<String>> {
    let mut whole: Vec<&str> = Vec::new();
    let mut beginnings: Vec<&str> = Vec::new();
    let mut folded: Vec<&str> = Vec::new();
    for condition in conditions {
        if condition.has_variables {
            return None;
        }
        let mut add = |(text, star)| {
            if star {
                beginnings.push(text);
            } else {
                whole.push(text);
            }
        };
        match &condition.test {
            Test::Pattern(patterns) => {
                for pattern in patterns {
                    add(pattern.as_literal()?);
                }
            }
            Test::Arn(patterns) => {
                for pattern in patterns {
                    add(pattern.as_literal()?);
                }
            }
            Test::IgnoringCase(patterns) => {
                for pattern in patterns {
                    folded.push(pattern.as_exact()?);
                }
            }
            Test::Flag { .. } => folded.extend(["true", "false"]),
            Test::Null { .. } => {}
            _ => return None,
        }
    }
    // Which spellings of a text begin with what is not computed, nor which letters beyond ASCII are the
    // same.
    if !folded.is_empty() && (!beginnings.is_empty() || !folded.iter().all(|text| text.is_ascii()))
    {
        return None;
    }
    let mut values: Vec<String> = whole.iter().map(|text| (*text).to_owned()).collect();
    values.extend(beginnings.iter().map(|text| format!("{text}{fresh}")));
    for text in folded {
        values.push(text.to_owned());
        values.extend(other_spelling(text, &whole)?);
    }
    Some(values)
}

/// A spelling of `text` in other cases that is none of `listed`. `Some(None)` where there is none,
/// `None` where that is not certain.
#[expect(
    clippy::option_option,
    reason = "that there is none is one thing, that it is not known another"
)]
fn other_spelling(text: &str, listed: &[&str]) -> Option<Option<String>> {
    let letters: Vec<usize> = text
        .char_indices()
        .filter(|(_, character)| character.is_ascii_alphabetic())
        .map(|(position, _)| position)
        .collect();
    // One spelling more than are listed, or all there are.
    let count = match u32::try_from(letters.len()) {
        Ok(letters) if letters < 16 => (listed.len() + 1).min(1 << letters),
        _ => listed.len() + 1,
    };
    let lower = text.to_ascii_lowercase();
    for number in 0..count {
        let mut spelling = lower.clone().into_bytes();
        for (bit, position) in letters.iter().take(usize::BITS as usize - 1).enumerate() {
            if number >> bit & 1 == 1 {
                spelling[*position] = spelling[*position].to_ascii_uppercase();
            }
        }
        let spelling = String::from_utf8(spelling).ok()?;
        if !listed.contains(&spelling.as_str()) {
            return Some(Some(spelling));
        }
    }
    Some(None)
}

/// The bounds, a number between each two, and numbers beyond them.
fn numbers(conditions: &[&Condition]) -> Vec<String> {
    let mut bounds: Vec<f64> = conditions
        .iter()
        .filter_map(|condition| match &condition.test {
            Test::Numeric(_, bounds) => Some(bounds.iter().flatten().copied()),
            _ => None,
        })
        .flatten()
        .collect();
    bounds.sort_by(f64::total_cmp);
    let between = bounds.windows(2).filter_map(|pair| match pair {
        [low, high] => Some(low / 2.0 + high / 2.0),
        _ => None,
    });
    let mut values: Vec<f64> = between.collect();
    values.extend(bounds);
    let finite = values.into_iter().filter(|value| value.is_finite());
    let mut texts: Vec<String> = finite.map(|value| value.to_string()).collect();
    // Too large for a number of finite size: the largest there are.
    texts.extend(["1e999".to_owned(), "-1e999".to_owned()]);
    texts
}

/// The bounds and their neighbours by a nanosecond, as seconds since 1970.
fn dates(conditions: &[&Condition]) -> Vec<String> {
    const SECOND: i128 = 1_000_000_000;
    let bounds = conditions
        .iter()
        .filter_map(|condition| match &condition.test {
            Test::Date(_, bounds) => Some(bounds.iter().flatten().copied()),
            _ => None,
        })
        .flatten();
    bounds
        .flat_map(|bound| [bound - 1, bound, bound + 1])
        .map(|nanos| {
            let sign = if nanos < 0 { "-" } else { "" };
            let (seconds, rest) = (nanos.abs() / SECOND, nanos.abs() % SECOND);
            format!("{sign}{seconds}.{rest:09}")
        })
        .collect()
}

/// Of each range the first address and the one behind it: ranges lie in or beside each other.
fn addresses(conditions: &[&Condition]) -> Vec<String> {
    let networks = conditions
        .iter()
        .filter_map(|condition| match &condition.test {
            Test::Ip(networks) => Some(networks.iter().flatten()),
            _ => None,
        })
        .flatten();
    let mut values: Vec<String> = networks
        .flat_map(|network| network.edges())
        .flatten()
        .map(|address| address.to_string())
        .collect();
    values.extend(["0.0.0.0".to_owned(), "::".to_owned()]);
    values
}

/// The listed ones, and one that is longer than all of them.
fn byte_texts(conditions: &[&Condition]) -> Vec<String> {
    let listed: Vec<&[u8]> = conditions
        .iter()
        .filter_map(|condition| match &condition.test {
            Test::Binary(listed) => Some(listed.iter().flatten().map(AsRef::as_ref)),
            _ => None,
        })
        .flatten()
        .collect();
    let mut longer = listed.concat();
    longer.push(0);
    let mut values: Vec<String> = listed.iter().map(|bytes| STANDARD.encode(bytes)).collect();
    values.push(STANDARD.encode(longer));
    values
}
