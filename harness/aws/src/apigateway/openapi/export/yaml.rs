//! The text of YAML: blocks of maps and lists, and texts in quotes, which JSON and YAML write alike.

use serde_json::Value as Json;

/// A document's text.
pub(super) fn text(document: &Json) -> String {
    let mut text = "---\n".to_owned();
    block(document, 0, &mut text);
    text
}

fn is_block(value: &Json) -> bool {
    match value {
        Json::Object(members) => !members.is_empty(),
        Json::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// A map or a list, a line each; anything else is a line of its own.
fn block(value: &Json, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Json::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                text.push_str(&indent);
                text.push_str(&key(name));
                text.push(':');
                below(value, depth, text);
            }
        }
        Json::Array(items) if !items.is_empty() => {
            for item in items {
                text.push_str(&indent);
                text.push('-');
                below(item, depth, text);
            }
        }
        other => {
            text.push_str(&format!("{indent}{other}\n"));
        }
    }
}

fn below(value: &Json, depth: usize, text: &mut String) {
    if is_block(value) {
        text.push('\n');
        block(value, depth + 1, text);
    } else {
        text.push_str(&format!(" {value}\n"));
    }
}

/// A name that is a word stands as it is.
fn key(name: &str) -> String {
    let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&name.to_ascii_lowercase().as_str());
    if is_word {
        name.to_owned()
    } else {
        Json::from(name).to_string()
    }
}
