//! `authlab decide`: AWS authorization cases, one answer a line.

use std::io::Read as _;

use anyhow::Context as _;
use authlab_policy::case::answer_text;

use crate::arguments::Decide;
use crate::{End, Stop, Usage, output};

/// Answers every case. Status 1 when a line is none.
pub fn run(arguments: &Decide) -> Result<End, Stop> {
    let mut texts = Vec::new();
    for file in &arguments.files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("`{}` cannot be read", file.display()))
            .map_err(Usage)?;
        texts.push(text);
    }
    if arguments.files.is_empty() {
        let mut text = String::new();
        std::io::stdin()
            .read_to_string(&mut text)
            .context("standard input is not UTF-8 text")
            .map_err(Usage)?;
        texts.push(text);
    }
    let mut answers = String::new();
    let mut end = End::Success;
    for answer in texts
        .iter()
        .flat_map(|text| answer_text(text, arguments.explain))
    {
        if answer.failed {
            end = End::Failed;
        }
        answers.push_str(&format!("{}\n", answer.json));
    }
    output::print(&answers)?;
    Ok(end)
}
