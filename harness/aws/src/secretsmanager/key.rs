//! The keys of secrets: what Secrets Manager asks of the Key Management Service for its caller.
//!
//! Sources: Secrets Manager user guide, `security-encryption.html` (which operation of the other
//! service each operation calls, and with which encryption context); API reference, "Required
//! permissions". That access is refused with `Access to KMS is not allowed` is in many public reports
//! of CreateSecret and GetSecretValue.

use authlab_wire::{Value, WireError};

use super::check::{text, token};
use super::error::Error;
use super::identifier::Identifier;
use super::secret::{Entry, is_default_key};
use crate::cloud::Cloud;
use crate::evidence::Reason;
use crate::front::Desk;
use crate::operation::{Call, Check};
use crate::shared::{EncryptionContext, via};

/// The alias of the account's default key.
pub(super) const DEFAULT_ALIAS: &str = "alias/aws/secretsmanager";

/// What stands in an encryption context when only the access to a key is tried.
const VALIDATION: &str = "RequestToValidateKeyAccess";

/// The use of a key for a version of the secret `arn`, which the caller names `id`.
fn of<'a>(
    call: &Call,
    id: &str,
    key: Option<&'a str>,
    (arn, version): (&str, &str),
) -> via::Use<'a> {
    let refusal = WireError::new(400, "AccessDeniedException", "Access to KMS is not allowed");
    via::Use {
        service: "secretsmanager",
        key: key.filter(|key| !is_default_key(key)),
        home: Identifier::parse(id).scope(&call.scope),
        context: EncryptionContext::from([
            ("SecretARN".to_owned(), arn.to_owned()),
            ("SecretVersionId".to_owned(), version.to_owned()),
        ]),
        refusal: refusal.because(Reason::KmsAccessDenied),
    }
}

/// The key is tried before anything is encrypted with it.
fn validation(cloud: &Cloud, call: &Call, id: &str, key: &str) -> Vec<Check> {
    if is_default_key(key) {
        return Vec::new();
    }
    let trial = of(call, id, Some(key), (VALIDATION, VALIDATION));
    via::checks(cloud, call, &trial, &["GenerateDataKey", "Decrypt"])
}

pub(super) fn create(
    cloud: &Cloud,
    call: &Call,
    input: &Value,
    (arn, token): (&str, &str),
) -> Vec<Check> {
    let name = text(input, "Name").unwrap_or_default();
    let key = text(input, "KmsKeyId");
    let mut checks = key.map_or_else(Vec::new, |key| validation(cloud, call, name, key));
    if has_content(input) {
        let written = of(call, name, key, (arn, token));
        checks.extend(via::checks(cloud, call, &written, &["GenerateDataKey"]));
    }
    checks
}

/// A new version, under the secret's key.
pub(super) fn write(cloud: &Cloud, call: &Call, id: &str, token: &str) -> Vec<Check> {
    let Some(entry) = usable(cloud, call, id) else {
        return Vec::new();
    };
    let own = of(call, id, entry.kms_key_id.as_deref(), (&entry.arn, token));
    let mut checks = via::checks(cloud, call, &own, &["GenerateDataKey"]);
    let made = entry
        .version(token)
        .filter(|version| version.content.is_some());
    if let Some(version) = made {
        // A version of that token is there: its content is compared.
        let old = of(call, id, version.kms_key_id.as_deref(), (&entry.arn, token));
        checks.extend(via::checks(cloud, call, &old, &["Decrypt"]));
    }
    checks
}

/// Another key, another content, or both.
pub(super) fn update(cloud: &Cloud, call: &Call, input: &Value) -> Result<Vec<Check>, WireError> {
    let token = match has_content(input) {
        true => Some(token(input)?),
        false => None,
    };
    let id = text(input, "SecretId").unwrap_or_default();
    let Some(entry) = usable(cloud, call, id) else {
        return Ok(Vec::new());
    };
    let Some(key) = text(input, "KmsKeyId") else {
        return Ok(token.map_or_else(Vec::new, |token| write(cloud, call, id, token)));
    };
    let mut checks = validation(cloud, call, id, key);
    if let Some(token) = token {
        let written = of(call, id, Some(key), (&entry.arn, token));
        checks.extend(via::checks(cloud, call, &written, &["GenerateDataKey"]));
    }
    Ok(checks)
}

