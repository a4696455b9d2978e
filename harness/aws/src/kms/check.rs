//! What a caller must be permitted.
//!
//! A key's own policy has to let the caller in, by name or by leaving it to the account; identity
//! policies alone count for nothing. Grants speak for the key as its policy does.
//! Sources: service authorization reference, `list_awskeymanagementservice.html`; developer guide,
//! `conditions-kms.html` (the `kms:` keys of each operation) and `kms-api-permissions-reference.html`.

use std::borrow::Cow;

use authlab_policy::Policy;
use authlab_wire::{Value, WireError};

use super::cipher::{EncryptionContext, Sealed};
use super::error::Error;
use super::grant::NewGrant;
use super::identifier::Identifier;
use super::key::Key;
use super::ops::{self, wire};
use super::policy;
use crate::cloud::Cloud;
use crate::operation::{Call, Check, Refusal};

type Checks = Result<Vec<Check>, WireError>;

/// The algorithm of every key here.
const ALGORITHM: &str = "SYMMETRIC_DEFAULT";

pub(super) fn create_key(_: &Cloud, call: &Call, input: &Value) -> Checks {
    let create = Check::unscoped("kms:CreateKey", call)
        .with("kms:CallerAccount", call.account().as_str())
        .with("kms:KeySpec", text(input, "KeySpec").unwrap_or(ALGORITHM))
        .with(
            "kms:KeyUsage",
            text(input, "KeyUsage").unwrap_or("ENCRYPT_DECRYPT"),
        )
        .with("kms:KeyOrigin", text(input, "Origin").unwrap_or("AWS_KMS"))
        .with("kms:MultiRegion", flag(input, "MultiRegion"))
        .with(
            "kms:BypassPolicyLockoutSafetyCheck",
            flag(input, "BypassPolicyLockoutSafetyCheck"),
        );
    let mut checks = vec![create.request_tags(input)];
    // "To add tags when you create the key you also need kms:TagResource" (API reference).
    if list(input, "Tags").is_some_and(|tags| !tags.is_empty()) {
        let tag = Check::unscoped("kms:TagResource", call);
        let tag = tag.with("kms:CallerAccount", call.account().as_str());
        checks.push(tag.request_tags(input));
    }
    Ok(checks)
}

/// A row of an operation that is asked on nothing.
macro_rules! unscoped {
    ($($name:ident => $action:literal),* $(,)?) => {
        $(pub(super) fn $name(_: &Cloud, call: &Call, _: &Value) -> Checks {
            let check = Check::unscoped(concat!("kms:", $action), call);
            Ok(vec![check.with("kms:CallerAccount", call.account().as_str())])
        })*
    };
}

unscoped! {
    list_keys => "ListKeys",
    list_aliases => "ListAliases",
    generate_random => "GenerateRandom",
    list_retirable => "ListRetirableGrants",
}

/// A row of an operation on the key that `KeyId` names, which is no alias.
macro_rules! on_key {
    ($($name:ident => $action:literal),* $(,)?) => {
        $(pub(super) fn $name(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
            let asked = Asked::key(cloud, call, input)?;
            Ok(vec![asked.check($action, cloud, call)])
        })*
    };
}

on_key! {
    cancel_deletion => "CancelKeyDeletion",
    disable_key => "DisableKey",
    disable_rotation => "DisableKeyRotation",
    enable_key => "EnableKey",
    get_policy => "GetKeyPolicy",
    get_rotation => "GetKeyRotationStatus",
    list_grants => "ListGrants",
    list_policies => "ListKeyPolicies",
    list_rotations => "ListKeyRotations",
    list_tags => "ListResourceTags",
    revoke_grant => "RevokeGrant",
    rotate_now => "RotateKeyOnDemand",
    update_description => "UpdateKeyDescription",
}

pub(super) fn describe_key(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let asked = Asked::named(cloud, call, text(input, "KeyId").unwrap_or_default())?;
    Ok(vec![asked.check("DescribeKey", cloud, call)])
}

pub(super) fn enable_rotation(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = Asked::key(cloud, call, input)?.check("EnableKeyRotation", cloud, call);
    Ok(vec![number(
        check,
        input,
        "RotationPeriodInDays",
        "kms:RotationPeriodInDays",
    )])
}

pub(super) fn schedule_deletion(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = Asked::key(cloud, call, input)?.check("ScheduleKeyDeletion", cloud, call);
    let key = "kms:ScheduleKeyDeletionPendingWindowInDays";
    Ok(vec![number(check, input, "PendingWindowInDays", key)])
}

