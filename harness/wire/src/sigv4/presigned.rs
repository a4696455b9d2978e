//! The parameters of a presigned URL.

use std::collections::BTreeSet;

use super::error::AuthorizationError;
use super::fields::header_names;

/// Those that every presigned URL has.
const REQUIRED: [&str; 6] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "X-Amz-SignedHeaders",
    "X-Amz-Date",
    "X-Amz-Expires",
];
const SECURITY_TOKEN: &str = "X-Amz-Security-Token";
/// Those that make a request a signed one, complete or not.
const TELLING: [&str; 3] = ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"];
/// The longest life of a presigned URL: a week.
const EXPIRES_SECONDS_MAX: u32 = 604_800;

/// The parameters that say how a URL was signed, decoded.
pub(super) struct Parameters {
    pub(super) algorithm: String,
    pub(super) credential: String,
    pub(super) signature: String,
    pub(super) signed_headers: String,
    pub(super) date: String,
    pub(super) expires: String,
    pub(super) session_token: Option<String>,
}

impl Parameters {
    /// Reads them; what is missing is told first, because AWS's words for it are known.
    pub(super) fn read(query: &str) -> Result<Self, AuthorizationError> {
        let value = |wanted: &str| pairs(query).find(|(name, _)| name == wanted.as_bytes());
        let given = REQUIRED.map(value);
        let absent = REQUIRED.iter().zip(&given);
        let names: Vec<&'static str> = absent
            .filter(|(_, found)| found.is_none())
            .map(|(name, _)| *name)
            .collect();
        let [
            Some(algorithm),
            Some(credential),
            Some(signature),
            Some(signed_headers),
            Some(date),
            Some(expires),
        ] = given
        else {
            return Err(AuthorizationError::MissingParameters { names });
        };
        each_once(query)?;
        Ok(Self {
            algorithm: text(algorithm)?,
            credential: text(credential)?,
            signature: text(signature)?,
            signed_headers: text(signed_headers)?,
            date: text(date)?,
            expires: text(expires)?,
            session_token: value(SECURITY_TOKEN).map(text).transpose()?,
        })
    }
}

/// Whether a query says that it is signed. A name in another case says so too: it is refused later,
/// and never taken for a request without a signature.
pub(super) fn is_signed(query: &str) -> bool {
    pairs(query).any(|(name, _)| is_among(&name, &TELLING))
}

/// The first parameter that says how a URL was signed, in any case.
pub(super) fn first_parameter(query: &str) -> Option<String> {
    pairs(query)
        .find(|(name, _)| is_among(name, &REQUIRED) || is_among(name, &[SECURITY_TOKEN]))
        .map(|(name, _)| String::from_utf8_lossy(&name).into_owned())
}

/// The signed headers that a presigned query names: the reading of [`super::parse`].
///
/// # Errors
/// A parameter is missing, stands there twice or in another case, or the list is not lower case,
/// sorted and without repetition.
pub fn presigned_headers(query: &str) -> Result<Vec<String>, AuthorizationError> {
    header_names(&Parameters::read(query)?.signed_headers)
}

/// `X-Amz-Expires`: digits only, without a sign and without leading zeros.
pub(super) fn seconds(text: &str) -> Result<u32, AuthorizationError> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse()
        .ok()
        .filter(|seconds| is_plain && (1..=EXPIRES_SECONDS_MAX).contains(seconds))
        .ok_or_else(|| AuthorizationError::Expires(text.to_owned()))
}

/// No parameter that begins with `X-Amz-` stands there twice, whatever its case, and those that say
/// how the URL was signed are spelled as they are signed.
fn each_once(query: &str) -> Result<(), AuthorizationError> {
    let mut seen = BTreeSet::new();
    for (name, _) in pairs(query) {
        let lower = name.to_ascii_lowercase();
        if !lower.starts_with(b"x-amz-") {
            continue;
        }
        let shown = || String::from_utf8_lossy(&name).into_owned();
        let exact = REQUIRED
            .iter()
            .chain([&SECURITY_TOKEN])
            .any(|known| known.as_bytes() == name);
        if !exact && (is_among(&name, &REQUIRED) || is_among(&name, &[SECURITY_TOKEN])) {
            return Err(AuthorizationError::Unknown(shown()));
        }
        if !seen.insert(lower) {
            return Err(AuthorizationError::Repeated(shown()));
        }
    }
    Ok(())
}

fn is_among(name: &[u8], known: &[&str]) -> bool {
    known
        .iter()
        .any(|known| known.as_bytes().eq_ignore_ascii_case(name))
}

fn text((name, value): (Vec<u8>, Vec<u8>)) -> Result<String, AuthorizationError> {
    String::from_utf8(value)
        .map_err(|_| AuthorizationError::Unreadable(String::from_utf8_lossy(&name).into_owned()))
}

/// Percent-decoded parameters; a plus stays one, as when signing.
fn pairs(query: &str) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let plain = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
    query.split('&').map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (plain(name), plain(value))
    })
}
