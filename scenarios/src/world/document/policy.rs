//! Policies as they are stored, read through the APIs that anybody has.

use authlab_wire::Value;
use http::Method;
use serde_json::{Value as Json, json};

use super::Section;
use crate::{
    client::aws::{member, texts},
    error::StepResult,
    world::{Api, World},
};

/// A role's trust policy, inline policies and boundary.
pub(super) async fn role(world: &World, account: &str, name: &str) -> StepResult<Section> {
    let iam = world.aws_account(account)?;
    let of_role = json!({ "RoleName": name });
    let role = iam.call("iam:GetRole", of_role.clone()).await?;
    let mut body = String::new();
    let trust = role.text("Role.AssumeRolePolicyDocument")?;
    entry(&mut body, "trust policy", &percent_decoded(trust));
    let policies = iam.call("iam:ListRolePolicies", of_role).await?;
    let mut policies: Vec<_> = policies
        .list("PolicyNames")
        .iter()
        .filter_map(Value::as_text)
        .collect();
    policies.sort_unstable();
    for policy in policies {
        let input = json!({ "RoleName": name, "PolicyName": policy });
        let stored = iam.call("iam:GetRolePolicy", input).await?;
        let document = percent_decoded(stored.text("PolicyDocument")?);
        entry(&mut body, &format!("policy {policy}"), &document);
    }
    if let Ok(arn) = role.text("Role.PermissionsBoundary.PermissionsBoundaryArn") {
        let stored = iam
            .call("iam:GetPolicy", json!({ "PolicyArn": arn }))
            .await?;
        let version = stored.text("Policy.DefaultVersionId")?;
        let input = json!({ "PolicyArn": arn, "VersionId": version });
        let stored = iam.call("iam:GetPolicyVersion", input).await?;
        let document = percent_decoded(stored.text("PolicyVersion.Document")?);
        entry(&mut body, &format!("permissions boundary {arn}"), &document);
    }
    Ok(Section::new(
        format!("role {name} of the account {account}"),
        body,
    ))
}

/// A service or resource control policy.
pub(super) async fn control_policy(world: &World, name: &str, id: &str) -> StepResult<Section> {
    let organizations = world.aws_account(&world.management_account()?)?;
    let input = json!({ "PolicyId": id });
    let policy = organizations
        .call("organizations:DescribePolicy", input)
        .await?;
    let kind = match policy.text("Policy.PolicySummary.Type")? {
        "SERVICE_CONTROL_POLICY" => "service control policy",
        "RESOURCE_CONTROL_POLICY" => "resource control policy",
        _ => "policy",
    };
    let content = readable(policy.text("Policy.Content")?);
    Ok(Section::new(format!("{kind} {name}"), content))
}

/// A sink's policy and the links to it.
pub(super) async fn sink(world: &World, name: &str) -> StepResult<Section> {
    let sink = world.named.sinks.get(name)?;
    let oam = world.aws_account(&sink.account)?;
    let input = json!({ "SinkIdentifier": sink.arn });
    let policy = oam.call("oam:GetSinkPolicy", input.clone()).await?;
    let mut body = String::new();
    entry(
        &mut body,
        "policy",
        policy.text("Policy").unwrap_or_default(),
    );
    let attached = oam.call("oam:ListAttachedLinks", input).await?;
    let links = attached.list("Items").iter().map(|link| {
        let types = texts(link, "ResourceTypes").join(", ");
        format!("link of {}: {types}\n", member(link, "Label"))
    });
    let mut links: Vec<_> = links.collect();
    links.sort();
    body.push_str(&links.concat());
    Ok(Section::new(
        format!("sink {name} of the account {}", sink.account),
        body,
    ))
}

/// A function's resource policy.
pub(super) async fn function(world: &World, account: &str, name: &str) -> StepResult<Section> {
    let lambda = world.aws_account(account)?;
    let policy = lambda
        .call("lambda:GetPolicy", json!({ "FunctionName": name }))
        .await?;
    let title = format!("function {name} of the account {account}");
    Ok(Section::new(title, readable(policy.text("Policy")?)))
}

