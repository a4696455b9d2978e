//! Functions and their configuration.

use std::borrow::Cow;
use std::collections::BTreeMap;

use authlab_kernel::Scope;
use authlab_kernel::id::Draw;
use authlab_wire::{Blob, Value, WireError};
use serde::{Deserialize, Serialize};

use super::version::place;
use super::wire;
use crate::cloud::Cloud;
use crate::front::Desk;
use crate::lambda::error::Error;
use crate::lambda::function::{Change, Configuration, NewCode, NewFunction};
use crate::lambda::invoke::{environment, role};
use crate::lambda::key;
use crate::lambda::name::FunctionName;
use crate::operation::{Answer, Call, Reply, page, read, read_both};

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
    #[serde(default)]
    image_uri: Option<String>,
    #[serde(default)]
    s3_bucket: Option<String>,
    #[serde(default)]
    s3_key: Option<String>,
    #[serde(default)]
    s3_object_version: Option<String>,
    #[serde(default, rename = "SourceKMSKeyArn")]
    source_kms_key_arn: Option<String>,
    #[serde(default)]
    s3_object_storage_mode: Option<String>,
}

impl CodeInput {
    /// The package that came with the request.
    fn package(self) -> Result<Vec<u8>, WireError> {
        let elsewhere = [
            &self.image_uri,
            &self.s3_bucket,
            &self.s3_key,
            &self.s3_object_version,
            &self.s3_object_storage_mode,
        ];
        let is_elsewhere = elsewhere.iter().any(|it| it.is_some());
        let Some(code) = self.zip_file else {
            return Err(WireError::not_implemented("Code without ZipFile"));
        };
        if is_elsewhere {
            // The text is `unverified`.
            let text =
                "Please do not provide other FunctionCode parameters when providing a ZipFile.";
            return Err(wire(Error::Value(text.to_owned())));
        }
        if self.source_kms_key_arn.is_some() {
            return Err(WireError::not_implemented("Code.SourceKMSKeyArn"));
        }
        Ok(code.0.to_vec())
    }
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
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    ephemeral_storage: Option<EphemeralInput>,
    snap_start: Option<SnapStartInput>,
    logging_config: Option<LoggingInput>,
    tracing_config: Option<TracingInput>,
    revision_id: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct EnvironmentInput {
    variables: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct EphemeralInput {
    size: i64,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SnapStartInput {
    apply_on: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct LoggingInput {
    log_group: Option<String>,
    log_format: Option<String>,
    application_log_level: Option<String>,
    system_log_level: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct TracingInput {
    mode: Option<String>,
}

impl SettingsInput {
    fn change(self) -> Change {
        let logging = self.logging_config.unwrap_or_default();
        Change {
            role: self.role,
            handler: self.handler,
            runtime: self.runtime,
            description: self.description,
            timeout_seconds: self.timeout,
            memory_mib: self.memory_size,
            environment: self.environment.map(|it| it.variables.unwrap_or_default()),
            kms_key: self.kms_key_arn,
            ephemeral_mib: self.ephemeral_storage.map(|it| it.size),
            snap_start: self.snap_start.and_then(|it| it.apply_on),
            log_group: logging.log_group,
            log_format: logging.log_format,
            application_log_level: logging.application_log_level,
            system_log_level: logging.system_log_level,
            tracing: self.tracing_config.and_then(|it| it.mode),
            revision_id: self.revision_id,
        }
    }
}

/// Members that would change what a function does and are not simulated. An empty one says
/// nothing: Terraform and its kin send them.
const NOT_SIMULATED: [&str; 10] = [
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "DeadLetterConfig",
    "DurableConfig",
    "FileSystemConfigs",
    "ImageConfig",
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
pub(super) struct ConfigurationOutput<'a> {
    function_name: &'a str,
    function_arn: Cow<'a, str>,
    role: &'a str,
    handler: &'a str,
    runtime: &'a str,
    description: &'a str,
    timeout: i64,
    memory_size: i64,
    code_size: usize,
    code_sha256: &'a str,
    last_modified: String,
    version: &'a str,
    revision_id: &'a str,
    #[serde(flatten)]
    progress: Progress,
    package_type: &'static str,
    architectures: [&'a str; 1],
    environment: Option<EnvironmentOutput<'a>>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<&'a str>,
    ephemeral_storage: EphemeralOutput,
    snap_start: SnapStartOutput<'a>,
    runtime_version_config: Option<RuntimeVersionOutput>,
    tracing_config: TracingOutput<'a>,
    logging_config: LoggingOutput<'a>,
}

/// How far a function is. Nothing takes time here: an answer that makes or changes one says
/// `Pending` or `InProgress`, and every later one that it is done.
#[derive(Clone, Copy, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Progress {
    state: Option<&'static str>,
    state_reason: Option<&'static str>,
    state_reason_code: Option<&'static str>,
    last_update_status: Option<&'static str>,
    last_update_status_reason: Option<&'static str>,
    last_update_status_reason_code: Option<&'static str>,
}

/// Why a function is not ready, in AWS's words; of an update it says the same (recorded).
const CREATING: Option<&str> = Some("The function is being created.");

impl Progress {
    /// In lists: they say nothing of it.
    const UNTOLD: Self = Self {
        state: None,
        state_reason: None,
        state_reason_code: None,
        last_update_status: None,
        last_update_status_reason: None,
        last_update_status_reason_code: None,
    };

    /// In the answer of the creation.
    const PENDING: Self = Self {
        state: Some("Pending"),
        state_reason: CREATING,
        state_reason_code: Some("Creating"),
        ..Self::UNTOLD
    };

    /// In the answer of an update.
    const UPDATING: Self = Self {
        state: Some("Active"),
        last_update_status: Some("InProgress"),
        last_update_status_reason: CREATING,
        last_update_status_reason_code: Some("Creating"),
        ..Self::UNTOLD
    };

    /// Everywhere else.
    const READY: Self = Self {
        state: Some("Active"),
        last_update_status: Some("Successful"),
        ..Self::UNTOLD
    };
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EphemeralOutput {
    size: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct SnapStartOutput<'a> {
    apply_on: &'a str,
    optimization_status: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RuntimeVersionOutput {
    runtime_version_arn: String,
}

impl RuntimeVersionOutput {
    /// The version of a runtime that the lab says to run: one for all, since it runs none.
    fn of(function: &Configuration) -> Self {
        let version = Draw::of("lambda-runtime-version").hex(64);
        let region = &function.scope.region;
        Self {
            runtime_version_arn: format!("arn:aws:lambda:{region}::runtime:{version}"),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EnvironmentOutput<'a> {
    variables: Option<&'a BTreeMap<String, String>>,
    error: Option<EnvironmentErrorOutput>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct EnvironmentErrorOutput {
    error_code: &'static str,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct TracingOutput<'a> {
    mode: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoggingOutput<'a> {
    application_log_level: Option<&'a str>,
    system_log_level: Option<&'a str>,
    log_format: &'static str,
    log_group: &'a str,
}

impl<'a> ConfigurationOutput<'a> {
    /// As the answer of a change tells it.
    fn of_change(self, revision_id: &'a str, progress: Progress) -> Self {
        Self {
            progress,
            revision_id,
            ..self
        }
    }

    /// As a list tells it: less, and with the version in the ARN when versions are listed.
    pub(super) fn listed(self, with_version: bool) -> Self {
        let arn = &self.function_arn;
        Self {
            function_arn: match with_version {
                true => Cow::Owned(format!("{arn}:{}", self.version)),
                false => self.function_arn,
            },
            progress: Progress::UNTOLD,
            runtime_version_config: None,
            ..self
        }
    }

    /// As it is told to who named it: with the qualifier that they gave.
    pub(super) fn named(self, name: &FunctionName) -> Self {
        Self {
            function_arn: match &name.qualifier {
                None => self.function_arn,
                Some(_) => Cow::Owned(name.qualified_arn()),
            },
            ..self
        }
    }

    /// As it is shown to a caller, who has to be able to open its variables.
    pub(super) fn seen(function: &'a Configuration, desk: &mut Desk<'_>) -> Self {
        let whole = Self::of(function);
        let Some(kept) = key::keeper(function) else {
            return whole;
        };
        let permitted = desk.decide_briefly(&kept.checks(desk.cloud, desk.call));
        let Err(closed) = kept.open(desk.cloud, desk.call, permitted) else {
            return whole;
        };
        let error = EnvironmentErrorOutput {
            error_code: closed.exception,
            message: format!(
                "Lambda was unable to decrypt your environment variables because the KMS access was \
                 denied. Please check your KMS permissions. KMS Exception: {} KMS Message: {}",
                closed.exception, closed.message
            ),
        };
        Self {
            environment: Some(EnvironmentOutput {
                variables: None,
                error: Some(error),
            }),
            ..whole
        }
    }

    fn of(function: &'a Configuration) -> Self {
        let variables = function.environment.as_ref();
        let levels = function.log_levels.as_ref();
        Self {
            function_name: &function.name,
            function_arn: Cow::Borrowed(&function.arn),
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
            version: &function.version,
            revision_id: &function.revision_id,
            progress: Progress::READY,
            package_type: "Zip",
            architectures: [&function.architecture],
            environment: variables.map(|variables| EnvironmentOutput {
                variables: Some(variables),
                error: None,
            }),
            kms_key_arn: function.kms_key.as_deref(),
            ephemeral_storage: EphemeralOutput {
                size: function.ephemeral_mib,
            },
            snap_start: SnapStartOutput {
                apply_on: &function.snap_start,
                optimization_status: "Off",
            },
            runtime_version_config: Some(RuntimeVersionOutput::of(function)),
            tracing_config: TracingOutput {
                mode: &function.tracing,
            },
            logging_config: LoggingOutput {
                application_log_level: levels.map(|levels| levels.application.as_str()),
                system_log_level: levels.map(|levels| levels.system.as_str()),
                log_format: if levels.is_some() { "JSON" } else { "Text" },
                log_group: &function.log_group,
            },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct FunctionOutput<'a> {
    configuration: ConfigurationOutput<'a>,
    code: CodeOutput,
    tags: Option<&'a BTreeMap<String, String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CodeOutput {
    repository_type: &'static str,
    location: String,
}

impl CodeOutput {
    /// Where AWS would let the package be downloaded for ten minutes. The lab keeps none: the
    /// address is one of this machine, where nothing answers.
    fn of(function: &Configuration) -> Self {
        let Scope { account, region } = &function.scope;
        let name = format!(
            "lambda-package\u{1f}{}\u{1f}{}",
            function.arn, function.code_sha256
        );
        let object = Draw::of(&name).uuid();
        Self {
            repository_type: "S3",
            location: format!(
                "http://awslambda-{region}-tasks.s3.{region}.localhost/snapshots/{account}/{}-{object}",
                function.name
            ),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListInput {
    #[serde(default)]
    function_version: Option<String>,
    #[serde(default)]
    master_region: Option<String>,
    #[serde(default)]
    marker: Option<String>,
    #[serde(default)]
    max_items: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ListOutput<'a> {
    functions: Vec<ConfigurationOutput<'a>>,
    next_marker: Option<String>,
}

pub(crate) fn create_function(desk: &mut Desk<'_>, input: Value) -> Answer {
    let call = desk.call;
    refuse_not_simulated(&input).map_err(wire)?;
    let (settings, input): (SettingsInput, CreateInput) = read_both(input)?;
    if input.publish == Some(true) {
        return Err(WireError::not_implemented("Publish"));
    }
    if input.package_type.as_deref() == Some("Image") {
        return Err(WireError::not_implemented("PackageType Image"));
    }
    let code = input.code.package()?;
    let name = FunctionName::new(&input.function_name, &call.scope).map_err(wire)?;
    let arn = name.arn();
    assume(desk, &input.role, &arn)?;
    let new = NewFunction {
        name: name.name.clone(),
        role: input.role,
        code,
        architecture: input.architectures.and_then(|list| list.into_iter().next()),
        tags: input.tags.unwrap_or_default(),
        settings: settings.change(),
    };
    if let Some(key) = new
        .settings
        .kms_key
        .as_deref()
        .filter(|key| !key.is_empty())
    {
        key::check_configurable(desk.cloud, call, &arn, key)?;
    }
    let (lambda, ctx) = desk.cloud.lambda(call);
    let revision = lambda.create(new, &ctx).map_err(wire)?.revision;
    answer(desk, &name, &revision, Progress::PENDING)
}

/// The answer of a change, with what comes of it for the role of a function that has a key.
fn answer(desk: &mut Desk<'_>, name: &FunctionName, revision: &str, progress: Progress) -> Answer {
    let function = desk.cloud.lambda.find(name).map_err(wire)?;
    let (arn, role) = (function.arn.clone(), function.role.clone());
    if let Some(key) = function.kms_key.clone() {
        key::grant(desk.cloud, desk.call, (&arn, &role), &key)?;
    }
    let function = desk.cloud.lambda.find(name).map_err(wire)?.clone();
    let seen = ConfigurationOutput::seen(&function, desk);
    Reply::to(&seen.of_change(revision, progress))
}

pub(crate) fn update_function_configuration(desk: &mut Desk<'_>, input: Value) -> Answer {
    let call = desk.call;
    refuse_not_simulated(&input).map_err(wire)?;
    let (settings, input): (SettingsInput, NameInput) = read_both(input)?;
    let name = FunctionName::read(&input.function_name, None, &call.scope).map_err(wire)?;
    if let Some(role) = &settings.role {
        assume(desk, role, &name.arn())?;
    }
    let change = settings.change();
    if let Some(key) = change.kms_key.as_deref().filter(|key| !key.is_empty()) {
        key::check_configurable(desk.cloud, call, &name.arn(), key)?;
    }
    let (lambda, ctx) = desk.cloud.lambda(call);
    let revision = lambda.update(&name, change, &ctx).map_err(wire)?.revision;
    answer(desk, &name, &revision, Progress::UPDATING)
}

/// UpdateFunctionCode: the members beside those of [`CodeInput`] and [`NameInput`].
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateCodeInput {
    function_name: String,
    #[serde(default)]
    architectures: Option<Vec<String>>,
    #[serde(default)]
    dry_run: Option<bool>,
    #[serde(default)]
    publish: Option<bool>,
    #[serde(default)]
    revision_id: Option<String>,
}

pub(crate) fn update_function_code(desk: &mut Desk<'_>, input: Value) -> Answer {
    let call = desk.call;
    let (code, input): (CodeInput, UpdateCodeInput) = read_both(input)?;
    if input.publish == Some(true) {
        return Err(WireError::not_implemented("Publish"));
    }
    let code = code.package()?;
    let name = FunctionName::read(&input.function_name, None, &call.scope).map_err(wire)?;
    let new = NewCode {
        package: code,
        architecture: input.architectures.and_then(|list| list.into_iter().next()),
        revision_id: input.revision_id,
        is_dry_run: input.dry_run.unwrap_or(false),
    };
    let (lambda, ctx) = desk.cloud.lambda(call);
    let revision = lambda.update_code(&name, new, &ctx).map_err(wire)?.revision;
    let function = desk.cloud.lambda.find(&name).map_err(wire)?.clone();
    let seen = ConfigurationOutput::seen(&function, desk);
    Reply::to(&seen.of_change(&revision, Progress::UPDATING))
}

/// Decides and records whether Lambda may assume the role.
fn assume(desk: &mut Desk<'_>, role: &str, function_arn: &str) -> Result<(), WireError> {
    let scope = &desk.call.scope;
    let refused = || wire(Error::RoleNotAssumable);
    let check = role::check(desk.cloud, role, function_arn, scope).ok_or_else(refused)?;
    let environment = environment(scope, desk.call.now);
    let decided = desk.decide_for(&role::assumer(scope), &environment, &[check]);
    decided.map(|_| ()).map_err(|_| refused())
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

pub(crate) fn get_function(desk: &mut Desk<'_>, input: Value) -> Answer {
    let name = named(desk.call, input)?;
    let function = &desk.cloud.lambda.find(&name).map_err(wire)?.clone();
    let tags = (!function.tags.is_empty()).then_some(&function.tags);
    Reply::to(&FunctionOutput {
        configuration: ConfigurationOutput::seen(function, desk).named(&name),
        code: CodeOutput::of(function),
        tags,
    })
}

pub(crate) fn get_function_configuration(desk: &mut Desk<'_>, input: Value) -> Answer {
    let name = named(desk.call, input)?;
    let function = &desk.cloud.lambda.find(&name).map_err(wire)?.clone();
    Reply::to(&ConfigurationOutput::seen(function, desk).named(&name))
}

pub(crate) fn delete_function(cloud: &mut Cloud, call: &Call, input: Value) -> Answer {
    cloud.lambda.delete(&named(call, input)?).map_err(wire)?;
    let status = BTreeMap::from([("StatusCode".to_owned(), Value::Integer(204))]);
    Ok(Reply::of(Value::Map(status)))
}

pub(crate) fn list_functions(desk: &mut Desk<'_>, input: Value) -> Answer {
    let input: ListInput = read(input)?;
    if input.master_region.is_some() {
        return Err(WireError::not_implemented("MasterRegion"));
    }
    let all_versions = input.function_version.is_some();
    let size = input.max_items.unwrap_or(50).min(50);
    let (part, next_marker): (Vec<Configuration>, Option<String>) = {
        let all = desk.cloud.lambda.functions(&desk.call.scope, all_versions);
        page::named(all.cloned(), input.marker.as_deref(), size, place)
    };
    let functions = part
        .iter()
        .map(|function| ConfigurationOutput::seen(function, desk).listed(all_versions))
        .collect();
    Reply::to(&ListOutput {
        functions,
        next_marker,
    })
}
