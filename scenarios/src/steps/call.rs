//! Any call: of an AWS operation by its model, of an API, of Vault.
//!
//! What a scenario is about has a step of its own, by its noun; these are for what merely has to be done.
//! Each takes what was answered as the outcome of the call: [`super::verdict`] says what it must be, and
//! keeps parts of it for later.

use cucumber::gherkin::Step;
use serde_json::{Map, Value, json};

use super::argument;
use crate::{
    World,
    client::{AwsClient, aws},
    error::{StepError, StepResult},
    given,
    params::{Actor, Method, Path},
    things::{Made, api::Api, token::Token},
    when,
    world::{ApiCall, Outcome},
};

/// Calls an operation of AWS, named as its permission is, and must succeed. The input is a document with
/// the names of the service's model, or a table of members; a policy in it may be written as an object.
///
/// Example: Given the account workload-a calls "iam:CreateRole" with:
#[given("{actor} calls {string}( with:)")]
async fn operation_was_called(
    world: &mut World,
    actor: Actor,
    operation: String,
    step: &Step,
) -> StepResult {
    Called::read(world, actor, operation, step)?
        .call(world)
        .await?;
    succeeded(world)
}

/// Calls an operation of AWS and takes the answer.
///
/// Example: When the user "ci" calls "iam:GetRole" with:
#[when("{actor} calls {string}( with:)")]
async fn operation_is_called(
    world: &mut World,
    actor: Actor,
    operation: String,
    step: &Step,
) -> StepResult {
    world.acts();
    Called::read(world, actor, operation, step)?
        .call(world)
        .await
}

/// Calls an operation of AWS several times; the last answer is the outcome, and all are counted.
///
/// Example: When the account workload-a calls "sts:GetCallerIdentity" 3 times
#[when("{actor} calls {string} {int} time(s)( with:)")]
async fn operation_is_called_times(
    world: &mut World,
    actor: Actor,
    operation: String,
    times: usize,
    step: &Step,
) -> StepResult {
    world.acts();
    let called = Called::read(world, actor, operation, step)?;
    repeat(world, times, async |world| called.call(world).await).await
}

/// Calls an operation of AWS with an input that is not held against the model first: what it lacks is
/// missing, and what the model does not know is sent.
///
/// Example: When the account workload-a calls "iam:GetRole" as it stands, with:
#[when("{actor} calls {string} as it stands(, with:)")]
async fn operation_is_called_unchecked(
    world: &mut World,
    actor: Actor,
    operation: String,
    step: &Step,
) -> StepResult {
    world.acts();
    let called = Called::read(world, actor, operation, step)?;
    let answer = called.client.ask_unchecked(&called.operation, called.input);
    let answer = answer.await?;
    take(world, answer);
    Ok(())
}

/// A call of an operation that was read from a step.
struct Called {
    client: AwsClient,
    actor: Actor,
    operation: String,
    input: Value,
}

impl Called {
    fn read(world: &World, actor: Actor, operation: String, step: &Step) -> StepResult<Self> {
        let input = argument::input(world, step)?;
        let input = input.unwrap_or_else(|| Value::Object(Map::new()));
        Ok(Self {
            client: world.aws(&actor)?,
            actor,
            operation: world.filled(&operation)?,
            input,
        })
    }

    async fn call(&self, world: &mut World) -> StepResult {
        let mut input = self.input.clone();
        // What clients draw for each request that does not state it.
        for name in aws::idempotency_tokens(&self.operation)? {
            if let Value::Object(members) = &mut input {
                let token = || world.request_token(self.actor.name(), &self.operation);
                members.entry(name).or_insert_with(|| json!(token()));
            }
        }
        let answer = self.client.ask(&self.operation, input.clone()).await?;
        take(world, answer);
        self.made(world, &input)
    }
}

impl Called {
    /// Remembers what the call made, which the document shows.
    fn made(&self, world: &mut World, input: &Value) -> StepResult {
        let outcome = world.outcome()?;
        if !outcome.is_allowed() {
            return Ok(());
        }
        let (output, account) = (outcome.answer()?, world.account_of(&self.actor));
        let made = Made {
            accounts: world.lab().accounts().to_vec(),
            caller: account,
            input: input.clone(),
            output,
        };
        world.things.made_by_operation(&self.operation, &made);
        Ok(())
    }
}

/// Takes an answer of AWS with the whole of its output.
fn take(world: &mut World, answer: aws::AwsResult) {
    if let Some(output) = world.take_aws(answer) {
        world.keep_output(aws::json(&output.value));
    }
}

/// Calls an API. Whoever has AWS credentials signs (Signature Version 4), the bearer of a token sends it in
/// `Authorization`. The document is header fields, an empty line and the body, or the body alone; a table
/// is header fields.
///
/// Example: When an anonymous caller calls GET /daily of the API "reports"
#[when("{actor} calls {method} {path} of the API {string}( with:)")]
async fn api_is_called(
    world: &mut World,
    actor: Actor,
    method: Method,
    path: Path,
    api: String,
    step: &Step,
) -> StepResult {
    world.acts();
    let (api, call) = api_call(world, &actor, method, &path, &api, step)?;
    world.call_api(&api, call).await
}

