//! The login.

use authlab_token::{Token, TokenError};
use serde_json::{Map, Value};

use super::case::{Case, Holder};
use super::{Config, Jwt, Role, claims, keys};
use crate::auth::cidr;
use crate::duration::quoted;
use crate::evidence::{Because, BoundBy, Proof, Reason, UnknownRole};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response, Told};
use crate::token::{Auth, LoginAlias};

pub(super) fn login(method: &mut Jwt, call: &Call<'_>, fields: &Fields) -> Outcome {
    let Some(config) = method.config.clone() else {
        return Err(Fault::answer("could not load configuration").because(Reason::JwtNotConfigured));
    };
    let name = fields.text("role");
    let name = if name.is_empty() {
        config.default_role.clone()
    } else {
        name
    };
    if name.is_empty() {
        return Err(Fault::answer("missing role").because(Reason::JwtRoleMissing));
    }
    let Some(role) = method.roles.get(&name).cloned() else {
        let shown = quoted(&name);
        let unknown = UnknownRole::of(&name, method.roles.keys());
        return Err(Fault::answer(format!("role {shown} could not be found"))
            .because(Reason::JwtRoleUnknown)
            .telling(Told::Because(Because::Role(unknown))));
    };
    if role.kind == "oidc" {
        return Err(
            Fault::answer("role with oidc role_type is not allowed").because(Reason::JwtRoleType)
        );
    }
    let text = fields.text("jwt");
    if text.is_empty() {
        return Err(Fault::answer("missing token").because(Reason::JwtMissing));
    }
    if !cidr::contains(&role.params.bound_cidrs, call.peer_address()) {
        let bound = role.params.bound_cidrs.clone();
        return Err(Fault::denied("permission denied").not_bound(bound, BoundBy::Role));
    }
    // White space is no part of a token, wherever it stands (recorded).
    let text: String = text.chars().filter(|one| !one.is_whitespace()).collect();
    let token = read_token(&text)?;
    let (signature, provider) = keys::verify_signature(method, call, &config, &token)?;
    let case = Case {
        name: &name,
        role: &role,
        config: &config,
        token: &token,
        now: call.now,
        flavour: call.flavour,
    };
    let proof = |claim| Proof::Jwt(Box::new(case.evidence(claim)));
    match case.judge(&signature) {
        Ok(holder) => Ok(Some(Response {
            auth: Some(Box::new(auth_of(
                &role,
                holder,
                token.claims(),
                call.peer_address(),
            ))),
            proof: Some(proof(None)),
            ..Response::default()
        })),
        Err(refused) => {
            let mut seen = case.evidence(refused.claim);
            case.compared(refused.reason, &mut seen);
            if refused.reason == Reason::JwtSignature {
                seen.keys = Some(keys::seen(method, &config, &token, provider));
            }
            Err(Fault::answer(refused.message)
                .because(refused.reason)
                .with_proof(Proof::Jwt(Box::new(seen))))
        }
    }
}

fn read_token(text: &str) -> Result<Token, Fault> {
    let refuse = |why: &str| {
        Fault::answer(format!(
            "error validating token: error verifying token signature: {why}"
        ))
        .because(Reason::JwtMalformed)
    };
    if text.split('.').count() != 3 {
        return Err(refuse(
            "go-jose/go-jose: compact JWS format must have three parts",
        ));
    }
    // Padding, which RFC 7515 leaves out, is cut off.
    let text = text.trim_end_matches('=');
    let token = Token::parse(text).map_err(|error| match error {
        TokenError::Base64 { .. } => refuse("illegal base64 data at input byte 0"),
        _ => refuse("no known key successfully validated the token signature"),
    })?;
    check_header(token.header()).map_err(|why| refuse(&why))?;
    Ok(token)
}

/// What a header names is of its type; a key in it, which counts for nothing, must be one.
fn check_header(header: &Map<String, Value>) -> Result<(), String> {
    for (name, what) in [("alg", "algorithm"), ("kid", "key ID")] {
        match header.get(name) {
            None | Some(Value::Null | Value::String(_)) => {}
            Some(other) => {
                let kind = crate::field::json_type(other);
                let shown = quoted(&other.to_string());
                return Err(format!(
                    "failed to unmarshal {what}: json: cannot unmarshal {kind} into Go value of \
                     type string: {shown}"
                ));
            }
        }
    }
    match header.get("jwk") {
        None | Some(Value::Null) => Ok(()),
        Some(key) => match authlab_token::Jwk::parse(key) {
            Ok(_) => Ok(()),
            Err(_) => {
                let kind = key.get("kty").and_then(Value::as_str).unwrap_or_default();
                let shown = quoted(&key.to_string());
                Err(format!(
                    "failed to unmarshal JWK: go-jose/go-jose: unknown json web key type \
                     '{kind}': {shown}"
                ))
            }
        },
    }
}

fn auth_of(
    role: &Role,
    holder: Holder,
    claims: &Map<String, Value>,
    peer: std::net::IpAddr,
) -> Auth {
    let mut auth = Auth {
        display_name: holder.user.clone(),
        alias: Some(LoginAlias {
            name: holder.user,
            metadata: holder.metadata.clone(),
        }),
        metadata: holder.metadata,
        group_aliases: holder.groups,
        ..role.params.auth(peer)
    };
    if role.template_claims {
        auth.policies = auth
            .policies
            .iter()
            .map(|policy| claims::fill_template(policy, claims))
            .collect();
    }
    auth
}

/// The browser flow of OpenID Connect is not simulated; without a client it is not even configured.
pub(super) fn browser(method: &mut Jwt, _: &Call<'_>, _: &Fields) -> Outcome {
    let configured = method.config.as_ref().is_some_and(Config::has_client);
    if !configured {
        return Err(Fault::answer("OIDC login is not configured for this mount")
            .because(Reason::OidcNotConfigured));
    }
    Err(Fault::answer(
        "the browser login of OpenID Connect is not simulated by authlab: use `login`",
    )
    .with_status(501)
    .because(Reason::NotImplemented))
}
