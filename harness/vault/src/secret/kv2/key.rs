//! A key and its versions.

use std::collections::BTreeMap;

use authlab_kernel::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::Config;
use crate::json::texts_or_null;

/// How many versions are kept when neither the key nor the mount says.
const VERSIONS_DEFAULT: u32 = 10;

/// One version.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) created: Timestamp,
    pub(crate) deletion: Option<Timestamp>,
    pub(crate) destroyed: bool,
    /// Gone when destroyed.
    pub(crate) data: Option<Value>,
}

impl Version {
    /// Whether the content may be read.
    pub(crate) fn is_readable(&self, now: Timestamp) -> bool {
        !self.destroyed && self.deletion.is_none_or(|deletion| deletion > now)
    }
}

/// A key.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) current_version: u64,
    pub(crate) oldest_version: u64,
    pub(crate) versions: BTreeMap<u64, Version>,
    pub(crate) max_versions: u32,
    pub(crate) cas_required: bool,
    pub(crate) metadata_cas_required: bool,
    /// How often the metadata were written.
    pub(crate) metadata_version: u64,
    pub(crate) delete_version_after: i64,
    pub(crate) custom_metadata: BTreeMap<String, String>,
}

impl Key {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            created: now,
            updated: now,
            current_version: 0,
            oldest_version: 0,
            versions: BTreeMap::new(),
            max_versions: 0,
            cas_required: false,
            metadata_cas_required: false,
            metadata_version: 0,
            delete_version_after: 0,
            custom_metadata: BTreeMap::new(),
        }
    }

    /// Adds a version and drops those that are too many.
    pub(crate) fn add(&mut self, data: Value, now: Timestamp, config: &Config) {
        self.current_version += 1;
        self.updated = now;
        let deletion = self.deletion_of(now, config);
        let version = Version {
            created: now,
            deletion,
            destroyed: false,
            data: Some(data),
        };
        self.versions.insert(self.current_version, version);
        let kept = match self.max_versions.max(config.max_versions) {
            0 => VERSIONS_DEFAULT,
            versions => versions,
        };
        // The oldest is named as soon as there are as many as may be (recorded).
        if self.current_version.saturating_sub(self.oldest_version) >= u64::from(kept) {
            self.oldest_version = self.current_version.saturating_sub(u64::from(kept)) + 1;
            let oldest = self.oldest_version;
            self.versions.retain(|version, _| *version >= oldest);
        }
    }

    /// When a version that is made now is deleted by itself.
    pub(crate) fn deletion_of(&self, now: Timestamp, config: &Config) -> Option<Timestamp> {
        if config.delete_version_after < 0 {
            return None;
        }
        let bounds = [self.delete_version_after, config.delete_version_after];
        let seconds = bounds.into_iter().filter(|seconds| *seconds > 0).min()?;
        now.checked_add(SignedDuration::from_secs(seconds)).ok()
    }

    /// The version that a read means: 0 or less is the current one.
    pub(crate) fn version(&self, wanted: i64) -> Option<(u64, &Version)> {
        let number = u64::try_from(wanted)
            .ok()
            .filter(|number| *number > 0)
            .unwrap_or(self.current_version);
        self.versions.get(&number).map(|version| (number, version))
    }

    /// A version's metadata as `data/` shows it.
    pub(crate) fn version_json(&self, number: u64, version: &Version) -> Value {
        json!({
            "version": number,
            "created_time": version.created.to_string(),
            "deletion_time": time_or_empty(version.deletion),
            "destroyed": version.destroyed,
            "custom_metadata": texts_or_null(&self.custom_metadata),
        })
    }

    /// The whole key as `metadata/` shows it.
    pub(crate) fn to_json(&self, metadata_cas: bool) -> Value {
        let versions: Map<String, Value> = self
            .versions
            .iter()
            .map(|(number, version)| {
                let value = json!({
                    "created_time": version.created.to_string(),
                    "deletion_time": time_or_empty(version.deletion),
                    "destroyed": version.destroyed,
                });
                (number.to_string(), value)
            })
            .collect();
        let mut shown = json!({
            "cas_required": self.cas_required,
            "created_time": self.created.to_string(),
            "current_version": self.current_version,
            "custom_metadata": texts_or_null(&self.custom_metadata),
            "delete_version_after": crate::duration::long(self.delete_version_after),
            "max_versions": self.max_versions,
            "oldest_version": self.oldest_version,
            "updated_time": self.updated.to_string(),
            "versions": versions,
        });
        if metadata_cas {
            shown["current_metadata_version"] = json!(self.metadata_version);
            shown["metadata_cas_required"] = json!(self.metadata_cas_required);
        }
        shown
    }
}

fn time_or_empty(time: Option<Timestamp>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}
