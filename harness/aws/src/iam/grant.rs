//! What roles and users are granted: inline policies, attachments, boundaries; and their tags.

use std::collections::BTreeMap;

use authlab_kernel::AccountId;
use authlab_policy::Policy;
use authlab_policy::words::{self, Use};

use super::aws_managed;
use super::entity::{Owner, Stored, inline_label};
use super::error::Error;
use super::service_linked::check_unlinked;
use super::state::State;

/// Managed policies attached to a role, user or group (IAM user guide, `reference_iam-quotas`).
const ATTACHED_MAX: usize = 10;
/// Tags of a role or user.
const TAGS_MAX: usize = 50;

/// The size that quotas count: white space is free.
fn counted_size(text: &str) -> usize {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .count()
}

impl State {
    /// What belongs to an AWS service is not changed by hand.
    fn check_modifiable(&self, account: &AccountId, owner: Owner<'_>) -> Result<(), Error> {
        match owner {
            Owner::Role(name) => check_unlinked(self.get_role(account, name)?),
            Owner::User(_) | Owner::Group(_) => Ok(()),
        }
    }

    /// Puts an inline policy, replacing the one of that name.
    ///
    /// # Errors
    /// No such owner, the document is none, or all inline policies together are too long.
    pub fn put_inline(
        &mut self,
        account: &AccountId,
        owner: Owner<'_>,
        name: &str,
        text: &str,
    ) -> Result<(), Error> {
        self.check_modifiable(account, owner)?;
        let grants = self.grants_mut(account, owner)?;
        let document = words::read(Use::Inline, text)?;
        let longest = match owner {
            Owner::Role(_) => 10_240,
            Owner::User(_) => 2_048,
            Owner::Group(_) => 5_120,
        };
        let others = grants.inline.iter().filter(|(other, _)| *other != name);
        let total = others
            .map(|(_, stored)| counted_size(&stored.text))
            .sum::<usize>()
            + counted_size(text);
        if total > longest {
            let (kind, owner) = (owner.kind(), owner.name());
            let text =
                format!("Maximum policy size of {longest} bytes exceeded for {kind} {owner}");
            return Err(Error::Quota(text));
        }
        let label = inline_label(owner, name);
        let stored = Stored {
            text: text.to_owned(),
            policy: Policy::new(label, document),
        };
        grants.inline.insert(name.to_owned(), stored);
        Ok(())
    }

    /// An inline policy.
    ///
    /// # Errors
    /// No such owner or policy.
    pub fn inline(
        &self,
        account: &AccountId,
        owner: Owner<'_>,
        name: &str,
    ) -> Result<&Stored, Error> {
        self.grants(account, owner)?
            .inline
            .get(name)
            .ok_or_else(|| no_inline(owner, name))
    }

    /// Deletes an inline policy.
    ///
    /// # Errors
    /// No such owner or policy.
    pub fn delete_inline(
        &mut self,
        account: &AccountId,
        owner: Owner<'_>,
        name: &str,
    ) -> Result<(), Error> {
        self.check_modifiable(account, owner)?;
        let removed = self.grants_mut(account, owner)?.inline.remove(name);
        removed.map(drop).ok_or_else(|| no_inline(owner, name))
    }

    /// Attaches a managed policy; attaching it again changes nothing.
    ///
    /// # Errors
    /// No such owner or policy, or ten are attached.
    pub fn attach(
        &mut self,
        account: &AccountId,
        owner: Owner<'_>,
        arn: &str,
    ) -> Result<(), Error> {
        self.check_modifiable(account, owner)?;
        self.check_attachable(account, arn)?;
        let grants = self.grants_mut(account, owner)?;
        if grants.attached.len() >= ATTACHED_MAX && !grants.attached.contains(arn) {
            let per = match owner {
                Owner::Role(_) => "PoliciesPerRole",
                Owner::User(_) => "PoliciesPerUser",
                Owner::Group(_) => "PoliciesPerGroup",
            };
            return Err(Error::Quota(format!(
                "Cannot exceed quota for {per}: {ATTACHED_MAX}"
            )));
        }
        grants.attached.insert(arn.to_owned());
        Ok(())
    }

