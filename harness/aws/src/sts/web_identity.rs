//! AssumeRoleWithWebIdentity: a token of an OpenID Connect provider for a session.
//!
//! The order of the checks is that of the reference, 2.1: provider, key and signature, audience,
//! expiry, trust policy. The built-in providers (accounts.google.com and the like) need an object
//! here as every other.

use std::collections::BTreeMap;

use authlab_kernel::{Component, EventDraft};
use authlab_policy::Principal;
use authlab_token::{NeededBy, SignatureError, Token};
use authlab_wire::{Value, WireError};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::assume::with_tags;
use super::error::Error;
use super::judge;
use super::ops::{AssumedRoleUser, CredentialsOutput, issued, wire};
use super::session::{self, PolicyArn, Tags};
use super::state::IssueSession;
use crate::evidence::{Reason, Shape, TimesHeld, WebIdentity};
use crate::front::trail::Trail;
use crate::front::{Environment, FrontDoor};
use crate::operation::{Answer, Call, Caller, Check, Reply, Tag, read};
use crate::shared::{OidcProvider, Role};

/// The claim in which an issuer passes session tags (IAM user guide, `id_session-tags.html`).
const TAGS_CLAIM: &str = "https://aws.amazon.com/tags";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    role_arn: String,
    role_session_name: String,
    web_identity_token: String,
    duration_seconds: Option<i64>,
    policy: Option<String>,
    #[serde(default)]
    policy_arns: Vec<PolicyArn>,
}

pub(super) fn assume_role_with_web_identity<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let asked: Input = read(input)?;
        let mut trail = Trail::of_call(door.journal(), call);
        let token = match Token::parse(&asked.web_identity_token) {
            Ok(token) => token,
            Err(error) => {
                let shape = Shape::of(&asked.web_identity_token);
                let error = Error::NotJwt(error);
                return Err(refuse(door, call, &mut trail, Err(shape), &error));
            }
        };
        let verified = verify(door, call, &token).await;
        verified
            .and_then(|provider| admit(door, call, &asked, &token, &provider, &mut trail))
            .map_err(|error| refuse(door, call, &mut trail, Ok(&token), &error))?
    })
}

/// Journals the refusal with what the account would have taken.
fn refuse(
    door: &FrontDoor,
    call: &Call,
    trail: &mut Trail,
    token: Result<&Token, Shape>,
    error: &Error,
) -> WireError {
    let (token, shape) = match token {
        Ok(token) => (Some(token), None),
        Err(shape) => (None, Some(shape)),
    };
    let cloud = door.cloud();
    let issuer = token.and_then(Token::issuer).unwrap_or_default();
    let providers = cloud.shared.iam.providers(call.account());
    let provider = cloud.shared.iam.provider_of_issuer(call.account(), issuer);
    let refused = WebIdentity::Refused {
        token: token.map(Token::describe),
        shape,
        message: error.to_string(),
        evidence: error.evidence(),
        providers: providers.map(|provider| provider.issuer.clone()).collect(),
        client_ids: provider.map(|provider| provider.client_ids.clone()),
        signature: match error {
            Error::Signature(SignatureError::Mismatch(size)) => Some(*size),
            _ => None,
        },
        times: matches!(error, Error::Times(_) | Error::Expired { .. }).then(|| TimesHeld {
            now: call.now.as_second(),
            leeway_seconds: judge::LEEWAY.nbf_seconds,
        }),
        fault: match error {
            Error::NotTrusted { fault, .. } => fault.clone().map(Box::new),
            _ => None,
        },
    };
    drop(cloud);
    trail.record(EventDraft::of(Component::Aws, &refused).refused(error.reason()));
    wire(error)
}

/// Provider, key and signature, audience, times. The lock is not held while keys are fetched.
async fn verify(door: &FrontDoor, call: &Call, token: &Token) -> Result<OidcProvider, Error> {
    let issuer = judge::issuer(token)?;
    let provider = door
        .cloud()
        .shared
        .iam
        .provider_of_issuer(call.account(), issuer)
        .cloned();
    let provider = provider.ok_or_else(|| Error::NoProvider {
        issuer: issuer.to_owned(),
    })?;
    judge::before_keys(&provider, token)?;
    let trail = NeededBy {
        cause: Some(call.cause),
        request_id: Some(call.request_id.clone()),
        trace_id: call.trace_id.clone(),
    };
    let keys = door
        .web_identity_keys()
        .key_set(&provider.issuer, call.now, &trail)
        .await
        .map_err(Error::Keys)?;
    judge::with_keys(&provider, token, &keys, call.now)?;
    Ok(provider)
}

