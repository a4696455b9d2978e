//! What Vault refuses: logins, tokens, paths.

use authlab_kernel::journal::Event;
use serde_json::Value;

use super::gateway::list;
use super::{Entry, Mender, reason, text};

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        class: "vault-policy-path",
        mender: Mender::Owner,
        title: "no policy of the token reaches the path",
        find: |event| {
            reason(event, "vault", "policy-denied").then(|| {
                (
                    path_cause(event),
                    "log in by the role of that stage, or let a policy of this one name the path \
                     (KV version 2 reads below `data/`)"
                        .into(),
                )
            })
        },
    },
    Entry {
        class: "vault-token-expired",
        mender: Mender::Caller,
        title: "the Vault token has outlived its time to live",
        find: |event| {
            reason(event, "vault", "token-expired").then(|| {
                (
                    format!("the token ended at {}", list(event, "/expired_at")),
                    "renew the token before it ends, or raise the TTL of the role that issued it"
                        .into(),
                )
            })
        },
    },
    Entry {
        class: "vault-token-revoked",
        mender: Mender::Caller,
        title: "the Vault token was revoked",
        find: |event| {
            reason(event, "vault", "token-revoked").then(|| {
                (
                    format!(
                        "the token, made at {}, was revoked at {}",
                        list(event, "/creation_path"),
                        list(event, "/revoked_at"),
                    ),
                    "log in again; a token ends with its parent and with the mount that issued it, \
                     unless it is an orphan"
                        .into(),
                )
            })
        },
    },
    Entry {
        class: "vault-jwt-audience",
        mender: Mender::Owner,
        title: "the token is for another audience than the Vault role is bound to",
        find: |event| {
            reason(event, "vault", "jwt-audience").then(|| {
                let bound = event.detail.pointer("/bound_audiences");
                let unbound = bound.and_then(Value::as_array).is_none_or(Vec::is_empty);
                let role = text(event, "/role").unwrap_or_default();
                let audiences = if unbound {
                    "no audience, which a token with one does not pass".to_owned()
                } else {
                    list(event, "/bound_audiences")
                };
                (
                    format!(
                        "the token's `aud` is {}, the role `{role}` is bound to {audiences}",
                        list(event, "/token/claims/aud"),
                    ),
                    "add the audience to the role's `bound_audiences`, or ask for the token with \
                     the right one"
                        .into(),
                )
            })
        },
    },
    Entry {
        class: "vault-jwt-claim",
        mender: Mender::Owner,
        title: "the token lacks a claim that the Vault role is bound to",
        find: |event| {
            let refused = ["jwt-claim", "jwt-claim-missing"]
                .iter()
                .any(|code| reason(event, "vault", code));
            let claim = text(event, "/claim").filter(|_| refused)?;
            let (bound, found) = bound_claim(event, claim)?;
            let role = text(event, "/role").unwrap_or_default();
            Some((
                format!("the role `{role}` binds `{claim}` to {bound}, the token has {found}"),
                "ask the issuer for a token with that claim, or bind the role to what its tokens \
                 carry"
                    .into(),
            ))
        },
    },
    Entry {
        class: "vault-jwt-expired",
        mender: Mender::Caller,
        title: "the issuer's token had expired before the login",
        find: |event| {
            let now = seconds(event, "/now").filter(|_| reason(event, "vault", "jwt-expired"))?;
            let cause = match seconds(event, "/token/claims/exp") {
                Some(expiry) => format!("it expired {} s before Vault's time", now - expiry),
                None => "it has no `exp`, and the role's leeway after `iat` and `nbf` is over"
                    .to_owned(),
            };
            Some((
                cause,
                "get a new token for each login; compare the clocks if it is fresh".into(),
            ))
        },
    },
    Entry {
        class: "vault-principal-recreated",
        mender: Mender::Owner,
        title: "the Vault role is bound to an AWS principal of this name that is gone",
        find: |event| {
            let (arn, id) = same_name(event)?;
            Some((
                format!(
                    "`{arn}` is bound by the unique id {}, the caller's is `{id}`",
                    list(event, "/bound_iam_principal_id"),
                ),
                "write the Vault role again, so that Vault looks the new principal's id up".into(),
            ))
        },
    },
    Entry {
        class: "vault-role-mismatch",
        mender: Mender::Owner,
        title: "the Vault role is bound to another AWS principal",
        find: |event| {
            let refused = reason(event, "vault", "aws-principal-not-bound");
            (refused && same_name(event).is_none()).then(|| {
                (
                    format!(
                        "the caller is {}, the role `{}` is bound to {}",
                        list(event, "/canonical_arn"),
                        text(event, "/role").unwrap_or_default(),
                        list(event, "/bound_iam_principal_arn"),
                    ),
                    "bind the role to the caller's role ARN (without the session), or log in as another role".into(),
                )
            })
        },
    },
    Entry {
        class: "vault-role-missing",
        mender: Mender::Owner,
        title: "Vault has no such role",
        find: |event| {
            reason(event, "vault", "aws-role-unknown").then(|| {
                (
                    format!(
                        "the login asks for the role `{}`",
                        text(event, "/role").unwrap_or_default()
                    ),
                    "create the role at auth/aws/role/, or name the right one".into(),
                )
            })
        },
    },
];

