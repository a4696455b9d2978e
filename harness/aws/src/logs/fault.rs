//! What stood against what where CloudWatch Logs refuses.

use super::error::Error;
use super::state::POLICY_CHARACTERS_MAX;
use super::subscription::SUBSCRIPTIONS_MAX;
use crate::evidence::Fault;

/// The fault of an error; what the texts do not name stands in the input.
pub(super) fn of(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::GroupExists => Fault::taken("log group", ""),
        Error::StreamExists => Fault::taken("log stream", ""),
        Error::NoSuchGroup => Fault::not_there("log group", ""),
        Error::NoSuchStream => Fault::not_there("log stream", ""),
        Error::NoSuchResource => Fault::not_there("log group", ""),
        Error::NoSuchPolicy(name) => Fault::not_there("resource policy", name),
        Error::Protected => Fault::State {
            what: "the log group".to_owned(),
            is: "protected against deletion".to_owned(),
            wants: "deletion protection to be off".to_owned(),
        },
        Error::TooManyPolicies => Fault::quota("resource policies of a Region", 10, None),
        Error::NoSuchSubscription => Fault::not_there("subscription filter", ""),
        Error::TooManySubscriptions => Fault::quota(
            "subscription filters of a log group",
            SUBSCRIPTIONS_MAX,
            Some(SUBSCRIPTIONS_MAX + 1),
        ),
        Error::FunctionOfOtherAccount { arn, account } => Fault::OtherAccount {
            what: arn.clone(),
            account: account.clone(),
            wants: "a function of the log group's account".to_owned(),
        },
        Error::StreamWithoutRole => Fault::Absent {
            member: "roleArn".to_owned(),
        },
        Error::TooManyTags(count) => Fault::quota("tags of a log group", 50, Some(*count)),
        Error::BatchTooLarge(bytes) => Fault::quota("bytes of a batch", 1_048_576, Some(*bytes)),
        Error::BatchTooLong => Fault::quota("hours of a batch", 24, None),
        Error::NotChronological => {
            Fault::value("logEvents", None, "events in the order of their timestamps")
        }
        Error::Retention(days) => Fault::value(
            "retentionInDays",
            Some(days.to_string()),
            "one of the numbers of days that the service has",
        ),
        Error::Pattern { pattern, problem } => Fault::value(
            "filterPattern",
            Some(pattern.clone()),
            format!("a pattern that can be read: {problem}"),
        ),
        Error::NameAndArn => Fault::value("logGroupName", None, "left out beside the ARN"),
        Error::Policy(problem) => Fault::Document {
            what: "the resource policy".to_owned(),
            problem: problem.clone(),
        },
        Error::PolicyTooLong(characters) => Fault::quota(
            "characters of a resource policy",
            POLICY_CHARACTERS_MAX,
            Some(*characters),
        ),
        Error::FunctionNotInvocable | Error::Parameter(_) => return None,
    })
}
