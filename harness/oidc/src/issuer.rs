//! Issuers with their keys, and how a request finds its issuer.

use std::collections::BTreeMap;

use authlab_token::signing::{SigningKey, count_of_test_keys, test_key};
use authlab_token::{Algorithm, Jwk, KeySet, KeyType, SignError};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use crate::config::{ConfigError, DEFAULT_ISSUER, IssuerConfig, OidcConfig};

/// A step of a key rotation. In the order of this list nobody is ever refused who fetches the key
/// set in time; left out or swapped, the well-known failures appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RotationStep {
    /// A new key joins the key set; the old one goes on signing.
    Publish,
    /// The newest key signs from now on; the old ones stay in the key set. Without a published key
    /// that does not sign yet, one is added now.
    Sign,
    /// Every key that does not sign leaves the key set.
    Retire,
    /// Another key stands, and signs, under the `kid` of the one that signed, as after a restore or a
    /// reinstallation: who has the old one in a cache finds the `kid` and refuses every new token.
    Replace,
}

/// Why keys were not rotated.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RotationError {
    /// There is no such issuer.
    #[error("there is no issuer `{issuer}`: give one of {known:?}")]
    Issuer {
        /// What was asked for.
        issuer: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The issuer publishes no key of this name.
    #[error("the issuer `{issuer}` publishes no key `{kid}`: give one of {known:?}")]
    Kid {
        /// The issuer's name.
        issuer: String,
        /// What was asked for.
        kid: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// The key signs: without it there would be none to verify new tokens with.
    #[error("the key `{kid}` of the issuer `{issuer}` signs: take the step `sign` first")]
    Signs {
        /// The issuer's name.
        issuer: String,
        /// What was asked for.
        kid: String,
    },
    /// The pool of test keys is used up.
    #[error(transparent)]
    Keys(#[from] ConfigError),
}

/// A key that an issuer publishes.
#[derive(Clone, Debug)]
pub(crate) struct PublishedKey {
    pub(crate) key: &'static SigningKey,
    /// What it is called: the key's own name, or that of the key that it replaced.
    pub(crate) kid: String,
}

impl From<&'static SigningKey> for PublishedKey {
    fn from(key: &'static SigningKey) -> Self {
        let kid = key.kid().to_owned();
        Self { key, kid }
    }
}

/// An issuer with its keys.
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    pub(crate) config: IssuerConfig,
    /// What stands in `iss`.
    pub(crate) url: String,
    /// Where its paths begin below the base URL: empty, or `/` and its name.
    pub(crate) prefix: String,
    /// Host and port of its logical URL, and that URL's path without a slash at its end.
    logical: Option<(String, String)>,
    /// In the order of publication; never empty.
    published: Vec<PublishedKey>,
    /// Which of them signs.
    signing: usize,
}

impl Issuer {
    /// The key that signs; every issuer has one.
    pub(crate) fn signing_key(&self) -> Result<&PublishedKey, SignError> {
        self.published.get(self.signing).ok_or(SignError::Key)
    }

    /// The names of the keys that it publishes, in the order of publication, and which of them signs.
    pub(crate) fn kids(&self) -> (Vec<String>, Option<String>) {
        let published = self.published.iter().map(|key| key.kid.clone());
        let signing = self.published.get(self.signing);
        (published.collect(), signing.map(|key| key.kid.clone()))
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.config.algorithm
    }

    /// The key set that it publishes.
    pub(crate) fn key_set(&self) -> KeySet {
        let bound = |published: &PublishedKey| {
            let jwk = published.key.jwk().named(&published.kid);
            jwk.for_signatures(self.algorithm())
        };
        KeySet::of(self.published.iter().map(bound).collect::<Vec<Jwk>>())
    }

    /// The URL below which its endpoints are, for somebody who called it by this host: its logical
    /// URL if it was called by that, else the address that was used.
    pub(crate) fn endpoint_base(&self, host: Option<&str>, base_url: &str) -> String {
        match (host, &self.logical) {
            (Some(host), Some((logical_host, _))) if host.eq_ignore_ascii_case(logical_host) => {
                self.url.trim_end_matches('/').to_owned()
            }
            (Some(host), _) if host.parse::<http::uri::Authority>().is_ok() => {
                format!("http://{host}{}", self.prefix)
            }
            _ => format!("{base_url}{}", self.prefix),
        }
    }

