//! What of each AWS service is there: the reviewed files `harness/aws/coverage/*.txt`.
//!
//! The tests of `harness/aws/src/coverage/` perform every operation by its sample and compare with
//! these files; here they write them. A line that goes is a permission or a member that was lost: read
//! the difference before it is committed. An operation that stood there is never written away:
//! its line is taken out by hand. `operations.txt` counts them for every model, those without a service
//! too.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

/// Tries every operation, and writes the files anew.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", "authlab-aws", "--lib"])
        .args(["--", "coverage::permissions::", "coverage::listing::"])
        .env("AUTHLAB_COVERAGE_WRITE", "1")
        .current_dir(root)
        .status()
        .context("cargo cannot be started")?;
    if !status.success() {
        bail!("an operation could not be tried, or is gone: see the tests above");
    }
    let path = root.join("harness/aws/coverage/operations.txt");
    let summary = std::fs::read_to_string(&path);
    print!(
        "{}",
        summary.with_context(|| format!("`{}`", path.display()))?
    );
    Ok(())
}
