//! One lab, one caller, one call.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{Outcome, Scope, Secret};
use authlab_token::{Algorithm, SigningKey};
use authlab_wire::{Kind, Model, Models, Operation as Operated, Shape, Value, WireError, to_value};
use serde_json::{Value as Json, json};

use super::sample::{Operation, Samples, Step, filled};
use crate::cloud::Cloud;
use crate::evidence::Decision;
use crate::front::testing::{ISSUER, MANAGEMENT, MONITORING, OUTSIDER, START, WORKLOAD, door};
use crate::front::{self, FrontDoor, identify};
use crate::iam::mfa;
use crate::lambda::InvocationContext;
use crate::operation::{Call, Check};

/// Where calls are made.
const REGION: &str = "eu-central-1";
/// The user whose permissions are tried.
const USER: &str = "probe";
/// For whom the token is that `${token}` stands for, and to whom.
const SUBJECT: &str = "probe";
const AUDIENCE: &str = "a";

/// A permission that a call asked for: action and resource.
pub(super) type Permission = (String, String);

/// What a row asks for.
pub(super) type Checks = fn(&Cloud, &Call, &Value) -> Result<Vec<Check>, WireError>;

/// All permissions there are.
pub(super) fn everything() -> Vec<Permission> {
    vec![("*".to_owned(), "*".to_owned())]
}

/// What a call led to.
pub(super) struct Tried {
    pub(super) answer: Result<Value, WireError>,
    /// What was decided about the caller, without repetitions.
    pub(super) permissions: Vec<Permission>,
    /// Of these, what was refused.
    pub(super) refused: Vec<Permission>,
    /// What the journal learned.
    pub(super) events: Vec<Json>,
}

/// A lab in which everything stands that an operation needs, and a user without permissions.
pub(super) struct Bench<'s> {
    door: Arc<FrontDoor>,
    captured: BTreeMap<String, Json>,
    account: String,
    key: String,
    service: &'s str,
    sample: &'s Operation,
}

impl<'s> Bench<'s> {
    /// The lab after the preparations.
    pub(super) async fn prepared(samples: &'s Samples, sample: &'s Operation) -> Self {
        Self::after(samples, sample, &sample.prepare).await
    }

    /// The lab after other preparations than the operation's.
    pub(super) async fn after(
        samples: &'s Samples,
        sample: &'s Operation,
        preparations: &[Step],
    ) -> Self {
        let account = sample.account.as_ref().unwrap_or(&samples.account);
        let door = door();
        with_function(&door);
        let captured = [
            ("management", MANAGEMENT.to_owned()),
            ("workload", WORKLOAD.to_owned()),
            ("monitoring", MONITORING.to_owned()),
            ("outsider", OUTSIDER.to_owned()),
            ("region", REGION.to_owned()),
            ("now", START.to_owned()),
            ("token", token(&door)),
        ];
        let captured = captured.map(|(name, value)| (name.to_owned(), json!(value)));
        let mut bench = Self {
            door,
            captured: captured.into(),
            account: account_id(account).to_owned(),
            key: String::new(),
            service: &samples.service,
            sample,
        };
        bench
            .as_root("iam:CreateUser", json!({"UserName": USER}))
            .await;
        let key = bench.as_root("iam:CreateAccessKey", json!({"UserName": USER}));
        let key = found_at(&key.await, "/AccessKey/AccessKeyId");
        bench.key = key.as_str().unwrap_or_default().to_owned();
        for step in samples.prepare.iter().chain(preparations) {
            bench.prepare(step, &samples.account).await;
        }
        bench
    }

    async fn prepare(&mut self, step: &Step, account: &str) {
        let answer = self.step(step, account).await.unwrap_or_else(|error| {
            panic!(
                "{}: the preparation {} fails: {error:?}",
                self.sample.name, step.call
            )
        });
        for (name, pointer) in &step.capture {
            self.captured
                .insert(name.clone(), found_at(&answer, pointer));
        }
        for (name, pointer) in &step.codes {
            let seed: Vec<u8> = serde_json::from_value(found_at(&answer, pointer)).expect("a seed");
            let seed = Secret::new(String::from_utf8_lossy(&seed).into_owned());
            let now = mfa::step_of(self.door.clock().now());
            for (nth, step) in (now - 4..=now).enumerate() {
                let code = json!(mfa::code(&seed, step));
                self.captured.insert(format!("{name}{nth}"), code);
            }
        }
    }

