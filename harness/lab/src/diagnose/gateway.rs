//! What the gateway refuses: tokens, signatures, scopes, keys.

use authlab_kernel::journal::Event;
use serde_json::Value;

use super::{Entry, Mender, reason, text};

/// How far a clock may be off before "not yet valid" is no longer taken for skew, in seconds.
const SKEW_SECONDS_MAX: i64 = 300;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        class: "issuer-trailing-slash",
        mender: Mender::Owner,
        title: "the issuers differ by a trailing slash",
        find: |event| {
            let (configured, token) = issuers(event)?;
            let same = configured.trim_end_matches('/') == token.trim_end_matches('/');
            same.then(|| issuer_texts(configured, token))
        },
    },
    Entry {
        class: "issuer-entra-version",
        mender: Mender::Owner,
        title: "an Entra ID token of version 1 meets an authorizer of version 2, or the reverse",
        find: |event| {
            let (configured, token) = issuers(event)?;
            let (v1, v2) = (
                "https://sts.windows.net/",
                "https://login.microsoftonline.com/",
            );
            let crossed = (token.starts_with(v1) && configured.starts_with(v2))
                || (token.starts_with(v2) && configured.starts_with(v1));
            crossed.then(|| {
                let (cause, _) = issuer_texts(configured, token);
                let fix = "set the API's accepted token version in Entra ID, or configure the \
                           issuer that the tokens carry";
                (cause, fix.to_owned())
            })
        },
    },
    Entry {
        class: "issuer-drift",
        mender: Mender::Owner,
        title: "the token comes from another issuer than the authorizer trusts",
        find: |event| {
            let (configured, token) = issuers(event)?;
            let same = configured.trim_end_matches('/') == token.trim_end_matches('/');
            (!same).then(|| issuer_texts(configured, token))
        },
    },
    Entry {
        class: "audience-absent",
        mender: Mender::Owner,
        title: "the token names no audience",
        find: |event| {
            if !refused(event, "audience-mismatch") || !is_null(event, "/audience/token") {
                return None;
            }
            let client = list(event, "/audience/client_id");
            let configured = list(event, "/audience/configured");
            Some((
                format!(
                    "the token has no `aud`; its `client_id` is {client}, the authorizer's audiences are {configured}"
                ),
                "configure the client id as an audience, or ask for a token with an audience"
                    .into(),
            ))
        },
    },
    Entry {
        class: "audience-not-configured",
        mender: Mender::Owner,
        title: "the token is for another audience",
        find: |event| {
            if !refused(event, "audience-mismatch") || is_null(event, "/audience/token") {
                return None;
            }
            let token = list(event, "/audience/token");
            let configured = list(event, "/audience/configured");
            Some((
                format!(
                    "the token's `aud` is {token}, the authorizer's audiences are {configured}"
                ),
                "add the audience to the authorizer, or ask for the token with the right one"
                    .into(),
            ))
        },
    },
    Entry {
        class: "token-expired",
        mender: Mender::Caller,
        title: "the token has expired",
        find: |event| {
            let now = number(event, "/times/now").filter(|_| refused(event, "token-expired"))?;
            let expiry = number(event, "/times/exp")?;
            Some((
                format!("it expired {} s before the gateway's time", now - expiry),
                "get a new token before the old one ends; compare the clocks if it is fresh".into(),
            ))
        },
    },
    Entry {
        class: "clock-skew",
        mender: Mender::Owner,
        title: "the gateway's clock and the issuer's differ",
        find: |event| {
            let ahead = ahead_seconds(event)?;
            (ahead <= SKEW_SECONDS_MAX).then(|| {
                (
                    format!("the token begins {ahead} s after the gateway's time, and the gateway grants no leeway"),
                    "set the issuer's clock right, or let it date `nbf` and `iat` back a little".into(),
                )
            })
        },
    },
    Entry {
        class: "token-not-yet-valid",
        mender: Mender::Owner,
        title: "the token is meant for later",
        find: |event| {
            let ahead = ahead_seconds(event)?;
            (ahead > SKEW_SECONDS_MAX).then(|| {
                (
                    format!("the token begins {ahead} s after the gateway's time"),
                    "look at what sets `nbf` and `iat`".into(),
                )
            })
        },
    },
    Entry {
        class: "scope-missing",
        mender: Mender::Owner,
        title: "the token has none of the route's scopes",
        find: |event| {
            refused(event, "scope-missing").then(|| {
                let (required, present) = (
                    list(event, "/scopes_required"),
                    list(event, "/scopes_present"),
                );
                (
                    format!("the route wants one of {required}, the token has {present}"),
                    "grant the client the scope, and ask for it when getting the token".into(),
                )
            })
        },
    },
    Entry {
        class: "key-unknown",
        mender: Mender::Owner,
        title: "the token is signed with a key that the issuer does not publish",
        find: |event| {
            refused(event, "key-unknown").then(|| {
                let (kid, known) = (list(event, "/key/kid"), list(event, "/key/known_kids"));
                (
                    format!("the token names the key {kid}, the key set holds {known}"),
                    "publish a new key before signing with it, and keep the old one until its tokens have ended".into(),
                )
            })
        },
    },
    Entry {
        class: "signature-forged",
        mender: Mender::Nobody,
        title: "the token was altered, or signed with another key",
        find: |event| {
            (refused(event, "signature-invalid")).then(|| {
                (
                    format!(
                        "the key {} of the issuer does not verify the signature",
                        list(event, "/key/kid")
                    ),
                    "look at where the token comes from: nobody with the issuer's key made it"
                        .into(),
                )
            })
        },
    },
    Entry {
        class: "algorithm-unsupported",
        mender: Mender::Owner,
        title: "the token is signed in a way that the authorizer does not take",
        find: |event| {
            refused(event, "algorithm-unsupported").then(|| {
                let (token, accepted) = (
                    list(event, "/algorithm/token"),
                    list(event, "/algorithm/accepted"),
                );
                (
                    format!("the token's algorithm is {token}, the authorizer takes {accepted}"),
                    "let the issuer sign with RS256, or use a Lambda authorizer".into(),
                )
            })
        },
    },
    Entry {
        class: "issuer-unreachable",
        mender: Mender::Owner,
        title: "the gateway cannot fetch the issuer's keys",
        find: |event| {
            let code = event
                .reason
                .as_deref()
                .filter(|_| event.component == "gateway")?;
            (code.starts_with("discovery-") || code.starts_with("jwks-")).then(|| {
                let problem = text(event, "/key/problem").unwrap_or("it does not say why");
                (
                    format!("{problem}; a gateway that cannot fetch keys answers 401, not 5xx"),
                    "make the discovery document and the key set reachable, with a cache in front of them".into(),
                )
            })
        },
    },
    Entry {
        class: "token-missing",
        mender: Mender::Caller,
        title: "the request carries no token",
        find: |event| {
            refused(event, "token-missing").then(|| {
                (
                    format!("nothing is in {}", list(event, "/identity_sources")),
                    "send the token where the authorizer looks for it".into(),
                )
            })
        },
    },
];