pub(super) fn put_policy(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = Asked::key(cloud, call, input)?.check("PutKeyPolicy", cloud, call);
    Ok(vec![check.with(
        "kms:BypassPolicyLockoutSafetyCheck",
        flag(input, "BypassPolicyLockoutSafetyCheck"),
    )])
}

pub(super) fn tag_resource(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = Asked::key(cloud, call, input)?.check("TagResource", cloud, call);
    Ok(vec![check.request_tags(input)])
}

pub(super) fn untag_resource(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let check = Asked::key(cloud, call, input)?.check("UntagResource", cloud, call);
    Ok(vec![check.request_tags(input)])
}

pub(super) fn create_alias(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let target = Asked::target(cloud, call, input)?;
    Ok(vec![
        on_alias("CreateAlias", call, input),
        target.check("CreateAlias", cloud, call),
    ])
}

/// On the alias, on the key that it names, and on the key that it is to name.
pub(super) fn update_alias(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut checks = vec![on_alias("UpdateAlias", call, input)];
    if let Ok(now) = Asked::named(cloud, call, text(input, "AliasName").unwrap_or_default()) {
        checks.push(now.check("UpdateAlias", cloud, call));
    }
    let target = Asked::target(cloud, call, input)?;
    checks.push(target.check("UpdateAlias", cloud, call));
    Ok(checks)
}

pub(super) fn delete_alias(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let mut checks = vec![on_alias("DeleteAlias", call, input)];
    if let Ok(now) = Asked::named(cloud, call, text(input, "AliasName").unwrap_or_default()) {
        checks.push(now.check("DeleteAlias", cloud, call));
    }
    Ok(checks)
}

fn on_alias(action: &str, call: &Call, input: &Value) -> Check {
    let arn = call
        .scope
        .arn("kms", text(input, "AliasName").unwrap_or_default());
    let check = Check::new(format!("kms:{action}"), arn, call.account().clone());
    check.with("kms:CallerAccount", call.account().as_str())
}

pub(super) fn create_grant(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let asked = Asked::key(cloud, call, input)?;
    let terms = ops::grant::terms(input, &cloud.shared.iam).map_err(wire)?;
    let grantee = text(input, "GranteePrincipal").unwrap_or_default();
    let mut check = asked
        .check_granting(cloud, call, &terms)
        .with_all(
            "kms:GrantOperations",
            terms.operations.iter().cloned().collect(),
        )
        .with("kms:GranteePrincipal", grantee)
        .with("kms:GrantIsForAWSResource", "false");
    if let Some(retirer) = text(input, "RetiringPrincipal") {
        check = check.with("kms:RetiringPrincipal", retirer);
    }
    if let Some(constraint) = &terms.constraint {
        check = check.with("kms:GrantConstraintType", constraint.kind());
    }
    Ok(vec![check])
}

/// Who may end a grant stands in the grant.
pub(super) fn retire_grant(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let (key, grant) = ops::grant::retiring(&cloud.shared.kms, call, input).map_err(wire)?;
    let asked = Asked::of(Cow::Borrowed(key));
    let check = asked.check("RetireGrant", cloud, call);
    Ok(vec![Check {
        grants: grant.retirement().into_iter().collect(),
        resource_policy: Some(policy::of_retirement(&key.policy, &key.scope.account)),
        ..check
    }])
}

pub(super) fn encrypt(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![with_context("Encrypt", cloud, call, input)?.with(
        "kms:EncryptionAlgorithm",
        text(input, "EncryptionAlgorithm").unwrap_or(ALGORITHM),
    )])
}

pub(super) fn generate_data_key(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    Ok(vec![with_context("GenerateDataKey", cloud, call, input)?])
}

pub(super) fn generate_data_key_only(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let action = "GenerateDataKeyWithoutPlaintext";
    Ok(vec![with_context(action, cloud, call, input)?])
}

pub(super) fn generate_mac(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_message("GenerateMac", cloud, call, input)
}

pub(super) fn verify_mac(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    on_message("VerifyMac", cloud, call, input)
}

fn on_message(action: &str, cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let named = Asked::named(cloud, call, text(input, "KeyId").unwrap_or_default())?;
    let check = named.check(action, cloud, call);
    Ok(vec![check.with(
        "kms:MacAlgorithm",
        text(input, "MacAlgorithm").unwrap_or_default(),
    )])
}

