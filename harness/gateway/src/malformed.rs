//! What stands where a token or a signature should, and is none: for whoever has to find out why.
//!
//! Nothing is decided here, and nothing that may be a secret is told: of a value only its shape, and the
//! scheme before it.

use std::borrow::Cow;

use authlab_http::Incoming;
use authlab_token::{Token, is_cut_off};
use http::header;

use crate::deployment::IdentitySource;
use crate::evidence::{Malformed, Shape};
use crate::query;

/// The longest scheme that is told, in bytes: the longest that is registered has nineteen (IANA, "HTTP
/// Authentication Schemes"), those of AWS have up to 26.
const SCHEME_BYTES_MAX: usize = 32;

/// How a signature of AWS begins.
const SIGNATURE: &str = "AWS4-";

/// How a JSON object begins in base64url, and so the header of every token.
const OBJECT: &str = "ey";

/// What programs print for nothing.
const NOTHING: [&str; 6] = ["undefined", "null", "none", "nil", "nan", "[object object]"];

/// What a value, which is no token for this reason, looks like.
pub(crate) fn told<'a>(value: &str, problem: &'a str) -> Malformed<'a> {
    let scheme = scheme(value);
    let shape = shape(value, scheme);
    let is_other = matches!(shape, Some(Shape::OtherScheme | Shape::Signature));
    Malformed {
        problem: problem.into(),
        shape,
        scheme: scheme
            .filter(|_| is_other)
            .map(|scheme| scheme.to_owned().into()),
        segments: (!is_other).then(|| value.split('.').count()),
    }
}

fn shape(value: &str, scheme: Option<&str>) -> Option<Shape> {
    let is_nothing = NOTHING.iter().any(|one| value.eq_ignore_ascii_case(one));
    let is_unfilled = ["${", "{{", "$(", "<", "%("]
        .iter()
        .any(|one| value.starts_with(one));
    if is_nothing || is_unfilled || value.starts_with('$') {
        return Some(Shape::Placeholder);
    }
    if let Some(scheme) = scheme {
        return Some(match scheme {
            _ if scheme.eq_ignore_ascii_case("bearer") => Shape::SchemeTwice,
            _ if scheme.starts_with(SIGNATURE) => Shape::Signature,
            _ => Shape::OtherScheme,
        });
    }
    if value.starts_with(['"', '\'']) {
        return Some(Shape::Quoted);
    }
    if value.contains([' ', ',', ';']) {
        return Some(Shape::Several);
    }
    let segments: Vec<&str> = value.split('.').collect();
    let is_cut = |part: &&str| part.len() % 4 == 1 || part.ends_with('\u{2026}');
    match segments.as_slice() {
        [_, _, _, _, _] => Some(Shape::Encrypted),
        [header] if !header.starts_with(OBJECT) => Some(Shape::Opaque),
        [header] | [header, _] if header.starts_with(OBJECT) => Some(Shape::CutOff),
        [header, .., last] if header.starts_with(OBJECT) && is_cut(last) => Some(Shape::CutOff),
        [_, _, _] if is_cut_off(value) => Some(Shape::CutOff),
        [first, .., last] if first.starts_with(OBJECT) && segments.len() > 5 => {
            (!last.is_empty()).then_some(Shape::Several)
        }
        _ => None,
    }
}

/// The scheme before a value (RFC 9110, section 11.1: a token, then blanks).
fn scheme(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_once(' ')?;
    let is_of_scheme = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_short = scheme.len() <= SCHEME_BYTES_MAX && !scheme.starts_with(OBJECT);
    let is_scheme = is_short && scheme.bytes().all(is_of_scheme) && !rest.trim().is_empty();
    is_scheme.then_some(scheme)
}

/// The scheme of `Authorization` where it is none of a signature: `Bearer` also where a token stands there by
/// itself.
pub(crate) fn scheme_of(incoming: &Incoming) -> Option<&str> {
    let value = incoming.header(header::AUTHORIZATION)?.trim_matches(' ');
    match scheme(value) {
        Some(scheme) => (!scheme.starts_with(SIGNATURE)).then_some(scheme),
        None => Token::parse(value).is_ok().then_some("Bearer"),
    }
}

