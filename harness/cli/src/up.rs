//! `authlab up`: a lab in the foreground.

use anyhow::{Context as _, anyhow};
use authlab::file::Account;
use authlab::{Backend, ClientClock, ClockStart, Lab, LabBuilder, LabError, LabFile, Ports};
use serde_json::json;

use crate::arguments::{Format, Up};
use crate::signals::Signals;
use crate::{End, Stop, Usage, backend, journal, output};

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
                .map_err(|error| Usage(anyhow!(error)))?,
        ),
        None => builder.clock_default(ClockStart::Wall),
    };
    if let Some(mebibytes) = arguments.journal_memory {
        builder = builder.journal_bytes_max(mebibytes.saturating_mul(1024 * 1024));
    }
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
    let lab = started.map_err(|error| match error {
        LabError::File(_) => Stop::Usage(anyhow!(error)),
        other => Stop::Failed(anyhow!(other)),
    })?;
    output::print(&match arguments.format {
        Format::Json => format!("{}\n", as_json(&lab)),
        Format::Text => as_text(&lab),
    })?;
    let events = lab.journal().clone();
    let lost = journal::until_end(&events, arguments.journal.as_deref(), &mut signals).await;
    lab.stop().await;
    let end = journal::end(&events, lost);
    let closed = authlab::backend::close_containers().await;
    closed.context("the containers were not removed")?;
    Ok(end)
}

fn as_json(lab: &Lab) -> serde_json::Value {
    let endpoints = lab.endpoints();
    let accounts: Vec<_> = lab
        .accounts()
        .iter()
        .map(|account| {
            let keys = lab.administrator_credentials(&account.name).ok();
            json!({
                "id": account.id,
                "name": account.name,
                "administrator": keys.map(|keys| json!({
                    "access_key_id": keys.access_key_id,
                    "secret_access_key": keys.secret_access_key.expose_secret(),
                })),
            })
        })
        .collect();
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
    shown
}

/// Vault's root token, unless it is that of somebody else's server: such a one is never printed.
fn own_root_token(lab: &Lab) -> Option<String> {
    (lab.backends().vault != Backend::External).then(|| lab.vault_root_token())
}

/// The access key and the secret of an account's administrator.
fn administrator(lab: &Lab, account: &Account) -> (String, String) {
    let keys = lab.administrator_credentials(&account.name).ok();
    keys.map_or_else(Default::default, |keys| {
        let secret = keys.secret_access_key.expose_secret().to_owned();
        (keys.access_key_id, secret)
    })
}

fn as_text(lab: &Lab) -> String {
    let endpoints = lab.endpoints();
    let accounts = lab.accounts();
    let mut text = format!(
        "authlab is up (seed {}, clock {} {})\n\n  AWS      {}\n  Vault    {}\n  OIDC     {}\n  \
         control  {}\n\n  accounts, and their administrators' access key and secret\n  (the root user's: the account id, and `test`):\n",
        lab.seed(),
        lab.clock().now(),
        if lab.clock().is_running() {
            "running"
        } else {
            "standing"
        },
        endpoints.aws,
        endpoints.vault,
        endpoints.oidc.issuer,
        endpoints.control,
    );
    if !lab.backends().are_embedded() {
        text = text.replacen(")\n", &format!(", {})\n", lab.backends()), 1);
    }
    if let Some(id) = lab.organization_id() {
        text = text.replacen(
            "  accounts,",
            &format!("  organization {id}\n\n  accounts,"),
            1,
        );
    }
    for account in accounts {
        let (key, secret) = administrator(lab, account);
        text.push_str(&format!(
            "    {}  {key}  {secret}  {}\n",
            account.id, account.name
        ));
    }
    let first = accounts
        .iter()
        .find(|account| !account.management)
        .or(accounts.first());
    let root = || ("111111111111".to_owned(), "test".to_owned());
    let (key, secret) = first.map_or_else(root, |account| administrator(lab, account));
    text.push_str(&format!(
        "\n  export AWS_ENDPOINT_URL={} AWS_DEFAULT_REGION={} AWS_ACCESS_KEY_ID={key} \
         AWS_SECRET_ACCESS_KEY={secret}\n  export VAULT_ADDR={} VAULT_TOKEN={}\n\n  \
         stop with Ctrl-C\n",
        endpoints.aws,
        lab.region(),
        endpoints.vault,
        own_root_token(lab).unwrap_or_else(|| "$AUTHLAB_VAULT_TOKEN".to_owned()),
    ));
    text
}
