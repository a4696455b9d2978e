//! Calls of AWS, driven by the service models: any operation of any service that has a model.

use authlab::{Clock, Credentials};
use authlab_wire::{Model, Models, Operation, Routed, Value, request};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use http::{HeaderValue, header};
use serde_json::Value as Json;

use super::{Habit, HttpClient, HttpRequest, Signing};
use crate::error::{StepError, StepResult};

/// A client of AWS as one caller: it signs by the lab's clock, and sends every request once.
#[derive(Clone, Debug)]
pub struct AwsClient {
    http: HttpClient,
    endpoint: String,
    region: String,
    clock: Clock,
    signer: Option<Credentials>,
    habit: Habit,
    #[cfg(feature = "sdk")]
    sdk: Option<aws_config::SdkConfig>,
}

/// What an operation answered, with the names of its model.
#[derive(Clone, Debug, PartialEq)]
pub struct AwsOutput {
    /// Model and operation: `iam:CreateRole`.
    pub operation: String,
    /// What names the request in the journal.
    pub request_id: Option<String>,
    /// The output.
    pub value: Value,
}

/// What an AWS service refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AwsRefusal {
    /// The HTTP status.
    pub status: u16,
    /// The error code: `AccessDenied`.
    pub code: String,
    /// The text; empty when there is none.
    pub message: String,
    /// What names the request in the journal.
    pub request_id: Option<String>,
}

/// What a call came to.
pub type AwsResult = Result<AwsOutput, AwsRefusal>;

/// Where a client calls, and when.
pub(crate) struct Place<'a> {
    pub(crate) http: HttpClient,
    pub(crate) endpoint: &'a str,
    pub(crate) region: &'a str,
    pub(crate) clock: &'a Clock,
    #[cfg(feature = "sdk")]
    pub(crate) sdk: Option<aws_config::SdkConfig>,
}

impl AwsClient {
    /// A client that signs with these credentials; without any it does not sign.
    pub(crate) fn new(place: Place<'_>, signer: Option<Credentials>) -> Self {
        Self {
            http: place.http,
            endpoint: place.endpoint.to_owned(),
            region: place.region.to_owned(),
            clock: place.clock.clone(),
            signer,
            habit: Habit::default(),
            #[cfg(feature = "sdk")]
            sdk: place.sdk,
        }
    }

    /// The same client with a habit of signing. An SDK has none: calls are made without it.
    #[must_use]
    pub fn with_habit(mut self, habit: Option<Habit>) -> Self {
        if let Some(habit) = habit {
            self.habit = habit;
            #[cfg(feature = "sdk")]
            {
                self.sdk = None;
            }
        }
        self
    }

    /// The same client with other credentials, such as those of an invocation.
    #[must_use]
    pub fn signed_by(mut self, signer: Credentials) -> Self {
        #[cfg(feature = "sdk")]
        {
            let sdk = self.sdk.as_ref();
            self.sdk = sdk.map(|sdk| super::sdk::signed_by(sdk, &signer));
        }
        self.signer = Some(signer);
        self
    }

    /// Calls an operation that must succeed: `iam:CreateRole`.
    ///
    /// # Errors
    /// When it is refused; else as [`AwsClient::ask`].
    pub async fn call(&self, operation: &str, input: Json) -> StepResult<AwsOutput> {
        self.ask(operation, input).await?.map_err(Into::into)
    }

    /// Calls an operation: `iam:CreateRole`.
    ///
    /// # Errors
    /// When there is no such operation, the input is none of it, or nobody answers as AWS does. A
    /// refusal is an answer.
    pub async fn ask(&self, operation: &str, input: Json) -> StepResult<AwsResult> {
        let call = call_named(operation)?;
        let input = request::input(call.operation, &input);
        let outgoing = request::request(&call, &input)?;
        self.send(&call, outgoing).await
    }

    /// Calls an operation with an input that is sent as it stands, for the server to judge.
    ///
    /// # Errors
    /// As [`AwsClient::ask`], but for an input that is none.
    pub async fn ask_unchecked(&self, operation: &str, input: Json) -> StepResult<AwsResult> {
        let call = call_named(operation)?;
        let input = request::input(call.operation, &input);
        let outgoing = request::unchecked_request(&call, &input)?;
        self.send(&call, outgoing).await
    }

    /// Calls an operation of STS or Secrets Manager as a team's own code would: by aws-sdk-rust where
    /// the feature `sdk` is on, else as [`AwsClient::ask`].
    ///
    /// # Errors
    /// As [`AwsClient::ask`].
    pub async fn ask_by_sdk(&self, operation: &str, input: Json) -> StepResult<AwsResult> {
        #[cfg(feature = "sdk")]
        if let Some(sdk) = &self.sdk
            && let Some(answer) = super::sdk::ask(sdk, operation, &input).await?
        {
            return Ok(answer);
        }
        self.ask(operation, input).await
    }

    /// As [`AwsClient::ask_by_sdk`] with an operation that must succeed.
    ///
    /// # Errors
    /// When it is refused; else as [`AwsClient::ask`].
    pub async fn call_by_sdk(&self, operation: &str, input: Json) -> StepResult<AwsOutput> {
        self.ask_by_sdk(operation, input).await?.map_err(Into::into)
    }

