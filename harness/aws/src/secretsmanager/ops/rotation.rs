//! RotateSecret and CancelRotateSecret: a function makes a secret's new content.
//!
//! A rotation has three parts: [`State::begin_rotation`](crate::secretsmanager::State::begin_rotation)
//! under the lock, the steps of the function without it, and
//! [`State::end_rotation`](crate::secretsmanager::State::end_rotation).

use authlab_kernel::journal::Sequence;
use authlab_kernel::{Component, EventDraft, Scope, Timestamp};
use authlab_wire::{Value, WireError};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{SecretIdInput, VersionedOutput, wire};
use crate::cloud::Cloud;
use crate::evidence::{self, Reason};
use crate::front::FrontDoor;
use crate::operation::{Answer, Call, Reply, read};
use crate::secretsmanager::error::Error;
use crate::secretsmanager::identifier::Identifier;
use crate::secretsmanager::rotation::{Configured, Rules, STEPS, TRIAL, UnderWay};
use crate::secretsmanager::secret::Entry;
use crate::shared::{FunctionName, Invocation, InvokeError, InvokedBy};

/// The service as a function's policy names it.
const PRINCIPAL: &str = "secretsmanager.amazonaws.com";

/// The longest function runs for a quarter of an hour.
const BUDGET_MS: u32 = 900_000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RotateInput {
    secret_id: String,
    client_request_token: String,
    #[serde(default, rename = "RotationLambdaARN")]
    rotation_lambda_arn: Option<String>,
    #[serde(default)]
    rotation_rules: Option<RulesInput>,
    #[serde(default)]
    rotate_immediately: Option<bool>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct RulesInput {
    #[serde(default)]
    automatically_after_days: Option<i64>,
    #[serde(default)]
    duration: Option<String>,
    #[serde(default)]
    schedule_expression: Option<String>,
}

impl From<RulesInput> for Rules {
    fn from(input: RulesInput) -> Self {
        Self {
            days: input.automatically_after_days,
            duration: input.duration,
            expression: input.schedule_expression,
        }
    }
}

/// How a secret is rotated, as it is described; nothing for one that never was to be.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RotationOutput<'a> {
    rotation_enabled: Option<bool>,
    #[serde(rename = "RotationLambdaARN")]
    rotation_lambda_arn: Option<&'a str>,
    rotation_rules: Option<RulesInput>,
    last_rotated_date: Option<Timestamp>,
    next_rotation_date: Option<Timestamp>,
}

impl<'a> RotationOutput<'a> {
    pub(super) fn of(entry: &'a Entry) -> Self {
        let Some(rotation) = &entry.rotation else {
            return Self {
                rotation_enabled: None,
                rotation_lambda_arn: None,
                rotation_rules: None,
                last_rotated_date: None,
                next_rotation_date: None,
            };
        };
        let from = rotation.rotated.unwrap_or(entry.created);
        let schedule = rotation.schedule.as_ref();
        let rules = schedule.map(|schedule| RulesInput {
            automatically_after_days: schedule.days(from),
            duration: rotation.rules.duration.clone(),
            schedule_expression: rotation.rules.expression.clone(),
        });
        let is_enabled = rotation.is_enabled;
        Self {
            rotation_enabled: Some(is_enabled),
            rotation_lambda_arn: Some(&rotation.function),
            rotation_rules: rules,
            last_rotated_date: rotation.rotated.filter(|_| is_enabled),
            next_rotation_date: rotation.due_by.filter(|_| is_enabled),
        }
    }
}

/// One rotation, or the trial of a function.
struct Rotating {
    scope: Scope,
    secret: String,
    function: String,
    under_way: UnderWay,
    steps: &'static [&'static str],
    cause: Sequence,
}

