//! A secret, its versions and their staging labels.

use std::collections::{BTreeMap, BTreeSet};

use authlab_kernel::{Secret, SignedDuration, Timestamp};
use authlab_policy::Policy;

use super::error::Error;
use super::rotation::Rotation;

/// The label of the version that is read when nothing else is asked for.
pub(super) const CURRENT: &str = "AWSCURRENT";

/// The label of the version that was current before.
pub(super) const PREVIOUS: &str = "AWSPREVIOUS";

/// The label of the version that a rotation prepares.
pub(super) const PENDING: &str = "AWSPENDING";

/// The most labels of a version (API reference, `PutSecretValue`).
const STAGES_MAX: usize = 20;

/// How many versions without a label are kept (user guide, `reference_limits.html`: about a
/// hundred).
const DEPRECATED_MAX: usize = 100;

/// What a version holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// `SecretString`.
    Text(Secret),
    /// `SecretBinary`, in base64.
    Binary(Secret),
}

impl Content {
    /// Whether the contents are the same, in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(one), Self::Text(two)) | (Self::Binary(one), Self::Binary(two)) => {
                one.matches(two.expose_secret())
            }
            _ => false,
        }
    }
}

/// One version of a secret.
#[derive(Clone, Debug)]
pub struct Version {
    /// The client request token that made it.
    pub id: String,
    /// What it holds; `None` for a version that a rotation has announced.
    pub content: Option<Content>,
    /// The key that it is encrypted with; `None` is the account's `aws/secretsmanager`.
    pub kms_key_id: Option<String>,
    /// Its staging labels; a version without any is deprecated.
    pub stages: BTreeSet<String>,
    /// When it was made.
    pub created: Timestamp,
    /// The day when it was last read.
    pub accessed: Option<Timestamp>,
}

/// A deletion that has been asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// When the recovery window ends: from then on the secret is gone.
    pub due: Timestamp,
}

/// A secret.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `arn:aws:secretsmanager:R:A:secret:NAME-SUFFIX`.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The key that was named; `None` is the account's `aws/secretsmanager`.
    pub kms_key_id: Option<String>,
    /// Its type, for managed external secrets.
    pub kind: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether it ever had a tag: AWS shows an empty list from then on.
    pub was_tagged: bool,
    /// The text of its policy, as it was put.
    pub policy_text: Option<String>,
    /// Its policy.
    pub policy: Option<Policy>,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
    /// The day when it was last read.
    pub accessed: Option<Timestamp>,
    /// Set in the recovery window.
    pub deletion: Option<Deletion>,
    /// How it is rotated; `None` until somebody says so.
    pub rotation: Option<Rotation>,
    /// In the order of their making.
    versions: Vec<Version>,
}

impl Entry {
    /// A secret without versions.
    pub(super) fn new(arn: String, name: String, now: Timestamp) -> Self {
        Self {
            arn,
            name,
            description: None,
            kms_key_id: None,
            kind: None,
            tags: BTreeMap::new(),
            was_tagged: false,
            policy_text: None,
            policy: None,
            created: now,
            changed: now,
            accessed: None,
            deletion: None,
            rotation: None,
            versions: Vec::new(),
        }
    }

    /// Whether the recovery window has ended.
    pub fn is_gone(&self, now: Timestamp) -> bool {
        self.deletion.is_some_and(|deletion| deletion.due <= now)
    }

    /// Whether the secret is encrypted with the account's default key, which no other account may
    /// use (user guide, `auth-and-access_examples_cross.html`).
    pub fn has_default_key(&self) -> bool {
        self.kms_key_id.as_deref().is_none_or(is_default_key)
    }

    /// All versions, in the order of their making.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// Puts the versions that have labels under the secret's key.
    pub(super) fn re_encrypt(&mut self) {
        let key = self.kms_key_id.clone();
        let staged = self.versions.iter_mut();
        staged
            .filter(|version| !version.stages.is_empty())
            .for_each(|version| version.kms_key_id.clone_from(&key));
    }

