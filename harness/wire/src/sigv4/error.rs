//! Why a signature cannot be read.

use thiserror::Error;

/// A signature that cannot be read: `IncompleteSignature`. `Display` is AWS's message.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthorizationError {
    /// The Authorization header is no list of `key=value`, as with `Bearer x`.
    #[error(
        "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '{hash}'."
    )]
    NotKeyValue {
        /// SHA-256 of the header's value in base64 (unverified what exactly AWS hashes).
        hash: String,
    },
    /// Parts are missing. That the sentence ends in a hash of the header is unverified.
    #[error("{} (Hashed with SHA-256 and encoded with Base64) Authorization={hash}", .sentences.join(" "))]
    Missing {
        /// One sentence for each missing part.
        sentences: Vec<String>,
        /// SHA-256 of the header's value in base64.
        hash: String,
    },
    /// Parameters of a presigned URL are missing (unverified).
    #[error("AWS query-string parameters must include {}. Re-examine the query-string parameters.", .names.join(", "))]
    MissingParameters {
        /// The parameters.
        names: Vec<&'static str>,
    },
    /// The credential is not `key/date/region/service/aws4_request` (unverified).
    #[error(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{0}'"
    )]
    Credential(String),
    /// The signed time is not `YYYYMMDD'T'HHMMSS'Z'` (unverified).
    #[error(
        "Date must be in ISO-8601 'basic format'. Got '{0}'. See http://en.wikipedia.org/wiki/ISO_8601"
    )]
    Date(String),
    /// `X-Amz-Expires` is no number of seconds up to a week (unverified).
    #[error("X-Amz-Expires must be between 1 and 604800 seconds. Got '{0}'.")]
    Expires(String),
    /// The Host is not among the signed headers (unverified).
    #[error("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    HostNotSigned,
    /// Another algorithm, such as SigV4a (unverified).
    #[error("Unsupported AWS 'algorithm': '{0}'.")]
    Algorithm(String),
    /// A header, a parameter or a part of one stands there more than once. What AWS makes of it is
    /// not known (the first and the last are both seen in the wild), so it is refused, in our words.
    #[error("`{0}` is given more than once: give it once")]
    Repeated(String),
    /// The Authorization header or the query holds a part that no signature has (in our words).
    #[error("`{0}` is no part of a signature: give Credential, SignedHeaders and Signature only")]
    Unknown(String),
    /// A value is there and cannot be read: that is not the same as absent (in our words).
    #[error("`{0}` cannot be read: give visible ASCII characters only")]
    Unreadable(String),
    /// The request is signed in its headers and in its query (in our words).
    #[error("the request is signed twice, by its headers and by `{0}`: choose one of the two")]
    BothForms(String),
    /// The list of signed headers is not what is signed: lower case, sorted, each once (in our
    /// words).
    #[error(
        "SignedHeaders must be lower case, sorted, parted by semicolons and each named once. Got '{0}'."
    )]
    SignedHeaders(String),
}
