//! Tags of roots, units, accounts and policies.

use super::error::Error;
use super::state::Realm;
use crate::operation::Tags;

/// How many tags a resource may have (Organizations user guide, `orgs_tagging.html`).
const TAGS_MAX: usize = 50;

impl Realm {
    /// The tags of a root, unit, account or policy.
    ///
    /// # Errors
    /// There is no such thing.
    pub(super) fn tags_of(&self, id: &str) -> Result<Tags, Error> {
        let is_own_policy = self.policies.contains_key(id);
        if !self.organization.is_target(id) && !is_own_policy {
            return Err(Error::NoTarget(id.to_owned()));
        }
        Ok(self.tags.get(id).cloned().unwrap_or_default())
    }

    /// Adds tags, replacing those of the same key, and takes others away.
    ///
    /// # Errors
    /// There is no such thing, or it would have more than fifty.
    pub(super) fn tag(&mut self, id: &str, add: Tags, remove: &[String]) -> Result<(), Error> {
        let mut tags = self.tags_of(id)?;
        tags.retain(|key, _| !remove.contains(key));
        tags.extend(add);
        if tags.len() > TAGS_MAX {
            return Err(Error::TooManyTags);
        }
        self.tags.insert(id.to_owned(), tags);
        Ok(())
    }
}
