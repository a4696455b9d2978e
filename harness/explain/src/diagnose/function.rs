//! Functions that are not there, and errors that they raise, whoever invoked them.

use authlab_aws::evidence::{Invoke, MissingFunction, Reason, Return};
use authlab_gateway::evidence::Reason as GatewayReason;
use authlab_kernel::Component;

use super::entry::Entry;
use super::finding::{Finding, Mender};
use super::words;
use crate::case::Case;
use crate::diagnose::entry::aws as entry;
use crate::told::Told;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    entry(
        "function-region",
        Mender::Caller,
        "the function's ARN is of another Region than the call",
        |case| {
            let missing = missing(case)?;
            let (region, here) = (&missing.region, missing.called_in.as_ref()?);
            let there = match missing.is_there {
                true => format!("`{}` is there in `{region}`", missing.name),
                false => format!("and there is no `{}` in `{region}` either", missing.name),
            };
            Some(Finding::certain(
                format!(
                    "the ARN names the Region `{region}`, the call was made in `{here}`, where Lambda \
                     knows its own functions alone; {there}"
                ),
                format!(
                    "call Lambda in `{region}`, or name a function of `{here}`: let one setting give \
                     both the Region of the client and that of the ARN"
                ),
            ))
        },
    ),
    entry(
        "function-qualifier-missing",
        Mender::Caller,
        "the function is there, and its version or alias is not",
        |case| {
            let missing = missing(case).filter(|missing| missing.is_there)?;
            let qualifier = missing.qualifier.as_deref()?;
            Some(Finding::certain(
                format!(
                    "the function {} has no version or alias `{qualifier}`: it has {}",
                    place(&missing),
                    words::texts(&missing.qualifiers)
                ),
                format!(
                    "name one that it has, or leave `{qualifier}` out (`$LATEST` is meant then); where \
                     the stage or the caller needs it, publish a version and create the alias first \
                     (`PublishVersion`, `CreateAlias`)"
                ),
            ))
        },
    ),
    entry(
        "function-elsewhere",
        Mender::Caller,
        "the function is in another account or Region",
        |case| {
            let missing = missing(case)?;
            let (first, _) = missing.elsewhere.split_first()?;
            Some(Finding::certain(
                format!(
                    "there is no function {}; of that name there is {}",
                    place(&missing),
                    words::texts(&missing.elsewhere)
                ),
                format!(
                    "name it by its whole ARN, `{first}`, in a call of its own Region: a bare name is \
                     looked for in the caller's account and Region (another account's function has to \
                     let the caller in by its policy)"
                ),
            ))
        },
    ),
    entry(
        "function-misspelt",
        Mender::Caller,
        "there is a function of nearly that name",
        |case| {
            let missing = missing(case)?;
            let (first, _) = missing.near.split_first()?;
            Some(Finding::certain(
                format!(
                    "there is no function {}; there are {}",
                    place(&missing),
                    words::texts(&missing.near)
                ),
                format!("name `{first}`, if that is meant: names are compared with their capitals"),
            ))
        },
    ),
    entry(
        "function-timed-out",
        Mender::Owner,
        "the function took longer than its timeout",
        |case| {
            let raised = raised(case, |kind| kind == "Sandbox.Timedout")?;
            Some(Finding::certain(
                format!("{}, after {} ms", raised.cause(), raised.told.duration_ms),
                "raise the function's `Timeout` (900 s at most; who waits for it may wait less: an HTTP \
                 API 30 s), or let what it calls answer sooner, with a timeout of its own below that",
            ))
        },
    ),
    entry(
        "function-exited",
        Mender::Owner,
        "the function's process ended before it answered",
        |case| {
            let raised = raised(case, |kind| kind.starts_with("Runtime."))?;
            Some(Finding::certain(
                raised.cause(),
                format!(
                    "mend the panic or the exit in {}, whose output stands in its log: a handler \
                     returns an error, and never ends its process",
                    raised.handler()
                ),
            ))
        },
    ),
    entry(
        "function-answer-too-large",
        Mender::Owner,
        "the function's answer is larger than Lambda sends",
        |case| {
            let raised = raised(case, |kind| kind == "Function.ResponseSizeTooLarge")?;
            Some(Finding::certain(
                raised.cause(),
                format!(
                    "let {} answer with 6 MB or fewer: pages, or the address of an object in place of \
                     the object",
                    raised.handler()
                ),
            ))
        },
    ),
    entry(
        "function-raised",
        Mender::Owner,
        "the function raised an error of its own",
        |case| {
            let raised = raised(case, |_| true)?;
            let kind = raised.told.error_type.as_deref().unwrap_or_default();
            Some(Finding::certain(
                raised.cause(),
                format!(
                    "catch `{kind}` in {}, or take its cause away; the invocation stands in the log \
                     group `/aws/lambda/{}`",
                    raised.handler(),
                    name_in(&raised.told.function)
                ),
            ))
        },
    ),
];

/// What is there in place of the function, as Lambda told it: the gateway passes on that it is missing.
fn missing(case: &Case<'_>) -> Option<MissingFunction> {
    let event = case.refusal()?;
    if !event.is(Reason::FunctionNotFound) {
        return None;
    }
    let invoke = match Told::of(event)? {
        Told::Invoke(invoke) => Some(invoke),
        _ => case.before::<Invoke>(Component::Lambda).last(),
    };
    invoke?.missing.map(|missing| *missing)
}

/// Where the function was looked for: `` `f` in the account 1, Region `r` ``.
fn place(missing: &MissingFunction) -> String {
    let MissingFunction {
        name,
        account,
        region,
        ..
    } = missing;
    format!("`{name}` in the account {account}, Region `{region}`")
}

/// An error that a function raised.
struct Raised {
    told: Return,
    handler: Option<String>,
}

/// The error that the function raised, if it is of such a type; an API that asked it words it otherwise.
fn raised(case: &Case<'_>, is_meant: fn(&str) -> bool) -> Option<Raised> {
    let event = case.refusal()?;
    let told = if event.is(Reason::FunctionError) {
        match Told::of(event)? {
            Told::Return(told) => told,
            _ => return None,
        }
    } else if event.is_by(Component::Gateway) && event.is(GatewayReason::FunctionFailed) {
        case.before::<Return>(Component::Lambda).last()?
    } else {
        return None;
    };
    let invokes = case.before::<Invoke>(Component::Lambda);
    let own = invokes.filter(|invoke| invoke.function == told.function);
    let handler = own.last().and_then(|invoke| invoke.handler);
    let is_meant = told.error_type.as_deref().is_some_and(is_meant);
    is_meant.then_some(Raised { told, handler })
}

impl Raised {
    fn cause(&self) -> String {
        let kind = words::text(self.told.error_type.as_deref());
        let text = words::text(self.told.error_message.as_deref());
        format!(
            "{} of `{}` ended with the error {kind}: {text}",
            self.handler(),
            self.told.function
        )
    }

    fn handler(&self) -> String {
        match &self.handler {
            Some(handler) => format!("the handler `{handler}`"),
            None => "the handler".to_owned(),
        }
    }
}

/// The name in a function's ARN.
fn name_in(arn: &str) -> &str {
    arn.split(':').nth(6).unwrap_or(arn)
}

#[cfg(test)]
mod tests;
