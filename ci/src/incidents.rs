//! The incidents of production: which of them a feature reproduces, and what the others wait for.
//!
//! `ci/incidents.toml` lists them, features tag themselves by `@incident:ID`, and
//! `features/incidents/README.md` is written from both.
//!
//! - [`list`]: the list. [`found`]: the features that reproduce one. [`page`]: the page.

pub mod found;
pub mod list;
pub mod page;

use std::path::Path;

use anyhow::Context as _;

use self::found::Reproduction;
use self::list::Incidents;

/// Where the page is.
pub const PAGE: &str = "features/incidents/README.md";

/// Writes the page anew.
pub fn run(root: &Path) -> anyhow::Result<()> {
    let incidents = Incidents::read(root)?;
    let reproductions = Reproduction::all(root)?;
    let path = root.join(PAGE);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("`{}`", folder.display()))?;
    }
    let page = page::of(&incidents, &reproductions);
    std::fs::write(&path, page).with_context(|| format!("`{}`", path.display()))?;
    println!("{}", page::summary(&incidents, &reproductions));
    Ok(())
}
