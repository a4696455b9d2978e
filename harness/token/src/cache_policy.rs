//! How consumers get and keep keys.

use authlab_kernel::Component;

use crate::algorithm::Algorithm;
use crate::claim::Leeway;

/// How one consumer gets and keeps keys, and what it accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachePolicy {
    /// Who asks: the sender of the hops.
    pub consumer: Component,
    /// How long a key set is used before it is fetched again, in seconds of the consumer's time. 0
    /// fetches every time.
    pub window_seconds: i64,
    /// What the consumer accepts; [`crate::verify`] is given these.
    pub algorithms: Vec<Algorithm>,
    /// What the consumer forgives; [`crate::check_times`] is given this.
    pub leeway: Leeway,
    /// How long it waits for each of the two documents, in milliseconds.
    pub budget_ms: u32,
    /// The longest document that it reads, in bytes.
    pub size_max_bytes: usize,
    /// Whether a `kid` that a cached set lacks makes it fetch the set again.
    pub refetch_on_unknown_kid: bool,
}

impl CachePolicy {
    /// The JWT authorizer of an HTTP API: RSA only, no leeway, 1500 ms a document, 150 000 bytes,
    /// keys kept for up to two hours. Source: API Gateway, "Control access to HTTP APIs with JWT
    /// authorizers"; the window is from secondary sources (unverified), as is that an unknown `kid`
    /// waits for its end.
    pub fn http_api_authorizer() -> Self {
        Self {
            consumer: Component::Gateway,
            window_seconds: 7_200,
            algorithms: Algorithm::RSA.to_vec(),
            leeway: Leeway::default(),
            budget_ms: 1_500,
            size_max_bytes: 150_000,
            refetch_on_unknown_kid: false,
        }
    }

    /// An authorizer of a REST API for tokens that are signed by these algorithms: no leeway, keys kept for
    /// up to an hour, a `kid` that is not known fetches them again. Source: API Gateway developer guide,
    /// `rest-api-jwt-authorizer-keys.html`; the rest as for HTTP APIs, and that pools of Cognito are treated
    /// alike, is unverified.
    pub fn rest_api_authorizer(algorithms: Vec<Algorithm>) -> Self {
        Self {
            window_seconds: 3_600,
            algorithms,
            refetch_on_unknown_kid: true,
            ..Self::http_api_authorizer()
        }
    }
}
