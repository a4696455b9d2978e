//! Paths that a signer may have signed instead.

use percent_encoding::{AsciiSet, percent_decode_str, utf8_percent_encode};

use super::{Canonical, Fit, Options, Suspect, Try};
use crate::Incoming;
use crate::sigv4::canonical::{self, PATH};

/// What JavaScript's `encodeURIComponent` leaves as it is.
const OF_JAVASCRIPT: AsciiSet = PATH
    .remove(b'!')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*');
/// What RFC 3986 allows in a path.
const OF_PATHS: AsciiSet = OF_JAVASCRIPT
    .remove(b':')
    .remove(b'@')
    .remove(b'$')
    .remove(b'&')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'+');

/// Headers in which proxies pass on the path that they got.
const ORIGINAL_PATHS: [&str; 3] = ["x-original-uri", "x-original-url", "x-forwarded-uri"];

pub(super) fn tries(incoming: &Incoming<'_>, base: &Canonical, options: Options) -> Vec<Try> {
    let raw = if incoming.path.is_empty() {
        "/"
    } else {
        incoming.path
    };
    let normal = match options.normalise_path {
        true => canonical::normalised(raw),
        false => raw.to_owned(),
    };
    let mut found: Vec<(Suspect, String)> = Vec::new();
    for (path, as_sent) in [
        (normal.as_str(), None),
        (raw, Some(Suspect::PathNotNormalised)),
    ] {
        let encodings = encodings(path, options);
        let named = encodings.into_iter();
        found.extend(named.map(|(suspect, text)| (as_sent.unwrap_or(suspect), text)));
    }
    found.extend(slash(&base.path).map(|path| (Suspect::PathTrailingSlash, path)));
    let prefixed = prefixed(incoming, &normal).into_iter();
    found.extend(prefixed.map(|path| (Suspect::PathPrefix, canonical::path(&path, options))));
    let mut seen = vec![base.path.clone()];
    let mut tries = Vec::new();
    for (suspect, path) in found {
        if !seen.contains(&path) {
            seen.push(path.clone());
            tries.push(Try {
                fit: Fit::of(suspect).showing(&path, &base.path),
                canonical: Canonical {
                    path,
                    ..base.clone()
                },
            });
        }
    }
    tries
}

/// A path in every encoding that signers are known to make of it.
fn encodings(path: &str, options: Options) -> Vec<(Suspect, String)> {
    let encoded = |text: &str| utf8_percent_encode(text, &PATH).to_string();
    let decoded = percent_decode_str(path).decode_utf8_lossy().into_owned();
    let once = encoded(&decoded);
    let twice = encoded(&once);
    let thrice = encoded(&twice);
    let others = [
        utf8_percent_encode(path, &OF_JAVASCRIPT).to_string(),
        utf8_percent_encode(path, &OF_PATHS).to_string(),
        utf8_percent_encode(&decoded, &OF_JAVASCRIPT).to_string(),
        utf8_percent_encode(&decoded, &OF_PATHS).to_string(),
    ];
    let mut found = match options.double_encode_path {
        true => vec![
            (Suspect::PathEncodedLess, once),
            (Suspect::PathEncodedLess, path.to_owned()),
            // In the spelling in which it was sent, and in the one that all signers agree on.
            (Suspect::PathEncodedMore, encoded(&encoded(path))),
            (Suspect::PathEncodedMore, thrice),
            (Suspect::PathEncodedOtherwise, twice),
        ],
        false => vec![
            (Suspect::PathEncodedMore, encoded(path)),
            (Suspect::PathEncodedMore, twice),
        ],
    };
    found.push((Suspect::PathDecoded, decoded));
    found.extend(others.map(|path| (Suspect::PathEncodedOtherwise, path)));
    found
}

/// The path with a slash at its end, or without the one that it has.
fn slash(path: &str) -> Option<String> {
    match path.strip_suffix('/') {
        Some("") => None,
        Some(shorter) => Some(shorter.to_owned()),
        None => Some(format!("{path}/")),
    }
}

/// Paths before a proxy put its first segment there, or took one away.
fn prefixed(incoming: &Incoming<'_>, normal: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut rest = normal;
    for _ in 0..2 {
        let Some((_, after)) = rest.trim_start_matches('/').split_once('/') else {
            break;
        };
        rest = after;
        paths.push(format!("/{after}"));
    }
    if !normal.trim_start_matches('/').contains('/') && normal != "/" {
        paths.push("/".to_owned());
    }
    if let Some(prefix) = incoming.header("x-forwarded-prefix") {
        paths.push(format!("{}{normal}", prefix.trim_end_matches('/')));
    }
    let originals = ORIGINAL_PATHS
        .into_iter()
        .filter_map(|name| incoming.header(name));
    paths.extend(originals.filter_map(|value| {
        let path = value.split(['?', '#']).next()?;
        let path = match path.split_once("://") {
            Some((_, rest)) => rest.find('/').and_then(|start| rest.get(start..))?,
            None => path,
        };
        path.starts_with('/').then(|| path.to_owned())
    }));
    paths
}
