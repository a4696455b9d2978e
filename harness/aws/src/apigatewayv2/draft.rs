//! What an API has by now that a stage does not run: until it is deployed, requests meet the old values.

use std::collections::BTreeMap;

use authlab_gateway::evidence::{Draft, Part};

use super::resource::{Api, Content, Deployment, Route, Stage};
use crate::shared::draft::{Parts, differences};

/// The differences between what a stage runs and what its API is, if there are any.
pub(super) fn of(api: &Api, stage: &Stage, run: &Deployment) -> Option<Draft> {
    if *run.content == api.content {
        return None;
    }
    let changed = differences(&by_key(&run.content), &by_key(&api.content));
    (!changed.is_empty()).then(|| Draft {
        stage: stage.stage_name.clone(),
        deployment: run.facts.deployment_id.clone(),
        deployed: run.facts.created_date,
        changed,
    })
}

fn by_key(content: &Content) -> BTreeMap<String, Parts> {
    let routes = content.routes.values();
    let routes = routes.map(|route| (route.route_key.clone(), parts(route, content)));
    routes.collect()
}

fn parts(route: &Route, content: &Content) -> Parts {
    let id = route.authorizer_id.as_deref();
    let authorizer = id.and_then(|id| content.authorizers.get(id));
    let configuration = authorizer.and_then(|it| it.jwt_configuration.as_ref());
    let target = route.target.as_deref();
    let target = target.and_then(|target| target.strip_prefix("integrations/"));
    let integration = target.and_then(|id| content.integrations.get(id));
    let listed = |texts: &Vec<String>| (!texts.is_empty()).then(|| texts.join(", "));
    vec![
        (Part::AuthorizationType, route.authorization_type.clone()),
        (Part::Authorizer, authorizer.map(|it| it.name.clone())),
        (Part::Issuer, configuration.and_then(|it| it.issuer.clone())),
        (
            Part::Audience,
            configuration.and_then(|it| listed(&it.audience)),
        ),
        (
            Part::IdentitySource,
            authorizer.and_then(|it| listed(&it.identity_source)),
        ),
        (
            Part::Scopes,
            route.authorization_scopes.as_ref().and_then(listed),
        ),
        (
            Part::Integration,
            integration.and_then(|it| it.integration_uri.clone()),
        ),
    ]
}
