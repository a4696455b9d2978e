//! Starting one container: what all services share. What differs stands in a [`Recipe`], which the
//! service's own file makes.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use testcontainers::bollard::models::{HostConfig, PortBinding};
use testcontainers::bollard::query_parameters::{
    InspectContainerOptions, LogsOptionsBuilder, RemoveContainerOptionsBuilder,
};
use testcontainers::core::{Host, IntoContainerPort as _};
use testcontainers::runners::AsyncRunner as _;
use testcontainers::{GenericImage, ImageExt as _, ReuseDirective};

use crate::engine::{Engine, is_missing};
use crate::error::ContainerError;
use crate::health::{Awaited, last_lines, start_deadline};
use crate::image::{ImageName, Service};

/// Under this name a container reaches the machine that the lab runs on.
pub const LAB_HOST: &str = "host.docker.internal";

/// What a service needs beside its image.
pub(crate) struct Recipe {
    /// The port that the service listens on in its container.
    pub port: u16,
    /// Answers 200 as soon as the service is of use.
    pub health_path: &'static str,
    /// Environment variables.
    pub variables: Vec<(String, String)>,
    /// The command; empty for the image's own.
    pub command: Vec<String>,
    /// Files, by their path in the container.
    pub files: Vec<(&'static str, String)>,
    /// Linux capabilities that the service asks for.
    pub capabilities: &'static [&'static str],
}

/// What all containers of a set share.
pub(crate) struct Surroundings<'a> {
    pub engine: &'a Engine,
    /// Name of the set, and of its network.
    pub set: &'a str,
    pub labels: &'a BTreeMap<String, String>,
    /// The address that [`LAB_HOST`] stands for; `None` leaves it to the engine.
    pub lab_address: Option<IpAddr>,
    /// Further names for the machine that the lab runs on.
    pub lab_names: &'a [String],
    /// Folder that keeps the logs of failed containers.
    pub log_folder: &'a Path,
}

/// A running container, as the processes of a run tell each other.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Running {
    pub service: Service,
    /// Name of the container, which is its host name on the set's network.
    pub name: String,
    pub image: String,
    /// Address from this machine, without a path.
    pub url: String,
    /// Address from the other containers of the set.
    pub internal_url: String,
    /// From the request to the first healthy answer, in milliseconds.
    pub started_ms: u64,
}

