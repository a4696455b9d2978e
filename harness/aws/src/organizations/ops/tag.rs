//! Tags.

use authlab_wire::Value;
use serde::Deserialize;
use serde_json::json;

use super::{tags, wire};
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, Tag, read, tag};

/// TagResource and UntagResource.
pub(in super::super) fn tag(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        resource_id: String,
        #[serde(default)]
        tags: Vec<Tag>,
        #[serde(default)]
        tag_keys: Vec<String>,
    }
    let asked: Input = read(input)?;
    let add = tags(asked.tags)?;
    let realm = cloud.shared.organizations.managed_mut(call.account());
    let done = realm
        .map_err(wire)?
        .tag(&asked.resource_id, add, &asked.tag_keys);
    done.map_err(wire)?;
    Ok(Reply::empty())
}

pub(in super::super) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        resource_id: String,
    }
    let asked: Input = read(input)?;
    let realm = cloud
        .shared
        .organizations
        .read_by(call.account())
        .map_err(wire)?;
    let tags = realm.tags_of(&asked.resource_id).map_err(wire)?;
    Reply::to(&json!({"Tags": tag::listed(&tags)}))
}
