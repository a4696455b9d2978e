//! What journal and audit lines may show of a request's path and of an error text.
//!
//! Vault's texts repeat what was sent (`error converting input hunter2 for field "password"`), and
//! some of its paths hold a token. The client gets the text as Vault words it; what is written down
//! holds nothing that the request brought, unless it is the name of something.

use std::borrow::Cow;
use std::collections::BTreeSet;

use authlab_kernel::redaction;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::duration;
use crate::field::go_print;
use crate::request::Request;

/// Paths whose rest is a token, as older clients send it (Vault's API documentation of tokens).
const TOKEN_PATHS: [&str; 5] = [
    "auth/token/lookup/",
    "auth/token/renew/",
    "auth/token/revoke/",
    "auth/token/revoke-orphan/",
    "sys/wrapping/lookup/",
];

/// Fields that name something and whose value is evidence, where it has the form of a name.
const NAMING: [&str; 14] = [
    "alias_name",
    "canonical_id",
    "display_name",
    "entity_id",
    "from",
    "group",
    "mount_accessor",
    "name",
    "path",
    "policies",
    "role",
    "role_name",
    "to",
    "type",
];

/// The longest name.
const NAME_BYTES_MAX: usize = 128;

/// What is shorter is no secret, and stands in every text by chance.
const SECRET_BYTES_MIN: usize = 4;

/// How much is compared at most, in bytes times values; a text that would take more is hidden whole.
const WORK_MAX: usize = 16 * 1024 * 1024;

/// The token that is part of a path, if one is.
pub(crate) fn token_in_path(path: &str) -> Option<&str> {
    TOKEN_PATHS
        .iter()
        .find_map(|prefix| path.strip_prefix(prefix))
        .filter(|token| !token.is_empty())
}

/// The path of a request as the journal shows it.
pub(crate) fn path(path: &str) -> Cow<'_, str> {
    match token_in_path(path) {
        Some(token) => {
            let before = path.strip_suffix(token).unwrap_or_default();
            format!("{before}{}(vault token)", redaction::HIDDEN).into()
        }
        None => redaction::request_path(path),
    }
}

/// An error text as journal and audit lines show it: what the request's data held stands as `…`.
pub(crate) fn message(message: &str, request: &Request) -> String {
    let mut brought = BTreeSet::new();
    for (name, value) in &request.data {
        let is_name = NAMING.contains(&name.as_str()) && is_name(value);
        if !is_name {
            collect(value, &mut brought);
        }
    }
    brought.extend(token_in_path(&request.path).map(str::to_owned));
    let bytes: usize = brought
        .iter()
        .map(|text| text.len().min(message.len()))
        .sum();
    let work = brought.len().saturating_mul(message.len()).max(bytes);
    if work > WORK_MAX {
        return redaction::value(message);
    }
    let mut longest_first: Vec<String> = brought.into_iter().collect();
    longest_first.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let mut shown = message.to_owned();
    for text in &longest_first {
        if shown.contains(text) {
            shown = shown.replace(text, redaction::HIDDEN);
        }
        let quoted = duration::quoted(text);
        if shown.contains(&quoted) {
            shown = shown.replace(&quoted, "\"…\"");
        }
    }
    without_fragments(&shown, &longest_first)
}

/// The text without pieces of what the request brought: a parser of policies repeats a word of them.
/// What is quoted, and what no word of a sentence looks like, is such a piece if it stands there.
fn without_fragments(message: &str, brought: &[String]) -> String {
    let is_mark = |character: char| "'\"`".contains(character);
    let mut shown = String::with_capacity(message.len());
    let mut quote = None;
    for piece in
        message.split_inclusive(|character: char| is_mark(character) || character.is_whitespace())
    {
        let word = piece
            .trim_end_matches(|character: char| is_mark(character) || character.is_whitespace());
        let end = piece.get(word.len()..).unwrap_or_default();
        let is_word = word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || b"-.,:".contains(&byte));
        let is_suspect = word.len() >= SECRET_BYTES_MIN
            && (quote.is_some() || (word.len() >= 2 * SECRET_BYTES_MIN && !is_word));
        let bare = word.trim_matches(|character: char| character.is_ascii_punctuation());
        if is_suspect && brought.iter().any(|text| text.contains(bare)) {
            shown.push_str(redaction::HIDDEN);
        } else {
            shown.push_str(word);
        }
        shown.push_str(end);
        if let Some(mark) = end.chars().find(|character| is_mark(*character)) {
            quote = if quote == Some(mark) {
                None
            } else {
                Some(mark)
            };
        }
    }
    shown
}

fn is_name(value: &Value) -> bool {
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./@:".contains(&byte);
    value
        .as_str()
        .is_some_and(|text| text.len() <= NAME_BYTES_MAX && text.bytes().all(of_name))
}

