//! The journal's file while a command stands in the foreground.

use std::path::Path;

use authlab::Journal;

use crate::end::End;
use crate::output;
use crate::signals::Signals;

/// Waits until a signal comes or the file is lost, and warns of that at once: stopping may take a
/// while. The answer is what went wrong.
pub async fn until_end(
    journal: &Journal,
    file: Option<&Path>,
    signals: &mut Signals,
) -> Option<String> {
    let lost = tokio::select! {
        () = signals.received() => None,
        error = journal.file_error() => Some(error),
    };
    if let Some(error) = &lost {
        let file = file.unwrap_or(Path::new("")).display();
        output::warn(&format!(
            "the journal cannot be written to `{file}`: {error}"
        ));
    }
    lost
}

/// Writes what is left, after everything has stopped. A journal that was not written to its end is a
/// failure of the command.
pub fn end(journal: &Journal, lost: Option<String>) -> End {
    journal.flush_file();
    let lost = lost.or_else(|| {
        let error = journal.take_file_error()?;
        output::warn(&format!("the journal was not written to its end: {error}"));
        Some(error)
    });
    if lost.is_none() {
        End::Success
    } else {
        End::Failed
    }
}
