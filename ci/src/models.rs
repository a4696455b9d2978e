//! `cargo ci models`: extracts the facts of AWS service models out of an installed botocore.
//!
//! botocore ships one `service-2.json` per service (Apache-2.0). What is kept is what a server needs
//! to speak the protocol: operation names, HTTP methods and paths, shapes with their types, members,
//! locations and bounds, error codes and statuses. Prose is left out. The result is one file per
//! service in `harness/wire/models/`, sorted, with **one operation or shape per line**: the
//! interpreter in `authlab-wire` finds a line by its name and decodes only those that a lab uses,
//! and a difference between two botocore versions reads well.

mod extract;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use jiff::civil::Date;

use self::extract::extract;
use crate::python;

/// What includes the models of the tree: the one list of them.
const CATALOGUE: &str = include_str!("../../harness/wire/src/model/catalogue.rs");

/// The services whose models stand in the tree, as `harness/wire` includes them.
fn services() -> Vec<&'static str> {
    let names = CATALOGUE
        .lines()
        .filter_map(|line| line.split_once("models/")?.1.split_once(".json"));
    names.map(|(service, _)| service).collect()
}

/// Arguments of `cargo ci models`.
#[derive(Debug, Default, clap::Args)]
pub struct Arguments {
    /// Folder of the installed botocore package (the one that holds `data/`); python3 is asked when absent
    #[arg(long, value_name = "DIR")]
    pub botocore: Option<PathBuf>,
    /// Change nothing; fail when a file in the tree differs from what botocore says
    #[arg(long)]
    pub check: bool,
    /// Day on which that botocore was released, as its package's files are dated; needed when its
    /// version is another than the tree's
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub released: Option<Date>,
    /// Services to extract; all of the tree's when none is named
    #[arg(value_name = "SERVICE")]
    pub services: Vec<String>,
}

/// Where the models in the tree come from, as their NOTICE says.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    /// Version of botocore.
    pub version: String,
    /// The day of its release.
    pub released: Date,
}

/// After how many days the tree should have newer models.
const OLD_AFTER_DAYS: i32 = 120;

impl Source {
    /// Reads the NOTICE of a folder of models.
    ///
    /// # Errors
    /// There is none, or it does not say version and day.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join("NOTICE");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("reading `{}`", path.display()))?;
        Self::parse(&text).with_context(|| {
            format!(
                "`{}` does not say which botocore of which day the models are of; run `cargo ci models --released DAY`",
                path.display()
            )
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let version = text.split_once("botocore ")?.1.split(',').next()?;
        let day = text
            .split_once("was released on ")?
            .1
            .split(['.', '\n'])
            .next()?;
        Some(Self {
            version: version.to_owned(),
            released: day.parse().ok()?,
        })
    }

    /// How old the models are, in words, and what to do about it. That time passes makes no run
    /// fail: the same tree would be good today and bad tomorrow.
    #[must_use]
    pub fn age(&self, today: Date) -> String {
        let days = today
            .since((jiff::Unit::Day, self.released))
            .map_or(0, |span| span.get_days());
        let advice = if days > OLD_AFTER_DAYS {
            format!(
                "; warning: older than {OLD_AFTER_DAYS} days, install a newer botocore and run `cargo ci models`"
            )
        } else {
            String::new()
        };
        format!(
            "models: botocore {} of {}, {days} days old{advice}",
            self.version, self.released
        )
    }
}

/// Extracts the models into `harness/wire/models/` of the workspace at `root`.
///
/// # Errors
/// Fails when botocore or one of its models is not found, when a model says something that the
/// extraction does not know how to read, and, with `--check`, when a file differs.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let services = chosen(&arguments.services)?;
    let botocore = python::folder("botocore", arguments.botocore.as_deref())?;
    let version = python::version(&botocore)?;
    let folder = root.join("harness/wire/models");
    let released = release_day(&folder, &version, arguments.released)?;
    let told = notice(&version, released);
    let path = folder.join("NOTICE");
    if services.len() < self::services().len() {
        // It says one thing of every file.
        ensure!(
            std::fs::read_to_string(&path).is_ok_and(|text| text == told),
            "the tree has the models of another botocore than {version}: extract all of them, without naming services"
        );
    }
    let mut files = vec![(path, told)];
    for service in services {
        let text = extract(&botocore, service)
            .with_context(|| format!("extracting the model of `{service}`"))?;
        files.push((folder.join(format!("{service}.json")), text));
    }
    if arguments.check {
        compare(&files)
    } else {
        write(&files)
    }
}

