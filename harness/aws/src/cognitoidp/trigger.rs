//! The function that may change tokens before they are signed, by the version of its event.
//!
//! Version 1 changes the ID token, version 2 the access token of a user as well, version 3 also that of a
//! client by itself. Source: Cognito developer guide, `user-pool-lambda-pre-token-generation.html`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::client::Client;
use super::error::Error;
use super::pool::Pool;
use super::token::{Draft, Login};
use super::user::User;

/// What texts call the trigger.
pub const NAME: &str = "PreTokenGeneration";

/// Claims that no function changes (the developer guide's lists for both tokens).
const FIXED: [&str; 16] = [
    "client_id",
    "acr",
    "amr",
    "at_hash",
    "auth_time",
    "azp",
    "exp",
    "iat",
    "iss",
    "jti",
    "nbf",
    "nonce",
    "origin_jti",
    "sub",
    "token_use",
    "event_id",
];

/// Which event a function gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// `V1_0`.
    One,
    /// `V2_0`.
    Two,
    /// `V3_0`.
    Three,
}

impl Version {
    fn read(text: &str) -> Self {
        match text {
            "V2_0" => Self::Two,
            "V3_0" => Self::Three,
            _ => Self::One,
        }
    }

    fn number(self) -> &'static str {
        match self {
            Self::One => "1",
            Self::Two => "2",
            Self::Three => "3",
        }
    }
}

/// A function that is to be invoked.
#[derive(Clone, Debug)]
pub struct TriggerCall {
    /// The function's ARN.
    pub function: String,
    /// The version of the event.
    pub version: Version,
    /// The event.
    pub event: Value,
}

