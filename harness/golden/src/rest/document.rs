//! A row's document. Rows show what matters: what AWS asks for beside is added here, so that the document
//! is one that an import takes.
//!
//! - Parameters and headers that a mapping names are declared.
//! - Security schemes that a method names and the document does not have are those of `authorization`.
//! - Of siblings that both have a variable the greedy one stays.
//! - Addresses of documentation (RFC 5737), which no client of a lab has, are loopback addresses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::bench::ACCOUNT;
use super::case::Given;

/// The pool that signs where a row names none.
pub(super) const POOL: &str = "us-east-1_AAAAAAAAA";
/// The issuer that signs where a row names none.
pub(super) const ISSUER: &str = "https://idp.example.com";
/// The audience where a row names none.
pub(super) const AUDIENCE: &str = "api1";
/// Blocks of addresses of documentation, and the loopback addresses in their place.
const BLOCKS: [(&str, &str); 3] = [
    ("192.0.2.", "127.0.2."),
    ("198.51.100.", "127.51.100."),
    ("203.0.113.", "127.0.113."),
];
const VERBS: [&str; 8] = [
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "x-amazon-apigateway-any-method",
];

/// The text with the lab's addresses in place of those of documentation.
pub(super) fn with_own_addresses(text: &str) -> String {
    let mut text = text.to_owned();
    for (block, own) in BLOCKS {
        text = text.replace(block, own);
    }
    text
}

/// The document of a row with the addresses of its backends.
pub(super) fn completed(
    document: &Json,
    given: &Given,
    backends: &BTreeMap<String, String>,
) -> Result<Json, String> {
    let mut text = with_own_addresses(&document.to_string());
    for (name, url) in backends {
        text = text.replace(&format!("{{{name}}}"), url);
    }
    let mut document: Json = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let mut schemes = BTreeSet::new();
    let paths = document.get_mut("paths").and_then(Json::as_object_mut);
    for item in paths.into_iter().flat_map(Map::values_mut) {
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        for verb in VERBS {
            if let Some(operation) = item.get_mut(verb) {
                declare_parameters(operation);
                declare_headers(operation);
                schemes.extend(named_schemes(operation));
            }
        }
    }
    complete_schemes(&mut document, given, &schemes)?;
    leave_out_siblings(&mut document);
    Ok(document)
}

/// Leaves out what has a variable beside a greedy one: an import takes one of them, and the greedy one
/// serves the paths of both.
fn leave_out_siblings(document: &mut Json) {
    let Some(paths) = document.get_mut("paths").and_then(Json::as_object_mut) else {
        return;
    };
    let variable = |path: &str| {
        let (above, last) = path.rsplit_once('/')?;
        (last.starts_with('{') && last.ends_with('}')).then(|| (above.to_owned(), last.to_owned()))
    };
    let greedy: BTreeSet<String> = paths
        .keys()
        .filter_map(|path| variable(path))
        .filter(|(_, last)| last.ends_with("+}"))
        .map(|(above, _)| above)
        .collect();
    paths.retain(|path, _| {
        variable(path).is_none_or(|(above, last)| last.ends_with("+}") || !greedy.contains(&above))
    });
}

fn named_schemes(operation: &Json) -> Vec<String> {
    let requirements = operation.get("security").and_then(Json::as_array);
    let requirements = requirements
        .into_iter()
        .flatten()
        .filter_map(Json::as_object);
    requirements.flat_map(|it| it.keys().cloned()).collect()
}

const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// Declares the parameters that `requestParameters` take.
fn declare_parameters(operation: &mut Json) {
    let taken = operation
        .get(INTEGRATION)
        .and_then(|it| it.get("requestParameters"))
        .and_then(Json::as_object);
    let taken: Vec<(String, String)> = taken
        .into_iter()
        .flat_map(Map::values)
        .filter_map(|source| {
            let source = source.as_str()?.strip_prefix("method.request.")?;
            let (place, name) = source.split_once('.')?;
            let place = match place {
                "path" => "path",
                "querystring" | "multivaluequerystring" => "query",
                "header" | "multivalueheader" => "header",
                _ => return None,
            };
            Some((place.to_owned(), name.to_owned()))
        })
        .collect();
    let Some(operation) = operation.as_object_mut() else {
        return;
    };
    for (place, name) in taken {
        let own = operation.entry("parameters").or_insert_with(|| json!([]));
        let Some(own) = own.as_array_mut() else {
            continue;
        };
        let is_there = own.iter().any(|it| {
            it.get("in") == Some(&Json::from(place.as_str()))
                && it.get("name") == Some(&Json::from(name.as_str()))
        });
        if !is_there {
            let required = place == "path";
            own.push(json!({"in": place, "name": name, "required": required, "schema": {"type": "string"}}));
        }
    }
}

/// Declares the headers that the responses of the integration set.
fn declare_headers(operation: &mut Json) {
    let responses = operation
        .get(INTEGRATION)
        .and_then(|it| it.get("responses"))
        .and_then(Json::as_object);
    let mut set: Vec<(String, String)> = Vec::new();
    for response in responses.into_iter().flat_map(Map::values) {
        let status = match response.get("statusCode") {
            Some(Json::String(status)) => status.clone(),
            Some(status) => status.to_string(),
            None => continue,
        };
        let parameters = response.get("responseParameters").and_then(Json::as_object);
        for target in parameters.into_iter().flat_map(Map::keys) {
            if let Some(name) = target.strip_prefix("method.response.header.") {
                set.push((status.clone(), name.to_owned()));
            }
        }
    }
    for (status, name) in set {
        let response = &mut operation["responses"][status.as_str()];
        if response.is_null() {
            *response = json!({"description": ""});
        }
        let header = &mut response["headers"][name.as_str()];
        if header.is_null() {
            *header = json!({"schema": {"type": "string"}});
        }
    }
}

/// The ARN by which a function is invoked.
pub(super) fn invocation_of(function: &str) -> String {
    format!(
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
         arn:aws:lambda:us-east-1:{ACCOUNT}:function:{function}/invocations"
    )
}

/// Adds the schemes that methods name and the document does not have.
fn complete_schemes(
    document: &mut Json,
    given: &Given,
    named: &BTreeSet<String>,
) -> Result<(), String> {
    for name in named {
        let own = document.pointer(&format!("/components/securitySchemes/{name}"));
        if own.is_some() {
            continue;
        }
        let extension = match given.authorization.as_deref() {
            Some("COGNITO_USER_POOLS") => json!({
                "type": "cognito_user_pools",
                "providerARNs": [format!("arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{POOL}")],
            }),
            Some("CUSTOM") => {
                let function = given
                    .functions
                    .keys()
                    .next()
                    .map_or("authz", String::as_str);
                json!({"type": "token", "authorizerUri": invocation_of(function)})
            }
            Some("JWT") => json!({
                "type": "jwt",
                "identitySource": "method.request.header.Authorization",
                "jwtConfiguration": {
                    "issuers": [{"issuer": ISSUER, "audiences": [AUDIENCE]}],
                    "defaultAlgorithms": ["RS256"],
                },
            }),
            _ => return Err(format!("the document has no security scheme `{name}`")),
        };
        document["components"]["securitySchemes"][name.as_str()] = json!({
            "type": "apiKey", "in": "header", "name": "Authorization",
            "x-amazon-apigateway-authorizer": extension,
        });
    }
    Ok(())
}
