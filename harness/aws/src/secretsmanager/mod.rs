//! AWS Secrets Manager: secrets, their versions, who may read them.
//!
//! Simulated: secrets with a suffix in their ARN, versions and staging labels (`AWSCURRENT`,
//! `AWSPREVIOUS`, labels of one's own), idempotency by client request token, deletion with a
//! recovery window that ends by the lab's clock, tags, resource policies, filters, random passwords.
//! Who may is decided by the checks of the row: identity policies, the secret's own policy, both
//! across accounts. [`State::learn`] keeps what a backend behind the front door says of a secret, so
//! that the same checks guard a secret that is kept elsewhere.
//!
//! Each version is under a key: what the Key Management Service is asked for its caller are checks of
//! the row ([`key`]), with the encryption context that names secret and version. The account's default
//! key opens nothing for another account. A secret of a backend is under a key of the lab's.
//!
//! Rotations run the secret's function, step by step, before RotateSecret is answered, and by the lab's
//! clock at the beginning of each window. A step that fails ends the rotation, and `AWSPENDING` stays;
//! AWS repeats it at times that are not known, this lab in the next window and when RotateSecret is
//! called again.
//!
//! Deliberately not: managed rotation, rotation of managed external secrets, and replication (501).
//!
//! Sources: the Secrets Manager API reference; user guide, `auth-and-access*.html` and
//! `whats-in-a-secret.html`; service authorization reference, `list_awssecretsmanager.html`.

mod check;
mod error;
mod fault;
mod filter;
mod identifier;
mod keeping;
mod key;
mod ops;
mod passing;
mod password;
mod policy;
mod rotation;
mod secret;
mod state;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use filter::Filter;
pub use identifier::Identifier;
pub use password::PasswordRule;
pub use rotation::{Configured, Rotation, Rules, Schedule, UnderWay, Window};
pub use secret::{Content, Deletion, Entry, Version};
pub use state::{Change, Deleted, Learned, NewSecret, NewVersion, State};

use crate::operation::{
    Authorization::Checks,
    Handler::{AtDesk, Halves, Locked},
    Row, Service, Validation,
};

/// A row whose handler works under the lock.
macro_rules! locked {
    ($name:literal, $check:path, $handler:path) => {
        Row {
            name: $name,
            authorization: Checks($check),
            handler: Locked($handler),
        }
    };
}

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "secretsmanager",
    clock_skew_seconds: 15 * 60,
    validation: Validation::with_code("ValidationException"),
    token_refused: |_| ops::wire(Error::NextToken),
    passing: Some(&passing::Secrets),
    rows: &[
        Row {
            name: "BatchGetSecretValue",
            authorization: Checks(check::batch_get_secret_value),
            handler: AtDesk(ops::batch::batch_get_secret_value),
        },
        locked!(
            "CancelRotateSecret",
            check::cancel_rotate_secret,
            ops::rotation::cancel_rotate_secret
        ),
        locked!(
            "CreateSecret",
            check::create_secret,
            ops::secret::create_secret
        ),
        locked!(
            "DeleteResourcePolicy",
            check::delete_resource_policy,
            ops::policy::delete_policy
        ),
        locked!(
            "DeleteSecret",
            check::delete_secret,
            ops::secret::delete_secret
        ),
        locked!(
            "DescribeSecret",
            check::describe_secret,
            ops::secret::describe_secret
        ),
        locked!(
            "GetRandomPassword",
            check::get_random_password,
            ops::value::get_random_password
        ),
        locked!(
            "GetResourcePolicy",
            check::get_resource_policy,
            ops::policy::get_policy
        ),
        locked!(
            "GetSecretValue",
            check::get_secret_value,
            ops::value::get_secret_value
        ),
        locked!(
            "ListSecretVersionIds",
            check::list_versions,
            ops::value::list_versions
        ),
        locked!(
            "ListSecrets",
            check::list_secrets,
            ops::secret::list_secrets
        ),
        locked!(
            "PutResourcePolicy",
            check::put_resource_policy,
            ops::policy::put_policy
        ),
        locked!(
            "PutSecretValue",
            check::put_secret_value,
            ops::value::put_secret_value
        ),
        locked!(
            "RestoreSecret",
            check::restore_secret,
            ops::secret::restore_secret
        ),
        Row {
            name: "RotateSecret",
            authorization: Checks(check::rotate_secret),
            handler: Halves(ops::rotation::rotate_secret),
        },
        locked!(
            "TagResource",
            check::tag_resource,
            ops::secret::tag_resource
        ),
        locked!(
            "UntagResource",
            check::untag_resource,
            ops::secret::untag_resource
        ),
        Row {
            name: "UpdateSecret",
            authorization: Checks(check::update_secret),
            handler: AtDesk(ops::secret::update_secret),
        },
        locked!(
            "UpdateSecretVersionStage",
            check::update_stage,
            ops::value::update_stage
        ),
        locked!(
            "ValidateResourcePolicy",
            check::validate_policy,
            ops::policy::validate_policy
        ),
    ],
};