    /// Whether it is called so: by its name, its `iss`, or its loopback URL.
    fn is_called(&self, name_or_url: &str, base_url: &str) -> bool {
        let without_slash = |url: &str| url.trim_end_matches('/').to_owned();
        let given = without_slash(name_or_url);
        self.config.name == name_or_url
            || given == without_slash(&self.url)
            || given == format!("{base_url}{}", self.prefix)
    }
}

/// All issuers of a provider, and which test keys are taken.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    pub(crate) base_url: String,
    pub(crate) issuers: BTreeMap<String, Issuer>,
    next_key: BTreeMap<KeyType, usize>,
}

impl Directory {
    pub(crate) fn new(config: &OidcConfig) -> Result<Self, ConfigError> {
        let base_url = config.base_url.trim_end_matches('/').to_owned();
        let mut directory = Self {
            base_url,
            issuers: BTreeMap::new(),
            next_key: BTreeMap::new(),
        };
        if !config
            .issuers
            .iter()
            .any(|issuer| issuer.name == DEFAULT_ISSUER)
        {
            directory.add(IssuerConfig::named(DEFAULT_ISSUER))?;
        }
        for issuer in &config.issuers {
            directory.add(issuer.clone())?;
        }
        Ok(directory)
    }

    /// Makes an issuer with a key of its own.
    pub(crate) fn add(&mut self, config: IssuerConfig) -> Result<(), ConfigError> {
        let name = config.name.clone();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let dots = name.bytes().all(|byte| byte == b'.');
        if dots || !name.bytes().all(allowed) {
            return Err(ConfigError::Name(name));
        }
        if self.issuers.contains_key(&name) {
            return Err(ConfigError::DuplicateName(name));
        }
        if config.token_ttl_seconds < 1 {
            return Err(ConfigError::Lifetime {
                name,
                seconds: config.token_ttl_seconds,
            });
        }
        let prefix = if name == DEFAULT_ISSUER {
            String::new()
        } else {
            format!("/{name}")
        };
        let logical = match &config.url {
            Some(url) => Some(logical_place(&name, url)?),
            None => None,
        };
        let url = config
            .url
            .clone()
            .unwrap_or_else(|| format!("{}{prefix}", self.base_url));
        if self.issuers.values().any(|other| other.url == url) {
            return Err(ConfigError::DuplicateUrl(url));
        }
        let key = self.take_key(&config)?;
        let issuer = Issuer {
            config,
            url,
            prefix,
            logical,
            published: vec![key.into()],
            signing: 0,
        };
        self.issuers.insert(name, issuer);
        Ok(())
    }

    /// The issuer of this name or URL; the default one when none is named.
    pub(crate) fn find(&self, name_or_url: Option<&str>) -> Option<&Issuer> {
        let asked = name_or_url.unwrap_or(DEFAULT_ISSUER);
        self.issuers.get(asked).or_else(|| {
            self.issuers
                .values()
                .find(|issuer| issuer.is_called(asked, &self.base_url))
        })
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.issuers.keys().cloned().collect()
    }

