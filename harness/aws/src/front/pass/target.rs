//! Which services a backend keeps, and where that is.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use authlab_kernel::AccountId;
use http::{HeaderValue, Uri};
use parking_lot::RwLock;
use thiserror::Error;

use super::account::AccountMap;

/// Why a service cannot be passed to a backend.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PassError {
    /// The door could not decide: it does not know how to read that service's resource policies
    /// from a backend.
    #[error(
        "`{service}` cannot be passed: the lab cannot read its resource policies from a backend; the services that can be passed are: {passable}"
    )]
    Unguarded {
        /// The service.
        service: String,
        /// Those that can be passed.
        passable: String,
    },
    /// The lab has the service itself: its calls are always checked.
    #[error("`{0}` is simulated by the lab, its calls are not passed unchecked")]
    Simulated(String),
    /// No service signs with such a name.
    #[error("`{0}` is no name that a service signs with: give small letters, as in `sqs`")]
    Name(String),
    /// The backend's address is none.
    #[error("`{0}` is no base URL of a backend, write it like `http://127.0.0.1:4566`")]
    Url(String),
}

/// A backend that keeps services.
#[derive(Clone, Debug, Default)]
pub struct PassTarget {
    /// `http://127.0.0.1:4566`.
    pub base_url: String,
    /// Which of its accounts stand for the lab's.
    pub accounts: AccountMap,
    /// The accounts of the lab that may be changed there; none for all of them, as in a container of
    /// the lab's own.
    pub writable: Option<Vec<AccountId>>,
}

impl PassTarget {
    /// A backend of the lab's own, in which every account stands for itself.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            ..Self::default()
        }
    }
}

/// Where a service is kept.
#[derive(Clone, Debug)]
pub struct Backend {
    /// Without a slash at its end.
    pub(super) base_url: String,
    /// What the signature calls it.
    pub(super) host: HeaderValue,
    /// In which of its accounts the lab's are.
    pub(super) accounts: AccountMap,
    /// Which of the lab's accounts may be changed there; none for all.
    writable: Option<Vec<AccountId>>,
}

impl Backend {
    /// The backend of a target, if its base URL is one.
    fn new(target: PassTarget) -> Option<Self> {
        let uri: Uri = target.base_url.parse().ok()?;
        let host = HeaderValue::from_str(uri.authority()?.as_str()).ok()?;
        Some(Self {
            base_url: target.base_url.trim_end_matches('/').to_owned(),
            host,
            accounts: target.accounts,
            writable: target.writable,
        })
    }

    /// Whether an account of the lab may be changed there.
    pub(super) fn is_writable(&self, account: &AccountId) -> bool {
        let writable = self.writable.as_ref();
        writable.is_none_or(|accounts| accounts.contains(account))
    }
}

/// Which services go where.
#[derive(Default)]
pub(in crate::front) struct Passing {
    pub(super) checked: RwLock<BTreeMap<String, Backend>>,
    pub(super) unchecked: RwLock<BTreeMap<String, Backend>>,
    pub(super) unchecked_calls: AtomicU64,
}

/// Passes a service to a backend, or takes it back.
///
/// # Errors
/// The address is none.
pub(super) fn set(
    services: &RwLock<BTreeMap<String, Backend>>,
    service: &str,
    target: Option<PassTarget>,
) -> Result<(), PassError> {
    match target {
        None => {
            services.write().remove(service);
        }
        Some(target) => {
            let url = target.base_url.clone();
            let is_http = url.parse::<Uri>().is_ok_and(|uri| {
                uri.authority().is_some() && matches!(uri.scheme_str(), Some("http" | "https"))
            });
            let backend = is_http.then(|| Backend::new(target)).flatten();
            services
                .write()
                .insert(service.to_owned(), backend.ok_or(PassError::Url(url))?);
        }
    }
    Ok(())
}
