//! OpenID Connect providers on the wire.

use authlab_wire::Value;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{tags, wire};
use crate::cloud::Cloud;
use crate::operation::tag::listed;
use crate::operation::{Answer, Call, Reply, Tag, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default)]
    url: String,
    #[serde(default, rename = "ClientIDList")]
    client_ids: Vec<String>,
    #[serde(default, rename = "ClientID")]
    client_id: String,
    #[serde(default, rename = "ThumbprintList")]
    thumbprints: Vec<String>,
    #[serde(default, rename = "OpenIDConnectProviderArn")]
    arn: String,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

pub(super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let (account, ids, thumbprints) = (call.account(), asked.client_ids, asked.thumbprints);
    let about = (tags(asked.tags)?, call.now);
    let provider = cloud
        .shared
        .iam
        .create_provider(account, &asked.url, ids, thumbprints, about);
    let provider = provider.map_err(wire)?;
    let mut made = json!({"OpenIDConnectProviderArn": provider.arn});
    if !provider.tags.is_empty() {
        made["Tags"] = json!(listed(&provider.tags));
    }
    Reply::to(&made)
}

pub(super) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let provider = cloud
        .shared
        .iam
        .provider(call.account(), &asked.arn)
        .map_err(wire)?;
    Reply::to(&json!({
        "Url": provider.url(),
        "ClientIDList": provider.client_ids,
        "ThumbprintList": provider.thumbprints,
        "CreateDate": provider.created,
        "Tags": listed(&provider.tags),
    }))
}

pub(super) fn list(cloud: &mut Cloud, call: &Call, _input: Value) -> Answer {
    let providers = cloud.shared.iam.providers(call.account());
    let providers: Vec<Json> = providers
        .map(|provider| json!({"Arn": provider.arn}))
        .collect();
    Reply::to(&json!({"OpenIDConnectProviderList": providers}))
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let deleted = cloud.shared.iam.delete_provider(call.account(), &asked.arn);
    deleted.map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn add_client_id(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .add_client_id(call.account(), &asked.arn, &asked.client_id)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn remove_client_id(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .remove_client_id(call.account(), &asked.arn, &asked.client_id)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn update_thumbprints(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .set_thumbprints(call.account(), &asked.arn, asked.thumbprints)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    cloud
        .shared
        .iam
        .tag_provider(call.account(), &asked.arn, tags(asked.tags)?, &[])
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn untag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let keys = &asked.tag_keys;
    cloud
        .shared
        .iam
        .tag_provider(call.account(), &asked.arn, Default::default(), keys)
        .map_err(wire)?;
    Ok(Reply::empty())
}

pub(super) fn list_tags(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let provider = cloud
        .shared
        .iam
        .provider(call.account(), &asked.arn)
        .map_err(wire)?;
    Reply::to(&json!({"Tags": listed(&provider.tags)}))
}