/// Whether the versions that have labels can be put under a new key: without the permission they
/// stay where they are (API reference, `UpdateSecret`).
pub(super) fn may_re_encrypt(desk: &mut Desk<'_>, id: &str, key: &str) -> bool {
    let call = desk.call;
    let Some(entry) = usable(desk.cloud, call, id) else {
        return false;
    };
    let arn = entry.arn.clone();
    let staged: Vec<(String, Option<String>)> = entry
        .versions()
        .iter()
        .filter(|version| !version.stages.is_empty() && version.content.is_some())
        .map(|version| (version.id.clone(), version.kms_key_id.clone()))
        .collect();
    staged.iter().all(|(version, kept)| {
        let place = (arn.as_str(), version.as_str());
        let old = of(call, id, kept.as_deref(), place);
        let new = of(call, id, Some(key), place);
        desk.permits(&via::trial(desk.cloud, call, &old, &["Decrypt"]))
            && via::check_usable(desk.cloud, call, &old).is_ok()
            && desk.permits(&via::trial(desk.cloud, call, &new, &["Encrypt"]))
    })
}

/// A version that is read: by its id, by its label, or the current one. What is not there is for the
/// operation to say.
pub(super) fn read(
    cloud: &Cloud,
    call: &Call,
    (id, version, stage): (&str, Option<&str>, Option<&str>),
) -> Vec<Check> {
    let Some(entry) = usable(cloud, call, id) else {
        return Vec::new();
    };
    // A backend's secret has no versions here.
    let (key, version) = match entry.select(version, stage) {
        Ok(version) => (version.kms_key_id.as_deref(), version.id.as_str()),
        Err(_) if entry.versions().is_empty() => {
            (entry.kms_key_id.as_deref(), version.unwrap_or_default())
        }
        Err(_) => return Vec::new(),
    };
    let is_foreign = Identifier::parse(id).scope(&call.scope).account != *call.account();
    if is_foreign && key.is_none_or(is_default_key) {
        // The operation says in its own words that the default key opens nothing abroad.
        return Vec::new();
    }
    let opened = of(call, id, key, (&entry.arn, version));
    via::checks(cloud, call, &opened, &["Decrypt"])
}

/// Whether the key of a new version can encrypt.
///
/// # Errors
/// Its state does not let it.
pub(super) fn check_encrypts(
    cloud: &Cloud,
    call: &Call,
    id: &str,
    key: Option<&str>,
) -> Result<(), Error> {
    let own = of(call, id, key, ("", ""));
    via::check_usable(cloud, call, &own).map_err(|_| Error::Encryption)
}

/// Whether the key of a version that is read can decrypt.
///
/// # Errors
/// Its state does not let it.
pub(super) fn check_decrypts(
    cloud: &Cloud,
    call: &Call,
    (id, version, stage): (&str, Option<&str>, Option<&str>),
) -> Result<(), Error> {
    let Some(version) = usable(cloud, call, id).and_then(|entry| entry.select(version, stage).ok())
    else {
        return Ok(());
    };
    let own = of(call, id, version.kms_key_id.as_deref(), ("", ""));
    via::check_usable(cloud, call, &own).map_err(|_| Error::Decryption)
}

/// Makes the account's default key, where a secret is about to use it.
pub(super) fn ensure_default(cloud: &mut Cloud, call: &Call, id: &str, key: Option<&str>) {
    if key.is_none_or(is_default_key) {
        let home = Identifier::parse(id).scope(&call.scope);
        cloud
            .shared
            .kms
            .ensure_managed(DEFAULT_ALIAS, &home, &call.ids, call.now);
    }
}

/// The key of the secret that the caller means, where there is one.
pub(super) fn key_of(cloud: &Cloud, call: &Call, id: &str) -> Option<String> {
    usable(cloud, call, id)?.kms_key_id.clone()
}

fn usable<'a>(cloud: &'a Cloud, call: &Call, id: &str) -> Option<&'a Entry> {
    let entry = cloud.secretsmanager.find(id, &call.scope, call.now)?;
    entry.deletion.is_none().then_some(entry)
}

fn has_content(input: &Value) -> bool {
    ["SecretString", "SecretBinary"]
        .iter()
        .any(|member| input.get(member).is_some())
}

#[cfg(test)]
mod tests;
