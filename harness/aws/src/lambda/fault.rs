//! What stood against what where Lambda refuses.

use super::error::Error;
use crate::evidence::Fault;

/// The fault of an error; what the texts do not name stands in the input.
pub(super) fn of(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::FunctionExists(name) => Fault::taken("function", name),
        Error::NoSuchAlias(arn) | Error::NoAliasToUpdate(arn) => {
            Fault::not_there("alias of the function", arn)
        }
        Error::AliasExists(arn) => Fault::taken("alias of the function", arn),
        Error::VersionInUse { version, aliases } => Fault::State {
            what: format!("the version `{version}` of the function"),
            is: format!("named by the aliases {}", aliases.join(", ")),
            wants: "a version that no alias names".to_owned(),
        },
        Error::OtherCode { current, .. } => Fault::value(
            "CodeSha256",
            None,
            format!("the digest of the function's code as it is, {current}"),
        ),
        Error::StatementExists(id) => Fault::taken("statement of the function's policy", id),
        Error::NoSuchFunction(name) => Fault::not_there("function", name),
        Error::OtherRegion { region, here } => Fault::OtherRegion {
            what: "the function".to_owned(),
            region: region.clone(),
            here: here.clone(),
        },
        Error::NoPolicy | Error::NothingToRemove => Fault::not_there("policy of the function", ""),
        Error::NoPolicyFound(name) => Fault::not_there("function", name),
        Error::NoSuchStatement(id) => Fault::not_there("statement of the function's policy", id),
        Error::RoleNotAssumable => Fault::State {
            what: "the execution role".to_owned(),
            is: "not assumable by lambda.amazonaws.com".to_owned(),
            wants: "a role that is there and whose trust policy names lambda.amazonaws.com"
                .to_owned(),
        },
        Error::Principal => Fault::value(
            "principal",
            None,
            "a service, an account, or the ARN of a user or role that exists",
        ),
        Error::PolicyTooLong(bytes) => {
            Fault::quota("bytes of the function's policy", 20_480, Some(*bytes))
        }
        Error::Revision | Error::PolicyRevision => Fault::State {
            what: "the function".to_owned(),
            is: "of another revision".to_owned(),
            wants: "the revision that was read last".to_owned(),
        },
        Error::NotSimulated(what) => Fault::NotSimulated { what: what.clone() },
        Error::OtherAccount
        | Error::CrossAccountRole
        | Error::TooLarge(_)
        | Error::Value(_)
        | Error::Key(_) => return None,
    })
}
