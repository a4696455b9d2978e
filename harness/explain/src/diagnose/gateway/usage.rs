//! API keys, the plans that they are in, and the quotas of those.

use authlab_gateway::deployment::rest::ApiKeySource;
use authlab_gateway::evidence::{ApiKey, KeyLikeness, Reason};
use authlab_kernel::Component;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::told::class;
use crate::case::Case;
use crate::told::Told;

/// What was told of the key that was refused for this reason.
fn key(case: &Case<'_>, reason: Reason) -> Option<ApiKey<'static>> {
    match case.refused(Component::Gateway, reason)? {
        Told::ApiKey(told) => Some(told),
        _ => None,
    }
}

/// Where the API looks for keys.
fn place(source: ApiKeySource) -> &'static str {
    match source {
        ApiKeySource::Header => "the header `x-api-key`",
        ApiKeySource::Authorizer => "the authorizer's `usageIdentifierKey`",
    }
}

pub(super) const KEY_ELSEWHERE: Entry = class(
    "api-key-elsewhere",
    Mender::Caller,
    "the API key stands where it is not looked for",
    |case| {
        let told = key(case, Reason::ApiKeyMissing)?;
        let (place, elsewhere) = (place(told.source), told.elsewhere?);
        let fix = match told.source {
            ApiKeySource::Header => "send the key as the header `x-api-key`".to_owned(),
            ApiKeySource::Authorizer => "let the authorizer answer the key as `usageIdentifierKey`; or, where \
                                         callers are to send it themselves, the owner sets `apiKeySource` to \
                                         HEADER and deploys"
                .to_owned(),
        };
        Some(Finding::certain(
            format!("the API takes keys from {place}, and the request has one in {elsewhere}"),
            fix,
        ))
    },
);

pub(super) const KEY_ABSENT: Entry = class(
    "api-key-absent",
    Mender::Caller,
    "the method asks for an API key, and the request has none",
    |case| {
        let told = key(case, Reason::ApiKeyMissing)?;
        let fix = match told.source {
            ApiKeySource::Header => "send the key's value as the header `x-api-key`",
            ApiKeySource::Authorizer => {
                "call as somebody for whom the authorizer answers `usageIdentifierKey`"
            }
        };
        Some(Finding::certain(
            format!(
                "the API takes keys from {}, and nothing is there",
                place(told.source)
            ),
            fix,
        ))
    },
);

pub(super) const KEY_LIKE: Entry = class(
    "api-key-misread",
    Mender::Caller,
    "what is sent as API key is not the key's value",
    |case| {
        let told = key(case, Reason::ApiKeyUnknown)?;
        let id = told.api_key?;
        let what = match told.likeness? {
            KeyLikeness::Id => "its id",
            KeyLikeness::Name => "its name",
            KeyLikeness::Case => "its value in other letters, and letters count",
            KeyLikeness::Quoted => "its value with quotes or blanks around it",
        };
        Some(Finding::certain(
            format!("what was sent for the key `{id}` is {what}"),
            format!("send the key's value as `GetApiKey` shows it for `{id}` with `includeValue`"),
        ))
    },
);

pub(super) const KEY_UNLINKED: Entry = class(
    "api-key-without-plan",
    Mender::Owner,
    "no usage plan links the API key with the stage",
    |case| {
        let told = key(case, Reason::ApiKeyWithoutPlan)?;
        let id = told.api_key?;
        let list = |plans: &[std::borrow::Cow<'_, str>]| {
            let plans: Vec<String> = plans.iter().map(|plan| format!("`{plan}`")).collect();
            plans.join(", ")
        };
        let (of_key, of_stage) = (list(&told.plans_of_key), list(&told.plans_of_stage));
        let (cause, fix) = match (of_key.is_empty(), of_stage.is_empty()) {
            (_, false) => (
                format!("the stage is in the usage plan {of_stage}, and the key `{id}` is not"),
                format!("put the key `{id}` into {of_stage} by `CreateUsagePlanKey`"),
            ),
            (false, true) => (
                format!("the key `{id}` is in the usage plan {of_key}, and the stage is in none"),
                format!("add the stage to `apiStages` of {of_key} by `UpdateUsagePlan`"),
            ),
            (true, true) => (
                format!("neither the stage nor the key `{id}` is in a usage plan"),
                format!("make a usage plan that has the stage, and put the key `{id}` into it"),
            ),
        };
        Some(Finding::certain(cause, fix))
    },
);

pub(super) const QUOTA: Entry = class(
    "quota-exceeded",
    Mender::Owner,
    "the API key's quota is used up",
    |case| {
        let told = case.refused(Component::Gateway, Reason::QuotaExceeded)?;
        let Told::Quota(told) = told else {
            return None;
        };
        let (plan, key) = (&told.usage_plan, &told.api_key);
        Some(Finding::certain(
            format!(
                "the usage plan `{plan}` lets the key `{key}` through {} times in a {}, over all of its stages; it \
                 was let through {} times, and a new period begins on {} at 00:00 UTC",
                told.limit,
                told.period.to_ascii_lowercase(),
                told.used,
                told.renewed
            ),
            format!(
                "wait for the new period, or give the key more for this one by `UpdateUsage` on `/remaining`, or raise \
                 `quota.limit` of the usage plan `{plan}`"
            ),
        ))
    },
);
