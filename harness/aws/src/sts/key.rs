//! The keys of issuers, as STS gets them.

use authlab_kernel::Component;
use authlab_token::CachePolicy;

use super::judge;

/// How STS gets keys, for what [`judge`] takes. How long AWS keeps a key set is not known: the lab
/// fetches it for every call (unverified).
pub fn key_policy() -> CachePolicy {
    CachePolicy {
        consumer: Component::Aws,
        window_seconds: 0,
        algorithms: judge::ALGORITHMS.to_vec(),
        leeway: judge::LEEWAY,
        budget_ms: 5_000,
        size_max_bytes: 150_000,
        refetch_on_unknown_kid: true,
    }
}
