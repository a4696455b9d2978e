//! Lambda: functions that are Rust closures.
//!
//! A closure is registered with the lab under a name ([`Closures::register`]); a function whose
//! `Handler` is that name runs it, whatever its runtime and code are said to be. The package has to
//! be an archive all the same, and the runtime one that AWS still takes. Each invocation has a
//! session of the execution role from STS to itself, a new one or that of an earlier invocation ([`warm`]), so that what the function calls is
//! authorized as that role, and leads back to the invocation in the journal.
//!
//! Simulated: functions (`Pending` in the answer of their creation and active once it is sent, with
//! another revision, as after an update), their configuration, versions and aliases ([`version`]),
//! resource policies of each, `iam:PassRole`, the trust of the execution role for
//! `lambda.amazonaws.com` at creation and at every invocation, Invoke (`RequestResponse`, `Event`,
//! `DryRun`, `LogType: Tail`), function errors, time-outs by the lab's clock, a key of one's own for the
//! variables ([`key`]), START, END and REPORT lines in the function's log group when the role may write
//! there.
//!
//! Deliberately not: downloads of the code (`Code.Location` names where it would lie, and nothing
//! answers there), weights of aliases, layers, images, code from S3, VPCs, file systems, dead
//! letters and retries of `Event` invocations (they run once, before the 202 is sent), concurrency,
//! event source mappings, function URLs. What would be ignored is refused with a 501.
//!
//! Sources: the Lambda API reference; Lambda developer guide, `access-control-resource-based.html`,
//! `lambda-intro-execution-role.html`, `invocation-retries.html`, `configuration-envvars.html`.

mod archive;
mod check;
mod closure;
mod error;
mod fault;
mod function;
mod grant;
mod invoke;
mod key;
mod name;
mod ops;
mod permission;
mod runtime;
mod state;
#[cfg(test)]
pub(crate) mod tests;
mod version;
mod warm;

pub use archive::package;
pub use closure::{Closures, Function, FunctionError, FunctionLog, InvocationContext};
pub use error::Error;
pub use function::{Change, Configuration, LogLevels, NewCode, NewFunction};
pub use invoke::{Invocation, InvokeError, Invoked, InvokedBy};
pub use name::FunctionName;
pub use permission::{Grant, Permissions};
pub use state::State;
pub use version::{Alias, AliasChange, NewAlias, NewVersion};

use authlab_wire::WireError;

use crate::operation::Authorization::Checks;
use crate::operation::Handler::{AtDesk, Halves, Locked};
use crate::operation::{Row, Service, Validation};

/// The service and its operations.
pub const SERVICE: Service = Service {
    name: "lambda",
    // Measured on AWS (reference, SIG-01).
    clock_skew_seconds: 5 * 60,
    validation: Validation::with_code("ValidationException").or(ops::in_other_words),
    // Unverified text.
    token_refused: |_| WireError::new(400, "InvalidParameterValueException", "Invalid Marker"),
    passing: None,
    rows: &[
        Row {
            name: "CreateFunction",
            authorization: Checks(check::create_function),
            handler: AtDesk(ops::function::create_function),
        },
        Row {
            name: "GetFunction",
            authorization: Checks(check::get_function),
            handler: AtDesk(ops::function::get_function),
        },
        Row {
            name: "GetFunctionConfiguration",
            authorization: Checks(check::get_function_configuration),
            handler: AtDesk(ops::function::get_function_configuration),
        },
        Row {
            name: "ListFunctions",
            authorization: Checks(check::list_functions),
            handler: AtDesk(ops::function::list_functions),
        },
        Row {
            name: "UpdateFunctionConfiguration",
            authorization: Checks(check::update_function_configuration),
            handler: AtDesk(ops::function::update_function_configuration),
        },
        Row {
            name: "UpdateFunctionCode",
            authorization: Checks(check::update_function_code),
            handler: AtDesk(ops::function::update_function_code),
        },
        Row {
            name: "DeleteFunction",
            authorization: Checks(check::delete_function),
            handler: Locked(ops::function::delete_function),
        },
        Row {
            name: "PublishVersion",
            authorization: Checks(check::publish_version),
            handler: AtDesk(ops::version::publish_version),
        },
        Row {
            name: "ListVersionsByFunction",
            authorization: Checks(check::list_versions),
            handler: AtDesk(ops::version::list_versions),
        },
        Row {
            name: "CreateAlias",
            authorization: Checks(check::create_alias),
            handler: Locked(ops::alias::create_alias),
        },
        Row {
            name: "GetAlias",
            authorization: Checks(check::get_alias),
            handler: Locked(ops::alias::get_alias),
        },
        Row {
            name: "ListAliases",
            authorization: Checks(check::list_aliases),
            handler: Locked(ops::alias::list_aliases),
        },
        Row {
            name: "UpdateAlias",
            authorization: Checks(check::update_alias),
            handler: Locked(ops::alias::update_alias),
        },
        Row {
            name: "DeleteAlias",
            authorization: Checks(check::delete_alias),
            handler: Locked(ops::alias::delete_alias),
        },
        Row {
            name: "AddPermission",
            authorization: Checks(check::add_permission),
            handler: Locked(ops::permission::add_permission),
        },
        Row {
            name: "RemovePermission",
            authorization: Checks(check::remove_permission),
            handler: Locked(ops::permission::remove_permission),
        },
        Row {
            name: "GetPolicy",
            authorization: Checks(check::get_policy),
            handler: Locked(ops::permission::get_policy),
        },
        Row {
            name: "Invoke",
            authorization: Checks(check::invoke),
            handler: Halves(ops::invoke::invoke),
        },
    ],
};
