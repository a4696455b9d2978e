//! The rules: functions by account and Region.

use std::collections::BTreeMap;

use authlab_kernel::Scope;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::archive;
use super::closure::Closures;
use super::error::Error;
use super::function::{Change, Configuration, LATEST, NewCode, NewFunction};
use super::name::{FunctionName, function_arn};
use super::permission::Permissions;
use super::runtime;
use super::version::Published;
use super::warm::WarmSessions;
use crate::shared::Ctx;

/// The longest time-out, in seconds.
const TIMEOUT_MAX_SECONDS: i64 = 900;

/// The most memory, in MiB.
const MEMORY_MAX_MIB: i64 = 10_240;

/// The longest name, in letters.
const NAME_MAX: usize = 64;

/// The most tags of a function.
const TAGS_MAX: usize = 50;

/// The largest set of variables, in bytes.
const ENVIRONMENT_BYTES_MAX: usize = 4096;

/// A function that was made or changed.
#[derive(Debug)]
pub struct Changed<'a> {
    /// The function as it is from now on.
    pub function: &'a Configuration,
    /// The revision that the answer of the change tells: that of the function while it is not ready.
    pub revision: String,
}

/// All functions of a lab, and the closures that they run.
#[derive(Default)]
pub struct State {
    functions: BTreeMap<Scope, BTreeMap<String, Configuration>>,
    /// What was published, by the function's ARN.
    published: BTreeMap<String, Published>,
    closures: Closures,
    warm: WarmSessions,
}

impl State {
    /// A user or role that resource policies name has another name now: see
    /// [`crate::shared::principal`].
    pub fn rename_principal(&mut self, from: &str, to: &str) {
        for function in self.functions.values_mut().flat_map(BTreeMap::values_mut) {
            function.permissions.rename_principal(from, to);
        }
        for published in self.published.values_mut() {
            for permissions in published.every_permissions() {
                permissions.rename_principal(from, to);
            }
        }
    }

    /// No functions; they will run these closures.
    pub fn new(closures: Closures) -> Self {
        Self {
            functions: BTreeMap::new(),
            published: BTreeMap::new(),
            closures,
            warm: WarmSessions::default(),
        }
    }

    /// The closures that functions run. To register one: `cloud.lambda.closures().register(…)`.
    pub fn closures(&self) -> &Closures {
        &self.closures
    }

    /// The sessions that wait for an invocation.
    pub(super) fn warm(&self) -> &WarmSessions {
        &self.warm
    }

