//! What stood against what where Cognito refuses: its texts seldom name it.

use super::error::Error;
use crate::evidence::Fault;

/// The fault of an error.
pub(super) fn of(error: &Error) -> Option<Fault> {
    thing(error)
        .or_else(|| member(error))
        .or_else(|| login(error))
        .or_else(|| trigger(error))
}

/// What is or is not there.
fn thing(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::NoPool(id) => Fault::not_there("user pool", id),
        Error::NoClient(id) => Fault::not_there("app client", id),
        Error::NoUser(name) => Fault::not_there("user", name),
        Error::NoGroup(name) => Fault::not_there("group", name),
        Error::NoResourceServer(id) => Fault::not_there("resource server", id),
        Error::NoDomain(name) => Fault::not_there("domain", name),
        Error::Scope(name) => Fault::not_there("scope of a resource server", name),
        Error::DomainTaken(name) => Fault::taken("domain", name),
        Error::UserExists(name) | Error::UserSignedUp(name) => Fault::taken("user", name),
        Error::AliasExists(attribute) => Fault::taken("user with this attribute", *attribute),
        Error::GroupExists(name) => Fault::taken("group", name),
        Error::ResourceServerExists(id, _) => Fault::taken("resource server", id),
        Error::DomainLeft(domain) => Fault::InUse {
            what: "user pool".to_owned(),
            name: "it".to_owned(),
            by: format!("its domain {domain}"),
        },
        Error::SecondDomain(domain) => Fault::Quota {
            of: format!("domains of a user pool, which has {domain}"),
            limit: 1,
            wanted: Some(2),
        },
        Error::Protected(id) => state(
            &format!("the user pool {id}"),
            "protected against deletion",
            "`DeletionProtection` INACTIVE (`cognito-idp:UpdateUserPool`)",
        ),
        Error::NotImplemented(what) => Fault::NotSimulated { what: what.clone() },
        _ => return None,
    })
}

/// A value that does not fit.
fn member(error: &Error) -> Option<Fault> {
    let (member, wants): (&str, String) = match error {
        Error::Arn(_) => ("ResourceArn", "the ARN of a user pool".to_owned()),
        Error::Parameter { member, text } => (member, text.clone()),
        Error::OauthFlow(text) => ("AllowedOAuthFlows", (*text).to_owned()),
        Error::Password(problem) => (
            "Password",
            format!("a password that the pool's policy takes ({problem})"),
        ),
        Error::Code => ("ConfirmationCode", "the code that was sent".to_owned()),
        Error::SecretHash(client) | Error::SecretHashMissing(client) => (
            "SECRET_HASH",
            format!(
                "the HMAC-SHA-256, by the secret of {client}, of user name and client id, in base64"
            ),
        ),
        Error::FlowClosed(_) => (
            "AuthFlow",
            "a flow that `ExplicitAuthFlows` of the client lists".to_owned(),
        ),
        Error::Session => ("Session", "that of the challenge before, once".to_owned()),
        Error::AccessToken => (
            "AccessToken",
            "an access token that the pool issued".to_owned(),
        ),
        Error::AccessTokenScope => (
            "AccessToken",
            "one with the scope aws.cognito.signin.user.admin".to_owned(),
        ),
        Error::RefreshToken => (
            "REFRESH_TOKEN",
            "a refresh token that this client was given".to_owned(),
        ),
        Error::Unwritable(name) => (
            "UserAttributes",
            format!("attributes that `WriteAttributes` of the client lists: `{name}` is none"),
        ),
        Error::TokenType => ("Token", "a refresh token".to_owned()),
        _ => return None,
    };
    Some(Fault::value(member, None, wants))
}

/// The state of a user, or of what they show.
fn login(error: &Error) -> Option<Fault> {
    Some(match error {
        Error::Credentials => Fault::value(
            "PASSWORD",
            None,
            "the password of a user of this pool: AWS tells neither of the two apart",
        ),
        Error::Disabled => state("the user", "disabled", "`cognito-idp:AdminEnableUser`"),
        Error::NotConfirmed => state(
            "the user",
            "not confirmed",
            "`cognito-idp:ConfirmSignUp` or `cognito-idp:AdminConfirmSignUp`",
        ),
        Error::AlreadyConfirmed(status) => state("the user", status, "UNCONFIRMED"),
        Error::TemporaryPasswordExpired => state(
            "the temporary password",
            "older than `TemporaryPasswordValidityDays`",
            "a new one (`cognito-idp:AdminSetUserPassword`)",
        ),
        Error::CodeExpired => state("the code", "expired, or never sent", "a new one"),
        Error::NoRevocation(client) => state(
            &format!("the app client {client}"),
            "without revocation of tokens",
            "`EnableTokenRevocation` true (`cognito-idp:UpdateUserPoolClient`)",
        ),
        Error::Unauthorized => Fault::value(
            "ClientSecret",
            None,
            "the secret of the client that the token was given to",
        ),
        Error::SignUpClosed => state(
            "the user pool",
            "closed to sign-ups (`AllowAdminCreateUserOnly`)",
            "`cognito-idp:AdminCreateUser`",
        ),
        Error::SessionExpired => state("the session", "expired", "a new login"),
        Error::AccessTokenExpired => state("the access token", "expired", "a new one"),
        Error::AccessTokenRevoked => state("the access token", "revoked", "a new login"),
        Error::RefreshTokenExpired => state("the refresh token", "expired", "a new login"),
        Error::RefreshTokenRevoked => state("the refresh token", "revoked", "a new login"),
        _ => return None,
    })
}

/// What is wrong with a trigger.
fn trigger(error: &Error) -> Option<Fault> {
    let (what, is, wants) = match error {
        Error::Trigger { trigger, problem } => (
            *trigger,
            format!("failing: {problem}"),
            "a function that answers with its event",
        ),
        Error::TriggerNotRun { trigger, problem } => (
            *trigger,
            format!("not run: {problem}"),
            "a function that is there and whose policy lets cognito-idp.amazonaws.com in",
        ),
        Error::TriggerOutput(problem) => (
            "PreTokenGeneration",
            format!("answering what is no response: {problem}"),
            "the response of its `LambdaVersion`",
        ),
        _ => return None,
    };
    Some(state(&format!("the trigger {what}"), &is, wants))
}

fn state(what: &str, is: &str, wants: &str) -> Fault {
    Fault::State {
        what: what.to_owned(),
        is: is.to_owned(),
        wants: wants.to_owned(),
    }
}
