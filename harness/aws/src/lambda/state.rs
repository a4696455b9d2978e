//! The rules: functions by account and Region.

use std::collections::BTreeMap;

use authlab_kernel::Scope;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::closure::Closures;
use super::error::Error;
use super::function::{Change, Configuration, NewFunction};
use super::name::{FunctionName, function_arn};
use super::permission::{Grant, Permissions};
use crate::operation::Ctx;

/// The longest time-out, in seconds.
const TIMEOUT_MAX_SECONDS: i64 = 900;

/// The most memory, in MiB.
const MEMORY_MAX_MIB: i64 = 10_240;

/// All functions of a lab, and the closures that they run.
#[derive(Default)]
pub struct State {
    functions: BTreeMap<Scope, BTreeMap<String, Configuration>>,
    closures: Closures,
}

impl State {
    /// A user or role that resource policies name has another name now: see
    /// [`crate::principal`].
    pub fn rename_principal(&mut self, from: &str, to: &str) {
        for function in self.functions.values_mut().flat_map(BTreeMap::values_mut) {
            function.permissions.rename_principal(from, to);
        }
    }

    /// No functions; they will run these closures.
    pub fn new(closures: Closures) -> Self {
        Self {
            functions: BTreeMap::new(),
            closures,
        }
    }

    /// The closures that functions run. To register one: `cloud.lambda.closures().register(…)`.
    pub fn closures(&self) -> &Closures {
        &self.closures
    }

    /// Makes a function. Whether its role trusts Lambda was decided before.
    ///
    /// # Errors
    /// A function of this name is there; a value that Lambda does not take.
    pub fn create(&mut self, new: NewFunction, ctx: &Ctx<'_>) -> Result<&Configuration, Error> {
        let arn = function_arn(ctx.scope, &new.name);
        if new.name.len() > 64 {
            return Err(Error::Value(format!(
                "the name `{}` has more than 64 letters",
                new.name
            )));
        }
        if self.function(ctx.scope, &new.name).is_some() {
            return Err(Error::FunctionExists(new.name));
        }
        check(&new.settings)?;
        let (Some(handler), Some(runtime)) =
            (new.settings.handler.clone(), new.settings.runtime.clone())
        else {
            return Err(Error::Value(
                "Runtime and Handler are mandatory parameters for functions created with \
                 deployment packages."
                    .to_owned(),
            ));
        };
        let digest = ring::digest::digest(&ring::digest::SHA256, &new.code);
        let mut function = Configuration {
            log_group: format!("/aws/lambda/{}", new.name),
            name: new.name,
            scope: ctx.scope.clone(),
            role: new.role,
            handler,
            runtime,
            description: String::new(),
            timeout_seconds: 3,
            memory_mib: 128,
            environment: BTreeMap::new(),
            tags: new.tags,
            code_sha256: STANDARD.encode(digest),
            code_size: new.code.len(),
            architecture: new.architecture.unwrap_or_else(|| "x86_64".to_owned()),
            tracing: "PassThrough".to_owned(),
            modified: ctx.now,
            revision_id: revision_id(&arn, ctx),
            permissions: Permissions::default(),
            arn,
        };
        function.apply(Change {
            role: None,
            ..new.settings
        });
        let functions = self.functions.entry(ctx.scope.clone()).or_default();
        Ok(functions.entry(function.name.clone()).or_insert(function))
    }

    /// A function of an account and Region.
    pub fn function(&self, scope: &Scope, name: &str) -> Option<&Configuration> {
        self.functions.get(scope)?.get(name)
    }

