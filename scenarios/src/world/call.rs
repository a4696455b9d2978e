//! Calls whose answer becomes the scenario's outcome.

use authlab::Credentials;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;

use super::{AwsAnswer, HttpAnswer, Outcome, World};
use crate::{
    client::{AwsOutput, HttpRequest, Signing, aws::AwsResult, http::text},
    error::StepResult,
    things::api::Api,
};

/// One call of an API.
#[derive(Clone, Debug)]
pub struct ApiCall {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// Headers beside `host` and those of a signature.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Who signs it; nobody when absent.
    pub signer: Option<Credentials>,
}

impl ApiCall {
    /// A call without headers, body and signature.
    #[must_use]
    pub fn new(method: Method, target: &str) -> Self {
        Self {
            method,
            target: target.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            signer: None,
        }
    }

    /// With this token in `Authorization`.
    ///
    /// # Errors
    /// When no header can hold it.
    pub fn bearer(mut self, token: &str) -> StepResult<Self> {
        let value = HeaderValue::from_str(&format!("Bearer {token}"))?;
        self.headers.insert(header::AUTHORIZATION, value);
        Ok(self)
    }

    /// Signed with these credentials.
    #[must_use]
    pub fn signed_by(mut self, signer: Credentials) -> Self {
        self.signer = Some(signer);
        self
    }
}

impl World {
    /// Calls an API under its own host name; the answer becomes the outcome.
    ///
    /// # Errors
    /// When the call cannot be made. A refusal is an outcome.
    pub async fn call_api(&mut self, api: &Api, call: ApiCall) -> StepResult {
        let endpoint = self.lab().endpoints().aws.clone();
        let mut request = HttpRequest::new(call.method, endpoint, call.target);
        request.headers = call.headers;
        request
            .headers
            .insert(header::HOST, HeaderValue::from_str(&api.host)?);
        request.body = call.body;
        if let Some(signer) = &call.signer {
            let signing = Signing {
                service: "execute-api",
                region: self.lab().region(),
                time: self.now(),
                habit: self.habit_of(signer),
            };
            signing.sign(&mut request, &api.host, signer)?;
        }
        // The scenario's author says which page calls, as who starts a lab does by `--allow-origin`:
        // whether the API answers that page is the API's own matter (CORS).
        if let Some(Ok(origin)) = request.headers.get(header::ORIGIN).map(HeaderValue::to_str) {
            // What is no origin is refused at the port.
            let _refused = self.lab().allow_origin(origin);
        }
        let response = self.http().send(request).await?;
        let request_id = response.headers().get("apigw-requestid");
        let request_id = request_id
            .and_then(|id| id.to_str().ok())
            .map(str::to_owned);
        self.set_outcome(Outcome::Http(HttpAnswer {
            status: response.status(),
            headers: response.headers().clone(),
            body: text(response.body()),
            request_id,
        }));
        Ok(())
    }

    /// Takes an AWS answer as the outcome; gives back the output when the call was allowed.
    pub fn take_aws(&mut self, result: AwsResult) -> Option<AwsOutput> {
        let (outcome, output) = match result {
            Ok(output) => {
                let answer = AwsAnswer {
                    request_id: output.request_id.clone(),
                    output: Value::Null,
                };
                (Ok(answer), Some(output))
            }
            Err(refusal) => (Err(refusal), None),
        };
        self.set_outcome(Outcome::Aws(outcome));
        output
    }

    /// Keeps what later steps need of the AWS answer that was taken last.
    pub fn keep_output(&mut self, kept: Value) {
        if let Some(Outcome::Aws(Ok(answer))) = self.outcomes.last_mut() {
            answer.output = kept;
        }
    }
}
