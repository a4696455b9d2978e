//! `cargo ci policies`: extracts AWS's managed policies out of an installed moto.
//!
//! moto ships them as one JSON text inside a Python file (`iam/aws_managed_policies.py`, Apache-2.0),
//! with path, version and dates. What comes of it lies in `harness/aws/policies/`: `index.tsv`, a
//! line a policy, sorted by name, which reads well and is searched as it stands; and
//! `documents.bin`, the documents without white space in blocks of some [`BLOCK_BYTES`], each
//! compressed by itself (raw DEFLATE, RFC 1951), so that one document costs one block.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::python;

/// How many bytes of documents a block has before the next begins.
const BLOCK_BYTES: usize = 24 * 1024;
/// The slowest and smallest.
const LEVEL: u8 = 10;

/// Arguments of `cargo ci policies`.
#[derive(Debug, Default, clap::Args)]
pub struct Arguments {
    /// Folder of the installed moto package; python3 is asked when absent
    #[arg(long, value_name = "DIR")]
    pub moto: Option<PathBuf>,
}

/// Extracts the policies into `harness/aws/policies/` of the workspace at `root`.
///
/// # Errors
/// Fails when moto is not found or its file is not what it was.
pub fn run(root: &Path, arguments: &Arguments) -> Result<()> {
    let moto = python::folder("moto", arguments.moto.as_deref())?;
    let version = python::version(&moto)?;
    let file = moto.join("iam/aws_managed_policies.py");
    let source =
        std::fs::read_to_string(&file).with_context(|| format!("reading `{}`", file.display()))?;
    let policies = read(&source)?;
    let (index, documents, newest) = pack(&policies)?;
    let folder = root.join("harness/aws/policies");
    std::fs::create_dir_all(&folder)?;
    let notice = notice(&version, &newest, policies.len());
    for (name, bytes) in [
        ("NOTICE", notice.into_bytes()),
        ("as_of.txt", format!("{newest}\n").into_bytes()),
        ("index.tsv", index.into_bytes()),
        ("documents.bin", documents),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, &bytes).with_context(|| format!("writing `{}`", path.display()))?;
        println!("{:>8} bytes  {}", bytes.len(), path.display());
    }
    Ok(())
}

/// The policies by name.
fn read(source: &str) -> Result<BTreeMap<String, Value>> {
    let mut parts = source.split("\"\"\"");
    let json = parts
        .nth(1)
        .context("the file holds no text in three quotes")?;
    serde_json::from_str(json).context("the text is no JSON object of policies")
}

/// The index, the blocks, and the day of the newest policy.
fn pack(policies: &BTreeMap<String, Value>) -> Result<(String, Vec<u8>, String)> {
    let (mut index, mut documents, mut newest) = (String::new(), Vec::new(), String::new());
    let mut block = Vec::new();
    let mut waiting: Vec<(String, usize, usize)> = Vec::new();
    let last = policies.keys().next_back();
    for (name, policy) in policies {
        let text = |member: &str| {
            let found = policy.get(member).and_then(Value::as_str);
            found.with_context(|| format!("the policy `{name}` has no {member}"))
        };
        let document = policy
            .get("Document")
            .with_context(|| format!("the policy `{name}` has no Document"))?
            .to_string();
        let updated = text("UpdateDate")?;
        newest = newest.max(updated.chars().take(10).collect());
        let facts = format!(
            "{name}\t{}\t{}\t{}\t{updated}",
            text("Path")?,
            text("DefaultVersionId")?,
            text("CreateDate")?,
        );
        waiting.push((facts, block.len(), document.len()));
        block.extend_from_slice(document.as_bytes());
        if block.len() >= BLOCK_BYTES || last == Some(name) {
            let packed = miniz_oxide::deflate::compress_to_vec(&block, LEVEL);
            for (facts, offset, length) in waiting.drain(..) {
                let (start, size) = (documents.len(), packed.len());
                writeln!(index, "{facts}\t{start}\t{size}\t{offset}\t{length}")?;
            }
            documents.extend_from_slice(&packed);
            block.clear();
        }
    }
    Ok((index, documents, newest))
}

fn notice(version: &str, newest: &str, count: usize) -> String {
    format!(
        "The files in this folder hold the {count} managed policies of AWS that moto {version} holds,\n\
         the newest of them of {newest}: names, paths, versions, dates and documents. The members of\n\
         the documents are sorted; AWS's own order is not known.\n\
         \n\
         moto: https://github.com/getmoto/moto\n\
         Copyright Steve Pulec and the contributors of moto\n\
         Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0\n\
         \n\
         Made by `cargo ci policies`; not edited by hand.\n"
    )
}
