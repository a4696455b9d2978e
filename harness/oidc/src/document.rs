//! The discovery document (OpenID Connect Discovery, section 3) and the key set.

use serde_json::{Value, json};

use crate::issuer::Issuer;

/// The discovery document of an issuer whose endpoints are below `endpoint_base`.
///
/// The authorization endpoint is a required member of the document; here it answers 501.
pub(crate) fn discovery(issuer: &Issuer, endpoint_base: &str) -> Value {
    json!({
        "issuer": issuer.url,
        "authorization_endpoint": format!("{endpoint_base}/authorize"),
        "token_endpoint": format!("{endpoint_base}/token"),
        "jwks_uri": format!("{endpoint_base}/jwks"),
        "response_types_supported": [],
        "grant_types_supported": ["client_credentials"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [issuer.algorithm().as_str()],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "claims_supported": ["iss", "sub", "aud", "exp", "nbf", "iat", "jti", "scope"],
    })
}

/// The key set of an issuer.
pub(crate) fn key_set(issuer: &Issuer) -> Value {
    issuer.key_set().to_value()
}
