//! The rotation of a secret: what is configured, what goes on, when it is due.
//!
//! Sources: user guide, `rotate-secrets_how.html` (the four steps, the label `AWSPENDING`, that a
//! rotation which fails leaves it on an empty version); API reference, `RotateSecret` and
//! `CancelRotateSecret`.

mod cron;
mod schedule;
mod state;
#[cfg(test)]
mod tests;

pub use schedule::{Rules, Schedule, Window};

use authlab_kernel::{Secret, TimerId, Timestamp};

use super::error::Error;
use super::secret::{CURRENT, Entry, PENDING};

/// The steps of a rotation, in order.
pub(super) const STEPS: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

/// The step that tries a rotation function without rotating.
pub(super) const TRIAL: [&str; 1] = ["testSecret"];

/// How a secret is rotated.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The function's ARN.
    pub function: String,
    /// When, as it was stated.
    pub rules: Rules,
    /// When; `None` for a secret that is only rotated when somebody asks.
    pub schedule: Option<Schedule>,
    /// Whether it is turned on.
    pub is_enabled: bool,
    /// When the secret was last rotated.
    pub rotated: Option<Timestamp>,
    /// The next window.
    pub window: Option<Window>,
    /// `NextRotationDate`: of the past when rotations failed.
    pub due_by: Option<Timestamp>,
    /// The rotation that has begun and not ended well.
    pub under_way: Option<UnderWay>,
    /// What lets the next window begin.
    pub timer: Option<TimerId>,
}

/// A rotation that has begun.
#[derive(Clone, Debug)]
pub struct UnderWay {
    /// The id of the version that it makes.
    pub version: String,
    /// What tells a change of the function from any other (`RotationToken`).
    pub token: Secret,
}

/// How a call of RotateSecret changes how a secret is rotated.
#[derive(Clone, Debug)]
pub struct Configured {
    /// The function's ARN.
    pub function: String,
    /// The rules, where some are given.
    pub rules: Option<Rules>,
}

impl Rotation {
    /// The rotation that a call asks for, over what was there before.
    ///
    /// # Errors
    /// Rules that are none.
    pub(super) fn configured(
        before: Option<&Self>,
        configured: Configured,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let rules = configured
            .rules
            .or_else(|| before.map(|before| before.rules.clone()))
            .unwrap_or_default();
        let schedule = rules.schedule()?;
        let rotated = before.and_then(|before| before.rotated);
        let mut rotation = Self {
            function: configured.function,
            rules,
            schedule,
            is_enabled: true,
            rotated,
            window: None,
            due_by: None,
            under_way: None,
            timer: before.and_then(|before| before.timer.clone()),
        };
        rotation.plan(rotated.unwrap_or(now), now);
        rotation.due_by = rotation.window.map(|window| window.end);
        Ok(rotation)
    }

    /// Whether a request that states these asks for no other rotation.
    pub(super) fn is(&self, function: Option<&str>, rules: Option<&Rules>) -> bool {
        function.is_none_or(|function| function == self.function)
            && rules.is_none_or(|rules| *rules == self.rules)
    }

    /// Sets the next window after `now`.
    pub(super) fn plan(&mut self, rotated: Timestamp, now: Timestamp) {
        let schedule = self.schedule.as_ref();
        self.window = schedule.and_then(|schedule| schedule.next(rotated, now));
    }

    /// The secret has been rotated, by its function or by hand.
    pub(super) fn succeed(&mut self, now: Timestamp) {
        self.rotated = Some(now);
        self.plan(now, now);
        self.due_by = self.window.map(|window| window.end);
    }
}

impl Entry {
    /// The version that a rotation prepares and that is not current: one that has not ended.
    pub(super) fn pending(&self) -> Option<&str> {
        let pending = self.staged(PENDING)?;
        (!pending.stages.contains(CURRENT)).then_some(pending.id.as_str())
    }

    /// The rotation that is under way, if its version still waits to become current.
    pub(super) fn under_way(&self) -> Option<&UnderWay> {
        let under_way = self.rotation.as_ref()?.under_way.as_ref()?;
        (self.pending() == Some(under_way.version.as_str())).then_some(under_way)
    }

    /// A new current version that no rotation made counts as a rotation (API reference,
    /// `RotationRulesType`).
    pub(super) fn rotated_by_hand(&mut self, version: &str, now: Timestamp) {
        let is_current = self
            .staged(CURRENT)
            .is_some_and(|current| current.id == version);
        if let Some(rotation) = &mut self.rotation
            && rotation.is_enabled
            && is_current
        {
            rotation.plan(now, now);
            rotation.due_by = rotation.window.map(|window| window.end);
        }
    }
}
