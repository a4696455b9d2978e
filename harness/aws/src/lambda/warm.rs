//! The sessions of functions that wait for their next invocation.
//!
//! An execution environment serves one invocation at a time and keeps its role's credentials for the
//! next (Lambda developer guide, `lambda-runtime-environment.html`); so does a session here. How long
//! before their end AWS renews them is not known (`unverified`).

use std::collections::BTreeMap;

use authlab_kernel::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::shared::Credentials;

/// What a session has left at least when an invocation begins: as long as the longest may take.
const LEFT_MIN: SignedDuration = SignedDuration::from_mins(15);

/// How many sessions of one function wait at most; what is more is let go.
const WAITING_MAX: usize = 64;

/// A session that no invocation uses.
struct Waiting {
    role_id: String,
    credentials: Credentials,
}

/// Every session that waits, by the ARN of the function, or of the version that was published. Behind a
/// lock of its own: an invocation takes one and gives it back while others read the cloud.
#[derive(Default)]
pub struct WarmSessions(Mutex<BTreeMap<String, Vec<Waiting>>>);

impl WarmSessions {
    /// A session of this role that an earlier invocation had. What has another role, or ends soon, is let
    /// go: the role is another one, or was made anew.
    pub fn take(&self, function_arn: &str, role_id: &str, now: Timestamp) -> Option<Credentials> {
        let mut sessions = self.0.lock();
        let waiting = sessions.get_mut(function_arn)?;
        while let Some(Waiting {
            role_id: of,
            credentials,
        }) = waiting.pop()
        {
            if of == role_id && credentials.expires.duration_since(now) >= LEFT_MIN {
                return Some(credentials);
            }
        }
        None
    }

    /// Keeps a session for the next invocation.
    pub fn put(&self, function_arn: &str, role_id: &str, credentials: Credentials) {
        let mut sessions = self.0.lock();
        if !sessions.contains_key(function_arn) {
            sessions.insert(function_arn.to_owned(), Vec::new());
        }
        if let Some(waiting) = sessions.get_mut(function_arn)
            && waiting.len() < WAITING_MAX
        {
            waiting.push(Waiting {
                role_id: role_id.to_owned(),
                credentials,
            });
        }
    }

    /// Lets go the sessions of a function that is gone, and of its versions.
    pub fn forget(&self, function_arn: &str) {
        let is_version = |arn: &str| {
            let rest = arn.strip_prefix(function_arn);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        self.0.lock().retain(|arn, _| !is_version(arn));
    }
}

#[cfg(test)]
mod tests {
    use authlab_kernel::Secret;

    use super::*;

    #[test]
    fn a_session_serves_one_at_a_time_until_it_ends_soon_or_the_role_is_another() {
        let now: Timestamp = "2026-01-15T12:00:00Z".parse().unwrap();
        let credentials = Credentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: Secret::new("s"),
            session_token: Secret::new("t"),
            expires: now + SignedDuration::from_mins(60),
        };
        let warm = WarmSessions::default();
        let taken = |role_id: &str, minutes: i64, twice: bool| {
            warm.put("f", "AROA1", credentials.clone());
            let now = now + SignedDuration::from_mins(minutes);
            let first = warm.take("f", role_id, now).is_some();
            let again = twice && warm.take("f", role_id, now).is_some();
            warm.forget("f");
            (first, again)
        };
        assert_eq!(taken("AROA1", 0, true), (true, false));
        assert_eq!(taken("AROA1", 45, false), (true, false));
        assert_eq!(taken("AROA1", 46, false), (false, false));
        assert_eq!(taken("AROA2", 0, false), (false, false));
        assert!(warm.take("f", "AROA1", now).is_none());
    }
}