    /// A step, by the root user of its account or by whose key it names.
    async fn step(&self, step: &Step, account: &str) -> Result<Value, WireError> {
        let account = account_id(step.account.as_deref().unwrap_or(account));
        let key = filled(
            &json!(step.key.as_deref().unwrap_or(account)),
            &self.captured,
        );
        let input = filled(&step.input, &self.captured);
        let (service, operation) = step.call.split_once(':').expect("`service:Operation`");
        let key = key.as_str().unwrap_or_default();
        perform(&self.door, key, service, operation, &input).await
    }

    async fn as_root(&self, call: &str, input: Json) -> Value {
        let (service, operation) = call.split_once(':').expect("`service:Operation`");
        let answer = perform(&self.door, &self.account, service, operation, &input).await;
        answer.unwrap_or_else(|error| panic!("{call}: {error:?}"))
    }

    /// The sample's input as it is sent.
    pub(super) fn input(&self) -> Json {
        match self.fill(&self.sample.input) {
            Json::Null => json!({}),
            input => input,
        }
    }

    /// An input with what was captured.
    pub(super) fn fill(&self, input: &Json) -> Json {
        filled(input, &self.captured)
    }

    /// What a row asks for of the sample's call, by the user.
    pub(super) fn checks(&self, of_row: Checks) -> Result<Vec<Check>, WireError> {
        let model = Models::service(self.service).expect("a model");
        let operation = model.operation(&self.sample.name).expect("an operation");
        let input = typed(model, operation, &self.input());
        let cloud = self.door.cloud();
        let caller = identify(&cloud, &self.key).expect("an access key").caller;
        let call = Call {
            service: model.name,
            operation: operation.name,
            scope: Scope::new(caller.account.clone(), REGION.parse().expect("a Region")),
            caller,
            ..front::testing::call()
        };
        of_row(&cloud, &call, &input)
    }

    /// The sample's call by the user with these permissions.
    pub(super) async fn call(&self, permissions: &[Permission]) -> Tried {
        self.call_with(permissions, &self.input()).await
    }

    /// The sample's call by a user whom a policy denies everything.
    pub(super) async fn call_denied(&self) -> Tried {
        self.permit("Deny", &everything()).await;
        self.call(&[]).await
    }

    async fn permit(&self, effect: &str, permissions: &[Permission]) {
        let statements: Vec<Json> = permissions
            .iter()
            .map(|(action, resource)| json!({"Effect": effect, "Action": action, "Resource": resource}))
            .collect();
        let document = json!({"Version": "2012-10-17", "Statement": statements});
        let policy = json!({
            "UserName": USER,
            "PolicyName": "exact",
            "PolicyDocument": document.to_string(),
        });
        self.as_root("iam:PutUserPolicy", policy).await;
    }

    /// The sample's operation with another input.
    pub(super) async fn call_with(&self, permissions: &[Permission], input: &Json) -> Tried {
        if !permissions.is_empty() {
            self.permit("Allow", permissions).await;
        }
        let before = self.door.journal().last();
        let name = &self.sample.name;
        let answer = perform(&self.door, &self.key, self.service, name, input).await;
        let caller = format!("arn:aws:iam::{}:user/{USER}", self.account);
        let mut tried = Tried {
            answer,
            permissions: Vec::new(),
            refused: Vec::new(),
            events: Vec::new(),
        };
        for event in self.door.journal().events_since(before) {
            tried.events.push(json!([event.kind, event.detail]));
            let decided = event.read::<Decision>().map(|told| told.decision);
            let Some(decided) = decided.filter(|told| told.principal == caller) else {
                continue;
            };
            let permission = (decided.action, decided.resource);
            if event.outcome == Outcome::Refused {
                tried.refused.push(permission.clone());
            }
            if !tried.permissions.contains(&permission) {
                tried.permissions.push(permission);
            }
        }
        tried
    }

    /// Another operation by the account's root user, told in one JSON document: the answer, or the
    /// error.
    pub(super) async fn read(&self, service: &str, operation: &str, input: &Json) -> Json {
        told(&perform(&self.door, &self.account, service, operation, input).await)
    }

