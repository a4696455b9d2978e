//! Roles that AWS services make for themselves (IAM user guide, `using-service-linked-roles.html`).
//!
//! `service_linked.tsv` lists, a line a service: its principal, the role's name after
//! `AWSServiceRoleFor`, AWS's policy that it has, and whether a suffix may be given. The names were
//! recorded on AWS, or come from a public list of them. A service that is not in it gets none: no
//! name is guessed.

use authlab_kernel::{AccountId, Ids, Timestamp};
use serde_json::json;

use super::entity::Owner;
use super::error::Error;
use super::role::NewRole;
use super::state::State;
use super::{Role, role};

const TABLE: &str = include_str!("service_linked.tsv");

/// The beginning of every such role's path.
pub const PATH: &str = "/aws-service-role/";

/// What AWS calls a service's role.
#[derive(Clone, Copy, Debug)]
pub struct ServiceLinked {
    /// `batch.amazonaws.com`.
    pub service: &'static str,
    /// The role's name after `AWSServiceRoleFor`.
    name: &'static str,
    /// AWS's policy, below `aws-service-role/`.
    policy: &'static str,
    takes_suffix: bool,
}

/// The services of the table.
pub fn all() -> impl Iterator<Item = ServiceLinked> {
    TABLE.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        Some(ServiceLinked {
            service: fields.next()?,
            name: fields.next()?,
            policy: fields.next()?,
            takes_suffix: fields.next() == Some("suffix"),
        })
    })
}

/// The name of a service's role.
pub fn role_name(service: &str, suffix: Option<&str>) -> Option<String> {
    let linked = all().find(|linked| linked.service == service)?;
    let suffix = suffix
        .map(|suffix| format!("_{suffix}"))
        .unwrap_or_default();
    Some(format!("AWSServiceRoleFor{}{suffix}", linked.name))
}

impl State {
    /// Makes the role of a service.
    ///
    /// # Errors
    /// The service has none that is known, takes no suffix, or has its role.
    pub fn create_service_linked_role(
        &mut self,
        account: &AccountId,
        service: &str,
        (suffix, description): (Option<&str>, Option<String>),
        (now, ids): (Timestamp, &Ids),
    ) -> Result<Role, Error> {
        let Some(linked) = all().find(|linked| linked.service == service) else {
            return Err(Error::Unknown {
                // Unverified text.
                text: format!("Service {service} does not have a service-linked role."),
                why: format!(
                    "the lab knows no service-linked role of `{service}`: its name would be a guess"
                ),
            });
        };
        if suffix.is_some() && !linked.takes_suffix {
            let text = format!("Custom suffix is not allowed for {service}");
            return Err(Error::Invalid(text));
        }
        let name = role_name(service, suffix).unwrap_or_default();
        if self.role(account, &name).is_some() {
            let text = format!(
                "Service role name {name} has been taken in this account, please try a different suffix."
            );
            return Err(Error::Invalid(text));
        }
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sts:AssumeRole",
            }],
        });
        let new = NewRole {
            name: name.clone(),
            path: format!("{PATH}{service}/"),
            trust: trust.to_string(),
            description,
            ..NewRole::default()
        };
        self.create_role(account, new, now, ids)?;
        let arn = format!("arn:aws:iam::aws:policy/aws-service-role/{}", linked.policy);
        let grants = self.grants_mut(account, Owner::Role(&name))?;
        grants.attached.insert(arn);
        self.get_role(account, &name).cloned()
    }

    /// Deletes the role of a service, at once; what it returns names the deletion.
    ///
    /// # Errors
    /// No such role, or it is no service's.
    pub fn delete_service_linked_role(
        &mut self,
        account: &AccountId,
        name: &str,
        ids: &Ids,
    ) -> Result<String, Error> {
        let found = self.get_role(account, name)?;
        let Some(rest) = found.path.strip_prefix(PATH) else {
            return Err(Error::no_owner(Owner::Role(name)));
        };
        let service = rest.trim_end_matches('/').to_owned();
        let id = ids.draw("deletion-task", account.as_str(), name).uuid();
        let task = format!("task/aws-service-role/{service}/{name}/{id}");
        let own = self.account_mut(account);
        own.roles.remove(name);
        own.deletion_tasks.insert(task.clone());
        Ok(task)
    }

    /// Whether a deletion of this name was asked for: each is done at once.
    pub fn is_deletion_task(&self, account: &AccountId, task: &str) -> bool {
        self.account(account)
            .is_some_and(|own| own.deletion_tasks.contains(task))
    }
}

/// What may not be changed by hand.
///
/// # Errors
/// The role is a service's.
pub(super) fn check_unlinked(role: &Role) -> Result<(), Error> {
    if !role.path.starts_with(PATH) {
        return Ok(());
    }
    // Pasted in several public issues.
    let text = format!(
        "Cannot perform the operation on the protected role '{}' - this role is only modifiable by AWS",
        role.name
    );
    Err(Error::Unmodifiable(text))
}

/// The ARN of a service's role, for the permission to make it.
pub(super) fn role_arn(account: &AccountId, service: &str, suffix: Option<&str>) -> String {
    let name = role_name(service, suffix).unwrap_or_else(|| "AWSServiceRoleFor".to_owned());
    role::arn(account, "role", &format!("{PATH}{service}/"), &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_a_policy_that_the_lab_knows() {
        let mut count = 0;
        for linked in all() {
            count += 1;
            let arn = format!("arn:aws:iam::aws:policy/aws-service-role/{}", linked.policy);
            let is_known = crate::iam::aws_managed::policy(&arn).is_some();
            // AWS attached it when that was recorded; the data of AWS's policies has it no more.
            assert_eq!(is_known, linked.policy != "AmazonLexBotPolicy", "{arn}");
        }
        assert_eq!(count, 77);
    }
}
