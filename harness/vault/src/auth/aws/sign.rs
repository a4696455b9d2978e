//! Signature Version 4 for the calls that Vault makes itself (AWS, "Signature Version 4 signing
//! process"): POST, form body, no query.

use authlab_kernel::{Secret, Timestamp};
use http::{HeaderMap, HeaderValue};
use ring::{digest, hmac};

/// What a call is signed with.
#[derive(Clone, Debug)]
pub(super) struct Credentials {
    pub(super) access_key: String,
    pub(super) secret_key: Secret,
    /// Of a session.
    pub(super) session_token: Option<Secret>,
}

/// Adds the headers of a signed request. Nothing is added when a value is no header text.
pub(super) fn sign(
    headers: &mut HeaderMap,
    credentials: &Credentials,
    (service, region): (&str, &str),
    (host, path): (&str, &str),
    body: &str,
    now: Timestamp,
) {
    let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let date = time.get(..8).unwrap_or_default().to_owned();
    let content_type = "application/x-www-form-urlencoded; charset=utf-8";
    let token = credentials.session_token.as_ref();
    let (signed, token_line) = match token {
        None => ("content-type;host;x-amz-date", String::new()),
        Some(token) => (
            "content-type;host;x-amz-date;x-amz-security-token",
            format!("x-amz-security-token:{}\n", token.expose_secret()),
        ),
    };
    let canonical = format!(
        "POST\n{path}\n\ncontent-type:{content_type}\nhost:{host}\nx-amz-date:{time}\n\
         {token_line}\n{signed}\n{}",
        sha256(body)
    );
    let scope = format!("{date}/{region}/{service}/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", sha256(&canonical));
    let mut key = format!("AWS4{}", credentials.secret_key.expose_secret()).into_bytes();
    for part in [date.as_str(), region, service, "aws4_request"] {
        key = keyed(&key, part);
    }
    let signature = hex::encode(keyed(&key, &to_sign));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={signed}, Signature={signature}",
        credentials.access_key
    );
    if let Some(value) = token.and_then(|token| HeaderValue::from_str(token.expose_secret()).ok()) {
        headers.insert("x-amz-security-token", value);
    }
    for (name, value) in [
        ("authorization", authorization),
        ("x-amz-date", time),
        ("content-type", content_type.to_owned()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

fn sha256(text: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}
