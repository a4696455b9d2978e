//! Leases a set of containers and holds it until standard input ends: for trying out what happens
//! to the containers when their owner dies.
//!
//! ```text
//! cargo run -p authlab-containers --example hold -- [localstack] [vault] [openbao] [oidc] [--no-reaper] [--slot=N]
//! ```
//!
//! Prints a line `set NAME`, a line `SERVICE URL INTERNAL_URL MILLISECONDS` for each container, and
//! `ready`.

use std::io::Read as _;
use std::process::ExitCode;

use authlab_containers::{ContainerError, ContainerSet, Options, VaultKind, Wanted};

#[tokio::main]
async fn main() -> ExitCode {
    match hold().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn hold() -> Result<(), ContainerError> {
    let mut wanted = Wanted::default();
    let mut options = Options::default();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "localstack" => wanted.localstack = true,
            "vault" => wanted.vault = Some(VaultKind::Vault),
            "openbao" => wanted.vault = Some(VaultKind::OpenBao),
            "oidc" => wanted.oidc = true,
            "--no-reaper" => options.reaper = false,
            other => match other
                .strip_prefix("--slot=")
                .and_then(|text| text.parse().ok())
            {
                Some(slot) => options.slot = slot,
                None => eprintln!("`{other}` is none of the arguments that this example knows"),
            },
        }
    }
    let set = ContainerSet::open(options).await?;
    let lease = set.lease(&wanted).await?;
    println!("set {}", set.name());
    if let Some(at) = lease.localstack() {
        println!(
            "localstack {} {} {}",
            at.url, at.internal_url, at.started_ms
        );
    }
    if let Some(at) = lease.vault() {
        println!(
            "{} {} {} {}",
            at.kind.service().slug(),
            at.url,
            at.internal_url,
            at.started_ms
        );
    }
    if let Some(at) = lease.oidc() {
        println!("oidc {} {} {}", at.url, at.internal_url, at.started_ms);
    }
    println!("ready");
    let held = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    let _ended = held.await;
    set.close().await
}
