//! How a document that a caller gives in JSON or YAML is read: bounded, and with the place of what is
//! wrong with it.
//!
//! - [`yaml`]: the YAML of it, whose depth and size are limited.

mod yaml;

use serde::de::DeserializeOwned;

/// Why a text is not the document that was asked for.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Unreadable {
    /// It is neither JSON nor YAML; the line stands in the text.
    #[error("{0}")]
    Syntax(String),
    /// A member is not what it has to be.
    #[error("`{member}`: {problem}")]
    Member {
        /// The members on the way to it.
        member: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// JSON when it begins as JSON does, else YAML.
///
/// # Errors
/// [`Unreadable`] names the line or the member.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    if text.trim_start().starts_with('{') {
        let mut json = serde_json::Deserializer::from_str(text);
        let read = serde_path_to_error::deserialize(&mut json);
        read.map_err(|error| {
            let is_data = error.inner().is_data();
            unreadable(is_data, error.path(), &error.inner().to_string())
        })
    } else {
        let yaml = yaml::read(text).map_err(|error| Unreadable::Syntax(error.to_string()))?;
        let read = serde_path_to_error::deserialize(yaml);
        read.map_err(|error| unreadable(true, error.path(), &error.inner().to_string()))
    }
}

fn unreadable(is_data: bool, path: &serde_path_to_error::Path, problem: &str) -> Unreadable {
    let member = path.to_string();
    if !is_data || member == "." {
        return Unreadable::Syntax(problem.to_owned());
    }
    Unreadable::Member {
        member,
        problem: problem.to_owned(),
    }
}
