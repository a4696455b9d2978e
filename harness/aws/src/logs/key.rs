//! The keys of log groups: CloudWatch Logs asks for itself, and the key's policy has to let
//! `logs.REGION.amazonaws.com` in, with the group's ARN as encryption context.
//!
//! Sources: CloudWatch Logs user guide, `encrypt-log-data-kms.html`; the refusals stand in public
//! reports (a key that is named by its id alone; a policy without the service). That exactly these
//! two permissions are asked for is `unverified`: the guide's policy allows more.

use authlab_wire::WireError;

use super::group::group_arn;
use crate::cloud::Cloud;
use crate::evidence::Reason;
use crate::operation::{Call, Check};
use crate::shared::{EncryptionContext, via};

fn of<'a>(call: &Call, group: &str, key: &'a str) -> via::Use<'a> {
    let arn = group_arn(&call.scope, group);
    let message = format!(
        "The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'"
    );
    via::Use {
        service: "logs",
        key: Some(key),
        home: call.scope.clone(),
        refusal: WireError::new(400, "AccessDeniedException", message)
            .because(Reason::KmsAccessDenied),
        context: EncryptionContext::from([("aws:logs:arn".to_owned(), arn)]),
    }
}

fn not_found() -> WireError {
    let message = "The specified KMS Key Id could not be found.";
    WireError::new(400, "InvalidParameterException", message)
}

/// What the service needs of the key of a group.
///
/// # Errors
/// The key is not named by its ARN.
pub(super) fn checks(
    cloud: &Cloud,
    call: &Call,
    group: &str,
    key: &str,
) -> Result<Vec<Check>, WireError> {
    if !key.starts_with("arn:aws:kms:") || !key.contains(":key/") {
        return Err(not_found());
    }
    let service = format!("logs.{}.amazonaws.com", call.scope.region);
    let actions = ["GenerateDataKey", "Decrypt"];
    Ok(via::checks_of_service(
        cloud,
        call,
        &service,
        &of(call, group, key),
        &actions,
    ))
}

/// Whether the key can be used, after its policy was asked.
///
/// # Errors
/// It is disabled, waits for its deletion, or is not there (API reference, `CreateLogGroup`; the
/// text is `unverified` for the first two).
pub(super) fn check_usable(
    cloud: &Cloud,
    call: &Call,
    group: &str,
    key: &str,
) -> Result<(), WireError> {
    via::check_usable(cloud, call, &of(call, group, key)).map_err(|_| not_found())
}
