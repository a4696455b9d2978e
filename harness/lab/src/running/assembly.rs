//! From a statement to components on ports.

use std::sync::Arc;
use std::time::Duration;

use authlab_aws::cognitoidp::{Pages, is_cognito};
use authlab_aws::front::{
    ClientClock, ComponentsDoor, FrontDoor, FrontDoorConfig, is_identity_service,
};
use authlab_aws::lambda::Closures;
use authlab_aws::ports;
use authlab_gateway::Gateway;
use authlab_http::{Client, Gate, HopMark, Limits, Listener, Running};
use authlab_kernel::{Clock, Component, EnforcementSetting, Faults, Ids, Journal};
use authlab_policy::MessageStyle;
use authlab_vault::VaultConfig;
use parking_lot::RwLock;

use super::attach::{self, Kernel};
use super::bridge::BridgePorts;
use super::config::{oidc_config, vault_config};
use super::recorded::Recorded;
use super::seed::seed_cloud;
use super::{Core, Endpoints, IssuerEndpoints, Lab};
use crate::backend::audit::AuditTail;
use crate::backend::places::Places;
use crate::backend::system::{Issuers, OidcSystem};
use crate::builder::LabBuilder;
use crate::clock_start::ClockStart;
use crate::control::Control;
use crate::driver::Driver;
use crate::error::LabError;
use crate::file::LabFile;
use crate::files::Files;
use crate::randomness::draw_mark;

impl LabBuilder {
    /// Starts the lab: every port answers when this returns.
    ///
    /// # Errors
    /// [`LabError`]; nothing is left running.
    pub async fn start(self) -> Result<Lab, LabError> {
        let (core, servers) = assemble(self).await?;
        let driver = Driver::start(core.clock.clone());
        Ok(Lab {
            core,
            servers,
            _driver: driver,
        })
    }
}

/// Leases containers, opens the four ports and those on the containers' bridge, then builds what
/// answers on them: components know each other's addresses before the first request.
async fn assemble(builder: LabBuilder) -> Result<(Arc<Core>, Vec<Running>), LabError> {
    // What is refused is refused before a container starts.
    let clock_start = builder.clock_start()?;
    builder.check_vault()?;
    // First of all: containers take longest, and the lab listens on their bridge.
    let places = Places::find(&builder.backend_choice(), builder.file.accounts.len()).await?;
    let bridge = match places
        .vault_container()
        .and_then(|container| container.lab_address())
    {
        Some(address) => Some([
            Listener::bind("aws", (address, 0).into(), "--aws-port").await?,
            Listener::bind("oidc", (address, 0).into(), "--oidc-port").await?,
        ]),
        None => None,
    };
    let ports = builder.ports;
    let aws = Listener::bind("aws", builder.address(ports.aws), "--aws-port").await?;
    let vault = Listener::bind("vault", builder.address(ports.vault), "--vault-port").await?;
    let oidc = Listener::bind("oidc", builder.address(ports.oidc), "--oidc-port").await?;
    let control =
        Listener::bind("control", builder.address(ports.control), "--control-port").await?;
    let endpoints = BaseUrls {
        aws: format!("http://{}", aws.address()),
        vault: format!("http://{}", vault.address()),
        oidc: format!("http://{}", oidc.address()),
        control: format!("http://{}", control.address()),
    };
    let listeners = Listeners {
        components: [&aws, &vault, &oidc],
        control: &control,
    };
    let mut core = build(builder, clock_start, &endpoints, &listeners, places)?;
    if let Some([aws, oidc]) = &bridge {
        core.bridge = BridgePorts {
            aws: Some(aws.address().port()),
            oidc: Some(oidc.address().port()),
        };
    }
    let core = Arc::new(core);
    core.prepare_backends().await?;
    let limits = Limits::default();
    let gate = |component| core.gate(component);
    let mut servers = vec![
        aws.serve_behind(aws_gate(&core), limits, core.door.clone()),
        vault.serve_behind(gate(Component::Vault), limits, core.vault.service()),
        oidc.serve_behind(gate(Component::Oidc), limits, core.oidc.service()),
        control.serve_behind(
            Gate::own()
                .with_pages_of(core.guests.clone())
                .recorded(core.journal.clone(), Component::Lab),
            limits,
            Arc::new(Control::new(Arc::downgrade(&core))),
        ),
    ];
    if let Some([aws, oidc]) = bridge {
        let container = core.places.read().vault_container();
        let host = container.map(|container| container.lab_host());
        let gate = |component| {
            let gate = core.gate(component);
            host.iter().fold(gate, |gate, host| gate.named(host))
        };
        let door = Arc::new(ComponentsDoor::of(core.door.clone()));
        servers.push(aws.serve_behind(gate(Component::Aws).of_aws(), limits, door));
        servers.push(oidc.serve_behind(gate(Component::Oidc), limits, core.oidc.service()));
    }
    Ok((core, servers))
}

