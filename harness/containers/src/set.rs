//! One set of containers per run: leased to each scenario, shared by the processes of a run, gone
//! when the run's owner is.
//!
//! A lease gives its scenario a number that no other lease of the set has. Scenarios that run at
//! once keep apart by what the number goes into: the account in LocalStack ([`Lease::account`]),
//! the namespace in OpenBao ([`Lease::namespace`]). The OpenID Connect server keeps no state but the
//! keys of its issuers.

use std::collections::BTreeMap;
use std::net::{IpAddr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use testcontainers::bollard::models::NetworkCreateRequest;
use testcontainers::bollard::query_parameters::InspectNetworkOptions;

use crate::engine::{Engine, is_missing};
use crate::error::ContainerError;
use crate::health::exit_code;
use crate::image::Service;
use crate::lease::{Lease, began_s};
use crate::localstack;
use crate::oidc;
use crate::openbao;
use crate::owner::Run;
use crate::reaper::Reaper;
use crate::start::{Recipe, Running, Surroundings, remove};
use crate::state::{self, Held};
use crate::sweep::{labels, remove_set, sweep};
use crate::vault::{self, VaultKind};

/// How many handles of this process each set has: the last one removes an own set.
static HANDLES: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// Which containers a scenario needs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// LocalStack.
    pub localstack: bool,
    /// Vault or OpenBao.
    pub vault: Option<VaultKind>,
    /// The OpenID Connect server.
    pub oidc: bool,
}

impl Wanted {
    /// The services in the order in which they are shown.
    pub fn services(&self) -> Vec<Service> {
        let localstack = self.localstack.then_some(Service::LocalStack);
        let vault = self.vault.map(VaultKind::service);
        let oidc = self.oidc.then_some(Service::Oidc);
        [localstack, vault, oidc].into_iter().flatten().collect()
    }
}

/// How a set is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which of the run's sets: jobs that want containers of their own take different numbers.
    pub slot: u32,
    /// Folder of the shared state: AUTHLAB_STATE_DIR, else one of the user's own.
    pub state_folder: PathBuf,
    /// Further names under which containers reach the machine of the lab, beside [`crate::LAB_HOST`].
    pub lab_names: Vec<String>,
    /// Whether a small process removes the set when its owner dies. Without it, the next start does.
    pub reaper: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            slot: 0,
            state_folder: state::default_folder(),
            lab_names: Vec::new(),
            reaper: true,
        }
    }
}

/// A set of containers, as one process of its run sees it. Dropping the last handle of the run's
/// owner removes the containers and their network.
#[derive(Debug)]
pub struct ContainerSet {
    run: Run,
    name: String,
    options: Options,
    reaper: Mutex<Option<Reaper>>,
    has_left: AtomicBool,
}

impl ContainerSet {
    /// Joins the run's set; starts no container yet. Sweeps what dead runs left.
    ///
    /// # Errors
    /// [`ContainerError::NoEngine`], [`ContainerError::NoPermission`], and what the engine refuses.
    pub async fn open(options: Options) -> Result<Self, ContainerError> {
        let engine = Engine::find().await?;
        state::create_folder(&options.state_folder)?;
        {
            // One sweep at a time: two would remove the same things and trip over each other.
            let _held = Held::take(&options.state_folder, "sweep").await?;
            sweep(&engine, &options.state_folder).await?;
        }
        let run = Run::current();
        let name = format!("authlab-{}-{}", run.id, options.slot);
        let mut handles = HANDLES.lock().unwrap_or_else(PoisonError::into_inner);
        *handles.entry(name.clone()).or_default() += 1;
        drop(handles);
        Ok(Self {
            run,
            name,
            options,
            reaper: Mutex::new(None),
            has_left: AtomicBool::new(false),
        })
    }

    /// The set's name, which its network has too.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives a scenario the containers that it wants; starts those that do not run yet, at once.
    /// Other processes of the run wait meanwhile.
    ///
    /// # Errors
    /// Every [`ContainerError`]. What started before the error stays for the next lease.
    pub async fn lease(&self, wanted: &Wanted) -> Result<Lease, ContainerError> {
        let engine = Engine::find().await?;
        let mut held = Held::take(&self.options.state_folder, &self.name).await?;
        self.adopt(&engine, &mut held).await?;
        let lab_address = self.network(&engine).await?;
        let missing = stopped(&engine, &held.state.services, &wanted.services()).await?;
        if !missing.is_empty() && !held.state.has_reaper {
            held.state.has_reaper = self.start_reaper();
            // Before the containers: a process that dies in between leaves no set without one.
            held.write()?;
        }
        let outcome = self
            .start_all(&engine, lab_address, missing, &mut held)
            .await;
        held.state.scenario_count += 1;
        held.write()?;
        outcome?;
        let services = wanted.services().into_iter();
        let services = services
            .filter_map(|service| {
                held.state
                    .services
                    .get(&service)
                    .map(|running| (service, running.clone()))
            })
            .collect();
        Ok(Lease {
            engine_host: engine.host().to_owned(),
            since_s: began_s(),
            set: self.name.clone(),
            scenario: held.state.scenario_count,
            lab_address,
            services,
        })
    }

    /// Removes the set, if it is this process's own and neither kept nor open elsewhere.
    ///
    /// # Errors
    /// What the engine refuses; the next start's sweep tries again.
    pub async fn close(self) -> Result<(), ContainerError> {
        if !self.leave() {
            return Ok(());
        }
        let engine = Engine::find().await?;
        self.remove(&engine).await
    }

