//! What a request leaves in the journal: the decision with its evidence, never a secret.

use std::net::IpAddr;

use authlab_kernel::{Component, EventDraft, Journal, Sequence, Timestamp};
use serde_json::Value;

use crate::auth::aws::presigned;
use crate::evidence::{self, Because, BoundBy, Issued, Wrapped};
use crate::policy::Decision;
use crate::request::Request;
use crate::response::{Response, Told};
use crate::router::Ending;
use crate::shown;
use crate::token::Auth;

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

/// The events of what the caller had no right to and what went through all the same.
pub(crate) fn of_rights(ending: &Ending) -> Vec<EventDraft> {
    let (request, Some(caller)) = (&ending.request, &ending.caller) else {
        return Vec::new();
    };
    let refused = ending.decision.as_ref();
    let refused = refused.filter(|decision| is_let_through(decision));
    let each = ending.rights.let_through().into_iter();
    each.map(|(refusal, enforcement)| {
        let of_path = refused.filter(|_| refusal.reason == evidence::Reason::PolicyDenied);
        let message = refusal.message.as_ref();
        let told = evidence::Authorization {
            method: request.operation.as_str().to_owned(),
            path: shown::path(&request.path).into_owned(),
            accessor: caller.accessor.clone(),
            display_name: caller.display_name.clone(),
            policies: caller.policies.clone(),
            decision: of_path.map(Decision::evidence),
            message: message.map(|message| shown::message(message.trim_end(), request)),
            enforcement,
        };
        let draft = EventDraft::of(Component::Vault, &told).request_id(request.id.clone());
        draft.refused(refusal.reason)
    })
    .collect()
}

/// Whether a decision refuses, and the request went on all the same.
fn is_let_through(decision: &Decision) -> bool {
    decision.allowed && decision.refused.is_some()
}

/// The event of a request.
pub(crate) fn of_request(
    ending: &Ending,
    status: u16,
    cause: Option<Sequence>,
    now: Timestamp,
) -> EventDraft {
    let request = &ending.request;
    // One that refuses and was not heeded stands in an event of its own.
    let decision = ending.decision.as_ref();
    let decision = decision.filter(|decision| !is_let_through(decision));
    let mut seen = evidence::Request {
        method: request.operation.as_str().to_owned(),
        path: shown::path(&request.path).into_owned(),
        mount: Some(ending.mount.clone()),
        status: Some(status),
        decision: decision.map(Decision::evidence),
        ..evidence::Request::default()
    };
    if let Some(caller) = &ending.caller {
        seen.accessor = Some(caller.accessor.clone());
        seen.display_name = Some(caller.display_name.clone());
        seen.policies = Some(caller.policies.clone());
        seen.token_expires_at = ending.caller_end;
        let left = |end: Timestamp| (end.as_second() - now.as_second()).max(0);
        seen.token_ttl_seconds = ending.caller_end.map(left);
    }
    let refusal = match &ending.result {
        Ok(response) => {
            if let Some(response) = response {
                answered(response, ending.login, &mut seen);
            }
            None
        }
        Err(refusal) => {
            let message = refusal.message.as_ref();
            seen.message = message.map(|message| shown::message(message.trim_end(), request));
            match refusal.told.clone() {
                None => {}
                Some(Told::Proof(proof)) => seen.proof = Some(proof),
                Some(Told::Because(because)) => seen.because = Some(because),
                Some(Told::Bound(bound, of)) => {
                    seen.because = Some(Because::Address(address(request, bound, of)));
                }
                Some(Told::Ended {
                    accessor,
                    policies,
                    ended,
                }) => {
                    seen.accessor = Some(accessor);
                    seen.policies = Some(policies);
                    seen.ended = Some(ended);
                }
            }
            Some(refusal.reason)
        }
    };
    let draft = EventDraft::of(Component::Vault, &seen)
        .request_id(request.id.clone())
        .cause(cause);
    match refusal {
        None => draft.allowed(),
        Some(reason) if reason.is_failure() => draft.failed(reason),
        Some(reason) => draft.refused(reason),
    }
}

/// Where a request came from, and from where it should have.
fn address(request: &Request, bound: Vec<String>, of: BoundBy) -> evidence::Address {
    let forwarded = request.headers.iter();
    let forwarded = forwarded
        .filter(|(name, _)| name == "x-forwarded-for")
        .find_map(|(_, value)| value.split(',').next());
    // A header may hold anything: what is no address is not written down.
    let forwarded: Option<IpAddr> = forwarded.and_then(|text| text.trim().parse().ok());
    evidence::Address {
        seen: request.peer.ip().to_canonical().to_string(),
        forwarded_for: forwarded.map(|address| address.to_string()),
        bound,
        of,
    }
}

/// What an answer brought: the proof of a login, a token, a wrapping.
fn answered(response: &Response, login: bool, seen: &mut evidence::Request) {
    seen.proof.clone_from(&response.proof);
    let token = response.auth.as_deref().map(issued);
    if login {
        seen.login = token;
    } else {
        seen.issued = token;
    }
    seen.wrapped = response.wrap_info.as_ref().map(|wrap| Wrapped {
        accessor: wrap.accessor.clone(),
        ttl_seconds: wrap.ttl,
    });
}

fn issued(auth: &Auth) -> Issued {
    let token = auth.client_token.as_ref();
    Issued {
        accessor: Some(auth.accessor.clone()),
        display_name: Some(auth.display_name.clone()),
        policies: Some(auth.policies.clone()),
        identity_policies: Some(auth.identity_policies.clone()),
        ttl_seconds: Some(auth.ttl),
        renewable: Some(auth.renewable),
        token: token.map(authlab_kernel::Secret::fingerprint),
        cap: auth.cap,
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

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
