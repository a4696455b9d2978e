//! Redaction by the shape of a value: what looks like a credential, wherever it stands.
//!
//! Linear in the text, and at most as deep as URLs may stand in one another. A text without a
//! credential comes back as it is, and nothing is allocated for one without a percent sign.

use std::borrow::Cow;
use std::ops::Range;

use super::{HIDDEN, place};

/// How often a text is percent-decoded in search of a credential.
const DECODINGS_MAX: usize = 3;

/// The shortest run of characters that is looked at.
const RUN_LENGTH_MIN: usize = 5;

/// The length of a secret access key.
const SECRET_KEY_LENGTH: usize = 40;

/// How often a secret access key changes between lower case, upper case and digits, at least. A
/// random one does some twenty times, a name of that length hardly five times.
const SECRET_KEY_TURNS_MIN: usize = 10;

/// From this length on, text that reads like noise is a session token, a key, or worse.
const NOISE_LENGTH_MIN: usize = 80;

/// How much of the line of a private key is read: longer than any label.
const KEY_LINE_BYTES_MAX: usize = 128;

/// How often a URL may stand within another: what is deeper is not shown.
const URL_DEPTH_MAX: usize = 4;

/// The text without credentials. Each stands as `…` with what it was, `…(vault token)`.
pub fn text(text: &str) -> Cow<'_, str> {
    text_within(text, 0)
}

/// As [`text`], where the text is part of `depth` URLs.
pub(super) fn text_within(text: &str, depth: usize) -> Cow<'_, str> {
    if depth > URL_DEPTH_MAX && (text.contains("://") || text.contains('%')) {
        return HIDDEN.into();
    }
    let mut shown = plain(text, depth);
    // Percent-encoding hides nothing from a reader. The text stays as it is unless it hides one; what
    // was found in the clear says nothing of what else there is.
    while let Some(further) = without_encoded(&shown, depth) {
        shown = further.into();
    }
    shown
}

/// The text decoded and without the credentials that its percent-encoding hid, if it hid any.
fn without_encoded(text: &str, depth: usize) -> Option<String> {
    let mut decoded = percent_decoded(text)?;
    for _ in 0..DECODINGS_MAX {
        if let Cow::Owned(hidden) = plain(&decoded, depth) {
            return Some(hidden);
        }
        decoded = percent_decoded(&decoded)?;
    }
    None
}

fn plain(text: &str, depth: usize) -> Cow<'_, str> {
    let found = Finder {
        text,
        depth,
        found: Vec::new(),
    }
    .all();
    if found.is_empty() {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    let mut end = 0;
    for (range, instead) in found {
        shown.push_str(text.get(end..range.start).unwrap_or_default());
        shown.push_str(&instead);
        end = range.end;
    }
    shown.push_str(text.get(end..).unwrap_or_default());
    shown.into()
}

/// The text with its escapes decoded, if it has any and is UTF-8 then.
fn percent_decoded(text: &str) -> Option<String> {
    if !text.contains('%') {
        return None;
    }
    let bytes = text.as_bytes();
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    let mut decoded = Vec::with_capacity(bytes.len());
    let (mut at, mut changed) = (0, false);
    while let Some(byte) = bytes.get(at) {
        let escaped = (*byte == b'%')
            .then(|| u8::try_from(digit(at + 1)? * 16 + digit(at + 2)?).ok())
            .flatten();
        decoded.push(escaped.unwrap_or(*byte));
        changed |= escaped.is_some();
        at += if escaped.is_some() { 3 } else { 1 };
    }
    changed.then(|| String::from_utf8(decoded).ok()).flatten()
}

/// A run of what tokens, keys and their names are made of.
fn is_of_run(byte: u8) -> bool {
    OF_RUN[usize::from(byte)]
}

/// By byte: every text of every event is read by it.
const OF_RUN: [bool; 256] = {
    let mut of_run = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        of_run[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=');
        byte += 1;
    }
    of_run
};

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}

fn is_of_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

struct Finder<'a> {
    text: &'a str,
    /// In how many URLs the text stands.
    depth: usize,
    /// In the order of the text, without overlap.
    found: Vec<(Range<usize>, Cow<'static, str>)>,
}

