//! The rules of rotations over all secrets.

use authlab_kernel::{Scope, TimerId, Timestamp};

use super::{Configured, Rotation, UnderWay};
use crate::secretsmanager::error::Error;
use crate::secretsmanager::secret::{Entry, PENDING};
use crate::secretsmanager::state::State;
use crate::shared::Ctx;

impl State {
    /// How the secret of this ARN is rotated.
    pub fn rotation(&self, scope: &Scope, arn: &str) -> Option<&Rotation> {
        self.entries(scope)
            .find(|entry| entry.arn == arn)?
            .rotation
            .as_ref()
    }

    /// Keeps how a secret is rotated, and announces the version that a rotation is to make. For a
    /// trial the version has the present content, and goes again (as verified on AWS by moto).
    ///
    /// # Errors
    /// No such secret, rules that are none.
    pub fn begin_rotation(
        &mut self,
        id: &str,
        configured: Configured,
        under_way: UnderWay,
        is_immediate: bool,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        let entry = self.usable_mut(id, ctx)?;
        let mut rotation = Rotation::configured(entry.rotation.as_ref(), configured, ctx.now)?;
        let content = entry.select(None, None).ok();
        let content = content.and_then(|version| version.content.clone());
        let content = content.filter(|_| !is_immediate);
        let version = under_way.version.clone();
        entry.add(version, content, &[PENDING.to_owned()], ctx.now)?;
        rotation.under_way = Some(under_way);
        entry.rotation = Some(rotation);
        Ok(())
    }

    /// Begins the rotation whose window began at `due`, or repeats the one that did not end: the
    /// function and what it is to make. `None` where the window was moved, the rotation turned off
    /// or the secret is being deleted.
    pub fn begin_due_rotation(
        &mut self,
        (scope, arn): (&Scope, &str),
        due: Timestamp,
        under_way: UnderWay,
        now: Timestamp,
    ) -> Option<(String, UnderWay)> {
        let entry = self.entry_mut(scope, arn)?;
        let again = entry.under_way().cloned();
        let (is_pending, is_deleted) = (entry.pending().is_some(), entry.deletion.is_some());
        let rotation = entry.rotation.as_mut().filter(|rotation| {
            let window = rotation.window;
            rotation.is_enabled && window.is_some_and(|window| window.start <= due)
        })?;
        // The next window is planned whatever becomes of this one; what is shown stays until then.
        rotation.plan(rotation.rotated.unwrap_or(now), now);
        let function = rotation.function.clone();
        if is_deleted {
            return None;
        }
        if is_pending {
            return again.map(|again| (function, again));
        }
        rotation.under_way = Some(under_way.clone());
        let version = under_way.version.clone();
        entry.add(version, None, &[PENDING.to_owned()], now).ok()?;
        Some((function, under_way))
    }

    /// Ends a rotation: whether its version has become the current one. A trial's version goes.
    pub fn end_rotation(
        &mut self,
        (scope, arn): (&Scope, &str),
        version: &str,
        is_trial: bool,
        now: Timestamp,
    ) -> bool {
        let Some(entry) = self.entry_mut(scope, arn) else {
            return false;
        };
        let is_current = entry
            .select(None, None)
            .is_ok_and(|current| current.id == version);
        if is_trial && !is_current {
            entry.forget(version);
        }
        if let Some(rotation) = &mut entry.rotation {
            if is_current {
                rotation.succeed(now);
            }
            if is_current || is_trial {
                rotation.under_way = None;
            }
        }
        is_current
    }

    /// Remembers the timer of the next window; the one before it.
    pub fn set_rotation_timer(
        &mut self,
        scope: &Scope,
        arn: &str,
        timer: TimerId,
    ) -> Option<TimerId> {
        let rotation = self.entry_mut(scope, arn)?.rotation.as_mut()?;
        rotation.timer.replace(timer)
    }

    /// Turns a secret's rotation off; the version of one that is under way is left, and answered.
    ///
    /// # Errors
    /// No such secret, or no rotation was ever configured (its text is that of a rotation without
    /// a function, `unverified`).
    pub fn cancel_rotation(
        &mut self,
        id: &str,
        ctx: &Ctx<'_>,
    ) -> Result<(&Entry, Option<String>), Error> {
        let entry = self.usable_mut(id, ctx)?;
        let version = entry.under_way().map(|rotation| rotation.version.clone());
        let rotation = entry.rotation.as_mut().ok_or(Error::NoRotationFunction)?;
        rotation.is_enabled = false;
        rotation.under_way = None;
        (rotation.window, rotation.due_by) = (None, None);
        Ok((entry, version))
    }
}
