//! Sessions that the lab gives: no request, no caller, no decision.

use authlab_kernel::{AccountId, Scope};
use authlab_wire::{Models, Protocol, Value, WireError, validate};

use super::authentication::{identify, scope_region};
use super::door::FrontDoor;
use crate::operation::Call;
use crate::sts::{self, Given};

/// The operation that the journal names beside the credentials.
const OPERATION: &str = "GiveSession";

impl FrontDoor {
    /// Gives a session of any role, by the input of AssumeRole, without asking its trust policy. The
    /// journal tells it as it tells every credential.
    ///
    /// # Errors
    /// In the words of AssumeRole: a member that is none, a role that is not there, a duration beyond
    /// the role's.
    pub async fn give_session(&self, input: &serde_json::Value) -> Result<Given, WireError> {
        let invalid = |text: String| WireError::new(400, "ValidationError", text);
        let input: Value =
            authlab_wire::to_value(input).map_err(|error| invalid(error.to_string()))?;
        let operation = Models::service("sts").and_then(|model| model.operation("AssumeRole"));
        let operation =
            operation.ok_or_else(|| invalid("the model of STS has no AssumeRole".to_owned()))?;
        validate(operation, &input).map_err(|failure| invalid(failure.to_string()))?;
        let (given, effect) = {
            let mut cloud = self.cloud();
            let call = self.call_of_the_lab(&cloud, &input)?;
            sts::give(&mut cloud, &call, input)?
        };
        self.perform(vec![effect], 0).await;
        Ok(given)
    }

    /// The call in whose course a session is given: of the role's account, by nobody in particular.
    fn call_of_the_lab(
        &self,
        cloud: &crate::cloud::Cloud,
        input: &Value,
    ) -> Result<Call, WireError> {
        let arn = input.get("RoleArn").and_then(Value::as_text);
        let account = arn.and_then(|arn| arn.split(':').nth(4)?.parse::<AccountId>().ok());
        let root = account.and_then(|account| identify(cloud, account.as_str()));
        let root = root.ok_or_else(|| {
            let text = format!("{} is invalid", arn.unwrap_or_default());
            WireError::new(400, "ValidationError", text)
        })?;
        Ok(Call {
            service: "sts",
            operation: OPERATION,
            protocol: Protocol::Query,
            scope: Scope::new(root.caller.account.clone(), scope_region(None)),
            caller: root.caller,
            request_id: self.ids().request_id("aws", OPERATION).into(),
            trace_id: None,
            cause: 0,
            now: self.clock().now(),
            ids: self.ids().clone(),
            source_ip: String::new(),
            user_agent: None,
        })
    }
}
