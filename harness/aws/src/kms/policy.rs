//! Key policies: what is taken, what a key has when nothing is said, what AWS's own keys have.
//!
//! Sources: developer guide, `key-policy-default.html` and `key-policy-overview.html`; Secrets
//! Manager user guide, `security-encryption.html` (the policy of `aws/secretsmanager`).

use authlab_kernel::{AccountId, Scope};
use authlab_policy::{Document, DocumentKind, Policy};
use serde_json::{Value, json};

use super::error::Error;
use crate::shared::{IamError, IamState};

/// The policy of the key `arn` out of `text`; users and roles are kept as their unique ids.
///
/// # Errors
/// It is no key policy, or names a user or role that does not exist.
pub(super) fn read(arn: &str, text: &str, principals: &IamState) -> Result<Policy, Error> {
    let document = principals
        .save_principals(DocumentKind::KmsKey, text)
        .map_err(|error| match error {
            IamError::Principal(_) => Error::Principal,
            other => Error::Policy(other.to_string()),
        })?;
    Ok(Policy::new(name(arn), document))
}

/// The policy of a key whose maker said nothing: its account decides.
pub(super) fn default(arn: &str, account: &AccountId) -> Policy {
    let source = json!({
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [{
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": { "AWS": account.root_arn() },
            "Action": "kms:*",
            "Resource": "*",
        }],
    });
    stored(name(arn), &source)
}

/// The policy of AWS's own key for a service: everybody in the account, through that service.
pub(super) fn managed(arn: &str, scope: &Scope, service: &str) -> Policy {
    let account = scope.account.as_str();
    let via = format!("{service}.{}.amazonaws.com", scope.region);
    let through = |actions: &[&str], sid: &str| {
        json!({
            "Sid": sid,
            "Effect": "Allow",
            "Principal": { "AWS": ["*"] },
            "Action": actions,
            "Resource": "*",
            "Condition": {
                "StringEquals": { "kms:CallerAccount": account, "kms:ViaService": via.as_str() },
            },
        })
    };
    let uses = through(
        &[
            "kms:Encrypt",
            "kms:Decrypt",
            "kms:ReEncrypt*",
            "kms:CreateGrant",
            "kms:DescribeKey",
        ],
        "Allow access through the service for all principals in the account",
    );
    let generates = through(
        &["kms:GenerateDataKey*"],
        "Allow data keys through the service for all principals in the account",
    );
    let source = json!({
        "Version": "2012-10-17",
        "Id": format!("auto-{service}-2"),
        "Statement": [
            uses,
            generates,
            {
                "Sid": "Allow direct access to key metadata to the account",
                "Effect": "Allow",
                "Principal": { "AWS": [scope.account.root_arn()] },
                "Action": ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
                "Resource": "*",
            },
        ],
    });
    stored(name(arn), &source)
}

/// What of a key's policy speaks of the ending of grants: its denies. Beyond those the account's
/// root user may end every grant, and whom the grant names (API reference, `RetireGrant`).
pub(super) fn of_retirement(policy: &Policy, account: &AccountId) -> Policy {
    let statements = policy.document.source().get("Statement");
    let denies = match statements {
        Some(Value::Array(statements)) => statements.clone(),
        Some(statement) => vec![statement.clone()],
        None => Vec::new(),
    };
    let mut denies: Vec<Value> = denies
        .into_iter()
        .filter(|statement| statement.get("Effect") == Some(&json!("Deny")))
        .collect();
    denies.push(json!({
        "Effect": "Allow",
        "Principal": { "AWS": account.root_arn() },
        "Action": "kms:RetireGrant",
        "Resource": "*",
        "Condition": { "StringEquals": { "aws:PrincipalArn": account.root_arn() } },
    }));
    let version = policy.document.source().get("Version");
    let version = version.cloned().unwrap_or_else(|| json!("2008-10-17"));
    let source = json!({ "Version": version, "Statement": denies });
    stored(policy.name.to_string(), &source)
}

/// A document of our own making; one that cannot be read allows nothing.
fn stored(name: String, source: &Value) -> Policy {
    let nothing = json!({ "Version": "2012-10-17", "Statement": [] });
    let document = Document::from_stored(DocumentKind::KmsKey, source)
        .or_else(|_| Document::from_stored(DocumentKind::KmsKey, &nothing));
    #[expect(
        clippy::expect_used,
        reason = "a document without statements can be read"
    )]
    Policy::new(name, document.expect("no statements"))
}

fn name(arn: &str) -> String {
    format!("policy of key {arn}")
}
