//! What a request says about its signature.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use jiff::Timestamp;
use ring::digest;

use super::{ALGORITHM, DATE_FORMAT};
use crate::Incoming;

/// A signature with everything that it was made over, as the request states it. Nothing is verified.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The access key id.
    pub access_key: String,
    /// The time that was signed.
    pub date: Timestamp,
    /// Day, Region and service that the key was derived for.
    pub scope: CredentialScope,
    /// The names of the signed headers, lower case, sorted.
    pub signed_headers: Vec<String>,
    /// The signature in hexadecimal.
    pub signature: String,
    /// `X-Amz-Security-Token`, of temporary credentials.
    pub session_token: Option<String>,
    /// Where all this stood.
    pub form: Form,
    /// The signed time as it was written.
    pub(super) date_text: String,
}

/// Where a signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In the Authorization header.
    Header,
    /// In the query, valid for so many seconds.
    Presigned {
        /// `X-Amz-Expires`.
        expires_seconds: u32,
    },
}

/// `date/region/service/aws4_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialScope {
    /// The day, `YYYYMMDD`.
    pub date: String,
    /// The Region, such as `eu-central-1`.
    pub region: String,
    /// The service's signing name, such as `execute-api`.
    pub service: String,
    /// `aws4_request` in a scope that is right.
    pub terminator: String,
}

impl fmt::Display for CredentialScope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{}/{}/{}/{}",
            self.date, self.region, self.service, self.terminator
        )
    }
}

/// Neither the signature nor the session token is shown.
impl fmt::Debug for Signed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Signed")
            .field("access_key", &self.access_key)
            .field("date", &self.date)
            .field("scope", &self.scope)
            .field("signed_headers", &self.signed_headers)
            .field("has_session_token", &self.session_token.is_some())
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

/// A signature that cannot be read: `IncompleteSignature`. `Display` is AWS's message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationError {
    /// The Authorization header is no list of `key=value`, as with `Bearer x`.
    #[error(
        "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '{hash}'."
    )]
    NotKeyValue {
        /// SHA-256 of the header's value in base64 (unverified what exactly AWS hashes).
        hash: String,
    },
    /// Parts are missing. That the sentence ends in a hash of the header is unverified.
    #[error("{} (Hashed with SHA-256 and encoded with Base64) Authorization={hash}", .sentences.join(" "))]
    Missing {
        /// One sentence for each missing part.
        sentences: Vec<String>,
        /// SHA-256 of the header's value in base64.
        hash: String,
    },
    /// Parameters of a presigned URL are missing (unverified).
    #[error("AWS query-string parameters must include {}. Re-examine the query-string parameters.", .names.join(", "))]
    MissingParameters {
        /// The parameters.
        names: Vec<&'static str>,
    },
    /// The credential is not `key/date/region/service/aws4_request` (unverified).
    #[error(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{0}'"
    )]
    Credential(String),
    /// The signed time is not `YYYYMMDD'T'HHMMSS'Z'` (unverified).
    #[error(
        "Date must be in ISO-8601 'basic format'. Got '{0}'. See http://en.wikipedia.org/wiki/ISO_8601"
    )]
    Date(String),
    /// `X-Amz-Expires` is no number of seconds up to a week (unverified).
    #[error("X-Amz-Expires must be between 1 and 604800 seconds. Got '{0}'.")]
    Expires(String),
    /// The Host is not among the signed headers (unverified).
    #[error("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    HostNotSigned,
    /// Another algorithm, such as SigV4a (unverified).
    #[error("Unsupported AWS 'algorithm': '{0}'.")]
    Algorithm(String),
}

/// Reads what a request says about its signature; `None` when it is not signed at all.
///
/// # Errors
/// Fails when there is a signature but it cannot be read. A `Bearer` token counts as one that cannot.
pub fn parse(incoming: &Incoming<'_>) -> Result<Option<Signed>, AuthorizationError> {
    if let Some(value) = incoming.headers.get(http::header::AUTHORIZATION) {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        return header_form(text.trim(), incoming.headers).map(Some);
    }
    let is_presigned = query_pairs(incoming.query).any(|(name, _)| {
        name == "X-Amz-Algorithm" || name == "X-Amz-Credential" || name == "X-Amz-Signature"
    });
    if is_presigned {
        presigned_form(incoming.query).map(Some)
    } else {
        Ok(None)
    }
}