impl Finder<'_> {
    fn all(mut self) -> Vec<(Range<usize>, Cow<'static, str>)> {
        let text = self.text;
        let bytes = text.as_bytes();
        let mut at = 0;
        let mut after_scheme = false;
        while let Some(byte) = bytes.get(at) {
            if is_of_run(*byte) {
                let run = length_of(&bytes[at..], is_of_run);
                let end = at + run;
                if run < RUN_LENGTH_MIN && !after_scheme {
                    at = end;
                    continue;
                }
                if let Some(end) = self.private_key(at, end) {
                    at = end;
                } else {
                    let whole = after_scheme
                        && is_credential(&text[at..end])
                        && bytes.get(end) != Some(&b'"');
                    if whole {
                        self.found.push((at..end, hidden("credential")));
                    } else if run >= RUN_LENGTH_MIN {
                        self.in_run(at..end);
                    }
                    after_scheme =
                        !whole && is_scheme(&text[at..end]) && bytes.get(end) == Some(&b' ');
                    at = end;
                }
                continue;
            }
            if *byte == b':' && bytes[at..].starts_with(b"://") && self.begins_url(at) {
                at = self.in_url(at);
            } else {
                at += 1;
            }
            after_scheme &= *byte == b' ';
        }
        self.found
    }

    /// From `-----BEGIN … PRIVATE KEY-----` to its end, or to that of the text.
    fn private_key(&mut self, start: usize, run_end: usize) -> Option<usize> {
        let rest = self.text.get(start..)?;
        if !self.text.get(start..run_end)?.starts_with("-----BEGIN") {
            return None;
        }
        let line = rest.get(..rest.floor_char_boundary(KEY_LINE_BYTES_MAX))?;
        let line = line.split(['\n', '\r', '\\']).next()?;
        if !line.contains("PRIVATE KEY-----") {
            return None;
        }
        let end = rest
            .find("-----END")
            .and_then(|begin| {
                let from = begin + "-----END".len();
                Some(from + rest.get(from..)?.find("-----")? + "-----".len())
            })
            .unwrap_or(rest.len());
        self.found.push((start..start + end, hidden("private key")));
        Some(start + end)
    }

    /// Whether letters stand before `://`.
    fn begins_url(&self, at: usize) -> bool {
        at.checked_sub(1)
            .and_then(|before| self.text.as_bytes().get(before))
            .is_some_and(u8::is_ascii_alphanumeric)
    }

    /// What of a URL is a secret: user information, values of the query, fragment. Returns where it
    /// ends.
    fn in_url(&mut self, colon: usize) -> usize {
        let text = self.text;
        let rest = &text[colon..];
        let ends = |character: char| {
            character.is_whitespace() || character.is_control() || "\"'`<>|\\".contains(character)
        };
        let end = colon + rest.find(ends).unwrap_or(rest.len());
        // What a sentence goes on with behind an address is none of it.
        let url = text[colon..end].trim_end_matches([',', ';', ')', '.']);
        let end = colon + url.len();
        let shown = place::url_within(url, self.depth + 1);
        if shown != url {
            self.found.push((colon..end, shown.into()));
        }
        end
    }

    fn in_run(&mut self, range: Range<usize>) {
        let run = &self.text[range.clone()];
        let mut noise = Noise::default();
        let mut at = 0;
        while at < run.len() {
            match first_secret(run, at, &mut noise) {
                Some((found, what)) => {
                    at = found.end;
                    let found = range.start + found.start..range.start + found.end;
                    self.found.push((found, hidden(what)));
                }
                None => break,
            }
        }
    }
}

fn hidden(what: &str) -> Cow<'static, str> {
    format!("{HIDDEN}({what})").into()
}

fn is_scheme(word: &str) -> bool {
    ["bearer", "basic", "digest", "negotiate"]
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme))
}

/// Whether what follows a scheme is a credential, and no word of a sentence about it.
fn is_credential(run: &str) -> bool {
    run.len() >= 8
        && !run
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'.')
}

fn length_of(bytes: &[u8], of: impl Fn(u8) -> bool) -> usize {
    bytes
        .iter()
        .position(|byte| !of(*byte))
        .unwrap_or(bytes.len())
}

/// The first credential of a run, from `from` on, and what it is.
fn first_secret(run: &str, from: usize, noise: &mut Noise) -> Option<(Range<usize>, &'static str)> {
    let bytes = run.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        if begins {
            let rest = &run[at..];
            let found = vault_token(rest)
                .map(|length| (length, "vault token"))
                .or_else(|| json_in_base64(rest).map(|length| (length, "token")))
                .or_else(|| secret_key(rest).map(|length| (length, "secret key")))
                .or_else(|| noise.at(run, at).map(|length| (length, "credential")));
            if let Some((length, what)) = found {
                return Some((at..at + length, what));
            }
        }
        if bytes[at] == b'=' && is_signature(&run[from..at]) && at + 1 < bytes.len() {
            return Some((at + 1..bytes.len(), "signature"));
        }
        at += 1;
    }
    None
}

