//! AWS_IAM: a signature over what was sent, then `execute-api:Invoke`. Claims about the signature never
//! reach the client; why it does not stand is in the journal.

use authlab_policy::ApiAuthorization;

use super::permission::{self, Asked};
use crate::caller::Who;
use crate::credential::as_sent;
use crate::deployment::AuthorizationType;
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::malformed;
use crate::needs::{SignedCaller, SignedRequest, Unauthenticated};
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType, Said};

/// Asks who signs, then whether they may.
pub(crate) fn take(plane: &Plane, exchange: &mut Exchange<'_>) -> Result<(), Box<Refusal>> {
    let stage = exchange.stage;
    let signed = plane.needs.identity.authenticate(&SignedRequest {
        incoming: as_sent(exchange.incoming),
        scope: &stage.scope,
        hosts: &names(exchange),
    });
    let scheme = || malformed::scheme_of(exchange.incoming);
    let signed = signed.map_err(|failure| unauthenticated(failure, scheme()))?;
    exchange.allowed(&plane.journal, &signer(&signed));
    let asked = Asked {
        signed: Some(&signed),
        ..Asked::of(ApiAuthorization::Iam)
    };
    let mut permission = permission::decide(plane, exchange, &asked);
    exchange.caller.who = Who::Iam {
        organization: permission.judged.principal_org_id.take(),
        signed,
    };
    permission.conclude(plane, exchange)
}

/// The names under which an API answers: AWS's, that of clients that cannot be given it, and the custom one that
/// was called.
fn names(exchange: &Exchange<'_>) -> Vec<String> {
    let (api_id, region) = (&exchange.stage.api_id, &exchange.stage.scope.region);
    let own =
        ["amazonaws.com", "localhost"].map(|end| format!("{api_id}.execute-api.{region}.{end}"));
    let custom = exchange
        .reached
        .as_ref()
        .map(|it| it.domain_name.to_string());
    own.into_iter().chain(custom).collect()
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