/// Every header and query parameter that holds a token, as an identity source would name it.
pub(crate) fn elsewhere(incoming: &Incoming) -> Vec<Cow<'static, str>> {
    let is_token = |value: &str| {
        let value = value.trim_matches(' ');
        let bare = value.split_once(' ').map_or(value, |(_, rest)| rest);
        Token::parse(bare.trim_matches(' ')).is_ok()
    };
    let headers = incoming.headers.iter();
    let headers = headers.filter(|(_, value)| value.to_str().is_ok_and(is_token));
    let headers = headers.map(|(name, _)| IdentitySource::Header(name.as_str().to_owned()));
    let pairs = query::pairs(incoming.uri.query().unwrap_or_default());
    let pairs = pairs.filter(|(_, value)| is_token(value));
    let pairs = pairs.map(|(name, _)| IdentitySource::QueryString(name.to_string()));
    headers
        .chain(pairs)
        .map(|source| source.to_string().into())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Its signature has three characters of 86.
    const CUT: &str = "eyJhbGciOiJFUzI1NiJ9.e30.YWJ";

    #[test]
    fn a_value_that_is_no_token_tells_its_shape_and_nothing_of_itself() {
        let of = |value: &str| {
            let told = told(value, "it is none");
            (told.shape, told.scheme.map(Cow::into_owned), told.segments)
        };
        let scheme = |name: &str| Some(name.to_owned());
        let rows = [
            (
                "token eyJh.eyJp.c2ln",
                (Some(Shape::OtherScheme), scheme("token"), None),
            ),
            (
                "Basic dXNlcjpwYXNz",
                (Some(Shape::OtherScheme), scheme("Basic"), None),
            ),
            (
                "Bearer eyJh.eyJp.c2ln",
                (Some(Shape::SchemeTwice), None, Some(3)),
            ),
            (
                "AWS4-HMAC-SHA256 Credential=A",
                (Some(Shape::Signature), scheme("AWS4-HMAC-SHA256"), None),
            ),
            (
                "eyJh.eyJp.c2ln eyJh.eyJp.c2ln",
                (Some(Shape::Several), None, Some(5)),
            ),
            (
                "eyJh.eyJp.c2ln,eyJh.eyJp.c2ln",
                (Some(Shape::Several), None, Some(5)),
            ),
            ("eyJh.YQ.YQ.YQ.YQ", (Some(Shape::Encrypted), None, Some(5))),
            ("eyJh.eyJp", (Some(Shape::CutOff), None, Some(2))),
            ("eyJh.eyJp.YWJjZ", (Some(Shape::CutOff), None, Some(3))),
            ("eyJh", (Some(Shape::CutOff), None, Some(1))),
            // `{"alg":"ES256"}` and `{}`, with a signature whose last bits are lost, and one as long as it has to be.
            (CUT, (Some(Shape::CutOff), None, Some(3))),
            (&format!("{CUT}{}", "A".repeat(83)), (None, None, Some(3))),
            ("\"eyJh.eyJp.c2ln\"", (Some(Shape::Quoted), None, Some(3))),
            ("undefined", (Some(Shape::Placeholder), None, Some(1))),
            ("${TOKEN}", (Some(Shape::Placeholder), None, Some(1))),
            ("[object Object]", (Some(Shape::Placeholder), None, Some(1))),
            ("ya29.a0Ad", (None, None, Some(2))),
            ("mF_9B5f41JqM", (Some(Shape::Opaque), None, Some(1))),
        ];
        for (value, expected) in rows {
            assert_eq!(of(value), expected, "{value}");
        }
    }

    #[test]
    fn a_scheme_is_a_short_word() {
        for (value, expected) in [
            ("Digest a=b", Some("Digest")),
            ("eyJh eyJp", None),
            ("a.b c", None),
            ("Bearer ", None),
            ("Bearer", None),
            ("abcdefghijklmnopqrstuvwxyzabcdefg x", None),
        ] {
            assert_eq!(scheme(value), expected, "{value}");
        }
    }
}
