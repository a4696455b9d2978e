//! Parameter types of the steps' expressions.

use std::{convert::Infallible, fmt, str::FromStr};

use authlab::Enforcement;
use authlab_explain::Mender as Who;
use cucumber::Parameter;

use crate::{error::StepError, registration::ParameterRecord};

/// Implements `FromStr` of a parameter that is any text of its shape.
macro_rules! text_parameter {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self(text.to_owned()))
            }
        }

        impl std::ops::Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }
    };
}

/// `{account}`: the name of an account of the lab, `workload-a`.
#[derive(Clone, Debug, Eq, PartialEq, Parameter)]
#[param(name = "account", regex = "[a-z][a-z0-9-]*")]
pub struct AccountName(String);

text_parameter!(AccountName);

/// `{actor}`: who calls: `the account monitoring` (its administrator), `the root user of monitoring`,
/// `the user "ci"`, `the session of "looker"`, `the bearer of "good"` (a token of an issuer),
/// `the credentials "kept"` (an answer that was kept), `the root token` (Vault's), or
/// `an anonymous caller`.
#[derive(Clone, Debug, Eq, PartialEq, Parameter)]
#[param(
    name = "actor",
    regex = r#"the account [a-z][a-z0-9-]*|the root user of [a-z][a-z0-9-]*|the (?:user|session of|bearer of|credentials) "[^"]*"|the root token|an anonymous caller"#
)]
pub enum Actor {
    /// The administrator of the account of this name.
    Account(String),
    /// The root user of the account of this name.
    Root(String),
    /// The IAM user of this name.
    User(String),
    /// The session of the role of this name.
    Session(String),
    /// Whoever has the issuer's token of this name.
    Bearer(String),
    /// Whoever has the credentials, or the Vault token, in the answer that was kept under this name.
    Kept(String),
    /// Whoever has Vault's root token.
    RootToken,
    /// Whoever has nothing to show.
    Anonymous,
}

impl Actor {
    /// The name of the account, the user, the session's role, the token or the kept answer.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Account(name)
            | Self::Root(name)
            | Self::User(name)
            | Self::Session(name)
            | Self::Bearer(name)
            | Self::Kept(name) => name,
            Self::RootToken => "root token",
            Self::Anonymous => "anonymous",
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(name) => write!(formatter, "the account {name}"),
            Self::Root(name) => write!(formatter, "the root user of {name}"),
            Self::User(name) => write!(formatter, "the user \"{name}\""),
            Self::Session(name) => write!(formatter, "the session of \"{name}\""),
            Self::Bearer(name) => write!(formatter, "the bearer of \"{name}\""),
            Self::Kept(name) => write!(formatter, "the credentials \"{name}\""),
            Self::RootToken => formatter.write_str("the root token"),
            Self::Anonymous => formatter.write_str("an anonymous caller"),
        }
    }
}

impl FromStr for Actor {
    type Err = StepError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |before: &str| {
            let name = text.strip_prefix(before)?;
            Some(name.trim_matches('"').to_owned())
        };
        let found = named("the account ")
            .map(Self::Account)
            .or_else(|| named("the root user of ").map(Self::Root))
            .or_else(|| named("the user ").map(Self::User))
            .or_else(|| named("the session of ").map(Self::Session))
            .or_else(|| named("the bearer of ").map(Self::Bearer))
            .or_else(|| named("the credentials ").map(Self::Kept));
        match (found, text) {
            (Some(actor), _) => Ok(actor),
            (None, "the root token") => Ok(Self::RootToken),
            (None, "an anonymous caller") => Ok(Self::Anonymous),
            (None, _) => Err(StepError::new(format!(
                "`{text}` is nobody: say the account NAME, the user \"NAME\" or the session of \"ROLE\""
            ))),
        }
    }
}

/// `{method}`: an HTTP method, `GET`; `LIST` is one of Vault's.
#[derive(Clone, Debug, Eq, PartialEq, Parameter)]
#[param(name = "method", regex = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|LIST")]
pub struct Method(pub http::Method);

impl FromStr for Method {
    type Err = StepError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.parse()?))
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// `{path}`: a path, with a query if there is one: `/report?year=2026`.
#[derive(Clone, Debug, Eq, PartialEq, Parameter)]
#[param(name = "path", regex = r"/\S*")]
pub struct Path(String);

text_parameter!(Path);

/// `{url}`: `http://reports.internal.example`.
#[derive(Clone, Debug, Eq, PartialEq, Parameter)]
#[param(name = "url", regex = r"https?://\S+")]
pub struct Url(String);

text_parameter!(Url);

/// `{component}`: a component of the lab as the journal calls it, also with an article: `aws`,
/// `the gateway`.
#[derive(Clone, Debug, Eq, PartialEq, Parameter)]
#[param(
    name = "component",
    regex = "aws|vault|oidc|lambda|the gateway|gateway|the lab|lab"
)]
pub struct Component(String);

impl FromStr for Component {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.strip_prefix("the ").unwrap_or(text).to_owned()))
    }
}

