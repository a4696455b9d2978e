//! One of the two servers, and what was captured from its answers.

use std::net::SocketAddr;

use authlab_golden::vault::context::Context;
use authlab_golden::vault::token;
use authlab_golden::wire::{Answer, exchange};
use serde_json::{Map, Value, json};

/// A server that is asked.
pub struct Side {
    pub address: SocketAddr,
    pub context: Context,
    /// Seconds since 1970 when the run began: what `now` in a token's claims is.
    pub now: i64,
}

/// The tokens of the table and the keys that sign them.
pub struct Tokens {
    pub specifications: Value,
    pub keys: Map<String, Value>,
}

impl Side {
    pub fn new(address: SocketAddr, root_token: &str, tokens: &Tokens, now: i64) -> Self {
        let mut context = Context::default();
        let mut set = |name: &str, value: Value| context.vars.insert(name.to_owned(), value);
        set("root", json!(root_token));
        set("public_key", tokens.keys["rsa1"]["public_pem"].clone());
        Self {
            address,
            context,
            now,
        }
    }

    /// Sends a request of the table; captures what it says of the answer.
    pub async fn ask(&mut self, request: &Value, tokens: &Tokens) -> Answer {
        let jwt = |name: &str| {
            let specification = &tokens.specifications[name];
            token::sign(specification, &tokens.keys, self.now).unwrap()
        };
        let path = self.context.text(text(request, "path"), &jwt);
        let mut headers = Vec::new();
        if let Some(name) = request["as"].as_str() {
            let token = self.context.text(&format!("{{{{var:{name}}}}}"), &jwt);
            headers.push(("X-Vault-Token".to_owned(), token));
        }
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            let value = self.context.text(value.as_str().unwrap(), &jwt);
            headers.push((name.clone(), value));
        }
        let body = match (request["body_raw"].as_str(), request.get("body")) {
            (Some(raw), _) => Some(raw.to_owned()),
            (None, Some(body)) => Some(self.context.filled(body, &jwt).to_string()),
            (None, None) => None,
        };
        let method = text(request, "method");
        let path = format!("/v1/{path}");
        let body = body.map(String::into_bytes);
        let answer = exchange(self.address, method, &path, &headers, body)
            .await
            .unwrap();
        let parsed = body_of(&answer);
        for (name, pointer) in request["capture"].as_object().into_iter().flatten() {
            if let Some(value) = parsed.pointer(pointer.as_str().unwrap()) {
                self.context.vars.insert(name.clone(), value.clone());
            }
        }
        answer
    }
}

/// A member of a request that every request has.
pub fn text<'r>(request: &'r Value, member: &str) -> &'r str {
    let found = request[member].as_str();
    found.unwrap_or_else(|| panic!("a request without `{member}`: {request}"))
}

/// The body: JSON, a text that is none, or null.
pub fn body_of(answer: &Answer) -> Value {
    if answer.body.trim().is_empty() {
        return Value::Null;
    }
    serde_json::from_str(&answer.body).unwrap_or_else(|_| json!({ "(text)": answer.body }))
}