/// The services that are named, each once; all of them when none is.
fn chosen(names: &[String]) -> Result<Vec<&'static str>> {
    let mut services = services();
    for name in names {
        ensure!(
            services.contains(&name.as_str()),
            "`{name}` has no model in the tree: give {}, or add it to the catalogue of harness/wire",
            services.join(", ")
        );
    }
    services.retain(|service| names.is_empty() || names.iter().any(|name| name == service));
    Ok(services)
}

fn write(files: &[(PathBuf, String)]) -> Result<()> {
    for (path, text) in files {
        std::fs::write(path, text).with_context(|| format!("writing `{}`", path.display()))?;
        println!("{:>8} bytes  {}", text.len(), path.display());
    }
    Ok(())
}

fn compare(files: &[(PathBuf, String)]) -> Result<()> {
    let stale: Vec<String> = files
        .iter()
        .filter(|(path, text)| std::fs::read_to_string(path).ok().as_ref() != Some(text))
        .map(|(path, _)| path.display().to_string())
        .collect();
    if stale.is_empty() {
        return Ok(());
    }
    bail!(
        "not what botocore says, run `cargo ci models`: {}",
        stale.join(", ")
    )
}

/// The day that was given, or the tree's where the version is the tree's.
fn release_day(folder: &Path, version: &str, given: Option<Date>) -> Result<Date> {
    if let Some(day) = given {
        return Ok(day);
    }
    let source = Source::read(folder)?;
    if source.version != version {
        bail!(
            "the tree has the models of botocore {}, this is {version}: say with --released on which day it came out",
            source.version
        );
    }
    Ok(source.released)
}

fn notice(version: &str, released: Date) -> String {
    format!(
        "The files in this folder hold facts about AWS APIs (names, types, locations, bounds, codes)\n\
         extracted from the service models of botocore {version}, without their documentation.\n\
         That botocore was released on {released}.\n\
         \n\
         botocore: https://github.com/boto/botocore\n\
         Copyright Amazon.com, Inc. or its affiliates. All Rights Reserved.\n\
         Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0\n\
         \n\
         Made by `cargo ci models`; not edited by hand.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_one_of_the_trees() {
        let chosen = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            super::chosen(&names).ok()
        };
        assert_eq!(chosen(&[]).unwrap(), services());
        assert_eq!(chosen(&["sts", "iam", "sts"]).unwrap(), ["iam", "sts"]);
        for unknown in ["s3", "STS", "", "../iam"] {
            assert_eq!(chosen(&["iam", unknown]), None, "{unknown}");
        }
    }

    #[test]
    fn every_model_of_the_tree_is_in_the_catalogue() {
        let root = crate::tree::root().unwrap();
        let models = std::fs::read_dir(root.join("harness/wire/models")).unwrap();
        let mut files: Vec<String> = models
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| Some(name.strip_suffix(".json")?.to_owned()))
            .collect();
        files.sort();
        assert_eq!(files, services());
    }

    #[test]
    fn the_notice_says_how_old_the_models_are() {
        let released: Date = "2026-11-20".parse().unwrap();
        let source = Source::parse(&notice("1.44.8", released)).unwrap();
        assert_eq!(source.version, "1.44.8");
        assert_eq!(source.released, released);
        for (today, days, is_old) in [
            ("2026-11-20", "0 days old", false),
            ("2026-11-27", "7 days old", false),
            ("2027-03-20", "120 days old", false),
            ("2027-03-21", "121 days old", true),
        ] {
            let age = source.age(today.parse().unwrap());
            assert!(age.contains(days), "{age}");
            assert_eq!(age.contains("warning"), is_old, "{age}");
        }
        assert_eq!(Source::parse("models of botocore 1.43.11, undated"), None);
    }
}
