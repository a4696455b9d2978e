//! The key of a function's environment variables, where it has one of its owner's.
//!
//! Who configures it needs `kms:CreateGrant` and `kms:Encrypt`, who looks at the variables
//! `kms:Decrypt`, all through Lambda; the function's role gets a grant to decrypt, which goes with the
//! role, and without which its own policies and the key's have to do.
//! Sources: Lambda developer guide, `configuration-envvars-encryption.html` (the permissions; that
//! nobody else sees the variables); public reports for the texts of an alias and of a role that may
//! not decrypt, and for what a role that was replaced is told. What the grant says, and the texts
//! beside these, are `unverified`.

use authlab_kernel::Scope;
use authlab_wire::WireError;

use super::error::Error;
use super::function::Configuration;
use super::ops::wire;
use crate::cloud::Cloud;
use crate::evidence::Reason;
use crate::front::{Permitted, Refused};
use crate::operation::{Call, Check, Refusal};
use crate::shared::{EncryptionContext, KeyError, via};

/// What a role may do by its grant.
const GRANTED: [&str; 2] = ["Decrypt", "RetireGrant"];

/// A function's use of its key.
fn of<'a>(scope: &Scope, function_arn: &str, key: &'a str) -> via::Use<'a> {
    let refusal = wire(Error::Key(String::new()));
    via::Use {
        service: "lambda",
        key: Some(key),
        home: scope.clone(),
        context: EncryptionContext::from([(
            "aws:lambda:FunctionArn".to_owned(),
            function_arn.to_owned(),
        )]),
        refusal: refusal.because(Reason::KmsAccessDenied),
    }
}

/// What the service says that cannot configure a key.
fn not_configured(action: &str, exception: &str, message: &str) -> Error {
    Error::Key(format!(
        "Lambda was unable to configure access to your environment variables because the KMS key is \
         invalid for {action}. Please check your KMS key settings. KMS Exception: {exception} KMS \
         Message: {message}"
    ))
}

fn is_alias(key: &str) -> bool {
    key.contains(":alias/")
}

/// What who gives a function a key needs, or variables or another role to one that has a key.
pub(super) fn checks(
    cloud: &Cloud,
    call: &Call,
    (function_arn, role): (&str, &str),
    key: &str,
) -> Vec<Check> {
    if is_alias(key) {
        // The operation says in its own words that it takes none.
        return Vec::new();
    }
    let asked = of(&call.scope, function_arn, key);
    let checks = via::checks(cloud, call, &asked, &["CreateGrant", "Encrypt"]);
    let with_grant = checks.into_iter().map(|check| match check.action.as_str() {
        "kms:CreateGrant" => check
            .with("kms:GrantIsForAWSResource", "true")
            .with("kms:GranteePrincipal", role)
            .with_all("kms:GrantOperations", GRANTED.map(str::to_owned).into()),
        _ => check,
    });
    with_grant
        .map(|mut check| {
            check.refusal = Some(Refusal::Around(not_granted));
            check
        })
        .collect()
}

/// What is said of an action of the key's service that is refused with that service's sentence.
fn not_granted(action: &str, sentence: &str) -> WireError {
    let action = action.trim_start_matches("kms:");
    let error = not_configured(action, "AccessDeniedException", sentence);
    wire(error).because(Reason::KmsAccessDenied)
}

/// Whether a key can be given to a function, after its policy was asked.
///
/// # Errors
/// It is an alias, is not there, or cannot be used.
pub(super) fn check_configurable(
    cloud: &Cloud,
    call: &Call,
    function_arn: &str,
    key: &str,
) -> Result<(), WireError> {
    if is_alias(key) {
        let message = "Key Aliases are not supported for this operation.";
        return Err(wire(not_configured(
            "CreateGrant",
            "InvalidArnException",
            message,
        )));
    }
    let asked = of(&call.scope, function_arn, key);
    via::check_usable(cloud, call, &asked).map_err(|error| {
        let (_, exception) = unusable(&error);
        wire(not_configured("CreateGrant", exception, &error.to_string()))
    })
}

/// Lets a function's role decrypt its variables.
///
/// # Errors
/// The key cannot be used.
pub(super) fn grant(
    cloud: &mut Cloud,
    call: &Call,
    (function_arn, role): (&str, &str),
    key: &str,
) -> Result<(), WireError> {
    let Some(role) = cloud
        .shared
        .iam
        .role_by_arn(role)
        .map(|role| role.id.clone())
    else {
        return Ok(());
    };
    let asked = of(&call.scope, function_arn, key);
    via::grant(cloud, call, &asked, &role, &GRANTED)
        .map_err(|error| wire(Error::Key(error.to_string())))
}

/// The code of an invocation with a key that cannot be used, and that of the key's own service.
fn unusable(error: &KeyError) -> (&'static str, &'static str) {
    match error {
        KeyError::Disabled(_) => ("KMSDisabledException", "DisabledException"),
        KeyError::PendingDeletion(_) => ("KMSInvalidStateException", "KMSInvalidStateException"),
        _ => ("KMSNotFoundException", "NotFoundException"),
    }
}

/// Why a function's variables stay closed.
pub(super) struct Closed {
    /// The code of an invocation.
    pub code: &'static str,
    /// The key's service's own code and text.
    pub exception: &'static str,
    pub message: String,
}

/// The variables of a function that a key keeps closed.
pub(super) struct Kept<'a> {
    asked: via::Use<'a>,
}

/// What keeps a function's variables closed; `None` where nothing does.
pub(super) fn keeper(function: &Configuration) -> Option<Kept<'_>> {
    let has_variables = function
        .environment
        .as_ref()
        .is_some_and(|it| !it.is_empty());
    let key = function.kms_key.as_deref().filter(|_| has_variables)?;
    let asked = of(&function.scope, &function.arn, key);
    Some(Kept { asked })
}

impl Kept<'_> {
    /// What who reads the variables needs.
    pub(super) fn checks(&self, cloud: &Cloud, call: &Call) -> Vec<Check> {
        via::checks(cloud, call, &self.asked, &["Decrypt"])
    }

    /// Whether they can be read, after it was decided whether they may be. What is refused and goes
    /// through opens whatever the key's state is: it was not asked for.
    ///
    /// # Errors
    /// The key does not let them.
    pub(super) fn open(
        &self,
        cloud: &Cloud,
        call: &Call,
        permitted: Result<Permitted, Refused>,
    ) -> Result<(), Closed> {
        match permitted {
            Ok(Permitted::LetThrough) => Ok(()),
            Ok(Permitted::Allowed) => {
                via::check_usable(cloud, call, &self.asked).map_err(|error| {
                    let (code, exception) = unusable(&error);
                    Closed {
                        code,
                        exception,
                        message: error.to_string(),
                    }
                })
            }
            Err(refused) => Err(Closed {
                code: "KMSAccessDeniedException",
                exception: "AccessDeniedException",
                message: refused.sentence(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
