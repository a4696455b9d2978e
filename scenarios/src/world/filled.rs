//! What a step says, with the parts of kept answers in it: `$(role.Role.Arn)`.
//!
//! `$(name.path)` stands for the part at a path of the answer that the scenario kept under that name, and
//! `$(name)` for the whole of it. `$(api/reports.ApiId)` is what is
//! known of a thing that a step made: `account/NAME.Id`, `api/NAME.ApiId`, `role/NAME.Arn`,
//! `function/NAME.FunctionArn`, `secret/NAME.ARN`, `sink/NAME.Arn`, `policy/NAME.Arn`, `token/NAME`.
//! `${aws:username}`, `{{identity.entity.id}}` and `$context.status` are
//! left to those whom they are for.

use serde_json::{Map, Value, json};

use super::World;
use crate::{
    error::{StepError, StepResult},
    json_path,
    things::{
        answer::Answer, api::Api, function::Function, managed_policy::ManagedPolicy, role::Role,
        secret::SecretEntry, sink::Sink, token::Token,
    },
};

impl World {
    /// A text with the parts of kept answers filled in.
    ///
    /// # Errors
    /// When it names an answer that was not kept, or a part that it does not have.
    pub fn filled(&self, text: &str) -> StepResult<String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, reference, after)) = next_reference(rest) {
            filled.push_str(before);
            filled.push_str(&json_path::text(&self.referred(reference)?));
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// A document with the parts of kept answers filled into its texts; a text that is nothing but one
    /// becomes that part, whatever its type.
    ///
    /// # Errors
    /// As [`World::filled`].
    pub fn filled_json(&self, document: &Value) -> StepResult<Value> {
        Ok(match document {
            Value::String(text) => match next_reference(text) {
                Some(("", reference, "")) => self.referred(reference)?,
                _ => Value::from(self.filled(text)?),
            },
            Value::Array(elements) => {
                let elements = elements.iter().map(|element| self.filled_json(element));
                Value::Array(elements.collect::<StepResult<_>>()?)
            }
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| Ok((self.filled(name)?, self.filled_json(value)?)));
                Value::Object(members.collect::<StepResult<Map<_, _>>>()?)
            }
            other => other.clone(),
        })
    }

    fn referred(&self, reference: &str) -> StepResult<Value> {
        if let Some((noun, rest)) = reference.split_once('/') {
            let (name, path) = rest.rsplit_once('.').unwrap_or((rest, "$"));
            let value = self.described(noun, name)?;
            let found = json_path::find(&value, path).cloned();
            return found.ok_or_else(|| {
                StepError::new(format!(
                    "`{noun}/{name}` has nothing at `{path}`: it is {value}"
                ))
            });
        }
        let end = reference.find(['.', '[']).unwrap_or(reference.len());
        let (name, path) = reference.split_at(end);
        self.things.get::<Answer>(name)?.find(path).cloned()
    }

    /// What is known of a thing by its noun and its name.
    fn described(&self, noun: &str, name: &str) -> StepResult<Value> {
        Ok(match noun {
            "account" => json!({ "Id": self.account_id(name)? }),
            "api" => {
                let api = self.things.get::<Api>(name)?;
                json!({ "ApiId": api.id, "Host": api.host })
            }
            "role" => json!({ "Arn": self.things.get::<Role>(name)?.arn }),
            "function" => json!({ "FunctionArn": self.things.get::<Function>(name)?.arn }),
            "secret" => json!({ "ARN": self.things.get::<SecretEntry>(name)?.arn }),
            "sink" => json!({ "Arn": self.things.get::<Sink>(name)?.arn }),
            "policy" => json!({ "Arn": self.things.get::<ManagedPolicy>(name)?.arn }),
            "token" => {
                let token = &self.things.get::<Token>(name)?.token;
                Value::from(token.expose_secret())
            }
            _ => {
                return Err(StepError::new(format!(
                    "`{noun}/{name}` is nothing: there are account, api, function, policy, role, secret, sink, token"
                )));
            }
        })
    }
}

/// What stands before the next reference, the reference, and what follows.
fn next_reference(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(found) = text.get(from..)?.find("$(") {
        let start = from + found;
        let (reference, after) = text.get(start + 2..)?.split_once(')')?;
        let begins = reference.starts_with(|first: char| first.is_ascii_alphabetic());
        let is_plain = |letter: char| letter.is_ascii_graphic() && !"$({".contains(letter);
        if begins && reference.chars().all(is_plain) {
            return Some((&text[..start], reference, after));
        }
        from = start + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_found_and_nothing_else_is_one() {
        for (text, found) in [
            ("a $(b.C) d", Some(("a ", "b.C", " d"))),
            ("$(b[0])", Some(("", "b[0]", ""))),
            ("${aws:username} $context.x {{e}}", None),
            ("$(1) $(a b) $(x", None),
            ("$(1) $(x)", Some(("$(1) ", "x", ""))),
        ] {
            assert_eq!(next_reference(text), found, "{text}");
        }
    }
}
