//! The keys of a pool, and what they sign.

use authlab_kernel::{Ids, Scope};
use authlab_token::{Algorithm, Jwk, KeySet, SignError, SigningKey, Token, verify};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// Where the test keys of pools begin: those before are the first that issuers of the lab's own provider
/// take.
const FIRST: usize = 8;

/// How many pairs of keys there are. Pools may share a pair; never the names of its keys.
const PAIRS: u64 = 3;

/// A key as a pool publishes it.
#[derive(Clone, Debug)]
struct NamedKey {
    key: &'static SigningKey,
    kid: String,
}

/// The keys of a pool: the first signs ID tokens, the second access tokens.
#[derive(Clone, Debug)]
pub struct Keys {
    id: NamedKey,
    access: NamedKey,
}

impl Keys {
    /// The keys of a new pool.
    ///
    /// # Errors
    /// The test keys cannot be read.
    pub fn draw(ids: &Ids, scope: &Scope, pool: &str) -> Result<Self, SignError> {
        let place = scope.to_string();
        let pair = ids.draw("user-pool-keys", &place, pool).number() % PAIRS;
        let first = FIRST + 2 * usize::try_from(pair).unwrap_or_default();
        let named = |index: usize, use_for: &str| {
            let name = format!("{pool}/{use_for}");
            let bytes = ids.draw("user-pool-kid", &place, &name).bytes(32);
            let key = SigningKey::test_key(index)?;
            let kid = STANDARD.encode(bytes);
            Ok(NamedKey { key, kid })
        };
        Ok(Self {
            id: named(first, "id")?,
            access: named(first + 1, "access")?,
        })
    }

    /// The key set that the pool publishes.
    pub fn set(&self) -> KeySet {
        let public = |named: &NamedKey| -> Jwk {
            let jwk = named.key.jwk().named(&named.kid);
            jwk.for_signatures(Algorithm::RS256)
        };
        KeySet::of(vec![public(&self.id), public(&self.access)])
    }

    /// Signs an ID token.
    ///
    /// # Errors
    /// The key does not sign.
    pub fn sign_id(&self, claims: &Map<String, Value>) -> Result<String, SignError> {
        sign(&self.id, claims)
    }

    /// Signs an access token.
    ///
    /// # Errors
    /// The key does not sign.
    pub fn sign_access(&self, claims: &Map<String, Value>) -> Result<String, SignError> {
        sign(&self.access, claims)
    }

    /// Whether the pool signed a token.
    pub fn signed(&self, token: &Token) -> bool {
        let set = self.set();
        let key = token.kid().and_then(|kid| set.find(kid));
        key.is_some_and(|key| verify(token, key, &[Algorithm::RS256]).is_ok())
    }
}

fn sign(named: &NamedKey, claims: &Map<String, Value>) -> Result<String, SignError> {
    let header = match json!({"kid": named.kid, "alg": Algorithm::RS256.as_str()}) {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    named.key.sign(&header, claims)
}
