//! Signatures of Version 4, in the header and in the query.

use super::{NO_LINE, Row};

/// Every attack.
pub(super) const ROWS: &[Row<2>] = &[
    (
        ["signature-missing", "signature-incomplete"],
        &["no signature"],
    ),
    (
        ["signature-mismatch", "signature-mismatch"],
        &[
            "a wrong secret",
            "another body than the signed one",
            "no body where one was signed",
            "another path",
            "another value in the query",
            "a parameter less",
            "a signed header changed",
            "another date",
        ],
    ),
    (
        ["credential-unknown", "credential-unknown"],
        &["an unknown key"],
    ),
    (
        ["session-token-unexpected", "session-token-unexpected"],
        &[
            "the account's id with a wrong secret",
            "a user with a session's token",
        ],
    ),
    (
        ["api-of-another-account", "api-of-another-account"],
        &["the root of another account"],
    ),
    (
        ["no-policy-allows", "no-policy-allows"],
        &["somebody without permissions"],
    ),
    (
        ["session-token-missing", "session-token-missing"],
        &["a session without its token"],
    ),
    (
        ["session-token-other", "session-token-other"],
        &[
            "a session with another's token",
            "a session with an altered token",
        ],
    ),
    (
        ["credential-scope-region", "credential-scope-region"],
        &["another Region"],
    ),
    (
        ["credential-scope-service", "credential-scope-service"],
        &["another service"],
    ),
    (
        ["credential-scope-terminator", "credential-scope-terminator"],
        &["another terminator"],
    ),
    (
        ["credential-scope-date", "credential-scope-date"],
        &["the day before in the scope"],
    ),
    (
        ["signing-clock-skew", "signing-clock-skew"],
        &["a date to come"],
    ),
    (
        ["signing-clock-skew", "presigned-url-expired"],
        &["a date long past"],
    ),
    (
        ["signature-unreadable", "signature-unreadable"],
        &["a date in another format", "another algorithm"],
    ),
    (
        ["signature-body", "signature-body"],
        &["an empty body signed"],
    ),
    (
        ["path-ambiguous", "path-ambiguous"],
        &[
            "a path with dots, signed without",
            "a path with a dot, signed without",
            "a doubled slash, signed without",
            "what is denied, encoded twice",
            "what is denied, by dots",
            "what is denied, by encoded dots",
            "what is denied, by a doubled slash",
            "what is no UTF-8",
            "a NUL",
            "a backslash",
        ],
    ),
    (
        ["signature-path-encoding", "signature-path-encoding"],
        &[
            "an encoded letter, signed without",
            "what is denied, with a parameter",
        ],
    ),
    (
        ["signature-path-changed", "signature-path-changed"],
        &["a slash behind, signed without"],
    ),
    (
        ["policy-denies", "policy-denies"],
        &[
            "what is denied",
            "what is denied, a letter encoded",
            "what is denied, all encoded",
            "what is denied, a slash behind",
            "what is denied, the route encoded",
            "a method that is denied",
        ],
    ),
    (
        ["signature-method", "signature-method"],
        &["another method"],
    ),
    (
        ["signature-query-changed", "signature-query-changed"],
        &["a parameter more"],
    ),
    (
        ["signature-header-spelling", "signature-header-spelling"],
        &["a signed header repeated"],
    ),
    (
        ["signature-header-absent", "signature-header-absent"],
        &["a signed header gone"],
    ),
    (
        ["signature-host", "signature-host"],
        &["another Host of the same API"],
    ),
    (
        [NO_LINE, NO_LINE],
        &["two Hosts", "an absolute target of another host"],
    ),
    (
        ["signature-unreadable", ""],
        &[
            "an unsorted list, signed so",
            "two headers",
            "a bearer behind it",
            "the list twice",
            "another list before it",
            "the credential twice",
            "the signature twice",
            "an unknown field",
            "a field inside a field",
            "the list without the Host",
            "the list unsorted",
            "the list with a repetition",
            "the list in upper case",
            "two dates",
            "a signature in the query too",
            "its name encoded",
            "a token in the query",
        ],
    ),
    (
        ["signature-header-absent", ""],
        &["a header signed as empty that is not there"],
    ),
    (
        ["authorization-scheme", ""],
        &["an empty header", "an empty field", "a comma behind"],
    ),
    (
        ["bearer-on-iam-route", ""],
        &["a bearer", "the algorithm in lower case"],
    ),
    (
        ["signature-spelling", "signature-spelling"],
        &["an upper-case signature"],
    ),
    (
        ["signature-mismatch", ""],
        &[
            "a shorter signature",
            "a longer signature",
            "no digits",
            "UNSIGNED-PAYLOAD with another body",
        ],
    ),
    (
        ["signature-header-changed", ""],
        &["the list with what is not there"],
    ),
    (
        ["session-token-unexpected", ""],
        &["another access key in the credential"],
    ),
    (["signature-incomplete", ""], &["no date"]),
    (
        ["", "signature-unreadable"],
        &[
            "longer than a week",
            "an expiry with a plus",
            "an expiry with a zero before",
            "an expiry of nothing",
            "a negative expiry",
            "an expiry that is no number",
            "two signatures",
            "a second one in lower case",
            "two credentials",
            "two expiries",
            "two lists",
            "a signed date beside it",
            "a token beside it",
        ],
    ),
    (["", "presigned-url-expired"], &["expired"]),
    (
        ["", "signature-mismatch"],
        &["a longer expiry", "another list"],
    ),
    (["", "signature-incomplete"], &["its name in lower case"]),
    (["", "bearer-on-iam-route"], &["a header beside it"]),
    (["", "session-token-other"], &["another token"]),
];
