//! One lab, one caller, one call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use authlab_kernel::Outcome;
use authlab_wire::{Kind, Models, Service as Model, Shape, Value, WireError, to_value};
use serde_json::{Value as Json, json};

use super::field;
use super::sample::{Operation, Samples, Step, filled};
use crate::front::FrontDoor;
use crate::front::testing::{MANAGEMENT, MONITORING, OUTSIDER, START, WORKLOAD, door};
use crate::lambda::{FunctionError, InvocationContext};

/// Where calls are made.
const REGION: &str = "eu-central-1";
/// The user whose permissions are tried.
const USER: &str = "probe";
/// A member that no model has.
const NOBODYS: &str = "AuthlabMember";

/// A permission that a call asked for: action and resource.
pub(super) type Permission = (String, String);

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
        let account = sample.account.as_ref().unwrap_or(&samples.account);
        let captured = [
            ("management", MANAGEMENT),
            ("workload", WORKLOAD),
            ("monitoring", MONITORING),
            ("outsider", OUTSIDER),
            ("region", REGION),
            ("now", START),
        ];
        let captured = captured.map(|(name, value)| (name.to_owned(), json!(value)));
        let mut bench = Self {
            door: door(),
            captured: captured.into(),
            account: account_id(account).to_owned(),
            key: String::new(),
            service: &samples.service,
            sample,
        };
        let echo = |event: Json, _: InvocationContext| async move { Ok::<_, FunctionError>(event) };
        let closures = bench.door.cloud().lambda.closures().clone();
        closures.register("h.h", Arc::new(echo));
        for step in samples.prepare.iter().chain(&sample.prepare) {
            bench.prepare(step, &samples.account).await;
        }
        let user = bench.as_root("iam:CreateUser", json!({"UserName": USER}));
        user.await;
        let key = bench.as_root("iam:CreateAccessKey", json!({"UserName": USER}));
        let key = found_at(&key.await, "/AccessKey/AccessKeyId");
        bench.key = key.as_str().unwrap_or_default().to_owned();
        bench
    }

    async fn prepare(&mut self, step: &Step, account: &str) {
        let account = account_id(step.account.as_deref().unwrap_or(account)).to_owned();
        let input = filled(&step.input, &self.captured);
        let (service, operation) = step.call.split_once(':').expect("`service:Operation`");
        let answer = perform(&self.door, &account, service, operation, &input).await;
        let answer = answer.unwrap_or_else(|error| {
            panic!(
                "{}: the preparation {} fails: {error:?}",
                self.sample.name, step.call
            )
        });
        for (name, pointer) in &step.capture {
            self.captured
                .insert(name.clone(), found_at(&answer, pointer));
        }
    }

    async fn as_root(&self, call: &str, input: Json) -> Value {
        let (service, operation) = call.split_once(':').expect("`service:Operation`");
        let answer = perform(&self.door, &self.account, service, operation, &input).await;
        answer.unwrap_or_else(|error| panic!("{call}: {error:?}"))
    }

    /// The sample's call by the user with these permissions.
    pub(super) async fn call(&self, permissions: &[Permission]) -> Tried {
        self.call_with(permissions, |_| {}).await
    }

    async fn call_with(&self, permissions: &[Permission], edit: impl FnOnce(&mut Json)) -> Tried {
        if !permissions.is_empty() {
            let statements: Vec<Json> = permissions
                .iter()
                .map(|(action, resource)| json!({"Effect": "Allow", "Action": action, "Resource": resource}))
                .collect();
            let document = json!({"Version": "2012-10-17", "Statement": statements});
            let policy = json!({
                "UserName": USER,
                "PolicyName": "exact",
                "PolicyDocument": document.to_string(),
            });
            self.as_root("iam:PutUserPolicy", policy).await;
        }
        let mut input = filled(&self.sample.input, &self.captured);
        edit(&mut input);
        let before = self.door.journal().last();
        let answer = perform(
            &self.door,
            &self.key,
            self.service,
            &self.sample.name,
            &input,
        )
        .await;
        let caller = format!("arn:aws:iam::{}:user/{USER}", self.account);
        let mut tried = Tried {
            answer,
            permissions: Vec::new(),
            refused: Vec::new(),
        };
        for event in self.door.journal().events_since(before) {
            if event.kind != "decision" || event.detail["principal"] != caller.as_str() {
                continue;
            }
            let text = |member: &str| event.detail[member].as_str().unwrap_or("").to_owned();
            let permission = (text("action"), text("resource"));
            if event.outcome == Outcome::Refused {
                tried.refused.push(permission.clone());
            }
            if !tried.permissions.contains(&permission) {
                tried.permissions.push(permission);
            }
        }
        tried
    }
}

