//! Features of incidents: complete, each its own, of a known id, and listed.

use std::collections::BTreeMap;
use std::path::Path;

use super::source::{Finding, Source};
use crate::incidents::found::Reproduction;
use crate::incidents::list::{Incidents, LIST};
use crate::incidents::{PAGE, page};

/// Checks every feature that is tagged by an incident, and the page that lists all.
///
/// # Errors
/// When the list cannot be read.
pub fn check(root: &Path, sources: &[Source]) -> anyhow::Result<Vec<Finding>> {
    let incidents = Incidents::read(root)?;
    let reproductions = Reproduction::all(root)?;
    let mut findings = of_features(&incidents, &reproductions);
    let page = page::of(&incidents, &reproductions);
    let written = sources.iter().find(|source| source.path == Path::new(PAGE));
    if written.is_none_or(|written| written.text != page) {
        findings.push(Finding::of_file(
            PAGE,
            "is not what the features and the list say: `cargo ci incidents`",
        ));
    }
    Ok(findings)
}

fn of_features(incidents: &Incidents, reproductions: &[Reproduction]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen: BTreeMap<&str, &Reproduction> = BTreeMap::new();
    for found in reproductions {
        let mut finding = |what: String| findings.push(Finding::of_file(&found.file, what));
        if incidents.find(&found.id).is_none() {
            finding(format!("`{}` is no incident of `{LIST}`", found.id));
        }
        for lacks in &found.lacks {
            finding(format!("{}: {lacks}", found.id));
        }
        match seen.get(found.steps.as_str()) {
            Some(other) if other.id != found.id => {
                finding(format!("has the same steps as `{}`", other.file.display()));
            }
            _ => {
                seen.insert(&found.steps, found);
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn reproduction(id: &str, steps: &str, lacks: &[&'static str]) -> Reproduction {
        Reproduction {
            id: id.to_owned(),
            file: format!("features/incidents/{id}.feature").into(),
            classes: BTreeSet::new(),
            lacks: lacks.to_vec(),
            steps: steps.to_owned(),
        }
    }

    #[test]
    fn an_incident_is_known_complete_and_its_own() {
        let listed = "[[incident]]\nid = \"A-1\"\ntitle = \"a\"\n\n[[incident]]\nid = \"A-2\"\ntitle = \"b\"\n";
        let incidents = Incidents::parse(listed).unwrap();
        for (reproductions, expected) in [
            (
                vec![reproduction("A-1", "x", &[]), reproduction("A-2", "y", &[])],
                vec![],
            ),
            (
                vec![reproduction("A-1", "x", &[]), reproduction("A-2", "x", &[])],
                vec!["has the same steps as `features/incidents/A-1.feature`"],
            ),
            (
                vec![reproduction("A-3", "x", &["no twin"])],
                vec![
                    "`A-3` is no incident of `ci/incidents.toml`",
                    "A-3: no twin",
                ],
            ),
        ] {
            let found = of_features(&incidents, &reproductions);
            let found: Vec<_> = found.iter().map(|finding| finding.what.as_str()).collect();
            assert_eq!(found, expected);
        }
    }
}