/// The texts in which a value may stand in an error: whole, as Go prints it, and part by part; of
/// what is base64 or JSON in a text also what that holds.
fn collect(value: &Value, brought: &mut BTreeSet<String>) {
    let mut put = |text: String| {
        if text.len() >= SECRET_BYTES_MIN {
            brought.insert(text);
        }
    };
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => put(number.to_string()),
        Value::String(text) => {
            put(text.clone());
            put(text.trim().to_owned());
            put(text.to_lowercase());
            let decoded = STANDARD.decode(text).ok();
            let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
            if let Some(decoded) = &decoded {
                put(decoded.clone());
            }
            let json = decoded.as_deref().unwrap_or(text);
            if json.trim_start().starts_with(['{', '['])
                && let Ok(inner) = serde_json::from_str::<Value>(json)
            {
                collect(&inner, brought);
            }
            // A list in a text is read item by item.
            for item in text.split(',').filter(|item| item.len() < text.len()) {
                if item.trim().len() >= SECRET_BYTES_MIN {
                    brought.insert(item.trim().to_owned());
                }
            }
        }
        Value::Array(items) => {
            put(go_print(value));
            items.iter().for_each(|item| collect(item, brought));
        }
        Value::Object(members) => {
            put(go_print(value));
            for (name, value) in members {
                if name.len() >= SECRET_BYTES_MIN {
                    brought.insert(name.clone());
                }
                collect(value, brought);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::request::Operation;

    fn request(path: &str, data: Value) -> Request {
        Request {
            id: String::new(),
            operation: Operation::Update,
            path: path.to_owned(),
            data: data.as_object().cloned().unwrap_or_default(),
            from_query: false,
            token: None,
            headers: Vec::new(),
            wrap: None,
            peer: std::net::SocketAddr::from(([127, 0, 0, 1], 1)),
        }
    }

    #[test]
    fn tokens_in_paths_are_hidden_whatever_their_form() {
        for (given, shown) in [
            ("auth/token/lookup/root", "auth/token/lookup/…(vault token)"),
            (
                "auth/token/revoke/my-own-id",
                "auth/token/revoke/…(vault token)",
            ),
            ("secret/data/hvs.abcdef", "secret/data/…(vault token)"),
            ("auth/token/lookup", "auth/token/lookup"),
            (
                "auth/token/lookup-accessor/abc",
                "auth/token/lookup-accessor/abc",
            ),
            ("secret/data/app/db", "secret/data/app/db"),
        ] {
            assert_eq!(path(given), shown);
        }
    }

    #[test]
    fn texts_lose_what_the_request_brought_and_keep_the_rest() {
        let secret = "hunter2-hunter2";
        let encoded = STANDARD.encode(format!("{{\"Authorization\":[\"{secret}\"]}}"));
        for data in [
            json!({"password": secret}),
            json!({"password": {"a": secret}}),
            json!({"password": [secret, 1]}),
            json!({"ttl": secret}),
            json!({"role": {"name": secret}}),
            json!({"iam_request_headers": encoded}),
            json!({"data": format!("{secret},b")}),
            json!({"data": format!(" {secret}\n")}),
            json!({ secret: "x" , "map": { secret: 1 }}),
        ] {
            let request = request("auth/x/login", data.clone());
            let value = data.as_object().unwrap().values().next().unwrap();
            for text in [
                format!("error converting input {} for field \"f\"", go_print(value)),
                format!("time: invalid duration \"{}\"", go_print(value)),
            ] {
                let shown = message(&text, &request);
                assert!(!shown.contains(secret), "{shown}");
            }
        }
        let policy = format!("path \"{secret}/a\" {{ capabilities = [\"{secret}\"] }} {secret}");
        let policy = request("sys/policy/x", json!({ "policy": policy }));
        for text in [
            format!("path \"{secret}/a\": invalid capability '{secret}'"),
            format!("At 1:2: illegal character: {secret}."),
        ] {
            let shown = message(&text, &policy);
            assert!(!shown.contains(secret), "{shown}");
            assert!(
                shown.contains("illegal character") || shown.contains("invalid capability"),
                "{shown}"
            );
        }
        let named = request("auth/jwt/login", json!({"role": "app", "jwt": "abc"}));
        let text = "role \"app\" could not be found";
        assert_eq!(message(text, &named), text);
        let flood: serde_json::Map<String, Value> = (0..100_000)
            .map(|n| (format!("name{n}"), format!("value{n}").into()))
            .collect();
        let shown = message(&"long ".repeat(1_000), &request("x", flood.into()));
        assert!(shown.starts_with('…'), "{shown}");
    }
}
