//! Which of our crates may depend on which, as the design draws it: edges point down only.
//!
//! Tests may depend on more; whatever else a manifest names (for builds, for one platform, by another
//! name) is an edge. What the list below draws and no manifest has is told as well.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use toml::Value;

use super::source::{Finding, Source};

/// Each crate and what of ours it may depend on.
const EDGES: [(&str, &[&str]); 20] = [
    ("authlab-kernel", &[]),
    ("authlab-policy", &[]),
    ("authlab-vtl", &[]),
    ("authlab-token", &["authlab-kernel"]),
    ("authlab-http", &["authlab-kernel"]),
    ("authlab-wire", &["authlab-kernel"]),
    (
        "authlab-gateway",
        &[
            "authlab-wire",
            "authlab-policy",
            "authlab-token",
            "authlab-vtl",
            "authlab-http",
            "authlab-kernel",
        ],
    ),
    (
        "authlab-aws",
        &[
            "authlab-gateway",
            "authlab-wire",
            "authlab-policy",
            "authlab-http",
            "authlab-token",
            "authlab-kernel",
        ],
    ),
    (
        "authlab-vault",
        &[
            "authlab-wire",
            "authlab-http",
            "authlab-token",
            "authlab-kernel",
        ],
    ),
    (
        "authlab-oidc",
        &["authlab-http", "authlab-token", "authlab-kernel"],
    ),
    (
        "authlab-explain",
        &[
            "authlab-aws",
            "authlab-gateway",
            "authlab-vault",
            "authlab-oidc",
            "authlab-policy",
            "authlab-http",
            "authlab-token",
            "authlab-kernel",
        ],
    ),
    ("authlab-containers", &["authlab-kernel"]),
    (
        "authlab",
        &[
            "authlab-explain",
            "authlab-containers",
            "authlab-aws",
            "authlab-vault",
            "authlab-oidc",
            "authlab-gateway",
            "authlab-policy",
            "authlab-http",
            "authlab-token",
            "authlab-kernel",
        ],
    ),
    ("authlab-snapshots", &[]),
    (
        "authlab-scenarios",
        &[
            "authlab-scenarios-macros",
            "authlab",
            "authlab-explain",
            "authlab-wire",
            "authlab-snapshots",
        ],
    ),
    ("authlab-scenarios-macros", &[]),
    (
        "authlab-cli",
        &[
            "authlab-scenarios",
            "authlab-snapshots",
            "authlab",
            "authlab-explain",
            "authlab-policy",
        ],
    ),
    (
        "authlab-golden",
        &[
            "authlab",
            "authlab-wire",
            "authlab-gateway",
            "authlab-vault",
            "authlab-policy",
            "authlab-vtl",
            "authlab-http",
            "authlab-kernel",
        ],
    ),
    (
        "authlab-ci",
        &[
            "authlab-scenarios",
            "authlab-containers",
            "authlab-golden",
            "authlab-explain",
        ],
    ),
    // The content of a container image, outside this workspace.
    ("authlab-image-oidc", &[]),
];

/// Checks every manifest.
pub fn check(sources: &[Source]) -> anyhow::Result<Vec<Finding>> {
    let mut manifests = Vec::new();
    for source in sources
        .iter()
        .filter(|source| source.path.ends_with("Cargo.toml"))
    {
        let manifest: Value = source
            .text
            .parse::<toml::Table>()
            .map(Value::Table)
            .with_context(|| format!("`{}` is no manifest", source.path.display()))?;
        manifests.push((source, manifest));
    }
    let mut inherited = BTreeMap::new();
    for (_, manifest) in &manifests {
        let shared = manifest.get("workspace");
        let shared = shared.and_then(|workspace| workspace.get("dependencies"));
        for (key, dependency) in entries(shared) {
            inherited.insert(key.clone(), package(key, dependency).to_owned());
        }
    }
    let findings = manifests
        .iter()
        .flat_map(|(source, manifest)| check_manifest(source, manifest, &inherited));
    Ok(findings.collect())
}

