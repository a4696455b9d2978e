//! `authlab up`: a lab in the foreground.

use anyhow::{Context as _, anyhow};
use authlab::backend::PlaceError;
use authlab::file::Account;
use authlab::{Backend, ClientClock, ClockStart, Lab, LabBuilder, LabError, LabFile, Ports};
use serde_json::json;

use crate::arguments::{Format, Up};
use crate::end::{End, Stop, Usage};
use crate::signals::Signals;
use crate::{backend, journal, output};

/// Starts the lab, prints where it is, and waits for SIGINT or SIGTERM.
pub fn run(arguments: &Up) -> Result<End, Stop> {
    let file = match &arguments.lab {
        Some(path) => LabFile::read(path).map_err(|error| Usage(anyhow!(error)))?,
        None => LabFile::default(),
    };
    let file_has_seed = file.seed.is_some();
    let mut builder = Lab::builder()
        .file(file)
        .client_clock(ClientClock::Wall)
        .backends(backend::choice(&arguments.backends)?)
        .ports(Ports {
            aws: arguments.aws_port,
            vault: arguments.vault_port,
            oidc: arguments.oidc_port,
            control: arguments.control_port,
        });
    if let Some(seed) = arguments.seed {
        builder = builder.seed(seed);
    } else if !file_has_seed {
        let drawn = authlab::draw_seed().map_err(|error| Stop::Failed(anyhow!(error)))?;
        builder = builder.seed(drawn);
    }
    for origin in &arguments.guests.allow_origin {
        let allowed = builder.allow_origin(origin);
        builder = allowed.map_err(|error| Usage(anyhow!("--allow-origin: {error}")))?;
    }
    for host in &arguments.guests.allow_host {
        let allowed = builder.allow_host(host);
        builder = allowed.map_err(|error| Usage(anyhow!("--allow-host: {error}")))?;
    }
    builder = match arguments.clock.as_deref() {
        Some(text) => builder.clock(
            text.parse::<ClockStart>()
                .map_err(|error| Usage(anyhow!("--clock: {error}")))?,
        ),
        None => builder.clock_default(ClockStart::Wall),
    };
    builder = builder.journal_bytes_max(arguments.journal_memory.saturating_mul(1024 * 1024));
    if let Some(files) = &arguments.files {
        builder = builder.files(files);
    }
    if let Some(journal) = &arguments.journal {
        builder = builder.journal_file(journal);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    let ended = runtime.block_on(stand(builder, arguments));
    // What still blocks a thread (a file that takes nothing) is not waited for.
    runtime.shutdown_background();
    ended
}

/// Starts the lab, prints where it is, and stops it when a signal comes or its journal is lost.
async fn stand(builder: LabBuilder, arguments: &Up) -> Result<End, Stop> {
    let mut signals = Signals::catch()?;
    let started = tokio::select! {
        started = builder.start() => started,
        () = signals.received() => return Ok(End::Success),
    };
    let lab = started.map_err(stop)?;
    output::print(&match arguments.format {
        Format::Json => format!("{}\n", as_json(&lab).map_err(|error| anyhow!(error))?),
        Format::Text => as_text(&lab).map_err(|error| anyhow!(error))?,
    })?;
    let events = lab.journal().clone();
    let lost = journal::until_end(&events, arguments.journal.as_deref(), &mut signals).await;
    lab.stop().await;
    let end = journal::end(&events, lost);
    let closed = authlab::backend::close_containers().await;
    closed.context("the containers were not removed")?;
    Ok(end)
}

/// What is wrong with an argument, or with what one names, is no failure of the lab.
fn stop(error: LabError) -> Stop {
    match error {
        LabError::File(_)
        | LabError::Statement { .. }
        | LabError::Guest(_)
        | LabError::ClockBesideForeign
        | LabError::Backend(
            PlaceError::NotExternal { .. } | PlaceError::WithoutContainers { .. },
        ) => Stop::Usage(anyhow!(error)),
        LabError::Port(_)
        | LabError::Randomness
        | LabError::JournalFile { .. }
        | LabError::Backend(_)
        | LabError::Vault(_)
        | LabError::UnknownAccount { .. } => Stop::Failed(anyhow!(error)),
    }
}

fn as_json(lab: &Lab) -> Result<serde_json::Value, LabError> {
    let endpoints = lab.endpoints();
    let account = |account: &Account| {
        let keys = lab.administrator_credentials(&account.name)?;
        Ok(json!({
            "id": account.id,
            "name": account.name,
            "administrator": {
                "access_key_id": keys.access_key_id,
                "secret_access_key": keys.secret_access_key.expose_secret(),
            },
        }))
    };
    let accounts = lab.accounts().iter().map(account);
    let accounts: Vec<_> = accounts.collect::<Result<_, LabError>>()?;
    let mut shown = json!({
        "seed": lab.seed(),
        "organization": lab.organization_id(),
        "aws": { "endpoint": endpoints.aws, "region": lab.region(), "accounts": accounts },
        "vault": { "addr": endpoints.vault, "root_token": own_root_token(lab) },
        "oidc": {
            "issuer": endpoints.oidc.issuer,
            "token_endpoint": endpoints.oidc.token_endpoint,
            "jwks_uri": endpoints.oidc.jwks_uri,
        },
        "control": endpoints.control,
    });
    let backends = lab.backends();
    if !backends.are_embedded() {
        shown["backends"] = json!({
            "aws": backends.aws.as_str(),
            "vault": backends.vault.as_str(),
            "oidc": backends.oidc.as_str(),
        });
    }
    Ok(shown)
}

/// Vault's root token, unless it is that of somebody else's server: such a one is never printed.
fn own_root_token(lab: &Lab) -> Option<String> {
    (lab.backends().vault != Backend::External).then(|| lab.vault_root_token())
}

fn as_text(lab: &Lab) -> Result<String, LabError> {
    let endpoints = lab.endpoints();
    let pace = if lab.clock().is_running() {
        "running"
    } else {
        "standing"
    };
    let mut text = format!(
        "authlab is up (seed {}, clock {} {pace}",
        lab.seed(),
        lab.clock().now(),
    );
    if !lab.backends().are_embedded() {
        text.push_str(&format!(", {}", lab.backends()));
    }
    text.push_str(&format!(
        ")\n\n  AWS      {}\n  Vault    {}\n  OIDC     {}\n  control  {}\n\n",
        endpoints.aws, endpoints.vault, endpoints.oidc.issuer, endpoints.control,
    ));
    if let Some(id) = lab.organization_id() {
        text.push_str(&format!("  organization {id}\n\n"));
    }
    text.push_str(
        "  accounts, and their administrators' access key and secret\n  (the root user's: the account id, and `test`):\n",
    );
    for account in lab.accounts() {
        let keys = lab.administrator_credentials(&account.name)?;
        text.push_str(&format!(
            "    {}  {}  {}  {}\n",
            account.id,
            keys.access_key_id,
            keys.secret_access_key.expose_secret(),
            account.name
        ));
    }
    text.push_str("\n  export AWS_ENDPOINT_URL=");
    text.push_str(&endpoints.aws);
    text.push_str(&format!(" AWS_DEFAULT_REGION={}", lab.region()));
    let mut members = lab.accounts().iter();
    let first = members.find(|account| !account.management);
    if let Some(account) = first.or(lab.accounts().first()) {
        let keys = lab.administrator_credentials(&account.name)?;
        text.push_str(&format!(
            " AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY={}",
            keys.access_key_id,
            keys.secret_access_key.expose_secret()
        ));
    }
    text.push_str(&format!(
        "\n  export VAULT_ADDR={} VAULT_TOKEN={}\n\n  why was that refused?  authlab explain --last --control {}\n\n  stop with Ctrl-C\n",
        endpoints.vault,
        own_root_token(lab).unwrap_or_else(|| "$AUTHLAB_VAULT_TOKEN".to_owned()),
        endpoints.control,
    ));
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// How the command ends that starts a lab of this file and these backends.
    fn ended(file: &str, backends: authlab::BackendChoice) -> Result<String, Stop> {
        let file = LabFile::parse(Path::new("lab.toml"), file)
            .map_err(|error| Stop::from(Usage(anyhow!(error))))?;
        let started = Lab::builder().file(file).backends(backends).start();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let lab = runtime.block_on(started).map_err(stop)?;
        let text = as_text(&lab).unwrap();
        runtime.block_on(lab.stop());
        Ok(text)
    }

    #[test]
    fn a_wrong_statement_is_the_status_of_a_wrong_argument() {
        let none = authlab::BackendChoice::default;
        let external = || authlab::BackendChoice {
            vault: Some(Backend::External),
            ..none()
        };
        let writes = || authlab::BackendChoice {
            allow_writes: vec!["vault".parse().unwrap()],
            ..none()
        };
        for (file, backends) in [
            ("sede = 1", none()),
            ("clock = \"2026-01-15T12:00:00Z\"", external()),
            ("[vault]\nroot_token = \"root\"", external()),
            ("[backend]\nunchecked = [\"sqs\"]", none()),
            ("", writes()),
        ] {
            let ended = ended(file, backends);
            assert!(matches!(ended, Err(Stop::Usage(_))), "{file}: {ended:?}");
        }
    }

    #[test]
    fn what_is_printed_has_each_part_once_and_no_empty_key() {
        let alone = "[[account]]\nid = \"111111111111\"\nname = \"a\"\n";
        for (file, organizations, accounts) in [("", 1, 4), (alone, 0, 1)] {
            let text = ended(file, authlab::BackendChoice::default()).unwrap();
            assert_eq!(text.matches("  organization ").count(), organizations);
            assert_eq!(text.matches("  AKIA").count(), accounts, "{text}");
            assert_eq!(text.matches(" AWS_ACCESS_KEY_ID=AKIA").count(), 1);
            assert_eq!(text.matches(" VAULT_TOKEN=hvs.").count(), 1);
            assert!(!text.contains("= "), "{text}");
        }
    }
}
