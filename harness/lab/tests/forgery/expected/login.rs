//! Vault's AWS login.

use super::Row;

/// Every attack.
pub(super) const ROWS: &[Row<1>] = &[
    (
        ["vault-aws-server-id-unsigned"],
        &[
            "no signature",
            "two signatures",
            "a list of headers that is a text twice",
            "a replay with the server id unsigned",
            "a replay with a list before the real one",
            "a replay with a list behind the real one",
            "a replay with a list inside a field",
            "a replay with the list in a second header",
        ],
    ),
    (
        ["signature-mismatch"],
        &[
            "a wrong secret",
            "another date",
            "another signature",
            "the action encoded",
            "another version",
        ],
    ),
    (["credential-unknown"], &["an unknown key"]),
    (["session-token-missing"], &["a session without its token"]),
    (["session-token-other"], &["a session with another's token"]),
    (
        ["signing-clock-skew"],
        &["a date to come", "a date long past"],
    ),
    (
        ["invalid-request"],
        &[
            "another method",
            "an empty body",
            "headers that are no base64",
            "headers in base64 for URLs",
            "headers that are no JSON",
            "headers that are a list",
            "no headers",
            "a URL that is no base64",
            "a body that is no base64",
            "an ec2 document beside it",
        ],
    ),
    (
        ["aws-body-invalid"],
        &["a parameter more", "another action", "a second action"],
    ),
    (
        ["signature-incomplete"],
        &[
            "two Hosts",
            "the URL of an impostor",
            "the URL of an impostor, by its loopback name",
            "the URL of an impostor in upper case",
            "the URL of an impostor with a port",
            "the Host of an impostor",
            "the Host of an impostor, no host in the URL",
            "the Host of an impostor in lower case",
            "an impostor behind user information",
            "an impostor before user information",
            "an impostor by a path",
            "an impostor by a path without a host",
            "an impostor by an absolute path",
            "an impostor by a forwarded host",
            "another service's host",
        ],
    ),
    (["signature-spelling"], &["an upper-case signature"]),
    (
        ["credential-scope-service"],
        &["another service in the scope"],
    ),
    (["vault-role-mismatch"], &["another principal"]),
    (["aws-principal-kind"], &["the account's root"]),
    (["aws-url-query"], &["a query in the URL"]),
    (["vault-aws-header"], &["a header that STS would heed"]),
    (["vault-role-missing"], &["another role"]),
    (
        ["vault-aws-server-id-other"],
        &[
            "a login for another Vault",
            "another server id",
            "two server ids",
        ],
    ),
    (
        ["vault-aws-server-id-absent"],
        &["no server id", "an empty server id"],
    ),
    (
        ["signature-header-changed"],
        &["a replay with the list changed"],
    ),
    (["aws-values-missing"], &["a body that is missing"]),
];
