//! What a request says about its signature.

use std::fmt;

use http::HeaderMap;
use jiff::Timestamp;

use super::error::AuthorizationError;
use super::evidence::CredentialScope;
use super::fields::{self, Fields};
use super::{ALGORITHM, DATE_FORMAT, presigned};
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

/// Reads what a request says about its signature; `None` when it is not signed at all.
///
/// There is one reading of each request, and every reader of signatures uses this one: what stands
/// there twice, in two forms at once, or in a spelling that AWS is not known to take is refused, so
/// that no two readers can disagree about it.
///
/// # Errors
/// Fails when there is a signature but it cannot be read. A `Bearer` token counts as one that cannot.
pub fn parse(incoming: &Incoming<'_>) -> Result<Option<Signed>, AuthorizationError> {
    single(incoming.headers, "host")?;
    match single(incoming.headers, "authorization")? {
        Some(value) => {
            let signed = header_form(value.trim_matches(' '), incoming.headers)?;
            match presigned::first_parameter(incoming.query) {
                Some(name) => Err(AuthorizationError::BothForms(name)),
                None => Ok(Some(signed)),
            }
        }
        None if presigned::is_signed(incoming.query) => presigned_form(incoming).map(Some),
        None => Ok(None),
    }
}

/// A header that stands there once at most.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, AuthorizationError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(AuthorizationError::Repeated(name.to_owned()));
    }
    let text = value.to_str();
    text.map(Some)
        .map_err(|_| AuthorizationError::Unreadable(name.to_owned()))
}

fn header_form(authorization: &str, headers: &HeaderMap) -> Result<Signed, AuthorizationError> {
    let found = Fields::read(authorization)?;
    let amz_date = single(headers, "x-amz-date")?;
    let date = match amz_date {
        Some(date) => Some(date),
        None => single(headers, "date")?,
    };
    let complete = found.complete(date.is_some())?;
    let Some(date) = date else {
        return Err(found.missing(false));
    };
    let (access_key, scope) = credential_parts(complete.credential)?;
    let (date, date_text) = match amz_date {
        Some(date) => basic_date(date)?,
        None => http_date(date)?,
    };
    Ok(Signed {
        access_key,
        date,
        scope,
        signed_headers: signed_names(complete.signed_headers)?,
        signature: complete.signature.to_owned(),
        session_token: single(headers, "x-amz-security-token")?.map(str::to_owned),
        form: Form::Header,
        date_text,
    })
}

fn presigned_form(incoming: &Incoming<'_>) -> Result<Signed, AuthorizationError> {
    let found = presigned::Parameters::read(incoming.query)?;
    // Both would say when and as whom it was signed.
    for name in ["x-amz-date", "x-amz-security-token"] {
        if incoming.headers.contains_key(name) {
            return Err(AuthorizationError::BothForms(name.to_owned()));
        }
    }
    if found.algorithm != ALGORITHM {
        return Err(AuthorizationError::Algorithm(found.algorithm));
    }
    let (access_key, scope) = credential_parts(&found.credential)?;
    let (date, date_text) = basic_date(&found.date)?;
    Ok(Signed {
        access_key,
        date,
        scope,
        signed_headers: signed_names(&found.signed_headers)?,
        signature: found.signature,
        session_token: found.session_token,
        form: Form::Presigned {
            expires_seconds: presigned::seconds(&found.expires)?,
        },
        date_text,
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

/// `YYYYMMDD'T'HHMMSS'Z'`, in no other spelling of it.
fn basic_date(text: &str) -> Result<(Timestamp, String), AuthorizationError> {
    let wrong = || AuthorizationError::Date(text.to_owned());
    let has_shape = text.len() == 16
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    if !has_shape {
        return Err(wrong());
    }
    let civil = jiff::civil::DateTime::strptime(DATE_FORMAT, text).map_err(|_| wrong())?;
    let zoned = civil
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_err(|_| wrong())?;
    Ok((zoned.timestamp(), text.to_owned()))
}

/// A `Date` header: the basic format, or RFC 7231's, which is signed in the basic one.
fn http_date(text: &str) -> Result<(Timestamp, String), AuthorizationError> {
    if let Ok(read) = basic_date(text) {
        return Ok(read);
    }
    let instant = jiff::fmt::rfc2822::parse(text)
        .map_err(|_| AuthorizationError::Date(text.to_owned()))?
        .timestamp();
    Ok((instant, instant.strftime(DATE_FORMAT).to_string()))
}

/// The names, of which the Host must be one.
fn signed_names(list: &str) -> Result<Vec<String>, AuthorizationError> {
    if !list
        .split(';')
        .any(|name| name.eq_ignore_ascii_case("host"))
    {
        return Err(AuthorizationError::HostNotSigned);
    }
    fields::header_names(list)
}
