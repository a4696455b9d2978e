//! Tokens, by the authorizer of the API, at STS and at Vault.

use super::Row;

/// Every attack.
pub(super) const ROWS: &[Row<3>] = &[
    (
        ["token-unsigned", "unsigned", "vault-jwt-forged"],
        &["alg none", "alg none with a signature"],
    ),
    (
        ["token-unsigned", "unknown-algorithm", "vault-jwt-forged"],
        &[
            "alg None",
            "alg NONE",
            "alg nOnE",
            "alg empty",
            "alg null",
            "alg absent",
        ],
    ),
    (
        ["token-unsigned", "unknown-algorithm", "jwt-malformed"],
        &["alg list"],
    ),
    (
        ["token-cut-off", "web-identity-not-a-jwt", "jwt-malformed"],
        &[
            "a signature cut short",
            "alg none without the last dot",
            "one segment",
            "two segments",
            "percent-encoded dots",
        ],
    ),
    (
        ["", "algorithm-not-accepted", ""],
        &["alg PS256, signed as such"],
    ),
    (
        [
            "algorithm-unsupported",
            "unknown-algorithm",
            "vault-jwt-forged",
        ],
        &["alg rs256 in lower case"],
    ),
    (
        [
            "algorithm-unsupported",
            "algorithm-does-not-fit-key",
            "vault-jwt-forged",
        ],
        &["alg ES256 over an RSA signature"],
    ),
    (
        [
            "algorithm-unsupported",
            "algorithm-not-accepted",
            "vault-jwt-forged",
        ],
        &[
            "alg PS256 over a PKCS1 signature",
            "alg EdDSA over an RSA signature",
        ],
    ),
    (
        ["signature-forged", "signature-forged", "vault-jwt-forged"],
        &[
            "alg RS512 over a SHA-256 signature",
            "foreign key under the right kid",
            "foreign key in jwk",
            "foreign key by jku",
            "foreign key by x5u",
            "foreign key in x5c",
            "a signature of zeros",
            "a signature with more behind",
            "claims changed after signing",
            "header changed after signing",
        ],
    ),
    (
        [
            "signature-cut-off",
            "signature-cut-off",
            "signature-cut-off",
        ],
        &["no signature"],
    ),
    (
        [
            "algorithm-symmetric",
            "algorithm-not-accepted",
            "vault-jwt-forged",
        ],
        &[
            "HS256 with the public PEM",
            "HS256 with the PEM trimmed",
            "HS384 with the public PEM",
            "HS512 with the public PEM",
            "HS256 with the public DER",
            "HS256 with the DER in base64",
            "HS256 with the JWK",
            "HS256 with the modulus",
            "HS256 with nothing",
            "HS256 with a NUL",
        ],
    ),
    (
        ["key-unknown", "unknown-kid", "vault-jwt-key-unknown"],
        &[
            "foreign key under its own kid",
            "foreign key in jwk, its kid",
            "foreign key, kid a path",
            "foreign key, kid a query",
            "foreign key, kid empty",
        ],
    ),
    (
        ["key-unnamed", "signature-forged", "vault-jwt-forged"],
        &["foreign key, no kid"],
    ),
    (
        ["token-malformed", "web-identity-not-a-jwt", "jwt-malformed"],
        &[
            "foreign key, kid a list",
            "four segments",
            "a dot before",
            "a dot behind",
            "standard base64",
            "a header that is no JSON",
            "a header that is a list",
            "claims that are no JSON",
            "claims that are a list",
            "claims that are a text",
            "claims with more behind",
            "claims that are no UTF-8",
            "claims 3000 levels deep",
            "alg twice",
            "iss twice",
            "aud twice",
            "exp twice",
            "sub twice",
            "a token inside a token",
        ],
    ),
    (
        ["token-encrypted", "web-identity-not-a-jwt", "jwt-malformed"],
        &["five segments"],
    ),
    (
        ["token-twice", "web-identity-not-a-jwt", "jwt-malformed"],
        &["flattened JSON", "general JSON"],
    ),
    (
        ["token-twice", "web-identity-not-a-jwt", ""],
        &["a blank inside"],
    ),
    (
        ["token-malformed", "web-identity-not-a-jwt", ""],
        &["padding"],
    ),
    (
        [
            "critical-extension",
            "critical-extension",
            "vault-jwt-forged",
        ],
        &[
            "crit that is not understood",
            "crit with exp",
            "an empty crit",
            "b64 false",
        ],
    ),
    (
        ["issuer-absent", "claim", "vault-jwt-issuer"],
        &["iss absent", "iss null"],
    ),
    (
        ["issuer-drift", "provider-missing", "vault-jwt-issuer"],
        &[
            "iss another",
            "iss with a blank",
            "iss with user information",
        ],
    ),
    (
        [
            "issuer-trailing-slash",
            "issuer-trailing-slash",
            "vault-jwt-issuer-slash",
        ],
        &["iss with a slash"],
    ),
    (
        ["issuer-capitals", "provider-missing", "vault-jwt-issuer"],
        &["iss in upper case"],
    ),
    (
        ["issuer-port", "provider-missing", "vault-jwt-issuer"],
        &["iss with a port"],
    ),
    (
        ["issuer-scheme", "provider-missing", "vault-jwt-issuer"],
        &["iss by http"],
    ),
    (["issuer-absent", "claim", "jwt-malformed"], &["iss a list"]),
    (
        [
            "audience-absent",
            "provider-audience-missing",
            "vault-jwt-audience-absent",
        ],
        &["aud absent"],
    ),
    (
        [
            "audience-not-configured",
            "provider-audience-missing",
            "vault-jwt-audience",
        ],
        &[
            "aud another",
            "aud a prefix",
            "aud with more behind",
            "aud a wildcard",
            "aud empty",
            "aud a list of others",
            "aud names joined by commas",
        ],
    ),
    (
        [
            "audience-spelling",
            "provider-audience-missing",
            "vault-jwt-audience",
        ],
        &["aud in upper case", "aud with a blank"],
    ),
    (
        [
            "audience-absent",
            "provider-audience-missing",
            "vault-jwt-audience",
        ],
        &["aud an empty list"],
    ),
    (
        [
            "audience-absent",
            "provider-audience-missing",
            "jwt-malformed",
        ],
        &["aud a list in a list"],
    ),
    (
        [
            "audience-not-configured",
            "provider-audience-missing",
            "jwt-malformed",
        ],
        &["aud an object"],
    ),
    (
        ["token-expired", "token-expired", "vault-jwt-expired"],
        &[
            "exp passed",
            "exp before the epoch",
            "exp at the lower limit",
        ],
    ),
    (
        ["token-expired", "token-expired", ""],
        &["exp at the epoch"],
    ),
    (
        ["token-time-not-number", "times", "jwt-malformed"],
        &[
            "exp a text",
            "exp a list",
            "exp true",
            "nbf a text",
            "iat a text",
        ],
    ),
    (["token-without-expiry", "claim", ""], &["exp absent"]),
    (
        [
            "token-not-yet-valid",
            "web-identity-not-yet-valid",
            "vault-jwt-not-yet-valid",
        ],
        &[
            "nbf to come",
            "nbf at the upper limit",
            "iat to come",
            "iat at the upper limit",
        ],
    ),
    (
        ["", "trust-subject-mismatch", "vault-jwt-subject"],
        &[
            "another subject",
            "subject in upper case",
            "subject with a blank",
        ],
    ),
    (["", "claim", "jwt-malformed"], &["subject a list"]),
    (["", "claim", "vault-jwt-subject"], &["no subject"]),
    (["scope-absent", "", ""], &["no scope"]),
    (
        ["scope-missing", "", ""],
        &["another scope", "a scope with more behind"],
    ),
    (
        ["scope-spelling", "", ""],
        &["scopes joined by commas", "a scope in upper case"],
    ),
    (
        ["token-repeated", "", ""],
        &["good, then bad", "bad, then good", "good twice"],
    ),
    (
        ["token-twice", "", ""],
        &[
            "good and bad in one header",
            "bad and good in one header",
            "the scheme twice",
        ],
    ),
    (["token-scheme", "", ""], &["another scheme"]),
    (["token-unreadable", "", ""], &["no text"]),
    (
        ["token-elsewhere", "", ""],
        &["in the query", "in a header of its own"],
    ),
    (["token-missing", "", ""], &["in a cookie"]),
    (["path-ambiguous", "", ""], &["by a path with dots"]),
    (
        ["path-ambiguous|token-missing", "", ""],
        &["by a doubled slash"],
    ),
    (["route-of-other-method", "", ""], &["by another method"]),
];
