//! Feature files without scenarios, snapshots that nobody refers to.

use std::collections::BTreeSet;
use std::path::Path;

use authlab_scenarios::runner::load::FeatureFile;

use super::source::{Finding, Source};

/// Checks every feature file and every snapshot.
pub fn check(root: &Path, sources: &[Source]) -> Vec<Finding> {
    let features_root = root.join("features");
    let mut findings = Vec::new();
    let mut referenced = BTreeSet::new();
    for source in sources
        .iter()
        .filter(|source| source.has_extension("feature"))
    {
        // Fixtures of the runner's own tests are broken on purpose.
        if !source.path.starts_with("features") {
            continue;
        }
        match FeatureFile::new(&root.join(&source.path), &features_root).load() {
            Ok(cases) => {
                for case in cases {
                    if let Some(trap) = case.trap {
                        findings.push(Finding::of_line(&source.path, case.line, trap));
                    }
                    referenced.insert(case.id);
                }
            }
            Err(malformed) => findings.push(Finding::of_file(&source.path, malformed.to_string())),
        }
    }
    findings.extend(unreferenced(sources, &referenced));
    findings
}

/// Snapshots that belong to no scenario and that no source names in a text.
fn unreferenced(sources: &[Source], referenced: &BTreeSet<String>) -> Vec<Finding> {
    let snapshots = sources
        .iter()
        .filter(|source| source.has_extension("snap") && source.path.starts_with("snapshots"));
    let mut findings = Vec::new();
    for snapshot in snapshots {
        let name = snapshot
            .path
            .strip_prefix("snapshots")
            .unwrap_or(&snapshot.path);
        let name = name.with_extension("").to_string_lossy().into_owned();
        let quoted = format!("\"{name}\"");
        let named = || {
            let rust = sources.iter().filter(|source| source.has_extension("rs"));
            rust.into_iter().any(|source| source.text.contains(&quoted))
        };
        if !referenced.contains(&name) && !named() {
            let what = "nobody refers to this snapshot: delete it";
            findings.push(Finding::of_file(&snapshot.path, what));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.into(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_snapshot_is_referred_to_by_a_scenario_or_by_a_text() {
        let sources = [
            source("snapshots/gateway/jwt/good-token.snap", ""),
            source("snapshots/wire/errors.snap", ""),
            source("harness/wire/src/lib.rs", "check(\"wire/errors\", &text)"),
            source("snapshots/gateway/jwt/gone.snap", ""),
        ];
        let referenced = BTreeSet::from(["gateway/jwt/good-token".to_owned()]);
        let findings = unreferenced(&sources, &referenced);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].file.ends_with("gone.snap"));
    }

    #[test]
    fn the_features_of_the_project_hold_scenarios() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let path = "features/gateway/jwt.feature";
        let text = std::fs::read_to_string(root.join(path)).unwrap();
        assert_eq!(check(root, &[source(path, &text)]), []);
        let missing = check(root, &[source("features/gateway/none.feature", "")]);
        assert_eq!(missing.len(), 1, "a file that cannot be read is a finding");
    }
}
