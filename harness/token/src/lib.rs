//! JOSE for the lab: tokens, keys, signatures, times, and the key-set cache of their consumers
//! (RFC 7515, 7517, 7518, 7519, 8037 and 8725).
//!
//! - [`algorithm`]: [`Algorithm`], by its registered name.
//! - [`cache_policy`]: [`CachePolicy`], how a consumer gets and keeps keys.
//! - [`token`]: [`Token`], parsed and not yet believed.
//! - [`cut_off`]: [`is_cut_off`], tokens of which the end is lacking.
//! - [`key`]: [`Jwk`] and [`KeySet`], public keys as JSON and as PEM.
//! - [`signature`]: [`verify`], which binds the key's type to the algorithm.
//! - [`once`]: [`once::Once`], JSON in which every member is named once.
//! - [`claim`]: [`check_times`], [`check_issuer`], [`check_audience`].
//! - [`certificate`]: [`Certificate`], as far as a server tells of it.
//! - [`signing`]: [`SigningKey`] and the pool of test keys.
//! - [`evidence`]: what may be seen of a token, and why one is not believed.
//! - [`source`]: [`KeySource`], the key sets of issuers, cached as their consumer caches them.
//! - [`verdict`]: [`Verdict`], what a consumer's judge says of a token, also without [`Keys`].
//!
//! A consumer believes a token after, in the order that suits it: [`Token::parse`], a key of
//! [`KeySource`] or of its configuration, [`verify`], [`check_issuer`], [`check_audience`],
//! [`check_times`] (a missing claim is the consumer's to refuse).

pub mod algorithm;
pub mod cache_policy;
pub mod certificate;
pub mod claim;
pub mod cut_off;
pub mod evidence;
pub mod key;
pub mod once;
pub mod signature;
pub mod signing;
pub mod source;
pub mod token;
pub mod verdict;

mod der;

pub use algorithm::Algorithm;
pub use cache_policy::CachePolicy;
pub use certificate::Certificate;
pub use claim::{
    AudienceError, IssuerError, Leeway, TimeError, check_audience, check_issuer, check_times,
};
pub use cut_off::is_cut_off;
pub use key::{Jwk, KeyError, KeySet, KeyType};
pub use signature::{SignatureError, verify, verify_with_set};
pub use signing::{SignError, SigningKey};
pub use source::{Kept, KeySource, KeySourceError, NeededBy};
pub use token::{Token, TokenError};
pub use verdict::{Keys, Verdict};
