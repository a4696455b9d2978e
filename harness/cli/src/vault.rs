//! `authlab vault`: the embedded Vault alone, in the foreground.

use anyhow::{Context as _, anyhow};
use authlab::{Guests, Secret, VaultFlavour, VaultServer, VaultServerConfig};

use crate::arguments::Vault;
use crate::signals::Signals;
use crate::{End, Stop, Usage, output};

/// Starts the server, prints where it is, and waits for SIGINT or SIGTERM.
pub fn run(arguments: &Vault) -> Result<End, Stop> {
    let guests = Guests::default();
    for origin in &arguments.guests.allow_origin {
        let allowed = guests.allow_origin(origin);
        allowed.map_err(|error| Usage(anyhow!("--allow-origin: {error}")))?;
    }
    for host in &arguments.guests.allow_host {
        let allowed = guests.allow_host(host);
        allowed.map_err(|error| Usage(anyhow!("--allow-host: {error}")))?;
    }
    let seed = match arguments.seed {
        Some(seed) => seed,
        None => authlab::draw_seed().map_err(|error| Stop::Failed(anyhow!(error)))?,
    };
    let config = VaultServerConfig {
        listen: arguments.listen,
        flavour: arguments.flavour,
        root_token: arguments.root_token.as_deref().map(Secret::new),
        files: arguments.files.clone(),
        seed,
        guests,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    let ended = runtime.block_on(async {
        let mut signals = Signals::catch()?;
        let server = VaultServer::start(config)
            .await
            .map_err(|error| Stop::Failed(anyhow!(error)))?;
        output::print(&as_text(&server, arguments.flavour, seed))?;
        signals.received().await;
        server.stop().await;
        Ok(End::Success)
    });
    // What still blocks a thread is not waited for.
    runtime.shutdown_background();
    ended
}

fn as_text(server: &VaultServer, flavour: VaultFlavour, seed: u64) -> String {
    let (url, token) = (server.url(), server.root_token());
    let (product, prefix) = match flavour {
        VaultFlavour::Vault => ("Vault", "VAULT"),
        VaultFlavour::OpenBao | VaultFlavour::OpenBao27 => ("OpenBao", "BAO"),
    };
    format!(
        "authlab answers as {product} at {url}: unsealed, in memory, key/value version 2 at \
         secret/ (seed {seed})\n\n  export {prefix}_ADDR={url} {prefix}_TOKEN={token}\n\n  stop with Ctrl-C\n"
    )
}
