//! Response wrapping: the answer waits behind a token of one use.

use std::collections::BTreeMap;

use authlab_kernel::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Map, Value, json};

use crate::evidence::{Because, Reason, Wrapping};
use crate::request::{Call, WrapWish};
use crate::response::{Fault, Response, Told, WrapInfo};
use crate::state::{Issue, State};
use crate::token::store::{End, Ended, digest};
use crate::token::{Entry, Type};

/// Under which names the wrapped answer and its facts wait in the token's cubbyhole.
const CONTENT: &str = "response";
const FACTS: &str = "wrapinfo";

/// The refusal of every wrapping token that is none (any more).
pub(crate) fn invalid() -> Fault {
    Fault::invalid("wrapping token is not valid or does not exist")
        .because(Reason::WrappingTokenInvalid)
}

/// The refusal of this wrapping token, with what is known of it.
pub(crate) fn refused(state: &State, text: &str) -> Fault {
    let token = unpacked(state, text);
    let wrapping = Wrapping {
        ended: state.tokens.ended(&token).map(Ended::evidence),
        is_other_token: state.tokens.find(&token).is_some(),
    };
    invalid().telling(Told::Because(Because::Wrapping(wrapping)))
}

/// Puts an answer behind a wrapping token.
pub(crate) fn wrap(
    state: &mut State,
    call: &Call<'_>,
    wish: WrapWish,
    response: &Response,
) -> Response {
    let content = match &response.raw {
        Some(raw) => raw.clone(),
        None => response.envelope(&call.request.id).to_value(),
    };
    let of_secret_id = response.data.as_ref().and_then(|data| {
        data.get("secret_id_accessor")
            .and_then(Value::as_str)
            .map(str::to_owned)
    });
    let wrapped_accessor = match &response.auth {
        Some(auth) => Some(auth.accessor.clone()).filter(|accessor| !accessor.is_empty()),
        None => of_secret_id.filter(|_| call.request.path.contains("secret-id")),
    };
    wrap_content(
        state,
        call,
        wish,
        content,
        &call.request.path,
        wrapped_accessor,
    )
}

fn wrap_content(
    state: &mut State,
    call: &Call<'_>,
    wish: WrapWish,
    content: Value,
    creation_path: &str,
    wrapped_accessor: Option<String>,
) -> Response {
    let ttl = wish.ttl_nanoseconds / 1_000_000_000;
    let entry = Entry {
        id: Secret::new(""),
        accessor: String::new(),
        kind: Type::Service,
        parent: None,
        path: creation_path.to_owned(),
        policies: vec!["response-wrapping".to_owned()],
        metadata: BTreeMap::new(),
        display_name: String::new(),
        num_uses: 1,
        created: call.now,
        creation_ttl: ttl,
        period: 0,
        explicit_max_ttl: ttl,
        role: None,
        entity_id: String::new(),
        bound_cidrs: Vec::new(),
        lease: None,
    };
    let caller = call.caller.map_or("", |caller| caller.accessor.as_str());
    let issue = Issue {
        name: format!("wrap/{creation_path}/{caller}"),
        keep_id: false,
        renewable: false,
        internal: Map::new(),
        cap: None,
    };
    let entry = state.issue(call, entry, issue);
    let facts = json!({
        "creation_path": creation_path,
        "creation_time": call.now.to_string(),
        "creation_ttl": ttl,
        "wrapped_accessor": wrapped_accessor,
    });
    let values = state
        .cubbyhole
        .values
        .entry(entry.accessor.clone())
        .or_default();
    values.insert(CONTENT.to_owned(), members(content));
    values.insert(FACTS.to_owned(), members(facts));
    let token = entry.id.expose_secret();
    let token = if wish.jwt {
        signed(state, call, &entry)
    } else {
        token.to_owned()
    };
    Response {
        wrap_info: Some(WrapInfo {
            token,
            accessor: entry.accessor.clone(),
            ttl,
            creation_time: call.now.to_string(),
            creation_path: creation_path.to_owned(),
            wrapped_accessor,
        }),
        ..Response::default()
    }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The token in the form of a JWT whose `jti` it is. The reference signs with ES512; here the key
/// is symmetric, since only this server reads it.
fn signed(state: &State, call: &Call<'_>, entry: &Entry) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = json!({
        "accessor": entry.accessor,
        "exp": state.end_of(entry).map_or(0, |end| end.as_second()),
        "iat": call.now.as_second(),
        "jti": entry.id.expose_secret(),
        "type": "wrapping",
    });
    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    let key = hmac::Key::new(hmac::HMAC_SHA256, &state.wrapping_key);
    let signature = hmac::sign(&key, format!("{header}.{payload}").as_bytes());
    format!(
        "{header}.{payload}.{}",
        URL_SAFE_NO_PAD.encode(signature.as_ref())
    )
}

/// The token inside a JWT of this server, or the text itself.
pub(crate) fn unpacked(state: &State, text: &str) -> String {
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return text.to_owned();
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &state.wrapping_key);
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else {
        return text.to_owned();
    };
    if hmac::verify(&key, format!("{header}.{payload}").as_bytes(), &signature).is_err() {
        return text.to_owned();
    }
    let claims = URL_SAFE_NO_PAD.decode(payload).ok();
    let claims: Option<Value> = claims.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let token = claims.as_ref().and_then(|claims| claims["jti"].as_str());
    token.map_or_else(|| text.to_owned(), str::to_owned)
}

/// The digest of the wrapping token that a text names.
pub(crate) fn find(state: &State, text: &str) -> Option<String> {
    let token = unpacked(state, text);
    let found = state
        .tokens
        .find(&token)
        .filter(|entry| entry.is_wrapping());
    found.map(|entry| digest(entry.id.expose_secret()))
}

/// Takes the content of a wrapping token out; the token ends with it.
pub(crate) fn take(state: &mut State, call: &Call<'_>, key: &str) -> Option<(Value, Value)> {
    let accessor = state.tokens.tokens.get(key)?.accessor.clone();
    let mut values = state.cubbyhole.values.remove(&accessor)?;
    let content = values.remove(CONTENT)?;
    let facts = values.remove(FACTS).unwrap_or_default();
    state.end_token(key, End::UsedUp, call.now);
    Some((Value::Object(content), Value::Object(facts)))
}

/// The facts of a wrapping token, as `sys/wrapping/lookup` shows them.
pub(crate) fn facts(state: &State, key: &str) -> Option<Value> {
    let accessor = &state.tokens.tokens.get(key)?.accessor;
    let facts = state.cubbyhole.values.get(accessor)?.get(FACTS)?;
    Some(json!({
        "creation_path": facts.get("creation_path"),
        "creation_time": facts.get("creation_time"),
        "creation_ttl": facts.get("creation_ttl"),
    }))
}

/// Puts the content of one wrapping token behind a new one.
pub(crate) fn rewrap(state: &mut State, call: &Call<'_>, key: &str) -> Option<Response> {
    let (content, facts) = take(state, call, key)?;
    let seconds = facts["creation_ttl"].as_i64().unwrap_or_default();
    let path = facts["creation_path"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let accessor = facts["wrapped_accessor"].as_str().map(str::to_owned);
    let wish = WrapWish {
        ttl_nanoseconds: seconds.saturating_mul(1_000_000_000),
        jwt: false,
    };
    Some(wrap_content(state, call, wish, content, &path, accessor))
}