fn with_context(
    action: &str,
    cloud: &Cloud,
    call: &Call,
    input: &Value,
) -> Result<Check, WireError> {
    let named = Asked::named(cloud, call, text(input, "KeyId").unwrap_or_default())?;
    let context = ops::context(input, "EncryptionContext");
    Ok(named.check_with(action, cloud, call, &context, None))
}

pub(super) fn decrypt(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let asked = of_ciphertext(cloud, call, input, "KeyId")?;
    let context = ops::context(input, "EncryptionContext");
    let check = asked.check_with("Decrypt", cloud, call, &context, None);
    Ok(vec![check.with(
        "kms:EncryptionAlgorithm",
        text(input, "EncryptionAlgorithm").unwrap_or(ALGORITHM),
    )])
}

pub(super) fn re_encrypt(cloud: &Cloud, call: &Call, input: &Value) -> Checks {
    let from = of_ciphertext(cloud, call, input, "SourceKeyId")?;
    let to = text(input, "DestinationKeyId").unwrap_or_default();
    let to = Asked::named(cloud, call, to)?;
    let is_same = (from.arn() == to.arn()).to_string();
    let side = |asked: &Asked<'_>, action: &str, side: &str| {
        let context = ops::context(input, &format!("{side}EncryptionContext"));
        let algorithm = text(input, &format!("{side}EncryptionAlgorithm"));
        asked
            .check_with(action, cloud, call, &context, None)
            .with("kms:ReEncryptOnSameKey", is_same.as_str())
            .with("kms:EncryptionAlgorithm", algorithm.unwrap_or(ALGORITHM))
    };
    Ok(vec![
        side(&from, "ReEncryptFrom", "Source"),
        side(&to, "ReEncryptTo", "Destination"),
    ])
}

/// The key that is to open a ciphertext: the one that is named, else the one that made it.
fn of_ciphertext<'a>(
    cloud: &'a Cloud,
    call: &Call,
    input: &Value,
    member: &str,
) -> Result<Asked<'a>, WireError> {
    if let Some(named) = text(input, member) {
        return Asked::named(cloud, call, named);
    }
    let Some(Value::Blob(bytes)) = input.get("CiphertextBlob") else {
        return Err(wire(ops::crypto::ciphertext_missing()));
    };
    let sealed = Sealed::parse(bytes).map_err(wire)?;
    match cloud
        .shared
        .kms
        .of_ciphertext(&sealed, &call.scope, call.now)
    {
        Some(key) => Ok(Asked {
            is_by_ciphertext: true,
            ..Asked::of(Cow::Borrowed(key))
        }),
        // AWS does not tell a key that is not there from one that is another's.
        None => Err(ops::unreachable_ciphertext(call)),
    }
}

/// The key that an operation is about.
pub(super) struct Asked<'a> {
    /// None for what is named by an ARN of another account and is not there.
    key: Option<Cow<'a, Key>>,
    named: Option<Identifier>,
    is_by_ciphertext: bool,
}

impl<'a> Asked<'a> {
    fn of(key: Cow<'a, Key>) -> Self {
        Self {
            key: Some(key),
            named: None,
            is_by_ciphertext: false,
        }
    }

    /// The key that `KeyId` names.
    fn key(cloud: &'a Cloud, call: &Call, input: &Value) -> Result<Self, WireError> {
        Self::named_key(cloud, call, text(input, "KeyId").unwrap_or_default())
    }

    /// The key that an alias is to name.
    fn target(cloud: &'a Cloud, call: &Call, input: &Value) -> Result<Self, WireError> {
        let id = text(input, "TargetKeyId").unwrap_or_default();
        if let Ok(Identifier::Alias(..)) = Identifier::parse(id, &call.scope) {
            return Err(wire(Error::AliasForAlias));
        }
        Self::named(cloud, call, id)
    }

    /// The key of an id or ARN.
    fn named_key(cloud: &'a Cloud, call: &Call, id: &str) -> Result<Self, WireError> {
        Identifier::parse_key(id, &call.scope).map_err(wire)?;
        Self::named(cloud, call, id)
    }

