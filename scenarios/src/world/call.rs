//! Calls whose answer becomes the scenario's outcome.

use std::time::SystemTime;

use authlab::Credentials;
use aws_credential_types::Credentials as SigningCredentials;
use aws_sdk_sts::operation::RequestId;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::Value;

use super::{
    Api, AwsAnswer, AwsRefusal, HttpAnswer, HttpRequest, Outcome, VaultAnswer, World, http::text,
};
use crate::error::{StepError, StepResult};

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
            self.sign(&mut request, &api.host, signer, "execute-api")?;
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

    /// Signs a request to `host` for the AWS service `signing_name`, at the lab's time.
    ///
    /// # Errors
    /// When the request cannot be signed.
    pub fn sign(
        &self,
        request: &mut HttpRequest,
        host: &str,
        signer: &Credentials,
        signing_name: &str,
    ) -> StepResult {
        let (region, time) = (self.lab().region(), self.now());
        Signing {
            service: signing_name,
            region,
            time,
        }
        .sign(request, host, signer)
    }

    /// Takes an AWS answer as the outcome; the output when the call was allowed.
    ///
    /// # Errors
    /// When nobody answered. A refusal is an outcome.
    pub fn take_aws<O, E>(
        &mut self,
        result: Result<O, SdkError<E, HttpResponse>>,
    ) -> StepResult<Option<O>>
    where
        O: RequestId,
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match result {
            Ok(output) => {
                let request_id = output.request_id().map(str::to_owned);
                self.set_outcome(Outcome::Aws(Ok(AwsAnswer {
                    request_id,
                    output: Value::Null,
                })));
                Ok(Some(output))
            }
            Err(SdkError::ServiceError(refused)) => {
                let headers = refused.raw().headers();
                let request_id = headers.request_id().map(str::to_owned);
                let metadata = refused.err().meta();
                self.set_outcome(Outcome::Aws(Err(AwsRefusal {
                    code: metadata.code().unwrap_or_default().to_owned(),
                    message: metadata.message().unwrap_or_default().to_owned(),
                    request_id,
                })));
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps what later steps need of the AWS answer that was taken last.
    pub fn keep_output(&mut self, kept: Value) {
        if let Some(Outcome::Aws(Ok(answer))) = &mut self.outcome {
            answer.output = kept;
        }
    }

    /// Calls Vault's HTTP API: `GET`, `secret/data/production/db`.
    ///
    /// # Errors
    /// When nobody answers. A refusal is an answer; the caller decides whether it is the outcome.
    pub async fn vault(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> StepResult<VaultAnswer> {
        let endpoint = self.lab().endpoints().vault.clone();
        let mut request = HttpRequest::new(method, endpoint, format!("/v1/{path}"));
        if let Some(token) = token {
            request = request.header("x-vault-token", token)?;
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = self.http().send(request).await?;
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

    /// Calls Vault's HTTP API as root; only a success will do.
    ///
    /// # Errors
    /// When Vault refuses.
    pub async fn vault_as_root(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> StepResult<Value> {
        let token = self.lab().vault_root_token();
        let what = format!("{method} {path}");
        let answer = self.vault(Some(&token), method, path, body).await?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        Err(StepError::new(format!(
            "{what} was answered {}: {}",
            answer.status, answer.body
        )))
    }
}

/// What a signature (Signature Version 4) is made for, and when.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// The signing name of the service: `execute-api`.
    pub service: &'a str,
    /// The Region.
    pub region: &'a str,
    /// The signer's time.
    pub time: SystemTime,
}

impl Signing<'_> {
    /// Signs a request to `host`: the headers of the signature are added to it.
    ///
    /// # Errors
    /// When the request cannot be signed.
    pub fn sign(&self, request: &mut HttpRequest, host: &str, signer: &Credentials) -> StepResult {
        let identity = SigningCredentials::new(
            signer.access_key_id.clone(),
            signer.secret_access_key.expose_secret(),
            signer
                .session_token
                .as_ref()
                .map(|token| token.expose_secret().to_owned()),
            None,
            "authlab",
        )
        .into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(self.time)
            .settings(SigningSettings::default())
            .build()?;
        let url = format!("http://{host}{}", request.target);
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| Ok((name.as_str(), value.to_str()?)));
        let headers: Vec<_> = headers.collect::<StepResult<_>>()?;
        let body = SignableBody::Bytes(&request.body);
        let method = request.method.as_str();
        let signable = SignableRequest::new(method, url, headers.into_iter(), body)?;
        let (instructions, _signature) = sign(signable, &parameters.into())?.into_parts();
        let (added, _query) = instructions.into_parts();
        for added in added {
            let name = HeaderName::from_bytes(added.name().as_bytes())?;
            request
                .headers
                .insert(name, HeaderValue::from_str(added.value())?);
        }
        Ok(())
    }
}
