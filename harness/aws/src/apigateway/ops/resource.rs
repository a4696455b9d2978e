//! GetResource, GetResources: methods are answered as a whole where they are asked for.

use std::collections::BTreeMap;

use authlab_wire::{Value, WireError, to_value};
use serde::Deserialize;

use super::{PageInput, page, wire};
use crate::apigateway::error::Error;
use crate::apigateway::resource::{Api, Resource};
use crate::cloud::Cloud;
use crate::operation::part::{At, Part, Whole, Within};
use crate::operation::{Answer, Call, Reply, read_both};

/// What is asked for beside.
#[derive(Deserialize)]
pub(super) struct EmbedInput {
    #[serde(default)]
    embed: Vec<String>,
}

impl EmbedInput {
    /// Whether `name` is asked for, which is all that can be. (Text unverified.)
    pub(super) fn asks(&self, name: &str) -> Result<bool, WireError> {
        let wrong = self.embed.iter().find(|embed| *embed != name);
        wrong.map_or(Ok(!self.embed.is_empty()), |wrong| {
            let problem = format!("`{wrong}` is not `{name}`");
            Err(wire(Error::invalid("embed", problem)))
        })
    }
}

/// A resource as it is answered.
fn seen(resource: &Resource, with_methods: bool) -> Result<Value, WireError> {
    let internal =
        |error: authlab_wire::ValueError| WireError::new(500, "InternalFailure", error.to_string());
    let mut seen = to_value(resource).map_err(internal)?;
    if let (Value::Map(members), true) = (&mut seen, with_methods && !resource.methods.is_empty()) {
        let methods = resource.methods.iter();
        let methods = methods.map(|(verb, method)| Ok((verb.clone(), to_value(method)?)));
        let methods: Result<BTreeMap<String, Value>, _> = methods.collect();
        let methods = Value::Map(methods.map_err(internal)?);
        members.insert("resourceMethods".to_owned(), methods);
    }
    Ok(seen)
}

pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (at, embed): (At<Resource>, EmbedInput) = read_both(input)?;
    let with_methods = embed.asks("methods")?;
    let api = Api::find(cloud, call, at.whole())?;
    let resource = Resource::find(api, at.part()).map_err(wire)?;
    Ok(Reply::of(seen(resource, with_methods)?))
}

/// What GetResources reads beside the API.
#[derive(Deserialize)]
struct ListInput {
    #[serde(default)]
    embed: Vec<String>,
    #[serde(default)]
    position: Option<String>,
    #[serde(default)]
    limit: Option<i64>,
}

pub(in crate::apigateway) fn list(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, asked): (Within<Api>, ListInput) = read_both(input)?;
    let embed = EmbedInput { embed: asked.embed };
    let with_methods = embed.asks("methods")?;
    let api = Api::find(cloud, call, of.names())?;
    let all = api.resources().into_iter();
    let all: Result<Vec<Value>, _> = all.map(|resource| seen(resource, with_methods)).collect();
    let asked = PageInput {
        position: asked.position,
        limit: asked.limit,
    };
    page(asked, all?.into_iter())
}