/// The members of an operation's input that no code reads; they are answered with 501.
///
/// A member that no model has, put into the call and into each structure of it, has to be noticed:
/// else the handler reads its input in a way that ignores what it does not know.
pub(super) async fn unread_members(
    samples: &Samples,
    sample: &Operation,
    faults: &mut Vec<String>,
) -> Vec<&'static str> {
    let model = Models::service(&samples.service).expect("a model");
    let operation = model.operation(&sample.name).expect("an operation");
    let is_empty = |shape: &&Shape| matches!(&shape.kind, Kind::Structure { members, .. } if members.is_empty());
    let Some(shape) = operation.input_shape().filter(|shape| !is_empty(shape)) else {
        return Vec::new();
    };
    field::taken();
    let bench = Bench::prepared(samples, sample).await;
    drop(field::taken());
    let with = bench.call_with(&everything(), |_| {}).await;
    drop(with);
    let read = field::taken();
    for place in 0..structures(model, shape, &filled(&sample.input, &BTreeMap::new())) {
        let bench = Bench::prepared(samples, sample).await;
        let answer = bench
            .call_with(&everything(), |input| {
                let mut left = place;
                assert!(insert_at(model, shape, input, &mut left));
            })
            .await
            .answer;
        let noticed =
            matches!(&answer, Err(error) if error.status == 501 && error.message.contains(NOBODYS));
        if !noticed {
            faults.push(format!(
                "{}:{} ignores a member that nobody reads (structure {place}): {answer:?}",
                samples.service, sample.name,
            ));
        }
    }
    unread(shape, &read)
}

fn unread(shape: &'static Shape, read: &BTreeSet<&'static str>) -> Vec<&'static str> {
    let Kind::Structure { members, .. } = &shape.kind else {
        return Vec::new();
    };
    let names = members.iter().map(|member| member.name);
    names.filter(|name| !read.contains(name)).collect()
}

/// How many structures of the model there are in an input, itself included.
fn structures(model: &'static Model, shape: &Shape, input: &Json) -> usize {
    match (&shape.kind, input) {
        (Kind::Structure { members, .. }, Json::Object(given)) => {
            let inner = members.iter().filter_map(|member| {
                let value = given.get(member.name)?;
                Some(structures(model, model.shape(member.shape), value))
            });
            1 + inner.sum::<usize>()
        }
        (Kind::Structure { .. }, Json::Null) => 1,
        (Kind::List { element, .. }, Json::Array(items)) => items
            .first()
            .map_or(0, |item| structures(model, model.shape(*element), item)),
        _ => 0,
    }
}

/// Puts the member that nobody reads into the structure number `left`.
fn insert_at(model: &'static Model, shape: &Shape, input: &mut Json, left: &mut usize) -> bool {
    match (&shape.kind, input) {
        (Kind::Structure { .. }, input @ Json::Null) => {
            *input = json!({NOBODYS: "x"});
            true
        }
        (Kind::Structure { members, .. }, Json::Object(given)) => {
            if *left == 0 {
                given.insert(NOBODYS.to_owned(), json!("x"));
                return true;
            }
            *left -= 1;
            members.iter().any(|member| {
                given
                    .get_mut(member.name)
                    .is_some_and(|value| insert_at(model, model.shape(member.shape), value, left))
            })
        }
        (Kind::List { element, .. }, Json::Array(items)) => items
            .first_mut()
            .is_some_and(|item| insert_at(model, model.shape(*element), item, left)),
        _ => false,
    }
}

async fn perform(
    door: &FrontDoor,
    key: &str,
    service: &str,
    operation: &str,
    input: &Json,
) -> Result<Value, WireError> {
    let model = Models::service(service).expect("a model");
    let shape = model
        .operation(operation)
        .and_then(|operation| operation.input_shape());
    let input = match to_value(input).expect("JSON is a value") {
        Value::Null => Value::empty(),
        input => shape
            .map(|shape| with_blobs(model, shape, input.clone()))
            .unwrap_or(input),
    };
    door.perform_as(key, REGION, service, operation, input)
        .await
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