fn hashed(text: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

fn header_form(authorization: &str, headers: &HeaderMap) -> Result<Signed, AuthorizationError> {
    let (algorithm, fields) = authorization.split_once(' ').unwrap_or((authorization, ""));
    let mut found = Fields::default();
    for field in fields
        .split(',')
        .map(str::trim)
        .filter(|field| !field.is_empty())
    {
        let Some((name, value)) = field.split_once('=') else {
            return Err(AuthorizationError::NotKeyValue {
                hash: hashed(authorization),
            });
        };
        found.set(name, value);
    }
    if fields.is_empty() && !authorization.contains('=') {
        return Err(AuthorizationError::NotKeyValue {
            hash: hashed(authorization),
        });
    }
    if algorithm != ALGORITHM {
        return Err(AuthorizationError::Algorithm(algorithm.to_owned()));
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let date = header("x-amz-date").or_else(|| header("date"));
    let (Some(credential), Some(signature), Some(signed_headers), Some(date)) = (
        found.credential,
        found.signature,
        found.signed_headers,
        date,
    ) else {
        return Err(missing(&found, date.is_some(), authorization));
    };
    let (access_key, scope) = credential_parts(credential)?;
    let (date, date_text) = signed_date(date)?;
    Ok(Signed {
        access_key,
        date,
        scope,
        signed_headers: header_names(signed_headers)?,
        signature: signature.to_owned(),
        session_token: header("x-amz-security-token").map(str::to_owned),
        form: Form::Header,
        date_text,
    })
}

/// The parts of an Authorization header.
#[derive(Default)]
struct Fields<'a> {
    credential: Option<&'a str>,
    signature: Option<&'a str>,
    signed_headers: Option<&'a str>,
}

impl<'a> Fields<'a> {
    fn set(&mut self, name: &str, value: &'a str) {
        let field = match name.trim() {
            "Credential" => &mut self.credential,
            "Signature" => &mut self.signature,
            "SignedHeaders" => &mut self.signed_headers,
            _ => return,
        };
        *field = Some(value.trim()).filter(|value| !value.is_empty());
    }
}

fn missing(found: &Fields<'_>, has_date: bool, authorization: &str) -> AuthorizationError {
    let parts = [
        ("Credential", found.credential.is_some()),
        ("Signature", found.signature.is_some()),
        ("SignedHeaders", found.signed_headers.is_some()),
    ];
    let absent = parts.iter().filter(|(_, is_there)| !is_there);
    let mut sentences: Vec<String> = absent
        .map(|(name, _)| format!("Authorization header requires '{name}' parameter."))
        .collect();
    if !has_date {
        sentences.push(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                .to_owned(),
        );
    }
    AuthorizationError::Missing {
        sentences,
        hash: hashed(authorization),
    }
}

fn presigned_form(query: &str) -> Result<Signed, AuthorizationError> {
    let value = |wanted: &str| {
        query_pairs(query)
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value)
    };
    let names = [
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
        "X-Amz-Date",
        "X-Amz-Expires",
    ];
    let given = names.map(value);
    let [
        Some(algorithm),
        Some(credential),
        Some(signature),
        Some(signed_headers),
        Some(date),
        Some(expires),
    ] = given.clone()
    else {
        let absent = names
            .iter()
            .zip(&given)
            .filter(|(_, value)| value.is_none());
        return Err(AuthorizationError::MissingParameters {
            names: absent.map(|(name, _)| *name).collect(),
        });
    };
    if algorithm != ALGORITHM {
        return Err(AuthorizationError::Algorithm(algorithm));
    }
    let (access_key, scope) = credential_parts(&credential)?;
    let (date, date_text) = signed_date(&date)?;
    let expires_seconds = expires
        .parse()
        .ok()
        .filter(|seconds| (1..=604_800).contains(seconds))
        .ok_or(AuthorizationError::Expires(expires))?;
    Ok(Signed {
        access_key,
        date,
        scope,
        signed_headers: header_names(&signed_headers)?,
        signature,
        session_token: value("X-Amz-Security-Token"),
        form: Form::Presigned { expires_seconds },
        date_text,
    })
}

/// Percent-decoded parameters; a plus stays one, as when signing.
fn query_pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    let plain = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    query.split('&').map(move |pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (plain(name), plain(value))
    })
}

/// `keyid/date/region/service/aws4_request`.
fn credential_parts(credential: &str) -> Result<(String, CredentialScope), AuthorizationError> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [access_key, date, region, service, terminator] = parts.as_slice() else {
        return Err(AuthorizationError::Credential(credential.to_owned()));
    };
    let scope = CredentialScope {
        date: (*date).to_owned(),
        region: (*region).to_owned(),
        service: (*service).to_owned(),
        terminator: (*terminator).to_owned(),
    };
    Ok(((*access_key).to_owned(), scope))
}

/// The signed time. A `Date` header may be in RFC 7231's format; it is signed in the basic one.
fn signed_date(text: &str) -> Result<(Timestamp, String), AuthorizationError> {
    let text = text.trim();
    let wrong = || AuthorizationError::Date(text.to_owned());
    if let Ok(civil) = jiff::civil::DateTime::strptime(DATE_FORMAT, text) {
        let zoned = civil
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_err(|_| wrong())?;
        return Ok((zoned.timestamp(), text.to_owned()));
    }
    let instant = jiff::fmt::rfc2822::parse(text)
        .map_err(|_| wrong())?
        .timestamp();
    Ok((instant, instant.strftime(DATE_FORMAT).to_string()))
}

fn header_names(list: &str) -> Result<Vec<String>, AuthorizationError> {
    let mut names: Vec<String> = list
        .split(';')
        .filter(|name| !name.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    names.sort();
    names.dedup();
    if names.iter().any(|name| name == "host") {
        Ok(names)
    } else {
        Err(AuthorizationError::HostNotSigned)
    }
}