/// Who may talk to AWS: also by the custom domain names of APIs, once they are made.
fn aws_gate(core: &Core) -> Gate {
    let door = Arc::downgrade(&core.door);
    let is_made = move |name: &str| {
        let door = door.upgrade();
        door.is_some_and(|door| door.has_domain(name))
    };
    core.gate(Component::Aws).of_aws().knowing(is_made)
}

/// The base URL of each port.
struct BaseUrls {
    aws: String,
    vault: String,
    oidc: String,
    control: String,
}

/// What listens already.
struct Listeners<'a> {
    /// AWS, Vault, the provider.
    components: [&'a Listener; 3],
    control: &'a Listener,
}

fn build(
    builder: LabBuilder,
    clock_start: ClockStart,
    urls: &BaseUrls,
    listeners: &Listeners<'_>,
    places: Places,
) -> Result<Core, LabError> {
    let clock = clock(clock_start, builder.client_clock);
    admit(&builder)?;
    let journal = journal(&builder, &clock)?;
    let choice = builder.backend_choice();
    let file = builder.file;
    let ids = Ids::new(builder.seed.or(file.seed).unwrap_or(1));
    journal.set_run(ids.run());
    let faults = Faults::default();
    let mark = HopMark::new(draw_mark()?, journal.clone());
    let outbound = Client::new(journal.clone(), faults.clone()).marked(mark.clone());
    let outbound = Arc::new(outbound);
    for listener in listeners.components {
        outbound.register_endpoint(listener.address());
    }
    outbound.forbid(listeners.control.address());
    attach::allow(&outbound, &places)?;
    let kernel = Kernel {
        clock: &clock,
        ids: &ids,
        journal: &journal,
        outbound: &outbound,
    };
    let enforcement = EnforcementSetting::from(file.enforcement);
    let (door, gateway) = front(&kernel, builder.client_clock, enforcement.clone());
    door.set_address(listeners.components[0].address());
    let closures = Closures::default();
    let administrators = seed_cloud(&door, &file, &ids, clock.now(), &closures)?;
    let oidc = kernel.oidc(oidc_config(&file, &urls.oidc), places.oidc.as_ref())?;
    gateway.know_issuers(Arc::new(Issuers(oidc.clone())));
    map_names(&outbound, &file, &oidc, urls)?;
    let files = Files::open(builder.files.as_deref())?;
    let vault_config = VaultConfig {
        files: Some(files.folder()),
        enforcement: enforcement.clone(),
        ..vault_config(&file)
    };
    let vault = kernel.vault(vault_config, places.vault.as_ref())?;
    attach::pass(&door, &file, &places, &choice.unchecked)?;
    Ok(Core {
        endpoints: endpoints(urls, &oidc),
        file,
        clock_start,
        clock,
        ids,
        journal,
        faults,
        enforcement,
        mark,
        guests: builder.guests,
        outbound,
        closures,
        recorded: Recorded::new(),
        administrators,
        door,
        gateway,
        oidc,
        vault,
        backends: choice,
        places: RwLock::new(places),
        bridge: BridgePorts::default(),
        audit: AuditTail::default(),
        files,
    })
}

