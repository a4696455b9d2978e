//! What decides at Vault: the rule of an ACL policy, the binding of a login's role, the end of a token.

use authlab::Event;
use authlab::evidence::{
    token::Described,
    vault::{Authorization, AwsLogin, End, JwtLogin, PathDecision, Reason, Request, Why},
};

use super::token::texts;

/// What decided a request of Vault.
pub(super) fn line(event: &Event) -> Option<String> {
    if let Some(told) = event.read::<Authorization>() {
        let policies = told.policies.join(", ");
        let by_rule = told.decision.map(|decision| by_rule(&decision, &policies));
        return by_rule.or(told.message);
    }
    let request = event.read::<Request>()?;
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
    let policies = request.policies.unwrap_or_default().join(", ");
    request
        .decision
        .map(|decision| by_rule(&decision, &policies))
}

fn by_rule(decision: &PathDecision, policies: &str) -> String {
    let Some(rule) = &decision.rule else {
        return format!("policies {policies}: no path matches");
    };
    let line = format!("policy {}: path {rule}", decision.rule_policies.join(", "));
    let Some(refused) = &decision.refused else {
        return line;
    };
    let given = decision.capabilities.join(", ");
    match (&refused.why, &refused.lacking) {
        (Why::CapabilityMissing, Some(lacking)) => format!("{line} gives {given}, not {lacking}"),
        (why, _) => format!("{line}: {why}"),
    }
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
    if event.reason.is_none() {
        let claims = login.bound_claims.as_object()?.iter();
        let claims: String = claims
            .map(|(claim, bound)| format!(", the claim {claim} to {bound}"))
            .collect();
        return Some(format!(
            "role {role}: binds the audience {audiences}{claims}"
        ));
    }
    if event.is(Reason::JwtAudience) {
        let token = Described::read(&login.token);
        let found = texts(token.as_ref().and_then(|token| token.claim("aud"))).join(", ");
        let found = if found.is_empty() { "none" } else { &found };
        return Some(format!(
            "role {role}: binds the audience {audiences}, and the token has {found}"
        ));
    }
    if event.is(Reason::JwtClaim) || event.is(Reason::JwtClaimMissing) {
        let claim = login.claim.as_ref()?;
        let (bound, found) = login.bound_claim(claim)?;
        let found = found.map_or_else(|| "none".to_owned(), ToString::to_string);
        return Some(format!(
            "role {role}: binds the claim {claim} to {bound}, and the token has {found}"
        ));
    }
    Some(format!("role {role}"))
}