    /// Finds the issuer of a request, and the rest of the path below it: by name as the first
    /// segment, else by a logical URL, else the default issuer.
    pub(crate) fn locate<'a>(
        &self,
        host: Option<&str>,
        path: &'a str,
    ) -> Option<(&Issuer, &'a str)> {
        let first = path
            .strip_prefix('/')
            .and_then(|rest| rest.split('/').next());
        if let Some(issuer) = first.and_then(|name| self.issuers.get(name))
            && let Some(rest) = path.strip_prefix(issuer.prefix.as_str())
            && !issuer.prefix.is_empty()
        {
            return Some((issuer, rest));
        }
        let by_logical_url = self.issuers.values().filter_map(|issuer| {
            let (logical_host, logical_path) = issuer.logical.as_ref()?;
            let same_host = host.is_some_and(|host| host.eq_ignore_ascii_case(logical_host));
            let rest = path
                .strip_prefix(logical_path.as_str())
                .filter(|_| same_host)?;
            rest.starts_with('/').then_some((issuer, rest))
        });
        let longest = by_logical_url.min_by_key(|(_, rest)| rest.len());
        longest.or_else(|| Some((self.issuers.get(DEFAULT_ISSUER)?, path)))
    }

    pub(crate) fn rotate(&mut self, issuer: &str, step: RotationStep) -> Result<(), RotationError> {
        let mut rotated = self.named(issuer)?;
        let waiting = rotated.signing + 1 < rotated.published.len();
        match step {
            RotationStep::Publish => {
                let key = self.take_key(&rotated.config)?;
                rotated.published.push(key.into());
            }
            RotationStep::Sign => {
                if !waiting {
                    let key = self.take_key(&rotated.config)?;
                    rotated.published.push(key.into());
                }
                rotated.signing = rotated.published.len().saturating_sub(1);
            }
            RotationStep::Retire => {
                let signing = rotated.published.get(rotated.signing).cloned();
                rotated.published = signing.into_iter().collect();
                rotated.signing = 0;
            }
            RotationStep::Replace => {
                let key = self.take_key(&rotated.config)?;
                if let Some(signing) = rotated.published.get_mut(rotated.signing) {
                    signing.key = key;
                }
            }
        }
        self.issuers.insert(rotated.config.name.clone(), rotated);
        Ok(())
    }

    /// Takes one key out of an issuer's key set.
    pub(crate) fn retire(&mut self, issuer: &str, kid: &str) -> Result<(), RotationError> {
        let mut retired = self.named(issuer)?;
        let name = retired.config.name.clone();
        let (known, signing) = retired.kids();
        let Some(at) = known.iter().position(|known| known == kid) else {
            let kid = kid.to_owned();
            return Err(RotationError::Kid {
                issuer: name,
                kid,
                known,
            });
        };
        if signing.as_deref() == Some(kid) {
            let kid = kid.to_owned();
            return Err(RotationError::Signs { issuer: name, kid });
        }
        retired.published.remove(at);
        if at < retired.signing {
            retired.signing -= 1;
        }
        self.issuers.insert(name, retired);
        Ok(())
    }

    /// A copy of the issuer of this name or URL: to change it, and to put it back whole.
    fn named(&self, issuer: &str) -> Result<Issuer, RotationError> {
        let found = self.find(Some(issuer)).cloned();
        found.ok_or_else(|| RotationError::Issuer {
            issuer: issuer.to_owned(),
            known: self.names(),
        })
    }

    /// The next test key that no issuer has. The last of each type stays for [`foreign_key`].
    fn take_key(&mut self, config: &IssuerConfig) -> Result<&'static SigningKey, ConfigError> {
        let algorithm = config.algorithm;
        let unsuitable = || ConfigError::Algorithm {
            name: config.name.clone(),
            algorithm,
        };
        let key_type = algorithm.key_type().ok_or_else(unsuitable)?;
        let available = count_of_test_keys(key_type);
        if available == 0 {
            return Err(unsuitable());
        }
        let next = self.next_key.entry(key_type).or_insert(0);
        let exhausted = ConfigError::KeysExhausted {
            key_type,
            available,
        };
        if *next + 1 >= available {
            return Err(exhausted);
        }
        let key = test_key(key_type, *next).map_err(|_| exhausted)?;
        *next += 1;
        Ok(key)
    }
}

/// A key for this algorithm that no issuer ever publishes.
pub(crate) fn foreign_key(algorithm: Algorithm) -> Result<&'static SigningKey, SignError> {
    let key_type = algorithm.key_type().ok_or(SignError::Algorithm)?;
    test_key(key_type, count_of_test_keys(key_type).saturating_sub(1))
}

/// Host with port, and path without a slash at its end, of an issuer's logical URL.
fn logical_place(name: &str, url: &str) -> Result<(String, String), ConfigError> {
    let wrong = || ConfigError::Url {
        name: name.to_owned(),
        url: url.to_owned(),
    };
    let parsed = Url::parse(url).map_err(|_| wrong())?;
    let plain = parsed.query().is_none() && parsed.fragment().is_none();
    let anonymous = parsed.username().is_empty() && parsed.password().is_none();
    if !matches!(parsed.scheme(), "http" | "https") || !plain || !anonymous {
        return Err(wrong());
    }
    let host = parsed.host_str().ok_or_else(wrong)?;
    let authority = match parsed.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Ok((authority, parsed.path().trim_end_matches('/').to_owned()))
}