    /// The key of an id, an ARN or an alias. What is not there in the caller's own account is said
    /// to be missing before anything is decided (`unverified`); of another account AWS tells
    /// nothing.
    pub(super) fn named(cloud: &'a Cloud, call: &Call, id: &str) -> Result<Self, WireError> {
        let named = Identifier::parse(id, &call.scope).map_err(wire)?;
        let key = match cloud.shared.kms.find(id, &call.scope, call.now) {
            Ok(key) => Some(Cow::Borrowed(key)),
            Err(error) => {
                let to_be = match &named {
                    Identifier::Alias(scope, name) => cloud
                        .shared
                        .kms
                        .managed_to_be(name, scope, &call.ids, call.now),
                    Identifier::Key(..) => None,
                };
                let is_own = named.scope().account == *call.account();
                match to_be {
                    Some(key) => Some(Cow::Owned(key)),
                    None if is_own => return Err(wire(error)),
                    None => None,
                }
            }
        };
        Ok(Self {
            key,
            named: Some(named),
            is_by_ciphertext: false,
        })
    }

    fn arn(&self) -> String {
        match (&self.key, &self.named) {
            (Some(key), _) => key.arn.clone(),
            (None, Some(named)) => named.arn(),
            (None, None) => "*".to_owned(),
        }
    }

    fn check(&self, action: &str, cloud: &Cloud, call: &Call) -> Check {
        self.check_with(action, cloud, call, &EncryptionContext::new(), None)
    }

    fn check_granting(&self, cloud: &Cloud, call: &Call, terms: &NewGrant) -> Check {
        let context = EncryptionContext::new();
        self.check_with("CreateGrant", cloud, call, &context, Some(terms))
    }

    /// A check on the key, with its policy, its grants and what there is to say about it.
    pub(super) fn check_with(
        &self,
        action: &str,
        cloud: &Cloud,
        call: &Call,
        context: &EncryptionContext,
        child: Option<&NewGrant>,
    ) -> Check {
        let owner = match (&self.key, &self.named) {
            (Some(key), _) => key.scope.account.clone(),
            (None, Some(named)) => named.scope().account.clone(),
            (None, None) => call.account().clone(),
        };
        let is_foreign = owner != *call.account();
        let arn = self.arn();
        let mut check = Check::new(format!("kms:{action}"), arn.as_str(), owner)
            .with("kms:CallerAccount", call.account().as_str());
        if is_foreign {
            let on = if self.is_by_ciphertext {
                "the resource associated with this ciphertext".to_owned()
            } else {
                format!("resource: {arn}")
            };
            check.refusal = Some(Refusal::OfResource(ops::unreachable(call, action, &on)));
        }
        check = encryption_context(check, context);
        if let Some(Identifier::Alias(_, name)) = &self.named {
            check = check.with("kms:RequestAlias", name.as_str());
        }
        let Some(key) = &self.key else {
            return check;
        };
        check.resource_policy = Some(key.policy.clone());
        check.grants = grants_of(key, context, child);
        check = check
            .with("kms:KeySpec", key.kind.spec())
            .with("kms:KeyUsage", key.kind.usage())
            .with("kms:KeyOrigin", "AWS_KMS")
            .with("kms:MultiRegion", "false");
        let aliases = cloud
            .shared
            .kms
            .aliases_in(&key.scope, Some(&key.id), call.now);
        if !aliases.is_empty() {
            let names = aliases.iter().map(|(name, _)| (*name).to_owned());
            check = check.with_all("kms:ResourceAliases", names.collect());
        }
        check.resource_tags(&["aws"], &key.tags)
    }
}

fn grants_of(key: &Key, context: &EncryptionContext, child: Option<&NewGrant>) -> Vec<Policy> {
    let grants = key.grants.iter();
    grants
        .filter_map(|grant| grant.policy(context, child))
        .collect()
}

/// The keys of an encryption context; none for a request without one.
pub(super) fn encryption_context(mut check: Check, context: &EncryptionContext) -> Check {
    if context.is_empty() {
        return check;
    }
    for (name, value) in context {
        check = check.with(format!("kms:EncryptionContext:{name}"), value.as_str());
    }
    check.with_all(
        "kms:EncryptionContextKeys",
        context.keys().cloned().collect(),
    )
}

fn number(check: Check, input: &Value, member: &str, key: &str) -> Check {
    match input.get(member) {
        Some(Value::Integer(number)) => check.with(key, number.to_string()),
        _ => check,
    }
}

fn text<'a>(input: &'a Value, member: &str) -> Option<&'a str> {
    input.get(member).and_then(Value::as_text)
}

fn list<'a>(input: &'a Value, member: &str) -> Option<&'a [Value]> {
    input.get(member).and_then(Value::as_list)
}

fn flag(input: &Value, member: &str) -> &'static str {
    match input.get(member) {
        Some(Value::Bool(true)) => "true",
        _ => "false",
    }
}
