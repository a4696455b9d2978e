//! Lambda authorizers: what a request did not show, what a function answered, and what was kept of it.

use authlab_gateway::evidence::{Authorization, Authorizer, Kept, Reason};
use authlab_kernel::Component;
use serde_json::Value;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::told::class;
use crate::case::Case;
use crate::told::Told;

/// APIGW-01: the policy names the method of another request.
pub(super) const POLICY_KEPT: Entry = class(
    "authorizer-policy-of-another-method",
    Mender::Owner,
    "the policy that counts was returned for another method, and is kept",
    |case| {
        let told = case.refused(Component::Gateway, Reason::PermissionMissing)?;
        let Told::Authorization(Authorization::Invoke(invoke)) = told else {
            return None;
        };
        let authorizer = case.before::<Authorizer<'_>>(Component::Gateway).last()?;
        let kept = authorizer.kept?;
        let (resource, asked_about) = (invoke.resource?, authorizer.asked_about?);
        (resource != asked_about).then(|| {
            Finding::certain(
                format!(
                    "the function of the authorizer `{}` was asked about `{asked_about}` at {}; what it answered is \
                     kept for {} s for every method, and does not allow `{resource}`",
                    authorizer.authorizer, kept.answered, kept.ttl_seconds
                ),
                "let the function return a policy for all methods that the caller may call (`API/STAGE/*/*`), or set \
                 `authorizerResultTtlInSeconds` to 0",
            )
        })
    },
);

/// APIGW-04: a simple answer counts for every route.
pub(super) const ANSWER_KEPT: Entry = class(
    "authorizer-answer-of-another-route",
    Mender::Owner,
    "the answer that counts was given for another route, and is kept",
    |case| {
        let told = case.refused(Component::Gateway, Reason::AuthorizerDenied)?;
        let (kept, resource, asked_about) = simple(told)?;
        let kept = kept?;
        (resource != asked_about).then(|| {
            Finding::certain(
                format!(
                    "the function was asked about `{asked_about}` at {} and said no; that is kept for {} s for every \
                     route with these identity sources, `{resource}` among them",
                    kept.answered, kept.ttl_seconds
                ),
                "add `$context.routeKey` to the authorizer's identity sources, or let the function return a policy",
            )
        })
    },
);

pub(super) const DENIED: Entry = class(
    "authorizer-said-no",
    Mender::Owner,
    "the authorizer's function says that the caller may not",
    |case| {
        let told = case.refused(Component::Gateway, Reason::AuthorizerDenied)?;
        let (kept, _, asked_about) = simple(told)?;
        let since = kept.map_or_else(String::new, |kept| {
            format!(
                " at {}, which is kept for {} s",
                kept.answered, kept.ttl_seconds
            )
        });
        Some(Finding::certain(
            format!(
                "asked about `{asked_about}`{since}, the function answered `isAuthorized` as false"
            ),
            "let the function answer true for this caller; after a change of its mind, wait for what is kept or reset \
             the authorizers' cache of the stage",
        ))
    },
);

/// APIGW-05: the function does not run at all.
pub(super) const SOURCE_MISSING: Entry = class(
    "identity-source-missing",
    Mender::Caller,
    "the request lacks what the authorizer goes by, and its function is not asked",
    |case| {
        let told = refused(case, Reason::IdentitySourceMissing)?;
        let source = words::text(told.identity_source.as_deref());
        let problem = words::text(told.problem.as_deref());
        let all: Vec<String> = told
            .identity_sources
            .iter()
            .map(ToString::to_string)
            .collect();
        Some(Finding::certain(
            format!(
                "the authorizer `{}` asks for {}, each there and not empty; of {source}: {problem}",
                told.authorizer,
                words::texts(&all)
            ),
            format!(
                "send {source}; where callers need not have it, take it off the authorizer's identity sources"
            ),
        ))
    },
);

pub(super) const EXPRESSION: Entry = class(
    "identity-expression",
    Mender::Caller,
    "the token does not look as the authorizer has it, and its function is not asked",
    |case| {
        let told = refused(case, Reason::IdentityExpressionMismatch)?;
        let source = words::text(told.identity_source.as_deref());
        Some(Finding::certain(
            format!(
                "the whole value of {source} has to match the validation expression of the authorizer `{}`, its \
                 scheme included",
                told.authorizer
            ),
            "send the value in the form that the expression describes: most ask for `Bearer`, one blank and the token",
        ))
    },
);

pub(super) const UNAUTHORIZED: Entry = class(
    "authorizer-unauthorized",
    Mender::Caller,
    "the authorizer's function does not believe the caller",
    |case| {
        let told = refused(case, Reason::AuthorizerUnauthorized)?;
        Some(Finding::certain(
            format!(
                "the function {} raised an error with the text `Unauthorized`, which means 401",
                words::text(told.function.as_deref())
            ),
            "send a credential that the function takes; its log says what it looked at",
        ))
    },
);

pub(super) const FAILED: Entry = class(
    "authorizer-raised",
    Mender::Owner,
    "the authorizer's function raised an error",
    |case| {
        let told = refused(case, Reason::AuthorizerFailed)?;
        let raised = told.error.as_ref();
        let text = |name| {
            raised
                .and_then(|error| error.get(name))
                .and_then(Value::as_str)
        };
        Some(Finding::certain(
            format!(
                "the function {} raised {} with the text {}; only the text `Unauthorized`, in this spelling, means 401, \
                 every other 500",
                words::text(told.function.as_deref()),
                words::text(text("errorType")),
                words::text(text("errorMessage"))
            ),
            "mend the function where it raises this; let it raise `Unauthorized` for a caller whom it does not believe, \
             and return a policy with `Deny` for one who may not",
        ))
    },
);

/// APIGW-06.
pub(super) const MALFORMED: Entry = class(
    "authorizer-answer-malformed",
    Mender::Owner,
    "the answer of the authorizer's function is none",
    |case| {
        let told = refused(case, Reason::AuthorizerAnswerMalformed)?;
        Some(Finding::certain(
            format!(
                "the function {} answered, and {}",
                words::text(told.function.as_deref()),
                told.problem?
            ),
            "let the function return `principalId`, `policyDocument` (an object) and, if it likes, a flat `context`; \
             with simple responses `isAuthorized` and `context`",
        ))
    },
);

/// What was said without a policy: since when it is kept, what is called, what was asked about.
fn simple(told: Told) -> Option<(Option<Kept>, String, String)> {
    match told {
        Told::Authorization(Authorization::Simple {
            kept,
            resource,
            asked_about,
            ..
        }) => Some((kept, resource.into_owned(), asked_about.into_owned())),
        _ => None,
    }
}

/// What is told of an authorizer that ended the request for this reason.
fn refused(case: &Case<'_>, reason: Reason) -> Option<Authorizer<'static>> {
    match case.refused(Component::Gateway, reason)? {
        Told::LambdaAuthorizer(told) => Some(*told),
        _ => None,
    }
}
