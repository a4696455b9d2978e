//! What decided something, in a line: a statement, an ACL rule, a role's binding, the end of a token.

use authlab::Event;
use authlab::evidence::{
    policy::DecidedBy,
    token::Described,
    vault::{self, AwsLogin, End, JwtLogin, Reason},
};
use serde_json::Value;

/// What decided an event, a line each.
pub(crate) fn of(event: &Event) -> Vec<String> {
    let policies = super::decision(event).map(|decision| by_policies(&decision.decided_by));
    policies.into_iter().chain(in_vault(event)).collect()
}

/// `trust: trust policy of role `looker`, statement 0`, or the layer whose Allow is lacking.
fn by_policies(decided_by: &DecidedBy) -> String {
    match decided_by {
        DecidedBy::Rule { rule } => super::spelled(rule).unwrap_or_default(),
        DecidedBy::Missing { layer, .. } => {
            format!("{}: no statement allows it", layer.as_str())
        }
        DecidedBy::RootUser { layer, policy } => {
            let policy = super::spelled(policy).unwrap_or_default();
            format!("{}: {policy}", layer.as_str())
        }
        DecidedBy::Statement(statement) => {
            let position = || statement.statement.to_string();
            let sid = statement.sid.clone().unwrap_or_else(position);
            let (layer, policy) = (statement.layer.as_str(), &statement.policy);
            format!("{layer}: {policy}, statement {sid}")
        }
    }
}

/// The rule of an ACL policy, the binding of a login's role, or the end of a token.
fn in_vault(event: &Event) -> Option<String> {
    let request = event.read::<vault::Request>()?;
    match request.ended.as_ref().and_then(|ended| ended.end) {
        Some(End::Expired(at)) => return Some(format!("the token ended at {at}")),
        Some(End::Revoked(_)) => return Some("the token was revoked".to_owned()),
        Some(End::UsedUp(_)) | None => {}
    }
    if let Some(line) = request.aws().and_then(by_aws_role) {
        return Some(line);
    }
    if let Some(login) = request.jwt() {
        return by_jwt_role(event, login);
    }
    let decision = request.decision?;
    let policies = decision.rule_policies.join(", ");
    Some(match decision.rule {
        Some(rule) => format!("policy {policies}: path {rule}"),
        None => {
            let policies = request.policies.unwrap_or_default().join(", ");
            format!("policies {policies}: no path matches")
        }
    })
}

fn by_aws_role(login: &AwsLogin) -> Option<String> {
    let (role, arn) = (login.role.as_ref()?, login.canonical_arn.as_ref()?);
    let Some(unbound) = &login.unbound else {
        return Some(format!("role {role}: binds {arn}"));
    };
    let bound = unbound.bound_iam_principal_arn.join(", ");
    Some(if bound == *arn {
        // The name is right, and somebody else's by now.
        let (bound, id) = (
            unbound.bound_iam_principal_id.join(", "),
            &unbound.unique_id,
        );
        format!("role {role}: binds {arn} with the id {bound}, not {id}")
    } else {
        format!("role {role}: binds {bound}, not {arn}")
    })
}

/// What a role of the auth method `jwt` binds, and what a token has instead.
fn by_jwt_role(event: &Event, login: &JwtLogin) -> Option<String> {
    let role = &login.role;
    let audiences = login.bound_audiences.as_deref().unwrap_or_default();
    let audiences = audiences.join(", ");
    let claims = login.bound_claims.as_object()?;
    if event.reason.is_none() {
        let claims = claims
            .iter()
            .map(|(claim, bound)| format!(", the claim {claim} to {bound}"));
        let claims: String = claims.collect();
        return Some(format!(
            "role {role}: binds the audience {audiences}{claims}"
        ));
    }
    if event.is(Reason::JwtAudience) {
        let token = Described::read(&login.token);
        let found = token.as_ref().and_then(|token| token.claim("aud"));
        let found = found.map(text).unwrap_or_default();
        return Some(format!(
            "role {role}: binds the audience {audiences}, not {found}"
        ));
    }
    if event.is(Reason::JwtClaim) || event.is(Reason::JwtClaimMissing) {
        let claim = login.claim.as_ref()?;
        let bound = claims.get(claim)?;
        return Some(format!("role {role}: binds the claim {claim} to {bound}"));
    }
    Some(format!("role {role}"))
}

/// A claim as text.
fn text(claim: &Value) -> String {
    match claim {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
