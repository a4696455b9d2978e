//! What a request lacks, and what is too large.

use authlab_gateway::evidence::{Reason, Validation};
use authlab_kernel::Component;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::told::class;
use crate::case::Case;
use crate::told::Told;

fn validation(case: &Case<'_>, reason: Reason) -> Option<Validation<'static>> {
    match case.refused(Component::Gateway, reason)? {
        Told::Validation(told) => Some(told),
        _ => None,
    }
}

pub(super) const PARAMETER: Entry = class(
    "parameter-missing",
    Mender::Caller,
    "the request lacks a parameter that the method asks for",
    |case| {
        let told = validation(case, Reason::ParameterMissing)?;
        let (missing, misspelt) = (told.missing.join(", "), told.misspelt.join(", "));
        let (cause, fix) = if misspelt.is_empty() {
            (
                format!("the method's validator asks for {missing}: a blank value counts as none"),
                format!("send {missing}"),
            )
        } else {
            (
                format!(
                    "the method's validator asks for {missing}; {misspelt} is there in other letters, which count in \
                     query strings"
                ),
                format!("spell {misspelt} as the method does"),
            )
        };
        Some(Finding::certain(cause, fix))
    },
);

pub(super) const BODY: Entry = class(
    "body-invalid",
    Mender::Caller,
    "the body does not fit the method's model",
    |case| {
        let told = validation(case, Reason::BodyInvalid)?;
        let (model, media_type) = (told.model?, told.media_type?);
        Some(Finding::certain(
            format!(
                "the model `{model}`, which the method has for `{media_type}`, refuses the body: {}",
                told.problems.join("; ")
            ),
            format!(
                "send a body that fits the model `{model}`; where the model is behind the times, its owner changes \
                 it and deploys"
            ),
        ))
    },
);

pub(super) const SIZE: Entry = class(
    "request-too-large",
    Mender::Caller,
    "the request is larger than what takes it",
    |case| {
        let told = case.refused(Component::Gateway, Reason::RequestTooLarge)?;
        let Told::Size(told) = told else {
            return None;
        };
        let (who, fix) = if told.is_of_function {
            (
                "a function",
                "send less, or leave the body in a bucket and send its place: no setting lets a function take more",
            )
        } else {
            (
                "API Gateway",
                "send less at a time: no setting lets API Gateway take more",
            )
        };
        Some(Finding::certain(
            format!(
                "the body has {} bytes, and {who} takes {} at most",
                told.bytes, told.bytes_max
            ),
            fix.to_owned(),
        ))
    },
);
