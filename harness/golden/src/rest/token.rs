//! The tokens of a row, signed by issuers of its lab.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::bench::Bench;
use super::case::{Case, Members};
use super::document::{AUDIENCE, ISSUER, POOL};

/// The client where a row names none.
const CLIENT: &str = "1client";

/// The issuer of a user pool.
fn pool_issuer(pool: &str) -> String {
    format!("https://cognito-idp.us-east-1.amazonaws.com/{pool}")
}

/// Every issuer that a row needs, with what it signs with: those that authorizers name, and those whose
/// tokens are sent.
pub(super) fn issuers(case: &Case) -> Vec<(String, String)> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let rs256 = || "RS256".to_owned();
    let mut texts = Vec::new();
    for call in &case.given.calls {
        collect("issuer", &Json::Object(call.clone()), &mut texts);
    }
    if let Some(document) = &case.given.openapi {
        collect("issuer", document, &mut texts);
        let mut pools = Vec::new();
        collect("providerARNs", document, &mut pools);
        for arn in pools {
            if let Some((_, pool)) = arn.split_once(":userpool/") {
                found.insert(pool_issuer(pool), rs256());
            }
        }
    }
    for text in texts
        .into_iter()
        .filter(|text| text.starts_with("https://"))
    {
        found.insert(text, rs256());
    }
    for token in case
        .requests
        .iter()
        .filter_map(|request| request.token.as_ref())
    {
        let issuer = issuer(case, token);
        let algorithm = match token.get("alg").and_then(Json::as_str) {
            Some("ES256") => "ES256".to_owned(),
            _ => rs256(),
        };
        let kept = found.entry(issuer).or_insert_with(rs256);
        if algorithm != "RS256" {
            *kept = algorithm;
        }
    }
    if case.given.authorization.as_deref() == Some("JWT") {
        found.entry(ISSUER.to_owned()).or_insert_with(rs256);
    }
    if case.given.authorization.as_deref() == Some("COGNITO_USER_POOLS") {
        found.entry(pool_issuer(POOL)).or_insert_with(rs256);
    }
    found.into_iter().collect()
}

/// The texts of every member of this name.
fn collect(name: &str, value: &Json, found: &mut Vec<String>) {
    match value {
        Json::Object(members) => {
            for (own, value) in members {
                match value {
                    Json::String(text) if own == name => found.push(text.clone()),
                    Json::Array(texts) if own == name => {
                        found.extend(texts.iter().filter_map(Json::as_str).map(str::to_owned));
                        texts.iter().for_each(|value| collect(name, value, found));
                    }
                    value => collect(name, value, found),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect(name, item, found)),
        _ => {}
    }
}

/// Whether a token is one of a user pool.
fn is_of_pool(case: &Case, token: &Members) -> bool {
    token.contains_key("token_use")
        || token.contains_key("pool")
        || case.given.authorization.as_deref() == Some("COGNITO_USER_POOLS")
}

fn issuer(case: &Case, token: &Members) -> String {
    let text = |name: &str| token.get(name).and_then(Json::as_str);
    if let Some(issuer) = text("iss") {
        return issuer.to_owned();
    }
    if is_of_pool(case, token) {
        return pool_issuer(text("pool").unwrap_or(POOL));
    }
    ISSUER.to_owned()
}

/// The value of the header: a token with what the row says of it.
pub(super) async fn header(bench: &Bench, case: &Case, token: &Members) -> Result<String, String> {
    let issuer = issuer(case, token);
    let mut claims = Map::new();
    let mut asked = json!({"issuer": issuer});
    let now = bench.lab.clock().now().as_second();
    let mut prefix = "";
    if is_of_pool(case, token) {
        claims.insert("sub".to_owned(), json!("sub1"));
        let client = match token.get("token_use").and_then(Json::as_str) {
            Some("access") => "client_id",
            _ => "aud",
        };
        claims.insert(client.to_owned(), json!(CLIENT));
    } else if !token.contains_key("aud") {
        claims.insert("aud".to_owned(), json!(AUDIENCE));
    }
    for (name, value) in token {
        match (name.as_str(), value) {
            ("iss", Json::Null) => drop(claims.insert("iss".to_owned(), Json::Null)),
            ("iss" | "pool", _) => {}
            ("prefix", Json::String(text)) => prefix = text,
            ("alg", Json::String(algorithm)) => match algorithm.as_str() {
                "RS256" | "ES256" => {}
                "none" => asked["forge"] = json!("alg-none"),
                "HS256" => asked["forge"] = json!("hs256-public-key"),
                other => return Err(format!("no issuer of a row signs with `{other}`")),
            },
            ("kid", _) => asked["forge"] = json!("unknown-kid"),
            ("forged", _) => asked["forge"] = json!("foreign-key"),
            ("expired", _) => asked["ttl_seconds"] = json!(-3600),
            ("nbfAhead", Json::Number(ahead)) => {
                claims.insert("nbf".to_owned(), json!(now + ahead.as_i64().unwrap_or(0)));
            }
            ("iatAhead", Json::Number(ahead)) => {
                claims.insert("iat".to_owned(), json!(now + ahead.as_i64().unwrap_or(0)));
            }
            (_, value) => {
                claims.insert(name.clone(), value.clone());
            }
        }
    }
    asked["claims"] = Json::Object(claims);
    let token = bench.token(&asked).await?;
    Ok(format!("{prefix}{token}"))
}