    /// The functions of an account and Region, by name.
    pub fn functions(&self, scope: &Scope) -> impl Iterator<Item = &Configuration> {
        self.functions
            .get(scope)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// The function that a caller names.
    ///
    /// # Errors
    /// No such function, or a version or alias: only `$LATEST` is there.
    pub fn find(&self, name: &FunctionName) -> Result<&Configuration, Error> {
        let function = self
            .function(&name.scope, &name.name)
            .filter(|_| name.is_latest());
        function.ok_or_else(|| Error::NoSuchFunction(name.qualified_arn()))
    }

    fn find_mut(&mut self, name: &FunctionName) -> Result<&mut Configuration, Error> {
        let functions = self.functions.get_mut(&name.scope);
        let function = functions.and_then(|functions| functions.get_mut(&name.name));
        let function = function.filter(|_| name.is_latest());
        function.ok_or_else(|| Error::NoSuchFunction(name.qualified_arn()))
    }

    /// Changes a function. Whether a new role trusts Lambda was decided before.
    ///
    /// # Errors
    /// No such function; another revision; a value that Lambda does not take.
    pub fn update(
        &mut self,
        name: &FunctionName,
        change: Change,
        ctx: &Ctx<'_>,
    ) -> Result<&Configuration, Error> {
        check(&change)?;
        let function = self.find_mut(name)?;
        if change
            .revision_id
            .as_ref()
            .is_some_and(|revision| *revision != function.revision_id)
        {
            return Err(Error::Revision);
        }
        function.apply(change);
        function.modified = ctx.now;
        function.revision_id = revision_id(&function.arn, ctx);
        Ok(function)
    }

    /// Takes a function away. Its log group stays.
    ///
    /// # Errors
    /// No such function.
    pub fn delete(&mut self, name: &FunctionName) -> Result<(), Error> {
        self.find(name)?;
        if let Some(functions) = self.functions.get_mut(&name.scope) {
            functions.remove(&name.name);
        }
        Ok(())
    }

    /// Lets somebody use a function; the statement that says so.
    ///
    /// # Errors
    /// No such function; another revision; the grant cannot be stated.
    pub fn grant(
        &mut self,
        name: &FunctionName,
        grant: &Grant,
        revision_id: Option<&str>,
        ctx: &Ctx<'_>,
    ) -> Result<String, Error> {
        let permissions = self.permissions_mut(name, revision_id)?;
        let statement = permissions.add(grant, &name.arn())?;
        permissions.revision_id = self::revision_id(&name.arn(), ctx);
        Ok(statement)
    }

    /// Takes a statement away.
    ///
    /// # Errors
    /// No such function or statement; another revision.
    pub fn revoke(
        &mut self,
        name: &FunctionName,
        statement_id: &str,
        revision_id: Option<&str>,
        ctx: &Ctx<'_>,
    ) -> Result<(), Error> {
        let permissions = self.permissions_mut(name, revision_id)?;
        if permissions.policy().is_none() {
            return Err(Error::NoPolicy);
        }
        permissions.remove(statement_id, &name.arn())?;
        permissions.revision_id = self::revision_id(&name.arn(), ctx);
        Ok(())
    }

    fn permissions_mut(
        &mut self,
        name: &FunctionName,
        revision_id: Option<&str>,
    ) -> Result<&mut Permissions, Error> {
        let permissions = &mut self.find_mut(name)?.permissions;
        let is_other =
            |revision: &str| permissions.policy().is_some() && revision != permissions.revision_id;
        if revision_id.is_some_and(is_other) {
            Err(Error::Revision)
        } else {
            Ok(permissions)
        }
    }
}

fn revision_id(arn: &str, ctx: &Ctx<'_>) -> String {
    ctx.ids.draw("lambda-revision", "", arn).uuid()
}

fn check(change: &Change) -> Result<(), Error> {
    if let Some(seconds) = change
        .timeout_seconds
        .filter(|it| !(1..=TIMEOUT_MAX_SECONDS).contains(it))
    {
        return Err(Error::Value(format!(
            "1 validation error detected: Value '{seconds}' at 'timeout' failed to satisfy \
             constraint: Member must have value less than or equal to {TIMEOUT_MAX_SECONDS}"
        )));
    }
    if let Some(memory) = change
        .memory_mib
        .filter(|it| !(128..=MEMORY_MAX_MIB).contains(it))
    {
        return Err(Error::Value(format!(
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or \
             equal to {MEMORY_MAX_MIB} ({memory} was given)"
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
    Ok(())
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