    async fn send(&self, call: &Routed, outgoing: request::Outgoing) -> StepResult<AwsResult> {
        let service = call.operation.service;
        let mut sent = HttpRequest::new(outgoing.method.clone(), &self.endpoint, outgoing.target());
        sent.headers = outgoing.headers;
        sent.body = outgoing.body;
        let host = self.endpoint.split("://").last().unwrap_or_default();
        let host = self.habit.called_host.as_deref().unwrap_or(host);
        sent.headers
            .insert(header::HOST, HeaderValue::from_str(host)?);
        // An operation for those who have no key yet is called without a signature.
        if let (Some(signer), false) = (&self.signer, call.operation.is_unsigned) {
            let signing = Signing {
                service: service.signing_name,
                region: &self.region,
                time: self.clock.now(),
                habit: self.habit.clone(),
            };
            signing.sign(&mut sent, host, signer)?;
        }
        let response = self.http.send(sent).await?;
        let answer = request::answer(call, &response)?;
        let request_id = answer.request_id;
        Ok(match answer.result {
            Ok(value) => Ok(AwsOutput {
                operation: format!("{}:{}", service.name, call.operation.name),
                request_id,
                value,
            }),
            Err(refusal) => Err(AwsRefusal {
                status: answer.status,
                code: refusal.code,
                message: refusal.message,
                request_id,
            }),
        })
    }
}

/// The operation of a name such as `iam:CreateRole`.
///
/// # Errors
/// When no model has it, with what there is.
pub fn operation(name: &str) -> StepResult<&'static Operation> {
    let (service, operation) = name.split_once(':').ok_or_else(|| {
        StepError::new(format!(
            "`{name}` is no operation: say service and operation, as in iam:CreateRole"
        ))
    })?;
    let model = service_named(service).ok_or_else(|| {
        let known: Vec<_> = Models::names().collect();
        let known = known.join(", ");
        StepError::new(format!(
            "there is no model of a service `{service}`; there is one of {known}"
        ))
    })?;
    model.operation(operation).ok_or_else(|| {
        let names = model.operation_names();
        let close = names.max_by(|left, right| {
            let near = |name: &str| strsim::jaro_winkler(name, operation);
            near(left).total_cmp(&near(right))
        });
        let close = close.unwrap_or_default();
        StepError::new(format!(
            "`{service}` has no operation `{operation}`: did you mean {close}?"
        ))
    })
}

/// A service by the name of its model, else by the one that it signs with.
fn service_named(name: &str) -> Option<&'static Model> {
    Models::service(name).or_else(|| Models::by_signing_name(name).next())
}

fn call_named(name: &str) -> StepResult<Routed> {
    let operation = operation(name)?;
    Ok(Routed {
        operation,
        protocol: operation.service.protocol(),
    })
}

impl AwsOutput {
    /// What stands at a path of member names: `Role.Arn`; elements of a list are counted from 0.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(&self.value, |value, step| {
            match (value.as_list(), step.parse::<usize>()) {
                (Some(elements), Ok(position)) => elements.get(position),
                _ => value.get(step),
            }
        })
    }

    /// The text at a path.
    ///
    /// # Errors
    /// When there is none.
    pub fn text(&self, path: &str) -> StepResult<&str> {
        let found = self.find(path).and_then(Value::as_text);
        found.ok_or_else(|| {
            let operation = &self.operation;
            StepError::new(format!("the answer of `{operation}` has no text `{path}`"))
        })
    }

    /// The elements of the list at a path; none where there is no list.
    #[must_use]
    pub fn list(&self, path: &str) -> &[Value] {
        self.find(path).and_then(Value::as_list).unwrap_or_default()
    }
}

/// The members of an operation's input that clients draw for each request that does not state them, such as
/// `ClientRequestToken`.
///
/// # Errors
/// As [`operation`].
pub fn idempotency_tokens(name: &str) -> StepResult<Vec<&'static str>> {
    let shape = operation(name)?.input_shape();
    let members = shape.map_or(&[][..], |shape| shape.members()).iter();
    let tokens = members.filter(|member| member.is_idempotency_token);
    Ok(tokens.map(|member| member.name).collect())
}

/// IAM gives documents percent-encoded (RFC 3986).
pub(crate) fn percent_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// A member's text; empty where there is none.
pub(crate) fn member<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_text).unwrap_or_default()
}

/// A list's texts, those of a member.
pub(crate) fn texts<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    let elements = value.get(name).and_then(Value::as_list).unwrap_or_default();
    elements.iter().filter_map(Value::as_text).collect()
}

/// A value as JSON, as a person writes it: timestamps in ISO 8601, blobs in base64.
#[must_use]
pub fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::from(*flag),
        Value::Integer(number) => Json::from(*number),
        Value::Float(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
        Value::Blob(bytes) => Json::from(BASE64.encode(bytes)),
        Value::Timestamp(instant) => Json::from(instant.to_string()),
        Value::List(elements) => elements.iter().map(json).collect(),
        Value::Map(members) => {
            let members = members.iter();
            Json::Object(
                members
                    .map(|(name, value)| (name.clone(), json(value)))
                    .collect(),
            )
        }
    }
}

impl From<AwsRefusal> for StepError {
    fn from(refusal: AwsRefusal) -> Self {
        let text = format!("AWS refused with {}: {}", refusal.code, refusal.message);
        Self::refused(&refusal.code, text)
    }
}
