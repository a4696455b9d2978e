//! What a verifier tells of a signature that it does not take: what stood there, what it expected, and
//! which of the usual mistakes gives the signature that was sent. No secret is among it.

use authlab_kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// What was looked at, as far as it says why the signature does not stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspected {
    /// Whether the signature stands in the query.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_presigned: bool,
    /// For which day, Region and service it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<CredentialScope>,
    /// For which service and Region it should have been made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// The Host as it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// How long a signature counts, in seconds: before and after the service's time, or since it was made
    /// where it stands in the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_seconds: Option<i64>,
    /// The access key, where it is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyFound>,
    /// The session token, where it is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenFound>,
    /// What cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<Unreadable>,
    /// The headers that are signed and did not arrive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent_headers: Vec<String>,
    /// Whose session signed, where the session is why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// How many mistakes were tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<usize>,
    /// The mistake that gives the signature that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
}

/// `date/region/service/aws4_request`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialScope {
    /// The day, `YYYYMMDD`.
    pub date: String,
    /// The Region, such as `eu-central-1`.
    pub region: String,
    /// The service's signing name, such as `execute-api`.
    pub service: String,
    /// `aws4_request` in a scope that is right.
    pub terminator: String,
}

/// What a server wants of a scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The signing name.
    pub service: String,
    /// The Region; none where any is taken.
    pub region: Option<String>,
}

/// An access key that proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFound {
    /// What is wrong with it.
    pub state: KeyState,
    /// The ARN of whom it belongs to, where somebody has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Timestamp>,
    /// A key that is there and differs in case only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// The secret that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_in: Option<KeptIn>,
}

/// The version of a secret that has a text in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptIn {
    /// The secret's name.
    pub secret: String,
    /// The version's id.
    pub version: String,
    /// The version's staging labels.
    pub labels: Vec<String>,
    /// The id of the version that has `AWSCURRENT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// The id of the version that has `AWSPENDING`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<String>,
}

/// What is wrong with an access key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyState {
    /// Nobody has it.
    Unknown,
    /// Its owner made it inactive.
    Inactive,
    /// It was deleted.
    Deleted,
}

/// A session token that does not fit its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenFound {
    /// What is wrong with it.
    pub state: TokenState,
    /// The ARN of whom the key belongs to.
    pub owner: String,
    /// The ARN of whose token it is, where it is that of another session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The access key id that it belongs to, where it is that of another session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_access_key_id: Option<String>,
}

/// What is wrong with a session token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenState {
    /// There is none, and the key is that of a session.
    Missing,
    /// It is not that of the key's session.
    Other,
    /// There is one, and the key is not that of a session.
    NotExpected,
}

/// A signature that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// What is wrong with it.
    pub kind: UnreadableKind,
    /// The scheme of the Authorization header, where it is not that of signatures: `Bearer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// The parts, headers or parameters that are missing, or that are wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
}

/// What is wrong with a signature that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnreadableKind {
    /// The Authorization header is for another scheme.
    OtherScheme,
    /// Parts are missing.
    Missing,
    /// The credential has not five parts.
    Credential,
    /// The signed time is none.
    Date,
    /// The life of a presigned URL is none.
    Expires,
    /// The Host is not signed.
    HostNotSigned,
    /// The algorithm is not taken.
    Algorithm,
    /// Something is there twice.
    Repeated,
    /// Something is there that no signature has.
    Unknown,
    /// Something is no text.
    NotText,
    /// The signature stands in the headers and in the query.
    Both,
    /// The list of signed headers is none.
    SignedHeaders,
}

/// A mistake that gives the signature that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fit {
    /// Which.
    pub suspect: Suspect,
    /// The header, the parameter or the access key that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// What is signed of the request as it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived: Option<String>,
}

/// A mistake that signers and those between them and the server make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspect {
    /// The path was encoded once more than it is signed.
    PathEncodedMore,
    /// It was encoded once less.
    PathEncodedLess,
    /// It was signed decoded.
    PathDecoded,
    /// Other characters of it were encoded.
    PathEncodedOtherwise,
    /// Dot segments or doubled slashes were signed as they stand.
    PathNotNormalised,
    /// A slash at its end came, or went.
    PathTrailingSlash,
    /// Somebody on the way put something before it, or took it away.
    PathPrefix,

    /// A `+` was signed as the blank that a form means by it.
    QueryPlusAsBlank,
    /// A blank was signed as `+`.
    QueryBlankAsPlus,
    /// The parameters were signed in another order.
    QueryUnsorted,
    /// The query was signed as it stands.
    QueryNotEncoded,
    /// Its values were encoded once more.
    QueryEncodedTwice,
    /// Other characters of it were encoded.
    QueryEncodedOtherwise,
    /// A parameter without a value was signed without its `=`.
    QueryWithoutEquals,
    /// It was not signed at all.
    QueryNotSigned,
    /// A parameter came after the signature.
    QueryParameterAdded,

    /// Another Host was signed.
    Host,
    /// Another value of a header was signed.
    HeaderChanged,
    /// A header was signed that did not arrive.
    HeaderAbsent,
    /// A header is listed as signed and was not.
    HeaderNotSigned,
    /// Values were signed with the blanks that they have, or joined in another way.
    HeaderSpacing,
    /// Values were signed in lower case.
    HeaderCase,

    /// An empty body was signed.
    BodyEmpty,
    /// The body was not signed.
    BodyUnsigned,
    /// Another body was signed: the one whose hash the request carries.
    BodyOther,
    /// The body differs in its line ends, or in blanks around it.
    BodyLineEnds,
    /// The body differs in how it writes blanks.
    BodyPlusAsBlank,

    /// The secret is that of another access key of the same owner.
    SecretOfOtherKey,
    /// The secret has something around it: quotes, a line end.
    SecretWrapped,
    /// The secret is percent-encoded.
    SecretEncoded,
    /// The secret is no secret but the access key id or the session token.
    SecretMistaken,

    /// The key was derived for another Region.
    KeyRegion,
    /// For another service.
    KeyService,
    /// For another day.
    KeyDate,

    /// Another method was signed.
    Method,
    /// The session token came after the signature.
    TokenNotSigned,
    /// The digits of the signature are in capitals.
    SignatureCapitals,
    /// The signature is in base64.
    SignatureBase64,
}
