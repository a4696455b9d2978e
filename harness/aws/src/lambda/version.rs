//! Versions that were published, and the aliases that point at them.
//!
//! A version is the function as it was when it was published; an alias is a name for a version, or for
//! `$LATEST`. Each has a policy of its own: what may be done with a function is not granted for its
//! versions and aliases, nor the other way round.
//!
//! Sources: the Lambda API reference, `PublishVersion`, `CreateAlias` and their kin; Lambda developer
//! guide, `configuration-versions.html`, `configuration-aliases.html`,
//! `access-control-resource-based.html`.

use std::collections::BTreeMap;

use super::error::Error;
use super::function::{Configuration, LATEST};
use super::name::FunctionName;
use super::permission::Permissions;
use super::state::{State, revision_id};
use crate::shared::Ctx;

/// What was published of a function.
#[derive(Debug, Default)]
pub(super) struct Published {
    /// The highest number so far: none is given twice.
    last: u64,
    versions: BTreeMap<u64, Configuration>,
    aliases: BTreeMap<String, Alias>,
    /// The revision of `$LATEST` that was published last: it is not published twice.
    of_revision: String,
}

/// A name for a version.
#[derive(Clone, Debug)]
pub struct Alias {
    /// Its name.
    pub name: String,
    /// The function's ARN with the alias as its qualifier.
    pub arn: String,
    /// A number, or `$LATEST`.
    pub version: String,
    /// What it is for.
    pub description: String,
    /// Changes with every change.
    pub revision_id: String,
    /// Who else may use it.
    pub permissions: Permissions,
}

/// What is to be published.
#[derive(Clone, Debug, Default)]
pub struct NewVersion {
    /// The code that is meant to be published, by its SHA-256 in base64.
    pub code_sha256: Option<String>,
    /// What the version is for; that of the function when absent.
    pub description: Option<String>,
    /// The revision that is meant to be published.
    pub revision_id: Option<String>,
}

/// An alias that is to be.
#[derive(Clone, Debug)]
pub struct NewAlias {
    /// Its name.
    pub name: String,
    /// The version that it names.
    pub version: String,
    /// What it is for.
    pub description: String,
}

/// What changes in an alias; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct AliasChange {
    /// The version that it names.
    pub version: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The revision that is to be changed.
    pub revision_id: Option<String>,
}

impl Published {
    /// The versions, in the order in which they were published.
    pub(super) fn versions(&self) -> impl Iterator<Item = &Configuration> {
        self.versions.values()
    }

    /// What may stand as a qualifier beside `$LATEST`: the aliases, then the latest versions first.
    pub(super) fn qualifiers(&self) -> impl Iterator<Item = String> {
        let versions = self.versions.keys().rev().map(u64::to_string);
        self.aliases.keys().cloned().chain(versions)
    }

    /// The version of this number.
    fn version(&self, number: &str) -> Option<&Configuration> {
        self.versions.get(&numbered(number)?)
    }

    /// What a qualifier names; `None` for `$LATEST`, which is not published, and for what is not there.
    pub(super) fn resolve(&self, qualifier: &str) -> Option<&Configuration> {
        match self.aliases.get(qualifier) {
            Some(alias) => self.version(&alias.version),
            None => self.version(qualifier),
        }
    }

    /// Whether a qualifier is an alias of `$LATEST`.
    pub(super) fn is_latest(&self, qualifier: &str) -> bool {
        let alias = self.aliases.get(qualifier);
        alias.is_some_and(|alias| alias.version == LATEST)
    }

    /// The policy of a version or an alias.
    pub(super) fn permissions(&self, qualifier: &str) -> Option<&Permissions> {
        match self.aliases.get(qualifier) {
            Some(alias) => Some(&alias.permissions),
            None => Some(&self.version(qualifier)?.permissions),
        }
    }

    /// The policy of a version or an alias, with the revision of that.
    pub(super) fn permissions_mut(
        &mut self,
        qualifier: &str,
    ) -> Option<(&mut Permissions, &mut String)> {
        if let Some(alias) = self.aliases.get_mut(qualifier) {
            return Some((&mut alias.permissions, &mut alias.revision_id));
        }
        let version = self.versions.get_mut(&numbered(qualifier)?)?;
        Some((&mut version.permissions, &mut version.revision_id))
    }

    /// The revision of a version or an alias.
    pub(super) fn revision(&self, qualifier: &str) -> Option<&str> {
        match self.aliases.get(qualifier) {
            Some(alias) => Some(&alias.revision_id),
            None => Some(&self.version(qualifier)?.revision_id),
        }
    }

    /// `$LATEST` has another revision, and is what it was for who publishes it.
    pub(super) fn follow(&mut self, old: &str, new: String) {
        if self.of_revision == old {
            self.of_revision = new;
        }
    }

    /// Every policy of a version or an alias.
    pub(super) fn every_permissions(&mut self) -> impl Iterator<Item = &mut Permissions> {
        let versions = self.versions.values_mut().map(|it| &mut it.permissions);
        versions.chain(self.aliases.values_mut().map(|it| &mut it.permissions))
    }

    /// Takes a version away; one that is not there is taken away without a word.
    ///
    /// # Errors
    /// An alias names it.
    pub(super) fn delete(&mut self, number: &str) -> Result<(), Error> {
        let named = self.aliases.values().filter(|it| it.version == number);
        let named: Vec<String> = named.map(|alias| alias.name.clone()).collect();
        if !named.is_empty() {
            return Err(Error::VersionInUse {
                version: number.to_owned(),
                aliases: named,
            });
        }
        if let Some(number) = numbered(number) {
            self.versions.remove(&number);
        }
        Ok(())
    }
}

