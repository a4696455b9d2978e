//! Queries that a signer may have signed instead.

use percent_encoding::{AsciiSet, percent_decode_str, utf8_percent_encode};

use super::{Canonical, Fit, Suspect, Try};
use crate::Incoming;
use crate::sigv4::canonical::{UNRESERVED, encoded_again};
use crate::sigv4::parse::{Form, Signed};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const OF_JAVASCRIPT: AsciiSet = UNRESERVED
    .remove(b'!')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*');
/// What URL libraries leave as it is in a query: `$filter`, `a:b`, `x/y`.
const OF_QUERIES: AsciiSet = OF_JAVASCRIPT
    .remove(b'$')
    .remove(b':')
    .remove(b'@')
    .remove(b'/')
    .remove(b'?')
    .remove(b',')
    .remove(b';');

/// How many parameters are left out, one after the other.
const LEFT_OUT_MAX: usize = 8;

type Pair = (String, String, bool);

pub(super) fn tries(signed: &Signed, incoming: &Incoming<'_>, base: &Canonical) -> Vec<Try> {
    let pairs = pairs(incoming.query);
    if pairs.is_empty() {
        return Vec::new();
    }
    let mut tries = Vec::new();
    let mut seen = vec![base.query.clone()];
    let mut add = |fit: Fit, query: String| {
        if !seen.contains(&query) {
            seen.push(query.clone());
            let canonical = Canonical {
                query,
                ..base.clone()
            };
            tries.push(Try { fit, canonical });
        }
    };
    for (suspect, encode) in spellings() {
        let query = joined(&pairs, &encode, true);
        add(named(suspect, &pairs), query);
    }
    let again: Encode = Box::new(encoded_again);
    add(
        named(Suspect::QueryUnsorted, &pairs),
        joined(&pairs, &again, false),
    );
    for (suspect, encode) in spellings() {
        // As written, and in the order in which it was written.
        add(named(suspect, &pairs), joined(&pairs, &encode, false));
    }
    add(
        named(Suspect::QueryWithoutEquals, &pairs),
        without_equals(&pairs),
    );
    if signed.form == Form::Header {
        add(named(Suspect::QueryNotSigned, &pairs), String::new());
    }
    for index in (0..pairs.len()).rev().take(LEFT_OUT_MAX) {
        let mut others = pairs.clone();
        let (name, _, _) = others.remove(index);
        let is_token = signed.form != Form::Header && name == "X-Amz-Security-Token";
        if signed.form != Form::Header && name.starts_with("X-Amz-") && !is_token {
            continue;
        }
        let suspect = match is_token {
            true => Suspect::TokenNotSigned,
            false => Suspect::QueryParameterAdded,
        };
        add(Fit::of(suspect).about(&name), joined(&others, &again, true));
    }
    tries
}

type Encode = Box<dyn Fn(&str) -> String>;

/// The ways in which names and values are known to be spelled.
fn spellings() -> Vec<(Suspect, Encode)> {
    let replaced = |from: &'static str, to: &'static str| -> Encode {
        Box::new(move |text| encoded_again(text).replace(from, to))
    };
    let kept = |set: &'static AsciiSet| -> Encode {
        Box::new(move |text| {
            let plain = percent_decode_str(text).decode_utf8_lossy();
            utf8_percent_encode(&plain, set).to_string()
        })
    };
    static JAVASCRIPT: AsciiSet = OF_JAVASCRIPT;
    static QUERIES: AsciiSet = OF_QUERIES;
    vec![
        (
            Suspect::QueryPlusAsBlank,
            Box::new(|text| encoded_again(&text.replace('+', "%20"))),
        ),
        (Suspect::QueryBlankAsPlus, replaced("%20", "+")),
        (Suspect::QueryBlankAsPlus, replaced("%20", "%2B")),
        (Suspect::QueryPlusAsBlank, replaced("%2B", "+")),
        (Suspect::QueryNotEncoded, Box::new(str::to_owned)),
        (
            Suspect::QueryEncodedTwice,
            Box::new(|text| utf8_percent_encode(text, &UNRESERVED).to_string()),
        ),
        (
            Suspect::QueryEncodedTwice,
            Box::new(|text| utf8_percent_encode(&encoded_again(text), &UNRESERVED).to_string()),
        ),
        (
            Suspect::QueryNotEncoded,
            Box::new(|text| percent_decode_str(text).decode_utf8_lossy().into_owned()),
        ),
        (Suspect::QueryEncodedOtherwise, kept(&JAVASCRIPT)),
        (Suspect::QueryEncodedOtherwise, kept(&QUERIES)),
    ]
}

/// The parameters but the signature, as they were sent, and whether each has an equal sign.
fn pairs(query: &str) -> Vec<Pair> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned(), true),
            None => (pair.to_owned(), String::new(), false),
        })
        .filter(|(name, _, _)| encoded_again(name) != "X-Amz-Signature")
        .collect()
}

fn joined(pairs: &[Pair], encode: &Encode, is_sorted: bool) -> String {
    let pairs = pairs.iter();
    let mut pairs: Vec<(String, String)> = pairs
        .map(|(name, value, _)| (encode(name), encode(value)))
        .collect();
    if is_sorted {
        pairs.sort();
    }
    let joined = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    joined.collect::<Vec<_>>().join("&")
}

fn without_equals(pairs: &[Pair]) -> String {
    let mut texts: Vec<String> = pairs
        .iter()
        .map(|(name, value, has_equals)| {
            let (name, value) = (encoded_again(name), encoded_again(value));
            match has_equals {
                true => format!("{name}={value}"),
                false => name,
            }
        })
        .collect();
    texts.sort();
    texts.join("&")
}

/// A suspect with the name of the parameter that it is about, where it is one alone. Values are nobody's
/// to see.
fn named(suspect: Suspect, pairs: &[Pair]) -> Fit {
    let fit = Fit::of(suspect);
    let is_meant = |text: &str| match suspect {
        Suspect::QueryPlusAsBlank => text.contains('+') || text.contains("%2B"),
        Suspect::QueryBlankAsPlus => text.contains("%20"),
        Suspect::QueryNotEncoded | Suspect::QueryEncodedTwice | Suspect::QueryEncodedOtherwise => {
            encoded_again(text) != *text || text.contains('%')
        }
        _ => false,
    };
    let meant = pairs
        .iter()
        .filter(|(name, value, has_equals)| match suspect {
            Suspect::QueryWithoutEquals => !has_equals,
            _ => is_meant(name) || is_meant(value),
        });
    let names: Vec<&str> = meant.map(|(name, _, _)| name.as_str()).collect();
    match names.as_slice() {
        [name] => fit.about(name),
        _ => fit,
    }
}