    async fn remove(&self, engine: &Engine) -> Result<(), ContainerError> {
        remove_set(engine, &self.name).await?;
        state::forget(&self.options.state_folder, &self.name);
        let reaper = self
            .reaper
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(reaper) = reaper {
            reaper.dismiss();
        }
        Ok(())
    }

    /// Counts this handle out, once; whether it was the last of an own set.
    fn leave(&self) -> bool {
        if self.has_left.swap(true, Ordering::Relaxed) {
            return false;
        }
        let mut handles = HANDLES.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(count) = handles.get_mut(&self.name) else {
            return false;
        };
        *count = count.saturating_sub(1);
        if *count > 0 {
            return false;
        }
        handles.remove(&self.name);
        self.run.is_own
    }

    /// Takes over what an earlier run kept. LocalStack stays as it is: it has no call that resets
    /// it, takes longest to start, and no scenario comes upon another's accounts, since the numbers
    /// go on counting. The others start anew, which takes a second.
    async fn adopt(&self, engine: &Engine, held: &mut Held) -> Result<(), ContainerError> {
        let owner = self.run.owner.to_string();
        if held.state.owner == owner {
            return Ok(());
        }
        held.state.owner = owner;
        held.state.is_kept = self.run.is_kept;
        let kept = std::mem::take(&mut held.state.services);
        for (service, running) in kept {
            if service == Service::LocalStack {
                held.state.services.insert(service, running);
            } else {
                remove(engine, &running.name).await?;
            }
        }
        Ok(())
    }

    /// Makes the set's network where it is not there, and returns the gateway's address on it if
    /// the lab can listen there. Where it cannot (Docker Desktop, an engine elsewhere), the engine
    /// knows a way of its own.
    async fn network(&self, engine: &Engine) -> Result<Option<IpAddr>, ContainerError> {
        let docker = engine.docker();
        let mut found = docker
            .inspect_network(&self.name, None::<InspectNetworkOptions>)
            .await;
        if found.as_ref().err().is_some_and(is_missing) {
            let request = NetworkCreateRequest {
                name: self.name.clone(),
                labels: Some(labels(&self.run, &self.name).into_iter().collect()),
                ..NetworkCreateRequest::default()
            };
            let created = docker.create_network(request).await;
            created.map_err(|error| engine.failed("creating a network", error))?;
            found = docker
                .inspect_network(&self.name, None::<InspectNetworkOptions>)
                .await;
        }
        let network = found.map_err(|error| engine.failed("looking at a network", error))?;
        let gateways = network
            .ipam
            .and_then(|ipam| ipam.config)
            .unwrap_or_default();
        let gateway = gateways
            .into_iter()
            .find_map(|config| config.gateway)
            // Some engines write the prefix length behind it.
            .and_then(|text| text.split('/').next().and_then(|text| text.parse().ok()));
        Ok(gateway.filter(|address: &IpAddr| TcpListener::bind((*address, 0)).is_ok()))
    }

    fn start_reaper(&self) -> bool {
        if !self.options.reaper || self.run.is_kept {
            return false;
        }
        let started = Reaper::start(&self.run, &self.name);
        let is_started = started.is_some();
        *self.reaper.lock().unwrap_or_else(PoisonError::into_inner) = started;
        is_started
    }

    async fn start_all(
        &self,
        engine: &Engine,
        lab_address: Option<IpAddr>,
        services: Vec<Service>,
        held: &mut Held,
    ) -> Result<(), ContainerError> {
        let labels = labels(&self.run, &self.name);
        let surroundings = Surroundings {
            engine,
            set: &self.name,
            labels: &labels,
            lab_address,
            lab_names: &self.options.lab_names,
            log_folder: &self.options.state_folder,
        };
        let starts = services.iter().map(|service| {
            let recipe = recipe(*service, &self.name);
            async { (*service, surroundings.start(*service, recipe).await) }
        });
        let mut first_error = None;
        for (service, result) in join_all(starts).await {
            match result {
                Ok(running) => {
                    held.state.services.insert(service, running);
                }
                Err(error) => {
                    held.state.services.remove(&service);
                    first_error.get_or_insert(error);
                }
            }
        }
        first_error.map_or(Ok(()), Err)
    }
}

impl Drop for ContainerSet {
    fn drop(&mut self) {
        if !self.leave() {
            return;
        }
        // A drop cannot wait for a future of the runtime that it may be on, so it brings its own.
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                // What fails here, the reaper or the next sweep removes.
                let _removed = runtime.map(|runtime| {
                    runtime.block_on(async { self.remove(&Engine::find().await?).await })
                });
            });
        });
    }
}

fn recipe(service: Service, set: &str) -> Recipe {
    match service {
        Service::LocalStack => localstack::recipe(),
        Service::Vault => vault::recipe(set),
        Service::OpenBao => openbao::recipe(set),
        Service::Oidc => oidc::recipe(),
    }
}

/// Those of the wanted services that do not run.
async fn stopped(
    engine: &Engine,
    running: &BTreeMap<Service, Running>,
    wanted: &[Service],
) -> Result<Vec<Service>, ContainerError> {
    let mut stopped = Vec::new();
    for service in wanted {
        let is_running = match running.get(service) {
            Some(running) => exit_code(engine, &running.name).await?.is_none(),
            None => false,
        };
        if !is_running {
            stopped.push(*service);
        }
    }
    Ok(stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_has_an_order() {
        let all = Wanted {
            localstack: true,
            vault: Some(VaultKind::OpenBao),
            oidc: true,
        };
        assert_eq!(
            all.services(),
            [Service::LocalStack, Service::OpenBao, Service::Oidc]
        );
        assert_eq!(Wanted::default().services(), []);
    }
}
