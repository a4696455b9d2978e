//! What an API has by now that a stage does not run: until it is deployed, requests meet the old values
//! (API Gateway developer guide, `how-to-deploy-api.html`).

use std::collections::BTreeMap;

use authlab_gateway::evidence::{Draft, Part};

use super::resource::{Api, Authorizer, Content, Deployment, Method, RestApi, Stage};
use super::rule::api;
use crate::shared::draft::{Parts, differences};

/// The longest value that is told, in characters.
const SHOWN_CHARACTERS_MAX: usize = 512;

/// The differences between what a stage runs and what its API is, if there are any.
pub(super) fn of(api: &Api, stage: &Stage, run: &Deployment) -> Option<Draft> {
    let (facts, content) = &*run.snapshot;
    if *content == api.content && facts.policy == api.facts.policy {
        return None;
    }
    let (deployed, draft) = (by_key(facts, content), by_key(&api.facts, &api.content));
    let changed = differences(&deployed, &draft);
    (!changed.is_empty()).then(|| Draft {
        stage: stage.stage_name.clone(),
        deployment: run.facts.id.clone(),
        deployed: run.facts.created_date,
        changed,
    })
}

fn by_key(facts: &RestApi, content: &Content) -> BTreeMap<String, Parts> {
    let policy = facts.policy.as_deref().and_then(api::policy_document);
    let policy = policy.map(|document| shown(&document.to_string()));
    let methods = content.resources.values().flat_map(|resource| {
        let methods = resource.methods.values();
        methods.map(|method| (&resource.path, method))
    });
    let parts = methods.map(|(path, method)| {
        let mut parts = parts(method, content);
        parts.push((Part::ResourcePolicy, policy.clone()));
        (format!("{} {path}", method.http_method), parts)
    });
    parts.collect()
}

fn parts(method: &Method, content: &Content) -> Parts {
    let id = method.authorizer_id.as_deref();
    let authorizer = id.and_then(|id| content.authorizers.get(id));
    let configuration = authorizer.and_then(|it| it.jwt_configuration.as_ref());
    let issuers = configuration.map(|it| it.issuers.as_slice());
    let issuers = issuers.unwrap_or_default();
    let integration = method.method_integration.as_ref();
    let target = integration.map(|it| it.uri.clone().unwrap_or_else(|| it.kind.clone()));
    vec![
        (
            Part::AuthorizationType,
            Some(method.authorization_type.clone()),
        ),
        (Part::Authorizer, authorizer.map(|it| it.name.clone())),
        (Part::Issuer, listed(issuers.iter().map(|it| &it.issuer))),
        (
            Part::Audience,
            listed(issuers.iter().flat_map(|it| &it.audiences)),
        ),
        (
            Part::IdentitySource,
            authorizer.and_then(|it| it.identity_source.clone()),
        ),
        (Part::AuthorizerTarget, authorizer.and_then(asked)),
        (Part::Scopes, listed(method.authorization_scopes.iter())),
        (Part::ApiKey, Some(method.api_key_required.to_string())),
        (Part::Integration, target),
    ]
}

/// The function or the user pools that an authorizer asks.
fn asked(authorizer: &Authorizer) -> Option<String> {
    let function = authorizer.authorizer_uri.clone();
    function.or_else(|| listed(authorizer.provider_arns.iter()))
}

fn listed<'a>(texts: impl Iterator<Item = &'a String>) -> Option<String> {
    let texts: Vec<&str> = texts.map(String::as_str).collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// A text as evidence holds it.
fn shown(text: &str) -> String {
    let count = text.chars().count();
    if count <= SHOWN_CHARACTERS_MAX {
        return text.to_owned();
    }
    let kept: String = text.chars().take(SHOWN_CHARACTERS_MAX).collect();
    format!("{kept}… ({count} characters)")
}