    /// Detaches a managed policy.
    ///
    /// # Errors
    /// No such owner, or the policy is not attached.
    pub fn detach(
        &mut self,
        account: &AccountId,
        owner: Owner<'_>,
        arn: &str,
    ) -> Result<(), Error> {
        self.check_modifiable(account, owner)?;
        let removed = self.grants_mut(account, owner)?.attached.remove(arn);
        if removed {
            Ok(())
        } else {
            Err(Error::no_policy(arn))
        }
    }

    /// Sets the permissions boundary, or takes it away.
    ///
    /// # Errors
    /// No such owner, no such policy, or no boundary to take away.
    pub fn set_boundary(
        &mut self,
        account: &AccountId,
        owner: Owner<'_>,
        boundary: Option<String>,
    ) -> Result<(), Error> {
        self.check_modifiable(account, owner)?;
        self.check_boundary(account, boundary.as_deref())?;
        let grants = self.grants_mut(account, owner)?;
        if boundary.is_none() && grants.boundary.is_none() {
            let (kind, name) = (owner.kind(), owner.name());
            // Unverified text.
            return Err(Error::NotFound(format!(
                "The {kind} {name} has no permissions boundary."
            )));
        }
        grants.boundary = boundary;
        Ok(())
    }

    /// A boundary is a policy of the same account, or AWS's.
    pub(super) fn check_boundary(
        &self,
        account: &AccountId,
        arn: Option<&str>,
    ) -> Result<(), Error> {
        match arn {
            // Pasted in several public issues.
            Some(arn) => self.check_near(
                account,
                arn,
                format!("Scope ARN: {arn} does not exist or is not attachable."),
            ),
            None => Ok(()),
        }
    }

    /// A policy of the same account, or AWS's.
    fn check_attachable(&self, account: &AccountId, arn: &str) -> Result<(), Error> {
        let text = format!("Policy {arn} does not exist or is not attachable.");
        self.check_near(account, arn, text)
    }

    /// A policy that this account may use: its own or AWS's.
    fn check_near(&self, account: &AccountId, arn: &str, text: String) -> Result<(), Error> {
        let own = format!("arn:aws:iam::{account}:policy/");
        let is_near = aws_managed::is_arn(arn) || arn.starts_with(&own);
        if is_near && self.managed(arn).is_some() {
            Ok(())
        } else if aws_managed::is_arn(arn) {
            let why = format!(
                "the lab holds AWS's managed policies as of {}: `{arn}` is not among them",
                aws_managed::as_of()
            );
            Err(Error::Unknown { text, why })
        } else {
            Err(Error::NotFound(text))
        }
    }

    /// Adds tags, replacing those of the same key.
    ///
    /// # Errors
    /// No such owner, or more than fifty.
    pub fn tag(
        &mut self,
        account: &AccountId,
        owner: Owner<'_>,
        tags: BTreeMap<String, String>,
    ) -> Result<(), Error> {
        let grants = self.grants_mut(account, owner)?;
        merge_tags(&mut grants.tags, tags)
    }

    /// Takes tags away.
    ///
    /// # Errors
    /// No such owner.
    pub fn untag(
        &mut self,
        account: &AccountId,
        owner: Owner<'_>,
        keys: &[String],
    ) -> Result<(), Error> {
        self.grants_mut(account, owner)?
            .tags
            .retain(|key, _| !keys.contains(key));
        Ok(())
    }
}

/// Adds tags; keys differ by more than case (IAM user guide, `id_tags.html`).
pub(super) fn merge_tags(
    tags: &mut BTreeMap<String, String>,
    new: BTreeMap<String, String>,
) -> Result<(), Error> {
    let mut merged = tags.clone();
    for (key, value) in new {
        merged.retain(|existing, _| !existing.eq_ignore_ascii_case(&key));
        merged.insert(key, value);
    }
    if merged.len() > TAGS_MAX {
        // Recorded on AWS for a provider.
        let text = "The number of tags has reached the maximum limit.";
        return Err(Error::Quota(text.to_owned()));
    }
    *tags = merged;
    Ok(())
}

fn no_inline(owner: Owner<'_>, name: &str) -> Error {
    Error::NotFound(format!(
        "The {} policy with name {name} cannot be found.",
        owner.kind()
    ))
}
