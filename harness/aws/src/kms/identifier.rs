//! How a caller names a key: by id, by ARN, by alias, by the alias's ARN.
//!
//! Source: API reference, `Encrypt`, `KeyId`; developer guide, `concepts.html` (key identifiers).

use authlab_kernel::Scope;

use super::error::Error;

/// What every alias begins with.
pub(super) const ALIAS_PREFIX: &str = "alias/";

/// What the aliases of AWS's own keys begin with.
pub(super) const AWS_ALIAS_PREFIX: &str = "alias/aws/";

/// A key, as a caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// The id of a key, in the scope of its ARN or of the call.
    Key(Scope, String),
    /// The name of an alias with its prefix, in the scope of its ARN or of the call.
    Alias(Scope, String),
}

impl Identifier {
    /// Reads a `KeyId` of a call in `call`.
    ///
    /// # Errors
    /// A text that is none of the four forms, or an ARN of another Region.
    pub fn parse(text: &str, call: &Scope) -> Result<Self, Error> {
        let (scope, resource) = match text.strip_prefix("arn:aws:kms:") {
            None => (call.clone(), text),
            Some(rest) => {
                let mut fields = rest.splitn(3, ':');
                let mut field = || fields.next().unwrap_or_default();
                let (region, account, resource) = (field(), field(), field());
                let unreadable = || Error::KeyId(text.to_owned());
                let account = account.parse().map_err(|_| unreadable())?;
                if region != call.region.as_str() {
                    return Err(Error::ForeignRegion(region.to_owned()));
                }
                let resource = match resource.strip_prefix("key/") {
                    Some(id) => id,
                    None if resource.starts_with(ALIAS_PREFIX) => resource,
                    None => return Err(unreadable()),
                };
                (Scope::new(account, call.region.clone()), resource)
            }
        };
        if resource.starts_with(ALIAS_PREFIX) {
            return Ok(Self::Alias(scope, resource.to_owned()));
        }
        if !is_key_id(resource) {
            return Err(Error::KeyId(text.to_owned()));
        }
        Ok(Self::Key(scope, resource.to_owned()))
    }

    /// Reads a `KeyId` that may not be an alias: such operations put no quotation marks around what
    /// they do not know (M: moto).
    ///
    /// # Errors
    /// As [`Identifier::parse`]; an alias.
    pub fn parse_key(text: &str, call: &Scope) -> Result<Self, Error> {
        match Self::parse(text, call) {
            Ok(Self::Alias(..)) | Err(Error::KeyId(_)) => Err(Error::AliasForKey(text.to_owned())),
            other => other,
        }
    }

    /// Where the key is.
    pub fn scope(&self) -> &Scope {
        match self {
            Self::Key(scope, _) | Self::Alias(scope, _) => scope,
        }
    }

    /// The ARN of what is named: a key's or an alias's.
    pub fn arn(&self) -> String {
        match self {
            Self::Key(scope, id) => key_arn(scope, id),
            Self::Alias(scope, name) => scope.arn("kms", name),
        }
    }
}

/// `arn:aws:kms:R:A:key/ID`.
pub(super) fn key_arn(scope: &Scope, id: &str) -> String {
    scope.arn("kms", &format!("key/{id}"))
}

/// A UUID, or the id of a multi-Region key.
fn is_key_id(text: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(multi) = text.strip_prefix("mrk-") {
        return multi.len() == 32 && is_hex(multi);
    }
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| is_hex(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_in_four_ways_and_in_no_other() {
        let call = Scope::new(
            "111111111111".parse().unwrap(),
            "eu-central-1".parse().unwrap(),
        );
        let id = "12345678-90ab-cdef-1234-567890abcdef";
        let own = format!("arn:aws:kms:eu-central-1:111111111111:key/{id}");
        let foreign = own.replace("1111:key", "2222:key");
        for (text, arn) in [
            (id, own.as_str()),
            (&own, &own),
            (&foreign, &foreign),
            (
                "alias/app",
                "arn:aws:kms:eu-central-1:111111111111:alias/app",
            ),
            (
                "arn:aws:kms:eu-central-1:222222222222:alias/app",
                "arn:aws:kms:eu-central-1:222222222222:alias/app",
            ),
        ] {
            assert_eq!(Identifier::parse(text, &call).unwrap().arn(), arn, "{text}");
        }
        for text in [
            "fake-key-id",
            "134f2428cec14b25a1ae9048164dba47",
            "mrk-fake-key-id",
            "arn:aws:kms:eu-central-1:1:key/x",
            "arn:aws:kms:eu-central-1:111111111111:grant/x",
            "arn:aws:kms",
            "",
        ] {
            assert_eq!(
                Identifier::parse(text, &call),
                Err(Error::KeyId(text.to_owned())),
                "{text}"
            );
        }
        let elsewhere = own.replace("eu-central-1", "us-east-1");
        assert_eq!(
            Identifier::parse(&elsewhere, &call),
            Err(Error::ForeignRegion("us-east-1".to_owned()))
        );
    }
}
