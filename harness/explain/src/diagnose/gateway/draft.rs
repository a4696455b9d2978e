//! What was changed and is not deployed.

use authlab_gateway::evidence::{Draft, Part, Reason};
use authlab_kernel::{Component, Timestamp};

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::told::class;

pub(super) const NOT_DEPLOYED: Entry = class(
    "change-not-deployed",
    Mender::Owner,
    "the API was changed, and the stage runs what it was before",
    |case| {
        let refusal = case.refusal()?;
        let draft = case.before::<Draft>(Component::Gateway).last()?;
        let reason = Reason::parse(refusal.reason.as_deref()?)?;
        let concerns = concerns(reason);
        let is_why = draft
            .changed
            .iter()
            .any(|changed| concerns.contains(&changed.part));
        (refusal.is_by(Component::Gateway) && is_why).then(|| found(&draft))
    },
);

/// What of a route could be why a request is refused for a reason.
fn concerns(reason: Reason) -> &'static [Part] {
    match reason {
        Reason::NoRoute => &[Part::Route],
        Reason::TokenMissing | Reason::SignatureMissing | Reason::SignatureUnreadable => {
            &[Part::AuthorizationType, Part::IdentitySource]
        }
        Reason::TokenMalformed => &[Part::AuthorizationType],
        Reason::PermissionMissing => &[Part::AuthorizationType, Part::ResourcePolicy],
        Reason::ExplicitDeny => &[Part::ResourcePolicy],
        Reason::IssuerMismatch
        | Reason::DiscoveryUnreachable
        | Reason::DiscoveryStatus
        | Reason::DiscoveryDocument
        | Reason::DiscoveryIssuerMismatch => &[Part::Issuer, Part::Authorizer],
        Reason::AudienceMismatch => &[Part::Audience, Part::Authorizer],
        Reason::ScopeMissing => &[Part::Scopes],
        Reason::IntegrationMissing
        | Reason::IntegrationUri
        | Reason::IntegrationNotAllowed
        | Reason::IntegrationUnreachable
        | Reason::IntegrationTimeout
        | Reason::FunctionFailed => &[Part::Integration],
        _ => &[],
    }
}

/// What differs, and what to do about it: for a refusal it is only likely that the change would have helped.
pub(in crate::diagnose) fn found(draft: &Draft) -> Finding {
    let changed = draft.changed.iter().map(|changed| {
        let (deployed, draft) = (changed.deployed.as_deref(), changed.draft.as_deref());
        let route = &changed.route_key;
        match changed.part {
            Part::Route if deployed.is_none() => format!("the route `{route}` was added"),
            Part::Route => format!("the route `{route}` was taken away"),
            part => format!(
                "{} of `{route}` is {} by now, and the stage runs {}",
                part.as_str(),
                words::text(draft),
                words::text(deployed)
            ),
        }
    });
    let changed: Vec<String> = changed.collect();
    let deployed = draft.deployed.as_ref().map(Timestamp::to_string);
    let Draft {
        stage, deployment, ..
    } = draft;
    Finding::certain(
        format!(
            "the stage `{stage}` runs the deployment `{deployment}` of {}; since then {}",
            deployed.as_deref().unwrap_or("a time that is not known"),
            changed.join("; ")
        ),
        format!(
            "deploy the API to the stage `{stage}` (CreateDeployment): a change counts from then on"
        ),
    )
    .with_doubt(Certainty::Likely, &["the same call after a deployment"])
}
