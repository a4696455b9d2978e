//! Who may use a function, a version or an alias besides its owner: statements that are put into its
//! policy and taken out of it.
//!
//! The policy has the revision of what it is of (recorded on AWS: GetPolicy tells that of the function).

use super::error::Error;
use super::function::LATEST;
use super::name::FunctionName;
use super::permission::{Grant, Permissions};
use super::state::{State, revision_id};
use crate::shared::Ctx;

impl State {
    /// Lets somebody use a function; the statement that says so.
    ///
    /// # Errors
    /// No such function; another revision; the grant cannot be stated.
    pub fn grant(
        &mut self,
        name: &FunctionName,
        grant: &Grant,
        revision_id: Option<&str>,
        ctx: &Ctx<'_>,
    ) -> Result<String, Error> {
        if name.qualifier.as_deref() == Some(LATEST) {
            return Err(Error::Value(
                "We currently do not support adding policies for $LATEST.".to_owned(),
            ));
        }
        let (permissions, _) = self.permissions_mut(name, revision_id)?;
        let statement = permissions.add(grant, &name.resource())?;
        self.revise(name, ctx)?;
        Ok(statement)
    }

    /// Takes a statement away.
    ///
    /// # Errors
    /// No such function or statement; another revision.
    pub fn revoke(
        &mut self,
        name: &FunctionName,
        statement_id: &str,
        revision_id: Option<&str>,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        let permissions = self.permissions(name);
        let permissions = permissions.ok_or_else(|| Error::NoPolicyFound(name.qualified_arn()))?;
        if permissions.policy().is_none() {
            return Err(Error::NothingToRemove);
        }
        let (permissions, _) = self.permissions_mut(name, revision_id)?;
        permissions.remove(statement_id, &name.resource())?;
        self.revise(name, ctx)
    }

    /// The revision of a policy: that of the function, version or alias which it is of (recorded on AWS).
    pub fn policy_revision(&self, name: &FunctionName) -> Option<&str> {
        let latest = self.function(&name.scope, &name.name)?;
        match name.version_or_alias() {
            None => Some(&latest.revision_id),
            Some(qualifier) => self.published(&latest.arn)?.revision(qualifier),
        }
    }

    /// A change of a policy is one of its function, and makes no other version of it.
    fn revise(&mut self, name: &FunctionName, ctx: &Ctx<'_>) -> Result<(), Error> {
        let new = revision_id(&name.resource(), ctx);
        let (_, revision) = self.permissions_mut(name, None)?;
        let old = std::mem::replace(revision, new.clone());
        if name.version_or_alias().is_none() {
            self.published_mut(&name.arn()).follow(&old, new);
        }
        Ok(())
    }

    fn permissions_mut(
        &mut self,
        name: &FunctionName,
        revision_id: Option<&str>,
    ) -> Result<(&mut Permissions, &mut String), Error> {
        let (permissions, revision) = match name.version_or_alias() {
            None => {
                let function = self.find_mut(name)?;
                (&mut function.permissions, &mut function.revision_id)
            }
            Some(qualifier) => {
                let missing = || Error::NoSuchFunction(name.qualified_arn());
                let latest = self.function(&name.scope, &name.name).ok_or_else(missing)?;
                let arn = latest.arn.clone();
                let found = self.published_mut(&arn).permissions_mut(qualifier);
                found.ok_or_else(missing)?
            }
        };
        if revision_id.is_some_and(|wanted| wanted != revision.as_str()) {
            Err(Error::PolicyRevision)
        } else {
            Ok((permissions, revision))
        }
    }
}
