//! Functions and their configuration.

use std::collections::BTreeMap;

use authlab_kernel::{Component, EventDraft};
use authlab_wire::{Blob, Value, WireError};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};

use super::wire;
use crate::cloud::Cloud;
use crate::front::FrontDoor;
use crate::front::trail::{decision_detail, reason};
use crate::lambda::error::Error;
use crate::lambda::function::{Change, Configuration, NewFunction};
use crate::lambda::invoke::role;
use crate::lambda::name::FunctionName;
use crate::operation::{Answer, Call, Reply, read, read_both};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NameInput {
    function_name: String,
    #[serde(default)]
    qualifier: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateInput {
    function_name: String,
    role: String,
    code: CodeInput,
    #[serde(default)]
    architectures: Option<Vec<String>>,
    #[serde(default)]
    package_type: Option<String>,
    #[serde(default)]
    publish: Option<bool>,
    #[serde(default)]
    tags: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CodeInput {
    #[serde(default)]
    zip_file: Option<Blob>,
}

/// What both CreateFunction and UpdateFunctionConfiguration take.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SettingsInput {
    role: Option<String>,
    handler: Option<String>,
    runtime: Option<String>,
    description: Option<String>,
    timeout: Option<i64>,
    memory_size: Option<i64>,
    environment: Option<EnvironmentInput>,
    logging_config: Option<LoggingInput>,
    tracing_config: Option<TracingInput>,
    revision_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct EnvironmentInput {
    variables: Option<BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct LoggingInput {
    log_group: Option<String>,
    log_format: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TracingInput {
    mode: Option<String>,
}

impl SettingsInput {
    fn change(self) -> Result<Change, Error> {
        let logging = self.logging_config.unwrap_or_default();
        if logging.log_format.as_deref() == Some("JSON") {
            let text = "LoggingConfig.LogFormat JSON is not implemented by this lab, give Text";
            return Err(Error::NotSimulated(text.to_owned()));
        }
        Ok(Change {
            role: self.role,
            handler: self.handler,
            runtime: self.runtime,
            description: self.description,
            timeout_seconds: self.timeout,
            memory_mib: self.memory_size,
            environment: self.environment.map(|it| it.variables.unwrap_or_default()),
            log_group: logging.log_group,
            tracing: self.tracing_config.and_then(|it| it.mode),
            revision_id: self.revision_id,
        })
    }
}

/// Members that would change what a function does and are not simulated. An empty one says
/// nothing: Terraform and its kin send them.
const NOT_SIMULATED: [&str; 11] = [
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "DeadLetterConfig",
    "DurableConfig",
    "FileSystemConfigs",
    "ImageConfig",
    "KMSKeyArn",
    "Layers",
    "PublishTo",
    "TenancyConfig",
    "VpcConfig",
];

fn refuse_not_simulated(input: &Value) -> Result<(), Error> {
    let is_stated = |name: &&&str| input.get(name).is_some_and(|value| !is_empty(value));
    match NOT_SIMULATED.iter().find(is_stated) {
        None => Ok(()),
        Some(name) => Err(Error::NotSimulated(format!(
            "`{name}` is not implemented by this lab"
        ))),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Text(text) => text.is_empty(),
        Value::List(elements) => elements.iter().all(is_empty),
        Value::Map(members) => members.values().all(is_empty),
        _ => false,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConfigurationOutput<'a> {
    function_name: &'a str,
    function_arn: &'a str,
    role: &'a str,
    handler: &'a str,
    runtime: &'a str,
    description: &'a str,
    timeout: i64,
    memory_size: i64,
    code_size: usize,
    code_sha256: &'a str,
    last_modified: String,
    version: &'static str,
    revision_id: &'a str,
    state: &'static str,
    last_update_status: &'static str,
    package_type: &'static str,
    architectures: [&'a str; 1],
    environment: Option<EnvironmentOutput<'a>>,
    tracing_config: TracingOutput<'a>,
    logging_config: LoggingOutput<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EnvironmentOutput<'a> {
    variables: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TracingOutput<'a> {
    mode: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoggingOutput<'a> {
    log_format: &'static str,
    log_group: &'a str,
}

impl<'a> ConfigurationOutput<'a> {
    fn of(function: &'a Configuration) -> Self {
        let variables = &function.environment;
        Self {
            function_name: &function.name,
            function_arn: &function.arn,
            role: &function.role,
            handler: &function.handler,
            runtime: &function.runtime,
            description: &function.description,
            timeout: function.timeout_seconds,
            memory_size: function.memory_mib,
            code_size: function.code_size,
            code_sha256: &function.code_sha256,
            last_modified: function
                .modified
                .strftime("%Y-%m-%dT%H:%M:%S.%3f+0000")
                .to_string(),
            version: "$LATEST",
            revision_id: &function.revision_id,
            state: "Active",
            last_update_status: "Successful",
            package_type: "Zip",
            architectures: [&function.architecture],
            environment: (!variables.is_empty()).then_some(EnvironmentOutput { variables }),
            tracing_config: TracingOutput {
                mode: &function.tracing,
            },
            logging_config: LoggingOutput {
                log_format: "Text",
                log_group: &function.log_group,
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionOutput<'a> {
    configuration: ConfigurationOutput<'a>,
    tags: Option<&'a BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    #[serde(default)]
    marker: Option<String>,
    #[serde(default)]
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    functions: Vec<ConfigurationOutput<'a>>,
    next_marker: Option<&'a str>,
}

pub(crate) fn create_function<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move { create(door, call, input) })
}

fn create(door: &FrontDoor, call: &Call, input: Value) -> Answer {
    refuse_not_simulated(&input).map_err(wire)?;
    let (settings, input): (SettingsInput, CreateInput) = read_both(input)?;
    if input.publish == Some(true) {
        return Err(WireError::not_implemented("Publish"));
    }
    if input.package_type.as_deref() == Some("Image") {
        return Err(WireError::not_implemented("PackageType Image"));
    }
    let Some(code) = input.code.zip_file else {
        return Err(WireError::not_implemented("Code without ZipFile"));
    };
    let name = FunctionName::read(&input.function_name, None, &call.scope).map_err(wire)?;
    if name.scope != call.scope || name.qualifier.is_some() {
        let text = format!("`{}` is no name for a new function", input.function_name);
        return Err(wire(Error::Value(text)));
    }
    assume(door, call, &input.role, &name.arn())?;
    let new = NewFunction {
        name: name.name,
        role: input.role,
        code: code.0.to_vec(),
        architecture: input.architectures.and_then(|list| list.into_iter().next()),
        tags: input.tags.unwrap_or_default(),
        settings: settings.change().map_err(wire)?,
    };
    let mut cloud = door.cloud();
    let (lambda, ctx) = cloud.lambda(call);
    Reply::to(&ConfigurationOutput::of(
        lambda.create(new, &ctx).map_err(wire)?,
    ))
}

pub(crate) fn update_function_configuration<'a>(
    door: &'a FrontDoor,
    call: &'a Call,
    input: Value,
) -> BoxFuture<'a, Answer> {
    Box::pin(async move { update(door, call, input) })
}

fn update(door: &FrontDoor, call: &Call, input: Value) -> Answer {
    refuse_not_simulated(&input).map_err(wire)?;
    let (settings, input): (SettingsInput, NameInput) = read_both(input)?;
    let name = FunctionName::read(&input.function_name, None, &call.scope).map_err(wire)?;
    if let Some(role) = &settings.role {
        assume(door, call, role, &name.arn())?;
    }
    let change = settings.change().map_err(wire)?;
    let mut cloud = door.cloud();
    let (lambda, ctx) = cloud.lambda(call);
    Reply::to(&ConfigurationOutput::of(
        lambda.update(&name, change, &ctx).map_err(wire)?,
    ))
}

/// Decides and records whether Lambda may assume the role.
fn assume(door: &FrontDoor, call: &Call, role: &str, function_arn: &str) -> Result<(), WireError> {
    let judged = role::judge(&door.cloud(), role, function_arn, &call.scope, call.now)
        .ok_or_else(|| wire(Error::RoleNotAssumable))?;
    let draft = EventDraft::new(Component::Aws, "decision")
        .request_id(call.request_id.as_str())
        .trace_id(call.trace_id.clone())
        .cause(Some(call.cause))
        .account(call.account().as_str())
        .detail(decision_detail(&judged));
    match reason(&judged.decision) {
        None => {
            door.journal().record(draft.allowed());
            Ok(())
        }
        Some(reason) => {
            door.journal().record(draft.refused(reason));
            Err(wire(Error::RoleNotAssumable))
        }
    }
}

fn named(call: &Call, input: Value) -> Result<FunctionName, WireError> {
    let input: NameInput = read(input)?;
    let name = FunctionName::read(
        &input.function_name,
        input.qualifier.as_deref(),
        &call.scope,
    );
    name.map_err(wire)
}

/// Without `Code`: there is no place to download it from.
pub(crate) fn get_function(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let function = cloud.lambda.find(&named(call, input)?).map_err(wire)?;
    let tags = (!function.tags.is_empty()).then_some(&function.tags);
    Reply::to(&FunctionOutput {
        configuration: ConfigurationOutput::of(function),
        tags,
    })
}

pub(crate) fn get_function_configuration(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let function = cloud.lambda.find(&named(call, input)?).map_err(wire)?;
    Reply::to(&ConfigurationOutput::of(function))
}

pub(crate) fn delete_function(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    cloud.lambda.delete(&named(call, input)?).map_err(wire)?;
    let status = BTreeMap::from([("StatusCode".to_owned(), Value::Integer(204))]);
    Ok(Reply::of(Value::Map(status)))
}

pub(crate) fn list_functions(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    let from = input.marker.as_deref().unwrap_or("");
    let size = input.max_items.unwrap_or(50).min(50);
    let mut rest = cloud
        .lambda
        .functions(&call.scope)
        .skip_while(|it| it.name.as_str() < from);
    let functions = rest
        .by_ref()
        .take(size)
        .map(ConfigurationOutput::of)
        .collect();
    Reply::to(&ListOutput {
        functions,
        next_marker: rest.next().map(|it| it.name.as_str()),
    })
}