/// The trust policy, then the session.
fn admit(
    door: &FrontDoor,
    call: &Call,
    asked: &Input,
    token: &Token,
    provider: &OidcProvider,
    trail: &mut Trail,
) -> Result<Answer, Error> {
    let mut cloud = door.cloud();
    // The provider may have gone while its keys were fetched.
    let unchanged = cloud
        .shared
        .iam
        .provider_of_issuer(call.account(), &provider.issuer);
    if unchanged.is_none() {
        return Err(Error::NoProvider {
            issuer: provider.issuer.clone(),
        });
    }
    let (tags, transitive) = claimed_tags(token);
    let role = cloud.shared.iam.role_by_arn(&asked.role_arn);
    let role = role.ok_or_else(|| Error::NotTrusted {
        reason: Reason::RoleNotFound,
        fault: Some(cloud.shared.iam.no_role(&asked.role_arn)),
    })?;
    let caller = bearer(call, token, provider);
    let checks = checks(role, asked, token, provider, &tags, &transitive);
    let ruled = door.decide(&cloud, &caller, &Environment::of(call), &checks);
    trail.ruled(&ruled);
    if ruled.into_result().is_err() {
        return Err(Error::NotTrusted {
            reason: Reason::TrustPolicy,
            fault: None,
        });
    }
    let Tags { all, transitive } = session::tags(&tags, &transitive, None)?;
    let session = IssueSession {
        policies: session::policies(
            &cloud,
            &role.account,
            asked.policy.as_deref(),
            &asked.policy_arns,
        )?,
        tags: all,
        transitive_tag_keys: transitive,
        federated_provider: Some(provider.arn.clone()),
        ..IssueSession::of_role(
            role,
            asked.role_session_name.as_str(),
            session::duration_seconds(asked.duration_seconds, role, false)?,
        )
    };
    let credentials = cloud.sts.issue(session.clone(), call.now, &call.ids);
    let taken = WebIdentity::Issued {
        token: token.describe(),
        provider: provider.arn.clone(),
        role: session.role_arn.clone(),
    };
    trail.record(EventDraft::of(Component::Aws, &taken).allowed());
    let effect = issued(call, &session.session_arn(), &session.account, &credentials);
    let audience = token
        .audience()
        .into_iter()
        .find(|audience| provider.client_ids.iter().any(|id| id == audience));
    let output = Output {
        credentials: (&credentials).into(),
        subject_from_web_identity_token: token.subject().map(str::to_owned),
        assumed_role_user: (&session).into(),
        provider: provider.arn.clone(),
        audience: audience.map(str::to_owned),
    };
    Ok(Reply::to(&output).map(|reply| reply.and(effect)))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    credentials: CredentialsOutput,
    subject_from_web_identity_token: Option<String>,
    assumed_role_user: AssumedRoleUser,
    provider: String,
    audience: Option<String>,
}

/// The bearer of the token: outside every account until the session is issued.
fn bearer(call: &Call, token: &Token, provider: &OidcProvider) -> Caller {
    Caller {
        principal: Principal::WebIdentity {
            provider: provider.arn.clone(),
        },
        arn: provider.arn.clone(),
        user_id: format!("{}:{}", provider.arn, token.subject().unwrap_or("")),
        account: call.account().clone(),
        access_key_id: String::new(),
        tags: BTreeMap::new(),
        session: None,
    }
}

/// What the trust policy must let the bearer do, with the token's claims as condition keys: the
/// issuer without its scheme, then `:aud`, `:sub` and `:amr` (IAM user guide,
/// `reference_policies_iam-condition-keys.html`).
fn checks(
    role: &Role,
    asked: &Input,
    token: &Token,
    provider: &OidcProvider,
    tags: &[Tag],
    transitive: &[String],
) -> Vec<Check> {
    let issuer = provider.url();
    let texts = |name: &str| match token.claim(name) {
        Some(serde_json::Value::String(text)) => vec![text.clone()],
        Some(serde_json::Value::Array(items)) => items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    let check = |action: &str| {
        let mut check = Check::new(action, role.arn.as_str(), role.account.clone())
            .trust(role.trust.clone())
            .with("sts:RoleSessionName", asked.role_session_name.as_str())
            .with("aws:FederatedProvider", provider.arn.as_str())
            .with_all(format!("{issuer}:aud"), texts("aud"))
            .with_all(format!("{issuer}:sub"), texts("sub"));
        if token.claim("amr").is_some() {
            check = check.with_all(format!("{issuer}:amr"), texts("amr"));
        }
        with_tags(check, role, tags, transitive)
    };
    let mut checks = vec![check("sts:AssumeRoleWithWebIdentity")];
    if !tags.is_empty() {
        checks.push(check("sts:TagSession"));
    }
    checks
}

/// The session tags that the issuer passes: `{"principal_tags": {k: [v]}, "transitive_tag_keys"}`.
fn claimed_tags(token: &Token) -> (Vec<Tag>, Vec<String>) {
    #[derive(Default, Deserialize)]
    struct Claim {
        #[serde(default)]
        principal_tags: BTreeMap<String, Vec<String>>,
        #[serde(default)]
        transitive_tag_keys: Vec<String>,
    }
    let claim = token.claim(TAGS_CLAIM).cloned();
    let claim: Claim = claim
        .and_then(|claim| serde_json::from_value(claim).ok())
        .unwrap_or_default();
    let tags = claim
        .principal_tags
        .into_iter()
        .filter_map(|(key, mut values)| {
            (!values.is_empty()).then(|| Tag {
                key,
                value: values.swap_remove(0),
            })
        });
    (tags.collect(), claim.transitive_tag_keys)
}
