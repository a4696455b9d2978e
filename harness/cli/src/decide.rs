//! `authlab decide`: AWS authorization cases, one answer a line.

use anyhow::Context as _;
use authlab::text_file;
use authlab_explain::diagnose::of_decision;
use authlab_explain::output::DiagnosisShape;
use authlab_policy::case::answer_text;

use crate::arguments::Decide;
use crate::end::{End, Stop, Usage};
use crate::output;

/// Answers every case. Status 1 when a line is none.
pub fn run(arguments: &Decide) -> Result<End, Stop> {
    let mut texts = Vec::new();
    for file in &arguments.files {
        let text = text_file::read_text(file, text_file::WRITTEN_BYTES_MAX)
            .with_context(|| format!("`{}` cannot be read", file.display()))
            .map_err(Usage)?;
        texts.push(text);
    }
    if arguments.files.is_empty() {
        let text = text_file::stream_text(std::io::stdin(), text_file::WRITTEN_BYTES_MAX)
            .context("standard input cannot be read")
            .map_err(Usage)?;
        texts.push(text);
    }
    let mut answers = String::new();
    let mut end = End::Success;
    for mut answer in texts
        .iter()
        .flat_map(|text| answer_text(text, arguments.explain))
    {
        if answer.failed {
            end = End::Failed;
        }
        let diagnosis = answer
            .refusal
            .take()
            .and_then(|refusal| of_decision(*refusal));
        if let (Some(diagnosis), Some(members)) = (diagnosis, answer.json.as_object_mut()) {
            let shape = serde_json::to_value(DiagnosisShape::of(&diagnosis))
                .context("the diagnosis cannot be written")
                .map_err(Usage)?;
            members.insert("diagnosis".to_owned(), shape);
        }
        answers.push_str(&format!("{}\n", answer.json));
    }
    output::print(&answers)?;
    Ok(end)
}
