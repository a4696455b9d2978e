//! How functions are named: by name, by partial ARN, by ARN, with or without a qualifier.

use authlab_kernel::{AccountId, Scope};

use super::error::Error;
use super::function::LATEST;

/// The service as roles trust it and as `iam:PassedToService` names it.
pub(super) const PRINCIPAL: &str = "lambda.amazonaws.com";

/// A function as a caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionName {
    /// Its account and Region.
    pub scope: Scope,
    /// Its name.
    pub name: String,
    /// `$LATEST`, a version or an alias; `None` when there was none.
    pub qualifier: Option<String>,
}

impl FunctionName {
    /// The name of a function that is to be made: without qualifier, in the caller's own account.
    ///
    /// # Errors
    /// As [`FunctionName::read`]; another account, a qualifier.
    pub fn new(text: &str, own: &Scope) -> Result<Self, Error> {
        let name = Self::read(text, None, own)?;
        if name.scope.account != own.account {
            return Err(Error::OtherAccount);
        }
        if name.qualifier.is_some() {
            // The code is recorded, the text is not.
            return Err(Error::Value(format!(
                "`{text}` is no name for a new function"
            )));
        }
        Ok(name)
    }

    /// Reads `NAME`, `ACCOUNT:function:NAME`, or an ARN, each with or without `:QUALIFIER`; what
    /// is left open is that of `own`. A qualifier given beside the name wins nothing: it has to be
    /// the same.
    ///
    /// # Errors
    /// A text of another form, an ARN of another Region, two different qualifiers.
    pub fn read(text: &str, qualifier: Option<&str>, own: &Scope) -> Result<Self, Error> {
        let invalid = || Error::Value(format!("`{text}` is no name of a function"));
        let parts: Vec<&str> = text.split(':').collect();
        // Each part but the name may be left out (the pattern of the model): what comes last is the
        // name, even when it reads `function`.
        let rest = match parts.as_slice() {
            ["arn", _, "lambda", rest @ ..] => rest,
            ["arn", ..] => return Err(invalid()),
            rest => rest,
        };
        let rest = match rest {
            [region, rest @ ..] if !rest.is_empty() && is_region(region) => {
                if *region != own.region.as_str() {
                    let (region, here) = ((*region).to_owned(), own.region.to_string());
                    return Err(Error::OtherRegion { region, here });
                }
                rest
            }
            rest => rest,
        };
        let stated = rest.split_first().filter(|(_, left)| !left.is_empty());
        let stated = stated.and_then(|(first, left)| Some((first.parse().ok()?, left)));
        let (account, rest): (AccountId, &[&str]) =
            stated.unwrap_or_else(|| (own.account.clone(), rest));
        let rest = match rest {
            ["function", rest @ ..] if !rest.is_empty() => rest,
            rest => rest,
        };
        let (name, own_qualifier) = match rest {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some(*qualifier)),
            _ => return Err(invalid()),
        };
        if name.is_empty() {
            return Err(invalid());
        }
        if let (Some(one), Some(other)) = (own_qualifier, qualifier)
            && one != other
        {
            return Err(Error::Value(
                "The derived qualifier from the function name does not match the specified qualifier."
                    .to_owned(),
            ));
        }
        let qualifier = own_qualifier.or(qualifier).map(str::to_owned);
        let scope = Scope::new(account, own.region.clone());
        Ok(Self {
            scope,
            name: name.to_owned(),
            qualifier,
        })
    }

    /// `arn:aws:lambda:R:A:function:NAME`, without qualifier.
    pub fn arn(&self) -> String {
        function_arn(&self.scope, &self.name)
    }

    /// The ARN with the qualifier that was given.
    pub fn qualified_arn(&self) -> String {
        match &self.qualifier {
            None => self.arn(),
            Some(qualifier) => format!("{}:{qualifier}", self.arn()),
        }
    }

    /// The version or alias; `None` for the function as it is, which `$LATEST` is too.
    pub fn version_or_alias(&self) -> Option<&str> {
        let qualifier = self.qualifier.as_deref();
        qualifier.filter(|qualifier| *qualifier != LATEST)
    }

    /// What is asked for, as policies name it: the function, its version or its alias.
    pub fn resource(&self) -> String {
        match self.version_or_alias() {
            None => self.arn(),
            Some(_) => self.qualified_arn(),
        }
    }

    /// The name, where none of a version or an alias is wanted.
    ///
    /// # Errors
    /// There is a qualifier (the text is `unverified`).
    pub fn alone(self) -> Result<Self, Error> {
        match self.qualifier {
            None => Ok(self),
            Some(_) => Err(Error::Value(format!(
                "`{}` has a qualifier: give the name of the function alone",
                self.qualified_arn()
            ))),
        }
    }
}

/// Whether this has the form of a Region: `eu-central-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let is_numbered = number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_numbered && parts.next().is_some() && parts.next_back().is_some_and(|area| area.len() == 2)
}

/// `arn:aws:lambda:R:A:function:NAME`.
pub(super) fn function_arn(scope: &Scope, name: &str) -> String {
    scope.arn("lambda", &format!("function:{name}"))
}

#[cfg(test)]
mod tests {
    use authlab_kernel::Region;

    use super::*;

    #[test]
    fn every_form_names_the_same_function() {
        let own = Scope::new("111111111111".parse().unwrap(), Region::us_east_1());
        for (text, account, qualifier) in [
            ("f", "111111111111", None),
            ("f:$LATEST", "111111111111", Some("$LATEST")),
            ("function:f", "111111111111", None),
            ("us-east-1:f", "111111111111", None),
            ("222222222222:f", "222222222222", None),
            ("222222222222:function:f:live", "222222222222", Some("live")),
            (
                "arn:aws:lambda:us-east-1:222222222222:function:f",
                "222222222222",
                None,
            ),
            (
                "arn:aws:lambda:us-east-1:222222222222:function:f:7",
                "222222222222",
                Some("7"),
            ),
        ] {
            let name = FunctionName::read(text, None, &own).unwrap();
            assert_eq!(
                (
                    name.name.as_str(),
                    name.scope.account.as_str(),
                    name.qualifier.as_deref()
                ),
                ("f", account, qualifier),
                "{text}"
            );
        }
        for (text, name) in [
            ("function", "function"),
            ("arn:aws:lambda:us-east-1:222222222222:function", "function"),
            ("123456789012", "123456789012"),
        ] {
            assert_eq!(FunctionName::read(text, None, &own).unwrap().name, name);
        }
        for text in ["", "a:b:c:d", "arn:aws:s3:::b", "x:function:f", "function:"] {
            assert!(FunctionName::read(text, None, &own).is_err(), "{text}");
        }
        let elsewhere = "arn:aws:lambda:eu-west-1:111111111111:function:f";
        assert!(matches!(
            FunctionName::read(elsewhere, None, &own),
            Err(Error::OtherRegion { .. })
        ));
        assert!(FunctionName::read("f:1", Some("2"), &own).is_err());
        assert!(FunctionName::read("f:1", Some("1"), &own).is_ok());
    }
}
