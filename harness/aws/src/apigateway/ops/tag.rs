//! GetTags, TagResource, UntagResource: of whatever has tags, by its ARN.

use authlab_wire::Value;
use serde::{Deserialize, Serialize};

use super::wire;
use crate::apigateway::account::Account;
use crate::apigateway::error::{Error, Missing};
use crate::apigateway::resource::{Api, Texts};
use crate::apigateway::rule;
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    resource_arn: String,
    #[serde(default)]
    tags: Texts,
    #[serde(default)]
    tag_keys: Vec<String>,
}

/// What GetTags answers.
#[derive(Serialize)]
struct TagsOutput {
    tags: Texts,
}

pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: Input = read(input)?;
    let tags = edit(cloud, call, &input.resource_arn, |_| {})?;
    Reply::to(&TagsOutput { tags })
}

pub(in crate::apigateway) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: Input = read(input)?;
    let added = input.tags;
    edit(cloud, call, &input.resource_arn, |tags| tags.extend(added))?;
    Ok(Reply::empty())
}

pub(in crate::apigateway) fn untag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: Input = read(input)?;
    let removed = input.tag_keys;
    edit(cloud, call, &input.resource_arn, |tags| {
        tags.retain(|key, _| !removed.contains(key));
    })?;
    Ok(Reply::empty())
}

/// Changes the tags of what an ARN names; what they are now.
fn edit(
    cloud: &mut Cloud,
    call: &Call,
    arn: &str,
    edit: impl FnOnce(&mut Texts),
) -> Result<Texts, authlab_wire::WireError> {
    let missing = || Missing::Tagged.named(arn);
    let prefix = format!("arn:aws:apigateway:{}::/", call.scope.region);
    let path: Vec<&str> = arn
        .strip_prefix(&prefix)
        .unwrap_or_default()
        .split('/')
        .collect();
    let state = &mut cloud.apigateway;
    let edited = |tags: Option<&mut Texts>| -> Result<Texts, Error> {
        let tags = tags.ok_or_else(missing)?;
        edit(tags);
        rule::check_tags(tags)?;
        Ok(tags.clone())
    };
    let changed = match path.as_slice() {
        ["restapis", api] => state.change(&call.scope, api, |api: &mut Api| {
            edited(Some(&mut api.facts.tags))
        }),
        ["restapis", api, "stages", name] => state.change(&call.scope, api, |api: &mut Api| {
            edited(api.stages.get_mut(*name).map(|stage| &mut stage.tags))
        }),
        path => state.change_account(&call.scope, |account, _| {
            let named = tags_by_arn(account, arn).is_some();
            match path {
                _ if named => edited(tags_by_arn(account, arn)),
                [kind, id] => edited(tags_of(account, kind, id)),
                _ => Err(missing()),
            }
        }),
    };
    changed.map_err(|error| {
        wire(match error {
            Error::NoSuchApi { .. } => missing(),
            other => other,
        })
    })
}

/// The tags of what has an ARN of its own, with an account in it.
fn tags_by_arn<'a>(account: &'a mut Account, arn: &str) -> Option<&'a mut Texts> {
    let mut domains = account.domain_names.iter_mut();
    let domain = domains.find(|it| it.domain_name_arn.as_deref() == Some(arn));
    if let Some(domain) = domain {
        return Some(&mut domain.tags);
    }
    let mut associations = account.associations.iter_mut();
    let found = associations.find(|it| it.domain_name_access_association_arn == arn);
    found.map(|association| &mut association.tags)
}

fn tags_of<'a>(account: &'a mut Account, kind: &str, id: &str) -> Option<&'a mut Texts> {
    match kind {
        "apikeys" => {
            let mut keys = account.api_keys.iter_mut();
            keys.find(|key| key.id == id).map(|key| &mut key.tags)
        }
        "usageplans" => {
            let mut plans = account.usage_plans.iter_mut();
            plans.find(|plan| plan.id == id).map(|plan| &mut plan.tags)
        }
        "vpclinks" => {
            let mut links = account.vpc_links.iter_mut();
            links.find(|link| link.id == id).map(|link| &mut link.tags)
        }
        "domainnames" => {
            let mut names = account.domain_names.iter_mut();
            let found = names.find(|domain| domain.domain_name == id);
            found.map(|domain| &mut domain.tags)
        }
        _ => None,
    }
}
