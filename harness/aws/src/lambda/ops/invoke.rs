//! Invoke.

use authlab_wire::{Blob, Value, WireError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::wire;
use crate::front::FrontDoor;
use crate::lambda::invoke::{Invocation, InvokeError, InvokedBy, permit};
use crate::operation::{Answer, Call, Reply, read};

/// The longest function runs for a quarter of an hour; who calls Invoke waits as long.
const BUDGET_MS: u32 = 900_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InvokeInput {
    function_name: String,
    #[serde(default)]
    qualifier: Option<String>,
    #[serde(default)]
    invocation_type: Option<String>,
    #[serde(default)]
    log_type: Option<String>,
    #[serde(default)]
    payload: Option<Blob>,
    #[serde(default)]
    durable_execution_name: Option<String>,
    #[serde(default)]
    tenant_id: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct InvokeOutput {
    status_code: u16,
    executed_version: Option<String>,
    function_error: Option<&'static str>,
    log_result: Option<String>,
    payload: Option<Blob>,
}

impl InvokeOutput {
    fn status(status_code: u16) -> Self {
        Self {
            status_code,
            executed_version: None,
            function_error: None,
            log_result: None,
            payload: None,
        }
    }
}

/// The only place where refused invocations meet codes and statuses.
fn refused(error: InvokeError) -> WireError {
    let (status, code) = match &error {
        InvokeError::Function(error) => return wire(error.clone()),
        InvokeError::Payload(_) => (400, "InvalidRequestContentException"),
        InvokeError::PayloadTooLarge(_) => (413, "RequestTooLargeException"),
        InvokeError::NotPermitted { .. } | InvokeError::RoleNotAssumable => {
            (403, "AccessDeniedException")
        }
        InvokeError::NotRegistered { .. } => (502, "InvalidRuntimeException"),
        InvokeError::Key { code, .. } => (502, *code),
        InvokeError::BudgetExceeded { .. } => (500, "ServiceException"),
    };
    let kind = if status < 500 { "User" } else { "Service" };
    WireError::new(status, code, error.to_string()).with_field("Type", kind)
}

pub(crate) fn invoke<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let input: InvokeInput = read(input)?;
        if input.durable_execution_name.is_some() {
            return Err(WireError::not_implemented("DurableExecutionName"));
        }
        if input.tenant_id.is_some() {
            return Err(WireError::not_implemented("TenantId"));
        }
        let with_tail = input.log_type.as_deref() == Some("Tail");
        let invocation = Invocation {
            scope: call.scope.clone(),
            function: input.function_name,
            qualifier: input.qualifier,
            payload: input.payload.map_or_else(Bytes::new, |blob| blob.0),
            invoked_by: InvokedBy::Caller(call.caller.clone()),
            cause: call.cause,
            request_id: call.request_id.clone(),
            trace_id: call.trace_id.clone(),
            budget_ms: BUDGET_MS,
        };
        match input.invocation_type.as_deref() {
            Some("DryRun") => {
                permit(door, &door.cloud(), &invocation, call.now).map_err(refused)?;
                return Reply::to(&InvokeOutput::status(204));
            }
            Some("Event") => {
                // What the function raises stays with it: the invoker is gone. Nothing is retried.
                door.invoke(invocation).await.map_err(refused)?;
                return Reply::to(&InvokeOutput::status(202));
            }
            _ => {}
        }
        let invoked = door.invoke(invocation).await.map_err(refused)?;
        Reply::to(&InvokeOutput {
            executed_version: Some(invoked.version),
            function_error: invoked.function_error,
            log_result: with_tail.then(|| STANDARD.encode(&invoked.log_tail)),
            payload: Some(Blob(invoked.payload)),
            ..InvokeOutput::status(200)
        })
    })
}