    /// The steps that show what the sample's call led to.
    pub(super) async fn follow(&mut self, answer: &Result<Value, WireError>) -> Vec<Json> {
        let json = told(answer);
        for (name, pointer) in &self.sample.capture {
            if let Some(found) = json.pointer(pointer) {
                self.captured.insert(name.clone(), found.clone());
            }
        }
        let mut told_all = Vec::new();
        for step in &self.sample.then {
            let before = self.door.journal().last();
            let account = self.account.clone();
            told_all.push(told(&self.step(step, &account).await));
            let events = self.door.journal().events_since(before);
            told_all.extend(events.iter().map(|event| json!([event.kind, event.detail])));
        }
        told_all
    }
}

/// An answer or an error as JSON.
pub(super) fn told(answer: &Result<Value, WireError>) -> Json {
    match answer {
        Ok(answer) => serde_json::to_value(answer).expect("an answer is JSON"),
        Err(error) => json!({"error": [error.status, error.code, error.message]}),
    }
}

/// Lets functions whose handler is `h.h` answer their event, and write a line.
fn with_function(door: &FrontDoor) {
    let echo = |event: Json, context: InvocationContext| async move {
        context.log.write("a line\n");
        Ok(event)
    };
    let closures = door.cloud().lambda.closures().clone();
    closures.register("h.h", Arc::new(echo));
}

/// A token of the issuer that stands behind the lab's client in tests.
fn token(door: &FrontDoor) -> String {
    let now = door.clock().now().as_second();
    let claims = json!({
        "iss": ISSUER, "sub": SUBJECT, "aud": AUDIENCE, "iat": now, "exp": now + 600, "jti": "j-1",
    });
    let key = SigningKey::test_key(0).expect("a key");
    let header = key.header(Algorithm::RS256);
    let claims = claims.as_object().expect("an object");
    key.sign(&header, claims).expect("a signature")
}

async fn perform(
    door: &FrontDoor,
    key: &str,
    service: &str,
    operation: &str,
    input: &Json,
) -> Result<Value, WireError> {
    let model = Models::service(service).expect("a model");
    let input = match model.operation(operation) {
        Some(operation) => typed(model, operation, input),
        None => to_value(input).expect("JSON is a value"),
    };
    door.perform_as(key, REGION, service, operation, input)
        .await
}

/// A JSON input as the model types it.
fn typed(model: &'static Model, operation: &Operated, input: &Json) -> Value {
    let shape = operation.input_shape();
    match to_value(input).expect("JSON is a value") {
        Value::Null => Value::empty(),
        input => shape
            .map(|shape| with_blobs(model, shape, input.clone()))
            .unwrap_or(input),
    }
}

/// Texts and lists of numbers become bytes where the model wants bytes.
fn with_blobs(model: &'static Model, shape: &Shape, value: Value) -> Value {
    match (&shape.kind, value) {
        (Kind::Blob, Value::Text(text)) => Value::Blob(text.into()),
        (Kind::Blob, Value::List(numbers)) => {
            let bytes = numbers.iter().filter_map(|number| match number {
                Value::Integer(number) => u8::try_from(*number).ok(),
                _ => None,
            });
            Value::Blob(bytes.collect())
        }
        (Kind::Structure { members, .. }, Value::Map(given)) => {
            let typed = given.into_iter().map(|(name, value)| {
                let member = members.iter().find(|member| member.name == name);
                let value = match member {
                    Some(member) => with_blobs(model, model.shape(member.shape), value),
                    None => value,
                };
                (name, value)
            });
            Value::Map(typed.collect())
        }
        (_, value) => value,
    }
}

fn account_id(name: &str) -> &str {
    match name {
        "management" => MANAGEMENT,
        "workload" => WORKLOAD,
        "monitoring" => MONITORING,
        "outsider" => OUTSIDER,
        id => id,
    }
}

fn found_at(answer: &Value, pointer: &str) -> Json {
    let member = pointer.strip_prefix('/').and_then(|name| answer.get(name));
    if let Some(Value::Blob(bytes)) = member {
        return bytes.to_vec().into();
    }
    let json = serde_json::to_value(answer).expect("an answer is JSON");
    let found = json.pointer(pointer).cloned();
    found.unwrap_or_else(|| panic!("nothing at {pointer} in {json}"))
}