pub(in crate::secretsmanager) fn rotate_secret<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move {
        let input: RotateInput = read(input)?;
        let is_immediate = input.rotate_immediately.unwrap_or(true);
        let id = input.secret_id;
        let version = input.client_request_token;
        let function = input.rotation_lambda_arn.filter(|arn| !arn.is_empty());
        let configured = {
            let mut cloud = door.cloud();
            let (secrets, ctx) = cloud.secretsmanager(call);
            let entry = secrets.usable(&id, &ctx).map_err(wire)?;
            let rules = input.rotation_rules.map(Rules::from);
            let kept = entry.rotation.as_ref();
            if entry.version(&version).is_some() {
                // A second request with the token finds what the first one made, and changes nothing.
                let is_same = kept.is_some_and(|kept| kept.is(function.as_deref(), rules.as_ref()));
                let arn = entry.arn.clone();
                return match is_same {
                    true => versioned(entry, Some(version)),
                    false => Err(wire(Error::RotationTokenInUse {
                        token: version,
                        arn,
                    })),
                };
            }
            let function = function.or_else(|| kept.map(|kept| kept.function.clone()));
            Configured {
                function: function.ok_or_else(|| wire(Error::NoRotationFunction))?,
                rules,
            }
        };
        let rotating = begin(door, call, (&id, version), configured, is_immediate);
        let (rotating, refused) = match rotating? {
            Begun::Anew(rotating) => (rotating, None),
            Begun::Again(rotating) => (rotating, Some(wire(Error::RotationUnderWay))),
        };
        run(door, &rotating).await;
        schedule(door, &rotating.scope, &rotating.secret);
        if let Some(error) = refused {
            return Err(error);
        }
        let mut cloud = door.cloud();
        let (secrets, ctx) = cloud.secretsmanager(call);
        let entry = secrets.get(&rotating.secret, &ctx).map_err(wire)?;
        versioned(entry, Some(rotating.under_way.version))
    })
}

fn versioned(entry: &Entry, version_id: Option<String>) -> Answer {
    Reply::to(&VersionedOutput {
        arn: &entry.arn,
        name: &entry.name,
        version_id,
    })
}

enum Begun {
    /// A rotation that nobody asked for before.
    Anew(Rotating),
    /// The one that did not end, once more.
    Again(Rotating),
}

/// Asks the function's policy, and announces the new version.
fn begin(
    door: &FrontDoor,
    call: &Call,
    (id, version): (&str, String),
    configured: Configured,
    is_immediate: bool,
) -> Result<Begun, WireError> {
    let function = configured.function.clone();
    if !function.starts_with("arn:") || FunctionName::read(&function, None, &call.scope).is_err() {
        return Err(wire(Error::FunctionArn(function)));
    }
    let mut cloud = door.cloud();
    let (secrets, ctx) = cloud.secretsmanager(call);
    let entry = secrets.usable(id, &ctx).map_err(wire)?;
    let (secret, again) = (entry.arn.clone(), entry.under_way().cloned());
    let home = Identifier::parse(id).scope(&call.scope);
    let rotating = |under_way, steps| Rotating {
        scope: home.clone(),
        secret: secret.clone(),
        function: function.clone(),
        under_way,
        steps,
        cause: call.cause,
    };
    if entry.pending().is_some() {
        let again = again.ok_or_else(|| wire(Error::RotationUnderWay))?;
        return Ok(Begun::Again(rotating(again, &STEPS)));
    }
    let steps: &[&str] = if is_immediate { &STEPS } else { &TRIAL };
    let token =
        authlab_kernel::Secret::new(call.ids.draw("rotation-token", &secret, &version).uuid());
    let rotating = rotating(UnderWay { version, token }, steps);
    let probed = rotating.invocation(door, steps[0]);
    door.check_runs(&cloud, &probed, call.now)
        .map_err(not_invocable)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    let under_way = rotating.under_way.clone();
    let begun = secrets.begin_rotation(id, configured, under_way, is_immediate, &ctx);
    begun.map_err(wire)?;
    Ok(Begun::Anew(rotating))
}

/// What RotateSecret answers when the function does not run.
fn not_invocable(error: InvokeError) -> WireError {
    let reason = error.reason();
    match error {
        InvokeError::NotRegistered { .. } => {
            let what =
                format!("secretsmanager:RotateSecret with a function that cannot run: {error}");
            WireError::new(501, "NotImplemented", what).because(reason)
        }
        _ => wire(Error::FunctionNotInvocable).because(reason),
    }
}

impl Rotating {
    fn invocation(&self, door: &FrontDoor, step: &str) -> Invocation {
        let UnderWay { version, token } = &self.under_way;
        let event = json!({
            "Step": step,
            "SecretId": self.secret,
            "ClientRequestToken": version,
            "RotationToken": token.expose_secret(),
        });
        Invocation {
            scope: self.scope.clone(),
            function: self.function.clone(),
            qualifier: None,
            payload: Bytes::from(event.to_string()),
            invoked_by: InvokedBy::Service {
                principal: PRINCIPAL.to_owned(),
                source_arn: self.secret.clone(),
                source_account: self.scope.account.clone(),
            },
            cause: self.cause,
            request_id: door.ids().request_id("secretsmanager", step).into(),
            trace_id: None,
            budget_ms: BUDGET_MS,
        }
    }

