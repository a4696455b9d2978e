//! A part of the document: a title and what stands below it.

/// A part of the document: a title and what stands below it, indented.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Section {
    title: String,
    body: String,
}

impl Section {
    /// A section with this title and this text.
    #[must_use]
    pub fn new(title: impl Into<String>, body: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            body: body.into(),
        }
    }

    /// Adds the section to the document.
    pub(crate) fn render(&self, text: &mut String) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&self.title);
        text.push('\n');
        for line in self.body.lines() {
            text.push_str(format!("  {line}").trim_end());
            text.push('\n');
        }
    }
}

/// Adds a titled document to the text of a section.
pub fn entry(body: &mut String, title: &str, document: &str) {
    body.push_str(&format!("{title}:\n"));
    for line in readable(document).lines() {
        body.push_str(&format!("  {line}\n"));
    }
}

/// A document as its author wrote it; one that stands on a single line, a member a line.
#[must_use]
pub fn readable(document: &str) -> String {
    if document.trim().contains('\n') {
        return document.to_owned();
    }
    let value: Result<serde_json::Value, _> = serde_json::from_str(document);
    value
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| document.to_owned())
}

/// Sorted lines as one text.
pub(crate) fn sorted(lines: impl Iterator<Item = String>) -> String {
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines.concat()
}