/// The names of SigV4's two secret parameters, in headers and in queries.
fn is_signature(name: &str) -> bool {
    let name = name.rsplit(['/', '=']).next().unwrap_or_default();
    ["signature", "x-amz-signature", "x-amz-security-token"]
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret))
}

/// `hvs.…`, `hvb.…`, `hvr.…`, and the older `s.…`, `b.…`, `r.…`.
fn vault_token(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let (prefix, least) = match bytes {
        [b'h', b'v', b's' | b'b' | b'r', b'.', ..] => (4, 1),
        [b's' | b'b' | b'r', b'.', ..] => (2, 20),
        _ => return None,
    };
    // A host name has dots; an old token has none, but for the namespace at its end.
    let body = bytes.get(prefix..)?;
    let solid = length_of(body, |byte| is_of_token(byte) && byte != b'.');
    (solid >= least).then(|| prefix + length_of(body, is_of_token))
}

/// A JSON object or list in base64: a JSON Web Token, the headers of a signed request.
fn json_in_base64(rest: &str) -> Option<usize> {
    // `{"`, `{ `, `{` and a line's end, `[{"`.
    if !rest.starts_with(['e', 'W'])
        || !["eyJ", "eyI", "eyA", "ewo", "ew0", "W3si", "W3sK"]
            .iter()
            .any(|begin| rest.starts_with(begin))
    {
        return None;
    }
    let length = length_of(rest.as_bytes(), |byte| is_of_base64(byte) || byte == b'.');
    (length >= 16).then_some(length)
}

/// Forty characters of base64 that read like noise.
fn secret_key(rest: &str) -> Option<usize> {
    let of_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    // A key may hold a slash, and may stand in a path: it ends where a segment does.
    let candidate = rest.get(..SECRET_KEY_LENGTH)?;
    let length = length_of(candidate.as_bytes(), of_key);
    let next = rest.as_bytes().get(SECRET_KEY_LENGTH);
    let ends = !next.is_some_and(|next| next.is_ascii_alphanumeric() || b"=-_+".contains(next));
    if length == SECRET_KEY_LENGTH
        && ends
        && turns(candidate) >= SECRET_KEY_TURNS_MIN
        && is_mixed(candidate)
    {
        return Some(length);
    }
    None
}

/// Where a run holds a long text without a word in it. What is counted from each place to the end of
/// a stretch of base64 is counted once for the stretch: a run may hold as many places as characters.
#[derive(Default)]
struct Noise {
    stretch: Range<usize>,
    /// How often the kind of the characters changes from each place of the stretch to its end.
    turns: Vec<usize>,
    /// The last place from which lower case, upper case and digits all follow.
    mixed_until: Option<usize>,
}

impl Noise {
    /// The length of the noise that begins at `at`.
    fn at(&mut self, run: &str, at: usize) -> Option<usize> {
        if run.len() - at < NOISE_LENGTH_MIN {
            return None;
        }
        if !self.stretch.contains(&at) {
            let length = length_of(run.as_bytes().get(at..)?, is_of_base64);
            self.read(run.get(at..at + length)?, at);
        }
        let length = self.stretch.end.checked_sub(at)?;
        let turns = *self.turns.get(at - self.stretch.start)?;
        let is_mixed = self.mixed_until.is_some_and(|until| at <= until);
        (length >= NOISE_LENGTH_MIN && is_mixed && turns * 4 >= length).then_some(length)
    }

    fn read(&mut self, stretch: &str, start: usize) {
        let bytes = stretch.as_bytes();
        self.stretch = start..start + bytes.len();
        self.turns = vec![0; bytes.len()];
        let mut turns = 0;
        for (place, pair) in bytes.windows(2).enumerate().rev() {
            turns += usize::from(is_turn(pair));
            self.turns[place] = turns;
        }
        let last = |of: fn(&u8) -> bool| bytes.iter().rposition(of);
        let kinds = [
            last(u8::is_ascii_lowercase),
            last(u8::is_ascii_uppercase),
            last(u8::is_ascii_digit),
        ];
        let all: Option<Vec<usize>> = kinds.into_iter().collect();
        self.mixed_until = all.and_then(|all| Some(start + all.into_iter().min()?));
    }
}