    /// The step that failed, and why.
    async fn steps(&self, door: &FrontDoor) -> Result<(), (&'static str, String)> {
        for step in self.steps {
            let invoked = door.invoke(self.invocation(door, step)).await;
            let error = match invoked {
                Err(error) => error.to_string(),
                Ok(invoked) if invoked.function_error.is_some() => {
                    String::from_utf8_lossy(&invoked.payload).into_owned()
                }
                Ok(_) => continue,
            };
            return Err((*step, error));
        }
        Ok(())
    }
}

/// Runs the steps without the lock, and keeps what came out.
async fn run(door: &FrontDoor, rotating: &Rotating) {
    let result = rotating.steps(door).await;
    let is_trial = rotating.steps == TRIAL;
    let version = &rotating.under_way.version;
    let now = door.clock().now();
    let is_current = door.cloud().secretsmanager.end_rotation(
        (&rotating.scope, &rotating.secret),
        version,
        is_trial,
        now,
    );
    let failed = result.err();
    let rotation = evidence::Rotation {
        secret: rotating.secret.clone(),
        function: rotating.function.clone(),
        version: version.clone(),
        steps: rotating.steps.iter().map(ToString::to_string).collect(),
        step: failed.as_ref().map(|(step, _)| (*step).to_owned()),
        error: failed.as_ref().map(|(_, error)| error.clone()),
    };
    let draft = EventDraft::of(Component::Aws, &rotation)
        .cause(Some(rotating.cause))
        .account(rotating.scope.account.as_str());
    door.journal().record(match failed {
        Some(_) => draft.failed(Reason::RotationStepFailed),
        None if is_current || is_trial => draft.allowed(),
        None => draft.failed(Reason::RotationNotFinished),
    });
}

/// Lets the lab's clock rotate the secret when its next window begins.
fn schedule(door: &FrontDoor, scope: &Scope, secret: &str) {
    let due = {
        let cloud = door.cloud();
        let rotation = cloud.secretsmanager.rotation(scope, secret);
        rotation.and_then(|rotation| Some(rotation.window?.start))
    };
    let Some(due) = due else {
        return;
    };
    // The window begins by the services' time, a timer is by the lab's.
    let at = due.checked_sub(door.clock().offset()).unwrap_or(due);
    let name = format!("secretsmanager/rotation/{secret}");
    let (this, place, arn) = (door.this(), scope.clone(), secret.to_owned());
    let timers = door.clock().lab().timers();
    let timer = timers.schedule(at, &name, move |_| {
        async move {
            if let Some(door) = this.upgrade() {
                rotate_due(&door, &place, &arn, due).await;
            }
        }
        .boxed()
    });
    let secrets = &mut door.cloud().secretsmanager;
    if let Some(before) = secrets.set_rotation_timer(scope, secret, timer) {
        timers.cancel(&before);
    }
}

/// The window that began at `due`: rotates, unless it was moved or taken back since.
async fn rotate_due(door: &FrontDoor, scope: &Scope, secret: &str, due: Timestamp) {
    let now = door.clock().now();
    let version = door.ids().draw("rotation", secret, &due.to_string()).uuid();
    let token = door.ids().draw("rotation-token", secret, &version).uuid();
    let under_way = UnderWay {
        version,
        token: authlab_kernel::Secret::new(token),
    };
    let begun =
        door.cloud()
            .secretsmanager
            .begin_due_rotation((scope, secret), due, under_way, now);
    if let Some((function, under_way)) = begun {
        let mut rotating = Rotating {
            scope: scope.clone(),
            secret: secret.to_owned(),
            function,
            under_way,
            steps: &STEPS,
            cause: 0,
        };
        let begun = evidence::RotationDue {
            secret: secret.to_owned(),
            window_start: due,
        };
        let draft = EventDraft::of(Component::Aws, &begun);
        rotating.cause = door.journal().record(draft.account(scope.account.as_str()));
        run(door, &rotating).await;
    }
    schedule_after(door, scope, secret, due);
}

/// Schedules the window after `due`; a call of RotateSecret in the meantime has scheduled its own.
fn schedule_after(door: &FrontDoor, scope: &Scope, secret: &str, due: Timestamp) {
    let is_later = {
        let cloud = door.cloud();
        let rotation = cloud.secretsmanager.rotation(scope, secret);
        let window = rotation.and_then(|rotation| rotation.window);
        window.is_some_and(|window| window.start > due)
    };
    if is_later {
        schedule(door, scope, secret);
    }
}

pub(in crate::secretsmanager) fn cancel_rotate_secret(
    cloud: &mut Cloud,
    call: &Call,
    input: Value,
) -> Answer {
    let input: SecretIdInput = read(input)?;
    let (secrets, ctx) = cloud.secretsmanager(call);
    let (entry, version) = secrets
        .cancel_rotation(&input.secret_id, &ctx)
        .map_err(wire)?;
    versioned(entry, version)
}
