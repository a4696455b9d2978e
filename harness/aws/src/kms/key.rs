//! A key: what it is, what state it is in, which material it has.

use std::collections::BTreeMap;

use authlab_kernel::{Scope, SignedDuration, Timestamp};
use authlab_policy::Policy;

use super::cipher::Root;
use super::error::Error;
use super::grant::Grant;
use super::identifier::key_arn;
use super::mac::MacSpec;

/// How long a day is, in hours.
const DAY_HOURS: i64 = 24;

/// Who looks after a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// The customer, who made it.
    Customer,
    /// AWS, for a service.
    Aws,
}

/// A rotation that took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// When.
    pub at: Timestamp,
    /// Whether somebody asked for it.
    pub on_demand: bool,
}

/// Automatic rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Every so many days.
    pub period_days: i64,
    /// When it is due next.
    pub next: Timestamp,
}

/// A deletion that has been asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// When the key is gone.
    pub due: Timestamp,
    /// How long it waits, in days.
    pub window_days: i64,
}

/// What a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It encrypts: `SYMMETRIC_DEFAULT`.
    Symmetric,
    /// It makes message authentication codes.
    Mac(MacSpec),
}

impl Kind {
    /// The key spec on the wire.
    pub fn spec(self) -> &'static str {
        match self {
            Self::Symmetric => "SYMMETRIC_DEFAULT",
            Self::Mac(spec) => spec.name(),
        }
    }

    /// The key usage on the wire.
    pub fn usage(self) -> &'static str {
        match self {
            Self::Symmetric => "ENCRYPT_DECRYPT",
            Self::Mac(_) => "GENERATE_VERIFY_MAC",
        }
    }
}

/// A key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Where it is.
    pub scope: Scope,
    /// A UUID.
    pub id: String,
    /// `arn:aws:kms:R:A:key/ID`.
    pub arn: String,
    /// What it is.
    pub kind: Kind,
    /// What it is for.
    pub description: String,
    /// Who looks after it.
    pub keeper: Keeper,
    /// When it was made.
    pub created: Timestamp,
    /// Whether it may be used.
    pub is_enabled: bool,
    /// Set while it waits for its deletion.
    pub deletion: Option<Deletion>,
    /// Its policy.
    pub policy: Policy,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// In the order of their making.
    pub grants: Vec<Grant>,
    /// Automatic rotation, if it is on.
    pub schedule: Option<Schedule>,
    /// Rotations so far, in order. The key's first material is generation 0.
    pub rotations: Vec<Rotation>,
    pub(super) root: Root,
}

impl Key {
    /// A key that can be used, without tags and grants.
    pub(super) fn new(
        (scope, id): (Scope, String),
        root: Root,
        policy: Policy,
        keeper: Keeper,
        now: Timestamp,
    ) -> Self {
        Self {
            arn: key_arn(&scope, &id),
            scope,
            id,
            kind: Kind::Symmetric,
            description: String::new(),
            keeper,
            created: now,
            is_enabled: true,
            deletion: None,
            policy,
            tags: BTreeMap::new(),
            grants: Vec::new(),
            schedule: None,
            rotations: Vec::new(),
            root,
        }
    }

    /// Whether it was deleted by `now`.
    pub fn is_gone(&self, now: Timestamp) -> bool {
        self.deletion.is_some_and(|deletion| deletion.due <= now)
    }

