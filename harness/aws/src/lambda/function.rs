//! A function's configuration.

use std::collections::BTreeMap;

use authlab_kernel::{Scope, Timestamp};

use super::permission::Permissions;

/// The version that is not published: what a function is now.
pub const LATEST: &str = "$LATEST";

/// A function, or a version of it.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Its name.
    pub name: String,
    /// Its account and Region.
    pub scope: Scope,
    /// `arn:aws:lambda:R:A:function:NAME`, without qualifier.
    pub arn: String,
    /// [`LATEST`], or the number of a version that was published.
    pub version: String,
    /// The execution role's ARN.
    pub role: String,
    /// The name of the closure that it runs.
    pub handler: String,
    /// The runtime that it is said to have.
    pub runtime: String,
    /// What it is for.
    pub description: String,
    /// After how many seconds it is cut off.
    pub timeout_seconds: i64,
    /// The memory that it is said to have, in MiB.
    pub memory_mib: i64,
    /// Its variables; `None` when nobody ever gave any, not even none.
    pub environment: Option<BTreeMap<String, String>>,
    /// The key of its variables; `None` is one of AWS's.
    pub kms_key: Option<String>,
    /// The size of `/tmp` that it is said to have, in MiB.
    pub ephemeral_mib: i64,
    /// `None` or `PublishedVersions`: no version starts from a snapshot here.
    pub snap_start: String,
    /// Its log group.
    pub log_group: String,
    /// How detailed its logs in JSON are; `None` when they are text.
    pub log_levels: Option<LogLevels>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The SHA-256 of its code, in base64.
    pub code_sha256: String,
    /// The size of its code, in bytes.
    pub code_size: usize,
    /// The architecture that it is said to have.
    pub architecture: String,
    /// `Active` or `PassThrough`.
    pub tracing: String,
    /// When it was made or changed.
    pub modified: Timestamp,
    /// Changes with every change.
    pub revision_id: String,
    /// Who else may use it.
    pub permissions: Permissions,
}

/// How detailed logs in JSON are: `TRACE` (of the application alone), `DEBUG`, `INFO`, `WARN`, and of the
/// application also `ERROR` and `FATAL`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLevels {
    /// Of what the function writes.
    pub application: String,
    /// Of what Lambda writes.
    pub system: String,
}

impl Default for LogLevels {
    fn default() -> Self {
        Self {
            application: "INFO".to_owned(),
            system: "INFO".to_owned(),
        }
    }
}

/// What a new function is to be. Absent members take Lambda's defaults.
#[derive(Clone, Debug, Default)]
pub struct NewFunction {
    /// Its name.
    pub name: String,
    /// The execution role's ARN.
    pub role: String,
    /// The code, any bytes.
    pub code: Vec<u8>,
    /// The architecture; `x86_64` when absent.
    pub architecture: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Everything that can change later.
    pub settings: Change,
}

/// The code that a function is to have.
#[derive(Clone, Debug)]
pub struct NewCode {
    /// The package.
    pub package: Vec<u8>,
    /// The architecture; stays when absent.
    pub architecture: Option<String>,
    /// The revision that is to be changed.
    pub revision_id: Option<String>,
    /// Whether everything is checked and nothing changed.
    pub is_dry_run: bool,
}

/// What changes in a function; absent members stay.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The execution role's ARN.
    pub role: Option<String>,
    /// The name of the closure that it runs.
    pub handler: Option<String>,
    /// The runtime.
    pub runtime: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// After how many seconds it is cut off.
    pub timeout_seconds: Option<i64>,
    /// Its memory, in MiB.
    pub memory_mib: Option<i64>,
    /// All its variables.
    pub environment: Option<BTreeMap<String, String>>,
    /// The key of the variables; empty for one of AWS's.
    pub kms_key: Option<String>,
    /// The size of `/tmp`, in MiB.
    pub ephemeral_mib: Option<i64>,
    /// `None` or `PublishedVersions`.
    pub snap_start: Option<String>,
    /// Its log group.
    pub log_group: Option<String>,
    /// `Text` or `JSON`.
    pub log_format: Option<String>,
    /// How detailed what the function writes is.
    pub application_log_level: Option<String>,
    /// How detailed what Lambda writes is.
    pub system_log_level: Option<String>,
    /// `Active` or `PassThrough`.
    pub tracing: Option<String>,
    /// The revision that is to be changed.
    pub revision_id: Option<String>,
}

impl Configuration {
    /// What runs, told apart from other versions: the ARN, of a published version with its number.
    pub fn version_arn(&self) -> String {
        match self.version.as_str() {
            LATEST => self.arn.clone(),
            number => format!("{}:{number}", self.arn),
        }
    }

    pub(super) fn apply(&mut self, change: Change) {
        fn set<T>(member: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *member = value;
            }
        }
        set(&mut self.role, change.role);
        set(&mut self.handler, change.handler);
        set(&mut self.runtime, change.runtime);
        set(&mut self.description, change.description);
        set(&mut self.timeout_seconds, change.timeout_seconds);
        set(&mut self.memory_mib, change.memory_mib);
        if change.environment.is_some() {
            self.environment = change.environment;
        }
        if let Some(key) = change.kms_key {
            self.kms_key = Some(key).filter(|key| !key.is_empty());
        }
        set(&mut self.ephemeral_mib, change.ephemeral_mib);
        set(&mut self.snap_start, change.snap_start);
        set(&mut self.log_group, change.log_group);
        match change.log_format.as_deref() {
            Some("JSON") => self.log_levels = Some(self.log_levels.take().unwrap_or_default()),
            Some(_) => self.log_levels = None,
            None => {}
        }
        if let Some(levels) = &mut self.log_levels {
            set(&mut levels.application, change.application_log_level);
            set(&mut levels.system, change.system_log_level);
        }
        set(&mut self.tracing, change.tracing);
    }
}
