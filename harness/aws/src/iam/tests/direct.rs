//! Calls without a wire, for tables.

use std::sync::Arc;

use authlab_wire::{Value, WireError, from_value, to_value};
use serde_json::Value as Json;

use crate::front::FrontDoor;
use crate::front::testing::{WORKLOAD, door};

/// A value as JSON; bytes as text.
fn json(value: Value) -> Json {
    match value {
        Value::Map(members) => members
            .into_iter()
            .map(|(name, value)| (name, json(value)))
            .collect(),
        Value::List(items) => items.into_iter().map(json).collect(),
        Value::Blob(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        plain => from_value(plain).unwrap(),
    }
}

/// A lab without a port.
pub(crate) struct Direct(pub(crate) Arc<FrontDoor>);

impl Direct {
    pub(crate) fn new() -> Self {
        Self(door())
    }

    /// A call of the root user of the workload account.
    pub(crate) async fn ask(&self, call: &str, input: Json) -> Result<Json, WireError> {
        self.ask_as(WORKLOAD, call, input).await
    }

    /// A call, `iam:CreateRole`, by the bearer of an access key.
    pub(crate) async fn ask_as(
        &self,
        key: &str,
        call: &str,
        input: Json,
    ) -> Result<Json, WireError> {
        let (service, operation) = call.split_once(':').unwrap();
        let input = to_value(&input).unwrap();
        let output = self
            .0
            .perform_as(key, "eu-central-1", service, operation, input)
            .await?;
        Ok(json(output))
    }

    /// The same, which has to succeed.
    pub(crate) async fn done(&self, call: &str, input: Json) -> Json {
        let answer = self.ask(call, input).await;
        answer.unwrap_or_else(|error| panic!("{call}: {error:?}"))
    }
}
