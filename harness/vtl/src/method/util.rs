//! `$util`.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use super::{Found, thrown};
use crate::error::RenderProblem;
use crate::render::Machine;
use crate::value::Value;

impl Machine<'_> {
    /// A method of `$util`. Each gives nothing for nothing.
    pub(super) fn of_util(&mut self, name: &str, arguments: &[Value]) -> Found {
        let [argument] = arguments else {
            return Ok(None);
        };
        if matches!(argument, Value::Null) {
            return Ok(None);
        }
        let text = self.shown(argument)?;
        self.heap.look(&text)?;
        let made = match name {
            "escapeJavaScript" => escape(&text),
            "urlEncode" => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            "urlDecode" => decode_form(&text)?,
            "base64Encode" => STANDARD.encode(text.as_bytes()),
            "base64Decode" => decode_base64(&text)?,
            "parseJson" => return self.parse_json(&text).map(Some),
            _ => return Ok(None),
        };
        self.heap.text(made).map(Some)
    }

    /// A JSON text as values. A text that does not even begin as JSON is itself, as for the body.
    fn parse_json(&mut self, text: &str) -> Result<Value, RenderProblem> {
        match serde_json::from_str(text) {
            Ok(json) => self.heap.read(&json),
            Err(error) if text.trim_start().starts_with(['{', '[', '"']) => {
                Err(RenderProblem::Json(error.to_string()))
            }
            Err(_) => self.heap.text(text),
        }
    }
}

/// As `StringEscapeUtils.escapeJavaScript` of commons-lang 2 does: quotes, the slash, and all that is not
/// ASCII.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\'' | '"' | '\\' | '/' => escaped.extend(['\\', sign]),
            '\u{8}' => escaped.push_str("\\b"),
            '\u{c}' => escaped.push_str("\\f"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            ' '..='\u{7f}' => escaped.push(sign),
            _ => {
                for unit in sign.encode_utf16(&mut [0; 2]) {
                    // Writing to a text does not fail.
                    let _ = write!(escaped, "\\u{unit:04X}");
                }
            }
        }
    }
    escaped
}

/// As `URLDecoder` does: a plus is a blank, and a percent sign has two hexadecimal digits behind it.
fn decode_form(text: &str) -> Result<String, RenderProblem> {
    let is_hex = |part: &str| {
        let digits = part.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_hex) {
        let reason = "a `%` has no two hexadecimal digits behind it: give it what is encoded";
        return Err(thrown("urlDecode", reason));
    }
    let blanks = text.replace('+', " ");
    Ok(percent_decode_str(&blanks).decode_utf8_lossy().into_owned())
}

fn decode_base64(text: &str) -> Result<String, RenderProblem> {
    let bytes = STANDARD
        .decode(text.trim())
        .map_err(|error| thrown("base64Decode", format!("{error}: give it what is encoded")))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
