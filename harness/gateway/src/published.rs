//! Which deployment a request leads to.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use authlab_http::Incoming;
use parking_lot::RwLock;

use crate::address::Address;
use crate::deployment::{ApiKind, DEFAULT_STAGE, Deployment, Outline};
use crate::domain::CustomDomain;
use crate::path::RequestPath;

/// The ends of names that are no custom ones.
const KEPT_ENDS: [&str; 4] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".api.aws",
    ".localhost",
];

/// The deployments of an API by stage.
pub(crate) type Stages = BTreeMap<String, Arc<Deployment>>;

/// What is published, by API and stage. The lock is held only to look up or to replace a pointer, never
/// across an await.
#[derive(Default)]
pub(crate) struct Published {
    stages: RwLock<BTreeMap<String, Arc<Stages>>>,
    /// Every API that there is, whether or not a stage of it runs something.
    outlines: RwLock<BTreeMap<String, Outline>>,
    /// Custom domain names.
    domains: RwLock<BTreeMap<String, Arc<CustomDomain>>>,
}

/// The deployment that an address names.
pub(crate) struct Found {
    /// It.
    pub deployment: Arc<Deployment>,
    /// Whether the first segment of the path is the stage's name, and no part of what routes see.
    pub is_behind_name: bool,
}

impl Published {
    /// Makes `deployment` what the stage runs; `None` takes the stage away.
    pub(crate) fn put(&self, api_id: &str, stage: &str, deployment: Option<Arc<Deployment>>) {
        let mut published = self.stages.write();
        let stages = Arc::make_mut(published.entry(api_id.to_owned()).or_default());
        match deployment {
            Some(deployment) => stages.insert(stage.to_owned(), deployment),
            None => stages.remove(stage),
        };
        if stages.is_empty() {
            published.remove(api_id);
        }
    }

    /// Keeps what is known of an API beside its stages; `None`: it is gone.
    pub(crate) fn know(&self, api_id: &str, outline: Option<Outline>) {
        let mut outlines = self.outlines.write();
        match outline {
            Some(outline) => outlines.insert(api_id.to_owned(), outline),
            None => outlines.remove(api_id),
        };
    }

    /// Keeps what a custom domain name leads to; `None`: it is gone.
    pub(crate) fn put_domain(&self, name: &str, domain: Option<Arc<CustomDomain>>) {
        let mut domains = self.domains.write();
        match domain {
            Some(domain) => domains.insert(name.to_ascii_lowercase(), domain),
            None => domains.remove(&name.to_ascii_lowercase()),
        };
    }

    /// What a request is addressed to; `None` for requests that are not for the gateway.
    pub(crate) fn address(&self, incoming: &Incoming) -> Option<Address> {
        Address::of(incoming).or_else(|| {
            let domain = self.domain(&incoming.host_name()?)?;
            Some(domain.address(incoming))
        })
    }

    /// The custom domain name that a host is. Names of AWS and of this machine never are one: their services
    /// keep them, whoever makes such a domain name.
    pub(crate) fn domain(&self, host: &str) -> Option<Arc<CustomDomain>> {
        let is_kept = !host.contains('.')
            || host.parse::<IpAddr>().is_ok()
            || KEPT_ENDS.iter().any(|end| host.ends_with(end));
        if is_kept {
            return None;
        }
        self.domains.read().get(host).cloned()
    }

    /// What is known of an API beside its stages.
    pub(crate) fn outline(&self, api_id: &str) -> Option<Outline> {
        self.outlines.read().get(api_id).cloned()
    }

    /// The kind of an API that is there.
    pub(crate) fn kind(&self, api_id: &str) -> Option<ApiKind> {
        self.outlines.read().get(api_id).map(|known| known.kind)
    }

    /// The API that may be meant by an id that is none: the one of that name, or the one whose id has
    /// another character in one place.
    pub(crate) fn meant(&self, api_id: &str) -> Option<String> {
        let outlines = self.outlines.read();
        let is_named =
            |(_, outline): &(&String, &Outline)| outline.name.eq_ignore_ascii_case(api_id);
        let is_near = |(id, _): &(&String, &Outline)| {
            let differing = id
                .chars()
                .zip(api_id.chars())
                .filter(|(one, other)| one != other);
            id.len() == api_id.len() && differing.count() == 1
        };
        let mut known = outlines.iter();
        let named = known.find(is_named);
        let found = named.or_else(|| outlines.iter().find(is_near));
        found.map(|(id, _)| id.clone())
    }

    /// Takes everything away.
    pub(crate) fn clear(&self) {
        self.stages.write().clear();
        self.outlines.write().clear();
        self.domains.write().clear();
    }

    /// The stages of an API, as they are now.
    pub(crate) fn stages(&self, api_id: &str) -> Option<Arc<Stages>> {
        self.stages.read().get(api_id).cloned()
    }

    /// The deployment that an address names. Below a host a first segment that is a stage's name chooses
    /// that stage, else the one that its kind of API serves at the root takes all.
    ///
    /// # Errors
    /// Another reading of the path leads to another stage: what is wrong, in words.
    pub(crate) fn find(
        &self,
        address: &Address,
        path: &RequestPath,
    ) -> Result<Option<Found>, String> {
        let Some(stages) = self.stages(&address.api_id) else {
            return Ok(None);
        };
        if let Some(stage) = &address.stage {
            let found = stages.get(stage).map(|deployment| Found {
                deployment: Arc::clone(deployment),
                is_behind_name: false,
            });
            return Ok(found);
        }
        let chosen = at_host(&stages, address, path.as_text());
        for reading in path.other_readings() {
            let other = at_host(&stages, address, &reading).map(stage_and_rest);
            if other.is_some() && other != chosen.map(stage_and_rest) {
                return Err(format!(
                    "it names another stage when it is read as `{reading}`"
                ));
            }
        }
        Ok(chosen.map(|(deployment, is_behind_name)| Found {
            deployment: Arc::clone(deployment),
            is_behind_name,
        }))
    }
}

/// The stage that takes a path below the API's host, and whether by its name.
fn at_host<'s>(
    stages: &'s Stages,
    address: &Address,
    reading: &str,
) -> Option<(&'s Arc<Deployment>, bool)> {
    let of_region = |deployment: &&Arc<Deployment>| {
        let region = deployment.stage.scope.region.as_str();
        let named = address.region.as_deref();
        named.is_none_or(|named| named == region)
    };
    let rest = reading.strip_prefix('/').unwrap_or(reading);
    let first = rest.split('/').next().unwrap_or_default();
    let named = stages.get(first).filter(of_region);
    named.map(|deployment| (deployment, true)).or_else(|| {
        let root = stages.get(DEFAULT_STAGE).filter(of_region)?;
        let takes_all = root.api.serves_root(&root.stage.name);
        takes_all.then_some((root, false))
    })
}

/// The stage, and whether the path goes on behind its name.
fn stage_and_rest((deployment, is_named): (&Arc<Deployment>, bool)) -> (&str, bool) {
    (&deployment.stage.name, is_named)
}
