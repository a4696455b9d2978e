//! The containers of one scenario, and what in them is its own.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use futures_util::StreamExt as _;
use testcontainers::bollard::query_parameters::LogsOptionsBuilder;

use crate::engine::Engine;
use crate::error::ContainerError;
use crate::health::{exit_code, last_lines};
use crate::image::Service;
use crate::localstack::LocalStackAddress;
use crate::oidc::OidcAddress;
use crate::start::{LAB_HOST, Running};
use crate::vault::{VaultAddress, VaultKind};

/// How long a line of a container's output may take to arrive.
const OUTPUT_PATIENCE: Duration = Duration::from_secs(30);

/// The containers of one scenario.
#[derive(Debug, Clone)]
pub struct Lease {
    pub(crate) engine_host: String,
    /// When it was given, in seconds since 1970 by the machine's clock.
    pub(crate) since_s: i32,
    pub(crate) set: String,
    pub(crate) scenario: u32,
    pub(crate) lab_address: Option<IpAddr>,
    pub(crate) services: BTreeMap<Service, Running>,
}

impl Lease {
    /// The scenario's number in its set, from 1.
    pub fn scenario(&self) -> u32 {
        self.scenario
    }

    /// An account in LocalStack that no other scenario has, for this scenario's account number
    /// `index`: twelve digits, of which eight are the scenario's number and three the index.
    pub fn account(&self, index: u16) -> String {
        const INDEX_LIMIT: u16 = 1000;
        const SCENARIO_LIMIT: u32 = 100_000_000;
        format!(
            "9{:08}{:03}",
            self.scenario % SCENARIO_LIMIT,
            index % INDEX_LIMIT
        )
    }

    /// The namespace of this scenario in OpenBao, without slashes at its ends.
    pub fn namespace(&self) -> String {
        format!("s{}", self.scenario)
    }

    /// Where LocalStack is, if it was wanted.
    pub fn localstack(&self) -> Option<LocalStackAddress> {
        self.services
            .get(&Service::LocalStack)
            .map(LocalStackAddress::from)
    }

    /// Where Vault or OpenBao is, if it was wanted.
    pub fn vault(&self) -> Option<VaultAddress> {
        [VaultKind::Vault, VaultKind::OpenBao]
            .into_iter()
            .find_map(|kind| {
                let running = self.services.get(&kind.service())?;
                Some(VaultAddress::of(kind, running, &self.set))
            })
    }

    /// Where the OpenID Connect server is, if it was wanted.
    pub fn oidc(&self) -> Option<OidcAddress> {
        self.services.get(&Service::Oidc).map(OidcAddress::of)
    }

    /// The address that the lab has to listen on so that containers reach it as [`LAB_HOST`];
    /// `None` where loopback will do because the engine forwards (Docker Desktop).
    pub fn lab_address(&self) -> Option<IpAddr> {
        self.lab_address
    }

    /// The name under which containers reach the machine of the lab.
    pub fn lab_host(&self) -> &'static str {
        LAB_HOST
    }

    /// Whether all containers of the lease still run; to be asked when a request to one failed.
    ///
    /// # Errors
    /// [`ContainerError::Gone`] with the last log lines of the one that does not.
    pub async fn check(&self) -> Result<(), ContainerError> {
        let engine = Engine::find().await?;
        for (service, running) in &self.services {
            if let Some(code) = exit_code(&engine, &running.name).await? {
                return Err(ContainerError::Gone {
                    service: *service,
                    name: running.name.clone(),
                    state: if code < 0 {
                        "is gone".to_owned()
                    } else {
                        format!("exited with code {code}")
                    },
                    logs: last_lines(&engine, &running.name).await,
                });
            }
        }
        Ok(())
    }

    /// What the service wrote to its standard output so far, by line: an audit device with
    /// `file_path=stdout` writes there too.
    ///
    /// # Errors
    /// [`ContainerError::NotLeased`], and what the engine refuses.
    pub async fn output(&self, service: Service) -> Result<Vec<String>, ContainerError> {
        let running = self
            .services
            .get(&service)
            .ok_or(ContainerError::NotLeased { service })?;
        let engine = Engine::find().await?;
        let options = LogsOptionsBuilder::new().stdout(true).stderr(false).build();
        let mut stream = Box::pin(engine.docker().logs(&running.name, Some(options)));
        let mut text = String::new();
        while let Some(item) = stream.next().await {
            let output = item.map_err(|error| {
                engine.failed(format!("reading the log of `{}`", running.name), error)
            })?;
            text.push_str(&output.to_string());
        }
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// What the service wrote to its standard output since the lease was given, by line, up to the
    /// first line that contains `mark`, which is waited for.
    ///
    /// # Errors
    /// [`ContainerError::NotLeased`], what the engine refuses, and an output that ends, or is silent
    /// for too long, before the mark.
    pub async fn output_until(
        &self,
        service: Service,
        mark: &str,
    ) -> Result<Vec<String>, ContainerError> {
        let running = self
            .services
            .get(&service)
            .ok_or(ContainerError::NotLeased { service })?;
        let engine = Engine::find().await?;
        let doing = || format!("following the log of `{}`", running.name);
        let options = LogsOptionsBuilder::new()
            .follow(true)
            .stdout(true)
            .stderr(false)
            .since(self.since_s)
            .build();
        let mut stream = Box::pin(engine.docker().logs(&running.name, Some(options)));
        let mut text = String::new();
        let mut is_marked = false;
        let read = async {
            while let Some(item) = stream.next().await {
                let item = item.map_err(|error| engine.failed(doing(), error))?;
                // The mark may begin in what came before.
                let mut from = text.len().saturating_sub(mark.len());
                while !text.is_char_boundary(from) {
                    from -= 1;
                }
                text.push_str(&item.to_string());
                is_marked |= text.get(from..).is_some_and(|new| new.contains(mark));
                if is_marked && text.ends_with('\n') {
                    return Ok(());
                }
            }
            Err(ContainerError::engine(doing(), "it ended too early"))
        };
        match tokio::time::timeout(OUTPUT_PATIENCE, read).await {
            Ok(read) => read?,
            Err(_) => return Err(ContainerError::engine(doing(), "a line did not come")),
        }
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Where the engine is that runs the containers.
    pub fn engine_host(&self) -> &str {
        &self.engine_host
    }
}

/// A little before now, as engines count: the clock of one elsewhere may be a little behind.
#[expect(
    clippy::disallowed_methods,
    reason = "containers log by the machine's time"
)]
pub(crate) fn began_s() -> i32 {
    const SLACK_S: u64 = 5;
    let now = std::time::SystemTime::now();
    let elapsed = now.duration_since(std::time::UNIX_EPOCH);
    let seconds = elapsed.map_or(0, |elapsed| elapsed.as_secs().saturating_sub(SLACK_S));
    i32::try_from(seconds).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(scenario: u32) -> Lease {
        Lease {
            engine_host: String::new(),
            since_s: 0,
            set: "authlab-x-0".to_owned(),
            scenario,
            lab_address: None,
            services: BTreeMap::new(),
        }
    }

    #[test]
    fn no_two_scenarios_share_an_account_or_a_namespace() {
        assert_eq!(lease(1).account(0), "900000001000");
        assert_eq!(lease(1).account(12), "900000001012");
        assert_ne!(lease(1).account(0), lease(2).account(0));
        assert_ne!(lease(1).namespace(), lease(2).namespace());
    }

    #[test]
    fn a_lease_holds_nothing_that_was_not_wanted() {
        let lease = lease(1);
        assert!(lease.localstack().is_none() && lease.vault().is_none() && lease.oidc().is_none());
    }
}
