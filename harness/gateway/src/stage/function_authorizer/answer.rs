//! What the function of an authorizer may answer: read strictly, for a caller who is let in by mistake is
//! worse than one who is kept out.
//!
//! Source: API Gateway developer guide, `api-gateway-lambda-authorizer-output.html`,
//! `http-api-lambda-authorizer.html`.

use authlab_kernel::Timestamp;
use authlab_policy::{Document, DocumentKind, Policy};
use authlab_token::once::Once;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::decision::{Decision, Verdict};
use crate::deployment::{AuthorizerFormat, FunctionAuthorizer};

/// The longest answer, in bytes (the quota of WebSocket APIs, `limits.html`; the same for the others is
/// unverified).
const ANSWER_BYTES_MAX: usize = 8 * 1024;
/// The longest ARN in the policy of an answer, in characters (`limits.html`).
const RESOURCE_CHARS_MAX: usize = 512;

/// The decision that an answer states.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(
    answer: &Bytes,
    authorizer: &FunctionAuthorizer,
    asked_about: &str,
    answered: Timestamp,
) -> Result<Decision, String> {
    let bytes = answer.len();
    if bytes > ANSWER_BYTES_MAX {
        return Err(format!(
            "the answer has {bytes} bytes, of which there may be {ANSWER_BYTES_MAX}"
        ));
    }
    let Once(value) = serde_json::from_slice(answer)
        .map_err(|error| format!("the answer is not JSON: {error}"))?;
    let Value::Object(members) = value else {
        return Err("the answer is no object".to_owned());
    };
    let is_simple = matches!(authorizer.format, AuthorizerFormat::V2 { is_simple: true });
    let (principal_id, verdict) = match is_simple {
        true => (None, Verdict::Simple(is_authorized(&members)?)),
        false => {
            let principal_id = principal_id(&members)?;
            let policy = policy(&members, authorizer, asked_about)?;
            (Some(principal_id), Verdict::Policy(policy))
        }
    };
    let is_flat = !matches!(authorizer.format, AuthorizerFormat::V2 { .. });
    Ok(Decision {
        principal_id,
        context: context(&members, is_flat)?,
        usage_identifier_key: usage_identifier_key(&members)?,
        verdict,
        asked_about: asked_about.to_owned(),
        answered,
        bytes,
    })
}

fn is_authorized(members: &Map<String, Value>) -> Result<bool, String> {
    match members.get("isAuthorized") {
        Some(Value::Bool(is_authorized)) => Ok(*is_authorized),
        Some(_) => Err("`isAuthorized` is neither true nor false".to_owned()),
        None => Err("the answer has no `isAuthorized`".to_owned()),
    }
}

/// Whether it may be missing is unverified; it may not here.
fn principal_id(members: &Map<String, Value>) -> Result<String, String> {
    match members.get("principalId") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id.clone()),
        Some(Value::String(_)) => Err("`principalId` is empty".to_owned()),
        Some(_) => Err("`principalId` is no text".to_owned()),
        None => Err("the answer has no `principalId`".to_owned()),
    }
}

fn policy(
    members: &Map<String, Value>,
    authorizer: &FunctionAuthorizer,
    asked_about: &str,
) -> Result<Policy, String> {
    let document = match members.get("policyDocument") {
        Some(document @ Value::Object(_)) => document,
        Some(_) => return Err("`policyDocument` is no object".to_owned()),
        None => return Err("the answer has no `policyDocument`".to_owned()),
    };
    if let Some(resource) = too_long(document) {
        return Err(format!(
            "a resource of `policyDocument` has {resource} characters, of which there may be \
             {RESOURCE_CHARS_MAX}"
        ));
    }
    let parsed = Document::parse(DocumentKind::Identity, &document.to_string());
    let parsed = parsed.map_err(|error| format!("`policyDocument` cannot be read: {error}"))?;
    let name = format!(
        "the policy that the authorizer `{}` returned for `{asked_about}`",
        authorizer.name
    );
    Ok(Policy::new(name, parsed))
}

/// The length of the first resource that is too long.
fn too_long(document: &Value) -> Option<usize> {
    let statements = list(document.get("Statement"));
    let resources = statements.flat_map(|statement| {
        ["Resource", "NotResource"]
            .into_iter()
            .flat_map(|member| list(statement.get(member)))
    });
    let lengths = resources
        .filter_map(Value::as_str)
        .map(|text| text.chars().count());
    lengths
        .into_iter()
        .find(|length| *length > RESOURCE_CHARS_MAX)
}

/// The items of a list, or the one value that stands in place of a list.
fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(items)) => items.iter(),
        Some(one) => std::slice::from_ref(one).iter(),
        None => [].iter(),
    }
}

/// What else is said of the caller. Where it is flat, values are texts from then on, and what is null is not
/// there (unverified).
fn context(members: &Map<String, Value>, is_flat: bool) -> Result<Map<String, Value>, String> {
    let given = match members.get("context") {
        None | Some(Value::Null) => return Ok(Map::new()),
        Some(Value::Object(given)) => given,
        Some(_) => return Err("`context` is no object".to_owned()),
    };
    if !is_flat {
        return Ok(given.clone());
    }
    let mut flat = Map::new();
    for (name, value) in given {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null => continue,
            Value::Array(_) | Value::Object(_) => {
                return Err(format!(
                    "`{name}` of `context` is neither text, number nor boolean"
                ));
            }
        };
        flat.insert(name.clone(), Value::String(text));
    }
    Ok(flat)
}

fn usage_identifier_key(members: &Map<String, Value>) -> Result<Option<String>, String> {
    match members.get("usageIdentifierKey") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(key)) => Ok(Some(key.clone())),
        Some(_) => Err("`usageIdentifierKey` is no text".to_owned()),
    }
}
