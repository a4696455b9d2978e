//! Which of our crates may depend on which, as the design draws it: edges point down only.

use anyhow::Context as _;
use toml::Value;

use super::{Finding, Source};

/// Each crate and what of ours it may depend on.
const EDGES: [(&str, &[&str]); 17] = [
    ("authlab-kernel", &[]),
    ("authlab-policy", &[]),
    ("authlab-token", &["authlab-kernel"]),
    ("authlab-http", &["authlab-kernel"]),
    ("authlab-wire", &["authlab-kernel"]),
    (
        "authlab-gateway",
        &[
            "authlab-wire",
            "authlab-policy",
            "authlab-token",
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
    ("authlab-containers", &["authlab-kernel"]),
    (
        "authlab",
        &[
            "authlab-containers",
            "authlab-aws",
            "authlab-vault",
            "authlab-oidc",
            "authlab-gateway",
            "authlab-wire",
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
            "authlab-snapshots",
            "authlab-kernel",
        ],
    ),
    ("authlab-scenarios-macros", &[]),
    (
        "authlab-cli",
        &[
            "authlab-scenarios",
            "authlab-snapshots",
            "authlab",
            "authlab-kernel",
            "authlab-policy",
        ],
    ),
    ("authlab-ci", &["authlab-scenarios", "authlab-containers"]),
    // The content of a container image, outside this workspace.
    ("authlab-image-oidc", &[]),
];

/// Checks every manifest.
pub fn check(sources: &[Source]) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for source in sources
        .iter()
        .filter(|source| source.path.ends_with("Cargo.toml"))
    {
        let manifest: Value = source
            .text
            .parse::<toml::Table>()
            .map(Value::Table)
            .with_context(|| format!("`{}` is no manifest", source.path.display()))?;
        findings.extend(check_manifest(source, &manifest));
    }
    Ok(findings)
}

fn check_manifest(source: &Source, manifest: &Value) -> Vec<Finding> {
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
    let dependencies = manifest.get("dependencies").and_then(Value::as_table);
    dependencies
        .into_iter()
        .flat_map(|table| table.keys())
        .filter(|dependency| *dependency == "authlab" || dependency.starts_with("authlab-"))
        .filter(|dependency| !allowed.contains(&dependency.as_str()))
        .map(|dependency| {
            let what = format!("the design draws no edge from `{name}` to `{dependency}`");
            Finding::of_file(&source.path, what)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, dependency: &str) -> Vec<Source> {
        let text = format!("[package]\nname = \"{name}\"\n[dependencies]\n{dependency} = \"1\"\n");
        vec![Source {
            path: "harness/x/Cargo.toml".into(),
            text,
        }]
    }

    #[test]
    fn edges_point_down_only() {
        assert!(
            check(&manifest("authlab-aws", "authlab-gateway"))
                .unwrap()
                .is_empty()
        );
        assert!(
            check(&manifest("authlab-kernel", "serde"))
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            check(&manifest("authlab-gateway", "authlab-aws"))
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            check(&manifest("authlab-vault", "authlab-aws"))
                .unwrap()
                .len(),
            1
        );
        assert_eq!(check(&manifest("authlab-other", "serde")).unwrap().len(), 1);
    }
}
