//! `execute-api:Invoke`: whether the policies that have a say let the request go on, in every way in which
//! its path might be read.
//!
//! Source: API Gateway developer guide, `apigateway-authorization-flow.html`. Which policies have a say is
//! the policy engine's to know, by the type of authorization.

use authlab_policy::{ApiAuthorization, ApiRequest, Outcome, Policy};
use http::header;

use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::needs::{Invoke, Judged, SignedCaller, Source};
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType, Said};

const INVOKE: &str = "execute-api:Invoke";

/// For whom is asked.
pub(super) struct Asked<'a> {
    /// How the route or method authorizes its callers.
    pub authorization: ApiAuthorization,
    /// Who signed.
    pub signed: Option<&'a SignedCaller>,
    /// What a Lambda authorizer answered.
    pub authorizer_policy: Option<&'a Policy>,
}

/// What the policies say of a request.
pub(super) struct Permission {
    /// Their decision.
    pub judged: Judged,
    /// Why it is a refusal, if it is one.
    reason: Option<Reason>,
    /// The resource in every reading of the path.
    resources: Vec<String>,
}

impl Asked<'_> {
    /// Nobody signed, and no function said anything.
    pub(super) fn of(authorization: ApiAuthorization) -> Self {
        Self {
            authorization,
            signed: None,
            authorizer_policy: None,
        }
    }
}

/// Asks the API's own policy about a caller whom no other policy speaks of, where there is one or has to be.
pub(super) fn of_resource(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorization: ApiAuthorization,
) -> Result<(), Box<Refusal>> {
    if exchange.api.resource_policy().is_none() && !exchange.api.is_private() {
        return Ok(());
    }
    decide(plane, exchange, &Asked::of(authorization)).conclude(plane, exchange)
}

/// Asks the API's own policy whether it denies before anybody else is asked. What is let through is told
/// when all policies decide.
pub(super) fn not_denied(plane: &Plane, exchange: &mut Exchange<'_>) -> Result<(), Box<Refusal>> {
    if exchange.api.resource_policy().is_none() {
        return Ok(());
    }
    let permission = decide(plane, exchange, &Asked::of(ApiAuthorization::None));
    match permission.judged.outcome {
        Outcome::ExplicitDeny if !permission.judged.is_audited() => {
            permission.conclude(plane, exchange)
        }
        _ => Ok(()),
    }
}

/// What the policies say of the first reading that they refuse, and why that is; else what they say
/// of the gateway's own.
pub(super) fn decide(plane: &Plane, exchange: &Exchange<'_>, asked: &Asked<'_>) -> Permission {
    let (stage, network) = (exchange.stage, &exchange.network);
    let resources = exchange.execute_api_arns();
    let ask = |resource: &String| {
        plane.needs.identity.authorize(&Invoke {
            caller: asked.signed,
            api: ApiRequest {
                private: exchange.api.is_private(),
                ..ApiRequest::new(asked.authorization, stage.api_id.as_str())
            },
            authorizer_policy: asked.authorizer_policy,
            resource_policy: exchange.api.resource_policy(),
            resource,
            scope: &stage.scope,
            source: Source {
                ip: network.ip,
                vpc: network.vpc.as_deref(),
                vpc_endpoint: network.vpc_endpoint.as_deref(),
                user_agent: exchange.user_agent(),
                referer: exchange.incoming.header(header::REFERER),
                now: plane.clock.now(),
            },
        })
    };
    let mut own = None;
    let mut found = None;
    for resource in &resources {
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
        found = Some((judged, Some(reason)));
        break;
    }
    let own = || match own {
        Some(judged) => (judged, None),
        // A path has at least one reading.
        None => (Judged::undecided(), Some(Reason::PermissionMissing)),
    };
    let (judged, reason) = found.unwrap_or_else(own);
    Permission {
        judged,
        reason,
        resources,
    }
}

impl Permission {
    /// Tells what was decided, and lets the request go on or ends it.
    pub(super) fn conclude(
        self,
        plane: &Plane,
        exchange: &mut Exchange<'_>,
    ) -> Result<(), Box<Refusal>> {
        let Self {
            judged,
            reason,
            resources,
        } = self;
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
}

/// A refusal that is let through stands in the journal by itself.
fn tell_audited(plane: &Plane, exchange: &mut Exchange<'_>, judged: &Judged, reason: Reason) {
    if let Some(decided) = &judged.decided {
        let told = evidence::Authorization::Audited(Box::new(decided.clone()));
        exchange.refused(&plane.journal, reason, &told);
    }
}