/// An API's authorizers and routes.
pub(super) async fn api(world: &World, name: &str) -> StepResult<Section> {
    let api = world.named.apis.get(name)?;
    let gateway = world.aws_account(&api.account)?;
    let of_api = json!({ "ApiId": api.id });
    let mut body = String::new();
    let authorizers = "apigatewayv2:GetAuthorizers";
    let authorizers = gateway.call(authorizers, of_api.clone()).await?;
    for authorizer in authorizers.list("Items") {
        let jwt = authorizer.get("JwtConfiguration").unwrap_or(&Value::Null);
        let (issuer, audience) = (member(jwt, "Issuer"), texts(jwt, "Audience").join(", "));
        let name = member(authorizer, "Name");
        let sources = texts(authorizer, "IdentitySource").join(", ");
        body.push_str(&format!(
            "authorizer {name}: issuer {issuer}, audience {audience}, token in {sources}\n"
        ));
    }
    let routes = gateway.call("apigatewayv2:GetRoutes", of_api).await?;
    let mut lines = Vec::new();
    for route in routes.list("Items") {
        let key = member(route, "RouteKey");
        let kind = match member(route, "AuthorizationType") {
            "" => "NONE",
            kind => kind,
        };
        let scopes = match texts(route, "AuthorizationScopes").join(" or ").as_str() {
            "" => String::new(),
            scopes => format!(" with the scope {scopes}"),
        };
        lines.push(format!("route {key}: {kind}{scopes}\n"));
    }
    lines.sort();
    body.push_str(&lines.concat());
    Ok(Section::new(
        format!("API {name} of the account {}", api.account),
        body,
    ))
}

/// The lines of an API's access log.
pub(super) async fn access_log(world: &World, name: &str) -> StepResult<Option<Section>> {
    let api: &Api = world.named.apis.get(name)?;
    let Some(group) = &api.log_group else {
        return Ok(None);
    };
    let logs = world.aws_account(&api.account)?;
    let input = json!({ "logGroupName": group });
    let events = logs.call("logs:FilterLogEvents", input).await?;
    let events = events.list("events").iter();
    let lines: Vec<_> = events.map(|event| member(event, "message")).collect();
    Ok(Some(Section::new(
        format!("access log of the API {name}"),
        lines.join("\n"),
    )))
}

/// An ACL policy of Vault.
pub(super) async fn vault_policy(world: &World, name: &str) -> StepResult<Section> {
    let path = format!("sys/policies/acl/{name}");
    let answer = world.vault_as_root(Method::GET, &path, None).await?;
    let policy = answer
        .pointer("/data/policy")
        .and_then(Json::as_str)
        .unwrap_or_default();
    Ok(Section::new(format!("Vault policy {name}"), policy))
}

/// A role of Vault's AWS auth method: what it binds, and what it gives.
pub(super) async fn vault_aws_role(world: &World, name: &str) -> StepResult<Section> {
    let shown = [
        "auth_type",
        "bound_iam_principal_arn",
        "token_policies",
        "token_ttl",
    ];
    let body = vault_role(world, "aws", name, &shown).await?;
    Ok(Section::new(format!("Vault AWS role {name}"), body))
}

/// A role of Vault's JWT auth method: what it binds, and what it gives. Where the method finds the
/// issuer's keys is no part of it: that differs between backends.
pub(super) async fn vault_jwt_role(world: &World, name: &str) -> StepResult<Section> {
    let shown = [
        "role_type",
        "bound_audiences",
        "bound_claims",
        "user_claim",
        "token_policies",
        "token_ttl",
    ];
    let body = vault_role(world, "jwt", name, &shown).await?;
    Ok(Section::new(format!("Vault JWT role {name}"), body))
}

/// The members of an auth method's role that shall be shown.
async fn vault_role(world: &World, mount: &str, name: &str, shown: &[&str]) -> StepResult<String> {
    let answer = world
        .vault_as_root(Method::GET, &format!("auth/{mount}/role/{name}"), None)
        .await?;
    let mut body = String::new();
    for member in shown {
        if let Some(value) = answer.pointer(&format!("/data/{member}")) {
            body.push_str(&format!("{member}: {value}\n"));
        }
    }
    Ok(body)
}

/// Adds a titled document to a section.
pub(super) fn entry(body: &mut String, title: &str, document: &str) {
    body.push_str(&format!("{title}:\n"));
    for line in readable(document).lines() {
        body.push_str(&format!("  {line}\n"));
    }
}

/// A document as its author wrote it; one that stands on a single line, a member a line.
fn readable(document: &str) -> String {
    if document.trim().contains('\n') {
        return document.to_owned();
    }
    let value: Result<Json, _> = serde_json::from_str(document);
    value
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| document.to_owned())
}

/// IAM gives documents percent-encoded (RFC 3986).
fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}
