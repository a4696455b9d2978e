//! How a caller names a secret.
//!
//! Source: API reference, `GetSecretValue`, `SecretId`; user guide, `troubleshoot.html` (partial
//! ARNs: a name that ends in a hyphen and six characters is not to be told from a complete ARN).

use authlab_kernel::Scope;

/// How many characters Secrets Manager adds to a name.
const SUFFIX_LENGTH: usize = 6;

/// A secret, as a caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// A name in the caller's own account and Region.
    Name(String),
    /// An ARN with or without the six characters at its end.
    Arn {
        /// Where it says that the secret is.
        scope: Scope,
        /// All of it.
        arn: String,
        /// What follows `secret:`.
        resource: String,
    },
}

impl Identifier {
    /// Reads a `SecretId`. What is no ARN of a secret is a name.
    pub fn parse(text: &str) -> Self {
        Self::parse_arn(text).unwrap_or_else(|| Self::Name(text.to_owned()))
    }

    fn parse_arn(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix("arn:aws:secretsmanager:")?.splitn(4, ':');
        let (region, account) = (fields.next()?, fields.next()?);
        let scope = Scope::new(account.parse().ok()?, region.parse().ok()?);
        let resource = (fields.next()? == "secret")
            .then(|| fields.next())
            .flatten()?;
        Some(Self::Arn {
            scope,
            arn: text.to_owned(),
            resource: resource.to_owned(),
        })
    }

    /// Whether it could be one: a name, or what an ARN says after `secret:`, of letters, digits and
    /// `-/_+=.@!` (recorded for every operation).
    pub fn is_valid(&self) -> bool {
        let name = match self {
            Self::Name(name) => name,
            Self::Arn { resource, .. } => resource,
        };
        is_name(name)
    }

    /// Where the secret is: the ARN's account, the caller's own for a name. The Region is always
    /// that of the call: an endpoint knows its own Region only.
    pub fn scope(&self, call: &Scope) -> Scope {
        match self {
            Self::Name(_) => call.clone(),
            Self::Arn { scope, .. } => Scope::new(scope.account.clone(), call.region.clone()),
        }
    }

    /// Whether this is the secret of that name and ARN. A partial ARN counts in one's own account
    /// only (`unverified` that AWS refuses it across accounts; the user guide asks for a complete
    /// one there).
    pub fn names(&self, name: &str, arn: &str, is_own: bool) -> bool {
        match self {
            Self::Name(given) => is_own && given == name,
            Self::Arn { arn: given, .. } if given == arn => true,
            Self::Arn {
                scope, resource, ..
            } => {
                let is_same_place = arn.starts_with(&scope.arn("secretsmanager", "secret:"));
                is_own && is_same_place && !has_suffix(resource) && resource == name
            }
        }
    }

    /// The ARN of a secret that is not there, for the decision that comes before saying so: the
    /// suffix stands as six question marks, which a policy's `-*` and `-??????` cover.
    pub fn unknown_arn(&self, call: &Scope) -> String {
        match self {
            Self::Name(name) => unknown_arn(call, name),
            Self::Arn { arn, resource, .. } if has_suffix(resource) => arn.clone(),
            Self::Arn { arn, .. } => format!("{arn}-??????"),
        }
    }
}

/// Whether a text can be the name of a secret.
pub fn is_name(name: &str) -> bool {
    let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b"-/_+=.@!".contains(&byte);
    !name.is_empty() && name.bytes().all(is_taken)
}

/// `arn:aws:secretsmanager:R:A:secret:NAME-??????`.
pub fn unknown_arn(scope: &Scope, name: &str) -> String {
    scope.arn("secretsmanager", &format!("secret:{name}-??????"))
}

fn has_suffix(resource: &str) -> bool {
    resource.rsplit_once('-').is_some_and(|(_, suffix)| {
        suffix.len() == SUFFIX_LENGTH && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_by_name_by_arn_and_in_its_account_by_partial_arn() {
        let base = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:";
        let arn = format!("{base}prod/db-a1B2c3");
        for (given, is_own, is_named) in [
            ("prod/db", true, true),
            ("prod/db", false, false),
            ("prod/d", true, false),
            (arn.as_str(), true, true),
            (arn.as_str(), false, true),
            (&format!("{base}prod/db"), true, true),
            (&format!("{base}prod/db"), false, false),
            (&format!("{base}prod/db-a1B2c4"), true, false),
            (&format!("{base}prod"), true, false),
            (&arn.replace("eu-central-1", "eu-west-1"), true, false),
            (&arn.replace("111111111111", "222222222222"), false, false),
            (
                "arn:aws:secretsmanager:eu-central-1:1:secret:prod/db-a1B2c3",
                true,
                false,
            ),
        ] {
            let identifier = Identifier::parse(given);
            assert_eq!(
                identifier.names("prod/db", &arn, is_own),
                is_named,
                "{given} {is_own}"
            );
        }
    }

    #[test]
    fn a_secret_that_is_not_there_still_has_an_arn_to_decide_on() {
        let call = Scope::new(
            "111111111111".parse().unwrap(),
            "us-east-1".parse().unwrap(),
        );
        let base = "arn:aws:secretsmanager:us-east-1:222222222222:secret:";
        for (given, arn) in [
            (
                "db",
                "arn:aws:secretsmanager:us-east-1:111111111111:secret:db-??????".to_owned(),
            ),
            (&format!("{base}db-a1B2c3"), format!("{base}db-a1B2c3")),
            (&format!("{base}db"), format!("{base}db-??????")),
        ] {
            assert_eq!(Identifier::parse(given).unknown_arn(&call), arn);
        }
    }
}
