//! The key sets of issuers, cached as their consumer caches them.

use std::collections::BTreeMap;
use std::sync::Arc;

use authlab_kernel::{
    Destination, Outbound, OutboundError, OutboundRequest, Sequence, SignedDuration, Timestamp,
};
use bytes::Bytes;
use futures_util::lock::Mutex as AsyncMutex;
use parking_lot::{Mutex, RwLock};
use serde_json::Value;
use thiserror::Error;

use crate::cache_policy::CachePolicy;
use crate::evidence::Reason;
use crate::key::{Jwk, KeyError, KeySet};

/// In whose course keys are fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NeededBy {
    /// The event because of which they are needed.
    pub cause: Option<Sequence>,
    /// The request.
    pub request_id: Option<Arc<str>>,
    /// The trace.
    pub trace_id: Option<Arc<str>>,
}

/// Why there is no key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeySourceError {
    /// The discovery document cannot be fetched.
    #[error("no discovery document from `{url}`: {source}")]
    DiscoveryUnreachable {
        /// Where it was looked for.
        url: String,
        /// Why.
        source: OutboundError,
    },
    /// The discovery document is answered with another status than 200.
    #[error("no discovery document from `{url}`: the answer is {status}")]
    DiscoveryStatus {
        /// Where it was looked for.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// What is answered is no discovery document.
    #[error("the discovery document of `{url}` is unusable: {reason}")]
    DiscoveryDocument {
        /// Where it was found.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The document is another issuer's (OpenID Connect Discovery, section 4.3): it must be equal,
    /// the slash at its end included.
    #[error("the discovery document of `{expected}` names the issuer `{found}`")]
    IssuerMismatch {
        /// The issuer that was configured.
        expected: String,
        /// The issuer that the document names.
        found: String,
    },
    /// The key set cannot be fetched.
    #[error("no key set from `{url}`: {source}")]
    JwksUnreachable {
        /// Where it was looked for.
        url: String,
        /// Why.
        source: OutboundError,
    },
    /// The key set is answered with another status than 200.
    #[error("no key set from `{url}`: the answer is {status}")]
    JwksStatus {
        /// Where it was looked for.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// What is answered is no key set.
    #[error("the key set of `{url}` is unusable: {reason}")]
    JwksDocument {
        /// Where it was found.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The set has no key of that name.
    #[error("no key `{kid}` in the key set of `{issuer}`; it has {known:?}")]
    UnknownKid {
        /// Whose set.
        issuer: String,
        /// The key that was asked for.
        kid: String,
        /// The keys that there are.
        known: Vec<String>,
    },
}

impl KeySourceError {
    /// The set of `issuer` has no key `kid`.
    pub fn unknown_kid(issuer: &str, kid: &str, keys: &KeySet) -> Self {
        Self::UnknownKid {
            issuer: issuer.to_owned(),
            kid: kid.to_owned(),
            known: keys.kids().into_iter().map(str::to_owned).collect(),
        }
    }

    /// Whether the discovery document is to blame.
    pub fn is_discovery(&self) -> bool {
        matches!(
            self,
            Self::DiscoveryUnreachable { .. }
                | Self::DiscoveryStatus { .. }
                | Self::DiscoveryDocument { .. }
                | Self::IssuerMismatch { .. }
        )
    }

    /// Whether the key set is to blame, or the way to it.
    pub fn is_jwks(&self) -> bool {
        matches!(
            self,
            Self::JwksUnreachable { .. } | Self::JwksStatus { .. } | Self::JwksDocument { .. }
        )
    }

    /// The reason in the journal.
    pub fn reason(&self) -> Reason {
        match self {
            Self::DiscoveryUnreachable { .. } => Reason::DiscoveryUnreachable,
            Self::DiscoveryStatus { .. } => Reason::DiscoveryStatus,
            Self::DiscoveryDocument { .. } => Reason::DiscoveryDocument,
            Self::IssuerMismatch { .. } => Reason::DiscoveryIssuerMismatch,
            Self::JwksUnreachable { .. } => Reason::JwksUnreachable,
            Self::JwksStatus { .. } => Reason::JwksStatus,
            Self::JwksDocument { .. } => Reason::JwksDocument,
            Self::UnknownKid { .. } => Reason::UnknownKid,
        }
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.reason().as_str()
    }
}

/// Where a key set is found.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// By the discovery document of an issuer.
    Issuer(&'a str),
    /// At a URL that the consumer was configured with.
    JwksUrl(&'a str),
}

impl<'a> Place<'a> {
    fn as_str(self) -> &'a str {
        match self {
            Self::Issuer(url) | Self::JwksUrl(url) => url,
        }
    }
}

/// A key set as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The keys.
    pub keys: Arc<KeySet>,
    /// When they were fetched.
    pub fetched: Timestamp,
}

/// The key-set cache of one consumer. A failure is never cached, and a set that has run out of its
/// window is never used.
pub struct KeySource {
    outbound: Arc<dyn Outbound>,
    policy: CachePolicy,
    cached: RwLock<BTreeMap<String, Kept>>,
    /// One fetch at a time for each place: many requests with a new token ask once.
    fetching: Mutex<BTreeMap<String, Arc<AsyncMutex<()>>>>,
}

impl KeySource {
    /// An empty cache.
    pub fn new(outbound: Arc<dyn Outbound>, policy: CachePolicy) -> Self {
        Self {
            outbound,
            policy,
            cached: RwLock::default(),
            fetching: Mutex::default(),
        }
    }

    /// How the consumer gets and keeps keys, and what it accepts.
    pub fn policy(&self) -> &CachePolicy {
        &self.policy
    }

    /// The key set of an issuer, by its discovery document. `now` is the consumer's time.
    ///
    /// # Errors
    /// [`KeySourceError`]: which of the two documents is missing or wrong.
    pub async fn key_set(
        &self,
        issuer: &str,
        now: Timestamp,
        needed_by: &NeededBy,
    ) -> Result<Arc<KeySet>, KeySourceError> {
        Ok(self
            .get(Place::Issuer(issuer), now, needed_by)
            .await?
            .0
            .keys)
    }

    /// The key set at a URL, as a consumer configured with `jwks_uri` gets it.
    ///
    /// # Errors
    /// [`KeySourceError`] of the key set.
    pub async fn key_set_at(
        &self,
        jwks_url: &str,
        now: Timestamp,
        needed_by: &NeededBy,
    ) -> Result<Arc<KeySet>, KeySourceError> {
        Ok(self
            .get(Place::JwksUrl(jwks_url), now, needed_by)
            .await?
            .0
            .keys)
    }

    /// The key `kid` of an issuer; if the policy says so, a cached set without it is fetched again.
    ///
    /// # Errors
    /// [`KeySourceError::UnknownKid`], or why there is no key set.
    pub async fn key(
        &self,
        issuer: &str,
        kid: &str,
        now: Timestamp,
        needed_by: &NeededBy,
    ) -> Result<Jwk, KeySourceError> {
        let keys = self.key_set_for(issuer, kid, now, needed_by).await?.keys;
        keys.find(kid)
            .cloned()
            .ok_or_else(|| KeySourceError::unknown_kid(issuer, kid, &keys))
    }

    /// The key set of an issuer for a token that names `kid`; if the policy says so, a cached set
    /// without that key is fetched again. The key may still be missing.
    ///
    /// # Errors
    /// Why there is no key set.
    pub async fn key_set_for(
        &self,
        issuer: &str,
        kid: &str,
        now: Timestamp,
        needed_by: &NeededBy,
    ) -> Result<Kept, KeySourceError> {
        self.for_kid(Place::Issuer(issuer), kid, now, needed_by)
            .await
    }

    /// The key set at a URL for a token that names `kid`, as [`Self::key_set_for`].
    ///
    /// # Errors
    /// Why there is no key set.
    pub async fn key_set_at_for(
        &self,
        jwks_url: &str,
        kid: &str,
        now: Timestamp,
        needed_by: &NeededBy,
    ) -> Result<Kept, KeySourceError> {
        self.for_kid(Place::JwksUrl(jwks_url), kid, now, needed_by)
            .await
    }

    async fn for_kid(
        &self,
        place: Place<'_>,
        kid: &str,
        now: Timestamp,
        needed_by: &NeededBy,
    ) -> Result<Kept, KeySourceError> {
        let (kept, was_cached) = self.get(place, now, needed_by).await?;
        if was_cached && self.is_worth_another(&kept, kid) {
            return self.refetch(place, &kept.keys, now, needed_by).await;
        }
        Ok(kept)
    }

    /// What [`Self::key_set_for`], or [`Self::key_set_at_for`] of a URL, answers without fetching anything,
    /// if it does.
    pub fn at_hand(&self, place: &str, kid: &str, now: Timestamp) -> Option<Kept> {
        let kept = self.fresh(Place::Issuer(place), now)?;
        (!self.is_worth_another(&kept, kid)).then_some(kept)
    }

    fn is_worth_another(&self, kept: &Kept, kid: &str) -> bool {
        self.policy.refetch_on_unknown_kid && kept.keys.find(kid).is_none()
    }

    /// When the set of this issuer (or URL) that is kept was fetched: evidence for a diagnosis.
    pub fn fetched_at(&self, place: &str) -> Option<Timestamp> {
        self.cached.read().get(place).map(|cached| cached.fetched)
    }

    /// Forgets every key set.
    pub fn forget(&self) {
        self.cached.write().clear();
    }

    /// The set, and whether it was kept from before.
    async fn get(
        &self,
        place: Place<'_>,
        now: Timestamp,
        needed_by: &NeededBy,
    ) -> Result<(Kept, bool), KeySourceError> {
        if let Some(keys) = self.fresh(place, now) {
            return Ok((keys, true));
        }
        let turn = self.turn(place);
        let _turn = turn.lock().await;
        // Whoever had the turn before may have fetched it.
        if let Some(keys) = self.fresh(place, now) {
            return Ok((keys, true));
        }
        Ok((self.fetch_and_keep(place, now, needed_by).await?, false))
    }

    /// The set fetched again, unless somebody else did since `keys` were kept.
    async fn refetch(
        &self,
        place: Place<'_>,
        keys: &Arc<KeySet>,
        now: Timestamp,
        needed_by: &NeededBy,
    ) -> Result<Kept, KeySourceError> {
        let turn = self.turn(place);
        let _turn = turn.lock().await;
        match self.fresh(place, now) {
            Some(kept) if !Arc::ptr_eq(&kept.keys, keys) => Ok(kept),
            _ => self.fetch_and_keep(place, now, needed_by).await,
        }
    }

    /// Whoever holds it fetches.
    fn turn(&self, place: Place<'_>) -> Arc<AsyncMutex<()>> {
        let mut fetching = self.fetching.lock();
        Arc::clone(fetching.entry(place.as_str().to_owned()).or_default())
    }

    fn fresh(&self, place: Place<'_>, now: Timestamp) -> Option<Kept> {
        let window = SignedDuration::from_secs(self.policy.window_seconds);
        let cached = self.cached.read();
        let cached = cached.get(place.as_str())?;
        let age = now.duration_since(cached.fetched);
        // A set from the future was fetched before the clock was set back.
        (age >= SignedDuration::ZERO && age < window).then(|| cached.clone())
    }

    async fn fetch_and_keep(
        &self,
        place: Place<'_>,
        now: Timestamp,
        needed_by: &NeededBy,
    ) -> Result<Kept, KeySourceError> {
        let jwks_url = match place {
            Place::Issuer(issuer) => self.discover(issuer, needed_by).await?,
            Place::JwksUrl(url) => url.to_owned(),
        };
        let kept = Kept {
            keys: Arc::new(self.fetch_keys(jwks_url, needed_by).await?),
            fetched: now,
        };
        let mut cached = self.cached.write();
        cached.insert(place.as_str().to_owned(), kept.clone());
        Ok(kept)
    }

    /// The `jwks_uri` of an issuer (OpenID Connect Discovery, section 4), fetched now: nothing is
    /// kept of it, and no key set is fetched.
    ///
    /// # Errors
    /// [`KeySourceError`] of the discovery document.
    pub async fn discover(
        &self,
        issuer: &str,
        needed_by: &NeededBy,
    ) -> Result<String, KeySourceError> {
        let url = format!(
            "{}/.well-known/openid-configuration",
            issuer.trim_end_matches('/')
        );
        let (status, body) = match self.fetch("oidc-discovery", &url, needed_by).await {
            Ok(answer) => answer,
            Err(source) => return Err(KeySourceError::DiscoveryUnreachable { url, source }),
        };
        if status != 200 {
            return Err(KeySourceError::DiscoveryStatus { url, status });
        }
        let unusable = |reason: String| KeySourceError::DiscoveryDocument {
            url: url.clone(),
            reason,
        };
        self.check_size(&body).map_err(unusable)?;
        let document: Value =
            serde_json::from_slice(&body).map_err(|error| unusable(error.to_string()))?;
        let member = |name: &str| {
            let text = document.get(name).and_then(Value::as_str);
            text.ok_or_else(|| unusable(format!("it has no text `{name}`")))
        };
        let found = member("issuer")?;
        if found != issuer {
            let (expected, found) = (issuer.to_owned(), found.to_owned());
            return Err(KeySourceError::IssuerMismatch { expected, found });
        }
        member("jwks_uri").map(str::to_owned)
    }

    async fn fetch_keys(
        &self,
        url: String,
        needed_by: &NeededBy,
    ) -> Result<KeySet, KeySourceError> {
        let (status, body) = match self.fetch("oidc-jwks", &url, needed_by).await {
            Ok(answer) => answer,
            Err(source) => return Err(KeySourceError::JwksUnreachable { url, source }),
        };
        if status != 200 {
            return Err(KeySourceError::JwksStatus { url, status });
        }
        self.check_size(&body)
            .and_then(|()| KeySet::parse(&body).map_err(|error: KeyError| error.to_string()))
            .map_err(|reason| KeySourceError::JwksDocument { url, reason })
    }

    async fn fetch(
        &self,
        purpose: &'static str,
        url: &str,
        needed_by: &NeededBy,
    ) -> Result<(u16, Bytes), OutboundError> {
        let mut request = OutboundRequest::get(self.policy.consumer, purpose, url);
        request.destination = Destination::Issuer;
        request.budget_ms = self.policy.budget_ms;
        request.cause = needed_by.cause;
        request.request_id = needed_by.request_id.clone();
        request.trace_id = needed_by.trace_id.clone();
        let response = self.outbound.send(request).await?;
        Ok((response.status().as_u16(), response.into_body()))
    }

    fn check_size(&self, body: &Bytes) -> Result<(), String> {
        let limit = self.policy.size_max_bytes;
        if body.len() > limit {
            return Err(format!(
                "it has {} bytes, at most {limit} are read",
                body.len()
            ));
        }
        Ok(())
    }
}
