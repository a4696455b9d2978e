//! Policies as they are stored, read through the APIs that anybody has.

use http::Method;
use serde_json::Value;

use super::Section;
use crate::{
    error::StepResult,
    world::{Api, World},
};

/// A role's trust policy, inline policies and boundary.
pub(super) async fn role(world: &World, account: &str, name: &str) -> StepResult<Section> {
    let iam = aws_sdk_iam::Client::new(&world.aws_account(account)?);
    let role = iam.get_role().role_name(name).send().await?.role;
    let mut body = String::new();
    let trust = role
        .as_ref()
        .and_then(|role| role.assume_role_policy_document());
    entry(
        &mut body,
        "trust policy",
        &percent_decoded(trust.unwrap_or_default()),
    );
    let mut policies = iam
        .list_role_policies()
        .role_name(name)
        .send()
        .await?
        .policy_names;
    policies.sort();
    for policy in policies {
        let stored = iam
            .get_role_policy()
            .role_name(name)
            .policy_name(&policy)
            .send()
            .await?;
        let title = format!("policy {policy}");
        entry(
            &mut body,
            &title,
            &percent_decoded(stored.policy_document()),
        );
    }
    let boundary = role.and_then(|role| role.permissions_boundary?.permissions_boundary_arn);
    if let Some(arn) = boundary {
        let stored = iam.get_policy().policy_arn(&arn).send().await?.policy;
        let version = stored
            .and_then(|policy| policy.default_version_id)
            .unwrap_or_default();
        let stored = iam
            .get_policy_version()
            .policy_arn(&arn)
            .version_id(version)
            .send()
            .await?;
        let document = stored.policy_version.and_then(|version| version.document);
        let title = format!("permissions boundary {arn}");
        entry(
            &mut body,
            &title,
            &percent_decoded(&document.unwrap_or_default()),
        );
    }
    Ok(Section::new(
        format!("role {name} of the account {account}"),
        body,
    ))
}

/// A service or resource control policy.
pub(super) async fn control_policy(world: &World, name: &str, id: &str) -> StepResult<Section> {
    let config = world.aws_account(&world.management_account()?)?;
    let organizations = aws_sdk_organizations::Client::new(&config);
    let policy = organizations
        .describe_policy()
        .policy_id(id)
        .send()
        .await?
        .policy;
    let kind = policy
        .as_ref()
        .and_then(|policy| policy.policy_summary()?.r#type().cloned());
    let kind = match kind.as_ref().map(|kind| kind.as_str()) {
        Some("SERVICE_CONTROL_POLICY") => "service control policy",
        Some("RESOURCE_CONTROL_POLICY") => "resource control policy",
        _ => "policy",
    };
    let content = readable(&policy.and_then(|policy| policy.content).unwrap_or_default());
    Ok(Section::new(format!("{kind} {name}"), content))
}

/// A sink's policy and the links to it.
pub(super) async fn sink(world: &World, name: &str) -> StepResult<Section> {
    let sink = world.named.sinks.get(name)?;
    let oam = aws_sdk_oam::Client::new(&world.aws_account(&sink.account)?);
    let policy = oam
        .get_sink_policy()
        .sink_identifier(&sink.arn)
        .send()
        .await?
        .policy;
    let mut body = String::new();
    entry(&mut body, "policy", &policy.unwrap_or_default());
    let attached = oam
        .list_attached_links()
        .sink_identifier(&sink.arn)
        .send()
        .await?;
    let mut links: Vec<_> = attached
        .items
        .iter()
        .map(|link| {
            let label = link.label().unwrap_or_default();
            format!("link of {label}: {}\n", link.resource_types().join(", "))
        })
        .collect();
    links.sort();
    body.push_str(&links.concat());
    Ok(Section::new(
        format!("sink {name} of the account {}", sink.account),
        body,
    ))
}

/// A function's resource policy.
pub(super) async fn function(world: &World, account: &str, name: &str) -> StepResult<Section> {
    let lambda = aws_sdk_lambda::Client::new(&world.aws_account(account)?);
    let policy = lambda.get_policy().function_name(name).send().await?.policy;
    let title = format!("function {name} of the account {account}");
    Ok(Section::new(title, readable(&policy.unwrap_or_default())))
}

/// An API's authorizers and routes.
pub(super) async fn api(world: &World, name: &str) -> StepResult<Section> {
    let api = world.named.apis.get(name)?;
    let gateway = aws_sdk_apigatewayv2::Client::new(&world.aws_account(&api.account)?);
    let mut body = String::new();
    let authorizers = gateway.get_authorizers().api_id(&api.id).send().await?;
    for authorizer in authorizers.items() {
        let jwt = authorizer.jwt_configuration();
        let issuer = jwt.and_then(|jwt| jwt.issuer()).unwrap_or_default();
        let audience = jwt.map(|jwt| jwt.audience().join(", ")).unwrap_or_default();
        let name = authorizer.name().unwrap_or_default();
        let sources = authorizer.identity_source().join(", ");
        body.push_str(&format!(
            "authorizer {name}: issuer {issuer}, audience {audience}, token in {sources}\n"
        ));
    }
    let routes = gateway.get_routes().api_id(&api.id).send().await?;
    let mut lines = Vec::new();
    for route in routes.items() {
        let key = route.route_key().unwrap_or_default();
        let kind = route
            .authorization_type()
            .map_or("NONE", |kind| kind.as_str());
        let scopes = route.authorization_scopes();
        let scopes = match scopes {
            [] => String::new(),
            scopes => format!(" with the scope {}", scopes.join(" or ")),
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
    let logs = aws_sdk_cloudwatchlogs::Client::new(&world.aws_account(&api.account)?);
    let events = logs
        .filter_log_events()
        .log_group_name(group)
        .send()
        .await?;
    let lines: Vec<_> = events
        .events()
        .iter()
        .filter_map(|event| event.message())
        .collect();
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
        .and_then(Value::as_str)
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
    let value: Result<Value, _> = serde_json::from_str(document);
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