    /// The version of this id.
    pub fn version(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The version that has this label.
    pub fn staged(&self, stage: &str) -> Option<&Version> {
        self.versions
            .iter()
            .find(|version| version.stages.contains(stage))
    }

    /// The version that was asked for: by id, by label, by both, or the current one.
    ///
    /// # Errors
    /// There is none, or id and label name two.
    pub fn select(&self, id: Option<&str>, stage: Option<&str>) -> Result<&Version, Error> {
        let Some(id) = id else {
            let stage = stage.unwrap_or(CURRENT);
            return self
                .staged(stage)
                .filter(|version| version.content.is_some())
                .ok_or_else(|| Error::NoSuchStage(stage.to_owned()));
        };
        let version = self
            .version(id)
            .filter(|version| version.content.is_some())
            .ok_or_else(|| Error::NoSuchVersion(id.to_owned()))?;
        match stage {
            Some(stage) if !version.stages.contains(stage) => Err(Error::StageOfOtherVersion),
            _ => Ok(version),
        }
    }

    /// Remembers the day of a read (only the day is kept: API reference, `LastAccessedDate`).
    pub(super) fn read(&mut self, id: &str, now: Timestamp) {
        let seconds = now.as_second();
        let into_day = SignedDuration::from_secs(seconds.rem_euclid(24 * 60 * 60));
        let day = Timestamp::from_second(seconds)
            .unwrap_or(now)
            .checked_sub(into_day)
            .unwrap_or(now);
        self.accessed = Some(day);
        if let Some(version) = self.versions.iter_mut().find(|version| version.id == id) {
            version.accessed = Some(day);
        }
    }

    /// Adds a version with these labels, which leave the versions that have them; one that was
    /// announced gets its content.
    ///
    /// # Errors
    /// The version would have more than twenty labels. Nothing is changed then.
    pub(super) fn add(
        &mut self,
        id: String,
        content: Option<Content>,
        stages: &[String],
        now: Timestamp,
    ) -> Result<(), Error> {
        let distinct: BTreeSet<&String> = stages.iter().collect();
        if distinct.len() > STAGES_MAX {
            return Err(Error::TooManyStages(distinct.len()));
        }
        let announced = self.versions.iter().position(|version| version.id == id);
        let labels = announced.map(|position| self.versions.remove(position).stages);
        self.versions.push(Version {
            id: id.clone(),
            content,
            kms_key_id: self.kms_key_id.clone(),
            stages: labels.unwrap_or_default(),
            created: now,
            accessed: None,
        });
        for stage in stages {
            self.attach(stage, &id);
        }
        self.changed = now;
        self.forget_deprecated();
        Ok(())
    }

    /// Moves a label to a version. Where the current version changes, the one before it becomes
    /// the previous one (API reference, `UpdateSecretVersionStage`).
    fn attach(&mut self, stage: &str, id: &str) {
        let before = self.detach(stage);
        if let Some(version) = self.versions.iter_mut().find(|version| version.id == id) {
            version.stages.insert(stage.to_owned());
        }
        if let Some(before) = before.filter(|before| stage == CURRENT && before != id) {
            self.attach(PREVIOUS, &before);
            // What was current is no longer about to be (recorded: the end of a rotation).
            if self
                .staged(PENDING)
                .is_some_and(|version| version.id == before)
            {
                self.detach(PENDING);
            }
        }
    }

    /// Takes a label away; the id of the version that had it.
    fn detach(&mut self, stage: &str) -> Option<String> {
        let version = self
            .versions
            .iter_mut()
            .find(|version| version.stages.contains(stage))?;
        version.stages.remove(stage);
        Some(version.id.clone())
    }

    /// Moves or takes away a label, as `UpdateSecretVersionStage` states it.
    ///
    /// # Errors
    /// A version that is not there, a label that is elsewhere, a secret left without a current
    /// version. Nothing is changed then.
    pub(super) fn restage(
        &mut self,
        stage: &str,
        from: Option<&str>,
        to: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Error> {
        for id in [from, to].into_iter().flatten() {
            self.version(id)
                .ok_or_else(|| Error::NoSuchVersion(id.to_owned()))?;
        }
        let holder = self.staged(stage).map(|version| version.id.clone());
        match (from, &holder) {
            (Some(from), _) if holder.as_deref() != Some(from) => {
                return Err(Error::StageNotHeld {
                    stage: stage.to_owned(),
                    version: from.to_owned(),
                });
            }
            (None, Some(holder)) if to != Some(holder.as_str()) => {
                return Err(Error::StageHeld {
                    stage: stage.to_owned(),
                    version: holder.clone(),
                });
            }
            _ => {}
        }
        match to {
            Some(to) => {
                let stages = self.version(to).map_or(0, |version| version.stages.len());
                if stages >= STAGES_MAX && holder.as_deref() != Some(to) {
                    return Err(Error::TooManyStages(stages + 1));
                }
                self.attach(stage, to);
            }
            None if stage == CURRENT => return Err(Error::CurrentRemoved),
            None if from.is_none() => return Err(Error::NoVersionNamed),
            None => {
                self.detach(stage);
            }
        }
        self.changed = now;
        self.forget_deprecated();
        Ok(())
    }

    /// Takes a version away, with its labels.
    pub(super) fn forget(&mut self, id: &str) {
        self.versions.retain(|version| version.id != id);
    }

    fn forget_deprecated(&mut self) {
        let deprecated = self
            .versions
            .iter()
            .filter(|version| version.stages.is_empty())
            .count();
        let mut surplus = deprecated.saturating_sub(DEPRECATED_MAX);
        self.versions.retain(|version| {
            let is_forgotten = surplus > 0 && version.stages.is_empty();
            surplus -= usize::from(is_forgotten);
            !is_forgotten
        });
    }
}

impl Version {
    /// Whether the version is encrypted with the account's default key.
    pub fn has_default_key(&self) -> bool {
        self.kms_key_id.as_deref().is_none_or(is_default_key)
    }
}

/// Whether a `KmsKeyId` names the account's default key.
pub(super) fn is_default_key(key: &str) -> bool {
    key.is_empty() || key.ends_with("alias/aws/secretsmanager")
}
