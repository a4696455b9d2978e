//! OpenID Connect providers.
//!
//! Source: IAM user guide, `id_roles_providers_create_oidc.html`.

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Timestamp};
use url::{Host, Url};

use super::entity::OidcProvider;
use super::error::Error;
use super::grant::merge_tags;
use super::state::State;

/// How many client ids a provider may have.
const CLIENT_IDS_MAX: usize = 100;

/// How many thumbprints (API reference, `CreateOpenIDConnectProvider`).
const THUMBPRINTS_MAX: usize = 5;

/// Checks an issuer: https without port, query or user; http (and a port) only for loopback, which
/// is where the lab's own issuers live.
fn check_issuer(issuer: &str) -> Result<(), Error> {
    let refused = |why: &'static str| Err(Error::ProviderUrl { why });
    let Ok(url) = issuer.parse::<Url>() else {
        return refused("it is no URL");
    };
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return refused("it has no host"),
    };
    match url.scheme() {
        "https" => {}
        "http" if is_loopback => {}
        _ => return refused("it must begin with https://"),
    }
    if url.port().is_some() && !is_loopback {
        return refused("it must not have a port");
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return refused("it must not have a query, a fragment or a user");
    }
    Ok(())
}

/// `arn:aws:iam::ACCOUNT:oidc-provider/HOST/PATH`.
pub fn arn(account: &AccountId, issuer: &str) -> String {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    format!("arn:aws:iam::{account}:oidc-provider/{rest}")
}

impl State {
    /// Makes an account trust an issuer.
    ///
    /// # Errors
    /// The URL is none that IAM takes, or the account trusts it already.
    pub fn create_provider(
        &mut self,
        account: &AccountId,
        issuer: &str,
        client_ids: Vec<String>,
        thumbprints: Vec<String>,
        (tags, now): (BTreeMap<String, String>, Timestamp),
    ) -> Result<OidcProvider, Error> {
        check_issuer(issuer)?;
        let arn = arn(account, issuer);
        if self.provider(account, &arn).is_ok() {
            return Err(Error::Exists(format!(
                "Provider with url {issuer} already exists."
            )));
        }
        if client_ids.len() > CLIENT_IDS_MAX {
            return Err(too_many());
        }
        check_thumbprints(&thumbprints)?;
        let provider = OidcProvider {
            arn: arn.clone(),
            issuer: issuer.to_owned(),
            client_ids,
            thumbprints,
            created: now,
            tags,
        };
        self.account_mut(account)
            .providers
            .insert(arn, provider.clone());
        Ok(provider)
    }

    /// A provider by its ARN.
    ///
    /// # Errors
    /// There is none.
    pub fn provider(&self, account: &AccountId, arn: &str) -> Result<&OidcProvider, Error> {
        let found = self
            .account(account)
            .and_then(|account| account.providers.get(arn));
        found.ok_or_else(|| no_provider(arn))
    }

    fn provider_mut(&mut self, account: &AccountId, arn: &str) -> Result<&mut OidcProvider, Error> {
        self.account_mut(account)
            .providers
            .get_mut(arn)
            .ok_or_else(|| no_provider(arn))
    }

    /// The providers of an account.
    pub fn providers(&self, account: &AccountId) -> impl Iterator<Item = &OidcProvider> {
        self.account(account)
            .into_iter()
            .flat_map(|account| account.providers.values())
    }

    /// Adds a client id; one that is there already changes nothing.
    ///
    /// # Errors
    /// No such provider, or a hundred client ids.
    pub fn add_client_id(
        &mut self,
        account: &AccountId,
        arn: &str,
        client_id: &str,
    ) -> Result<(), Error> {
        let provider = self.provider_mut(account, arn)?;
        if provider.client_ids.iter().any(|id| id == client_id) {
            return Ok(());
        }
        if provider.client_ids.len() >= CLIENT_IDS_MAX {
            return Err(too_many());
        }
        provider.client_ids.push(client_id.to_owned());
        Ok(())
    }

    /// Takes a client id away; one that is not there changes nothing.
    ///
    /// # Errors
    /// No such provider.
    pub fn remove_client_id(
        &mut self,
        account: &AccountId,
        arn: &str,
        client_id: &str,
    ) -> Result<(), Error> {
        self.provider_mut(account, arn)?
            .client_ids
            .retain(|id| id != client_id);
        Ok(())
    }

    /// Replaces the thumbprints.
    ///
    /// # Errors
    /// No such provider, or more than five.
    pub fn set_thumbprints(
        &mut self,
        account: &AccountId,
        arn: &str,
        thumbprints: Vec<String>,
    ) -> Result<(), Error> {
        check_thumbprints(&thumbprints)?;
        self.provider_mut(account, arn)?.thumbprints = thumbprints;
        Ok(())
    }

    /// Deletes a provider.
    ///
    /// # Errors
    /// No such provider (recorded on AWS in 2026; the API reference says that nothing is refused).
    pub fn delete_provider(&mut self, account: &AccountId, arn: &str) -> Result<(), Error> {
        let removed = self.account_mut(account).providers.remove(arn);
        removed.map(|_| ()).ok_or_else(|| {
            Error::NotFound(format!("OpenId connect Provider {arn} cannot be found."))
        })
    }

    /// Adds tags to a provider, or takes them away.
    ///
    /// # Errors
    /// No such provider, or more than fifty.
    pub fn tag_provider(
        &mut self,
        account: &AccountId,
        arn: &str,
        add: BTreeMap<String, String>,
        remove: &[String],
    ) -> Result<(), Error> {
        let provider = self.provider_mut(account, arn)?;
        provider.tags.retain(|key, _| !remove.contains(key));
        merge_tags(&mut provider.tags, add)
    }
}

fn check_thumbprints(thumbprints: &[String]) -> Result<(), Error> {
    if thumbprints.len() > THUMBPRINTS_MAX {
        // Recorded on AWS, which takes five.
        let text = "Thumbprint list must contain fewer than 5 entries.";
        return Err(Error::Invalid(text.to_owned()));
    }
    Ok(())
}

fn no_provider(arn: &str) -> Error {
    Error::NotFound(format!("OpenIDConnect Provider not found for arn {arn}"))
}

fn too_many() -> Error {
    Error::Quota(format!(
        "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {CLIENT_IDS_MAX}"
    ))
}
