//! Signature Version 4 for the calls that Vault makes itself (AWS, "Signature Version 4 signing
//! process"): POST, form body, no query.

use authlab_kernel::{Secret, Timestamp};
use http::{HeaderMap, HeaderValue};
use ring::{digest, hmac};

/// Adds the headers of a signed request. Nothing is added when a value is no header text.
pub(super) fn sign(
    headers: &mut HeaderMap,
    access_key: &str,
    secret_key: &Secret,
    (service, region): (&str, &str),
    (host, path): (&str, &str),
    body: &str,
    now: Timestamp,
) {
    let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let date = time.get(..8).unwrap_or_default().to_owned();
    let content_type = "application/x-www-form-urlencoded; charset=utf-8";
    let signed = "content-type;host;x-amz-date";
    let canonical = format!(
        "POST\n{path}\n\ncontent-type:{content_type}\nhost:{host}\nx-amz-date:{time}\n\n{signed}\n{}",
        sha256(body)
    );
    let scope = format!("{date}/{region}/{service}/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", sha256(&canonical));
    let mut key = format!("AWS4{}", secret_key.expose_secret()).into_bytes();
    for part in [date.as_str(), region, service, "aws4_request"] {
        key = keyed(&key, part);
    }
    let signature = hex::encode(keyed(&key, &to_sign));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={signed}, \
         Signature={signature}"
    );
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
