//! Execution logs of REST APIs: API Gateway writes them as the role of the account's settings, if there is one
//! and it may (API Gateway developer guide, `set-up-logging.html`).

use std::sync::Arc;

use authlab_gateway::needs::{ExecutionLog, Written};
use authlab_kernel::{Component, EventDraft};

use crate::evidence::{Reason, Why};
use crate::front::{Brief, Environment, FrontDoor};
use crate::operation::{Caller, Check, Effect};
use crate::shared::{IssueSession, gateway_name};

/// Who assumes the role.
const PRINCIPAL: &str = "apigateway.amazonaws.com";
/// The name of the session (as observed of roles of integrations).
const SESSION_NAME: &str = "BackplaneAssumeRoleSession";
/// How long it lasts, in seconds (unverified).
const SESSION_SECONDS: i64 = 3600;

/// Writes the lines, and says by which role, and what it lacks.
pub(super) async fn write(door: &Arc<FrontDoor>, log: ExecutionLog) -> Written {
    // One for a stage: that AWS spreads a stage over several, and by which rule, is not published.
    let stream = gateway_name::access_log_stream(door.ids(), &log.api_id, &log.stage);
    let role = {
        let cloud = door.view();
        cloud.apigateway.log_role(&log.scope).map(str::to_owned)
    };
    let Some(role) = role else {
        return Written::default();
    };
    let lacks = refused(door, &log, &role, &stream);
    if lacks.is_none() {
        let lines = log.lines.into_iter();
        let effect = Effect::PutLogEvents {
            scope: log.scope,
            group: log.group,
            stream,
            events: lines.map(|line| (log.time, line)).collect(),
            is_passed_on: true,
        };
        door.perform(vec![effect], log.cause).await;
    }
    Written {
        role: Some(role),
        lacks,
    }
}

/// The first permission that is lacking: of API Gateway to assume the role, or of the role to write.
fn refused(door: &FrontDoor, log: &ExecutionLog, role: &str, stream: &str) -> Option<String> {
    const ASSUME: &str = "sts:AssumeRole";
    let cloud = door.view();
    let Some(role) = cloud.shared.iam.role_by_arn(role) else {
        return Some(ASSUME.to_owned());
    };
    let account = &log.scope.account;
    let trust = Check::new(ASSUME, role.arn.as_str(), role.account.clone())
        .trust(role.trust.clone())
        .with("aws:SourceAccount", account.as_str());
    let session = IssueSession::of_role(role, SESSION_NAME, SESSION_SECONDS);
    let ends = log.time + authlab_kernel::SignedDuration::from_secs(SESSION_SECONDS);
    let group = log.scope.arn("logs", &format!("log-group:{}", log.group));
    let check = |action: &str, stream: &str| {
        let resource = format!("{group}:log-stream:{stream}");
        Check::new(action, resource, account.clone())
    };
    let mut writing = Vec::new();
    let present = cloud.logs.group(&log.scope, &log.group);
    if present.is_none() {
        writing.push(check("logs:CreateLogGroup", ""));
    }
    if present.is_none_or(|group| !group.streams.contains_key(stream)) {
        writing.push(check("logs:CreateLogStream", stream));
    }
    writing.push(check("logs:PutLogEvents", stream));
    let environment = Environment {
        region: Some(log.scope.region.clone()),
        now: log.time,
        source_ip: PRINCIPAL.to_owned(),
        user_agent: None,
    };
    let service = Caller::of_service(PRINCIPAL, account.clone());
    let session = session.caller(String::new(), log.time, ends);
    [(service, vec![trust]), (session, writing)]
        .iter()
        .find_map(|(caller, checks)| {
            match door.decide_by_name(&cloud, caller, &environment, checks) {
                Brief::Allowed => None,
                Brief::Refused(check) => Some(check.action.to_string()),
                Brief::LetThrough(judged) => {
                    let decision = judged.evidence().let_through(true);
                    let why = judged
                        .denial()
                        .map_or(Why::Rule(Reason::NotPermitted), Why::Denied);
                    let draft = EventDraft::of(Component::Aws, &decision)
                        .account(account.as_str())
                        .cause(Some(log.cause));
                    door.journal().record(draft.refused(why));
                    None
                }
            }
        })
}
