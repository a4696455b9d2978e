//! AWS_IAM: a signature over what was sent, then `execute-api:Invoke`.
//!
//! Every failure is a flat 403 `{"message":"Forbidden"}` (as observed); why stands in the
//! journal. Claims about the signature never reach the client.

use authlab_http::Incoming;

use crate::deployment::AuthorizationType;
use crate::evidence;
use crate::exchange::{Caller, Exchange};
use crate::gateway::Gateway;
use crate::port::{Admission, SignedRequest};
use crate::refusal::{Refusal, RefusalAnswer};

/// Asks the port, and journals the two halves of its answer.
pub(crate) fn take(gateway: &Gateway, exchange: &mut Exchange<'_>) -> Result<(), Box<Refusal>> {
    let resources = exchange.execute_api_arns();
    let admission = {
        let source_ip = exchange.source_ip();
        gateway.ports.identity.admit(&SignedRequest {
            incoming: as_sent(exchange.incoming),
            scope: &exchange.deployment.scope,
            resources: &resources,
            source_ip: &source_ip,
            user_agent: exchange.user_agent(),
            now: gateway.clock.now(),
            request_id: &exchange.request_id,
            trace_id: &exchange.trace.id,
            cause: exchange.cause,
        })
    };
    let (caller, refused, decision) = match admission {
        Admission::Unauthenticated {
            reason,
            message,
            evidence,
        } => {
            let told = evidence::Authentication::NotSigned {
                r#type: AuthorizationType::AwsIam,
                message: message.into(),
                evidence,
            };
            return Err(Refusal::refused(reason, RefusalAnswer::Forbidden, &told));
        }
        Admission::Refused {
            caller,
            reason,
            message,
            decision,
        } => (caller, Some((reason, message)), decision),
        Admission::Allowed { caller, decision } => (caller, None, decision),
    };
    let signer = evidence::Authentication::Signer {
        r#type: AuthorizationType::AwsIam,
        access_key_id: caller.access_key_id.as_str().into(),
        account: caller.account.as_str().into(),
        user_arn: caller.user_arn.as_str().into(),
        user_id: caller.user_id.as_str().into(),
    };
    exchange.allowed(&gateway.journal, &signer);
    exchange.caller = Caller::Iam(caller);
    let (reason, message) = refused.unzip();
    let told = evidence::Authorization::Invoke(Box::new(evidence::Invoke {
        action: "execute-api:Invoke".into(),
        resource: resources.first().map(Into::into),
        decision,
        readings: (resources.len() > 1).then(|| resources.as_slice().into()),
        message: message.map(Into::into),
    }));
    match reason {
        None => {
            exchange.allowed(&gateway.journal, &told);
            Ok(())
        }
        Some(reason) => Err(Refusal::refused(reason, RefusalAnswer::Forbidden, &told)),
    }
}

/// The request as the wire crate reads it; nothing decoded.
fn as_sent(incoming: &Incoming) -> authlab_wire::Incoming<'_> {
    authlab_wire::Incoming {
        method: &incoming.method,
        path: incoming.uri.path(),
        query: incoming.uri.query().unwrap_or_default(),
        headers: &incoming.headers,
        body: &incoming.body,
    }
}

/// The access key id that a request says it is signed with; nothing is verified. What the verifier
/// cannot read names none.
pub(crate) fn claimed_access_key(incoming: &Incoming) -> Option<String> {
    let signed = authlab_wire::sigv4::parse(&as_sent(incoming)).ok()??;
    Some(signed.access_key)
}
