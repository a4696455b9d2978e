//! Documentation, where it is more than parts that are made and looked at.

use authlab_wire::{Blob, Value};
use serde::{Deserialize, Serialize};

use super::part::BesideApi;
use super::{PageInput, page, wire};
use crate::apigateway::documentation::{DocumentationPart, DocumentationVersion};
use crate::apigateway::error::Error;
use crate::apigateway::resource::Api;
use crate::cloud::Cloud;
use crate::operation::part::{Whole, Within, changed};
use crate::operation::{Answer, Call, read, read_both};

/// Which parts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartsInput {
    rest_api_id: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    name_query: Option<String>,
    path: Option<String>,
    location_status: Option<String>,
    position: Option<String>,
    limit: Option<i64>,
}

/// Parts by type, path and what their names begin with (unverified: as for the names of keys).
pub(in crate::apigateway) fn list_parts(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: PartsInput = read(input)?;
    let api = Api::find(cloud, call, &[asked.rest_api_id])?;
    if asked.location_status.as_deref() == Some("UNDOCUMENTED") {
        let what = "the list of what has no documentation (`locationStatus` UNDOCUMENTED)";
        return Err(wire(Error::not_implemented(what)));
    }
    let is_asked = |part: &&DocumentationPart| {
        let location = &part.location;
        let name = location.name.as_deref().unwrap_or_default();
        let path = location.path.as_deref();
        asked.kind.as_ref().is_none_or(|it| *it == location.kind)
            && asked.path.as_deref().is_none_or(|it| Some(it) == path)
            && asked
                .name_query
                .as_ref()
                .is_none_or(|it| name.starts_with(it))
    };
    let page_asked = PageInput {
        position: asked.position.clone(),
        limit: asked.limit,
    };
    page(page_asked, api.documentation.parts.iter().filter(is_asked))
}

/// What ImportDocumentationParts gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImportInput {
    mode: Option<String>,
    #[serde(default)]
    fail_on_warnings: bool,
    body: Blob,
}

/// What an import answers.
#[derive(Serialize)]
pub(super) struct Imported {
    pub(super) ids: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) warnings: Vec<String>,
}

impl Imported {
    /// What was taken, unless warnings are to stop it. (Text unverified.)
    pub(super) fn unless_warned(self, fail_on_warnings: bool) -> Result<Self, Error> {
        if fail_on_warnings && !self.warnings.is_empty() {
            let warnings = self.warnings.join("; ");
            return Err(Error::stated(format!(
                "Warnings found during import: {warnings}"
            )));
        }
        Ok(self)
    }
}

pub(in crate::apigateway) fn import(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (of, input): (Within<Api>, ImportInput) = read_both(input)?;
    let edit = |api: &mut Api, beside: &BesideApi<'_>| {
        let overwrites = input.mode.as_deref() == Some("overwrite");
        let (ids, warnings) = api.import_documentation(&input.body.0, overwrites, beside.ctx)?;
        Imported { ids, warnings }.unless_warned(input.fail_on_warnings)
    };
    let (imported, effects) = Api::change(cloud, call, of.names(), edit)?;
    changed(&imported, effects)
}

/// What CreateDocumentationVersion gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionInput {
    documentation_version: String,
    stage_name: Option<String>,
    description: Option<String>,
}

pub(in crate::apigateway) fn create_version(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let (of, input): (Within<Api>, VersionInput) = read_both(input)?;
    let edit = |api: &mut Api, beside: &BesideApi<'_>| {
        let version = DocumentationVersion {
            version: input.documentation_version,
            description: input.description,
            ..DocumentationVersion::default()
        };
        api.add_documentation_version(version, input.stage_name.as_deref(), beside.ctx)
    };
    let (made, effects) = Api::change(cloud, call, of.names(), edit)?;
    changed(&made, effects)
}
