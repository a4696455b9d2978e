//! AWS_IAM: a signature over what was sent, then `execute-api:Invoke`. Claims about the signature never
//! reach the client; why it does not stand is in the journal.

use std::sync::Arc;

use authlab_policy::{ApiAuthorization, ApiRequest, Outcome};

use crate::caller::Who;
use crate::credential::as_sent;
use crate::deployment::AuthorizationType;
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::malformed;
use crate::needs::{Invoke, Judged, SignedCaller, SignedRequest, Source, Unauthenticated};
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType, Said};

/// Asks who signs, then whether they may, in every way in which the path might be read.
pub(crate) fn take(plane: &Plane, exchange: &mut Exchange<'_>) -> Result<(), Box<Refusal>> {
    let stage = exchange.stage;
    let signed = plane.needs.identity.authenticate(&SignedRequest {
        incoming: as_sent(exchange.incoming),
        scope: &stage.scope,
        hosts: &names(&stage.api_id, stage.scope.region.as_str()),
    });
    let scheme = || malformed::scheme_of(exchange.incoming);
    let signed = signed.map_err(|failure| unauthenticated(failure, scheme()))?;
    exchange.allowed(&plane.journal, &signer(&signed));
    let resources = exchange.execute_api_arns();
    let (mut judged, reason) = decide(plane, exchange, &signed, &resources);
    exchange.caller.who = Who::Iam {
        signed,
        organization: judged.principal_org_id.take(),
    };
    if let (Some(reason), true) = (reason, judged.is_audited()) {
        tell_audited(plane, exchange, &judged, reason);
    }
    let (passes, response_type) = (judged.passes(), ResponseType::AccessDenied);
    let told = evidence::Authorization::Invoke(Box::new(evidence::Invoke {
        action: INVOKE.into(),
        resource: resources.first().map(Into::into),
        decision: judged.decided,
        message: (!passes).then(|| judged.message.as_str().into()),
        readings: (resources.len() > 1).then(|| resources.as_slice().into()),
    }));
    match reason {
        Some(reason) if !passes => {
            let said = Said {
                message: Some(judged.message.clone()),
                ..Said::default()
            };
            Err(Refusal::refused(reason, response_type, &told).saying(said))
        }
        _ => {
            exchange.allowed(&plane.journal, &told);
            Ok(())
        }
    }
}

/// The names under which an API answers by itself: AWS's, and that of clients that cannot be given it.
fn names(api_id: &str, region: &str) -> [String; 2] {
    ["amazonaws.com", "localhost"].map(|end| format!("{api_id}.execute-api.{region}.{end}"))
}

const INVOKE: &str = "execute-api:Invoke";

/// What the policies say of the first reading that they refuse, and why that is; else what they say
/// of the gateway's own.
fn decide(
    plane: &Plane,
    exchange: &Exchange<'_>,
    caller: &Arc<SignedCaller>,
    resources: &[String],
) -> (Judged, Option<Reason>) {
    let stage = exchange.stage;
    let ask = |resource: &String| {
        plane.needs.identity.authorize(&Invoke {
            caller,
            api: ApiRequest::new(ApiAuthorization::Iam, stage.api_id.as_str()),
            resource_policy: None,
            resource,
            scope: &stage.scope,
            source: Source {
                ip: exchange.source_ip(),
                user_agent: exchange.user_agent(),
                now: plane.clock.now(),
            },
        })
    };
    let mut own = None;
    for resource in resources {
        let judged = ask(resource);
        let reason = match (judged.outcome, &own) {
            (Outcome::Allow, _) => {
                own.get_or_insert(judged);
                continue;
            }
            // The gateway's reading is allowed, and another is not: which of them AWS decides on is
            // not known.
            (_, Some(_)) => Reason::PathAmbiguous,
            (Outcome::ExplicitDeny, None) => Reason::ExplicitDeny,
            (Outcome::ImplicitDeny, None) => Reason::PermissionMissing,
        };
        return (judged, Some(reason));
    }
    match own {
        Some(judged) => (judged, None),
        // A path has at least one reading.
        None => (Judged::undecided(), Some(Reason::PermissionMissing)),
    }
}

/// A refusal that is let through stands in the journal by itself.
fn tell_audited(plane: &Plane, exchange: &mut Exchange<'_>, judged: &Judged, reason: Reason) {
    if let Some(decided) = &judged.decided {
        let told = evidence::Authorization::Audited(Box::new(decided.clone()));
        exchange.refused(&plane.journal, reason, &told);
    }
}

fn unauthenticated(failure: Unauthenticated, scheme: Option<&str>) -> Box<Refusal> {
    let response_type = match failure.reason {
        Reason::SignatureMissing => ResponseType::MissingAuthenticationToken,
        Reason::CredentialExpired => ResponseType::ExpiredToken,
        // That an unknown key or a wrong scope is of this type is unverified.
        _ => ResponseType::InvalidSignature,
    };
    let said = said(&failure);
    let told = evidence::Authentication::NotSigned {
        r#type: AuthorizationType::AwsIam,
        message: failure.message.into(),
        evidence: failure.evidence,
        scheme: scheme.map(Into::into),
    };
    Refusal::refused(failure.reason, response_type, &told).saying(said)
}

/// A REST API says which of them it is.
fn said(failure: &Unauthenticated) -> Said {
    let code = failure.evidence.as_ref().map(|found| found.code.clone());
    Said {
        error_type: code.map(Into::into),
        message: Some(failure.message.clone()),
        ..Said::default()
    }
}

fn signer(signed: &SignedCaller) -> evidence::Authentication<'_> {
    evidence::Authentication::Signer {
        r#type: AuthorizationType::AwsIam,
        access_key_id: signed.access_key_id.as_str().into(),
        account: signed.account.as_str().into(),
        user_arn: signed.user_arn.as_str().into(),
        user_id: signed.user_id.as_str().into(),
    }
}
