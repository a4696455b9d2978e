//! What the backends can do, found out by experiment.
//!
//! Each capability is a small experiment with something good and something bad: a backend has it when
//! the good passes and the bad is refused. No list of servers says what a server can. Tags of
//! scenarios ask for capabilities (`@needs:vault-aws-auth`, `@virtual-time`); what is missing skips
//! them, with what the experiment saw as the reason.

mod gateway;
mod issuer;
mod secret;
mod vault;

use std::{future::Future, path::Path, pin::Pin};

use authlab::{BackendChoice, LabFile};

use crate::{
    World,
    error::{StepError, StepResult},
    runner::scenario::Capabilities,
};

/// The lab of the experiments: an issuer that lives on every server, and one that does not.
const LAB: &str = r#"
[organization]
[[account]]
id = "111111111111"
name = "management"
management = true
[[account]]
id = "222222222222"
name = "workload-a"
[[issuer]]
name = "corp"
url = "https://login.corp.example/"
[[issuer]]
name = "partner"
url = "https://sso.corp.example/partner"
[[issuer.client]]
id = "probe"
secret = "test"
"#;

/// The name of the lab's issuer that lives on every server.
const ISSUER: &str = "partner";
/// The account of the experiments.
const ACCOUNT: &str = "workload-a";
/// The client of the issuer, for which its tokens are.
const CLIENT: &str = "probe";

/// How an experiment ended: a reason when the capability is missing.
type Experiment<'w> = Pin<Box<dyn Future<Output = StepResult<Option<String>>> + 'w>>;

/// A capability and the experiment that finds it.
struct Probe {
    name: &'static str,
    what: &'static str,
    run: for<'w> fn(&'w mut World) -> Experiment<'w>,
}

/// Every capability, in the order in which the table shows them. What moves the clock comes last.
const PROBES: [Probe; 11] = [
    Probe {
        name: "enforces-iam",
        what: "a user without a policy is refused a secret that the administrator reads",
        run: |world| Box::pin(secret::enforces_iam(world)),
    },
    Probe {
        name: "verifies-jwt",
        what: "an HTTP API lets a token of its issuer in and a forged one not",
        run: |world| Box::pin(gateway::verifies_jwt(world)),
    },
    Probe {
        name: "access-logs",
        what: "a call of the API is a line in its access log",
        run: |world| Box::pin(gateway::access_logs(world)),
    },
    Probe {
        name: "checks-client-secret",
        what: "the token endpoint refuses a wrong client secret",
        run: |world| Box::pin(issuer::checks_client_secret(world)),
    },
    Probe {
        name: "issuer-at-root",
        what: "an issuer whose URL is a host and a slash answers under that URL",
        run: |world| Box::pin(issuer::issuer_at_root(world)),
    },
    Probe {
        name: "mints-claims",
        what: "the control API mints a token with a claim of one's choice",
        run: |world| Box::pin(issuer::mints_claims(world)),
    },
    Probe {
        name: "vault-jwt-auth",
        what: "Vault lets a token of the issuer in and a forged one not",
        run: |world| Box::pin(vault::jwt_auth(world)),
    },
    Probe {
        name: "vault-aws-auth",
        what: "Vault has the auth method `aws`",
        run: |world| Box::pin(vault::aws_auth(world)),
    },
    Probe {
        name: "vault-enforcement",
        what: "Vault lets through what its policies refuse, in a lab that audits permissions",
        run: |world| Box::pin(vault::audits_permissions(world)),
    },
    Probe {
        name: "faults",
        what: "Vault cannot get the issuer's keys once the lab cut the link",
        run: |world| Box::pin(vault::faults(world)),
    },
    Probe {
        name: "virtual-time",
        what: "a Vault token, a secret's date and a token of the issuer follow the lab's clock",
        run: |world| Box::pin(virtual_time(world)),
    },
];

/// What was found of one capability.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// The capability: `virtual-time`.
    pub name: &'static str,
    /// The experiment in words.
    pub what: &'static str,
    /// Why it is missing; none when it is there.
    pub missing: Option<String>,
}

/// Makes every experiment in a lab of its own with these backends.
///
/// # Errors
/// When the lab does not start. An experiment that cannot be made finds its capability missing.
pub async fn probe(backends: BackendChoice) -> StepResult<Vec<Finding>> {
    let file = LabFile::parse(Path::new("the probe's lab"), LAB)?;
    let mut world = World::alone(file, backends).await?;
    let mut findings = Vec::new();
    for probe in &PROBES {
        let missing = match (probe.run)(&mut world).await {
            Ok(missing) => missing,
            Err(error) => Some(error.to_string()),
        };
        findings.push(Finding {
            name: probe.name,
            what: probe.what,
            missing,
        });
    }
    world.stop().await;
    Ok(findings)
}

/// What scenarios may ask for with these backends. All is there on the embedded lab, as a test of
/// this crate finds out by the same experiments; elsewhere they are made now, once per process.
pub(crate) fn capabilities(backends: BackendChoice) -> Capabilities {
    if backends.backends().are_embedded() {
        let names = PROBES.iter().map(|probe| probe.name);
        return names.fold(Capabilities::default(), Capabilities::available);
    }
    let found = std::thread::scope(|scope| {
        let probing = scope.spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(probe(backends))
        });
        probing
            .join()
            .unwrap_or_else(|_| Err(StepError::new("the experiments panicked")))
    });
    match found {
        Ok(findings) => findings.into_iter().fold(
            Capabilities::default(),
            |capabilities, finding| match finding.missing {
                None => capabilities.available(finding.name),
                Some(reason) => capabilities.missing(finding.name, reason),
            },
        ),
        // Every scenario will fail with this error as it starts its own lab; none is skipped for it.
        Err(_) => PROBES
            .iter()
            .fold(Capabilities::default(), |capabilities, probe| {
                capabilities.available(probe.name)
            }),
    }
}

async fn virtual_time(world: &mut World) -> StepResult<Option<String>> {
    if let Some(missing) = secret::dates_are_the_labs(world).await? {
        return Ok(Some(missing));
    }
    // The clock is moved once, for all that have to follow.
    let follows = vault::token_of_a_minute(world).await?;
    crate::steps::clock::advance(world, 61).await?;
    if let Some(missing) = vault::has_ended(world, &follows).await? {
        return Ok(Some(missing));
    }
    issuer::dates_are_the_labs(world).await
}

/// The table of findings: a line for each capability, a column for each backend.
#[must_use]
pub fn table(columns: &[(String, Vec<Finding>)]) -> String {
    let mut text = format!("{:<22}", "capability");
    for (backend, _) in columns {
        text.push_str(&format!("{backend:<12}"));
    }
    let mut text = format!("{}\n", text.trim_end());
    let mut reasons = String::new();
    for (index, probe) in PROBES.iter().enumerate() {
        let mut line = format!("{:<22}", probe.name);
        for (backend, findings) in columns {
            let missing = findings.get(index).and_then(|found| found.missing.as_ref());
            line.push_str(&format!(
                "{:<12}",
                if missing.is_some() { "-" } else { "yes" }
            ));
            if let Some(reason) = missing {
                reasons.push_str(&format!("  {} on {backend}: {reason}\n", probe.name));
            }
        }
        text.push_str(&format!("{}\n", line.trim_end()));
    }
    if !reasons.is_empty() {
        text.push_str(&format!("\nmissing, because:\n{reasons}"));
    }
    text
}
