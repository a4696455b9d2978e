//! What is told of a token, of its key and of a signature.

use std::borrow::Cow;

use authlab_kernel::Timestamp;
use authlab_token::evidence::SignatureSize;
use authlab_wire::sigv4::Inspected;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Text;
use crate::deployment::AuthorizationType;

/// A token, and what it was compared with: as far as the comparison went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenJudged<'a> {
    /// `JWT`.
    pub r#type: AuthorizationType,
    /// The authorizer's name.
    pub authorizer: Text<'a>,
    /// Header, claims and fingerprint.
    pub token: Value,
    /// The issuers.
    #[serde(default)]
    pub issuer: Issuer<'a>,
    /// The audiences.
    #[serde(default)]
    pub audience: Audience<'a>,
    /// The algorithm, where it is not accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<AlgorithmRefused<'a>>,
    /// The key, where one was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key<'a>>,
    /// The signature, where it does not stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureRefused<'a>>,
    /// The times, where it came to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times<'a>>,
    /// A claim of another kind, where it is not as it must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimRefused<'a>>,
}

/// A claim that is not as the authorizer asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimRefused<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// What it may be; empty = any text.
    pub expected: Vec<Text<'a>>,
    /// What it is, if it is there.
    pub token: Option<Cow<'a, Value>>,
}

/// What `iss` must equal, and what it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Issuer<'a> {
    /// The authorizer's.
    pub configured: Text<'a>,
    /// The claim.
    pub token: Option<Cow<'a, Value>>,
}

/// The audiences of the authorizer, and those of the token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Audience<'a> {
    /// The authorizer's.
    pub configured: Cow<'a, [String]>,
    /// The claim `aud`.
    pub token: Option<Cow<'a, Value>>,
    /// The claim `client_id`, which counts only where `aud` is absent.
    pub client_id: Option<Cow<'a, Value>>,
}

/// An algorithm that is not accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlgorithmRefused<'a> {
    /// What the header names; empty where it names none.
    pub token: Text<'a>,
    /// What is accepted.
    pub accepted: Vec<Text<'a>>,
}

/// The key that a token names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key<'a> {
    /// `kid` of the header.
    pub kid: Option<Text<'a>>,
    /// When the key set that is kept was fetched.
    pub fetched: Option<Timestamp>,
    /// How long a key set is kept, in seconds.
    pub window_seconds: i64,
    /// Why there is no key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Text<'a>>,
    /// The keys that the set has, where it lacks the one that is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_kids: Option<Vec<Text<'a>>>,
    /// What the issuer publishes by now, where that is another key than the one that counted: known of the
    /// lab's own issuers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<KeysNow>,
    /// The document that could not be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentRefused<'a>>,
}

/// What an issuer publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysNow {
    /// The names of its keys.
    pub kids: Vec<String>,
    /// Whether one of them has the name that the token gives.
    pub has_kid: bool,
}

/// A document of an issuer that could not be had, or not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRefused<'a> {
    /// Which.
    pub document: Document,
    /// Where it is.
    pub url: Text<'a>,
    /// What became of it.
    pub failing: Failing,
    /// The status, where it is another than 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long was waited, in milliseconds, where it took longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_ms: Option<u32>,
    /// The issuer that a discovery document names, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Text<'a>>,
}

/// The documents of an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// `/.well-known/openid-configuration`.
    Discovery,
    /// What stands at `jwks_uri`.
    KeySet,
}

/// What became of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failing {
    /// Nobody answers there.
    Unreachable,
    /// The lab may not call the address.
    NotAllowed,
    /// It took longer than the gateway waits.
    Slow,
    /// The answer broke off.
    Broken,
    /// It was answered with another status than 200.
    Status,
    /// What was answered is no such document.
    Content,
    /// It names another issuer.
    Issuer,
}

/// What is no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Malformed<'a> {
    /// What is wrong with it.
    pub problem: Text<'a>,
    /// What it looks like, where that tells more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// The scheme before it, where it is another than `Bearer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Text<'a>>,
    /// How many parts it has between dots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<usize>,
}

/// What something that is no token looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// A value of another scheme than `Bearer`.
    OtherScheme,
    /// A signature of AWS.
    Signature,
    /// `Bearer` twice, one after the other.
    SchemeTwice,
    /// Several tokens, or a token and something else.
    Several,
    /// An encrypted token: five segments.
    Encrypted,
    /// A token of which the end is missing.
    CutOff,
    /// A token between quotation marks.
    Quoted,
    /// A variable that nobody filled in, or what a program prints for nothing.
    Placeholder,
    /// A token that only its issuer can read: one segment.
    Opaque,
}

/// A signature that does not stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignatureRefused<'a> {
    /// What the header names.
    pub algorithm: Text<'a>,
    /// Why.
    pub problem: Text<'a>,
    /// How long it is, where it is none of the key's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<SignatureSize>,
}

/// The times of a token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Times<'a> {
    /// The gateway's time, in seconds since 1970.
    pub now: i64,
    /// The claim.
    pub exp: Option<Cow<'a, Value>>,
    /// The claim.
    pub nbf: Option<Cow<'a, Value>>,
    /// The claim.
    pub iat: Option<Cow<'a, Value>>,
    /// How far the gateway's clock is ahead of the lab's, in seconds, where it is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_seconds: Option<i64>,
}

/// What was found of a signature that does not stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// The access key id that was given, if one was.
    pub access_key_id: Option<String>,
    /// AWS's code for the refusal.
    pub code: String,
    /// When the session ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired: Option<Timestamp>,
    /// The date of the signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Timestamp>,
    /// The gateway's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Timestamp>,
    /// The canonical request as it was rebuilt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical_request: Option<String>,
    /// What stood there, what was expected, and the mistake that gives the signature that was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected: Option<Box<Inspected>>,
}