impl Surroundings<'_> {
    /// Starts the service and returns when it is healthy. What failed is removed; its log is kept.
    #[expect(
        clippy::disallowed_methods,
        reason = "containers run on the machine's time"
    )]
    pub async fn start(&self, service: Service, recipe: Recipe) -> Result<Running, ContainerError> {
        let began = Instant::now();
        let image = service.image().obtain(self.engine).await?;
        let name = format!("{}-{}", self.set, service.slug());
        // What a start that was broken off left behind has the same name.
        remove(self.engine, &name).await?;
        let result = self.start_as(service, recipe, &image, &name).await;
        match result {
            Ok((url, internal_url)) => {
                let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                let image = image.to_string();
                Ok(Running {
                    service,
                    name,
                    image,
                    url,
                    internal_url,
                    started_ms: elapsed_ms,
                })
            }
            Err(error) => {
                let kept = self.keep_log(&name).await;
                remove(self.engine, &name).await?;
                Err(error.with_log(kept.as_deref()))
            }
        }
    }

    async fn start_as(
        &self,
        service: Service,
        recipe: Recipe,
        image: &ImageName,
        name: &str,
    ) -> Result<(String, String), ContainerError> {
        let port = recipe.port;
        let fixed_port = service.image().fixed_port()?;
        let health_path = recipe.health_path;
        let deadline = start_deadline()?;
        // `Always`: the set and not this value decides when the container goes.
        let request = self
            .request(recipe, image, name, fixed_port)
            .with_reuse(ReuseDirective::Always);
        request
            .start()
            .await
            .map_err(|error| refused_start(service, fixed_port, &causes(&error)))?;

        let host_port = self.published_port(service, image, name, port).await?;
        let url = format!("http://{}:{host_port}", self.engine.address());
        let health_url = format!("{url}{health_path}");
        let awaited = Awaited {
            engine: self.engine,
            service,
            image: &image.to_string(),
            container: name,
            health_url: &health_url,
            deadline,
        };
        awaited.until_healthy().await?;
        Ok((url, format!("http://{name}:{port}")))
    }

    fn request(
        &self,
        recipe: Recipe,
        image: &ImageName,
        name: &str,
        fixed_port: Option<u16>,
    ) -> testcontainers::ContainerRequest<GenericImage> {
        let publish_address = self.engine.publish_address().to_string();
        let container_port = format!("{}/tcp", recipe.port);
        let capabilities: Vec<String> = recipe
            .capabilities
            .iter()
            .map(|capability| (*capability).to_owned())
            .collect();
        let lab = self.lab_address.map_or(Host::HostGateway, Host::Addr);
        let mut request = GenericImage::new(&image.name, &image.tag)
            .with_exposed_port(recipe.port.tcp())
            .with_container_name(name)
            .with_network(self.set)
            .with_labels(self.labels.clone())
            .with_host(LAB_HOST, lab.clone())
            .with_host_config_modifier(move |config: &mut HostConfig| {
                let binding = PortBinding {
                    host_ip: Some(publish_address.clone()),
                    host_port: fixed_port.map(|port| port.to_string()),
                };
                config.publish_all_ports = Some(false);
                config.port_bindings = Some(HashMap::from([(
                    container_port.clone(),
                    Some(vec![binding]),
                )]));
                config.cap_add = Some(capabilities.clone());
            });
        for lab_name in self.lab_names {
            request = request.with_host(lab_name, lab.clone());
        }
        for (variable, value) in recipe.variables {
            request = request.with_env_var(variable, value);
        }
        for (path, content) in recipe.files {
            request = request.with_copy_to(path, content.into_bytes());
        }
        if recipe.command.is_empty() {
            request
        } else {
            request.with_cmd(recipe.command)
        }
    }

    /// The port of this machine that the engine chose. A container that has exited has none.
    async fn published_port(
        &self,
        service: Service,
        image: &ImageName,
        name: &str,
        port: u16,
    ) -> Result<String, ContainerError> {
        let inspected = self
            .engine
            .docker()
            .inspect_container(name, None::<InspectContainerOptions>)
            .await;
        let found = inspected.map_err(|error| {
            self.engine
                .failed(format!("looking at the container `{name}`"), error)
        })?;
        let bindings = found
            .network_settings
            .and_then(|settings| settings.ports)
            .and_then(|mut ports| ports.remove(&format!("{port}/tcp")).flatten());
        let host_port = bindings
            .and_then(|bindings| bindings.into_iter().find_map(|binding| binding.host_port));
        if let Some(host_port) = host_port {
            return Ok(host_port);
        }
        let state = found.state.unwrap_or_default();
        let logs = last_lines(self.engine, name).await;
        Err(ContainerError::Exited {
            service,
            image: image.to_string(),
            code: state.exit_code.unwrap_or_default(),
            logs,
        })
    }

    /// Writes the whole log of a container that failed to `{container}.log`; `None` if there is
    /// none or it cannot be written, since an error of this must not hide the one that led here.
    async fn keep_log(&self, name: &str) -> Option<PathBuf> {
        let options = LogsOptionsBuilder::new().stdout(true).stderr(true).build();
        let mut stream = Box::pin(self.engine.docker().logs(name, Some(options)));
        let mut text = String::new();
        while let Some(Ok(output)) = stream.next().await {
            text.push_str(&output.to_string());
        }
        let path = self.log_folder.join(format!("{name}.log"));
        let is_kept = !text.is_empty() && std::fs::write(&path, text).is_ok();
        is_kept.then_some(path)
    }
}

/// Removes the container with its volumes; that it is not there is as well.
pub(crate) async fn remove(engine: &Engine, name: &str) -> Result<(), ContainerError> {
    let options = RemoveContainerOptionsBuilder::new()
        .force(true)
        .v(true)
        .build();
    match engine.docker().remove_container(name, Some(options)).await {
        Ok(()) => Ok(()),
        Err(error) if is_missing(&error) => Ok(()),
        // Another process, or the reaper, is removing it.
        Err(error) if error.to_string().contains("already in progress") => Ok(()),
        Err(error) => Err(engine.failed(format!("removing the container `{name}`"), error)),
    }
}

fn refused_start(service: Service, fixed_port: Option<u16>, reason: &str) -> ContainerError {
    let is_taken = [
        "port is already allocated",
        "address already in use",
        "ports are not available",
    ]
    .iter()
    .any(|text| reason.contains(text));
    match fixed_port {
        Some(port) if is_taken => ContainerError::PortTaken {
            service,
            port,
            variable: service.image().port_variable,
        },
        _ => ContainerError::engine(format!("starting {service}"), reason),
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |inner| inner.source()).fold(
        error.to_string(),
        |text, inner| {
            let more = inner.to_string();
            if text.contains(&more) {
                text
            } else {
                format!("{text}: {more}")
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_told_from_other_refusals() {
        let taken = "driver failed programming external connectivity: Bind for 127.0.0.1:4566 failed: port is already allocated";
        let error = refused_start(Service::LocalStack, Some(4566), taken);
        assert!(
            matches!(error, ContainerError::PortTaken { port: 4566, .. }),
            "{error:?}"
        );
        assert!(
            error.to_string().contains("AUTHLAB_LOCALSTACK_PORT"),
            "{error}"
        );
        let error = refused_start(Service::LocalStack, Some(4566), "no such network");
        assert!(matches!(error, ContainerError::Engine { .. }), "{error:?}");
    }
}
