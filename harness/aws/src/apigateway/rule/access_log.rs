//! Where access logs go, and their format.

use authlab_gateway::access_log::{FormatError, LogFormat};
use authlab_gateway::deployment::ApiKind;
use authlab_kernel::Scope;

use crate::apigateway::error::Error;
use crate::apigateway::resource::AccessLogSettings;

/// Looks whether logs can go there. Destination and format may be given one after the other (recorded).
///
/// # Errors
/// It is no log group of the account and Region, or no format of a REST API.
pub fn check(settings: &AccessLogSettings, scope: &Scope) -> Result<(), Error> {
    if let Some(arn) = settings.destination_arn.as_deref() {
        if arn.contains(":firehose:") {
            return Err(Error::not_implemented("access logs to Firehose"));
        }
        if group(arn, scope).is_none() {
            let own = scope.arn("logs", "log-group:");
            let problem =
                format!("`{arn}` is no log group of this account and Region: give {own}NAME");
            return Err(Error::invalid("accessLogSettings.destinationArn", problem));
        }
    }
    if let Some(format) = settings.format.as_deref() {
        let checked = LogFormat::parse(format).check(ApiKind::Rest);
        checked.map_err(|error| match error {
            FormatError::NoRequestId => Error::stated(error.to_string()),
            FormatError::Unknown(_) | FormatError::UnknownOfRest(_) => {
                Error::invalid("accessLogSettings.format", error.to_string())
            }
        })?;
    }
    Ok(())
}

/// The name of a log group of an account and Region.
pub fn group(arn: &str, scope: &Scope) -> Option<String> {
    let group = arn.strip_prefix(&scope.arn("logs", "log-group:"))?;
    let group = group.strip_suffix(":*").unwrap_or(group);
    (!group.is_empty()).then(|| group.to_owned())
}
