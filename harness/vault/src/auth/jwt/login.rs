//! The login.

use authlab_kernel::Timestamp;
use authlab_token::{Token, TokenError};
use serde_json::{Map, Value, json};

use super::{Config, Jwt, Role, claims, keys};
use crate::auth::cidr;
use crate::duration::quoted;
use crate::evidence::{JwtLogin, Proof, Reason};
use crate::field::Fields;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};
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
        return Err(Fault::answer(format!("role {shown} could not be found"))
            .because(Reason::JwtRoleUnknown));
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
        return Err(Fault::denied("permission denied").because(Reason::AddressNotBound));
    }
    // White space is no part of a token, wherever it stands (recorded).
    let text: String = text.chars().filter(|one| !one.is_whitespace()).collect();
    let token = read_token(&text)?;
    let seen = |claim: Option<&str>| {
        let login = evidence(&name, &role, &config, &token, call.now);
        Proof::Jwt(Box::new(JwtLogin {
            claim: claim.map(str::to_owned),
            ..login
        }))
    };
    let invalid = |(reason, error): claims::Refused| {
        Fault::answer(format!("error validating token: {error}"))
            .because(reason)
            .with_proof(seen(None))
    };
    keys::verify_signature(method, call, &config, &token)?.map_err(|error| {
        invalid((
            Reason::JwtSignature,
            format!("error verifying token signature: {error}"),
        ))
    })?;
    check_token(&config, &role, &token, call).map_err(invalid)?;
    if role.bound_audiences.is_empty() && !audiences(token.claims()).is_empty() {
        let text = "audience claim found in JWT but no audiences bound to the role";
        return Err(Fault::answer(text)
            .because(Reason::JwtAudience)
            .with_proof(seen(None)));
    }
    let refused = |(reason, error): claims::Refused| {
        Fault::answer(error).because(reason).with_proof(seen(None))
    };
    let auth = auth_of(&name, &role, token.claims(), call.peer_address()).map_err(refused)?;
    claims::check_bound(&role, token.claims()).map_err(|unbound| {
        let (reason, error) = unbound.refused;
        refused((reason, format!("error validating claims: {error}")))
            .with_proof(seen(Some(unbound.claim)))
    })?;
    Ok(Some(Response {
        auth: Some(Box::new(auth)),
        proof: Some(seen(None)),
        ..Response::default()
    }))
}

/// What the journal sees of a token and of what was asked of it. The token itself is not in it.
fn evidence(name: &str, role: &Role, config: &Config, token: &Token, now: Timestamp) -> JwtLogin {
    JwtLogin {
        role: name.to_owned(),
        now: now.as_second(),
        token: token.describe(),
        bound_issuer: Some(config.bound_issuer.clone()),
        bound_audiences: Some(role.bound_audiences.clone()),
        bound_subject: Some(role.bound_subject.clone()),
        bound_claims: json!(role.bound_claims),
        claim: None,
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

fn audiences(claims: &Map<String, Value>) -> Vec<String> {
    match claims.get("aud") {
        Some(Value::String(audience)) => vec![audience.clone()],
        Some(Value::Array(items)) => items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// Algorithm, issuer, subject, audience, times: in the reference's order.
fn check_token(
    config: &Config,
    role: &Role,
    token: &Token,
    call: &Call<'_>,
) -> Result<(), claims::Refused> {
    let claims = token.claims();
    claims::check_types(claims, call.flavour.rules().newer_jwt)?;
    let times = claims::read_times(claims)?;
    let accepted: &[_] = if config.algorithms.is_empty() {
        &keys::ASYMMETRIC
    } else {
        &config.algorithms
    };
    if !token
        .alg()
        .is_ok_and(|algorithm| accepted.contains(&algorithm))
    {
        let text =
            "invalid algorithm (alg) header parameter: token signed with unexpected algorithm";
        return Err((Reason::JwtAlgorithm, text.to_owned()));
    }
    let text_of = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if !config.bound_issuer.is_empty() && text_of("iss") != config.bound_issuer {
        return Err((Reason::JwtIssuer, "invalid issuer (iss) claim".to_owned()));
    }
    if !role.bound_subject.is_empty() && text_of("sub") != role.bound_subject {
        return Err((Reason::JwtSubject, "invalid subject (sub) claim".to_owned()));
    }
    let given = audiences(claims);
    let bound = &role.bound_audiences;
    if !bound.is_empty() && !given.iter().any(|audience| bound.contains(audience)) {
        let text =
            "invalid audience (aud) claim: audience claim does not match any expected audience";
        return Err((Reason::JwtAudience, text.to_owned()));
    }
    claims::check_times(times, role, call.now)
}

fn auth_of(
    name: &str,
    role: &Role,
    claims: &Map<String, Value>,
    peer: std::net::IpAddr,
) -> Result<Auth, claims::Refused> {
    let user = claims::user(role, claims)?;
    let mut metadata = claims::metadata(role, claims)?;
    metadata.insert("role".to_owned(), name.to_owned());
    let groups = claims::groups(role, claims)?;
    let mut auth = Auth {
        display_name: user.clone(),
        alias: Some(LoginAlias {
            name: user,
            metadata: metadata.clone(),
        }),
        metadata,
        group_aliases: groups,
        ..role.params.auth(peer)
    };
    if role.template_claims {
        auth.policies = auth
            .policies
            .iter()
            .map(|policy| claims::fill_template(policy, claims))
            .collect();
    }
    Ok(auth)
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
