//! What the gateway refuses: addresses, tokens, scopes, keys, rates, and what is behind it.
//!
//! - [`judged`], [`told`]: what of the evidence all of them look at. [`parting`]: where two texts part.
//! - [`address`]: APIs, stages and routes that are not there. [`draft`]: what is not deployed.
//! - [`credential`]: what stands where a token or a signature should.
//! - [`issuer`], [`audience`], [`scope`], [`time`], [`claim`]: claims. [`algorithm`], [`key`], [`document`]: keys.
//! - [`authorizer`]: Lambda authorizers.
//! - [`usage`], [`throttle`], [`validation`], [`integration`]: what comes after the caller. [`log`]: what a log does not say.

mod address;
mod algorithm;
mod audience;
mod authorizer;
mod claim;
mod credential;
mod document;
mod draft;
mod integration;
mod issuer;
mod key;
mod log;
mod parting;
mod scope;
mod throttle;
mod time;
mod told;
mod usage;
mod validation;

use super::entry::Entry;

pub(super) use draft::found as not_deployed;
pub(super) use issuer::{issuers, other_issuer};
pub(super) use key::{fetched, replaced, until};
pub(super) use log::note;
pub(super) use time::{ended_by_clock, moment};
pub(super) use told::judged;

/// The classes, the most specific first.
pub(super) const ENTRIES: &[Entry] = &[
    draft::NOT_DEPLOYED,
    credential::PREFLIGHT,
    address::PREFLIGHT_UNANSWERED,
    address::OTHER_REGION,
    address::UNDEPLOYED,
    address::MISNAMED,
    address::STAGE_MISSING_IN_PATH,
    address::STAGE_UNKNOWN,
    address::ENDPOINT_DISABLED,
    address::OTHER_NETWORK,
    address::UNMAPPED,
    address::LEFT_OUT,
    address::STAGE_IN_PATH,
    address::OTHER_METHOD,
    address::NEAR_ROUTE,
    credential::BEARER_ON_IAM,
    credential::SIGNATURE_ON_TOKEN_ROUTE,
    credential::SCHEME,
    credential::TWICE,
    credential::ENCRYPTED,
    credential::CUT_OFF,
    credential::QUOTED,
    credential::PLACEHOLDER,
    credential::OPAQUE,
    credential::OTHER_SOURCE,
    credential::ELSEWHERE,
    credential::MISSING,
    algorithm::UNSIGNED,
    algorithm::SYMMETRIC,
    algorithm::UNSUPPORTED,
    issuer::ENTRA_VERSION,
    issuer::MULTI_TENANT,
    issuer::ABSENT,
    issuer::TEST_TOKEN,
    issuer::SCHEME,
    issuer::CASE,
    issuer::PORT,
    issuer::PATH,
    issuer::DRIFT,
    document::TEMPLATED,
    document::OTHER_ISSUER,
    document::SLOW,
    document::OUTSIDE,
    document::BROKEN,
    document::STATUS,
    document::UNUSABLE,
    document::UNREACHABLE,
    key::WINDOW,
    key::WITHDRAWN,
    key::SPELLING,
    key::UNNAMED,
    key::UNKNOWN,
    audience::HIDES_CLIENT,
    audience::ABSENT,
    audience::IS_CLIENT,
    audience::FORM,
    audience::OTHER,
    time::CLOCK,
    time::NOT_YET,
    time::NOT_NUMBER,
    scope::ELSEWHERE,
    scope::SPELLING,
    scope::ABSENT,
    scope::OTHER,
    claim::USE,
    claim::OTHER,
    authorizer::POLICY_KEPT,
    authorizer::ANSWER_KEPT,
    authorizer::DENIED,
    authorizer::SOURCE_MISSING,
    authorizer::EXPRESSION,
    authorizer::UNAUTHORIZED,
    authorizer::FAILED,
    authorizer::MALFORMED,
    throttle::EMPTY,
    usage::KEY_ELSEWHERE,
    usage::KEY_ABSENT,
    usage::KEY_LIKE,
    usage::KEY_UNLINKED,
    usage::QUOTA,
    validation::PARAMETER,
    validation::BODY,
    validation::SIZE,
    integration::OTHER_ACCOUNT,
    integration::NOT_PERMITTED,
    integration::FUNCTION_MISSING,
];

/// What stands beside the cause of a refusal, whatever that is: who reads a log or a page does not see it.
pub(super) const BESIDE: &[Entry] = &[log::SILENT, log::UNWRITTEN, log::HIDDEN];

#[cfg(test)]
mod tests;
