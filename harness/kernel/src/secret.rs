//! Text that must not leak.

use std::fmt;

/// A secret text: a password, a secret access key, a client token.
///
/// `Debug` prints a placeholder; there is no `Display` and no `Serialize`. Comparison takes the
/// same time wherever the first difference lies.
#[derive(Clone)]
pub struct Secret(std::sync::Arc<str>);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<std::sync::Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself. The name is long on purpose: each use is a place to look at in a review.
    pub fn expose_secret(&self) -> &str {
        &self.0
    }

    /// Whether the secret is `other`, in constant time for texts of equal length.
    pub fn matches(&self, other: &str) -> bool {
        // Equality of keyed digests: neither the content nor the length of the common prefix shows.
        let key =
            ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"authlab constant-time comparison");
        let mine = ring::hmac::sign(&key, self.0.as_bytes());
        ring::hmac::verify(&key, other.as_bytes(), mine.as_ref()).is_ok()
    }

    /// The first 16 hexadecimal digits of the SHA-256 of the text: what the journal shows instead.
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// The first 16 hexadecimal digits of the SHA-256 of `text`.
pub fn fingerprint(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_only_the_same_text_and_never_prints() {
        let secret = Secret::new("hvs.abc");
        assert!(secret.matches("hvs.abc"));
        for other in ["hvs.abd", "hvs.ab", "hvs.abcd", ""] {
            assert!(!secret.matches(other), "{other}");
        }
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        assert_eq!(secret.fingerprint().len(), 16);
    }
}
