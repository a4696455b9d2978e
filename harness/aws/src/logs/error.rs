//! Why CloudWatch Logs refuses.

use thiserror::Error;

/// Why an operation of CloudWatch Logs is refused. The texts that begin with `The` are those that
/// AWS is known to send; the others are the lab's own (`unverified`).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// A group of this name is there.
    #[error("The specified log group already exists")]
    GroupExists,
    /// No such group, or one that is not shared with the caller's account.
    #[error("The specified log group does not exist.")]
    NoSuchGroup,
    /// The group cannot be deleted (text `unverified`).
    #[error("The specified log group has deletion protection enabled.")]
    Protected,
    /// A stream of this name is there.
    #[error("The specified log stream already exists")]
    StreamExists,
    /// No such stream.
    #[error("The specified log stream does not exist.")]
    NoSuchStream,
    /// The ARN names no log group.
    #[error("The specified resource does not exist.")]
    NoSuchResource,
    /// No policy of this name.
    #[error("Policy with name [{0}] does not exist.")]
    NoSuchPolicy(String),
    /// Events of one batch have to be in order.
    #[error("Log events in a single PutLogEvents request must be in chronological order.")]
    NotChronological,
    /// Events of one batch lie within a day.
    #[error(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
    )]
    BatchTooLong,
    /// A batch is at most 1 MiB, counting 26 bytes for each event.
    #[error("Upload too large: {0} bytes exceeds limit of 1048576")]
    BatchTooLarge(usize),
    /// At most two subscription filters of a group.
    #[error("Resource limit exceeded.")]
    TooManySubscriptions,
    /// The group has no subscription filter of this name (text `unverified`).
    #[error("The specified subscription filter does not exist.")]
    NoSuchSubscription,
    /// CloudWatch Logs cannot invoke the function of a subscription filter (in many public reports, such
    /// as ClaudioWaldvogel/cloudwatch-loki-shipper#6).
    #[error(
        "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function."
    )]
    FunctionNotInvocable,
    /// The function of a subscription filter is of another account (recorded).
    #[error(
        "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers."
    )]
    FunctionOfOtherAccount {
        /// Its ARN.
        arn: String,
        /// Its account.
        account: String,
    },
    /// A stream is written to by a role (recorded).
    #[error("destinationArn for vendor kinesis cannot be used without roleArn")]
    StreamWithoutRole,
    /// At most ten policies of an account and Region.
    #[error("Resource limit exceeded.")]
    TooManyPolicies,
    /// A policy of an account has at most 5120 characters (text `unverified`).
    #[error("Resource limit exceeded.")]
    PolicyTooLong(usize),
    /// At most fifty tags.
    #[error("a log group has at most 50 tags, this one would have {0}")]
    TooManyTags(usize),
    /// Not one of the numbers of days that the service takes.
    #[error(
        "`{0}` is not a retention: give one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days"
    )]
    Retention(i64),
    /// A filter pattern that cannot be read, or that the lab does not know.
    #[error("the filter pattern `{pattern}` is not supported: {problem}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What it is about it.
        problem: String,
    },
    /// A name and an ARN of the same thing.
    #[error("LogGroup name and LogGroup ARN are mutually exclusive parameters.")]
    NameAndArn,
    /// A value that the service does not take.
    #[error("{0}")]
    Parameter(String),
    /// The document is no policy.
    #[error("the policy document is invalid: {0}")]
    Policy(String),
}
