//! Logins with a token of an issuer: what the role and the mount ask of it.

use authlab_token::evidence::Described;
use authlab_vault::evidence::{JwtLogin, Reason};
use serde_json::Value;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::super::words::is_same_but_for_slash;
use super::asked::{entry, refused, span};
use crate::case::Case;

/// How far a clock may be off before "not yet valid" is no longer taken for skew, in seconds.
const SKEW_SECONDS_MAX: i64 = 600;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-jwt-issuer-slash",
        Mender::Owner,
        "the token's issuer and the mount's differ in a slash at the end",
        |case| {
            let (bound, token) = issuers(case)?;
            is_same_but_for_slash(&bound, &token).then(|| other_issuer(&bound, &token))
        },
    ),
    entry(
        "vault-jwt-issuer",
        Mender::Owner,
        "the token comes from another issuer than the mount is bound to",
        |case| {
            let (bound, token) = issuers(case)?;
            let found = other_issuer(&bound, &token);
            let fix =
                "send a token of that issuer, or log in at the mount of this one: a mount is \
                       of one issuer"
                    .to_owned();
            (!is_same_but_for_slash(&bound, &token)).then_some(Finding { fix, ..found })
        },
    ),
    entry(
        "vault-jwt-audience-absent",
        Mender::Owner,
        "the token names no audience, and the role is bound to one",
        |case| {
            let (login, token) = login(case, Reason::JwtAudience)?;
            if token.claim("aud").is_some_and(|aud| !aud.is_null()) {
                return None;
            }
            let bound = words::texts(login.bound_audiences.as_deref().unwrap_or_default());
            let client = token.claim("client_id").or_else(|| token.claim("azp"));
            let (seen, fix) = match client {
                Some(client) => (
                    format!(
                        "; its `client_id` is {}, at which Vault does not look",
                        words::claim(Some(client))
                    ),
                    "ask the issuer for a token with an audience (a resource, an API identifier); \
                     of access tokens that have none, bind `client_id` in `bound_claims` and leave \
                     `bound_audiences` to tokens with an audience",
                ),
                None => (String::new(), "ask the issuer for a token with an audience"),
            };
            Some(Finding::certain(
                format!(
                    "the token has no `aud`, the role `{}` is bound to {bound}{seen}",
                    login.role
                ),
                fix,
            ))
        },
    ),
    entry(
        "vault-jwt-audience-unbound",
        Mender::Owner,
        "the token has an audience, and the role is bound to none",
        |case| {
            let (login, token) = login(case, Reason::JwtAudience)?;
            let bound = login.bound_audiences.as_deref().unwrap_or_default();
            let aud = words::claim(token.claim("aud"));
            bound.is_empty().then(|| {
                Finding::certain(
                    format!(
                        "the token's `aud` is {aud}, the role `{}` has no `bound_audiences`, which \
                         a token with an audience does not pass (since Vault 1.16.3; earlier \
                         versions let one audience through)",
                        login.role
                    ),
                    format!(
                        "set `bound_audiences` of the role `{}` to {aud}",
                        login.role
                    ),
                )
            })
        },
    ),
    entry(
        "vault-jwt-audience",
        Mender::Caller,
        "the token is for another audience than the Vault role is bound to",
        |case| {
            let (login, token) = login(case, Reason::JwtAudience)?;
            let bound = words::texts(login.bound_audiences.as_deref().unwrap_or_default());
            Some(Finding::certain(
                format!(
                    "the token's `aud` is {}, the role `{}` is bound to {bound}",
                    words::claim(token.claim("aud")),
                    login.role,
                ),
                format!("ask the issuer for the token with the audience {bound}"),
            ))
        },
    ),
    entry(
        "vault-jwt-subject",
        Mender::Caller,
        "the token has another subject than the Vault role is bound to",
        |case| {
            let (login, token) = login(case, Reason::JwtSubject)?;
            let bound = words::text(login.bound_subject.as_deref());
            Some(Finding::certain(
                format!(
                    "the token's `sub` is {}, the role `{}` is bound to {bound}",
                    words::claim(token.claim("sub")),
                    login.role,
                ),
                format!("log in as {bound}, or by the role that is for this subject"),
            ))
        },
    ),
    entry(
        "vault-jwt-claim-type",
        Mender::Owner,
        "the bound value and the claim are of different types",
        |case| {
            let (login, claim, bound, found) = claim(case, Reason::JwtClaim)?;
            let found = found?;
            let same_text = |one: &Value| {
                let text = |value: &Value| match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                text(one) == text(&found) && kind(one) != kind(&found)
            };
            let differs = match &bound {
                Value::Array(values) => values.iter().find(|one| same_text(one)).cloned(),
                one => same_text(one).then(|| one.clone()),
            };
            let is_listed_number = found
                .as_array()
                .is_some_and(|items| items.iter().any(Value::is_number));
            let (wanted, note) = match differs {
                Some(one) => (format!("the {} `{one}`", kind(&one)), ""),
                None if is_listed_number => (
                    words::claim(Some(&bound)),
                    "; numbers in a list equal no bound value",
                ),
                None => return None,
            };
            Some(Finding::certain(
                format!(
                    "the role `{}` binds `{claim}` to {wanted}, the token has the {} `{found}`{note}",
                    login.role,
                    kind(&found),
                ),
                format!(
                    "bind `{claim}` to the {} `{found}`, as the tokens carry it",
                    kind(&found)
                ),
            ))
        },
    ),
    entry(
        "vault-jwt-claim-glob",
        Mender::Owner,
        "the role binds a claim to a pattern and compares it letter by letter",
        |case| {
            let (login, claim, bound, found) = claim(case, Reason::JwtClaim)?;
            let is_glob = login.bound_claims_type.as_deref() == Some("glob");
            let texts = match &bound {
                Value::Array(values) => values.clone(),
                one => vec![one.clone()],
            };
            let found = found?;
            let fits = |pattern: &Value| {
                let pattern = pattern.as_str().unwrap_or_default();
                let (pattern, found) = (pattern, found.as_str().unwrap_or_default());
                pattern.contains('*') && glob(pattern, found)
            };
            (!is_glob && texts.iter().any(fits)).then(|| {
                Finding::certain(
                    format!(
                        "the role `{}` binds `{claim}` to {}, the token has {}; `*` is a character \
                         like any other while `bound_claims_type` is `string`",
                        login.role,
                        words::claim(Some(&bound)),
                        words::claim(Some(&found)),
                    ),
                    format!("set `bound_claims_type=glob` of the role `{}`", login.role),
                )
            })
        },
    ),
    entry(
        "vault-jwt-claim-absent",
        Mender::Caller,
        "the token lacks a claim that the Vault role is bound to",
        |case| {
            let (login, claim, bound, _) = claim(case, Reason::JwtClaimMissing)?;
            let bound = words::claim(Some(&bound));
            let token = Described::read(&login.token)?;
            let names = token.claim_names();
            Some(Finding::certain(
                format!(
                    "the role `{}` binds `{claim}` to {bound}, the token has no such claim{}",
                    login.role,
                    near(&claim, &names),
                ),
                format!(
                    "get a token that has `{claim}`: the issuer gives it where what it speaks of is so"
                ),
            ))
        },
    ),
    entry(
        "vault-jwt-claim",
        Mender::Caller,
        "a claim of the token is not what the Vault role is bound to",
        |case| {
            let (login, claim, bound, found) = claim(case, Reason::JwtClaim)?;
            let bound = words::claim(Some(&bound));
            Some(Finding::certain(
                format!(
                    "the role `{}` binds `{claim}` to {bound}, the token has {}",
                    login.role,
                    words::claim(found.as_ref()),
                ),
                format!(
                    "log in with a token whose `{claim}` is {bound}, or by the role that is for this one"
                ),
            ))
        },
    ),
    entry(
        "vault-jwt-expired",
        Mender::Caller,
        "the issuer's token had expired before the login",
        |case| {
            let (login, token) = login(case, Reason::JwtExpired)?;
            let expiry = token.claim("exp").and_then(Value::as_i64);
            let leeway = login.times.map(|times| times.leeway);
            let forgiven = leeway.map_or_else(String::new, |leeway| {
                format!(", and {} are forgiven", span(leeway))
            });
            let cause = match expiry {
                Some(expiry) => format!(
                    "it expired {} s before Vault's time{forgiven}",
                    login.now.saturating_sub(expiry)
                ),
                None => "it has no `exp`, and the role's leeway after `iat` and `nbf` is over"
                    .to_owned(),
            };
            Some(Finding::certain(
                cause,
                "get a new token for each login; compare the clocks if it is fresh",
            ))
        },
    ),
    entry(
        "vault-jwt-clock-skew",
        Mender::Owner,
        "Vault's clock and the issuer's differ",
        |case| {
            let (ahead, leeway) = ahead(case)?;
            (ahead <= SKEW_SECONDS_MAX).then(|| {
                let found = Finding::certain(
                    format!(
                        "the token begins {ahead} s after Vault's time, and {} are forgiven",
                        span(leeway)
                    ),
                    "set the clocks right; where that cannot be, `clock_skew_leeway` of the role \
                     forgives more",
                );
                let wants = ["the issuer's time when it made the token"];
                found.with_doubt(Certainty::Likely, &wants)
            })
        },
    ),
    entry(
        "vault-jwt-not-yet-valid",
        Mender::Owner,
        "the token is meant for later",
        |case| {
            let (ahead, leeway) = ahead(case)?;
            let (login, token) = login(case, Reason::JwtNotYetValid)
                .or_else(|| login(case, Reason::JwtIssuedInTheFuture))?;
            let is_made_up = token.claim("nbf").is_none() && token.claim("iat").is_none();
            let (seen, fix) = if is_made_up {
                (
                    "; it has neither `nbf` nor `iat`, so it begins the role's leeway before its `exp`",
                    "let the issuer say `iat` or `nbf`, or raise `not_before_leeway` of the role \
                     to the tokens' life",
                )
            } else {
                (
                    "",
                    "let the issuer set `nbf` and `iat` to the time at which it makes the token: they are \
                     too far ahead for a clock that is merely off",
                )
            };
            drop(login);
            Some(Finding::certain(
                format!(
                    "the token begins {ahead} s after Vault's time, and {} are forgiven{seen}",
                    span(leeway)
                ),
                fix,
            ))
        },
    ),
    entry(
        "vault-jwt-algorithm",
        Mender::Owner,
        "the token is signed in a way that the mount does not take",
        |case| {
            let (login, token) = login(case, Reason::JwtAlgorithm)?;
            let used = token.algorithm();
            Some(Finding::certain(
                format!(
                    "the token's algorithm is {}, the mount takes {}",
                    words::text(used),
                    words::texts(&login.algorithms),
                ),
                "let the issuer sign with one of these, or name its algorithm in `jwt_supported_algs`",
            ))
        },
    ),
    entry(
        "vault-jwt-user-claim",
        Mender::Owner,
        "the token lacks the claim by which Vault names its users",
        |case| {
            let (login, token) = login(case, Reason::JwtUserClaim)?;
            let claim = login.claim.clone()?;
            let names = token.claim_names();
            Some(Finding::certain(
                format!(
                    "the role `{}` takes `{claim}`, and the token has {}; its claims are {}",
                    login.role,
                    words::claim(token.claim(&claim)),
                    words::texts(&names),
                ),
                format!(
                    "ask for the scope with which the issuer gives `{claim}` (for `email` the \
                     scope `email`), or let the role take a claim that every token has, such as \
                     `sub`: another `user_claim` makes other entities of the same people"
                ),
            ))
        },
    ),
];

