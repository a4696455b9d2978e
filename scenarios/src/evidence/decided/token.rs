//! Tokens: the claims that were compared, and with what.

use authlab::evidence::{aws, gateway, token::Described};
use serde_json::Value;

/// The claims that an authorizer compared: `JWT corp: iss https://login.corp.example/, aud other (wants
/// reports)`.
pub(super) fn judged(told: &gateway::TokenJudged<'_>) -> String {
    let token = Described::read(&told.token);
    let claim = |name: &str| texts(token.as_ref().and_then(|token| token.claim(name)));
    let issuer = &*told.issuer.configured;
    let issuers = if issuer.is_empty() {
        &[][..]
    } else {
        &[issuer][..]
    };
    let audiences: Vec<_> = told
        .audience
        .configured
        .iter()
        .map(String::as_str)
        .collect();
    let mut parts = vec![
        compared("iss", &claim("iss"), issuers),
        match (claim("aud"), claim("client_id")) {
            // Looked at only where there is no audience.
            (none, client) if none.is_empty() && !client.is_empty() => {
                compared("client_id", &client, &audiences)
            }
            (audience, _) => compared("aud", &audience, &audiences),
        },
    ];
    if let Some(algorithm) = &told.algorithm {
        let (found, accepted) = (&algorithm.token, algorithm.accepted.join(" or "));
        parts.push(format!("alg {found} (wants {accepted})"));
    }
    format!("JWT {}: {}", told.authorizer, parts.join(", "))
}

/// The claims that STS compared.
pub(super) fn of_web_identity(told: &aws::WebIdentity) -> Option<String> {
    let (token, wanted) = match told {
        aws::WebIdentity::Refused {
            token, client_ids, ..
        } => (token.as_ref()?, client_ids.as_deref().unwrap_or_default()),
        aws::WebIdentity::Issued { token, .. } => (token, &[][..]),
    };
    let token = Described::read(token)?;
    let wanted: Vec<_> = wanted.iter().map(String::as_str).collect();
    let issuer = compared("iss", &texts(token.claim("iss")), &[]);
    let audience = compared("aud", &texts(token.claim("aud")), &wanted);
    Some(format!("token: {issuer}, {audience}"))
}

/// A claim, and what it was compared with where none of that is in it.
fn compared(name: &str, found: &[String], wanted: &[&str]) -> String {
    let text = match found {
        [] => format!("no {name}"),
        found => format!("{name} {}", found.join(", ")),
    };
    let fits = found.iter().any(|found| wanted.contains(&found.as_str()));
    if fits || wanted.is_empty() {
        return text;
    }
    format!("{text} (wants `{}`)", wanted.join("` or `"))
}

/// A claim's texts; none where it is not there.
pub(super) fn texts(claim: Option<&Value>) -> Vec<String> {
    match claim {
        None => Vec::new(),
        Some(Value::Array(elements)) => elements.iter().map(crate::json_path::text).collect(),
        Some(one) => vec![crate::json_path::text(one)],
    }
}
