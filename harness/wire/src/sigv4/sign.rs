//! Making signatures: for the lab's own calls and for tests.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use ring::hmac;

use super::canonical::{Canonical, Options, Parts, sha256_hex, signing_key, string_to_sign};
use super::evidence::CredentialScope;
use super::{ALGORITHM, DATE_FORMAT};

/// Headers that proxies and clients change on the way; they are not signed.
const UNSIGNED_HEADERS: &[&str] = &[
    "authorization",
    "connection",
    "expect",
    "te",
    "transfer-encoding",
    "user-agent",
    "x-amzn-trace-id",
];

/// Who signs, where for, and when.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The access key id.
    pub access_key: &'a str,
    /// The secret access key.
    pub secret: &'a str,
    /// The token of temporary credentials.
    pub session_token: Option<&'a str>,
    /// The Region of the scope.
    pub region: &'a str,
    /// The service's signing name.
    pub service: &'a str,
    /// The time to sign.
    pub now: Timestamp,
    /// How the service canonicalises.
    pub options: Options,
}

/// Neither the secret nor the session token is shown.
impl std::fmt::Debug for Signer<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Signer")
            .field("access_key", &self.access_key)
            .field("region", &self.region)
            .field("service", &self.service)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// Signs a request in the header form: adds `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`.
///
/// `headers` must hold the Host and all that is to be signed; all of them are, but those that change
/// on the way. `path` and `query` are as they will be sent, percent-encoded.
///
/// # Errors
/// Fails when a credential holds what no header can.
pub fn sign(
    signer: &Signer<'_>,
    method: &Method,
    path: &str,
    query: &str,
    headers: &mut HeaderMap,
    body: &[u8],
) -> Result<(), http::header::InvalidHeaderValue> {
    sign_including(signer, method, path, query, headers, body, &[])
}

/// The same, and these headers too, although they change on the way: as a signer that should know better.
///
/// # Errors
/// Fails when a credential holds what no header can.
pub fn sign_including(
    signer: &Signer<'_>,
    method: &Method,
    path: &str,
    query: &str,
    headers: &mut HeaderMap,
    body: &[u8],
    also: &[HeaderName],
) -> Result<(), http::header::InvalidHeaderValue> {
    let date = signer.now.strftime(DATE_FORMAT).to_string();
    headers.insert("x-amz-date", HeaderValue::from_str(&date)?);
    if let Some(token) = signer.session_token {
        let mut value = HeaderValue::from_str(token)?;
        value.set_sensitive(true);
        headers.insert("x-amz-security-token", value);
    }
    let mut signed_headers: Vec<String> = headers
        .keys()
        .filter(|name| also.contains(name) || !UNSIGNED_HEADERS.contains(&name.as_str()))
        .map(|name| name.as_str().to_owned())
        .collect();
    signed_headers.sort();
    let scope = CredentialScope {
        date: signer.now.strftime("%Y%m%d").to_string(),
        region: signer.region.to_owned(),
        service: signer.service.to_owned(),
        terminator: "aws4_request".to_owned(),
    };
    let parts = Parts {
        method: method.as_str(),
        path,
        query,
        headers,
        signed_headers: &signed_headers,
        payload_hash: &sha256_hex(body),
    };
    let string = string_to_sign(&date, &scope, &Canonical::of(&parts, signer.options).text());
    let signature = hex::encode(hmac::sign(
        &signing_key(signer.secret, &scope),
        string.as_bytes(),
    ));
    let authorization = format!(
        "{ALGORITHM} Credential={}/{scope}, SignedHeaders={}, Signature={signature}",
        signer.access_key,
        signed_headers.join(";"),
    );
    headers.insert(
        http::header::AUTHORIZATION,
        HeaderValue::from_str(&authorization)?,
    );
    Ok(())
}