/// Calls an API several times; the last answer is the outcome, and all are counted.
///
/// Example: When the bearer of "good" calls GET /daily of the API "reports" 3 times
#[when("{actor} calls {method} {path} of the API {string} {int} time(s)( with:)")]
async fn api_is_called_times(
    world: &mut World,
    actor: Actor,
    method: Method,
    path: Path,
    api: String,
    times: usize,
    step: &Step,
) -> StepResult {
    world.acts();
    let (api, call) = api_call(world, &actor, method, &path, &api, step)?;
    repeat(world, times, async |world| {
        world.call_api(&api, call.clone()).await
    })
    .await
}

fn api_call(
    world: &World,
    actor: &Actor,
    method: Method,
    path: &str,
    api: &str,
    step: &Step,
) -> StepResult<(Api, ApiCall)> {
    let api = world.things.get::<Api>(api)?.clone();
    let call = ApiCall::new(method.0, &world.filled(path)?);
    let mut call = match actor {
        Actor::Anonymous => call,
        Actor::Bearer(name) => {
            call.bearer(world.things.get::<Token>(name)?.token.expose_secret())?
        }
        signer => call.signed_by(world.credentials(signer)?),
    };
    let message = argument::message(world, step)?;
    for (name, value) in message.fields {
        let name: http::HeaderName = name.parse()?;
        call.headers.append(name, value.parse()?);
    }
    call.body = message.body.into();
    Ok((api, call))
}

/// Asks Vault by a path below its port, and must succeed. The body is a document of JSON, or a table of
/// members.
///
/// Example: Given Vault is asked POST /v1/sys/mounts/kv by the root token with:
#[given("Vault is asked {method} {path} by {actor}( with:)")]
async fn vault_was_asked(
    world: &mut World,
    method: Method,
    path: Path,
    actor: Actor,
    step: &Step,
) -> StepResult {
    Asked::read(world, method, &path, &actor, step)?
        .ask(world)
        .await?;
    succeeded(world)
}

/// Asks Vault and takes the answer. Who asks has the token of their last login.
///
/// Example: When Vault is asked GET /v1/secret/data/production/db by the bearer of "good"
#[when("Vault is asked {method} {path} by {actor}( with:)")]
async fn vault_is_asked(
    world: &mut World,
    method: Method,
    path: Path,
    actor: Actor,
    step: &Step,
) -> StepResult {
    world.acts();
    Asked::read(world, method, &path, &actor, step)?
        .ask(world)
        .await
}

/// Asks Vault several times; the last answer is the outcome, and all are counted.
///
/// Example: When Vault is asked GET /v1/auth/token/lookup-self by an anonymous caller 2 times
#[when("Vault is asked {method} {path} by {actor} {int} time(s)( with:)")]
async fn vault_is_asked_times(
    world: &mut World,
    method: Method,
    path: Path,
    actor: Actor,
    times: usize,
    step: &Step,
) -> StepResult {
    world.acts();
    let asked = Asked::read(world, method, &path, &actor, step)?;
    repeat(world, times, async |world| asked.ask(world).await).await
}

/// A request to Vault that was read from a step.
struct Asked {
    method: http::Method,
    path: String,
    token: Option<String>,
    body: Option<Value>,
}

impl Asked {
    fn read(
        world: &World,
        method: Method,
        path: &str,
        actor: &Actor,
        step: &Step,
    ) -> StepResult<Self> {
        let path = world.filled(path)?;
        let below = path.strip_prefix("/v1/").ok_or_else(|| {
            StepError::new(format!(
                "`{path}` is no path of Vault: they begin with /v1/"
            ))
        })?;
        Ok(Self {
            method: method.0,
            path: below.to_owned(),
            token: world.vault_token(actor)?,
            body: argument::input(world, step)?,
        })
    }

    async fn ask(&self, world: &mut World) -> StepResult {
        let (method, token) = (self.method.clone(), self.token.as_deref());
        let answer = world.vault(token, method, &self.path, self.body.as_ref());
        let mut answer = answer.await?;
        if answer.request_id.is_none() {
            // Vault says it in successes only: the last request that it answered is this one.
            answer.request_id = world.last_request_of("vault").await?;
        }
        let is_success = answer.status.is_success();
        world.set_outcome(Outcome::Vault(answer));
        if is_success {
            world.things.made_by_path(&self.method, &self.path);
        }
        Ok(())
    }
}

/// Does something several times, and remembers what each came to.
async fn repeat(
    world: &mut World,
    times: usize,
    call: impl AsyncFn(&mut World) -> StepResult,
) -> StepResult {
    if times == 0 {
        return Err(StepError::new("0 times is no call: say 1 or more"));
    }
    let mut outcomes = Vec::with_capacity(times);
    for _ in 0..times {
        call(world).await?;
        outcomes.push(world.outcome()?.clone());
    }
    world.set_outcomes(outcomes);
    Ok(())
}

/// Fails when the last call was refused.
fn succeeded(world: &World) -> StepResult {
    let outcome = world.outcome()?;
    match outcome.is_allowed() {
        true => Ok(()),
        false => Err(StepError::new(outcome.summary())),
    }
}
