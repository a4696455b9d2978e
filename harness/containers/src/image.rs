//! Which image each service runs from: the vendor's name with a pinned tag, the one that
//! `cargo ci images` builds where no registry can be reached, or another by the environment.

use std::fmt;

use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use testcontainers::bollard::query_parameters::CreateImageOptionsBuilder;

use crate::engine::{Engine, is_missing};
use crate::error::ContainerError;

/// A system that can run as a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// LocalStack: the AWS services that the front door passes on.
    LocalStack,
    /// HashiCorp Vault.
    Vault,
    /// OpenBao, the fork of Vault.
    OpenBao,
    /// An OpenID Connect server that issues whatever it is asked for.
    Oidc,
}

impl Service {
    /// Every service, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::LocalStack, Self::Vault, Self::OpenBao, Self::Oidc];

    /// The name in container names, labels and files.
    pub fn slug(self) -> &'static str {
        match self {
            Self::LocalStack => "localstack",
            Self::Vault => "vault",
            Self::OpenBao => "openbao",
            Self::Oidc => "oidc",
        }
    }

    /// The image that this service runs from, and what selects another.
    pub fn image(self) -> &'static ImageSpec {
        match self {
            Self::LocalStack => &LOCALSTACK,
            Self::Vault => &VAULT,
            Self::OpenBao => &OPENBAO,
            Self::Oidc => &OIDC,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::LocalStack => "LocalStack",
            Self::Vault => "Vault",
            Self::OpenBao => "OpenBao",
            Self::Oidc => "the OIDC server",
        })
    }
}

/// Where a service's image comes from.
#[derive(Debug)]
pub struct ImageSpec {
    /// The service.
    pub service: Service,
    /// The vendor's image with its pinned tag.
    pub vendor: &'static str,
    /// What `cargo ci images` builds in its place, where it has a recipe.
    pub local: Option<&'static str>,
    /// The environment variable that selects another image.
    pub image_variable: &'static str,
    /// The environment variable that asks for a fixed port on this machine.
    pub port_variable: &'static str,
}

/// LocalStack. 4.14.0 is the last release that starts without a token.
const LOCALSTACK: ImageSpec = ImageSpec {
    service: Service::LocalStack,
    vendor: "localstack/localstack:4.14.0",
    local: Some("authlab-local/localstack:4.14.0"),
    image_variable: "AUTHLAB_LOCALSTACK_IMAGE",
    port_variable: "AUTHLAB_LOCALSTACK_PORT",
};

/// HashiCorp Vault. No recipe: its licence and its registries leave only the vendor's image.
const VAULT: ImageSpec = ImageSpec {
    service: Service::Vault,
    vendor: "hashicorp/vault:1.20.4",
    local: None,
    image_variable: "AUTHLAB_VAULT_IMAGE",
    port_variable: "AUTHLAB_VAULT_PORT",
};

/// OpenBao.
const OPENBAO: ImageSpec = ImageSpec {
    service: Service::OpenBao,
    vendor: "openbao/openbao:2.7.2",
    local: Some("authlab-local/openbao:2.7.2"),
    image_variable: "AUTHLAB_OPENBAO_IMAGE",
    port_variable: "AUTHLAB_OPENBAO_PORT",
};

/// The OpenID Connect server; ours is the crate `oauth2-test-server` behind the same addresses.
const OIDC: ImageSpec = ImageSpec {
    service: Service::Oidc,
    vendor: "ghcr.io/navikt/mock-oauth2-server:2.1.10",
    local: Some("authlab-local/oidc:0.2.3"),
    image_variable: "AUTHLAB_OIDC_IMAGE",
    port_variable: "AUTHLAB_OIDC_PORT",
};

impl ImageSpec {
    /// The images that may serve, best first: the one from the environment alone, else the
    /// vendor's, else the local one.
    pub fn candidates(&self) -> Result<Vec<ImageName>, ContainerError> {
        self.candidates_with(std::env::var(self.image_variable).ok().as_deref())
    }

    fn candidates_with(&self, selected: Option<&str>) -> Result<Vec<ImageName>, ContainerError> {
        match selected.filter(|text| !text.is_empty()) {
            Some(text) => {
                let name = ImageName::parse(text).ok_or_else(|| ContainerError::BadVariable {
                    variable: self.image_variable.to_owned(),
                    value: text.to_owned(),
                    expected: "image name with a tag, such as `registry/name:1.2.3`",
                })?;
                Ok(vec![name])
            }
            None => Ok([Some(self.vendor), self.local]
                .into_iter()
                .flatten()
                .filter_map(ImageName::parse)
                .collect()),
        }
    }

    /// The first candidate that the engine has; else the first one, pulled.
    ///
    /// # Errors
    /// [`ContainerError::NoImage`] where it cannot be pulled, [`ContainerError::TokenNeeded`] for a
    /// LocalStack that would not start.
    pub async fn obtain(&self, engine: &Engine) -> Result<ImageName, ContainerError> {
        let candidates = self.candidates()?;
        for name in &candidates {
            if engine.has_image(name).await? {
                return self.startable(name);
            }
        }
        let Some(first) = candidates.first() else {
            return Err(self.missing(self.vendor, "its name cannot be read"));
        };
        // Before the download, not after it.
        let name = self.startable(first)?;
        engine
            .pull(&name)
            .await
            .map_err(|reason| self.missing(&name.to_string(), reason))?;
        Ok(name)
    }

    fn missing(&self, image: &str, reason: impl Into<String>) -> ContainerError {
        ContainerError::NoImage {
            service: self.service,
            image: image.to_owned(),
            variable: self.image_variable,
            reason: reason.into(),
        }
    }