fn is_mixed(text: &str) -> bool {
    let has = |of: fn(&u8) -> bool| text.as_bytes().iter().any(of);
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}

/// How often the kind of the characters changes: lower case, upper case, digits.
fn turns(text: &str) -> usize {
    text.as_bytes()
        .windows(2)
        .filter(|pair| is_turn(pair))
        .count()
}

/// Whether the second of two characters is of another kind than the first.
fn is_turn(pair: &[u8]) -> bool {
    let kind = |byte: Option<&u8>| match byte {
        Some(b'a'..=b'z') => 0u8,
        Some(b'A'..=b'Z') => 1,
        Some(b'0'..=b'9') => 2,
        _ => 3,
    };
    let (one, other) = (kind(pair.first()), kind(pair.get(1)));
    // Dashes and slashes stand between words too.
    one != other && one < 3 && other < 3
}

#[cfg(test)]
#[path = "../../tests/support/mutate.rs"]
mod mutate;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction;

    #[test]
    fn mutated_texts_never_panic_and_what_is_shown_stays_as_it_is() {
        let seeds = [
            "http://u:p@[::1]:80/a/hvs.abc?x=eyJhbGciOiJub25lIn0.e30.&y#z",
            "Bearer eyJhbGciOiJub25lIn0.e30.abc and -----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY %2568vs.ABC",
        ];
        let pieces = [
            "://",
            "@",
            "?",
            "#",
            "=",
            "&",
            "/",
            "%",
            "%2f",
            "%zz",
            "hvs.",
            "s.",
            "eyJ",
            "W3si",
            "-----BEGIN",
            "PRIVATE KEY-----",
            "-----END",
            "Bearer ",
            "basic ",
            "Signature=",
            "\"",
            "'",
            " ",
            "\n",
            "\u{85}",
            "ü",
            "\u{1f600}",
            "…",
            "aB3",
            "[",
            "]",
        ];
        let (unchanged, changed) = mutate::run(&seeds, &pieces, |given| {
            let shown = text(given);
            let url = redaction::url(given);
            for once in [shown.as_ref(), url.as_str()] {
                let again = text(once);
                assert_eq!(text(&again), again, "{given:?}");
            }
            let _others = (
                redaction::query(given),
                redaction::header("host", given),
                redaction::value(given),
            );
            matches!(shown, Cow::Borrowed(_))
        });
        assert!(
            unchanged > 100 && changed > 500,
            "{unchanged} and {changed}"
        );
    }

    #[test]
    fn no_text_is_too_long_or_nested_too_deeply_to_be_searched() {
        // Each piece over and over: what is worse than linear does not come to an end here, and what
        // calls itself for each piece has no stack left.
        for piece in [
            "a/",
            "/",
            "%2f",
            "a=",
            "=",
            "s.a.",
            "hvs.",
            "hvs./",
            "a.b",
            "eyJ",
            "eyJ.",
            "aB3",
            "aB3/",
            "-----BEGIN ",
            "-----BEGIN\n",
            "-----BEGIN PRIVATE KEY-----",
            "a://",
            "://",
            "a://b?",
            "a://b@",
            "a://b#",
            "a://[",
            "a%3a//",
            "a://?x=",
            "a://?a://",
            "Bearer ",
            "Bearer a",
            "signature=",
            "signature=/",
            "%25",
            "\"",
            " ",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY/",
        ] {
            let long = piece.repeat(80_000 / piece.len());
            let shown = text(&long);
            assert_eq!(text(&shown), shown, "{piece}");
            let _others = (
                redaction::url(&long),
                redaction::query(&long),
                redaction::request_path(&long),
                redaction::header("x", &long),
            );
        }
    }

    #[test]
    fn a_url_within_a_url_keeps_its_credentials_to_itself_at_every_depth() {
        for depth in 0..12 {
            let outer = "http://h/p/".repeat(depth);
            let given = format!("{outer}http://user:hunter2@inner/hvs.0123456789abc?key=hunter2");
            let shown = text(&given);
            assert!(
                !shown.contains("hunter2") && !shown.contains("hvs."),
                "{shown}"
            );
            assert!(shown.starts_with("http://"), "{shown}");
            assert_eq!(text(&shown), shown);
        }
    }

    /// The secret part of each text, and what is shown.
    const SECRETS: [(&str, &str); 29] = [
        (
            "auth/token/lookup/hvs.LhlLnlTYcv6ZE3oR0120BUfH",
            "auth/token/lookup/…(vault token)",
        ),
        (
            "auth/token/renew/hvb.AAAAAQJ/x",
            "auth/token/renew/…(vault token)/x",
        ),
        ("hvr.AAAAAQ", "…(vault token)"),
        (
            "token=s.0123456789abcdefghijklmn, wait",
            "token=…(vault token), wait",
        ),
        ("b.AAAAAQKr7tfbmk0pkbYyOOZg0123", "…(vault token)"),
        ("/v1/x/hvs%2eABCDEF", "/v1/x/…(vault token)"),
        ("/v1/x/%2568vs.ABCDEF", "/v1/x/…(vault token)"),
        ("hvs.ABC and %68vs.DEF", "…(vault token) and …(vault token)"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "…(token)"),
        (
            "`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.` is no token",
            "`…(token)` is no token",
        ),
        ("eyJBdXRob3JpemF0aW9uIjpb+/8=", "…(token)"),
        (
            "input ewogICJBdXRob3JpemF0aW9uIjo= for",
            "input …(token) for",
        ),
        ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "…(secret key)"),
        (
            "key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY.",
            "key …(secret key).",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0a1b2c",
            "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=…(signature)",
        ),
        (
            "/open/wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY/now",
            "/open/…(secret key)/now",
        ),
        (
            "X-Amz-Security-Token=abc&x=1",
            "X-Amz-Security-Token=…(signature)&x=1",
        ),
        ("http://user:password@host/p", "http://…@host/p"),
        (
            "cannot reach https://u:p@h:1/x?key=v sorry",
            "cannot reach https://…@h:1/x?key=… sorry",
        ),
        ("http://h/#access_token=abc", "http://h/#…"),
        ("postgres://app:hunter2@db:5432/x", "postgres://…@db:5432/x"),
        (
            "Authorization: Bearer 0123456789",
            "Authorization: Bearer …(credential)",
        ),
        ("basic dXNlcjpwYXNz", "basic …(credential)"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY----- end",
            "…(private key) end",
        ),
        ("x -----BEGIN PRIVATE KEY-----\nMIIB", "x …(private key)"),
        (
            "FwoGZXIvYXdzEBYaDKm3K8zQ7vT1xY2sWyK6AUdh7Zt0p9L4qR5mN8bV6cX3aS2dF1gH0jK9lP8oI7uY6tR5eW4q",
            "…(credential)",
        ),
        (
            "the hvs.A and the hvs.B",
            "the …(vault token) and the …(vault token)",
        ),
        ("x-hvs.ABCDEF", "x-…(vault token)"),
        (
            "http://h/p/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln",
            "http://h/p/…(token)",
        ),
    ];

    #[test]
    fn what_looks_like_a_credential_is_not_shown_wherever_it_stands() {
        for (given, shown) in SECRETS {
            assert_eq!(text(given), shown, "{given}");
            assert_eq!(text(shown), shown, "what is hidden stays as it is: {shown}");
        }
    }

    #[test]
    fn evidence_stays_as_it_is() {
        for evidence in [
            "arn:aws:sts::222222222222:assumed-role/looker/s1",
            "arn:aws:execute-api:us-east-1:222222222222:93atuoddv2/$default/GET/admin",
            "AKIAIOSFODNN7EXAMPLE",
            "secret/data/production/database/credentials2",
            "https://login.corp.example/tenant-1/v2.0/",
            "http://127.0.0.1:4566/x",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
            "8d9f8b1e-0f4a-4c55-9f6e-2f6b7f1f7a11",
            "s.amazonaws.com and sts.us-east-1.amazonaws.com",
            "Bearer scope=\"read\"",
            "Bearer realm=\"x\"",
            "a bearer token is needed, basic authentication is not",
            "identity/oidc/.well-known/keys, hvs. and hvs",
            "User: arn:aws:iam::111111111111:user/a is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/VeryLongRoleNameForProductionDatabaseAccess2026",
            "100% of %20 and %zz",
            "{\"a\":[1,2]}",
            "",
        ] {
            assert!(
                matches!(text(evidence), Cow::Borrowed(_)),
                "{evidence}: {}",
                text(evidence)
            );
        }
    }
}
