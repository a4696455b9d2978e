//! GetExport: what a stage runs, as a document.

use authlab_gateway::deployment::StageFacts;
use authlab_wire::Value;
use bytes::Bytes;
use serde::Deserialize;

use super::wire;
use crate::apigateway::openapi::{Wanted, exported, exported_version};
use crate::apigateway::resource::Texts;
use crate::cloud::Cloud;
use crate::operation::{Answer, Call, Reply, read};

/// What is to be exported.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportInput {
    rest_api_id: String,
    stage_name: String,
    export_type: String,
    #[serde(default)]
    accepts: Option<String>,
    #[serde(default)]
    parameters: Texts,
}

/// The kind of content that is answered, whatever it is (recorded).
const CONTENT_TYPE: &str = "application/octet-stream";

pub(in crate::apigateway) fn get(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ExportInput = read(input)?;
    let mut extensions = "";
    for (name, value) in &input.parameters {
        if name != "extensions" {
            let problem = format!("`{name}` is not extensions");
            return Err(wire(crate::apigateway::error::Error::invalid(
                "parameters",
                problem,
            )));
        }
        extensions = value;
    }
    let accepts = input.accepts.as_deref();
    let wanted = Wanted::of(&input.export_type, accepts, extensions).map_err(wire)?;
    let (state, _) = cloud.apigateway(call);
    let api = state.api(&call.scope, &input.rest_api_id).map_err(wire)?;
    let stage = api.stage(&input.stage_name).map_err(wire)?;
    let run = api.deployment(&stage.deployment_id).map_err(wire)?;
    let host = StageFacts::execute_api_domain(&api.scope, &api.facts.id);
    let text = exported(&run.snapshot, (&host, &stage.stage_name), wanted);
    let file = wanted.file_name(&exported_version(&run.snapshot.0));
    let members = [
        ("body", Value::Blob(Bytes::from(text))),
        ("contentType", Value::from(CONTENT_TYPE)),
        (
            "contentDisposition",
            Value::from(format!("attachment; filename=\"{file}\"")),
        ),
    ];
    let members = members.map(|(name, value)| (name.to_owned(), value));
    Ok(Reply {
        output: Value::Map(members.into_iter().collect()),
        ..Reply::empty()
    })
}