/// What a role binds a claim to, and what the token has there: the claim is a name, or a JSON
/// pointer (Vault, `api-docs/auth/jwt`, `bound_claims`).
fn bound_claim(event: &Event, claim: &str) -> Option<(String, String)> {
    let shown = |value: &Value| format!("`{}`", value.to_string().trim_matches('"'));
    let bound = event.detail.get("bound_claims")?.get(claim)?;
    let claims = event.detail.pointer("/token/claims")?;
    let found = if claim.starts_with('/') {
        claims.pointer(claim)
    } else {
        claims.get(claim)
    };
    let found = found.filter(|value| !value.is_null());
    let found = found.map_or_else(|| "none".to_owned(), shown);
    Some((shown(bound), found))
}

fn seconds(event: &Event, pointer: &str) -> Option<i64> {
    event.detail.pointer(pointer)?.as_i64()
}

/// What the token's policies say of the path.
fn path_cause(event: &Event) -> String {
    let policies = list(event, "/policies");
    let path = text(event, "/path").unwrap_or_default();
    let asked = text(event, "/lacking")
        .or_else(|| text(event, "/method"))
        .unwrap_or_default();
    let rule = match text(event, "/rule") {
        None => "no rule of theirs matches it".to_owned(),
        Some(rule) => {
            let (of, given) = (list(event, "/rule_policies"), list(event, "/capabilities"));
            format!("the rule `{rule}` of {of} has {given}")
        }
    };
    format!("the token has the policies {policies}, and asks for `{asked}` of `{path}`: {rule}")
}

/// The principal that a role is bound to by name, and its unique id, which is not the bound one
/// (Vault, `api-docs/auth/aws`, `resolve_aws_unique_ids`).
fn same_name(event: &Event) -> Option<(&str, &str)> {
    if !reason(event, "vault", "aws-principal-not-bound") {
        return None;
    }
    let bound = event
        .detail
        .pointer("/bound_iam_principal_arn")?
        .as_array()?;
    let arn = text(event, "/canonical_arn")?;
    let named = bound.iter().any(|bound| bound.as_str() == Some(arn));
    named.then_some((arn, text(event, "/unique_id")?))
}

#[cfg(test)]
mod tests {
    use authlab_kernel::{Clock, Component, EventDraft, Journal};
    use serde_json::{Value, json};

    use super::super::{Diagnosis, all};

    fn diagnoses(reason: &'static str, detail: Value) -> Vec<Diagnosis> {
        let journal = Journal::new(Clock::standing("2026-01-01T00:00:00Z".parse().unwrap()));
        let draft = EventDraft::new(Component::Vault, "request");
        journal.record(draft.refused(reason).detail(detail));
        let events: Vec<_> = journal
            .events_since(0)
            .iter()
            .map(|event| (**event).clone())
            .collect();
        all(&events)
    }

    #[test]
    fn the_evidence_of_a_refusal_names_the_class_and_stands_in_the_cause() {
        let login = |arn: &str| {
            json!({
                "role": "reader",
                "canonical_arn": arn,
                "unique_id": "AROANEW",
                "bound_iam_principal_arn": ["arn:aws:iam::222222222222:role/reader"],
                "bound_iam_principal_id": ["AROAOLD"],
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
            })
        };
        let jwt = |claims: Value, more: Value| {
            let mut detail = json!({
                "role": "deployer",
                "now": 1_767_225_600,
                "token": {"claims": claims},
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
                json!({"expired_at": "2026-01-01T00:05:00Z"}),
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
            let found = diagnoses(reason, detail);
            let found: Vec<_> = found
                .iter()
                .map(|one| (one.class, one.cause.as_str()))
                .collect();
            assert_eq!(found, [(class, cause)]);
        }
    }
}
