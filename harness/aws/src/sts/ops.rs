//! The operations that issue no session of a role, and the one mapping from errors to codes.

use authlab_kernel::Timestamp;
use authlab_policy::Principal;
use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::mfa::Mfa;
use super::state::{Credentials, IssueSession};
use crate::cloud::Cloud;
use crate::evidence::{Credential, Reason};
use crate::operation::{Answer, Call, Check, Effect, Reply, read, read_both};

/// Codes and statuses: reference 2.1 and the model.
pub(super) fn wire(error: &Error) -> WireError {
    let (status, code) = match error {
        Error::BeyondRoleMaximum { .. }
        | Error::BeyondChainingLimit { .. }
        | Error::NoSuchPolicy(_)
        | Error::TooLong { .. }
        | Error::SourceIdentity => (400, "ValidationError"),
        Error::Tags(_) => (400, "InvalidParameterValue"),
        Error::Policy(_) => (400, "MalformedPolicyDocument"),
        Error::NotJwt(_)
        | Error::Claim(_)
        | Error::NoProvider { .. }
        | Error::Keys(_)
        | Error::NoKey(_)
        | Error::Signature(_)
        | Error::Audience(_)
        | Error::Times(_) => (400, "InvalidIdentityToken"),
        Error::Expired { .. } => (400, "ExpiredTokenException"),
        Error::NotTrusted { .. } => (403, "AccessDenied"),
    };
    let answer = WireError::new(status, code, error.to_string()).because(error.reason());
    match error {
        Error::Policy(_) | Error::BeyondRoleMaximum { .. } | Error::BeyondChainingLimit { .. } => {
            answer.with_evidence(error.evidence().as_str())
        }
        _ => answer,
    }
}

/// What sessions may not call, whatever policies say.
pub(super) fn cannot_call(call: &Call) -> WireError {
    let text = format!("Cannot call {} with session credentials", call.operation);
    WireError::new(403, "AccessDenied", text).because(Reason::SessionCredentials)
}

/// Temporary credentials on the wire.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CredentialsOutput {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: Timestamp,
}

impl From<&Credentials> for CredentialsOutput {
    fn from(credentials: &Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id.clone(),
            secret_access_key: credentials.secret_access_key.expose_secret().to_owned(),
            session_token: credentials.session_token.expose_secret().to_owned(),
            expiration: credentials.expires,
        }
    }
}

/// Whose session it is, on the wire.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumedRoleUser {
    assumed_role_id: String,
    arn: String,
}

impl From<&IssueSession> for AssumedRoleUser {
    fn from(session: &IssueSession) -> Self {
        Self {
            assumed_role_id: session.assumed_role_id(),
            arn: session.session_arn(),
        }
    }
}

/// Tells the journal that this request issued `credentials` for `arn`.
pub(super) fn issued(
    call: &Call,
    arn: &str,
    account: &authlab_kernel::AccountId,
    credentials: &Credentials,
) -> Effect {
    Effect::CredentialIssued {
        account: account.clone(),
        credential: Credential {
            operation: call.operation.to_owned(),
            principal: arn.to_owned(),
            access_key_id: credentials.access_key_id.clone(),
            expires: credentials.expires,
        },
    }
}

pub(super) fn get_caller_identity(_cloud: &mut Cloud, call: &Call, _input: Value) -> Answer {
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output<'a> {
        user_id: &'a str,
        account: &'a str,
        arn: &'a str,
    }
    let caller = &call.caller;
    Reply::to(&Output {
        user_id: &caller.user_id,
        account: caller.account.as_str(),
        arn: &caller.arn,
    })
}

pub(super) fn get_session_token(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        duration_seconds: Option<i64>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        credentials: CredentialsOutput,
    }
    let (mfa, asked): (Mfa, Input) = read_both(input)?;
    if call.caller.session.is_some()
        || !matches!(
            call.caller.principal,
            Principal::User { .. } | Principal::Root { .. }
        )
    {
        return Err(cannot_call(call));
    }
    let proof = mfa.proof(cloud, call)?;
    if let Some(proof) = &proof {
        proof.spend(cloud, call);
    }
    // 12 hours, and an hour for the root user (STS, GetSessionToken).
    let (default, longest) = match call.caller.principal {
        Principal::Root { .. } => (3600, 3600),
        _ => (43_200, 129_600),
    };
    let seconds = asked.duration_seconds.unwrap_or(default).min(longest);
    let credentials = cloud.sts.issue_for_caller(
        &call.caller,
        (seconds, proof.is_some()),
        call.now,
        &call.ids,
    );
    let effect = issued(call, &call.caller.arn, call.account(), &credentials);
    Ok(Reply::to(&Output {
        credentials: (&credentials).into(),
    })?
    .and(effect))
}

pub(super) fn get_access_key_info_checks(
    _cloud: &Cloud,
    call: &Call,
    _input: &Value,
) -> Result<Vec<Check>, WireError> {
    Ok(vec![Check::unscoped("sts:GetAccessKeyInfo", call)])
}

pub(super) fn get_access_key_info(cloud: &mut Cloud, _call: &Call, input: Value) -> Answer {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Input {
        access_key_id: String,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        account: String,
    }
    let asked: Input = read(input)?;
    // A key that is inactive or deleted tells its account too.
    let known = cloud
        .shared
        .iam
        .account_of_key(&asked.access_key_id)
        .cloned()
        .or_else(|| {
            let identified = crate::front::identify(cloud, &asked.access_key_id)?;
            Some(identified.caller.account.clone())
        });
    match known {
        Some(account) => Reply::to(&Output {
            account: account.to_string(),
        }),
        // AWS derives the account from the key's own letters; the lab knows only keys that it made
        // (unverified text).
        None => Err(WireError::new(
            400,
            "ValidationError",
            "Invalid AWS access key.",
        )),
    }
}