impl State {
    /// Publishes the function as it is. What was published already, and has not changed since, is not
    /// published again.
    ///
    /// # Errors
    /// No such function; another revision, or other code than was meant.
    pub fn publish(
        &mut self,
        name: &FunctionName,
        new: NewVersion,
        ctx: &Ctx<'_>,
    ) -> Result<&Configuration, Error> {
        let latest = self.find(name)?.clone();
        if let Some(meant) = new.code_sha256.filter(|it| *it != latest.code_sha256) {
            let current = latest.code_sha256;
            return Err(Error::OtherCode { meant, current });
        }
        if new.revision_id.is_some_and(|it| it != latest.revision_id) {
            return Err(Error::Revision);
        }
        let published = self.published_mut(&latest.arn);
        let is_new = published.of_revision != latest.revision_id;
        if is_new || !published.versions.contains_key(&published.last) {
            published.last += 1;
            published.of_revision.clone_from(&latest.revision_id);
        }
        let number = published.last;
        Ok(published.versions.entry(number).or_insert_with(|| {
            let version = number.to_string();
            let arn = format!("{}:{version}", latest.arn);
            Configuration {
                description: new.description.unwrap_or(latest.description),
                revision_id: revision_id(&arn, ctx),
                permissions: Permissions::default(),
                version,
                ..latest
            }
        }))
    }

    /// The versions of a function, `$LATEST` first.
    ///
    /// # Errors
    /// No such function.
    pub fn versions(
        &self,
        name: &FunctionName,
    ) -> Result<impl Iterator<Item = &Configuration>, Error> {
        let latest = self.find(name)?;
        let published = self.published(&latest.arn);
        let versions = published.into_iter().flat_map(Published::versions);
        Ok(std::iter::once(latest).chain(versions))
    }

    /// Gives a version a name.
    ///
    /// # Errors
    /// No such function or version; the function has an alias of this name.
    pub fn create_alias(
        &mut self,
        name: &FunctionName,
        new: NewAlias,
        ctx: &Ctx<'_>,
    ) -> Result<&Alias, Error> {
        let function_arn = self.find(name)?.arn.clone();
        self.check_version(name, &new.version)?;
        let arn = format!("{function_arn}:{}", new.name);
        let aliases = &mut self.published_mut(&function_arn).aliases;
        if aliases.contains_key(&new.name) {
            return Err(Error::AliasExists(arn));
        }
        Ok(aliases.entry(new.name.clone()).or_insert_with(|| Alias {
            revision_id: revision_id(&arn, ctx),
            name: new.name,
            arn,
            version: new.version,
            description: new.description,
            permissions: Permissions::default(),
        }))
    }

    /// Lets an alias name another version. Its policy stays.
    ///
    /// # Errors
    /// No such function, alias or version; another revision.
    pub fn update_alias(
        &mut self,
        name: &FunctionName,
        alias: &str,
        change: AliasChange,
        ctx: &Ctx<'_>,
    ) -> Result<&Alias, Error> {
        let known = self.alias(name, alias).map_err(|error| match error {
            Error::NoSuchAlias(arn) => Error::NoAliasToUpdate(arn),
            other => other,
        })?;
        if change
            .revision_id
            .is_some_and(|revision| revision != known.revision_id)
        {
            return Err(Error::Revision);
        }
        if let Some(version) = &change.version {
            self.check_version(name, version)?;
        }
        let aliases = &mut self.published_mut(&name.arn()).aliases;
        let arn = format!("{}:{alias}", name.arn());
        let found = aliases.get_mut(alias);
        let found = found.ok_or_else(|| Error::NoSuchAlias(arn.clone()))?;
        if let Some(version) = change.version {
            found.version = version;
        }
        if let Some(description) = change.description {
            found.description = description;
        }
        found.revision_id = revision_id(&arn, ctx);
        Ok(found)
    }

    /// An alias of a function.
    ///
    /// # Errors
    /// No such function or alias.
    pub fn alias(&self, name: &FunctionName, alias: &str) -> Result<&Alias, Error> {
        let function = self.find(name)?;
        let published = self.published(&function.arn);
        let found = published.and_then(|published| published.aliases.get(alias));
        found.ok_or_else(|| Error::NoSuchAlias(format!("{}:{alias}", function.arn)))
    }

    /// The aliases of a function, by name.
    ///
    /// # Errors
    /// No such function.
    pub fn aliases(&self, name: &FunctionName) -> Result<impl Iterator<Item = &Alias>, Error> {
        let function = self.find(name)?;
        let published = self.published(&function.arn);
        Ok(published.into_iter().flat_map(|it| it.aliases.values()))
    }

    /// Takes an alias away, with its policy; one that is not there is taken away without a word.
    ///
    /// # Errors
    /// No such function.
    pub fn delete_alias(&mut self, name: &FunctionName, alias: &str) -> Result<(), Error> {
        let arn = self.find(name)?.arn.clone();
        self.published_mut(&arn).aliases.remove(alias);
        Ok(())
    }

    /// An alias names a version, and no other alias.
    fn check_version(&self, name: &FunctionName, version: &str) -> Result<(), Error> {
        let published = self.published(&name.arn());
        let is_there = version == LATEST
            || published.is_some_and(|published| published.version(version).is_some());
        match is_there {
            true => Ok(()),
            false => Err(Error::NoSuchFunction(format!("{}:{version}", name.arn()))),
        }
    }
}

/// The number of a version, as it is written in ARNs: `01` names none, so that no policy of the version 1 is
/// passed by (what AWS says of it is unverified).
fn numbered(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests;