    /// Makes a function. Whether its role trusts Lambda was decided before. The revision that the
    /// answer tells is another than the one that the function has once it is active.
    ///
    /// # Errors
    /// A function of this name is there; a value that Lambda does not take.
    pub fn create(&mut self, new: NewFunction, ctx: &Ctx<'_>) -> Result<Changed<'_>, Error> {
        let arn = function_arn(ctx.scope, &new.name);
        if new.name.len() > NAME_MAX {
            return Err(Error::Value(format!(
                "1 validation error detected: Value '{}' at 'functionName' failed to satisfy \
                 constraint: Member must have length less than or equal to {NAME_MAX}",
                new.name
            )));
        }
        archive::check(&new.code)?;
        if new.tags.len() > TAGS_MAX {
            return Err(Error::Value(
                "Number of tags exceeds resource tag limit.".to_owned(),
            ));
        }
        if self.function(ctx.scope, &new.name).is_some() {
            return Err(Error::FunctionExists(new.name));
        }
        check(&new.settings, None)?;
        let (Some(handler), Some(runtime)) =
            (new.settings.handler.clone(), new.settings.runtime.clone())
        else {
            return Err(Error::Value(
                "Runtime and Handler are mandatory parameters for functions created with \
                 deployment packages."
                    .to_owned(),
            ));
        };
        let mut function = Configuration {
            log_group: format!("/aws/lambda/{}", new.name),
            name: new.name,
            scope: ctx.scope.clone(),
            role: new.role,
            handler,
            runtime,
            log_levels: None,
            description: String::new(),
            timeout_seconds: 3,
            memory_mib: 128,
            environment: None,
            kms_key: None,
            ephemeral_mib: 512,
            snap_start: "None".to_owned(),
            tags: new.tags,
            code_sha256: digest(&new.code),
            code_size: new.code.len(),
            architecture: new.architecture.unwrap_or_else(|| "x86_64".to_owned()),
            tracing: "PassThrough".to_owned(),
            modified: ctx.now,
            revision_id: String::new(),
            permissions: Permissions::default(),
            arn,
            version: LATEST.to_owned(),
        };
        function.apply(Change {
            role: None,
            ..new.settings
        });
        let revision = revision_id(&function.arn, ctx);
        function.revision_id = revision_id(&function.arn, ctx);
        let functions = self.functions.entry(ctx.scope.clone()).or_default();
        let function = functions.entry(function.name.clone()).or_insert(function);
        Ok(Changed { function, revision })
    }

    /// A function of an account and Region.
    pub fn function(&self, scope: &Scope, name: &str) -> Option<&Configuration> {
        self.functions.get(scope)?.get(name)
    }

    /// The functions of all accounts and Regions.
    pub fn everywhere(&self) -> impl Iterator<Item = &Configuration> {
        self.functions.values().flat_map(BTreeMap::values)
    }

    /// The functions of an account and Region, by name; with the versions of each, or as they are.
    pub fn functions(
        &self,
        scope: &Scope,
        with_versions: bool,
    ) -> impl Iterator<Item = &Configuration> {
        let functions = self.functions.get(scope);
        let functions = functions.into_iter().flat_map(BTreeMap::values);
        functions.flat_map(move |latest| {
            let published = self.published(&latest.arn).filter(|_| with_versions);
            let versions = published.into_iter().flat_map(Published::versions);
            std::iter::once(latest).chain(versions)
        })
    }

    /// The function that a caller names, or the version that their qualifier stands for.
    ///
    /// # Errors
    /// No such function, version or alias.
    pub fn find(&self, name: &FunctionName) -> Result<&Configuration, Error> {
        let latest = self.function(&name.scope, &name.name);
        let found = latest.and_then(|latest| {
            let Some(qualifier) = name.version_or_alias() else {
                return Some(latest);
            };
            let published = self.published(&latest.arn)?;
            match published.is_latest(qualifier) {
                true => Some(latest),
                false => published.resolve(qualifier),
            }
        });
        found.ok_or_else(|| Error::NoSuchFunction(name.qualified_arn()))
    }

    /// The function as it is: what is published never changes.
    pub(super) fn find_mut(&mut self, name: &FunctionName) -> Result<&mut Configuration, Error> {
        let functions = self.functions.get_mut(&name.scope);
        let function = functions.and_then(|functions| functions.get_mut(&name.name));
        let function = function.filter(|_| name.version_or_alias().is_none());
        function.ok_or_else(|| Error::NoSuchFunction(name.qualified_arn()))
    }

    /// What was published of a function.
    pub(super) fn published(&self, function_arn: &str) -> Option<&Published> {
        self.published.get(function_arn)
    }

    pub(super) fn published_mut(&mut self, function_arn: &str) -> &mut Published {
        self.published.entry(function_arn.to_owned()).or_default()
    }

    /// The policy of what a caller names: the function's, or that of the version or alias alone.
    pub fn permissions(&self, name: &FunctionName) -> Option<&Permissions> {
        let latest = self.function(&name.scope, &name.name)?;
        match name.version_or_alias() {
            None => Some(&latest.permissions),
            Some(qualifier) => self.published(&latest.arn)?.permissions(qualifier),
        }
    }

    /// Changes a function. Whether a new role trusts Lambda was decided before. The revision that
    /// the answer tells is another than the one that the function has once it is updated.
    ///
    /// # Errors
    /// No such function; another revision; a value that Lambda does not take.
    pub fn update(
        &mut self,
        name: &FunctionName,
        change: Change,
        ctx: &Ctx<'_>,
    ) -> Result<Changed<'_>, Error> {
        let function = self.find_mut(name)?;
        check(&change, Some(function))?;
        if change
            .revision_id
            .as_ref()
            .is_some_and(|revision| *revision != function.revision_id)
        {
            return Err(Error::Revision);
        }
        function.apply(change);
        function.modified = ctx.now;
        let revision = revision_id(&function.arn, ctx);
        function.revision_id = revision_id(&function.arn, ctx);
        Ok(Changed { function, revision })
    }

