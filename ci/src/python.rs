//! Where a package of Python is installed, and which.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// The folder of a package: the one that was given, or the one that python3 finds.
///
/// # Errors
/// There is no python3, or it knows no such package.
pub fn folder(package: &str, given: Option<&Path>) -> Result<PathBuf> {
    if let Some(folder) = given {
        return Ok(folder.to_path_buf());
    }
    let program = format!("import {package}, os; print(os.path.dirname({package}.__file__))");
    let output = Command::new("python3")
        .args(["-c", &program])
        .output()
        .with_context(|| {
            format!("python3 was asked for {package}; install it or pass --{package} DIR")
        })?;
    if !output.status.success() {
        bail!("python3 knows no {package}: `pip install {package}`, or pass --{package} DIR");
    }
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

/// The version that the package in this folder says of itself.
///
/// # Errors
/// It says none.
pub fn version(folder: &Path) -> Result<String> {
    let path = folder.join("__init__.py");
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))?;
    text.lines()
        .find_map(|line| line.strip_prefix("__version__ = "))
        .map(|version| version.trim_matches(['\'', '"']).to_owned())
        .with_context(|| format!("`{}` states no __version__", path.display()))
}
