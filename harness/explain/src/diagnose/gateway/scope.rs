//! Scopes: absent, elsewhere, in another spelling, or others.

use authlab_gateway::evidence::{Authentication, Authorization, Reason};
use authlab_kernel::Component;
use authlab_token::evidence::Described;
use serde_json::Value;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::parting::parting;
use super::told::{class, described};
use crate::case::Case;
use crate::told::Told;

pub(super) const ELSEWHERE: Entry = class(
    "scope-in-other-claim",
    Mender::Owner,
    "the token has what the route asks for, in a claim that is not looked at",
    |case| {
        let refused = Refused::of(case)?;
        let claims = refused.token.as_ref()?.claims.as_object()?.clone();
        let (claim, scope) = claims.iter().find_map(|(name, value)| {
            let has = refused.required.iter().find(|scope| holds(value, scope))?;
            (!["scope", "scp"].contains(&name.as_str())).then(|| (name.clone(), has.clone()))
        })?;
        Some(Finding::certain(
            format!(
                "the route wants {}; `{scope}` stands in `{claim}`, and an authorizer reads `scope` and `scp` only",
                words::texts(&refused.required)
            ),
            format!(
                "let the issuer put `{scope}` into `scope` (or `scp`): as a permission that is granted, and not as a role"
            ),
        ))
    },
);

pub(super) const SPELLING: Entry = class(
    "scope-spelling",
    Mender::Owner,
    "the token has the scope in another spelling",
    |case| {
        let refused = Refused::of(case)?;
        let pieces = refused
            .present
            .iter()
            .flat_map(|scope| scope.split([',', ';']));
        let is_same = |one: &str, other: &str| {
            let end = |scope: &str| scope.rsplit_once('/').map(|(_, end)| end.to_owned());
            one.trim().eq_ignore_ascii_case(other)
                || end(one).as_deref() == Some(other)
                || end(other).as_deref() == Some(one)
        };
        let (present, required) = pieces.into_iter().find_map(|present| {
            let required = refused
                .required
                .iter()
                .find(|required| is_same(present, required))?;
            Some((present.to_owned(), required.clone()))
        })?;
        let how = if present == required {
            "scopes are parted by blanks, and these by another character".to_owned()
        } else {
            parting(&present, &required)
        };
        Some(Finding::certain(
            format!(
                "the route wants `{required}`, the token has {}: {how}",
                words::texts(&refused.present)
            ),
            format!(
                "let the issuer and the route spell it alike: `{required}`, parted from others by blanks"
            ),
        ))
    },
);

pub(super) const ABSENT: Entry = class(
    "scope-absent",
    Mender::Caller,
    "the token has no scope at all",
    |case| {
        let refused = Refused::of(case)?;
        if !refused.present.is_empty() {
            return None;
        }
        let required = words::texts(&refused.required);
        let is_id = refused.token.as_ref().is_some_and(|token| {
            let id_use = token.claim("token_use").and_then(Value::as_str) == Some("id");
            id_use || token.claim("nonce").is_some() || token.claim("at_hash").is_some()
        });
        let what = if is_id {
            "it is an ID token, which says who somebody is and never what they may"
        } else {
            "it has neither `scope` nor `scp`"
        };
        let fix = if is_id {
            format!("send the access token, asked for with the scope {required}")
        } else {
            format!("ask for the scope {required} when getting the token")
        };
        Some(Finding::certain(
            format!("the route wants one of {required}; the token has none: {what}"),
            fix,
        ))
    },
);

pub(super) const OTHER: Entry = class(
    "scope-missing",
    Mender::Caller,
    "the token has none of the route's scopes",
    |case| {
        let refused = Refused::of(case)?;
        let (required, present) = (
            words::texts(&refused.required),
            words::texts(&refused.present),
        );
        Some(Finding::certain(
            format!("the route wants one of {required}, the token has {present}"),
            format!(
                "ask for the scope {required} when getting the token, and let the client be granted it"
            ),
        ))
    },
);

struct Refused {
    required: Vec<String>,
    present: Vec<String>,
    token: Option<Described>,
}

impl Refused {
    fn of(case: &Case<'_>) -> Option<Self> {
        let told = case.refused(Component::Gateway, Reason::ScopeMissing)?;
        let Told::Authorization(Authorization::Scopes {
            scopes_required,
            scopes_present,
            ..
        }) = told
        else {
            return None;
        };
        let believed = case.before::<Authentication<'_>>(Component::Gateway).last();
        let token = believed.and_then(|told| match told {
            Authentication::Token(judged) => described(&judged),
            _ => None,
        });
        Some(Self {
            required: scopes_required.into_owned(),
            present: scopes_present
                .iter()
                .map(|scope| scope.to_string())
                .collect(),
            token,
        })
    }
}

/// Whether a claim holds a word: as a text, among blanks, or in a list.
fn holds(claim: &Value, word: &str) -> bool {
    match claim {
        Value::String(text) => text.split(' ').any(|part| part == word),
        Value::Array(items) => items.iter().any(|item| item == word),
        _ => false,
    }
}