fn clock(start: ClockStart, client_clock: ClientClock) -> Clock {
    let clock = match start {
        ClockStart::Wall => Clock::wall(),
        ClockStart::Standing(time) => Clock::standing(time),
    };
    if client_clock == ClientClock::Wall {
        clock.pause_before_jumps(Arc::new(|time| Box::pin(pause(time))));
    }
    clock
}

/// Whom the lab file lets in, beside those of the builder.
fn admit(builder: &LabBuilder) -> Result<(), LabError> {
    for host in &builder.file.guests.hosts {
        builder.guests.allow_host(host)?;
    }
    for origin in &builder.file.guests.origins {
        builder.guests.allow_origin(origin)?;
    }
    Ok(())
}

fn journal(builder: &LabBuilder, clock: &Clock) -> Result<Journal, LabError> {
    let journal = Journal::new(clock.clone());
    if let Some(bytes) = builder.journal_bytes_max {
        journal.set_ring_bytes_max(bytes);
    }
    if let Some(path) = &builder.journal_file {
        journal
            .write_to(path)
            .map_err(|source| LabError::JournalFile {
                file: path.clone(),
                source,
            })?;
    }
    Ok(journal)
}

/// The front door of AWS, and the gateway behind it.
fn front(
    kernel: &Kernel<'_>,
    client_clock: ClientClock,
    enforcement: EnforcementSetting,
) -> (Arc<FrontDoor>, Arc<Gateway>) {
    let door = FrontDoor::new(FrontDoorConfig {
        clock: kernel.clock.component(Component::Aws),
        gateway_clock: kernel.clock.component(Component::Gateway),
        ids: kernel.ids.clone(),
        journal: kernel.journal.clone(),
        outbound: kernel.port(),
        client_clock,
        message_style: MessageStyle::default(),
        enforcement,
    });
    let gateway = Arc::new(Gateway::new(
        kernel.clock.component(Component::Gateway),
        kernel.ids.clone(),
        kernel.journal.clone(),
        kernel.port(),
        ports::of(&door),
    ));
    door.add_site(gateway.clone());
    door.add_site(Arc::new(Pages::of(&door)));
    (door, gateway)
}

fn endpoints(urls: &BaseUrls, oidc: &OidcSystem) -> Endpoints {
    let base = oidc.endpoint_base(None).unwrap_or_default();
    Endpoints {
        aws: urls.aws.clone(),
        vault: urls.vault.clone(),
        oidc: IssuerEndpoints {
            issuer: oidc.issuer_url(None).unwrap_or_default(),
            token_endpoint: format!("{base}/token"),
            jwks_uri: format!("{base}/jwks"),
        },
        oidc_base: urls.oidc.clone(),
        control: urls.control.clone(),
    }
}

/// Under clients that sign with the machine's clock a jump begins with a second of it.
#[expect(
    clippy::disallowed_methods,
    reason = "less than a second of wall time, to tell what was signed before a jump from what was signed after"
)]
async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Lets names lead to where they live: AWS's own hosts, each issuer's URL, and what the file says.
fn map_names(
    outbound: &Client,
    file: &LabFile,
    oidc: &OidcSystem,
    places: &BaseUrls,
) -> Result<(), LabError> {
    let statement = |field: String| {
        move |error: authlab_http::AddressError| LabError::Statement {
            field,
            reason: error.to_string(),
        }
    };
    // What components call by themselves; every other name of AWS is an issuer's or an upstream's.
    outbound.map_hosts(is_identity_service, &places.aws);
    // User pools are issuers, and have domains.
    outbound.map_hosts(is_cognito, &places.aws);
    for issuer in &file.issuers {
        if let (Some(url), Some(base)) = (&issuer.url, oidc.endpoint_base(Some(&issuer.name))) {
            outbound
                .map_name(url, &base)
                .map_err(statement("issuer.url".to_owned()))?;
        }
    }
    for (name, target) in &file.names {
        outbound
            .map_name(name, target)
            .map_err(statement(format!("names.{name}")))?;
    }
    for host in &file.allow {
        outbound
            .allow(host)
            .map_err(statement("outbound.allow".to_owned()))?;
    }
    Ok(())
}
