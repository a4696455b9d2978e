//! Audiences: absent, another, or the same in another spelling.

use authlab_gateway::evidence::{Audience, Reason};
use authlab_token::evidence::Described;
use serde_json::Value;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::parting::parting;
use super::told::{class, described, judged};
use crate::case::Case;

pub(super) const ABSENT: Entry = class(
    "audience-absent",
    Mender::Owner,
    "the token names no audience",
    |case| {
        let refused = Refused::of(case)?;
        if !refused.audiences.is_empty() {
            return None;
        }
        let client = words::claim(refused.audience.client_id.as_deref());
        let configured = words::texts(&refused.audience.configured);
        let token_use = refused.claim("token_use").map(|claim| {
            format!(
                ", its `token_use` is {}: Cognito's access tokens name their client only",
                words::claim(Some(&claim))
            )
        });
        Some(Finding::certain(
            format!(
                "the token has no `aud`; its `client_id` is {client}{}, and the authorizer's audiences are {configured}",
                token_use.unwrap_or_default()
            ),
            format!(
                "where the client {client} is one of the API's own, name it as an audience of the authorizer: without \
                 `aud` it is `client_id` that counts; else get a token that names one of {configured}"
            ),
        ))
    },
);

pub(super) const HIDES_CLIENT: Entry = class(
    "audience-hides-client-id",
    Mender::Owner,
    "the client is known to the authorizer, and the token's audience hides it",
    |case| {
        let refused = Refused::of(case)?;
        let client = refused
            .audience
            .client_id
            .as_deref()
            .and_then(Value::as_str);
        let client = client.filter(|client| refused.is_configured(client))?;
        (!refused.audiences.is_empty()).then(|| {
            let audiences = words::texts(&refused.audiences);
            Finding::certain(
                format!("the token's `client_id` `{client}` is an audience of the authorizer, and is looked at only where `aud` is absent; its `aud` is {audiences}"),
                format!("name the resource that the tokens are for, {audiences}, in the authorizer, if that is this API; else ask for tokens of this API"),
            )
        })
    },
);

pub(super) const IS_CLIENT: Entry = class(
    "audience-is-client",
    Mender::Caller,
    "the token is for the client itself, because the client named no resource",
    |case| {
        let refused = Refused::of(case)?;
        let client = ["client_id", "azp"].into_iter().find_map(|name| {
            let claim = refused.claim(name)?;
            let client = claim.as_str()?.to_owned();
            refused
                .audiences
                .iter()
                .all(|one| *one == client)
                .then_some(client)
        })?;
        let wanted = words::texts(&refused.audience.configured);
        (!refused.audiences.is_empty()).then(|| {
            Finding::certain(
                format!("the token's `aud` is its own client, `{client}`; the authorizer's audiences are {wanted}"),
                format!("name the API when asking for the token: `resource` (RFC 8707) or `audience` = {wanted}"),
            )
        })
    },
);

pub(super) const FORM: Entry = class(
    "audience-spelling",
    Mender::Owner,
    "the audiences are one in two spellings",
    |case| {
        let refused = Refused::of(case)?;
        let configured = &refused.audience.configured;
        let (token, wanted) = refused.audiences.iter().find_map(|token| {
            let wanted = configured
                .iter()
                .find(|wanted| plain(wanted) == plain(token))?;
            Some((token, wanted))
        })?;
        Some(Finding::certain(
            format!(
                "the token's `aud` is `{token}`, the authorizer's audience is `{wanted}`: {}",
                parting(token, wanted)
            ),
            format!("write the authorizer's audience as the tokens carry it: `{token}`"),
        ))
    },
);

pub(super) const OTHER: Entry = class(
    "audience-not-configured",
    Mender::Caller,
    "the token is for another audience",
    |case| {
        let refused = Refused::of(case)?;
        if refused.audiences.is_empty() {
            return None;
        }
        let (audiences, wanted) = (
            words::texts(&refused.audiences),
            words::texts(&refused.audience.configured),
        );
        let none_of = if refused.audiences.len() > 1 {
            ": none of them"
        } else {
            ""
        };
        let found = Finding::certain(
            format!(
                "the token's `aud` is {audiences}{none_of}; the authorizer's audiences are {wanted}"
            ),
            format!("ask for the token with the audience {wanted}"),
        );
        // Who owns both may have forgotten one of them.
        Some(found.with_doubt(
            Certainty::Likely,
            &["whether the token was meant for this API at all"],
        ))
    },
);

/// A token whose audience is none of the authorizer's.
struct Refused {
    audience: Audience<'static>,
    audiences: Vec<String>,
    token: Option<Described>,
}

impl Refused {
    fn of(case: &Case<'_>) -> Option<Self> {
        let judged = judged(case, Reason::AudienceMismatch)?;
        let audiences = match judged.audience.token.as_deref() {
            Some(Value::Array(all)) => all
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Null) | None => Vec::new(),
            Some(other) => vec![other.to_string()],
        };
        Some(Self {
            token: described(&judged),
            audience: judged.audience,
            audiences,
        })
    }

    fn claim(&self, name: &str) -> Option<Value> {
        self.token.as_ref()?.claim(name).cloned()
    }

    fn is_configured(&self, name: &str) -> bool {
        self.audience.configured.iter().any(|one| one == name)
    }
}

/// An audience without what issuers and people spell in two ways: Entra's `api://`, a slash at the end,
/// capitals, blanks around it.
fn plain(audience: &str) -> String {
    let bare = audience.trim().trim_end_matches('/').to_ascii_lowercase();
    bare.strip_prefix("api://")
        .map_or(bare.clone(), str::to_owned)
}
