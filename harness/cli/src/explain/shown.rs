//! What `authlab explain` prints, for people and for programs.

use anyhow::Context as _;
use authlab_explain::output::ClassList;
use authlab_explain::render::json::json;
use authlab_explain::{Chain, Recent};

use crate::arguments::Format;

/// A chain.
pub(super) fn chain(chain: &Chain, format: Format) -> anyhow::Result<String> {
    Ok(match format {
        Format::Text => chain.to_string(),
        Format::Json => json(chain).context("the chain cannot be written")? + "\n",
    })
}

/// A line of a list.
pub(super) fn line(found: &Recent, format: Format) -> anyhow::Result<String> {
    Ok(match format {
        Format::Text => found.line(),
        Format::Json => serde_json::to_string(found).context("the line cannot be written")?,
    } + "\n")
}

/// Every class, by whose rules refuse.
pub(super) fn classes(format: Format) -> anyhow::Result<String> {
    let list = ClassList::of(authlab_explain::classes());
    Ok(match format {
        Format::Text => list.to_string(),
        Format::Json => serde_json::to_string(&list).context("the list cannot be written")? + "\n",
    })
}
