//! Which texts of an input are secrets, by the service's model.

use crate::model::{Kind, Shape};
use crate::{Model, Operation, Value};

/// How many texts are told at most.
const TEXTS_MAX: usize = 256;

/// What is shorter is no secret, and stands in every text by chance.
const TEXT_BYTES_MIN: usize = 4;

/// Shapes, by service, that open something and that the model does not call sensitive: one-time codes,
/// grants, assertions. AWS's own texts repeat them; what is written down does not.
const FORGOTTEN: [(&str, &str); 5] = [
    ("iam", "authenticationCodeType"),
    ("kms", "GrantTokenType"),
    ("lambda", "EventSourceToken"),
    ("sts", "contextAssertionType"),
    ("sts", "tokenCodeType"),
];

/// The texts of an input that stand in members which the model calls sensitive, or should: what is
/// written down of the request must not hold them.
#[must_use]
pub fn sensitive_texts(operation: &Operation, input: &Value) -> Vec<String> {
    let mut texts = Vec::new();
    if let Some(shape) = operation.input_shape() {
        collect(operation.service, shape, input, false, &mut texts);
    }
    texts
}

fn collect(
    service: &Model,
    shape: &Shape,
    value: &Value,
    is_inside: bool,
    texts: &mut Vec<String>,
) {
    if texts.len() >= TEXTS_MAX {
        return;
    }
    let is_secret =
        is_inside || shape.is_sensitive || FORGOTTEN.contains(&(service.name, shape.name));
    match (&shape.kind, value) {
        (Kind::Structure { members, .. }, Value::Map(given)) => {
            for member in members {
                if let Some(value) = given.get(member.name) {
                    collect(
                        service,
                        service.shape(member.shape),
                        value,
                        is_secret,
                        texts,
                    );
                }
            }
        }
        (Kind::List { element, .. }, Value::List(elements)) => {
            let element = service.shape(*element);
            for value in elements {
                collect(service, element, value, is_secret, texts);
            }
        }
        (Kind::Map { value: of, .. }, Value::Map(entries)) => {
            let of = service.shape(*of);
            for value in entries.values() {
                collect(service, of, value, is_secret, texts);
            }
        }
        (_, Value::Text(text)) if is_secret && text.len() >= TEXT_BYTES_MIN => {
            texts.push(text.clone());
        }
        (_, Value::Blob(bytes)) if is_secret && bytes.len() >= TEXT_BYTES_MIN => {
            texts.extend(String::from_utf8(bytes.to_vec()));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::FORGOTTEN;
    use crate::Models;

    #[test]
    fn what_the_models_forget_is_there_and_still_forgotten() {
        for (name, shape) in FORGOTTEN {
            let service = Models::by_endpoint_prefix(name).expect("a model");
            let found = service.shape_named(shape).map(|found| found.is_sensitive);
            assert_eq!(found, Some(false), "{name} {shape}");
        }
    }
}
