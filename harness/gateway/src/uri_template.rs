//! Texts with `${stageVariables.x}` and `{path parameters}`: integration URIs and function ARNs.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::path::encoded;

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
    PathParameter {
        name: String,
        /// As it stands in the template: `{name}`, `{name+}`.
        written: String,
    },
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

    /// The text with everything filled in. Path parameters are as they stand in the path of the
    /// request, and go into the path of a URL as they are; elsewhere (a host, an ARN) everything in
    /// them that could mean something is encoded.
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
                Part::PathParameter { name, .. } => match path_parameters.get(name) {
                    Some(value) => push_path_parameter(&mut filled, value),
                    None => return Err(format!("{{{name}}}")),
                },
            }
        }
        Ok(filled)
    }

    /// The text as REST APIs fill it in: a stage variable that is not set is nothing, and a path parameter
    /// that nothing is mapped to stays as it is written (recorded). What is mapped stands as it would in
    /// the path of a request.
    pub fn fill_known(
        &self,
        stage_variables: &BTreeMap<String, String>,
        mapped: &BTreeMap<String, String>,
    ) -> String {
        let mut filled = String::with_capacity(self.text.len());
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::StageVariable(name) => {
                    filled.push_str(stage_variables.get(name).map_or("", String::as_str));
                }
                Part::PathParameter { name, written } => match mapped.get(name) {
                    Some(value) => push_path_parameter(&mut filled, value),
                    None => filled.push_str(written),
                },
            }
        }
        filled
    }
}

/// Adds a value as it stands in the path of a request: as it is within a path, encoded elsewhere.
fn push_path_parameter(filled: &mut String, value: &str) {
    if is_in_path(filled) {
        filled.push_str(value);
    } else {
        let plain = percent_decode_str(value).decode_utf8_lossy();
        filled.push_str(&encoded(&plain));
    }
}

/// Whether what comes next stands in the path of a URL.
fn is_in_path(filled: &str) -> bool {
    let behind_scheme = filled.split_once("://").map(|(_, rest)| rest);
    behind_scheme.is_some_and(|rest| rest.contains('/') && !rest.contains(['?', '#']))
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
            let part = Part::PathParameter {
                name: name.to_owned(),
                written: format!("{{{inner}}}"),
            };
            Some((before, part, after))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rest_apis_leave_what_nothing_is_mapped_to() {
        let stage = BTreeMap::from([("v".to_owned(), "s".to_owned())]);
        let mapped = BTreeMap::from([("path".to_owned(), "a%20b/c".to_owned())]);
        let cases = [
            (
                "https://${stageVariables.v}.example/r",
                "https://s.example/r",
            ),
            ("https://x/${stageVariables.no}", "https://x/"),
            ("https://${stageVariables.no}", "https://"),
            ("https://x/{unknown}/{path}", "https://x/{unknown}/a%20b/c"),
            (
                "https://x/{proxy+}?q={path}",
                "https://x/{proxy+}?q=a%20b%2Fc",
            ),
            ("https://x/${path\\}", "https://x/${path\\}"),
        ];
        for (template, expected) in cases {
            let filled = UriTemplate::parse(template).fill_known(&stage, &mapped);
            assert_eq!(filled, expected, "{template}");
        }
    }

    #[test]
    fn variables_are_filled_or_named() {
        let stage = BTreeMap::from([("host".to_owned(), "api.example.com".to_owned())]);
        let path = BTreeMap::from([("proxy".to_owned(), "a%20b/c%2Fd:e@f".to_owned())]);
        let cases = [
            (
                "https://${stageVariables.host}/v1/{proxy}",
                Ok("https://api.example.com/v1/a%20b/c%2Fd:e@f"),
            ),
            ("https://x/{proxy+}", Ok("https://x/a%20b/c%2Fd:e@f")),
            ("https://x{proxy}/", Ok("https://xa%20b%2Fc%2Fd%3Ae%40f/")),
            (
                "https://x/?q={proxy}",
                Ok("https://x/?q=a%20b%2Fc%2Fd%3Ae%40f"),
            ),
            ("arn:x:{proxy}", Ok("arn:x:a%20b%2Fc%2Fd%3Ae%40f")),
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
