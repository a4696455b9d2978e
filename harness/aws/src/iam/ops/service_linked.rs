//! Service-linked roles on the wire.

use authlab_wire::Value;
use serde::Deserialize;
use serde_json::json;

use super::{role, wire};
use crate::cloud::Cloud;
use crate::iam::Error;
use crate::operation::{Answer, Call, Reply, read};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    #[serde(default, rename = "AWSServiceName")]
    service: String,
    custom_suffix: Option<String>,
    description: Option<String>,
    #[serde(default)]
    role_name: String,
    #[serde(default)]
    deletion_task_id: String,
}

pub(super) fn create(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let about = (asked.custom_suffix.as_deref(), asked.description);
    let when = (call.now, &call.ids);
    let made =
        cloud
            .shared
            .iam
            .create_service_linked_role(call.account(), &asked.service, about, when);
    Reply::to(&json!({"Role": role::brief(&cloud.shared.iam, &made.map_err(wire)?)}))
}

pub(super) fn delete(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    let done =
        cloud
            .shared
            .iam
            .delete_service_linked_role(call.account(), &asked.role_name, &call.ids);
    Reply::to(&json!({"DeletionTaskId": done.map_err(wire)?}))
}

pub(super) fn deletion_status(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let asked: Input = read(input)?;
    if !cloud
        .shared
        .iam
        .is_deletion_task(call.account(), &asked.deletion_task_id)
    {
        // Unverified text.
        let text = format!("Deletion task {} cannot be found.", asked.deletion_task_id);
        return Err(wire(Error::NotFound(text)));
    }
    Reply::to(&json!({"Status": "SUCCEEDED"}))
}
