//! The features that reproduce an incident.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use authlab_scenarios::runner::case::Case;
use authlab_scenarios::runner::load::FeatureFile;

use crate::tree::listed;

/// What an incident's features are tagged by.
const TAG: &str = "incident:";
/// What the scenario is tagged by in which the incident's fix was made.
const MENDED: &str = "mended";

/// A feature that reproduces an incident.
#[derive(Debug)]
pub struct Reproduction {
    /// The incident.
    pub id: String,
    /// The feature's file, from the root of the tree.
    pub file: PathBuf,
    /// The classes that it finds.
    pub classes: BTreeSet<String>,
    /// What it lacks, a sentence each.
    pub lacks: Vec<&'static str>,
    /// The steps of its scenarios that are not mended, as one text.
    pub steps: String,
}

impl Reproduction {
    /// Every feature below `features` that is tagged, by file.
    ///
    /// # Errors
    /// When the tree cannot be listed. A feature that cannot be read is another check's matter.
    pub fn all(root: &Path) -> anyhow::Result<Vec<Self>> {
        let features_root = root.join("features");
        let is_feature = |path: &PathBuf| {
            path.starts_with("features") && path.extension().is_some_and(|end| end == "feature")
        };
        let mut found = Vec::new();
        for file in listed(root)?.into_iter().filter(is_feature) {
            if let Ok(cases) = FeatureFile::new(&root.join(&file), &features_root).load() {
                found.extend(Self::of(&file, &cases));
            }
        }
        Ok(found)
    }

    /// What the scenarios of one file reproduce, one for each incident's tag.
    pub fn of(file: &Path, cases: &[Case]) -> Vec<Self> {
        let tags = cases.iter().flat_map(|case| &case.tags);
        let ids: BTreeSet<&str> = tags.filter_map(|tag| tag.strip_prefix(TAG)).collect();
        let ids = ids.into_iter();
        ids.map(|id| {
            let tag = format!("{TAG}{id}");
            let tagged = cases.iter().filter(|case| case.tags.contains(&tag));
            Self::of_tagged(id, file, &tagged.collect::<Vec<_>>())
        })
        .collect()
    }

    fn of_tagged(id: &str, file: &Path, cases: &[&Case]) -> Self {
        let is_mended = |case: &&&Case| case.tags.iter().any(|tag| tag == MENDED);
        let mended: Vec<_> = cases.iter().filter(is_mended).collect();
        let broken: Vec<_> = cases.iter().filter(|case| !is_mended(case)).collect();
        let mut lacks = Vec::new();
        let shows = |case: &&&&Case| {
            has(case, is_symptom)
                && has(case, is_class)
                && has(case, is_fix)
                && has(case, is_mender)
        };
        if !broken.iter().any(|case| shows(&case)) {
            lacks.push(
                "no scenario of the incident has steps for its symptom, its class, its fix and who can mend it",
            );
        }
        let is_twin = |case: &&&&Case| has(case, is_symptom) && has(case, is_no_diagnosis);
        if !mended.iter().any(|case| is_twin(&case)) {
            lacks.push(
                "no scenario is its mended twin: tagged `@mended`, with what is answered then, and no diagnosis",
            );
        }
        let classes = broken.iter().flat_map(|case| &case.steps);
        let classes = classes.filter_map(|step| {
            let (_, rest) = step.step.value.split_once("the diagnosis is \"")?;
            Some(rest.trim_end_matches('"').to_owned())
        });
        Self {
            id: id.to_owned(),
            file: file.to_owned(),
            classes: classes.collect(),
            lacks,
            steps: broken.iter().map(|case| told(case)).collect(),
        }
    }
}

fn has(case: &Case, is: fn(&str) -> bool) -> bool {
    case.steps.iter().any(|step| is(&step.step.value))
}

/// Whether a step says what came back, or what was logged.
fn is_symptom(step: &str) -> bool {
    const SYMPTOMS: [&str; 14] = [
        "the call is allowed",
        "the call is refused with",
        "call is allowed",
        "calls are allowed",
        "call is refused with",
        "calls are refused with",
        "the answer has the status",
        "the answer's ",
        "AWS allows it",
        "AWS refuses with",
        "Vault allows it",
        "Vault refuses",
        "Vault answers",
        "the access log of the API",
    ];
    const OF_METRICS: &str = "the metric";
    SYMPTOMS.iter().any(|symptom| step.contains(symptom)) || step.starts_with(OF_METRICS)
}

fn is_class(step: &str) -> bool {
    step.starts_with("the diagnosis is ")
}

fn is_fix(step: &str) -> bool {
    step.starts_with("the fix says ")
}

fn is_mender(step: &str) -> bool {
    step.ends_with(" can mend it")
}

fn is_no_diagnosis(step: &str) -> bool {
    step == "there is no diagnosis"
}

/// The steps of a scenario with what stands below them.
fn told(case: &Case) -> String {
    let mut text = String::new();
    for step in &case.steps {
        text.push_str(&step.step.value);
        text.push('\n');
        text.push_str(step.step.docstring.as_deref().unwrap_or_default());
        let rows = step.step.table.iter().flat_map(|table| &table.rows);
        for row in rows {
            text.push_str(&row.join("|"));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reproductions(text: &str) -> Vec<Reproduction> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("oidc_01.feature");
        std::fs::write(&file, text).unwrap();
        let cases = FeatureFile::new(&file, folder.path()).load().unwrap();
        Reproduction::of(Path::new("features/incidents/oidc_01.feature"), &cases)
    }

    const WHOLE: &str = r#"@incident:OIDC-01
Feature: OIDC-01
  Scenario: broken
    When x
    Then the answer has the status 401
    And the diagnosis is "issuer-trailing-slash"
    And the owner can mend it
    And the fix says "slash"

  @mended
  Scenario: mended
    When y
    Then the call is allowed
    And there is no diagnosis
"#;

    #[test]
    fn a_reproduction_shows_symptom_class_fix_and_twin() {
        let [whole] = <[_; 1]>::try_from(reproductions(WHOLE)).unwrap();
        assert_eq!(whole.id, "OIDC-01");
        assert_eq!(whole.lacks, Vec::<&str>::new());
        assert_eq!(
            whole.classes,
            BTreeSet::from(["issuer-trailing-slash".to_owned()])
        );
        assert!(!whole.steps.contains("When y"), "{}", whole.steps);
        for (part, lacking) in [
            ("    Then the answer has the status 401\n", 1),
            ("    And the diagnosis is \"issuer-trailing-slash\"\n", 1),
            ("    And the owner can mend it\n", 1),
            ("    And the fix says \"slash\"\n", 1),
            ("    And there is no diagnosis\n", 1),
            ("  @mended\n", 1),
            ("@incident:OIDC-01\n", 0),
        ] {
            assert!(WHOLE.contains(part), "{part}");
            let found = reproductions(&WHOLE.replacen(part, "", 1));
            let lacks: usize = found.iter().map(|found| found.lacks.len()).sum();
            assert_eq!(lacks, lacking, "without {part}");
            assert_eq!(found.is_empty(), lacking == 0, "without {part}");
        }
    }
}
