//! A login whose proof is a signed GET: what may stand in its URL.
//!
//! The reference asks for the action alone; here every other parameter must be one that a signature
//! or this action has, and stand once, so that what was looked at is what STS reads. The texts beyond
//! the action's are unverified.

use crate::duration;
use crate::evidence::Reason;
use crate::field::Fields;
use crate::response::Fault;

const KNOWN: [&str; 9] = [
    "Action",
    "Version",
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
];

fn pairs_of(url: &str) -> Vec<(String, String)> {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Checks the query of a signed GET. The answer is the list of the headers that it says are signed,
/// when the signature stands in the URL.
///
/// # Errors
/// Another action than GetCallerIdentity, none, or a parameter that is unknown or stands twice.
pub(super) fn read(url: &str) -> Result<Option<Vec<String>>, Fault> {
    let invalid = |text: &str| Fault::answer(text.to_owned()).because(Reason::AwsUrlQuery);
    let query = url.split_once('?').map_or("", |(_, query)| query);
    percent_pairs(query)
        .map_err(|escape| invalid(&format!("invalid URL escape {}", duration::quoted(&escape))))?;
    if url.contains('#') || query.contains(['?', ';']) {
        return Err(invalid("invalid request"));
    }
    let pairs = pairs_of(url);
    let actions: Vec<&str> = pairs
        .iter()
        .filter(|(name, _)| name == "Action")
        .map(|(_, value)| value.as_str())
        .collect();
    match actions.as_slice() {
        [] => return Err(invalid("no action found in request")),
        ["GetCallerIdentity"] => {}
        [other] => {
            return Err(invalid(&format!("unexpected action parameter, {other}")));
        }
        _ => return Err(invalid("found multiple actions")),
    }
    for (index, (name, _)) in pairs.iter().enumerate() {
        let again = pairs.iter().skip(index + 1).any(|(other, _)| other == name);
        if again || !KNOWN.contains(&name.as_str()) {
            return Err(invalid("invalid request"));
        }
    }
    let value = |wanted: &str| {
        let found = pairs.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone())
    };
    let Some(_) = value("X-Amz-Signature") else {
        return Ok(None);
    };
    let headers = value("X-Amz-SignedHeaders").unwrap_or_default();
    Ok(Some(headers.split(';').map(str::to_owned).collect()))
}

/// The credential of a presigned URL: `AKIA.../20260101/us-east-1/sts/aws4_request`.
pub(crate) fn credential(path: &str) -> Option<String> {
    let pairs = pairs_of(path);
    let found = pairs
        .into_iter()
        .find(|(name, _)| name == "X-Amz-Credential");
    found.map(|(_, value)| value)
}

/// A GET has no body: a login that gives one is refused.
///
/// # Errors
/// A body that is not empty.
pub(super) fn check_no_body(fields: &Fields) -> Result<String, Fault> {
    if fields.text("iam_request_body").is_empty() {
        return Ok(String::new());
    }
    Err(Fault::answer("iam request body is invalid").because(Reason::AwsBodyInvalid))
}

/// Checks percent-encoding; the error is the first broken escape.
pub(super) fn percent_pairs(text: &str) -> Result<(), String> {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == b'%' {
            let pair = bytes.get(index + 1..index + 3).unwrap_or_default();
            if pair.len() < 2 || !pair.iter().all(u8::is_ascii_hexdigit) {
                let end = (index + 3).min(bytes.len());
                return Err(String::from_utf8_lossy(&bytes[index..end]).into_owned());
            }
        }
        index += 1;
    }
    Ok(())
}
