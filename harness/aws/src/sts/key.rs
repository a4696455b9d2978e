//! The keys of issuers, as STS gets them.

use authlab_kernel::Component;
use authlab_token::{Algorithm, CachePolicy, Leeway};

/// How STS gets keys: RSA and ECDSA with SHA-2 (STS, AssumeRoleWithWebIdentity), no leeway. How long
/// AWS keeps a key set is not known: the lab fetches it for every call (unverified).
pub fn key_policy() -> CachePolicy {
    CachePolicy {
        consumer: Component::Aws,
        window_seconds: 0,
        algorithms: vec![
            Algorithm::RS256,
            Algorithm::RS384,
            Algorithm::RS512,
            Algorithm::ES256,
            Algorithm::ES384,
            Algorithm::ES512,
        ],
        leeway: Leeway::default(),
        budget_ms: 5_000,
        size_max_bytes: 150_000,
        refetch_on_unknown_kid: true,
    }
}
