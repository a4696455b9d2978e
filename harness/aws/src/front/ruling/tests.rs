//! Whoever decides something refuses it in a lab that enforces, and lets it through and journals it in
//! one that only watches. (API Gateway's callers are in `apigatewayv2/tests/caller.rs`, the bearers of
//! tokens that assume a role in `sts/tests.rs`. The gateway's scopes and Vault's policies have tables of
//! their own.)

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use authlab_kernel::journal::Outcome;
use authlab_kernel::{Enforcement, LetThrough, Scope};
use serde_json::{Value, json};

use crate::evidence::Decision;
use crate::front::ClientClock;
use crate::front::testing::{MONITORING, TestDoor, WORKLOAD};
use crate::lambda::InvocationContext;
use crate::lambda::tests::made;
use crate::shared::{Invocation, InvokedBy};

const ROLE: &str = "arn:aws:iam::222222222222:role/fn";

/// What decides in aws.
#[derive(Clone, Copy, Debug)]
enum Producer {
    /// The checks of an operation's row.
    Row,
    /// The trust of a role for a caller who signs.
    RoleTrust,
    /// The policy of a secret, which denies.
    ResourcePolicy,
    /// The key of a secret, for its reader.
    SecretKey,
    /// The policy of a sink, for another account's link.
    Sink,
    /// Each secret of BatchGetSecretValue.
    Batch,
    /// The trust of the role that a function is given.
    NewRole,
    /// The trust of a function's role when it runs.
    Trust,
    /// The policy of a function for a service.
    FunctionPolicy,
    /// The key of a function's variables for its role.
    Variables,
    /// The same for who looks at them.
    VariablesSeen,
    /// The log of a function, which its role writes.
    Log,
    /// The versions of a secret under a new key.
    ReEncryption,
    /// The trust of the role that writes the logs of REST APIs.
    LoggingRole,
}

const ALL: [Producer; 14] = [
    Producer::Row,
    Producer::RoleTrust,
    Producer::ResourcePolicy,
    Producer::SecretKey,
    Producer::Sink,
    Producer::Batch,
    Producer::NewRole,
    Producer::Trust,
    Producer::FunctionPolicy,
    Producer::Variables,
    Producer::VariablesSeen,
    Producer::Log,
    Producer::ReEncryption,
    Producer::LoggingRole,
];

