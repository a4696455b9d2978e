//! What let a request through: each rule that had to, in the order in which they were asked.

use authlab_aws::evidence as aws;
use authlab_gateway::deployment::AuthorizationType;
use authlab_gateway::evidence as gateway;
use authlab_kernel::journal::{Event, Outcome, Sequence};
use authlab_policy::evidence::Decision;
use authlab_token::evidence::Described;
use authlab_vault::evidence as vault;
use serde::Serialize;
use serde_json::Value;

use crate::case::Allowed;
use crate::told::Told;

/// Something that let a request through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Allowance {
    /// The event that tells it.
    pub seq: Sequence,
    /// What kind of rule it is: `route`, `token`, `scope`, `signature`, `api-key`, `policy`, `rule`,
    /// `login`.
    pub kind: &'static str,
    /// Which one, and by which of its values.
    pub what: String,
}

/// The claims by which a token is let in, in the order in which they are told.
const CLAIMS: [&str; 7] = ["iss", "aud", "client_id", "azp", "sub", "scope", "scp"];

/// Everything that let the request through.
pub(crate) fn of(allowed: &Allowed<'_>) -> Vec<Allowance> {
    allowed.events().flat_map(by_event).collect()
}

fn by_event(event: &Event) -> Vec<Allowance> {
    let allowance = |(kind, what)| Allowance {
        seq: event.seq,
        kind,
        what,
    };
    let told = Told::of(event).filter(|told| {
        // A route is found, and nobody was asked.
        event.outcome == Outcome::Allowed || matches!(told, Told::Route(_))
    });
    told.map(|told| texts(&told))
        .unwrap_or_default()
        .into_iter()
        .map(allowance)
        .collect()
}

fn texts(told: &Told) -> Vec<(&'static str, String)> {
    match told {
        Told::Route(gateway::Route::Taken {
            route_key,
            authorization,
            ..
        }) => {
            let who = match authorization {
                AuthorizationType::None => "everybody",
                AuthorizationType::Jwt => "bearers of a token",
                AuthorizationType::AwsIam => "signed callers",
                AuthorizationType::Custom => "whom a function lets in",
                AuthorizationType::CognitoUserPools => "bearers of a user pool's token",
            };
            vec![("route", format!("`{route_key}`, for {who}"))]
        }
        Told::GatewayAuthentication(gateway::Authentication::Token(judged)) => vec![(
            "token",
            format!(
                "the authorizer `{}`, by {}",
                judged.authorizer,
                claims(&judged.token)
            ),
        )],
        Told::LambdaAuthorizer(authorizer) => {
            let who = authorizer.principal_id.as_deref();
            let who = who.map_or_else(|| "the caller".to_owned(), |id| format!("`{id}`"));
            let kept = authorizer.kept.map_or_else(String::new, |kept| {
                format!(", which is kept since {}", kept.answered)
            });
            vec![(
                "authorizer",
                format!("`{}` says it is {who}{kept}", authorizer.authorizer),
            )]
        }
        Told::Authorization(gateway::Authorization::Simple {
            authorizer,
            is_authorized: true,
            ..
        }) => vec![("authorizer", format!("`{authorizer}` lets the caller in"))],
        Told::GatewayAuthentication(gateway::Authentication::Signer { user_arn, .. }) => {
            vec![("signature", format!("`{user_arn}` signed it"))]
        }
        Told::AwsAuthentication(aws::Authentication {
            principal: Some(principal),
            ..
        }) => vec![("signature", format!("`{principal}` signed it"))],
        Told::ApiKey(gateway::ApiKey {
            api_key: Some(key),
            usage_plan,
            ..
        }) => {
            let by = match usage_plan {
                Some(plan) => format!("in the usage plan `{plan}`"),
                None => "which opens the stage without a usage plan".to_owned(),
            };
            vec![("api-key", format!("`{key}`, {by}"))]
        }
        Told::Authorization(gateway::Authorization::Scopes {
            scopes_required,
            scopes_present,
            ..
        }) => {
            let present = |scope: &&String| scopes_present.iter().any(|has| has == *scope);
            let both = scopes_required.iter().find(present);
            both.map(|scope| ("scope", format!("`{scope}`, which the route asks for")))
                .into_iter()
                .collect()
        }
        Told::Authorization(gateway::Authorization::Invoke(invoke)) => {
            let decided = invoke.decision.iter();
            decided
                .flat_map(|decided| policy(&decided.decision))
                .collect()
        }
        Told::Decision(decision) => policy(&decision.decision),
        Told::WebIdentity(looked_at) => match &**looked_at {
            aws::WebIdentity::Issued {
                token, provider, ..
            } => vec![(
                "token",
                format!("the provider `{provider}`, by {}", claims(token)),
            )],
            aws::WebIdentity::Refused { .. } => Vec::new(),
        },
        Told::VaultRequest(request) => by_vault(request),
        _ => Vec::new(),
    }
}

/// The claims of a token by which it is let in.
fn claims(token: &Value) -> String {
    let Some(token) = Described::read(token) else {
        return "claims that the journal has cut".to_owned();
    };
    let told = CLAIMS.iter().filter_map(|name| {
        let value = match token.claim(name)? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some(format!("{name} `{value}`"))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        return "none of its claims".to_owned();
    }
    told.join(", ")
}

/// Every statement that allows, and what it allows.
fn policy(decision: &Decision) -> Vec<(&'static str, String)> {
    let what = format!("{} on {}", decision.action, decision.resource);
    let lines = decision.allowed_by().into_iter();
    lines
        .map(|line| ("policy", format!("{what}: {line}")))
        .collect()
}

fn by_vault(request: &vault::Request) -> Vec<(&'static str, String)> {
    let mut told = Vec::new();
    if let Some(login) = request.jwt() {
        let what = format!("the role `{}`, by {}", login.role, claims(&login.token));
        told.push(("login", what));
    }
    if let Some(login) = request.aws() {
        let role = login.role.as_deref().unwrap_or_default();
        told.push(("login", format!("the role `{role}`, for `{}`", login.arn)));
    }
    if let Some(decision) = &request.decision {
        let policies = decision.rule_policies.join(", ");
        let capabilities = decision.capabilities.join(", ");
        told.push(match &decision.rule {
            Some(rule) => (
                "rule",
                format!("`{rule}` of the policy {policies}, with {capabilities}"),
            ),
            None => ("rule", format!("the policy {policies}")),
        });
    }
    told
}

#[cfg(test)]
mod tests;
