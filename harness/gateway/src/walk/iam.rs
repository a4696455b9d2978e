//! AWS_IAM: a signature over what was sent, then `execute-api:Invoke`.
//!
//! Every failure is a flat 403 `{"message":"Forbidden"}` (as observed); why stands in the
//! journal. Claims about the signature never reach the client.

use authlab_http::Incoming;
use serde_json::{Value, json};

use crate::exchange::{Caller, Exchange};
use crate::gateway::Gateway;
use crate::port::{Admission, IamCaller, SignedRequest};
use crate::refusal::{Refusal, RefusalAnswer};

/// Who signed.
const AUTHENTICATION: &str = "authentication";
/// Whether they may.
const AUTHORIZATION: &str = "authorization";

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
    let (caller, refused, detail) = match admission {
        Admission::Unauthenticated {
            reason,
            message,
            detail,
        } => {
            let detail = json!({ "type": "AWS_IAM", "message": message, "evidence": detail });
            return Err(Refusal::refused(
                AUTHENTICATION,
                reason,
                RefusalAnswer::Forbidden,
                detail,
            ));
        }
        Admission::Refused {
            caller,
            reason,
            message,
            detail,
        } => (caller, Some((reason, message)), detail),
        Admission::Allowed { caller, detail } => (caller, None, detail),
    };
    exchange.allowed(&gateway.journal, AUTHENTICATION, describe(&caller));
    exchange.caller = Caller::Iam(caller);
    let mut evidence = json!({
        "action": "execute-api:Invoke",
        "resource": resources.first(),
        "decision": detail,
    });
    if resources.len() > 1 {
        evidence["readings"] = json!(resources);
    }
    match refused {
        None => {
            exchange.allowed(&gateway.journal, AUTHORIZATION, evidence);
            Ok(())
        }
        Some((reason, message)) => {
            evidence["message"] = Value::String(message);
            Err(Refusal::refused(
                AUTHORIZATION,
                reason,
                RefusalAnswer::Forbidden,
                evidence,
            ))
        }
    }
}

fn describe(caller: &IamCaller) -> Value {
    json!({
        "type": "AWS_IAM",
        "access_key_id": caller.access_key_id,
        "account": caller.account,
        "user_arn": caller.user_arn,
        "user_id": caller.user_id,
    })
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
