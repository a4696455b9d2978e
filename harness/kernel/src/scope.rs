//! Where a call happens: an account and a Region.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is no account id or Region.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ScopeError {
    /// An account id has exactly twelve digits.
    #[error("`{0}` is not an account id: give twelve digits")]
    AccountId(String),
    /// A Region is lower-case letters, digits and hyphens, as in `us-east-1`.
    #[error("`{0}` is not a Region: give a name such as `us-east-1`")]
    Region(String),
}

/// A twelve-digit AWS account id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(Arc<str>);

/// The digits, shared.
impl From<&AccountId> for Arc<str> {
    fn from(account: &AccountId) -> Self {
        Self::clone(&account.0)
    }
}

impl AccountId {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `arn:aws:iam::ID:root`.
    pub fn root_arn(&self) -> String {
        format!("arn:aws:iam::{}:root", self.0)
    }
}

impl FromStr for AccountId {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err(ScopeError::AccountId(text.to_owned()))
        }
    }
}

impl TryFrom<String> for AccountId {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.0.as_ref().to_owned()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An AWS Region, such as `us-east-1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(Arc<str>);

impl Region {
    /// The Region's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `us-east-1`, where global services have their control plane.
    pub fn us_east_1() -> Self {
        Self("us-east-1".into())
    }
}

impl FromStr for Region {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=32).contains(&text.len()) && text.bytes().all(shape) {
            Ok(Self(text.into()))
        } else {
            Err(ScopeError::Region(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Region {
    type Error = ScopeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0.as_ref().to_owned()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An account and a Region: the key of the state of most AWS services.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The account.
    pub account: AccountId,
    /// The Region.
    pub region: Region,
}

impl Scope {
    /// A scope of its two parts.
    pub fn new(account: AccountId, region: Region) -> Self {
        Self { account, region }
    }

    /// `arn:aws:{service}:{region}:{account}:{resource}`.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!(
            "arn:aws:{service}:{}:{}:{resource}",
            self.region, self.account
        )
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.account, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_ids_have_twelve_digits() {
        assert!("111111111111".parse::<AccountId>().is_ok());
        for text in ["", "11111111111", "1111111111111", "11111111111a", "١١١١١١"] {
            assert_eq!(
                text.parse::<AccountId>(),
                Err(ScopeError::AccountId(text.to_owned()))
            );
        }
    }

    #[test]
    fn regions_are_names_not_paths() {
        assert!("eu-central-1".parse::<Region>().is_ok());
        for text in ["", "EU-CENTRAL-1", "us east", "../x"] {
            assert_eq!(
                text.parse::<Region>(),
                Err(ScopeError::Region(text.to_owned()))
            );
        }
    }
}
