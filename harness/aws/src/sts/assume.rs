//! AssumeRole.

use std::collections::BTreeMap;

use authlab_policy::Principal;
use authlab_wire::{Value, WireError};
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::mfa::Mfa;
use super::ops::{AssumedRoleUser, CredentialsOutput, issued, wire};
use super::session::{self, PolicyArn, Tags};
use super::state::IssueSession;
use crate::cloud::Cloud;
use crate::evidence::Reason;
use crate::operation::{Answer, Call, Check, Reply, Session, Tag, read_both};
use crate::shared::Role;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Input {
    pub(super) role_arn: String,
    role_session_name: String,
    duration_seconds: Option<i64>,
    external_id: Option<String>,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyArn>,
    source_identity: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    transitive_tag_keys: Vec<String>,
}

/// The condition keys that a session's tags add (IAM user guide, `id_session-tags.html`), and those
/// of the role as the resource.
pub(super) fn with_tags(check: Check, role: &Role, tags: &[Tag], transitive: &[String]) -> Check {
    let tagged = check
        .resource_tags(&["aws", "iam"], &role.grants.tags)
        .requests(tags);
    if transitive.is_empty() {
        tagged
    } else {
        tagged.with_all("sts:TransitiveTagKeys", transitive.to_vec())
    }
}

/// `sts:AssumeRole` on the role, `sts:TagSession` when tags are passed, `sts:SetSourceIdentity` when
/// a source identity is; each is asked of the caller's policies and of the trust policy.
pub(super) fn checks(cloud: &Cloud, call: &Call, input: &Value) -> Result<Vec<Check>, WireError> {
    let (mfa, asked): (Mfa, Input) = read_both(input.clone())?;
    check_role_arn(&asked.role_arn)?;
    if matches!(call.caller.principal, Principal::Root { .. }) {
        return Err(not_as_root().because(Reason::RootAssumesRole));
    }
    let Some(role) = cloud.shared.iam.role_by_arn(&asked.role_arn) else {
        return Err(no_role(cloud, call, &asked.role_arn));
    };
    let proof = mfa.proof(cloud, call)?;
    let check = |action: &str| {
        let mut check = Check::new(action, role.arn.as_str(), role.account.clone())
            .trust(role.trust.clone())
            .with("sts:RoleSessionName", asked.role_session_name.as_str());
        if let Some(external_id) = &asked.external_id {
            check = check.with("sts:ExternalId", external_id.as_str());
        }
        if let Some(identity) = &asked.source_identity {
            check = check.with("sts:SourceIdentity", identity.as_str());
        }
        if proof.is_some() {
            check = check
                .with("aws:MultiFactorAuthPresent", "true")
                .with("aws:MultiFactorAuthAge", "0");
        }
        with_tags(check, role, &asked.tags, &asked.transitive_tag_keys)
    };
    let mut checks = vec![check("sts:AssumeRole")];
    // Tags that the calling session passes on are set, too: seen where EKS Pod Identity's transitive tags
    // come to a second role (aws/eks-pod-identity-agent#80).
    let passes_on = |session: &Session| !session.transitive_tag_keys.is_empty();
    let is_passed_on = call.caller.session.as_deref().is_some_and(passes_on);
    if !asked.tags.is_empty() || is_passed_on {
        checks.push(check("sts:TagSession"));
    }
    if asked.source_identity.is_some() {
        checks.push(check("sts:SetSourceIdentity"));
    }
    Ok(checks)
}

/// Whether an ARN can be one: six fields, of which partition, service and resource say something.
/// What is none is told so before anything is looked up, whoever asks.
pub(super) fn check_role_arn(arn: &str) -> Result<(), WireError> {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    let is_arn = matches!(
        fields[..],
        ["arn", partition, service, _, _, resource]
            if !partition.is_empty() && !service.is_empty() && !resource.is_empty()
    );
    if is_arn {
        return Ok(());
    }
    let text = format!("{arn} is invalid");
    Err(WireError::new(400, "ValidationError", text).because(Reason::RoleArnMalformed))
}

/// The root user of an account assumes no role, whatever policies say (STS, AssumeRole).
fn not_as_root() -> WireError {
    let text = "Roles may not be assumed by root accounts.";
    WireError::new(403, "AccessDenied", text)
}

/// The refusal over a role that does not exist: what is there in its place stands in the journal alone.
fn no_role(cloud: &Cloud, call: &Call, role_arn: &str) -> WireError {
    let error = not_authorized(call, role_arn).because(Reason::RoleNotFound);
    cloud.shared.iam.no_role(role_arn).on(error)
}

/// A role that does not exist is refused as one that does not trust the caller: nobody learns which
/// names are taken.
fn not_authorized(call: &Call, role_arn: &str) -> WireError {
    let text = format!(
        "User: {} is not authorized to perform: sts:AssumeRole on resource: {role_arn}",
        call.caller.arn
    );
    WireError::new(403, "AccessDenied", text)
}

/// Issues the session.
pub(super) fn assume_role(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let (mfa, asked): (Mfa, Input) = read_both(input)?;
    let Some(role) = cloud.shared.iam.role_by_arn(&asked.role_arn) else {
        return Err(no_role(cloud, call, &asked.role_arn));
    };
    let session = session_of(cloud, call, role, &asked).map_err(|error| wire(&error))?;
    if let Some(proof) = mfa.proof(cloud, call)? {
        proof.spend(cloud, call);
    }
    let credentials = cloud.sts.issue(session.clone(), call.now, &call.ids);
    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Output {
        credentials: CredentialsOutput,
        assumed_role_user: AssumedRoleUser,
        source_identity: Option<String>,
    }
    let effect = issued(call, &session.session_arn(), &session.account, &credentials);
    let output = Output {
        credentials: (&credentials).into(),
        assumed_role_user: (&session).into(),
        source_identity: session.source_identity,
    };
    Ok(Reply::to(&output)?.and(effect))
}

/// The session that was asked for.
///
/// # Errors
/// Tags, policies or a duration that it cannot have.
pub(super) fn session_of(
    cloud: &Cloud,
    call: &Call,
    role: &Role,
    asked: &Input,
) -> Result<IssueSession, Error> {
    let caller = &call.caller;
    // Sessions of GetSessionToken are the user itself: only sessions of roles chain.
    let of_role = matches!(caller.principal, Principal::RoleSession { .. });
    let calling = caller.session.as_deref().filter(|_| of_role);
    let own_tags: &BTreeMap<String, String> = &caller.tags;
    let Tags { all, transitive } = session::tags(
        &asked.tags,
        &asked.transitive_tag_keys,
        calling.map(|session| (session, own_tags)),
    )?;
    let inherited = calling.and_then(|session| session.source_identity.as_ref());
    if let (Some(inherited), Some(asked)) = (inherited, &asked.source_identity)
        && inherited != asked
    {
        return Err(Error::SourceIdentity);
    }
    Ok(IssueSession {
        policies: session::policies(
            cloud,
            &role.account,
            asked.policy.as_deref(),
            &asked.policy_arns,
        )?,
        tags: all,
        transitive_tag_keys: transitive,
        source_identity: inherited.or(asked.source_identity.as_ref()).cloned(),
        chained: of_role,
        ..IssueSession::of_role(
            role,
            asked.role_session_name.as_str(),
            session::duration_seconds(asked.duration_seconds, role, of_role)?,
        )
    })
}
