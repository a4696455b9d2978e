//! What of each AWS service is there: the reviewed files `harness/aws/coverage/*.txt`.
//!
//! The tests of `harness/aws/src/coverage/` perform every operation by its sample and compare with
//! these files; here they write them. A line that goes is a permission, a member or an operation
//! that was lost: read the difference before it is committed.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

/// Tries every operation, and writes the files anew.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", "authlab-aws", "--lib"])
        .arg("coverage::permissions::")
        .env("AUTHLAB_COVERAGE_WRITE", "1")
        .current_dir(root)
        .status()
        .context("cargo cannot be started")?;
    if !status.success() {
        bail!("an operation could not be tried: see the tests above");
    }
    Ok(())
}