    /// `Enabled`, `Disabled` or `PendingDeletion`.
    pub fn state(&self) -> &'static str {
        match (self.deletion, self.is_enabled) {
            (Some(_), _) => "PendingDeletion",
            (None, true) => "Enabled",
            (None, false) => "Disabled",
        }
    }

    /// Whether the key can be used.
    ///
    /// # Errors
    /// It is disabled or waits for its deletion.
    pub fn check_usable(&self) -> Result<(), Error> {
        self.check_kept()?;
        if self.is_enabled {
            Ok(())
        } else {
            Err(Error::Disabled(self.arn.clone()))
        }
    }

    /// Whether the key stays.
    ///
    /// # Errors
    /// It waits for its deletion.
    pub fn check_kept(&self) -> Result<(), Error> {
        match self.deletion {
            Some(_) => Err(Error::PendingDeletion(self.arn.clone())),
            None => Ok(()),
        }
    }

    /// Whether the key encrypts: what `operation` needs.
    ///
    /// # Errors
    /// It is for something else.
    pub fn check_encrypts(&self, operation: &str) -> Result<(), Error> {
        match self.kind {
            Kind::Symmetric => Ok(()),
            Kind::Mac(_) => Err(self.not_for(operation)),
        }
    }

    /// The spec of a key that makes codes: what `operation` needs.
    ///
    /// # Errors
    /// It is for something else.
    pub fn mac_spec(&self, operation: &str) -> Result<MacSpec, Error> {
        match self.kind {
            Kind::Mac(spec) => Ok(spec),
            Kind::Symmetric => Err(self.not_for(operation)),
        }
    }

    fn not_for(&self, operation: &str) -> Error {
        Error::KeyUsage {
            arn: self.arn.clone(),
            usage: self.kind.usage(),
            operation: operation.to_owned(),
        }
    }

    /// Whether the key can have new material.
    ///
    /// # Errors
    /// Only keys that encrypt can (API reference, `EnableKeyRotation`).
    pub fn check_rotates(&self) -> Result<(), Error> {
        match self.kind {
            Kind::Symmetric => Ok(()),
            Kind::Mac(_) => Err(Error::NoRotation(self.arn.clone())),
        }
    }

    /// Which material encrypts: that of the last rotation by `now`, those that fell due since the
    /// key was last changed included.
    pub fn generation(&self, now: Timestamp) -> u32 {
        u32::try_from(self.rotations_by(now).len()).unwrap_or(u32::MAX)
    }

    /// The id of the material that encrypts.
    pub fn material_id(&self, now: Timestamp) -> String {
        self.root.material_id(self.generation(now))
    }

    /// The rotations that took place by `now`.
    pub fn rotations_by(&self, now: Timestamp) -> Vec<Rotation> {
        let mut rotations = self.rotations.clone();
        let mut schedule = self.schedule;
        while let Some(due) = schedule.filter(|due| due.next <= now) {
            rotations.push(Rotation {
                at: due.next,
                on_demand: false,
            });
            schedule = next_after(due.period_days, due.next);
        }
        rotations
    }

    /// When the next automatic rotation is due after `now`.
    pub fn next_rotation(&self, now: Timestamp) -> Option<Timestamp> {
        let mut schedule = self.schedule;
        while let Some(due) = schedule.filter(|due| due.next <= now) {
            schedule = next_after(due.period_days, due.next);
        }
        schedule.map(|schedule| schedule.next)
    }

    /// Makes the rotations that fell due part of the key's history, before its schedule changes.
    pub(super) fn catch_up(&mut self, now: Timestamp) {
        self.rotations = self.rotations_by(now);
        if let (Some(schedule), Some(next)) = (self.schedule, self.next_rotation(now)) {
            self.schedule = Some(Schedule { next, ..schedule });
        }
    }

    /// Turns automatic rotation on, or changes how often.
    pub(super) fn rotate_every(&mut self, period_days: i64, now: Timestamp) {
        self.catch_up(now);
        self.schedule = next_after(period_days, now);
    }
}

/// A schedule that was started, or came due, at `start`. None where time ends before.
fn next_after(period_days: i64, start: Timestamp) -> Option<Schedule> {
    // No period is shorter than a day, so that the history has an end.
    let period = SignedDuration::from_hours(DAY_HOURS * period_days.max(1));
    let next = start.checked_add(period).ok()?;
    Some(Schedule { period_days, next })
}

/// A name for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The key's id.
    pub target: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last pointed at a key.
    pub updated: Timestamp,
}

#[cfg(test)]
mod tests {
    use authlab_policy::{Document, DocumentKind};

    use super::*;

    #[test]
    fn rotations_fall_due_by_the_clock() {
        let time = |text: &str| -> Timestamp { text.parse().unwrap() };
        let scope = Scope::new(
            "111111111111".parse().unwrap(),
            "us-east-1".parse().unwrap(),
        );
        let text = r#"{"Version":"2012-10-17","Statement":[]}"#;
        let document =
            Document::from_stored(DocumentKind::KmsKey, &serde_json::from_str(text).unwrap());
        let policy = Policy::new("p", document.unwrap());
        let start = time("2026-01-01T00:00:00Z");
        let root = Root::of(&[1; 32]);
        let mut key = Key::new(
            (scope, "id".to_owned()),
            root,
            policy,
            Keeper::Customer,
            start,
        );
        key.rotate_every(90, start);
        for (now, generation, next) in [
            ("2026-03-31T23:59:59Z", 0, "2026-04-01T00:00:00Z"),
            ("2026-04-01T00:00:00Z", 1, "2026-06-30T00:00:00Z"),
            ("2026-12-31T00:00:00Z", 4, "2027-03-27T00:00:00Z"),
        ] {
            assert_eq!(key.generation(time(now)), generation, "{now}");
            assert_eq!(key.next_rotation(time(now)), Some(time(next)), "{now}");
        }
        let before = key.material_id(start);
        assert_ne!(before, key.material_id(time("2026-04-01T00:00:00Z")));
        // What took place stays when rotation is turned off.
        key.catch_up(time("2026-07-01T00:00:00Z"));
        key.schedule = None;
        assert_eq!(key.generation(time("2030-01-01T00:00:00Z")), 2);
        assert_eq!(key.next_rotation(time("2030-01-01T00:00:00Z")), None);
    }
}
