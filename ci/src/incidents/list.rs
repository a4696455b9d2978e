//! The list of all incidents.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Deserialize;

/// Where the list is.
pub const LIST: &str = "ci/incidents.toml";

/// Every incident, in the order of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incidents {
    #[serde(rename = "incident")]
    all: Vec<Incident>,
}

/// An incident of production.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// Its name: `OIDC-01`.
    pub id: String,
    /// What went wrong, in a few words.
    pub title: String,
    /// What has to be there before it can be reproduced.
    pub waits: Option<String>,
    /// What of it its feature does not show.
    pub without: Option<String>,
}

impl Incidents {
    /// Reads the list.
    ///
    /// # Errors
    /// When it cannot be read, or an id stands twice.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let path = root.join(LIST);
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("`{}`", path.display()))?;
        Self::parse(&text)
    }

    /// Reads the text of a list.
    ///
    /// # Errors
    /// When it is none, or an id stands twice.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let listed: Self = toml::from_str(text).with_context(|| format!("`{LIST}`"))?;
        let mut seen = BTreeSet::new();
        for incident in &listed.all {
            if !seen.insert(&incident.id) {
                bail!("`{LIST}`: `{}` stands twice", incident.id);
            }
        }
        Ok(listed)
    }

    /// All of them.
    pub fn all(&self) -> &[Incident] {
        &self.all
    }

    /// The one of this id.
    pub fn find(&self, id: &str) -> Option<&Incident> {
        self.all.iter().find(|incident| incident.id == id)
    }
}

impl Incident {
    /// The family of its id: `OIDC`.
    pub fn family(&self) -> &str {
        self.id.split('-').next().unwrap_or(&self.id)
    }
}
