//! What stands behind a route, and who may not pass although they are known.

use authlab_aws::evidence as aws;
use authlab_gateway::evidence::{Authentication, Authorization, Authorizer, Integration, Reason};
use authlab_kernel::Component;
use authlab_policy::Layer;
use authlab_policy::evidence::Decision;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::told::class;
use crate::case::Case;
use crate::told::Told;

/// Across accounts both sides have to allow, and an HTTP API has no side of its own (API Gateway developer
/// guide, `http-api-access-control-iam.html`).
pub(super) const OTHER_ACCOUNT: Entry = class(
    "api-of-another-account",
    Mender::Nobody,
    "the API is of another account, and has no policy of its own that could let anybody in",
    |case| {
        let told = case.refused(Component::Gateway, Reason::PermissionMissing)?;
        let Told::Authorization(Authorization::Invoke(invoke)) = told else {
            return None;
        };
        let decision = invoke.decision.as_ref().map(|decided| &decided.decision);
        let trace = decision.and_then(|decision| decision.trace.as_ref());
        let layers = trace.iter().flat_map(|trace| &trace.layers);
        // One that has a policy of its own may be mended there.
        if layers
            .into_iter()
            .any(|traced| traced.layer == Layer::Resource)
        {
            return None;
        }
        let owner = invoke.resource.as_deref()?.split(':').nth(4)?.to_owned();
        let signer = case
            .before::<Authentication<'_>>(Component::Gateway)
            .last()?;
        let Authentication::Signer {
            account, user_arn, ..
        } = signer
        else {
            return None;
        };
        (account != owner).then(|| {
            Finding::certain(
                format!(
                    "`{user_arn}` is of the account {account}, the API of {owner}; both sides would have to allow \
                     `execute-api:Invoke`, and an HTTP API has no resource policy"
                ),
                format!(
                    "assume a role of the account {owner} that may invoke the API, and sign with its session: no \
                     grant in the account {account} lets the call in"
                ),
            )
        })
    },
);

pub(super) const NOT_PERMITTED: Entry = class(
    "function-permission-missing",
    Mender::Owner,
    "the function does not let the API invoke it",
    |case| {
        let is_invocation = |decision: &Decision| {
            decision.action == INVOKE && decision.principal.contains(API_GATEWAY)
        };
        let decision = match Told::of(case.refusal()?)? {
            Told::Decision(decision) => Some(decision.decision).filter(is_invocation),
            // The gateway answers for what the function's policy decided.
            Told::Integration(Integration::Function { .. }) | Told::LambdaAuthorizer(_) => {
                let decided = case.before::<aws::Decision>(Component::Lambda);
                let decisions = decided.map(|decided| decided.decision);
                decisions.filter(is_invocation).last()
            }
            _ => None,
        };
        decision.map(|decision| not_permitted(case, &decision))
    },
);

/// What is asked of a function.
const INVOKE: &str = "lambda:InvokeFunction";

/// As whom an API invokes a function.
const API_GATEWAY: &str = "apigateway.amazonaws.com";

fn not_permitted(case: &Case<'_>, decision: &Decision) -> Finding {
    let own = case
        .refusal()
        .and_then(|event| event.read::<Integration<'_>>());
    let source = own
        .into_iter()
        .chain(case.after::<Integration<'_>>(Component::Gateway))
        .find_map(|told| match told {
            Integration::Function { source_arn, .. } => source_arn,
            _ => None,
        });
    let of_authorizer = case
        .refusal()
        .and_then(|event| event.read::<Authorizer<'_>>())
        .and_then(|told| told.source_arn);
    let what = match of_authorizer {
        Some(_) => "the authorizer",
        None => "the route",
    };
    let source = of_authorizer.or(source);
    let function = &decision.resource;
    let qualifier = function.split(':').nth(7);
    let near = decision.near_misses.iter().flat_map(|miss| &miss.failing);
    let sources = near.filter(|failing| {
        let key = failing.key.as_deref();
        key.is_some_and(|key| key.eq_ignore_ascii_case("aws:SourceArn"))
    });
    let allowed: Vec<String> = sources.flat_map(|failing| failing.policy.clone()).collect();
    let source = words::text(source.as_deref());
    let cause = if allowed.is_empty() {
        format!(
            "no statement of the policy of `{function}` lets `{API_GATEWAY}` invoke it for {source}"
        )
    } else {
        format!(
            "the policy of `{function}` lets `{API_GATEWAY}` invoke it for {}; {what} is {source}",
            words::texts(&allowed)
        )
    };
    let of_qualifier = qualifier.map_or_else(String::new, |qualifier| {
        format!(" with `Qualifier` `{qualifier}`: a version or an alias has a policy of its own")
    });
    Finding::certain(
        cause,
        format!(
            "add a permission to the function (`lambda add-permission`) for `{INVOKE}` with the principal \
             `{API_GATEWAY}` and the source ARN {source}{of_qualifier}"
        ),
    )
}

pub(super) const FUNCTION_MISSING: Entry = class(
    "function-missing",
    Mender::Owner,
    "the integration names a function that is not there, or that nobody runs",
    |case| {
        let event = case.refusal()?;
        let is_missing = event.is(aws::Reason::FunctionNotFound);
        if !is_missing && !event.is(aws::Reason::ClosureNotRegistered) {
            return None;
        }
        let function = match Told::of(event)? {
            Told::Integration(Integration::Function { function, .. }) => {
                Some(function.into_owned())
            }
            Told::Invoke(invoke) => Some(invoke.function),
            _ => None,
        };
        let function = words::text(function.as_deref());
        Some(if is_missing {
            Finding::certain(
                format!("there is no function {function}, its version or alias included"),
                "create it, or mend the integration's address: a stage variable in it is filled in by the stage that \
                 runs",
            )
        } else {
            Finding::certain(
                format!("the function {function} is there, and the lab has no code of it"),
                "give the lab a function of that ARN that it can run: its steps and its library make one; code that \
                 was uploaded is kept, and not run",
            )
        })
    },
);
