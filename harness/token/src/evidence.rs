//! What evidence shows of a token, and why one is not believed.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::token::Token;

/// A token without its signature: what stands in a journal instead of it.
///
/// Header and claims are the issuer's, or whoever's: a journal may have cut them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Described {
    /// `jwt`.
    pub kind: String,
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
    /// What tells it from others.
    pub fingerprint: String,
}

impl Described {
    /// What may be seen of a token.
    pub fn of(token: &Token) -> Self {
        Self {
            kind: "jwt".to_owned(),
            header: Value::Object(token.header().clone()),
            claims: Value::Object(token.claims().clone()),
            fingerprint: token.fingerprint(),
        }
    }

    /// What was seen of a token, as evidence holds it. `None` where it is no token, or was cut.
    pub fn read(described: &Value) -> Option<Self> {
        Self::deserialize(described).ok()
    }

    /// A claim that is there and not null.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name).filter(|claim| !claim.is_null())
    }

    /// `iss`, if it is text.
    pub fn issuer(&self) -> Option<&str> {
        self.claim("iss")?.as_str()
    }

    /// The names of its claims.
    pub fn claim_names(&self) -> Vec<&str> {
        let claims = self.claims.as_object();
        claims
            .into_iter()
            .flatten()
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// `alg` of the header, if it is text.
    pub fn algorithm(&self) -> Option<&str> {
        self.header.get("alg")?.as_str()
    }

    /// `kid` of the header, if it is text.
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }
}

/// How long the signature of a token is, and how long one by its key and algorithm has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureSize {
    /// How many bytes it has.
    pub bytes: usize,
    /// How many one has (RFC 7518, section 3; RFC 8037, section 3.1; RFC 8017, section 8.2.1: as many as
    /// the modulus).
    pub expected: usize,
}

impl SignatureSize {
    /// Whether the end of it is lacking.
    pub fn is_cut_off(self) -> bool {
        self.bytes < self.expected
    }
}

authlab_kernel::reasons! {
    /// Why there is no key for a token, or why the key does not verify it.
    pub enum Reason {
        /// The algorithm is none that is registered.
        UnknownAlgorithm = "unknown-algorithm",
        /// The algorithm is `none`.
        Unsigned = "unsigned",
        /// The algorithm is not among those that are accepted.
        AlgorithmNotAccepted = "algorithm-not-accepted",
        /// The algorithm does not work with a key of that type.
        AlgorithmDoesNotFitKey = "algorithm-does-not-fit-key",
        /// The key is bound to another algorithm.
        KeyForOtherAlgorithm = "key-for-other-algorithm",
        /// The key is for encryption.
        KeyNotForSignatures = "key-not-for-signatures",
        /// The key is too small, or larger than what is checked.
        KeySize = "key-size",
        /// The header demands an extension.
        CriticalExtension = "critical-extension",
        /// The key set has no key of that id.
        UnknownKid = "unknown-kid",
        /// The key set has no key that fits.
        NoKey = "no-key",
        /// The algorithm is known, and is not checked here.
        AlgorithmUnsupported = "algorithm-unsupported",
        /// The key does not verify the signature.
        SignatureMismatch = "signature-mismatch",
        /// The discovery document cannot be fetched.
        DiscoveryUnreachable = "discovery-unreachable",
        /// The discovery document is answered with another status than 200.
        DiscoveryStatus = "discovery-status",
        /// What is answered is no discovery document.
        DiscoveryDocument = "discovery-document",
        /// The discovery document is another issuer's.
        DiscoveryIssuerMismatch = "discovery-issuer-mismatch",
        /// The key set cannot be fetched.
        JwksUnreachable = "jwks-unreachable",
        /// The key set is answered with another status than 200.
        JwksStatus = "jwks-status",
        /// What is answered is no key set.
        JwksDocument = "jwks-document",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_described_is_read_back_unless_it_was_cut() {
        let described = json!({
            "kind": "jwt", "header": {"alg": "RS256", "kid": "a"},
            "claims": {"iss": "https://issuer", "aud": null}, "fingerprint": "0123456789abcdef",
        });
        let read = Described::read(&described).unwrap();
        assert_eq!(
            (read.issuer(), read.kid()),
            (Some("https://issuer"), Some("a"))
        );
        assert_eq!(read.claim("aud"), None, "null is not there");
        assert_eq!(serde_json::to_value(&read).unwrap(), described);
        for other in [
            json!(null),
            json!("… (9,000 bytes)"),
            json!({"kind": "jwt"}),
        ] {
            assert_eq!(Described::read(&other), None, "{other}");
        }
        let cut = json!({"kind": "jwt", "header": {}, "claims": "… (nested deeper than 64 levels)",
            "fingerprint": ""});
        assert_eq!(Described::read(&cut).unwrap().claim("aud"), None);
    }
}
