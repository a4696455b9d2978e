//! What a judge says of a token: believed, not believed, or that it hangs on keys which are not known.

use crate::key::KeySet;

/// What is known of the issuer's keys.
#[derive(Clone, Copy, Debug)]
pub enum Keys<'a> {
    /// The key set of the issuer.
    Known(&'a KeySet),
    /// Nothing: nobody fetched them, or nobody kept what they were then.
    Unknown,
}

/// A judge's answer; `D` is why a token is not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<D> {
    /// It is believed.
    Believed,
    /// It is not, whatever the keys are where they are not known.
    Disbelieved(D),
    /// It hangs on the keys.
    Unknown {
        /// What refuses the token even if its signature stands, if something does. Which reason a
        /// server gives is not known then: the signature comes before.
        if_signed: Option<D>,
    },
}

impl<D> Verdict<D> {
    /// The answer of who knows the keys: `believed`; of who does not: that it hangs on them, with what
    /// `claims` refuse.
    pub fn of(
        keys: Keys<'_>,
        believed: impl FnOnce(&KeySet) -> Result<(), D>,
        claims: impl FnOnce() -> Result<(), D>,
    ) -> Self {
        match keys {
            Keys::Known(keys) => match believed(keys) {
                Ok(()) => Self::Believed,
                Err(disbelief) => Self::Disbelieved(disbelief),
            },
            Keys::Unknown => Self::Unknown {
                if_signed: claims().err(),
            },
        }
    }

    /// Whether the token is believed for certain.
    pub fn is_believed(&self) -> bool {
        matches!(self, Self::Believed)
    }
}
