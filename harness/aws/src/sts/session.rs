//! What a caller asks for in a session, checked: duration, policies, tags.

use std::collections::BTreeMap;

use authlab_kernel::AccountId;
use authlab_policy::words::{self, Use};
use authlab_policy::{Policy, Principal};
use authlab_wire::{Protocol, WireError, sigv4};
use serde::Deserialize;

use super::error::Error;
use crate::cloud::Cloud;
use crate::evidence::Reason;
use crate::operation::{Caller, Session, Tag};
use crate::shared::{Role, aws_managed};

/// How many managed policies a session takes (STS, AssumeRole).
const POLICIES_MAX: usize = 10;
/// How many characters its inline policy may have (as above).
const POLICY_CHARS_MAX: usize = 2_048;

/// An hour: the default, and all that a session gets that assumes a role.
pub const HOUR_SECONDS: i64 = 3600;

/// What temporary credentials of users may not call, whatever policies say: those of GetSessionToken
/// nothing of IAM unless MFA was proved, and of STS only AssumeRole and GetCallerIdentity; those of
/// GetFederationToken nothing of IAM, and of STS only GetCallerIdentity (IAM user guide,
/// `id_credentials_temp_request`, the table that compares the operations).
///
/// # Errors
/// AWS's answer: for IAM that of a token that is none, as pasted in public many times.
pub fn check_limits(caller: &Caller, service: &str, operation: &str) -> Result<(), WireError> {
    let Some(session) = &caller.session else {
        return Ok(());
    };
    let (is_federated, has_mfa) = match caller.principal {
        Principal::FederatedUser { .. } => (true, false),
        Principal::User { .. } | Principal::Root { .. } => (false, session.mfa.is_some()),
        _ => return Ok(()),
    };
    match (service, operation) {
        ("iam", _) if !has_mfa => {
            let answer = sigv4::Refusal::UnknownKey.answer(Protocol::Query);
            Err(answer.because(Reason::SessionCredentials))
        }
        ("sts", "GetCallerIdentity") => Ok(()),
        ("sts", "AssumeRole") if !is_federated => Ok(()),
        ("sts", _) => {
            let text = format!("Cannot call {operation} with session credentials");
            let answer = WireError::new(403, "AccessDenied", text);
            Err(answer.because(Reason::SessionCredentials))
        }
        _ => Ok(()),
    }
}

/// A policy given by its ARN.
#[derive(Clone, Debug, Deserialize)]
pub struct PolicyArn {
    /// The ARN.
    pub arn: Option<String>,
}

/// How long a session lasts: what was asked for, or an hour.
///
/// # Errors
/// Beyond the role's maximum, or beyond an hour for a chained session (reference 2.2).
pub fn duration_seconds(asked: Option<i64>, role: &Role, is_chained: bool) -> Result<i64, Error> {
    let seconds = asked.unwrap_or(HOUR_SECONDS);
    if is_chained && seconds > HOUR_SECONDS {
        return Err(Error::BeyondChainingLimit { asked: seconds });
    }
    if seconds > role.max_session_duration_seconds {
        return Err(Error::BeyondRoleMaximum {
            asked: seconds,
            max: role.max_session_duration_seconds,
        });
    }
    Ok(seconds)
}

/// The session policies: the inline one, then the managed ones.
///
/// # Errors
/// A document that is none, or a managed policy that is not there.
pub fn policies(
    cloud: &Cloud,
    account: &AccountId,
    inline: Option<&str>,
    arns: &[PolicyArn],
) -> Result<Vec<Policy>, Error> {
    if arns.len() > POLICIES_MAX {
        return Err(Error::TooLong {
            member: "policyArns",
            max: POLICIES_MAX,
        });
    }
    let mut policies = Vec::new();
    if let Some(text) = inline {
        let document = words::read(Use::Session, text)?;
        if text.chars().count() > POLICY_CHARS_MAX {
            return Err(Error::TooLong {
                member: "policy",
                max: POLICY_CHARS_MAX,
            });
        }
        policies.push(Policy::new("inline session policy", document));
    }
    for arn in arns.iter().filter_map(|policy| policy.arn.as_deref()) {
        // Managed policies of the session's own account, or AWS's (STS, AssumeRole).
        let own = format!("arn:aws:iam::{account}:policy/");
        let is_near = arn.starts_with(&own) || aws_managed::is_arn(arn);
        let managed = cloud.shared.iam.managed(arn).filter(|_| is_near);
        policies.push(managed.ok_or_else(|| Error::NoSuchPolicy(arn.to_owned()))?);
    }
    Ok(policies)
}

/// The tags of a new session, and which of them are passed on.
#[derive(Clone, Debug, Default)]
pub struct Tags {
    /// All of the session's tags, the inherited ones included.
    pub all: BTreeMap<String, String>,
    /// The keys that later sessions inherit.
    pub transitive: Vec<String>,
}

/// The tags that were asked for joined with those that the caller's session passes on.
///
/// # Errors
/// A key twice (in any case), a transitive key without a tag, or a tag that would replace an
/// inherited one.
pub fn tags(
    asked: &[Tag],
    transitive: &[String],
    caller: Option<(&Session, &BTreeMap<String, String>)>,
) -> Result<Tags, Error> {
    let mut tags = Tags::default();
    if let Some((session, own)) = caller {
        for key in &session.transitive_tag_keys {
            if let Some((key, value)) = own.iter().find(|(name, _)| name.eq_ignore_ascii_case(key))
            {
                tags.all.insert(key.clone(), value.clone());
                tags.transitive.push(key.clone());
            }
        }
    }
    let inherited = tags.transitive.clone();
    for tag in asked {
        if inherited
            .iter()
            .any(|key| key.eq_ignore_ascii_case(&tag.key))
        {
            let text = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.";
            return Err(Error::Tags(text.to_owned()));
        }
        if tags
            .all
            .keys()
            .any(|key| key.eq_ignore_ascii_case(&tag.key))
        {
            return Err(Error::Tags(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive."
                    .to_owned(),
            ));
        }
        tags.all.insert(tag.key.clone(), tag.value.clone());
    }
    for key in transitive {
        let Some(name) = tags.all.keys().find(|name| name.eq_ignore_ascii_case(key)) else {
            let text = "The specified transitive tag key must be included in the requested tags.";
            return Err(Error::Tags(text.to_owned()));
        };
        tags.transitive.push(name.clone());
    }
    Ok(tags)
}