fn policy(effect: &str, actions: &Value) -> Value {
    let statement = json!({"Effect": effect, "Action": actions, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn trust(service: &str) -> String {
    let statement = json!({"Effect": "Allow", "Principal": {"Service": service},
        "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// A lab with a role `fn` that trusts Lambda and may do all, and a closure that answers a variable.
async fn start(enforcement: Enforcement) -> TestDoor {
    let door = TestDoor::start_with(ClientClock::Lab, enforcement, |cloud| {
        let shown = |_: Value, context: InvocationContext| async move {
            Ok(json!(context.environment.get("STAGE")))
        };
        cloud.lambda.closures().register("shown", Arc::new(shown));
    })
    .await;
    let role = json!({"RoleName": "fn", "AssumeRolePolicyDocument": trust("lambda.amazonaws.com")});
    door.door.well("iam:CreateRole", role).await;
    let_role(&door, "all", "Allow", json!("*")).await;
    door
}

async fn let_role(door: &TestDoor, name: &str, effect: &str, actions: Value) {
    let document = policy(effect, &actions).to_string();
    let put = json!({"RoleName": "fn", "PolicyName": name, "PolicyDocument": document});
    door.door.well("iam:PutRolePolicy", put).await;
}

/// A user who may do these actions; the access key.
async fn user(door: &TestDoor, actions: Value) -> String {
    let user = json!({"UserName": "somebody"});
    door.door.well("iam:CreateUser", user.clone()).await;
    let document = policy("Allow", &actions).to_string();
    let put = json!({"UserName": "somebody", "PolicyName": "own", "PolicyDocument": document});
    door.door.well("iam:PutUserPolicy", put).await;
    let key = door.door.well("iam:CreateAccessKey", user).await;
    key["AccessKey"]["AccessKeyId"].as_str().unwrap().to_owned()
}

async fn key(door: &TestDoor) -> String {
    let key = door.door.well("kms:CreateKey", json!({})).await;
    key["KeyMetadata"]["Arn"].as_str().unwrap().to_owned()
}

async fn function(door: &TestDoor, more: Value) -> Result<Value, String> {
    made(door, WORKLOAD, ("f", "shown", ROLE), more).await
}

async fn invoked(door: &TestDoor) -> Result<(), String> {
    let input = json!({"FunctionName": "f"});
    let answer = door.door.asked(WORKLOAD, "lambda:Invoke", input).await;
    answer.map(drop)
}

async fn with_variables(door: &TestDoor) {
    let variables = json!({"KMSKeyArn": key(door).await,
        "Environment": {"Variables": {"STAGE": "dev"}}});
    function(door, variables).await.unwrap();
}

/// Asks for what the producer refuses: what is refused, if it is.
async fn ask(door: &TestDoor, producer: Producer) -> Result<(), String> {
    match producer {
        Producer::Row => {
            let somebody = user(door, json!("sts:AssumeRole")).await;
            let answer = door.door.asked(&somebody, "iam:ListUsers", json!({})).await;
            answer.map(drop)
        }
        Producer::RoleTrust => {
            let somebody = user(door, json!("sts:AssumeRole")).await;
            let input = json!({"RoleArn": ROLE, "RoleSessionName": "somebody"});
            let answer = door.door.asked(&somebody, "sts:AssumeRole", input).await;
            answer.map(drop)
        }
        Producer::ResourcePolicy => {
            secret(door, json!({})).await;
            let mut document = policy("Deny", &json!("secretsmanager:GetSecretValue"));
            document["Statement"][0]["Principal"] = json!("*");
            let put = json!({"SecretId": "s", "ResourcePolicy": document.to_string()});
            door.door
                .well("secretsmanager:PutResourcePolicy", put)
                .await;
            read_secret(door).await
        }
        Producer::SecretKey => {
            let key = key(door).await;
            secret(door, json!({"KmsKeyId": key})).await;
            read_secret(door).await
        }
        Producer::Sink => {
            let sink = json!({"Name": "all"});
            let sink = door.door.asked(MONITORING, "oam:CreateSink", sink).await;
            let link = json!({"SinkIdentifier": sink.unwrap()["Arn"], "LabelTemplate": "$AccountName",
                "ResourceTypes": ["AWS::CloudWatch::Metric"]});
            let answer = door.door.asked(WORKLOAD, "oam:CreateLink", link).await;
            answer.map(drop)
        }
        Producer::Batch => {
            let secret =
                json!({"Name": "s", "SecretString": "x", "ClientRequestToken": "t".repeat(32)});
            door.door.well("secretsmanager:CreateSecret", secret).await;
            let somebody = user(door, json!("secretsmanager:BatchGetSecretValue")).await;
            let input = json!({"SecretIdList": ["s"]});
            let call = "secretsmanager:BatchGetSecretValue";
            let answer = door.door.asked(&somebody, call, input).await.unwrap();
            match answer["Errors"].get(0) {
                None => Ok(()),
                Some(error) => Err(error.to_string()),
            }
        }
        Producer::NewRole => {
            distrust(door).await;
            function(door, json!({})).await.map(drop)
        }
        Producer::Trust => {
            function(door, json!({})).await.unwrap();
            distrust(door).await;
            invoked(door).await
        }
        Producer::FunctionPolicy => {
            function(door, json!({})).await.unwrap();
            let invoked = door.door.invoke(by_service()).await;
            invoked.map(drop).map_err(|error| error.to_string())
        }
        Producer::Variables => {
            with_variables(door).await;
            let_role(door, "closed", "Deny", json!("kms:Decrypt")).await;
            invoked(door).await
        }
        Producer::VariablesSeen => {
            with_variables(door).await;
            let somebody = user(door, json!("lambda:GetFunctionConfiguration")).await;
            let call = "lambda:GetFunctionConfiguration";
            let seen = door
                .door
                .asked(&somebody, call, json!({"FunctionName": "f"}));
            match seen.await.unwrap()["Environment"].get("Error") {
                None | Some(Value::Null) => Ok(()),
                Some(error) => Err(error.to_string()),
            }
        }
        Producer::Log => {
            function(door, json!({})).await.unwrap();
            let_role(door, "silent", "Deny", json!("logs:PutLogEvents")).await;
            invoked(door).await.unwrap();
            let scope = Scope::new(WORKLOAD.parse().unwrap(), "eu-central-1".parse().unwrap());
            let cloud = door.door.cloud();
            let group = cloud.logs.group(&scope, "/aws/lambda/f");
            group.map(drop).ok_or_else(|| "no log".to_owned())
        }
        Producer::ReEncryption => {
            let (old, new) = (key(door).await, key(door).await);
            let secret = json!({"Name": "s", "SecretString": "x", "KmsKeyId": old,
                "ClientRequestToken": "t".repeat(32)});
            door.door.well("secretsmanager:CreateSecret", secret).await;
            let rights = json!([
                "secretsmanager:UpdateSecret",
                "kms:GenerateDataKey",
                "kms:Decrypt"
            ]);
            let somebody = user(door, rights).await;
            let change = json!({"SecretId": "s", "KmsKeyId": new});
            let call = "secretsmanager:UpdateSecret";
            door.door.asked(&somebody, call, change).await.unwrap();
            let scope = Scope::new(WORKLOAD.parse().unwrap(), "eu-central-1".parse().unwrap());
            let cloud = door.door.cloud();
            let entry = cloud.secretsmanager.find("s", &scope, door.now()).unwrap();
            match entry.versions()[0].kms_key_id.as_deref() {
                Some(key) if key == new => Ok(()),
                other => Err(format!("under {other:?}")),
            }
        }
        Producer::LoggingRole => {
            let patch = json!([{"op": "replace", "path": "/cloudwatchRoleArn", "value": ROLE}]);
            let input = json!({"patchOperations": patch});
            let call = "apigateway:UpdateAccount";
            door.door.asked(WORKLOAD, call, input).await.map(drop)
        }
    }
}

async fn secret(door: &TestDoor, more: Value) {
    let mut secret =
        json!({"Name": "s", "SecretString": "x", "ClientRequestToken": "t".repeat(32)});
    for (name, value) in more.as_object().unwrap() {
        secret[name] = value.clone();
    }
    door.door.well("secretsmanager:CreateSecret", secret).await;
}

/// Somebody who may read secrets, and open no key, reads the secret.
async fn read_secret(door: &TestDoor) -> Result<(), String> {
    let somebody = user(door, json!("secretsmanager:GetSecretValue")).await;
    let input = json!({"SecretId": "s"});
    let call = "secretsmanager:GetSecretValue";
    door.door.asked(&somebody, call, input).await.map(drop)
}

async fn distrust(door: &TestDoor) {
    let other = json!({"RoleName": "fn", "PolicyDocument": trust("ec2.amazonaws.com")});
    door.door.well("iam:UpdateAssumeRolePolicy", other).await;
}

fn by_service() -> Invocation {
    Invocation {
        scope: Scope::new(WORKLOAD.parse().unwrap(), "eu-central-1".parse().unwrap()),
        function: "f".to_owned(),
        qualifier: None,
        payload: bytes::Bytes::new(),
        invoked_by: InvokedBy::Service {
            principal: "events.amazonaws.com".to_owned(),
            source_arn: format!("arn:aws:events:eu-central-1:{WORKLOAD}:rule/r"),
            source_account: WORKLOAD.parse().unwrap(),
        },
        cause: 1,
        request_id: "r".into(),
        trace_id: None,
        budget_ms: 29_000,
    }
}

impl Producer {
    /// Where it decides.
    fn site(self) -> &'static str {
        match self {
            Self::Row
            | Self::RoleTrust
            | Self::ResourcePolicy
            | Self::SecretKey
            | Self::Sink
            | Self::ReEncryption => "front/walk.rs",
            Self::Batch => "secretsmanager/ops/batch.rs",
            Self::NewRole | Self::VariablesSeen => "lambda/ops/function.rs",
            Self::Trust | Self::FunctionPolicy | Self::Variables => "lambda/invoke.rs",
            Self::Log => "lambda/invoke/report.rs",
            Self::LoggingRole => "apigateway/ops/account.rs",
        }
    }
}

/// Where something is decided, and how often.
const SITES: [(&str, usize); 9] = [
    ("apigateway/ops/account.rs", 1),
    ("front/walk.rs", 2),
    ("lambda/invoke.rs", 3),
    ("lambda/invoke/report.rs", 1),
    ("lambda/ops/function.rs", 2),
    ("ports.rs", 1),
    ("ports/execution_log.rs", 1),
    ("secretsmanager/ops/batch.rs", 1),
    ("sts/web_identity.rs", 1),
];

/// Those whose rows are elsewhere: `apigatewayv2/tests/caller.rs`, `apigateway/tests/log.rs` and `sts/tests.rs`.
const ELSEWHERE: [&str; 3] = ["ports.rs", "ports/execution_log.rs", "sts/web_identity.rs"];

/// The files in which the decisions themselves are made and handed on.
const OWN: [&str; 3] = ["front/desk.rs", "front/door.rs", "front/ruling.rs"];

/// How often each file asks for a decision.
fn sites(folder: &Path, root: &Path, found: &mut BTreeMap<String, usize>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.strip_prefix(root).unwrap().to_str().unwrap();
        if path.is_dir() {
            sites(&path, root, found);
        } else if !file.contains("tests") && !OWN.contains(&file) {
            let text = std::fs::read_to_string(&path).unwrap();
            let asks = [
                ".decide(",
                ".decide_for(",
                ".decide_api(",
                ".decide_briefly(",
                ".decide_by_name(",
            ];
            let count: usize = asks.map(|ask| text.matches(ask).count()).into_iter().sum();
            if count > 0 {
                found.insert(file.to_owned(), count);
            }
        }
    }
}

#[test]
fn every_producer_has_a_row() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    sites(&source, &source, &mut found);
    let known = SITES.map(|(file, count)| (file.to_owned(), count));
    assert_eq!(
        found,
        BTreeMap::from(known),
        "something is decided elsewhere as well: give the new place a row"
    );
    let rows: BTreeSet<&str> = ALL
        .map(Producer::site)
        .into_iter()
        .chain(ELSEWHERE)
        .collect();
    assert!(SITES.into_iter().map(|(file, _)| file).eq(rows));
}

#[tokio::test]
async fn whoever_decides_refuses_or_lets_through_and_journals() {
    for producer in ALL {
        let door = start(Enforcement::Enforce).await;
        let refused = ask(&door, producer).await;
        assert!(refused.is_err(), "{producer:?}");
        let events = door.events();
        let marked = events
            .iter()
            .filter_map(|event| event.read::<Decision>())
            .filter(|decision| decision.enforcement.is_some());
        assert_eq!(marked.count(), 0, "{producer:?}: nothing was let through");

        let door = start(Enforcement::Audit).await;
        let asked = ask(&door, producer).await;
        assert_eq!(asked, Ok(()), "{producer:?}");
        let refused: Vec<Decision> = door
            .events()
            .iter()
            .filter(|event| event.outcome == Outcome::Refused)
            .filter_map(|event| event.read())
            .collect();
        assert!(
            !refused.is_empty(),
            "{producer:?} left no refusal in the journal"
        );
        let is_marked = |decision: &Decision| decision.enforcement == Some(LetThrough::Audit);
        assert!(refused.iter().all(is_marked), "{producer:?}: {refused:?}");
    }
}

#[tokio::test]
async fn what_is_allowed_leaves_no_refusal_either_way() {
    for enforcement in [Enforcement::Enforce, Enforcement::Audit] {
        let door = start(enforcement).await;
        with_variables(&door).await;
        invoked(&door).await.unwrap();
        let secret =
            json!({"Name": "s", "SecretString": "x", "ClientRequestToken": "t".repeat(32)});
        door.door.well("secretsmanager:CreateSecret", secret).await;
        let read = json!({"SecretIdList": ["s"]});
        let read = door.door.well("secretsmanager:BatchGetSecretValue", read);
        assert_eq!(read.await["SecretValues"][0]["SecretString"], "x");
        let refused = door
            .events()
            .into_iter()
            .filter(|event| event.outcome == Outcome::Refused);
        assert_eq!(refused.count(), 0);
    }
}
