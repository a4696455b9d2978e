//! What a stage's access log does not say.

use authlab_gateway::evidence::{AccessLog, ExecutionLog, Hidden};
use authlab_kernel::Component;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::told::class;
use crate::case::Case;

pub(super) const SILENT: Entry = class(
    "access-log-without-error",
    Mender::Owner,
    "the stage's access log does not say why",
    |case| {
        let lacks = lacking(case)?;
        let lacks = words::texts(&lacks);
        Some(Finding::certain(
            format!(
                "the format of the access log has no {lacks}, so its line shows the status alone"
            ),
            format!("add {lacks} to the format of the stage's access log"),
        ))
    },
);

pub(super) const UNWRITTEN: Entry = class(
    "execution-log-not-written",
    Mender::Owner,
    "the stage's execution log has no line of the request",
    |case| {
        case.refusal()?;
        let log = case.after::<ExecutionLog<'_>>(Component::Gateway).next()?;
        let group = &log.log_group;
        match (&log.role, &log.lacks) {
            (Some(role), Some(lacks)) => Some(Finding::certain(
                format!(
                    "API Gateway writes to `{group}` as the role `{role}`, which lacks {lacks}"
                ),
                unwritten_fix(role, lacks),
            )),
            (None, _) => Some(Finding::certain(
                format!(
                    "API Gateway writes to `{group}` as a role of the account's settings, and the account has none"
                ),
                "give the account such a role (UpdateAccount, `/cloudwatchRoleArn`)",
            )),
            (Some(_), None) => None,
        }
    },
);

/// What lets API Gateway write.
fn unwritten_fix(role: &str, lacks: &str) -> String {
    if lacks == "sts:AssumeRole" {
        return format!("let the role `{role}` trust `apigateway.amazonaws.com`");
    }
    format!(
        "allow the role `{role}` {lacks}, as the managed policy `AmazonAPIGatewayPushToCloudWatchLogs` does"
    )
}

pub(super) const HIDDEN: Entry = class(
    "refusal-hidden-by-cors",
    Mender::Owner,
    "the page sees a CORS error in the place of the refusal",
    |case| {
        let origin = hidden(case)?;
        Some(Finding::certain(
            format!(
                "the answer has no `Access-Control-Allow-Origin`, so the page of `{origin}` may not read it"
            ),
            format!(
                "give the API a CORS configuration (`CorsConfiguration`) that names `{origin}`: then refusals carry the header, too"
            ),
        ))
    },
);

/// What to add to a fix, so that next time the log says it.
pub(in crate::diagnose) fn note(case: &Case<'_>) -> Option<String> {
    let log = lacking(case).map(|lacks| {
        format!(
            "; and add {} to the format of the stage's access log, whose line says nothing of the cause",
            words::texts(&lacks)
        )
    });
    let page = hidden(case).map(|origin| {
        format!(
            "; and give the API a CORS configuration that names `{origin}`: the page sees a CORS error instead of \
             this answer"
        )
    });
    let notes: Vec<String> = log.into_iter().chain(page).collect();
    (!notes.is_empty()).then(|| notes.concat())
}

/// The page that cannot read the answer.
fn hidden(case: &Case<'_>) -> Option<String> {
    let refusal = case.refusal()?;
    let hidden = case.after::<Hidden>(Component::Gateway).next()?;
    refusal.is_by(Component::Gateway).then_some(hidden.origin)
}

fn lacking(case: &Case<'_>) -> Option<Vec<String>> {
    let refusal = case.refusal()?;
    if !refusal.is_by(Component::Gateway) {
        return None;
    }
    let log = case.after::<AccessLog<'_>>(Component::Gateway).next()?;
    let lacks: Vec<String> = log.lacks.into_iter().map(Into::into).collect();
    (!lacks.is_empty()).then_some(lacks)
}
