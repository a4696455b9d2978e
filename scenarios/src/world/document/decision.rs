//! What was decided, from the journal: a paragraph for each request, a line for each decision.

use authlab::{Event, Outcome, Sequence};
use serde_json::Value;

/// A request and what was decided in its course.
struct Request<'a> {
    id: &'a str,
    title: String,
    lines: Vec<String>,
    /// Something that the scenario did to the lab itself.
    is_own: bool,
}

/// The decisions after the event `since`.
pub(super) fn of(events: &[Event], since: Sequence) -> String {
    let mut requests: Vec<Request<'_>> = Vec::new();
    for event in events.iter().filter(|event| event.seq > since) {
        let id = event.request_id.as_deref().unwrap_or_default();
        let position = requests
            .iter()
            .rposition(|request| request.id == id && !id.is_empty());
        let lines = lines(event);
        match position {
            Some(position) => {
                let request = &mut requests[position];
                // Vault says what was asked once it has answered.
                if event.kind == "request" {
                    request.title = title(event);
                }
                request.lines.extend(lines);
            }
            None => requests.push(Request {
                id,
                title: title(event),
                lines,
                is_own: event.component == "lab",
            }),
        }
    }
    let mut text = String::new();
    // What merely happened, such as the fetch of a key set, happens at other times on other backends.
    let decided = |request: &Request<'_>| request.is_own || !request.lines.is_empty();
    for request in requests.into_iter().filter(decided) {
        text.push_str(&request.title);
        text.push('\n');
        for line in request.lines {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

/// What was asked, and of whom.
fn title(event: &Event) -> String {
    if let Some(seconds) = member(&event.detail, "/advance_seconds") {
        return format!("{seconds} seconds pass");
    }
    let mut title = event.component.to_string();
    if event.kind != "request" {
        title = format!("{title} {}", event.kind);
    }
    for name in ["/service", "/operation", "/method", "/path"] {
        if let Some(value) = member(&event.detail, name) {
            title = format!("{title} {value}");
        }
    }
    title
}

/// The lines of an event that decides something; none for what merely happens.
fn lines(event: &Event) -> Vec<String> {
    let outcome = match (event.outcome, event.kind.as_str()) {
        (Outcome::Allowed, _) => "allowed",
        (Outcome::Refused, _) => "refused",
        (Outcome::Failed, _) => "failed",
        (Outcome::Info, "response") => "sent",
        (Outcome::Info, _) => return Vec::new(),
    };
    let mut line = format!("{} {outcome}", event.kind);
    if let Some(reason) = &event.reason {
        line = format!("{line} because of {reason}");
    }
    let said = said(&event.detail);
    if !said.is_empty() {
        line = format!("{line}: {said}");
    }
    let place = ["/decided_by", "/decision/decided_by"].map(|place| event.detail.pointer(place));
    let decided = place
        .into_iter()
        .flatten()
        .map(decided_by)
        .chain(decided_in_vault(event))
        .map(|decided| format!("  {decided}"));
    std::iter::once(line).chain(decided).collect()
}

/// The evidence in a few words: what was asked, of what, by whom.
fn said(detail: &Value) -> String {
    let words = [
        ("", "/status"),
        ("", "/code"),
        ("", "/type"),
        ("", "/authorizer"),
        ("", "/action"),
        ("on ", "/resource"),
        ("by ", "/principal"),
        ("by ", "/user_arn"),
        ("", "/url"),
    ];
    let words = words
        .iter()
        .filter_map(|(before, place)| Some(format!("{before}{}", member(detail, place)?)));
    words.collect::<Vec<_>>().join(" ")
}

/// `trust: trust policy of role `looker`, statement 0`, or the layer whose Allow is lacking.
fn decided_by(place: &Value) -> String {
    if let Some(rule) = member(place, "/rule") {
        return rule;
    }
    let layer = member(place, "/layer").unwrap_or_default();
    let Some(policy) = member(place, "/policy") else {
        return format!("{layer}: no statement allows it");
    };
    let statement = member(place, "/sid").or_else(|| member(place, "/statement"));
    match statement {
        Some(statement) => format!("{layer}: {policy}, statement {statement}"),
        None => format!("{layer}: {policy}"),
    }
}

/// The rule of an ACL policy, the binding of a login's role, or the end of a token.
fn decided_in_vault(event: &Event) -> Option<String> {
    let detail = &event.detail;
    if event.component != "vault" {
        return None;
    }
    if let Some(at) = member(detail, "/expired_at") {
        return Some(format!("the token ended at {at}"));
    }
    if member(detail, "/revoked_at").is_some() {
        return Some("the token was revoked".to_owned());
    }
    if let (Some(role), Some(arn)) = (member(detail, "/role"), member(detail, "/canonical_arn")) {
        return Some(match detail.pointer("/bound_iam_principal_arn").map(list) {
            // The name is right, and somebody else's by now.
            Some(bound) if bound == arn => {
                let bound = detail.pointer("/bound_iam_principal_id").map(list);
                let (bound, id) = (bound.unwrap_or_default(), member(detail, "/unique_id"));
                let id = id.unwrap_or_default();
                format!("role {role}: binds {arn} with the id {bound}, not {id}")
            }
            Some(bound) => format!("role {role}: binds {bound}, not {arn}"),
            None => format!("role {role}: binds {arn}"),
        });
    }
    if detail.get("bound_claims").is_some() {
        return decided_by_jwt_role(event);
    }
    let policies = list(detail.pointer("/rule_policies")?);
    Some(match member(detail, "/rule") {
        Some(rule) => format!("policy {policies}: path {rule}"),
        None => {
            let policies = detail.pointer("/policies").map(list).unwrap_or_default();
            format!("policies {policies}: no path matches")
        }
    })
}

/// What a role of the auth method `jwt` binds, and what a token has instead.
fn decided_by_jwt_role(event: &Event) -> Option<String> {
    let detail = &event.detail;
    let role = member(detail, "/role")?;
    let audiences = detail.pointer("/bound_audiences").map(list)?;
    let claims = detail.pointer("/bound_claims")?.as_object()?;
    Some(match event.reason.as_deref() {
        None => {
            let claims = claims
                .iter()
                .map(|(claim, bound)| format!(", the claim {claim} to {bound}"));
            let claims: String = claims.collect();
            format!("role {role}: binds the audience {audiences}{claims}")
        }
        Some("jwt-audience") => {
            let found = member(detail, "/token/claims/aud").unwrap_or_default();
            format!("role {role}: binds the audience {audiences}, not {found}")
        }
        Some("jwt-claim" | "jwt-claim-missing") => {
            let claim = member(detail, "/claim")?;
            let bound = claims.get(&claim)?;
            format!("role {role}: binds the claim {claim} to {bound}")
        }
        Some(_) => format!("role {role}"),
    })
}

/// Texts, separated by commas.
fn list(value: &Value) -> String {
    let texts = value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    texts.collect::<Vec<_>>().join(", ")
}

/// A member as text, by JSON pointer; none when it is absent or null.
fn member(detail: &Value, place: &str) -> Option<String> {
    match detail.pointer(place)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