    /// Gives a function other code.
    ///
    /// # Errors
    /// No such function; another revision; a package that Lambda does not take.
    pub fn update_code(
        &mut self,
        name: &FunctionName,
        new: NewCode,
        ctx: &Ctx<'_>,
    ) -> Result<Changed<'_>, Error> {
        let function = self.find_mut(name)?;
        archive::check(&new.package)?;
        if new
            .revision_id
            .as_ref()
            .is_some_and(|revision| *revision != function.revision_id)
        {
            return Err(Error::Revision);
        }
        if new.is_dry_run {
            let revision = function.revision_id.clone();
            return Ok(Changed { function, revision });
        }
        function.code_sha256 = digest(&new.package);
        function.code_size = new.package.len();
        if let Some(architecture) = new.architecture {
            function.architecture = architecture;
        }
        function.modified = ctx.now;
        let revision = revision_id(&function.arn, ctx);
        function.revision_id = revision_id(&function.arn, ctx);
        Ok(Changed { function, revision })
    }

    /// Takes a function away, or a version of it: one that is not there without a word. The log group
    /// stays.
    ///
    /// # Errors
    /// No such function; `$LATEST`, which goes with the function alone; an alias, or a version that has
    /// one.
    pub fn delete(&mut self, name: &FunctionName) -> Result<(), Error> {
        let qualifier = name.qualifier.as_deref();
        if qualifier == Some(LATEST) {
            return Err(Error::Value(
                "$LATEST version cannot be deleted without deleting the function.".to_owned(),
            ));
        }
        if qualifier.is_some_and(|it| !it.bytes().all(|byte| byte.is_ascii_digit())) {
            // The text is `unverified`.
            return Err(Error::Value(
                "Deletion of aliases is not currently supported.".to_owned(),
            ));
        }
        if self.function(&name.scope, &name.name).is_none() {
            return Err(Error::NoSuchFunction(name.arn()));
        }
        if let Some(number) = qualifier {
            self.published_mut(&name.arn()).delete(number)?;
            self.warm.forget(&name.qualified_arn());
            return Ok(());
        }
        self.warm.forget(&name.arn());
        self.published.remove(&name.arn());
        if let Some(functions) = self.functions.get_mut(&name.scope) {
            functions.remove(&name.name);
        }
        Ok(())
    }
}

/// The SHA-256 of a package, in base64.
fn digest(package: &[u8]) -> String {
    STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, package))
}

pub(super) fn revision_id(arn: &str, ctx: &Ctx<'_>) -> String {
    ctx.ids.draw("lambda-revision", "", arn).uuid()
}

/// Checks what is to change, against what the function is now.
fn check(change: &Change, now: Option<&Configuration>) -> Result<(), Error> {
    if let Some(runtime) = &change.runtime {
        runtime::check(runtime)?;
    }
    let runtime = change.runtime.as_deref();
    let runtime = runtime.or(now.map(|function| function.runtime.as_str()));
    let snap_start = change.snap_start.as_deref();
    let snap_start = snap_start.or(now.map(|function| function.snap_start.as_str()));
    if let (Some("PublishedVersions"), Some(runtime)) = (snap_start, runtime)
        && !runtime::has_snap_start(runtime)
    {
        // The text is `unverified`.
        return Err(Error::Value(format!(
            "{runtime} is not supported for SnapStart enabled functions."
        )));
    }
    if let Some(seconds) = change
        .timeout_seconds
        .filter(|it| !(1..=TIMEOUT_MAX_SECONDS).contains(it))
    {
        return Err(Error::Value(format!(
            "1 validation error detected: Value '{seconds}' at 'timeout' failed to satisfy \
             constraint: Member must have value less than or equal to {TIMEOUT_MAX_SECONDS}"
        )));
    }
    let is_json = match change.log_format.as_deref() {
        Some(format) => format == "JSON",
        None => now.is_some_and(|function| function.log_levels.is_some()),
    };
    let has_levels = change.application_log_level.is_some() || change.system_log_level.is_some();
    if has_levels && !is_json {
        // The code is documented (`monitoring-cloudwatchlogs-advanced.html`), the text is not.
        return Err(Error::Value(
            "ApplicationLogLevel and SystemLogLevel need the LogFormat JSON.".to_owned(),
        ));
    }
    // Less than the least was found by the model's bounds.
    if change.memory_mib.is_some_and(|it| it > MEMORY_MAX_MIB) {
        return Err(Error::Value(format!(
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or \
             equal to {MEMORY_MAX_MIB}"
        )));
    }
    let is_reserved = |name: &&String| RESERVED.contains(&name.as_str());
    if let Some(name) = change
        .environment
        .iter()
        .flatten()
        .map(|(name, _)| name)
        .find(is_reserved)
    {
        return Err(Error::Value(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided contains reserved keys that are currently not supported \
             for modification. Reserved keys used in this request: {name}"
        )));
    }
    check_size(change.environment.as_ref())
}

/// Whether the variables fit: they are measured as the JSON object that they make.
fn check_size(environment: Option<&BTreeMap<String, String>>) -> Result<(), Error> {
    let measured = environment.map(|variables| serde_json::json!(variables).to_string());
    match measured.filter(|text| text.len() > ENVIRONMENT_BYTES_MAX) {
        None => Ok(()),
        Some(text) => Err(Error::Value(format!(
            "Lambda was unable to configure your environment variables because the environment \
             variables you have provided exceeded the 4KB limit. String measured: {text}"
        ))),
    }
}

/// Variables that Lambda sets itself (Lambda developer guide, `configuration-envvars.html`).
const RESERVED: [&str; 16] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
];
