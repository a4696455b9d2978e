//! A session of a role that nobody had to be allowed: what the lab gives who asks its own API.
//!
//! It is a session as AssumeRole issues it, checked in the same words; only the trust policy and the
//! caller's policies are not asked, since nobody calls.

use authlab_wire::{Value, WireError};

use super::assume::{Input, check_role_arn, session_of};
use super::ops::{issued, wire};
use super::state::Credentials;
use crate::cloud::Cloud;
use crate::operation::{Call, Effect, read};

/// Credentials that were given, and whose they are.
#[derive(Debug)]
pub struct Given {
    /// The credentials.
    pub credentials: Credentials,
    /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    pub arn: String,
}

/// Gives a session by the input of AssumeRole, in the course of `call`, which is of the role's account.
///
/// # Errors
/// The input is none, or there is no such role.
pub fn give(cloud: &mut Cloud, call: &Call, input: Value) -> Result<(Given, Effect), WireError> {
    let asked: Input = read(input)?;
    check_role_arn(&asked.role_arn)?;
    let Some(role) = cloud.shared.iam.role_by_arn(&asked.role_arn) else {
        let text = format!(
            "there is no role `{}`: make it before its session",
            asked.role_arn
        );
        return Err(WireError::new(404, "NoSuchEntity", text));
    };
    let session = session_of(cloud, call, role, &asked).map_err(|error| wire(&error))?;
    let credentials = cloud.sts.issue(session.clone(), call.now, &call.ids);
    let arn = session.session_arn();
    let effect = issued(call, &arn, &session.account, &credentials);
    Ok((Given { credentials, arn }, effect))
}
