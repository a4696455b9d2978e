//! What a request leaves in the journal: the decision with its evidence, never a secret.

use authlab_kernel::{Component, EventDraft, Journal, Sequence, Timestamp};
use serde_json::{Map, Value, json};

use crate::auth::aws::presigned;
use crate::evidence;
use crate::request::Request;
use crate::response::Response;
use crate::router::Ending;

/// The event because of which the request came: that which issued the credential in it.
pub(crate) fn cause_of(
    journal: &Journal,
    request: &Request,
    given: Option<Sequence>,
) -> Option<Sequence> {
    let of_login = if request.path.ends_with("/login") {
        signer(request).or_else(|| token_id(request))
    } else {
        None
    };
    let credential = of_login.or_else(|| request.token.clone());
    credential
        .and_then(|credential| journal.issuer_of(&credential))
        .or(given)
}

/// The access key id of the request that an AWS login carries: in its headers, or in its URL.
fn signer(request: &Request) -> Option<String> {
    let credential = header_credential(request).or_else(|| {
        let url = decoded(request.data_text("iam_request_url")?)?;
        presigned::credential(&url)
    });
    credential?.split('/').next().map(str::to_owned)
}

fn decoded(text: &str) -> Option<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text)
        .ok()?;
    String::from_utf8(bytes).ok()
}

/// What the header `Authorization` of the login's request names as its credential.
fn header_credential(request: &Request) -> Option<String> {
    let headers = request.data.get("iam_request_headers")?;
    let members = match headers {
        Value::Object(members) => members.clone(),
        Value::String(text) => {
            let json = decoded(text);
            let parsed: Value = serde_json::from_str(json.as_deref().unwrap_or(text)).ok()?;
            parsed.as_object()?.clone()
        }
        _ => return None,
    };
    let (_, value) = members
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?;
    let value = value
        .as_array()
        .and_then(|values| values.first())
        .unwrap_or(value);
    let (_, credential) = value.as_str()?.split_once("Credential=")?;
    Some(credential.to_owned())
}

/// The `jti` of the token that a JWT login carries. Nothing is verified for that.
fn token_id(request: &Request) -> Option<String> {
    let token = authlab_token::Token::parse(request.data_text("jwt")?).ok()?;
    token
        .claim("jti")
        .and_then(Value::as_str)
        .map(str::to_owned)
}

/// The event of a request.
pub(crate) fn of_request(
    ending: &Ending,
    status: u16,
    cause: Option<Sequence>,
    now: Timestamp,
) -> EventDraft {
    let request = &ending.request;
    let mut detail = Map::new();
    let mut put = |name: &str, value: Value| {
        detail.insert(name.to_owned(), value);
    };
    put("method", json!(request.operation.as_str()));
    put("path", json!(evidence::path(&request.path)));
    put("mount", json!(ending.mount));
    put("status", json!(status));
    if let Some(caller) = &ending.caller {
        put("accessor", json!(caller.accessor));
        put("display_name", json!(caller.display_name));
        put("policies", json!(caller.policies));
        if let Some(expires) = caller.expires() {
            put("token_expires_at", json!(expires.to_string()));
            put("token_ttl_seconds", json!(caller.seconds_left(now)));
        }
    }
    if let Some(decision) = &ending.decision
        && let Value::Object(members) = decision.evidence()
    {
        for (name, value) in members {
            put(&name, value);
        }
    }
    if let Value::Object(members) = &ending.token_evidence {
        for (name, value) in members {
            put(name, value.clone());
        }
    }
    let draft = EventDraft::new(Component::Vault, "request")
        .request_id(request.id.clone())
        .cause(cause);
    match &ending.result {
        Ok(response) => {
            if let Some(response) = response {
                issued(response, ending.login, &mut put);
            }
            draft.allowed().detail(Value::Object(detail))
        }
        Err(refusal) => {
            for (name, value) in &refusal.evidence {
                put(name, value.clone());
            }
            if let Some(message) = &refusal.message {
                let shown = evidence::message(message.trim_end(), request);
                put("message", json!(shown));
            }
            let draft = draft.detail(Value::Object(detail));
            match refusal.reason {
                "internal-error" | "audit-failed" | "not-implemented" => {
                    draft.failed(refusal.reason)
                }
                reason => draft.refused(reason),
            }
        }
    }
}

fn issued(response: &Response, login: bool, put: &mut impl FnMut(&str, Value)) {
    for (name, value) in &response.evidence {
        put(name, value.clone());
    }
    if let Some(auth) = &response.auth {
        let token = json!({
            "accessor": auth.accessor,
            "display_name": auth.display_name,
            "policies": auth.policies,
            "identity_policies": auth.identity_policies,
            "ttl_seconds": auth.ttl,
            "renewable": auth.renewable,
            "token": auth.client_token.as_ref().map(authlab_kernel::Secret::fingerprint),
        });
        put(if login { "login" } else { "issued" }, token);
    }
    if let Some(wrap) = &response.wrap_info {
        put(
            "wrapped",
            json!({"accessor": wrap.accessor, "ttl_seconds": wrap.ttl}),
        );
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::request::Operation;

    #[test]
    fn the_signer_of_a_login_is_found_wherever_its_credential_stands() {
        let url = |query: &str| STANDARD.encode(format!("https://sts.amazonaws.com/{query}"));
        let signed = "?Action=GetCallerIdentity&X-Amz-Credential=AKIAEXAMPLE%2F20260101%2Fus-east-1%2Fsts%2Faws4_request";
        let header = "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20260101/us-east-1/sts/aws4_request";
        let headers = json!({ "Authorization": header });
        let encoded = STANDARD.encode(headers.to_string());
        let expected = Some("AKIAEXAMPLE");
        for (data, found) in [
            (
                json!({"iam_request_url": url(""), "iam_request_headers": headers}),
                expected,
            ),
            (
                json!({"iam_request_url": url(""), "iam_request_headers": encoded}),
                expected,
            ),
            (
                json!({"iam_request_headers": {"authorization": [header]}}),
                expected,
            ),
            (
                json!({"iam_request_url": url(signed), "iam_request_headers": {"Host": "x"}}),
                expected,
            ),
            (json!({"iam_request_url": url(signed)}), expected),
            (json!({"iam_request_url": url("")}), None),
            (json!({"iam_request_url": "no base64"}), None),
            (
                json!({"iam_request_url": 5, "iam_request_headers": 5}),
                None,
            ),
            (json!({}), None),
        ] {
            let request = Request {
                id: String::new(),
                operation: Operation::Update,
                path: "auth/aws/login".to_owned(),
                data: data.as_object().cloned().unwrap(),
                from_query: false,
                token: None,
                headers: Vec::new(),
                wrap: None,
                peer: "127.0.0.1:1".parse().unwrap(),
            };
            assert_eq!(signer(&request).as_deref(), found, "{data}");
        }
    }
}
