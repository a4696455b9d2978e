//! The packages behind the scenarios: what a first build compiles.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

/// The packages that a build of the scenarios compiles, itself and ours included, as cargo resolves them
/// when nothing is said of features.
#[derive(Debug, PartialEq, Eq)]
pub struct Packages {
    /// The versions of each.
    versions: BTreeMap<String, BTreeSet<String>>,
}

impl Packages {
    /// Asks cargo.
    pub fn behind_scenarios(root: &Path) -> anyhow::Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["tree", "--locked", "--package", "authlab-scenarios"])
            .args(["--edges", "normal,build", "--prefix", "none"])
            // The features of the whole workspace, where somebody asked for those, are not the default ones.
            .env_remove("CARGO_RESOLVER_FEATURE_UNIFICATION")
            .current_dir(root)
            .output()
            .context("cargo cannot be started")?;
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr);
            bail!("cargo does not list the packages behind the scenarios: {error}");
        }
        Ok(Self::read(&String::from_utf8_lossy(&output.stdout)))
    }

    /// Reads lines such as `base64 v0.22.1 (*)`.
    fn read(listed: &str) -> Self {
        let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in listed.lines() {
            let mut words = line.split_whitespace();
            if let (Some(name), Some(version)) = (words.next(), words.next()) {
                let version = version.trim_start_matches('v').to_owned();
                versions.entry(name.to_owned()).or_default().insert(version);
            }
        }
        Self { versions }
    }

    /// How many there are, each version by itself.
    pub fn count(&self) -> usize {
        self.versions.values().map(BTreeSet::len).sum()
    }
}

impl fmt::Display for Packages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "packages: {} behind the scenarios", self.count())?;
        let several = self
            .versions
            .iter()
            .filter(|(_, versions)| versions.len() > 1);
        for (at, (name, versions)) in several.enumerate() {
            let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
            let before = if at == 0 {
                "; in several versions: "
            } else {
                ", "
            };
            write!(formatter, "{before}{name} {}", versions.join(" and "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_counts_once_and_each_of_its_versions() {
        let listed = "a v1.0.0 (/x)\nb v2.0.0\nb v2.0.0 (*)\nb v3.0.0 (proc-macro)\n\n";
        let packages = Packages::read(listed);
        assert_eq!(packages.count(), 3);
        let shown = "packages: 3 behind the scenarios; in several versions: b 2.0.0 and 3.0.0";
        assert_eq!(packages.to_string(), shown);
        assert_eq!(
            Packages::read("").to_string(),
            "packages: 0 behind the scenarios"
        );
    }
}
