//! What an API has by now that a stage does not run: until it is deployed, requests meet the old values.

use std::collections::{BTreeMap, BTreeSet};

use authlab_gateway::evidence::{Difference, Draft, Part};

use super::resource::{Api, Content, Deployment, Route, Stage};

/// The differences between what a stage runs and what its API is, if there are any.
pub(super) fn of(api: &Api, stage: &Stage, run: &Deployment) -> Option<Draft> {
    if *run.content == api.content {
        return None;
    }
    let (deployed, draft) = (by_key(&run.content), by_key(&api.content));
    let keys: BTreeSet<&str> = deployed.keys().chain(draft.keys()).copied().collect();
    let changed = keys.into_iter().flat_map(|key| {
        let (deployed, draft) = (deployed.get(key), draft.get(key));
        differences(key, deployed, draft)
    });
    let changed: Vec<Difference> = changed.collect();
    (!changed.is_empty()).then(|| Draft {
        stage: stage.stage_name.clone(),
        deployment: run.facts.deployment_id.clone(),
        deployed: run.facts.created_date,
        changed,
    })
}

/// What a request of a route meets, part by part.
type Parts = Vec<(Part, Option<String>)>;

fn by_key(content: &Content) -> BTreeMap<&str, Parts> {
    let routes = content.routes.values();
    let routes = routes.map(|route| (route.route_key.as_str(), parts(route, content)));
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

/// A route that is on one side only differs as a whole; else part by part.
fn differences(key: &str, deployed: Option<&Parts>, draft: Option<&Parts>) -> Vec<Difference> {
    let difference = |part, deployed, draft| Difference {
        route_key: key.to_owned(),
        part,
        deployed,
        draft,
    };
    let (Some(deployed), Some(draft)) = (deployed, draft) else {
        let is_there = |parts: Option<&Parts>| parts.map(|_| key.to_owned());
        return vec![difference(Part::Route, is_there(deployed), is_there(draft))];
    };
    let pairs = deployed
        .iter()
        .zip(draft)
        .filter(|(one, other)| one != other);
    let pairs =
        pairs.map(|((part, one), (_, other))| difference(*part, one.clone(), other.clone()));
    pairs.collect()
}
