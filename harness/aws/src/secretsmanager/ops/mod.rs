//! Decode, call, encode; the only place where the service's errors meet codes and statuses.
//!
//! - [`secret`]: secrets as a whole: make, change, delete, list, tag.
//! - [`value`]: what they hold: versions, labels, passwords.
//! - [`batch`]: many values in one answer, each decided by itself.
//! - [`policy`]: resource policies.
//! - [`rotation`]: new contents, made by a function.

pub(super) mod batch;
pub(super) mod policy;
pub(super) mod rotation;
pub(super) mod secret;
pub(super) mod value;

use authlab_kernel::Secret;
use authlab_wire::{Blob, Value, WireError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::fault;
use super::filter::Filter;
use super::secret::{Content, Entry};
use crate::cloud::Cloud;
use crate::evidence::Reason;
use crate::operation::{Call, page};

/// Codes as the model states them; every one is a 400, as awsJson has it.
pub(super) fn wire(error: Error) -> WireError {
    let code = match &error {
        Error::NoSuchSecret | Error::NoSuchStage(_) | Error::NoSuchVersion(_) => {
            "ResourceNotFoundException"
        }
        Error::StageOfOtherVersion
        | Error::MarkedForDeletion
        | Error::NameScheduledForDeletion
        | Error::NoContent
        | Error::NoToken
        | Error::NoRotationFunction
        | Error::RotationUnderWay
        | Error::RotationTokenInUse { .. }
        | Error::DefaultKey => "InvalidRequestException",
        Error::FunctionNotInvocable => "AccessDeniedException",
        Error::Encryption => "EncryptionFailure",
        Error::Decryption => "DecryptionFailure",
        Error::SecretExists(_) | Error::TokenInUse { .. } => "ResourceExistsException",
        Error::Name => "ValidationException",
        Error::TwoContents
        | Error::RecoveryWindow
        | Error::ForceWithWindow
        | Error::StageHeld { .. }
        | Error::StageNotHeld { .. }
        | Error::CurrentRemoved
        | Error::NoVersionNamed
        | Error::BatchSize
        | Error::BatchOfWhat
        | Error::NoRotationToken
        | Error::Schedule(_)
        | Error::FunctionArn(_)
        | Error::RotationToken
        | Error::FilterKey
        | Error::FilterValues(_)
        | Error::ReplicaRegion
        | Error::TooManyTags(_)
        | Error::Parameter(_) => "InvalidParameterException",
        Error::TooManyStages(_) => "LimitExceededException",
        Error::Policy(_) | Error::Principal => "MalformedPolicyDocumentException",
        Error::PublicPolicy => "PublicPolicyException",
        Error::NextToken => "InvalidNextTokenException",
        Error::NotImplemented(_) => {
            return WireError::new(501, "NotImplemented", error.to_string());
        }
    };
    let answer = WireError::new(400, code, error.to_string());
    let reason = match &error {
        Error::DefaultKey => Some(Reason::SecretDefaultKey),
        Error::RotationUnderWay => Some(Reason::RotationUnderWay),
        Error::FunctionNotInvocable => Some(Reason::RotationNotInvocable),
        _ => None,
    };
    let answer = match reason {
        Some(reason) => answer.because(reason),
        None => answer,
    };
    match fault::of(&error) {
        Some(fault) => fault.on(answer),
        None => answer,
    }
}

/// Whether the call opens a secret that is encrypted with the default key of another account: the
/// answer to it then, for a call that a backend would perform.
pub fn key_refusal(cloud: &Cloud, call: &Call, input: &Value) -> Option<WireError> {
    let has_content = ["SecretString", "SecretBinary"]
        .iter()
        .any(|it| input.get(it).is_some());
    let opens = match call.operation {
        "GetSecretValue" | "PutSecretValue" => true,
        "UpdateSecret" => has_content,
        _ => false,
    };
    let id = input
        .get("SecretId")
        .and_then(Value::as_text)
        .filter(|_| opens)?;
    cloud
        .secretsmanager
        .check_key(id, &call.scope, call.now)
        .map_err(wire)
        .err()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SecretIdInput {
    secret_id: String,
}

/// One of two contents.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContentInput {
    #[serde(default)]
    secret_string: Option<String>,
    #[serde(default)]
    secret_binary: Option<Blob>,
}

impl ContentInput {
    fn has_any(&self) -> bool {
        self.secret_string.is_some() || self.secret_binary.is_some()
    }

    fn content(self) -> Result<Option<Content>, Error> {
        match (self.secret_string, self.secret_binary) {
            (Some(_), Some(_)) => Err(Error::TwoContents),
            (Some(text), None) => Ok(Some(Content::Text(Secret::new(text)))),
            (None, Some(Blob(bytes))) => {
                Ok(Some(Content::Binary(Secret::new(STANDARD.encode(bytes)))))
            }
            (None, None) => Ok(None),
        }
    }
}

/// A content as it is answered.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ContentOutput {
    secret_string: Option<String>,
    secret_binary: Option<Blob>,
}

impl ContentOutput {
    fn of(content: Option<&Content>) -> Self {
        match content {
            None => Self {
                secret_string: None,
                secret_binary: None,
            },
            Some(Content::Text(text)) => Self {
                secret_string: Some(text.expose_secret().to_owned()),
                secret_binary: None,
            },
            Some(Content::Binary(encoded)) => {
                let bytes = STANDARD.decode(encoded.expose_secret()).unwrap_or_default();
                Self {
                    secret_string: None,
                    secret_binary: Some(bytes.into()),
                }
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FilterInput {
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    values: Option<Vec<String>>,
}

fn filters(given: Vec<FilterInput>) -> Result<Vec<Filter>, Error> {
    given
        .into_iter()
        .map(|filter| {
            let key = filter.key.ok_or(Error::FilterKey)?;
            match filter.values.filter(|values| !values.is_empty()) {
                Some(values) => Ok(Filter { key, values }),
                None => Err(Error::FilterValues(key)),
            }
        })
        .collect()
}

/// `ARN` and `Name`, which most answers are.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NamedOutput<'a> {
    #[serde(rename = "ARN")]
    arn: &'a str,
    name: &'a str,
}

impl<'a> NamedOutput<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            arn: &entry.arn,
            name: &entry.name,
        }
    }
}

/// `ARN`, `Name` and the version that was made.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct VersionedOutput<'a> {
    #[serde(rename = "ARN")]
    arn: &'a str,
    name: &'a str,
    version_id: Option<String>,
}

/// One page of `items` and the token of the next.
fn page<T>(
    items: Vec<T>,
    size: usize,
    token: Option<String>,
) -> Result<(Vec<T>, Option<String>), Error> {
    page::numbered_within(items, token.as_deref(), size).map_err(|_| Error::NextToken)
}
