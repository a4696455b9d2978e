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
    /// The pool of test keys is used up.
    #[error(transparent)]
    Keys(#[from] ConfigError),
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
    published: Vec<&'static SigningKey>,
    /// Which of them signs.
    signing: usize,
}

impl Issuer {
    /// The key that signs; every issuer has one.
    pub(crate) fn signing_key(&self) -> Result<&'static SigningKey, SignError> {
        self.published
            .get(self.signing)
            .copied()
            .ok_or(SignError::Key)
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.config.algorithm
    }

    /// The key set that it publishes.
    pub(crate) fn key_set(&self) -> KeySet {
        let bound = |key: &&SigningKey| key.jwk().for_signatures(self.algorithm());
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
            published: vec![key],
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
        let known = || self.names();
        let name = self
            .find(Some(issuer))
            .map(|issuer| issuer.config.name.clone());
        let name = name.ok_or_else(|| RotationError::Issuer {
            issuer: issuer.to_owned(),
            known: known(),
        })?;
        // Found just above; taking a key needs the directory as a whole.
        let Some(mut rotated) = self.issuers.get(&name).cloned() else {
            return Ok(());
        };
        let waiting = rotated.signing + 1 < rotated.published.len();
        match step {
            RotationStep::Publish => rotated.published.push(self.take_key(&rotated.config)?),
            RotationStep::Sign => {
                if !waiting {
                    rotated.published.push(self.take_key(&rotated.config)?);
                }
                rotated.signing = rotated.published.len().saturating_sub(1);
            }
            RotationStep::Retire => {
                let signing = rotated.published.get(rotated.signing).copied();
                rotated.published = signing.into_iter().collect();
                rotated.signing = 0;
            }
        }
        self.issuers.insert(name, rotated);
        Ok(())
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
