//! What Vault refuses: logins, tokens, paths.

use authlab_kernel::Component;
use authlab_token::evidence::Described;
use authlab_vault::evidence::{End, JwtLogin, Reason, Request};
use serde_json::Value;

use super::entry::Entry;
use super::finding::{Finding, Mender, System};
use super::words;
use crate::case::Case;
use crate::told::Told;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        system: System::Vault,
        class: "vault-policy-path",
        mender: Mender::Owner,
        title: "no policy of the token reaches the path",
        find: |case| {
            let request = refused(case, Reason::PolicyDenied)?;
            Some(Finding::certain(
                path_cause(&request),
                "log in by the role of that stage, or let a policy of this one name the path \
                 (KV version 2 reads below `data/`)",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-token-expired",
        mender: Mender::Caller,
        title: "the Vault token has outlived its time to live",
        find: |case| {
            let end = refused(case, Reason::TokenExpired)?
                .ended
                .and_then(|ended| ended.end);
            let at = match end {
                Some(End::Expired(at)) => Some(at.to_string()),
                _ => None,
            };
            Some(Finding::certain(
                format!("the token ended at {}", words::text(at.as_deref())),
                "renew the token before it ends, or raise the TTL of the role that issued it",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-token-revoked",
        mender: Mender::Caller,
        title: "the Vault token was revoked",
        find: |case| {
            let ended = refused(case, Reason::TokenRevoked)?.ended;
            let at = match ended.as_ref().and_then(|ended| ended.end) {
                Some(End::Revoked(at)) => Some(at.to_string()),
                _ => None,
            };
            let made_at = ended.as_ref().map(|ended| ended.creation_path.as_str());
            Some(Finding::certain(
                format!(
                    "the token, made at {}, was revoked at {}",
                    words::text(made_at),
                    words::text(at.as_deref()),
                ),
                "log in again; a token ends with its parent and with the mount that issued it, \
                 unless it is an orphan",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-jwt-audience",
        mender: Mender::Owner,
        title: "the token is for another audience than the Vault role is bound to",
        find: |case| {
            let request = refused(case, Reason::JwtAudience)?;
            let login = request.jwt()?;
            let bound = login.bound_audiences.as_deref().unwrap_or_default();
            let audiences = if bound.is_empty() {
                "no audience, which a token with one does not pass".to_owned()
            } else {
                words::texts(bound)
            };
            let token = Described::read(&login.token);
            Some(Finding::certain(
                format!(
                    "the token's `aud` is {}, the role `{}` is bound to {audiences}",
                    words::claim(token.as_ref().and_then(|token| token.claim("aud"))),
                    login.role,
                ),
                "add the audience to the role's `bound_audiences`, or ask for the token with \
                 the right one",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-jwt-claim",
        mender: Mender::Owner,
        title: "the token lacks a claim that the Vault role is bound to",
        find: |case| {
            let request = refused(case, Reason::JwtClaim)
                .or_else(|| refused(case, Reason::JwtClaimMissing))?;
            let login = request.jwt()?;
            let claim = login.claim.as_deref()?;
            let (bound, found) = bound_claim(login, claim)?;
            let role = &login.role;
            Some(Finding::certain(
                format!("the role `{role}` binds `{claim}` to {bound}, the token has {found}"),
                "ask the issuer for a token with that claim, or bind the role to what its tokens \
                 carry",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-jwt-expired",
        mender: Mender::Caller,
        title: "the issuer's token had expired before the login",
        find: |case| {
            let request = refused(case, Reason::JwtExpired)?;
            let login = request.jwt()?;
            let token = Described::read(&login.token);
            let expiry = token
                .as_ref()
                .and_then(|token| token.claim("exp")?.as_i64());
            let cause = match expiry {
                Some(expiry) => format!("it expired {} s before Vault's time", login.now - expiry),
                None => "it has no `exp`, and the role's leeway after `iat` and `nbf` is over"
                    .to_owned(),
            };
            Some(Finding::certain(
                cause,
                "get a new token for each login; compare the clocks if it is fresh",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-principal-recreated",
        mender: Mender::Owner,
        title: "the Vault role is bound to an AWS principal of this name that is gone",
        find: |case| {
            let request = refused(case, Reason::AwsPrincipalNotBound)?;
            let same = same_name(&request)?;
            Some(Finding::certain(
                format!(
                    "`{}` is bound by the unique id {}, the caller's is `{}`",
                    same.arn,
                    words::texts(same.bound_ids),
                    same.id,
                ),
                "write the Vault role again, so that Vault looks the new principal's id up",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-role-mismatch",
        mender: Mender::Owner,
        title: "the Vault role is bound to another AWS principal",
        find: |case| {
            let request = refused(case, Reason::AwsPrincipalNotBound)?;
            if same_name(&request).is_some() {
                return None;
            }
            let login = request.aws();
            let arn = login.and_then(|login| login.canonical_arn.as_deref());
            let role = login.and_then(|login| login.role.as_deref());
            let unbound = login.and_then(|login| login.unbound.as_ref());
            let bound = unbound.map(|unbound| unbound.bound_iam_principal_arn.as_slice());
            Some(Finding::certain(
                format!(
                    "the caller is {}, the role `{}` is bound to {}",
                    words::text(arn),
                    role.unwrap_or_default(),
                    words::texts(bound.unwrap_or_default()),
                ),
                "bind the role to the caller's role ARN (without the session), or log in as another role",
            ))
        },
    },
    Entry {
        system: System::Vault,
        class: "vault-role-missing",
        mender: Mender::Owner,
        title: "Vault has no such role",
        find: |case| {
            let request = refused(case, Reason::AwsRoleUnknown)?;
            let role = request.aws().and_then(|login| login.role.as_deref());
            Some(Finding::certain(
                format!("the login asks for the role `{}`", role.unwrap_or_default()),
                "create the role at auth/aws/role/, or name the right one",
            ))
        },
    },
];

/// The request that Vault refused for this reason.
fn refused(case: &Case<'_>, reason: Reason) -> Option<Request> {
    match case.refused(Component::Vault, reason)? {
        Told::VaultRequest(request) => Some(*request),
        _ => None,
    }
}

/// What a role binds a claim to, and what the token has there.
fn bound_claim(login: &JwtLogin, claim: &str) -> Option<(String, String)> {
    let shown = |value: &Value| format!("`{}`", value.to_string().trim_matches('"'));
    let (bound, found) = login.bound_claim(claim)?;
    let found = found.map_or_else(|| "none".to_owned(), shown);
    Some((shown(bound), found))
}

/// What the token's policies say of the path.
fn path_cause(request: &Request) -> String {
    let policies = words::texts(request.policies.as_deref().unwrap_or_default());
    let decision = request.decision.clone().unwrap_or_default();
    let lacking = decision.refused.and_then(|refused| refused.lacking);
    let asked = lacking.as_ref().unwrap_or(&request.method);
    let rule = match decision.rule {
        None => "no rule of theirs matches it".to_owned(),
        Some(rule) => {
            let of = words::texts(&decision.rule_policies);
            let given = words::texts(&decision.capabilities);
            format!("the rule `{rule}` of {of} has {given}")
        }
    };
    let path = &request.path;
    format!("the token has the policies {policies}, and asks for `{asked}` of `{path}`: {rule}")
}

/// A principal of the name that a role is bound to, with another unique id.
struct SameName<'r> {
    arn: &'r str,
    id: &'r str,
    bound_ids: &'r [String],
}

/// The principal that a role is bound to by name, and its unique id, which is not the bound one
/// (Vault, `api-docs/auth/aws`, `resolve_aws_unique_ids`).
fn same_name(request: &Request) -> Option<SameName<'_>> {
    let login = request.aws()?;
    let unbound = login.unbound.as_ref()?;
    let arn = login.canonical_arn.as_ref()?;
    let is_same = unbound.bound_iam_principal_arn.contains(arn);
    is_same.then_some(SameName {
        arn,
        id: &unbound.unique_id,
        bound_ids: &unbound.bound_iam_principal_id,
    })
}

#[cfg(test)]
mod tests {
    use authlab_kernel::{Clock, EventDraft, Journal};
    use serde_json::json;

    use super::super::{Diagnosis, all};
    use super::*;

    /// The diagnoses of a request of Vault's that tells this beside method, path and status.
    fn diagnoses(reason: &'static str, more: &Value) -> Vec<Diagnosis> {
        let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
        let mut detail =
            json!({"method": "update", "path": "auth/x/login", "mount": null, "status": 403});
        let members = more.as_object().cloned().unwrap();
        detail.as_object_mut().unwrap().extend(members);
        let draft = EventDraft::new(Component::Vault, "request");
        journal.record(draft.refused(reason).detail(detail));
        let event = (*journal.events_since(0)[0]).clone();
        assert!(event.read::<Request>().is_some(), "{}", event.detail);
        all(&Case::new(&[event], Some(1)))
    }

    #[test]
    fn the_evidence_of_a_refusal_names_the_class_and_stands_in_the_cause() {
        let login = |arn: &str| {
            json!({
                "role": "reader",
                "arn": arn,
                "canonical_arn": arn,
                "full_arn": null,
                "unique_id": "AROANEW",
                "bound_iam_principal_arn": ["arn:aws:iam::222222222222:role/reader"],
                "bound_iam_principal_id": ["AROAOLD"],
                "resolve_aws_unique_ids": true,
            })
        };
        let read = |rule: Option<&str>, lacking: Option<&str>| {
            json!({
                "method": "read",
                "path": "secret/data/staging/db",
                "policies": ["default", "production"],
                "rule": rule,
                "rule_policies": ["production"],
                "capabilities": ["list"],
                "lacking": lacking,
                "why": "capability-missing",
            })
        };
        let jwt = |claims: Value, more: Value| {
            let mut detail = json!({
                "role": "deployer",
                "now": 1_767_225_600,
                "token": {"kind": "jwt", "header": {}, "claims": claims, "fingerprint": ""},
                "bound_issuer": "", "bound_subject": "",
                "bound_audiences": ["vault"],
                "bound_claims": {"scope": "secrets", "/team/name": ["a", "b"]},
            });
            let members = more.as_object().cloned().unwrap();
            detail.as_object_mut().unwrap().extend(members);
            detail
        };
        let cases = [
            (
                "policy-denied",
                read(None, None),
                "vault-policy-path",
                "the token has the policies `default`, `production`, and asks for `read` of \
                 `secret/data/staging/db`: no rule of theirs matches it",
            ),
            (
                "policy-denied",
                read(Some("secret/data/*"), Some("read")),
                "vault-policy-path",
                "the token has the policies `default`, `production`, and asks for `read` of \
                 `secret/data/staging/db`: the rule `secret/data/*` of `production` has `list`",
            ),
            (
                "aws-principal-not-bound",
                login("arn:aws:iam::222222222222:role/stranger"),
                "vault-role-mismatch",
                "the caller is `arn:aws:iam::222222222222:role/stranger`, the role `reader` is \
                 bound to `arn:aws:iam::222222222222:role/reader`",
            ),
            (
                "aws-principal-not-bound",
                login("arn:aws:iam::222222222222:role/reader"),
                "vault-principal-recreated",
                "`arn:aws:iam::222222222222:role/reader` is bound by the unique id `AROAOLD`, the \
                 caller's is `AROANEW`",
            ),
            (
                "token-expired",
                json!({"expired_at": "2026-01-01T00:05:00Z", "creation_path": "auth/jwt/login"}),
                "vault-token-expired",
                "the token ended at `2026-01-01T00:05:00Z`",
            ),
            (
                "token-revoked",
                json!({"revoked_at": "2026-01-01T00:05:00Z", "creation_path": "auth/jwt/login"}),
                "vault-token-revoked",
                "the token, made at `auth/jwt/login`, was revoked at `2026-01-01T00:05:00Z`",
            ),
            (
                "jwt-audience",
                jwt(json!({"aud": "reports"}), json!({})),
                "vault-jwt-audience",
                "the token's `aud` is `reports`, the role `deployer` is bound to `vault`",
            ),
            (
                "jwt-claim",
                jwt(json!({"scope": "other"}), json!({"claim": "scope"})),
                "vault-jwt-claim",
                "the role `deployer` binds `scope` to `secrets`, the token has `other`",
            ),
            (
                "jwt-claim-missing",
                jwt(json!({}), json!({"claim": "/team/name"})),
                "vault-jwt-claim",
                "the role `deployer` binds `/team/name` to `[\"a\",\"b\"]`, the token has none",
            ),
            (
                "jwt-expired",
                jwt(json!({"exp": 1_767_225_500}), json!({})),
                "vault-jwt-expired",
                "it expired 100 s before Vault's time",
            ),
        ];
        for (reason, detail, class, cause) in cases {
            let found = diagnoses(reason, &detail);
            let found: Vec<_> = found
                .iter()
                .map(|one| (one.class, one.cause.as_str()))
                .collect();
            assert_eq!(found, [(class, cause)]);
        }
    }
}