/// The call of the pool's trigger for a login, if the pool has one and it is for such logins.
pub fn call(
    pool: &Pool,
    client: &Client,
    user: Option<&User>,
    login: &Login,
) -> Option<TriggerCall> {
    let trigger = pool.trigger()?;
    let version = Version::read(&trigger.lambda_version);
    if user.is_none() && version < Version::Three {
        return None;
    }
    let groups = user.map(|user| pool.groups_of(user)).unwrap_or_default();
    let names: Vec<&str> = groups.iter().map(|it| it.group_name.as_str()).collect();
    let roles: Vec<&str> = groups
        .iter()
        .filter_map(|group| group.role_arn.as_deref())
        .collect();
    let mut attributes: Map<String, Value> = user
        .map(User::all_attributes)
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    if let Some(user) = user {
        let status = user.status.as_str();
        attributes.insert("cognito:user_status".to_owned(), status.into());
    }
    let mut request = json!({
        "userAttributes": attributes,
        "groupConfiguration": {
            "groupsToOverride": names,
            "iamRolesToOverride": roles,
            "preferredRole": roles.first(),
        },
    });
    if let Some(members) = request.as_object_mut() {
        if version >= Version::Two {
            members.insert("scopes".to_owned(), login.scopes.clone().into());
        }
        if !login.metadata.is_empty() {
            members.insert("clientMetadata".to_owned(), json!(login.metadata));
        }
    }
    let response = match version {
        Version::One => json!({ "claimsOverrideDetails": null }),
        _ => json!({ "claimsAndScopeOverrideDetails": null }),
    };
    let event = json!({
        "version": version.number(),
        "triggerSource": login.source,
        "region": pool.scope.region.as_str(),
        "userPoolId": pool.id,
        // What a client by itself is called is unverified.
        "userName": user.map_or("ClientCredentials", |user| user.name.as_str()),
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": client.id,
        },
        "request": request,
        "response": response,
    });
    Some(TriggerCall {
        function: trigger.lambda_arn,
        version,
        event,
    })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Response {
    claims_override_details: Option<DetailsOne>,
    claims_and_scope_override_details: Option<DetailsTwo>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DetailsOne {
    claims_to_add_or_override: Option<Map<String, Value>>,
    claims_to_suppress: Option<Vec<String>>,
    group_override_details: Option<Groups>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DetailsTwo {
    id_token_generation: Option<Changes>,
    access_token_generation: Option<Changes>,
    group_override_details: Option<Groups>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Changes {
    claims_to_add_or_override: Option<Map<String, Value>>,
    claims_to_suppress: Option<Vec<String>>,
    scopes_to_add: Option<Vec<String>>,
    scopes_to_suppress: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Groups {
    groups_to_override: Option<Vec<String>>,
    iam_roles_to_override: Option<Vec<String>>,
    preferred_role: Option<String>,
}

/// Changes the claims of a draft as the function's answer says.
///
/// # Errors
/// The answer is none of a trigger.
pub fn apply(draft: &mut Draft, version: Version, answer: &[u8]) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Answer {
        #[serde(default)]
        response: Option<Response>,
    }
    let unreadable = |error: serde_json::Error| Error::TriggerOutput(error.to_string());
    let answer: Answer = serde_json::from_slice(answer).map_err(unreadable)?;
    let response = answer.response.unwrap_or_default();
    if version == Version::One {
        let details = response.claims_override_details.unwrap_or_default();
        let added = details.claims_to_add_or_override.unwrap_or_default();
        if let Some((name, _)) = added.iter().find(|(_, value)| !value.is_string()) {
            return Err(Error::TriggerOutput(format!("the claim {name} is no text")));
        }
        if let Some(claims) = &mut draft.id {
            regroup(claims, details.group_override_details.as_ref(), true);
            change(claims, added, details.claims_to_suppress);
        }
        return Ok(());
    }
    let details = response.claims_and_scope_override_details;
    let details = details.unwrap_or_default();
    let groups = details.group_override_details.as_ref();
    if let Some(claims) = &mut draft.id {
        let changes = details.id_token_generation.unwrap_or_default();
        regroup(claims, groups, true);
        let added = changes.claims_to_add_or_override.unwrap_or_default();
        change(claims, added, changes.claims_to_suppress);
    }
    let changes = details.access_token_generation.unwrap_or_default();
    let mut added = changes.claims_to_add_or_override.unwrap_or_default();
    // "aud" may be added to an access token, but only as the client's id.
    if added.get("aud").is_some_and(|aud| *aud != draft.client) {
        let text = "the claim aud of an access token is the app client's id or none";
        return Err(Error::TriggerOutput(text.to_owned()));
    }
    for fixed in ["client_id", "username", "scope", "version"] {
        added.remove(fixed);
    }
    regroup(&mut draft.access, groups, false);
    change(&mut draft.access, added, changes.claims_to_suppress);
    let suppressed = changes.scopes_to_suppress.unwrap_or_default();
    // The login keeps the scopes that were granted: the function is asked again with each refresh.
    let mut scopes = draft.login.scopes.clone();
    scopes.retain(|it| !suppressed.contains(it));
    for scope in changes.scopes_to_add.unwrap_or_default() {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    draft
        .access
        .insert("scope".to_owned(), scopes.join(" ").into());
    Ok(())
}

fn change(
    claims: &mut Map<String, Value>,
    added: Map<String, Value>,
    suppressed: Option<Vec<String>>,
) {
    let is_free = |name: &str| {
        let is_cognitos = name.starts_with("cognito:") && name != "cognito:groups";
        !FIXED.contains(&name) && !is_cognitos
    };
    for (name, value) in added {
        // The audience of an ID token is its client, whatever a function says.
        let is_audience = name == "aud" && claims.contains_key("aud");
        if is_free(&name) && !is_audience {
            claims.insert(name, value);
        }
    }
    for name in suppressed.unwrap_or_default() {
        if is_free(&name) && name != "aud" {
            claims.remove(&name);
        }
    }
}

fn regroup(claims: &mut Map<String, Value>, groups: Option<&Groups>, with_roles: bool) {
    let Some(groups) = groups else { return };
    put(claims, "cognito:groups", groups.groups_to_override.as_ref());
    if with_roles {
        put(
            claims,
            "cognito:roles",
            groups.iam_roles_to_override.as_ref(),
        );
        match &groups.preferred_role {
            Some(role) => {
                claims.insert("cognito:preferred_role".to_owned(), role.as_str().into());
            }
            None => {
                claims.remove("cognito:preferred_role");
            }
        }
    }
}

/// What the function answers stands in place of what was there: nothing takes it away.
fn put(claims: &mut Map<String, Value>, name: &str, values: Option<&Vec<String>>) {
    match values.filter(|values| !values.is_empty()) {
        Some(values) => {
            claims.insert(name.to_owned(), values.clone().into());
        }
        None => {
            claims.remove(name);
        }
    }
}
