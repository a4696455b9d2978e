//! Texts with `${stageVariables.x}` and `{path parameters}`: integration URIs and function ARNs.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a path: RFC 3986's unreserved characters, and the slash that a greedy
/// parameter may hold.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A text whose variables are filled in per request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UriTemplate {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    StageVariable(String),
    PathParameter(String),
}

impl UriTemplate {
    /// Reads a template; what is no variable is text, so that every text is one.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, variable, after)) = next_variable(rest) {
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(variable);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Self {
            text: text.to_owned(),
            parts,
        }
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text with everything filled in.
    ///
    /// # Errors
    /// The name of the first variable that has no value, as it is written in the template.
    pub fn fill(
        &self,
        stage_variables: &BTreeMap<String, String>,
        path_parameters: &BTreeMap<String, String>,
    ) -> Result<String, String> {
        let mut filled = String::with_capacity(self.text.len());
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::StageVariable(name) => match stage_variables.get(name) {
                    Some(value) => filled.push_str(value),
                    None => return Err(format!("${{stageVariables.{name}}}")),
                },
                Part::PathParameter(name) => match path_parameters.get(name) {
                    Some(value) => filled.extend(utf8_percent_encode(value, IN_PATH)),
                    None => return Err(format!("{{{name}}}")),
                },
            }
        }
        Ok(filled)
    }
}

fn next_variable(text: &str) -> Option<(&str, Part, &str)> {
    let open = text.find('{')?;
    let length = text[open..].find('}')?;
    let (inner, after) = (&text[open + 1..open + length], &text[open + length + 1..]);
    let before = &text[..open];
    match (
        before.strip_suffix('$'),
        inner.strip_prefix("stageVariables."),
    ) {
        (Some(before), Some(name)) => Some((before, Part::StageVariable(name.to_owned()), after)),
        // `{proxy}` and `{proxy+}` both name the parameter `proxy`.
        _ => {
            let name = inner.strip_suffix('+').unwrap_or(inner);
            Some((before, Part::PathParameter(name.to_owned()), after))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_or_named() {
        let stage = BTreeMap::from([("host".to_owned(), "api.example.com".to_owned())]);
        let path = BTreeMap::from([("proxy".to_owned(), "a b/c".to_owned())]);
        let cases = [
            (
                "https://${stageVariables.host}/v1/{proxy}",
                Ok("https://api.example.com/v1/a%20b/c"),
            ),
            ("https://x/{proxy+}", Ok("https://x/a%20b/c")),
            ("https://x/{id}", Err("{id}")),
            (
                "https://${stageVariables.port}/",
                Err("${stageVariables.port}"),
            ),
            ("plain", Ok("plain")),
        ];
        for (template, expected) in cases {
            let filled = UriTemplate::parse(template).fill(&stage, &path);
            assert_eq!(
                filled.as_deref().map_err(String::as_str),
                expected,
                "{template}"
            );
        }
    }
}