/// The login that was refused for this reason, and its token.
pub(super) fn login(case: &Case<'_>, reason: Reason) -> Option<(JwtLogin, Described)> {
    let login = refused(case, reason)?.jwt()?.clone();
    let token = Described::read(&login.token)?;
    Some((login, token))
}

/// A claim that is spelled nearly as one that is missing.
fn near(claim: &str, names: &[&str]) -> String {
    let bare = |name: &str| name.to_lowercase().replace(['_', '-', '/'], "");
    let is_near = |name: &&&str| bare(name) == bare(claim);
    match names.iter().find(is_near) {
        Some(name) => format!("; it has `{name}`"),
        None => String::new(),
    }
}

/// The issuer that the mount is bound to, and the token's, where they differ.
fn issuers(case: &Case<'_>) -> Option<(String, String)> {
    let (login, token) = login(case, Reason::JwtIssuer)?;
    let token = token
        .claim("iss")
        .and_then(Value::as_str)
        .unwrap_or_default();
    Some((login.bound_issuer?, token.to_owned()))
}

fn other_issuer(bound: &str, token: &str) -> Finding {
    Finding::certain(
        format!("the token's `iss` is `{token}`, the mount's `bound_issuer` is `{bound}`"),
        format!("set `bound_issuer` as the tokens carry it: `{token}`"),
    )
}

/// What a role binds a claim to, and what the token has there.
type Claimed = (JwtLogin, String, Value, Option<Value>);

fn claim(case: &Case<'_>, reason: Reason) -> Option<Claimed> {
    let (login, _) = login(case, reason)?;
    let claim = login.claim.clone()?;
    let (bound, found) = login.bound_claim(&claim)?;
    let (bound, found) = (bound.clone(), found.cloned());
    Some((login, claim, bound, found))
}

/// The type of a value, in words.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "truth value",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// How many seconds after Vault's time the token begins, and how many are forgiven.
fn ahead(case: &Case<'_>) -> Option<(i64, i64)> {
    let reasons = [Reason::JwtNotYetValid, Reason::JwtIssuedInTheFuture];
    let (login, _) = reasons.into_iter().find_map(|reason| login(case, reason))?;
    let times = login.times?;
    let begins = times.not_before.max(times.issued);
    Some((begins.saturating_sub(login.now), times.leeway))
}

/// A `*` anywhere stands for any text, as in Vault's globs of claims.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}