impl std::ops::Deref for Component {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// `{clock}`: a component that has a clock of its own, also with an article: `aws`, `the gateway`,
/// `vault`, `oidc`.
#[derive(Clone, Debug, Eq, PartialEq, Parameter)]
#[param(name = "clock", regex = "aws|vault|oidc|the gateway|gateway")]
pub struct ClockOwner(String);

impl FromStr for ClockOwner {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.strip_prefix("the ").unwrap_or(text).to_owned()))
    }
}

impl std::ops::Deref for ClockOwner {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// `{unit}`: a unit of time: `seconds`, `minutes`, `hours`, `days`, also of one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Parameter)]
#[param(name = "unit", regex = "seconds?|minutes?|hours?|days?")]
pub struct Unit {
    /// How many seconds it has.
    pub seconds: u32,
}

impl FromStr for Unit {
    type Err = StepError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let seconds = match text.strip_suffix('s').unwrap_or(text) {
            "second" => 1,
            "minute" => 60,
            "hour" => 60 * 60,
            "day" => 24 * 60 * 60,
            _ => return Err(StepError::new(format!("`{text}` is no unit of time"))),
        };
        Ok(Self { seconds })
    }
}

/// `{mender}`: who can mend what went wrong: `the caller`, `the owner`, `who starts the lab`, `nobody`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Parameter)]
#[param(
    name = "mender",
    regex = "the caller|the owner|who starts the lab|nobody"
)]
pub struct Mender(pub Who);

impl FromStr for Mender {
    type Err = StepError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(match text {
            "the caller" => Who::Caller,
            "the owner" => Who::Owner,
            "who starts the lab" => Who::Lab,
            "nobody" => Who::Nobody,
            _ => return Err(StepError::new(format!("`{text}` mends nothing"))),
        }))
    }
}

impl fmt::Display for Mender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            Who::Caller => "the caller",
            Who::Owner => "the owner",
            Who::Lab => "who starts the lab",
            Who::Nobody => "nobody",
        })
    }
}

/// `{drift}`: which way a clock is off, `ahead` or `behind`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Parameter)]
#[param(name = "drift", regex = "ahead|behind")]
pub enum Drift {
    /// It shows a later time than the lab's.
    Ahead,
    /// It shows an earlier one.
    Behind,
}

impl FromStr for Drift {
    type Err = StepError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ahead" => Ok(Self::Ahead),
            "behind" => Ok(Self::Behind),
            _ => Err(StepError::new(format!(
                "`{text}` is neither ahead nor behind"
            ))),
        }
    }
}

/// `{enforcement}`: what becomes of what lacks a permission: `enforced` is refused, `audited` goes through
/// and is journalled.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Parameter)]
#[param(name = "enforcement", regex = "enforced|audited")]
pub struct Mode(pub Enforcement);

impl FromStr for Mode {
    type Err = StepError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "enforced" => Ok(Self(Enforcement::Enforce)),
            "audited" => Ok(Self(Enforcement::Audit)),
            _ => Err(StepError::new(format!(
                "`{text}` is neither enforced nor audited"
            ))),
        }
    }
}

/// `{resource_types}`: what a link shares,
/// `AWS::CloudWatch::Metric, AWS::Logs::LogGroup`.
#[derive(Clone, Debug, Eq, PartialEq, Parameter)]
#[param(
    name = "resource_types",
    regex = "AWS::[A-Za-z0-9]+::[A-Za-z0-9]+(?:, AWS::[A-Za-z0-9]+::[A-Za-z0-9]+)*"
)]
pub struct ResourceTypes(pub Vec<String>);

impl FromStr for ResourceTypes {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.split(", ").map(str::to_owned).collect()))
    }
}

/// `{numbers}`: `7`, or `7, 8.5`.
#[derive(Clone, Debug, PartialEq, Parameter)]
#[param(name = "numbers", regex = r"-?\d+(?:\.\d+)?(?:, -?\d+(?:\.\d+)?)*")]
pub struct Numbers(pub Vec<f64>);

impl FromStr for Numbers {
    type Err = StepError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers: Result<Vec<f64>, _> = text.split(", ").map(str::parse).collect();
        Ok(Self(numbers?))
    }
}

/// Lists what may stand in the place of parameters.
macro_rules! listed {
    ($( $parameter:ty: $values:literal, )*) => {
        $( inventory::submit! {
            ParameterRecord {
                name: <$parameter as Parameter>::NAME,
                values: $values,
            }
        } )*
    };
}

listed! {
    AccountName: "the name of an account of the lab, workload-a",
    Actor: "the account NAME, the root user of NAME, the user \"NAME\", the session of \"ROLE\", the bearer of \"TOKEN\", the credentials \"ANSWER\", the root token, an anonymous caller",
    Method: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, LIST",
    Path: "a path, /daily?year=2026",
    Url: "a URL, https://login.corp.example/",
    Component: "aws, vault, oidc, lambda, the gateway, the lab",
    ClockOwner: "aws, vault, oidc, the gateway",
    Unit: "seconds, minutes, hours, days",
    Mender: "the caller, the owner, who starts the lab, nobody",
    Drift: "ahead, behind",
    Mode: "enforced, audited",
    ResourceTypes: "AWS::CloudWatch::Metric, AWS::Logs::LogGroup",
    Numbers: "7, or 7, 8.5",
}
