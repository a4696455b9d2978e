//! `authlab lint`: what policy documents say that they do not do.

use anyhow::{Context as _, anyhow};
use authlab::text_file;
use authlab_policy::{Document, DocumentKind, lint};

use crate::arguments::Lint;
use crate::end::{End, Stop, Usage};
use crate::output;

/// The kinds by the names that the option takes.
const KINDS: [(&str, DocumentKind); 13] = [
    ("identity", DocumentKind::Identity),
    ("resource", DocumentKind::Resource),
    ("trust", DocumentKind::Trust),
    ("boundary", DocumentKind::Boundary),
    ("session", DocumentKind::Session),
    ("scp", DocumentKind::ServiceControl),
    ("rcp", DocumentKind::ResourceControl),
    ("endpoint", DocumentKind::VpcEndpoint),
    ("execute-api", DocumentKind::ExecuteApi),
    ("oam-sink", DocumentKind::OamSink),
    ("lambda", DocumentKind::LambdaPermission),
    ("secretsmanager", DocumentKind::SecretsManager),
    ("kms", DocumentKind::KmsKey),
];

/// Prints a line per finding. Status 1 when there is one, 2 when a document is refused.
pub fn run(arguments: &Lint) -> Result<End, Stop> {
    let (_, kind) = KINDS
        .iter()
        .find(|(name, _)| *name == arguments.kind)
        .ok_or_else(|| {
            let names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
            Usage(anyhow!(
                "`{}` is no kind of policy: give one of {}",
                arguments.kind,
                names.join(", ")
            ))
        })?;
    let mut documents = Vec::new();
    for file in &arguments.files {
        let text = text_file::read_text(file, text_file::WRITTEN_BYTES_MAX)
            .with_context(|| format!("`{}` cannot be read", file.display()))
            .map_err(Usage)?;
        let document = Document::parse(*kind, &text)
            .map_err(|error| Usage(anyhow!("{}: {error}", file.display())))?;
        documents.push((file, document));
    }
    let mut findings = String::new();
    for (file, document) in documents {
        for finding in lint(&document) {
            findings.push_str(&format!("{}: {finding}\n", file.display()));
        }
    }
    output::print(&findings)?;
    Ok(if findings.is_empty() {
        End::Success
    } else {
        End::Failed
    })
}
