//! Principals of trust policies: saved as unique ids, shown as ARNs while they live.
//!
//! Source: IAM user guide, `reference_policies_elements_principal.html`.

use authlab_policy::words::{self, Refused};
use authlab_policy::{Document, DocumentKind};
use serde_json::Value;

use super::error::Error;
use super::state::State;
use crate::shared::principal::each_named;

/// The size of a trust policy without a raised quota (IAM user guide, `reference_iam-quotas`).
const TRUST_MAX: usize = 2_048;

impl State {
    /// A trust policy as it is saved: each user and role that it names becomes its unique id.
    ///
    /// # Errors
    /// The document is none, or names a user or role that does not exist.
    pub fn save_trust(&self, text: &str) -> Result<Document, Error> {
        let given = words::read(words::Use::Trust, text)?;
        if given.size_chars() > TRUST_MAX {
            let text = format!("Cannot exceed quota for ACLSizePerRole: {TRUST_MAX}");
            return Err(Error::Quota(text));
        }
        self.with_unique_ids(DocumentKind::Trust, &given)
    }

    /// The same for the resource policy of any service, whose sizes are that service's.
    ///
    /// # Errors
    /// As [`State::save_trust`].
    pub fn save_principals(&self, kind: DocumentKind, text: &str) -> Result<Document, Error> {
        let given = Document::parse(kind, text).map_err(Refused::from)?;
        self.with_unique_ids(kind, &given)
    }

    /// Whether every user and role that a resource policy names is there.
    ///
    /// # Errors
    /// One is not, or is the unique id of one that is gone.
    pub fn check_principals(&self, document: &Value) -> Result<(), Error> {
        each_named(&mut document.clone(), &mut |principal| {
            let is_gone = is_unique_id(principal)
                || is_user_or_role(principal) && self.unique_id_of(principal).is_none();
            if is_gone {
                return Err(Error::Principal(principal.clone()));
            }
            Ok(())
        })
    }

    fn with_unique_ids(&self, kind: DocumentKind, given: &Document) -> Result<Document, Error> {
        let mut saved = given.source().clone();
        each_named(&mut saved, &mut |principal| {
            match self.unique_id_of(principal) {
                Some(id) => *principal = id,
                // A unique id is shown when its principal is gone; it cannot be given anew.
                None if is_user_or_role(principal) || is_unique_id(principal) => {
                    return Err(Error::Principal(principal.clone()));
                }
                None => {}
            }
            Ok(())
        })?;
        let saved = Document::from_stored(kind, &saved);
        Ok(saved.map_err(Refused::from)?)
    }

    /// A saved trust policy as it is shown: JSON text with the ARNs of those that live.
    pub fn show_trust(&self, document: &Document) -> String {
        self.show_principals(document)
    }

    /// The same for a resource policy that [`State::save_principals`] saved.
    pub fn show_principals(&self, document: &Document) -> String {
        let mut shown = document.source().clone();
        let showing: Result<(), Error> = each_named(&mut shown, &mut |principal| {
            if let Some(arn) = self.arn_of(principal) {
                *principal = arn;
            }
            Ok(())
        });
        debug_assert!(showing.is_ok(), "showing refuses nothing");
        shown.to_string()
    }

    fn unique_id_of(&self, arn: &str) -> Option<String> {
        let role = self.role_by_arn(arn).map(|role| role.id.clone());
        role.or_else(|| self.user_by_arn(arn).map(|user| user.id.clone()))
    }

    /// The ARN of the user or role with this unique id, while it lives.
    pub fn arn_of(&self, unique_id: &str) -> Option<String> {
        if !is_unique_id(unique_id) {
            return None;
        }
        self.accounts.values().find_map(|account| {
            let role = account
                .roles
                .values()
                .find(|role| role.id == unique_id)
                .map(|role| &role.arn);
            let user = || {
                account
                    .users
                    .values()
                    .find(|user| user.id == unique_id)
                    .map(|user| &user.arn)
            };
            role.or_else(user).cloned()
        })
    }
}

fn is_user_or_role(text: &str) -> bool {
    text.starts_with("arn:aws:iam::") && (text.contains(":role/") || text.contains(":user/"))
}

fn is_unique_id(text: &str) -> bool {
    (text.starts_with("AROA") || text.starts_with("AIDA")) && !text.contains(':')
}
