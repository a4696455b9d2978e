//! The lab of one row: calls of its AWS services by the models, signed and over HTTP.

use std::net::SocketAddr;
use std::path::Path;

use authlab::{ClockStart, Credentials, Lab, LabFile};
use authlab_wire::sigv4::{Options, Signer};
use authlab_wire::{Models, Routed, request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{HeaderValue, Response, header};
use serde_json::{Value as Json, json};

use crate::wire::exchange;

/// The account of every row.
pub(super) const ACCOUNT: &str = "111111111111";
/// The Region of every row.
pub(super) const REGION: &str = "us-east-1";

/// The origin of the pages of every row.
const ORIGIN: &str = "https://app.example.com";

/// A lab, and who administers its accounts.
pub(super) struct Bench {
    pub(super) lab: Lab,
    pub(super) address: SocketAddr,
    administrator: Credentials,
}

/// What a call was answered.
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) body: Json,
}

impl Bench {
    /// Starts a lab with these issuers: URL and algorithm.
    pub(super) async fn start(
        clock: Option<&str>,
        issuers: &[(String, String)],
    ) -> Result<Self, String> {
        let mut file = format!("seed = 1\nregion = \"{REGION}\"\n");
        for (id, name) in [(ACCOUNT, "management"), ("222222222222", "other")] {
            file.push_str(&format!("[[account]]\nid = \"{id}\"\nname = \"{name}\"\n"));
        }
        for (at, (url, algorithm)) in issuers.iter().enumerate() {
            file.push_str(&format!(
                "[[issuer]]\nname = \"issuer{at}\"\nurl = \"{url}\"\nalgorithm = \"{algorithm}\"\n"
            ));
        }
        let file = LabFile::parse(Path::new("lab.toml"), &file);
        let builder = Lab::builder().file(file.map_err(|error| error.to_string())?);
        let builder = builder.allow_origin(ORIGIN);
        let mut builder = builder.map_err(|error| error.to_string())?;
        if let Some(clock) = clock {
            builder = builder.clock(clock.parse::<ClockStart>()?);
        }
        let lab = builder.start().await.map_err(|error| error.to_string())?;
        let address = lab.endpoints().aws.split("://").last().unwrap_or_default();
        let address = address
            .parse()
            .map_err(|_| format!("no address: `{address}`"))?;
        let administrator = lab.administrator_credentials("management");
        Ok(Self {
            administrator: administrator.map_err(|error| error.to_string())?,
            lab,
            address,
        })
    }

    /// Who administers an account.
    pub(super) fn administrator(&self, account: &str) -> Result<Credentials, String> {
        let name = if account == ACCOUNT {
            "management"
        } else {
            "other"
        };
        let found = self.lab.administrator_credentials(name);
        found.map_err(|error| error.to_string())
    }

    /// A call of the account's administrator, which must succeed.
    pub(super) async fn call(&self, operation: &str, input: Json) -> Result<Json, String> {
        self.call_as(&self.administrator, operation, input).await
    }

    /// A call that must succeed.
    pub(super) async fn call_as(
        &self,
        signer: &Credentials,
        operation: &str,
        input: Json,
    ) -> Result<Json, String> {
        let answered = self.ask(signer, operation, &input).await?;
        if answered.status >= 300 {
            return Err(format!(
                "{operation} {input} was answered {}: {}",
                answered.status, answered.body
            ));
        }
        Ok(answered.body)
    }

    /// A call of the account's administrator, whatever is answered.
    pub(super) async fn ask_own(&self, operation: &str, input: &Json) -> Result<Answered, String> {
        self.ask(&self.administrator, operation, input).await
    }

    async fn ask(
        &self,
        signer: &Credentials,
        operation: &str,
        input: &Json,
    ) -> Result<Answered, String> {
        let (service, name) = operation
            .split_once(':')
            .unwrap_or(("apigateway", operation));
        let model = Models::service(service).ok_or_else(|| format!("no service `{service}`"))?;
        let found = model.operation(name);
        let found = found.ok_or_else(|| format!("`{service}` has no operation `{name}`"))?;
        let call = Routed {
            operation: found,
            protocol: model.protocol(),
        };
        let input = request::input(found, input);
        let outgoing = request::request(&call, &input);
        let mut outgoing = outgoing.map_err(|error| error.to_string())?;
        let host = self.address.to_string();
        let wrong = |error: &dyn std::fmt::Display| format!("{operation}: {error}");
        let value = HeaderValue::from_str(&host).map_err(|error| wrong(&error))?;
        outgoing.headers.insert(header::HOST, value);
        let signer = Signer {
            access_key: &signer.access_key_id,
            secret: signer.secret_access_key.expose_secret(),
            session_token: signer.session_token.as_ref().map(|it| it.expose_secret()),
            region: REGION,
            service: model.signing_name,
            now: self.lab.clock().now(),
            options: Options::STANDARD,
        };
        outgoing.sign(&signer).map_err(|error| wrong(&error))?;
        let headers = outgoing.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.as_str().to_owned(), value)
        });
        let headers: Vec<(String, String)> = headers.collect();
        let (method, target) = (outgoing.method.as_str(), outgoing.target());
        let body = Some(outgoing.body.to_vec());
        let answer = exchange(self.address, method, &target, &headers, body).await;
        let answer = answer.map_err(|error| wrong(&error))?;
        let mut response = Response::builder().status(answer.status);
        for (name, value) in &answer.fields {
            response = response.header(name, value);
        }
        let response = response.body(Bytes::from(answer.bytes));
        let response = response.map_err(|error| wrong(&error))?;
        let read = request::answer(&call, &response).map_err(|error| wrong(&error))?;
        let body = match read.result {
            Ok(value) => serde_json::to_value(&value).map_err(|error| wrong(&error))?,
            Err(refusal) => json!({"code": refusal.code, "message": refusal.message}),
        };
        Ok(Answered {
            status: read.status,
            body,
        })
    }

    /// A token with these claims, from the lab's control API.
    pub(super) async fn token(&self, asked: &Json) -> Result<String, String> {
        let control = &self.lab.endpoints().control;
        let address = control.split("://").last().unwrap_or_default();
        let address = address
            .parse()
            .map_err(|_| format!("no address: `{address}`"))?;
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let body = Some(asked.to_string().into_bytes());
        let answer = exchange(address, "POST", "/_lab/oidc/token", &headers, body).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let token = answer
            .json()
            .and_then(|json| Some(json.get("token")?.as_str()?.to_owned()));
        token.ok_or_else(|| format!("no token of {asked}: {}", answer.body))
    }
}

/// Bytes as the model's blobs are written.
pub(super) fn blob(bytes: &[u8]) -> Json {
    Json::String(BASE64.encode(bytes))
}
