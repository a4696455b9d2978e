//! GetModelTemplate.

use authlab_wire::Value;
use serde::Serialize;

use super::part::name;
use super::wire;
use crate::apigateway::resource::{Api, Model};
use crate::cloud::Cloud;
use crate::operation::part::{At, Whole};
use crate::operation::{Answer, Call, Reply, read};

/// What GetModelTemplate answers.
#[derive(Serialize)]
struct TemplateOutput {
    value: String,
}

pub(in crate::apigateway) fn template(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let at: At<Model> = read(input)?;
    let api = Api::find(cloud, call, at.whole())?;
    let value = api.model_template(name(at.part(), 0)).map_err(wire)?;
    Reply::to(&TemplateOutput { value })
}
