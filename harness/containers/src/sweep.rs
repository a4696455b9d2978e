//! Removing what a run left: by its label when it ends, and at the next start for runs whose owner
//! has died without a chance to.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use testcontainers::bollard::query_parameters::{
    ListContainersOptionsBuilder, ListNetworksOptionsBuilder,
};

use crate::engine::{Engine, is_missing};
use crate::error::ContainerError;
use crate::owner::{Owner, Run};
use crate::start::remove;

/// Marks everything of ours.
const LABEL: &str = "authlab";
/// The set that a container or network belongs to.
const SET_LABEL: &str = "authlab.run";
/// The process whose end ends it.
const OWNER_LABEL: &str = "authlab.parent";
/// Marks what stays after its run.
const KEEP_LABEL: &str = "authlab.keep";

/// The labels of everything in a set.
pub(crate) fn labels(run: &Run, set: &str) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::from([
        (LABEL.to_owned(), "1".to_owned()),
        (SET_LABEL.to_owned(), set.to_owned()),
        (OWNER_LABEL.to_owned(), run.owner.to_string()),
    ]);
    if run.is_kept {
        labels.insert(KEEP_LABEL.to_owned(), "1".to_owned());
    }
    labels
}

/// What a sweep removed, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Swept {
    /// Containers.
    pub containers: Vec<String>,
    /// Networks.
    pub networks: Vec<String>,
}

impl Swept {
    /// Whether there was nothing to remove.
    pub fn is_empty(&self) -> bool {
        self.containers.is_empty() && self.networks.is_empty()
    }
}

/// Removes what belongs to dead processes of this machine, and the shared state of their runs.
///
/// # Errors
/// [`ContainerError::Engine`].
pub async fn sweep(engine: &Engine, state_folder: &Path) -> Result<Swept, ContainerError> {
    let is_orphan = |labels: &HashMap<String, String>| {
        let owner = labels
            .get(OWNER_LABEL)
            .and_then(|label| Owner::parse(label));
        !labels.contains_key(KEEP_LABEL) && owner.is_some_and(|owner| owner.is_dead())
    };
    let (swept, sets) = remove_where(engine, LABEL, is_orphan).await?;
    for set in sets {
        crate::state::forget(state_folder, &set);
    }
    crate::state::forget_where(state_folder, |owner| {
        Owner::parse(owner).is_some_and(|owner| owner.is_dead())
    });
    Ok(swept)
}

/// Removes everything of one set.
pub(crate) async fn remove_set(engine: &Engine, set: &str) -> Result<Swept, ContainerError> {
    let (swept, _) = remove_where(engine, &format!("{SET_LABEL}={set}"), |_| true).await?;
    Ok(swept)
}

async fn remove_where(
    engine: &Engine,
    label: &str,
    is_to_go: impl Fn(&HashMap<String, String>) -> bool,
) -> Result<(Swept, Vec<String>), ContainerError> {
    let filters = HashMap::from([("label", vec![label])]);
    let mut swept = Swept::default();
    let mut sets = Vec::new();

    let options = ListContainersOptionsBuilder::new()
        .all(true)
        .filters(&filters)
        .build();
    let listed = engine.docker().list_containers(Some(options)).await;
    for container in listed.map_err(|error| engine.failed("listing containers", error))? {
        let labels = container.labels.unwrap_or_default();
        if !is_to_go(&labels) {
            continue;
        }
        let names = container.names.unwrap_or_default();
        let name = names
            .first()
            .map(|name| name.trim_start_matches('/').to_owned());
        let Some(name) = name.or(container.id) else {
            continue;
        };
        remove(engine, &name).await?;
        sets.extend(labels.get(SET_LABEL).cloned());
        swept.containers.push(name);
    }

    let options = ListNetworksOptionsBuilder::new().filters(&filters).build();
    let listed = engine.docker().list_networks(Some(options)).await;
    for network in listed.map_err(|error| engine.failed("listing networks", error))? {
        let labels = network.labels.unwrap_or_default();
        let (true, Some(id)) = (is_to_go(&labels), network.id) else {
            continue;
        };
        match engine.docker().remove_network(&id).await {
            Ok(()) => swept.networks.push(network.name.unwrap_or(id)),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(engine.failed("removing a network", error)),
        }
        sets.extend(labels.get(SET_LABEL).cloned());
    }
    swept.containers.sort();
    swept.networks.sort();
    Ok((swept, sets))
}
