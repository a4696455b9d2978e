//! The pool of test keys. **Test only**: the private halves are in every checkout.
//!
//! They are files of `test-keys/`, made once with `openssl genpkey`, so that the same seed gives
//! the same tokens everywhere.

use super::{LazyKey, SignError, SigningKey};
use crate::key::KeyType;

/// Shortens the tables.
macro_rules! test_keys {
    ($($file:literal),* $(,)?) => {
        [$(LazyKey::new(include_str!(concat!("../../test-keys/", $file, ".pem")))),*]
    };
}

static RSA: [LazyKey; 16] = test_keys![
    "rsa-00", "rsa-01", "rsa-02", "rsa-03", "rsa-04", "rsa-05", "rsa-06", "rsa-07", "rsa-08",
    "rsa-09", "rsa-10", "rsa-11", "rsa-12", "rsa-13", "rsa-14", "rsa-15",
];
static P256: [LazyKey; 6] = test_keys![
    "p256-00", "p256-01", "p256-02", "p256-03", "p256-04", "p256-05",
];
static P384: [LazyKey; 4] = test_keys!["p384-00", "p384-01", "p384-02", "p384-03",];
static ED25519: [LazyKey; 4] = test_keys!["ed25519-00", "ed25519-01", "ed25519-02", "ed25519-03",];

fn pool(key_type: KeyType) -> &'static [LazyKey] {
    match key_type {
        KeyType::Rsa => &RSA,
        KeyType::P256 => &P256,
        KeyType::P384 => &P384,
        KeyType::Ed25519 => &ED25519,
        KeyType::P521 | KeyType::Secret => &[],
    }
}

/// How many test keys of this type there are.
pub fn count_of_test_keys(key_type: KeyType) -> usize {
    pool(key_type).len()
}

/// The test key of this type and index.
///
/// # Errors
/// [`SignError::Exhausted`] beyond the pool.
pub fn test_key(key_type: KeyType, index: usize) -> Result<&'static SigningKey, SignError> {
    let available = pool(key_type).len();
    let key = pool(key_type).get(index);
    let key = key.ok_or(SignError::Exhausted {
        key: key_type,
        available,
    })?;
    key.get().ok_or(SignError::Key)
}
