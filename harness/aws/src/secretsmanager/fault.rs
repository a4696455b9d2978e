//! What stood against what where Secrets Manager refuses: its texts seldom name the secret.

use super::error::Error;
use crate::evidence::Fault;

/// The fault of an error; what the texts do not name stands in the input.
pub(super) fn of(error: &Error) -> Option<Fault> {
    thing(error).or_else(|| member(error))
}

/// What is or is not there, and its state.
fn thing(error: &Error) -> Option<Fault> {
    let state = |what: &str, is: &str, wants: &str| Fault::State {
        what: what.to_owned(),
        is: is.to_owned(),
        wants: wants.to_owned(),
    };
    let deleted = "scheduled for deletion";
    let restored = "a secret that is not (`secretsmanager:RestoreSecret` takes the deletion back)";
    Some(match error {
        Error::NoSuchSecret => Fault::not_there("secret", ""),
        Error::NoSuchStage(stage) => Fault::not_there("version with the label", stage),
        Error::NoSuchVersion(id) => Fault::not_there("version", id),
        Error::SecretExists(name) => Fault::taken("secret", name),
        Error::TokenInUse { token, .. } | Error::RotationTokenInUse { token, .. } => {
            Fault::taken("version with the ClientRequestToken", token)
        }
        Error::MarkedForDeletion => state("the secret", deleted, restored),
        Error::NameScheduledForDeletion => state(
            "the secret of this name",
            deleted,
            "another name, or the end of its recovery window",
        ),
        Error::NoContent => state(
            "the call",
            "without a value",
            "`SecretString` or `SecretBinary`",
        ),
        Error::NoRotationFunction => state(
            "the secret",
            "without a rotation function",
            "`RotationLambdaARN` with the first rotation",
        ),
        Error::RotationUnderWay => state(
            "an earlier rotation",
            "not complete: its version keeps AWSPENDING",
            "AWSPENDING to be taken away (`secretsmanager:UpdateSecretVersionStage`) or that rotation to \
             be finished",
        ),
        Error::Encryption | Error::Decryption => state(
            "the KMS key of the secret",
            "not usable",
            "a key that is there, enabled and not waiting for its deletion",
        ),
        Error::StageHeld { stage, version } => state(
            &format!("the label {stage}"),
            &format!("on the version {version}"),
            &format!("`RemoveFromVersionId` {version}"),
        ),
        Error::StageNotHeld { stage, version } => state(
            &format!("the label {stage}"),
            &format!("not on the version {version}"),
            "the version that has it (`secretsmanager:ListSecretVersionIds`)",
        ),
        Error::CurrentRemoved => state(
            "AWSCURRENT",
            "on this version only",
            "`MoveToVersionId`: a secret always has a current version",
        ),
        Error::PublicPolicy => state(
            "the policy",
            "open to everybody",
            "principals that are named: `BlockPublicPolicy` refuses the rest",
        ),
        Error::TooManyTags(count) => Fault::quota("tags of a secret", 50, Some(*count)),
        Error::TooManyStages(count) => Fault::quota("labels of a version", 20, Some(*count)),
        Error::Policy(problem) => Fault::Document {
            what: "the resource policy".to_owned(),
            problem: problem.clone(),
        },
        Error::NotImplemented(what) => Fault::NotSimulated { what: what.clone() },
        _ => return None,
    })
}

/// A value that does not fit.
fn member(error: &Error) -> Option<Fault> {
    let (member, wants) = match error {
        Error::StageOfOtherVersion => (
            "VersionStage",
            "a label of the version that `VersionId` names",
        ),
        Error::Name => ("Name", "letters, digits and `-/_+=.@!`"),
        Error::BatchSize => ("MaxResults", "given with `Filters` only"),
        Error::BatchOfWhat => ("SecretIdList", "given, or `Filters`, and not both"),
        Error::FilterKey => ("Filters", "filters that each have a key"),
        Error::FilterValues(_) => ("Filters", "filters that each have values"),
        Error::ReplicaRegion => ("AddReplicaRegions", "Regions other than the secret's"),
        Error::FunctionArn(_) => ("RotationLambdaARN", "the ARN of a function"),
        Error::RotationToken => ("RotationToken", "that of the rotation under way"),
        Error::TwoContents => ("SecretString", "given, or `SecretBinary`, and not both"),
        Error::RecoveryWindow => ("RecoveryWindowInDays", "7 to 30"),
        Error::ForceWithWindow => (
            "ForceDeleteWithoutRecovery",
            "given, or `RecoveryWindowInDays`, and not both",
        ),
        Error::NoVersionNamed => (
            "MoveToVersionId",
            "given, or `RemoveFromVersionId`, or both",
        ),
        Error::Principal => (
            "ResourcePolicy",
            "a policy whose principals are users and roles that exist",
        ),
        Error::NextToken => ("NextToken", "the one that the page before answered"),
        Error::NoToken | Error::NoRotationToken => {
            return Some(Fault::Absent {
                member: "ClientRequestToken".to_owned(),
            });
        }
        _ => return None,
    };
    Some(Fault::value(member, None, wants))
}