fn refused(event: &Event, code: &str) -> bool {
    reason(event, "gateway", code)
}

/// The configured issuer and the token's, when they were compared and differ.
fn issuers(event: &Event) -> Option<(&str, &str)> {
    if !refused(event, "issuer-mismatch") {
        return None;
    }
    Some((
        text(event, "/issuer/configured")?,
        text(event, "/issuer/token")?,
    ))
}

fn issuer_texts(configured: &str, token: &str) -> (String, String) {
    (
        format!("the token's `iss` is `{token}`, the authorizer's issuer is `{configured}`"),
        format!("configure the issuer as the tokens carry it: `{token}`"),
    )
}

/// How far the token begins after the gateway's time.
fn ahead_seconds(event: &Event) -> Option<i64> {
    let now = number(event, "/times/now").filter(|_| refused(event, "token-not-yet-valid"))?;
    let begins = [number(event, "/times/nbf"), number(event, "/times/iat")];
    Some(begins.into_iter().flatten().max()? - now)
}

fn number(event: &Event, pointer: &str) -> Option<i64> {
    event.detail.pointer(pointer)?.as_i64()
}

fn is_null(event: &Event, pointer: &str) -> bool {
    event.detail.pointer(pointer).is_none_or(Value::is_null)
}

/// One or several texts, each in backticks; `none` when there is none.
pub(super) fn list(event: &Event, pointer: &str) -> String {
    let quoted = |value: &Value| match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    };
    match event.detail.pointer(pointer) {
        Some(Value::Array(values)) if !values.is_empty() => {
            values.iter().map(quoted).collect::<Vec<_>>().join(", ")
        }
        Some(Value::Array(_) | Value::Null) | None => "none".to_owned(),
        Some(value) => quoted(value),
    }
}