fn check_manifest(
    source: &Source,
    manifest: &Value,
    inherited: &BTreeMap<String, String>,
) -> Vec<Finding> {
    let Some(name) = manifest
        .get("package")
        .and_then(|package| package.get("name"))
    else {
        return Vec::new();
    };
    let name = name.as_str().unwrap_or_default();
    let Some((_, allowed)) = EDGES.iter().find(|(known, _)| *known == name) else {
        let what =
            format!("`{name}` is not in the design's list of crates: add it to ci's `EDGES`");
        return vec![Finding::of_file(&source.path, what)];
    };
    let drawn: BTreeSet<&str> = allowed.iter().copied().collect();
    let found = dependencies(manifest, inherited);
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    let undrawn = found.difference(&drawn).map(|dependency| {
        let what = format!("the design draws no edge from `{name}` to `{dependency}`");
        Finding::of_file(&source.path, what)
    });
    let unused = drawn.difference(&found).map(|dependency| {
        let what = format!(
            "no dependency on `{dependency}`, which `EDGES` of ci draws: take it out of there"
        );
        Finding::of_file(&source.path, what)
    });
    undrawn.chain(unused).collect()
}

/// The packages of ours that a manifest needs for anything but tests.
fn dependencies(manifest: &Value, inherited: &BTreeMap<String, String>) -> BTreeSet<String> {
    let platforms = entries(manifest.get("target")).map(|(_, platform)| platform);
    let tables = std::iter::once(manifest)
        .chain(platforms)
        .flat_map(|table| [table.get("dependencies"), table.get("build-dependencies")]);
    tables
        .flat_map(entries)
        .map(|(key, dependency)| {
            let shared = dependency.get("workspace").is_some();
            let of_workspace = inherited.get(key).filter(|_| shared);
            of_workspace.map_or_else(|| package(key, dependency), String::as_str)
        })
        .filter(|name| *name == "authlab" || name.starts_with("authlab-"))
        .map(str::to_owned)
        .collect()
}

fn entries(table: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    table.and_then(Value::as_table).into_iter().flatten()
}

/// What a dependency is called in its own manifest.
fn package<'a>(key: &'a str, dependency: &'a Value) -> &'a str {
    let renamed = dependency.get("package").and_then(Value::as_str);
    renamed.unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found of a crate with these lines in its manifest, in a workspace that names one crate
    /// anew.
    fn found(name: &str, text: &str) -> Vec<String> {
        let manifest = |path: &str, text: String| Source {
            path: path.into(),
            text,
        };
        let root = "[workspace.dependencies]\nauthlab-kernel = { path = \"k\" }\n\
                    alias = { path = \"a\", package = \"authlab-aws\" }\n";
        let sources = [
            manifest("Cargo.toml", root.to_owned()),
            manifest(
                "harness/x/Cargo.toml",
                format!("[package]\nname = \"{name}\"\n{text}"),
            ),
        ];
        let findings = check(&sources).unwrap().into_iter();
        findings.map(|finding| finding.what).collect()
    }

    #[test]
    fn edges_point_down_only_wherever_a_manifest_draws_them() {
        let down = "[dependencies]\nauthlab-kernel.workspace = true\n";
        assert!(found("authlab-http", down).is_empty());
        assert!(found("authlab-kernel", "[dependencies]\nserde = \"1\"\n").is_empty());
        let in_tests = format!("{down}[dev-dependencies]\nauthlab-aws = \"1\"\n");
        assert!(found("authlab-http", &in_tests).is_empty());
        for up in [
            "authlab-aws = \"1\"",
            "authlab-aws.workspace = true",
            "authlab = { path = \"lab\" }",
            "other = { version = \"1\", package = \"authlab-aws\" }",
            "alias.workspace = true",
            "[build-dependencies]\nauthlab-aws = \"1\"",
            "[target.'cfg(unix)'.dependencies]\nauthlab-aws = \"1\"",
            "[target.x86_64-unknown-linux-gnu.build-dependencies]\nalias.workspace = true",
        ] {
            let found = found("authlab-http", &format!("{down}{up}\n"));
            assert_eq!(found.len(), 1, "{up}: {found:?}");
            assert!(found[0].contains("draws no edge"), "{found:?}");
        }
        let found_none = found("authlab-http", "[dependencies]\nserde = \"1\"\n");
        assert!(found_none[0].contains("take it out"), "{found_none:?}");
        assert_eq!(found("authlab-other", "").len(), 1);
    }

    #[test]
    fn the_tree_has_the_edges_that_are_drawn_and_no_others() {
        let root = crate::tree::root().unwrap();
        let sources = crate::tidy::source::tracked(&root).unwrap();
        assert_eq!(check(&sources).unwrap(), []);
    }
}
