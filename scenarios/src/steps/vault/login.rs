//! A login by an AWS identity: a signed request for STS that Vault sends on to learn who signed.
//!
//! Source: Vault, `docs/auth/aws`, section "IAM auth method"; `api-docs/auth/aws`, "Login".

use authlab::Credentials;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::Method;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    client::{Habit, HttpRequest, Signing},
    error::StepResult,
};

/// What `X-Vault-AWS-IAM-Server-ID` says: a login signed for one Vault is worthless to another.
pub(crate) const SERVER_ID: &str = "vault.corp.example";

/// The global endpoint of STS, which is of this Region.
const STS_HOST: &str = "sts.amazonaws.com";
const STS_REGION: &str = "us-east-1";

/// A signed GetCallerIdentity. It is as good as a password until its signature is too old.
pub(crate) struct Login {
    /// The URL in base64.
    pub(crate) url: String,
    /// The headers as JSON, in base64.
    pub(crate) headers: String,
    /// The body in base64.
    pub(crate) body: String,
}

impl Login {
    /// The method of the signed request.
    pub(crate) const METHOD: &str = "POST";

    /// Signs at `time`.
    ///
    /// # Errors
    /// When the request cannot be signed.
    pub(crate) fn signed_by(
        signer: &Credentials,
        time: Timestamp,
        habit: Habit,
    ) -> StepResult<Self> {
        Self::for_server(Some(SERVER_ID), signer, time, habit)
    }

    /// The same for another Vault, or for none in particular.
    ///
    /// # Errors
    /// As [`Login::signed_by`].
    pub(crate) fn for_server(
        server: Option<&str>,
        signer: &Credentials,
        time: Timestamp,
        habit: Habit,
    ) -> StepResult<Self> {
        let host = habit.called_host.clone();
        let host = host.unwrap_or_else(|| STS_HOST.to_owned());
        let endpoint = format!("https://{host}");
        let fields = [("Action", "GetCallerIdentity"), ("Version", "2011-06-15")];
        let mut request = HttpRequest::new(Method::POST, &endpoint, "/").form(&fields);
        if let Some(server) = server {
            request = request.header("x-vault-aws-iam-server-id", server)?;
        }
        let signing = Signing {
            service: "sts",
            region: STS_REGION,
            time,
            habit,
        };
        signing.sign(&mut request, &host, signer)?;
        let mut headers = Map::new();
        for (name, value) in &request.headers {
            headers.insert(name.to_string(), Value::from(value.to_str()?));
        }
        Ok(Self {
            url: BASE64.encode(format!("{endpoint}{}", request.target)),
            headers: BASE64.encode(Value::Object(headers).to_string()),
            body: BASE64.encode(&request.body),
        })
    }

    /// The body of the login under a role of Vault.
    pub(crate) fn body(&self, role: &str) -> Value {
        json!({
            "role": role,
            "iam_http_request_method": Self::METHOD,
            "iam_request_url": self.url,
            "iam_request_headers": self.headers,
            "iam_request_body": self.body,
        })
    }
}
