//! From a login to signed tokens, with the trigger in between.

use std::sync::Arc;

use authlab_kernel::journal::Sequence;
use authlab_kernel::{Component, EventDraft, Secret, Timestamp};
use authlab_token::Token;
use bytes::Bytes;
use serde_json::Value;

use crate::cognitoidp::error::Error;
use crate::cognitoidp::pool;
use crate::cognitoidp::token::Draft;
use crate::cognitoidp::trigger::{self, NAME};
use crate::evidence::UserTokens;
use crate::front::FrontDoor;
use crate::shared::{Invocation, InvokeError, InvokedBy};

/// The service as a function's policy names it.
const PRINCIPAL: &str = "cognito-idp.amazonaws.com";

/// How long a pool waits for a trigger (developer guide,
/// `cognito-user-pools-working-with-lambda-triggers.html`).
const BUDGET_MS: u32 = 5_000;

/// In whose course tokens are issued.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    /// The event before it.
    pub(super) cause: Sequence,
    /// The request.
    pub(super) request_id: Arc<str>,
    /// The trace.
    pub(super) trace_id: Option<Arc<str>>,
}

/// Signed tokens.
pub(super) struct Signed {
    pub(super) access: String,
    pub(super) id: Option<String>,
    pub(super) expires_seconds: i64,
}

/// Lets the pool's function change the claims.
///
/// # Errors
/// It fails, is not run, or answers what is no response.
pub(super) async fn run_trigger(
    door: &FrontDoor,
    draft: &mut Draft,
    asker: &Asker,
) -> Result<(), Error> {
    let Some(call) = draft.trigger.take() else {
        return Ok(());
    };
    let invocation = Invocation {
        scope: draft.scope.clone(),
        function: call.function,
        qualifier: None,
        payload: Bytes::from(call.event.to_string()),
        invoked_by: InvokedBy::Service {
            principal: PRINCIPAL.to_owned(),
            source_arn: pool::arn(&draft.scope, &draft.pool),
            source_account: draft.scope.account.clone(),
        },
        cause: asker.cause,
        request_id: door.ids().request_id("cognito-idp", NAME).into(),
        trace_id: asker.trace_id.clone(),
        budget_ms: BUDGET_MS,
    };
    let invoked = door.invoke(invocation).await.map_err(not_run)?;
    if invoked.function_error.is_some() {
        return Err(Error::Trigger {
            trigger: NAME,
            problem: told(&invoked.payload),
        });
    }
    trigger::apply(draft, call.version, &invoked.payload)
}

/// What a function said that failed.
fn told(payload: &[u8]) -> String {
    let error: Option<Value> = serde_json::from_slice(payload).ok();
    let message = error.as_ref().and_then(|it| it.get("errorMessage"));
    let message = message.and_then(Value::as_str).unwrap_or_default();
    message.to_owned()
}

/// What stood against a function, in the code of Lambda; that of a function without an answer is
/// unverified.
fn not_run(error: InvokeError) -> Error {
    let problem = match &error {
        InvokeError::NotRegistered { .. } => {
            return Error::NotImplemented(format!(
                "{NAME} with a function that cannot run: {error}"
            ));
        }
        InvokeError::NotPermitted { .. } => "AccessDeniedException",
        InvokeError::Function(_) => "ResourceNotFoundException",
        InvokeError::BudgetExceeded { .. } => "Socket timeout while invoking Lambda function",
        _ => "InvalidRequestContentException",
    };
    Error::TriggerNotRun {
        trigger: NAME,
        problem: problem.to_owned(),
    }
}

/// Signs what was drafted.
///
/// # Errors
/// A key does not sign.
pub(super) fn sign(draft: &Draft) -> Result<Signed, Error> {
    let unsigned = |error| Error::NotImplemented(format!("a token of this kind: {error}"));
    let id = draft.id.as_ref().map(|claims| draft.keys.sign_id(claims));
    Ok(Signed {
        access: draft.keys.sign_access(&draft.access).map_err(unsigned)?,
        id: id.transpose().map_err(unsigned)?,
        expires_seconds: draft.expires_seconds,
    })
}

/// Puts into the journal which tokens were issued: requests that use them follow from that.
pub(super) fn record(
    door: &FrontDoor,
    draft: &Draft,
    signed: &Signed,
    refresh: Option<&Secret>,
    asker: &Asker,
) -> Sequence {
    let texts = [Some(&signed.access), signed.id.as_ref()];
    let tokens: Vec<(&String, Token)> = texts
        .into_iter()
        .flatten()
        .filter_map(|text| Some((text, Token::parse(text).ok()?)))
        .collect();
    let issued = UserTokens {
        pool: draft.pool.clone(),
        client: draft.client.clone(),
        user: draft.user_name.clone(),
        flow: draft.login.flow.clone(),
        tokens: tokens.iter().map(|(_, token)| token.describe()).collect(),
    };
    let journal = door.journal();
    let event = EventDraft::of(Component::Aws, &issued)
        .request_id(Arc::clone(&asker.request_id))
        .trace_id(asker.trace_id.clone())
        .account(draft.scope.account.as_str())
        .cause(Some(asker.cause));
    let seq = journal.record(event.allowed());
    for (text, token) in &tokens {
        let expires = token.claim("exp").and_then(Value::as_i64);
        let expires = expires.and_then(|seconds| Timestamp::from_second(seconds).ok());
        journal.credential_issued(text, seq, expires);
        if let Some(jti) = token.claim("jti").and_then(Value::as_str) {
            journal.credential_issued(jti, seq, expires);
        }
    }
    if let Some(refresh) = refresh {
        journal.credential_issued(refresh.expose_secret(), seq, None);
    }
    seq
}
