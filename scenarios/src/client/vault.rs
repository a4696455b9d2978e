//! Vault's HTTP API.

use http::{Method, StatusCode};
use serde_json::Value;

use super::{HttpClient, HttpRequest, http::text};
use crate::error::{StepError, StepResult};

/// A client of Vault without a token of its own.
#[derive(Clone, Debug)]
pub struct VaultClient {
    http: HttpClient,
    endpoint: String,
}

/// What Vault answered.
#[derive(Clone, Debug)]
pub struct VaultAnswer {
    /// The status.
    pub status: StatusCode,
    /// The body; null when there is none.
    pub body: Value,
    /// What names the request in the journal; Vault says it in successes only.
    pub request_id: Option<String>,
}

impl VaultClient {
    /// A client of the Vault at `endpoint`.
    #[must_use]
    pub fn new(http: HttpClient, endpoint: impl Into<String>) -> Self {
        let endpoint = endpoint.into();
        Self { http, endpoint }
    }

    /// Calls the API: `GET`, `secret/data/production/db`.
    ///
    /// # Errors
    /// When nobody answers, or not in JSON. A refusal is an answer.
    pub async fn ask(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> StepResult<VaultAnswer> {
        let mut request = HttpRequest::new(method, &self.endpoint, format!("/v1/{path}"));
        if let Some(token) = token {
            request = request.header("x-vault-token", token)?;
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = self.http.send(request).await?;
        let body = text(response.body());
        let body: Value = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&body).map_err(|error| {
                StepError::new(format!("Vault's answer is no JSON: {error}: {body}"))
            })?
        };
        let request_id = body.get("request_id").and_then(Value::as_str);
        let request_id = request_id.filter(|id| !id.is_empty()).map(str::to_owned);
        Ok(VaultAnswer {
            status: response.status(),
            body,
            request_id,
        })
    }
}

impl VaultAnswer {
    /// A member of the body by JSON pointer.
    ///
    /// # Errors
    /// When Vault refused, in its own words; when the answer has no such member.
    pub fn success(&self, member: &str) -> StepResult<&Value> {
        if !self.status.is_success() {
            let errors: Vec<_> = self.errors().map(str::trim).collect();
            let (status, errors) = (self.status.as_u16(), errors.join("; "));
            let text = format!("Vault answered {status}: {errors}");
            return Err(StepError::refused(&status.to_string(), text));
        }
        let found = self.body.pointer(member);
        found.ok_or_else(|| StepError::new(format!("Vault's answer has no `{member}`")))
    }

    /// The body as a message may show it: without a token.
    #[must_use]
    pub fn shown(&self) -> Value {
        let mut body = self.body.clone();
        for place in ["/auth/client_token", "/wrap_info/token", "/data/id"] {
            if let Some(token) = body.pointer_mut(place) {
                *token = Value::from("(not shown)");
            }
        }
        body
    }

    /// The texts of a refusal.
    pub fn errors(&self) -> impl Iterator<Item = &str> {
        let errors = self.body.get("errors").and_then(Value::as_array);
        errors.into_iter().flatten().filter_map(Value::as_str)
    }
}