    fn startable(&self, name: &ImageName) -> Result<ImageName, ContainerError> {
        let has_token = std::env::var(LOCALSTACK_TOKEN).is_ok_and(|token| !token.is_empty());
        if self.service == Service::LocalStack && name.needs_localstack_token() && !has_token {
            return Err(ContainerError::TokenNeeded {
                image: name.to_string(),
            });
        }
        Ok(name.clone())
    }

    /// The port on this machine that the environment asks for.
    pub(crate) fn fixed_port(&self) -> Result<Option<u16>, ContainerError> {
        match std::env::var(self.port_variable) {
            Ok(text) if !text.is_empty() => {
                text.parse()
                    .map(Some)
                    .map_err(|_| ContainerError::BadVariable {
                        variable: self.port_variable.to_owned(),
                        value: text,
                        expected: "port number",
                    })
            }
            _ => Ok(None),
        }
    }
}

/// The variable that holds the token of LocalStack's newer releases.
pub(crate) const LOCALSTACK_TOKEN: &str = "LOCALSTACK_AUTH_TOKEN";

/// The last LocalStack release that starts without a token.
const LAST_FREE_LOCALSTACK: [u32; 3] = [4, 14, 0];

/// An image's name, split where Docker splits it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName {
    /// Registry, path and, for a digest, the part up to `@sha256`.
    pub(crate) name: String,
    /// The tag, or the digest's hexadecimal digits.
    pub(crate) tag: String,
}

impl ImageName {
    /// Reads `registry/path:tag` or `registry/path@sha256:digest`; `None` without either, since an
    /// image without a pinned tag is another one tomorrow.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, tag) = text.rsplit_once(':')?;
        let is_clean = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
        // A colon before a slash belongs to the registry's port.
        (is_clean(name) && is_clean(tag) && !tag.contains('/')).then(|| Self {
            name: name.to_owned(),
            tag: tag.to_owned(),
        })
    }

    fn needs_localstack_token(&self) -> bool {
        let is_vendors =
            self.name.contains("localstack/localstack") && !self.name.starts_with("authlab-local/");
        let digits = self.tag.trim_start_matches('v').split(['.', '-']);
        let version: Option<Vec<u32>> = digits.take(3).map(|part| part.parse().ok()).collect();
        // `latest`, `stable` and digests are newer than the last free one.
        is_vendors
            && version.is_none_or(|version| version.as_slice() > LAST_FREE_LOCALSTACK.as_slice())
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.name, self.tag)
    }
}

impl Engine {
    /// Whether the engine has the image already.
    pub async fn has_image(&self, name: &ImageName) -> Result<bool, ContainerError> {
        match self.docker().inspect_image(&name.to_string()).await {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(self.failed(format!("looking for the image `{name}`"), error)),
        }
    }

    /// Pulls the image; the error is what the registry or the way to it said.
    pub async fn pull(&self, name: &ImageName) -> Result<(), String> {
        let options = CreateImageOptionsBuilder::new()
            .from_image(&name.name)
            .tag(&name.tag)
            .build();
        self.docker()
            .create_image(Some(options), None, None)
            .try_for_each(|_| async { Ok(()) })
            .await
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_at_the_tag() {
        let table = [
            (
                "localstack/localstack:4.14.0",
                Some(("localstack/localstack", "4.14.0")),
            ),
            ("localhost:5000/bao:2", Some(("localhost:5000/bao", "2"))),
            ("vault@sha256:abcd", Some(("vault@sha256", "abcd"))),
            ("localhost:5000/bao", None),
            ("vault", None),
            (":1", None),
            ("a b:1", None),
            ("vault:", None),
        ];
        for (text, expected) in table {
            let parsed = ImageName::parse(text);
            let parts = parsed
                .as_ref()
                .map(|image| (image.name.as_str(), image.tag.as_str()));
            assert_eq!(parts, expected, "{text}");
        }
    }

    #[test]
    fn a_newer_localstack_needs_a_token_and_the_pinned_one_does_not() {
        let table = [
            ("localstack/localstack:4.14.0", false),
            ("localstack/localstack:4.13.1", false),
            ("localstack/localstack:4.14", false),
            ("authlab-local/localstack:9.0.0", false),
            ("localstack/localstack:4.14.1", true),
            ("localstack/localstack:2026.3.0", true),
            ("localstack/localstack:latest", true),
            ("mirror.example/localstack/localstack-pro:5.0", true),
        ];
        for (text, expected) in table {
            let name = ImageName::parse(text).unwrap();
            assert_eq!(name.needs_localstack_token(), expected, "{text}");
        }
    }

    #[test]
    fn the_environment_selects_one_image_and_a_bad_name_is_refused() {
        let spec = Service::OpenBao.image();
        let names = |selected| {
            spec.candidates_with(selected)
                .unwrap()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names(None),
            ["openbao/openbao:2.7.2", "authlab-local/openbao:2.7.2"]
        );
        assert_eq!(
            names(Some("")),
            ["openbao/openbao:2.7.2", "authlab-local/openbao:2.7.2"]
        );
        assert_eq!(names(Some("mine/bao:1")), ["mine/bao:1"]);
        let error = spec.candidates_with(Some("mine")).unwrap_err().to_string();
        assert_eq!(
            error,
            "`AUTHLAB_OPENBAO_IMAGE` is `mine`, which is no image name with a tag, such as `registry/name:1.2.3`: correct or unset it"
        );
    }

    #[test]
    fn a_missing_image_names_the_command_that_mends_it() {
        let error = Service::Vault
            .image()
            .missing("hashicorp/vault:1.20.4", "no such host")
            .to_string();
        assert!(
            error.contains("`cargo ci images`") && error.contains("AUTHLAB_VAULT_IMAGE"),
            "{error}"
        );
    }
}
