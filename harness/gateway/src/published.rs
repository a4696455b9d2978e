//! Which deployment a request leads to.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::address::Address;
use crate::deployment::{DEFAULT_STAGE, Deployment};
use crate::path::RequestPath;

/// The deployments of an API by stage.
pub(crate) type Stages = BTreeMap<String, Arc<Deployment>>;

/// What is published, by API and stage. The lock is held only to look up or to replace a pointer, never
/// across an await.
#[derive(Default)]
pub(crate) struct Published(RwLock<BTreeMap<String, Arc<Stages>>>);

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
        let mut published = self.0.write();
        let stages = Arc::make_mut(published.entry(api_id.to_owned()).or_default());
        match deployment {
            Some(deployment) => stages.insert(stage.to_owned(), deployment),
            None => stages.remove(stage),
        };
        if stages.is_empty() {
            published.remove(api_id);
        }
    }

    /// Takes everything away.
    pub(crate) fn clear(&self) {
        self.0.write().clear();
    }

    /// The stages of an API, as they are now.
    pub(crate) fn stages(&self, api_id: &str) -> Option<Arc<Stages>> {
        self.0.read().get(api_id).cloned()
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
