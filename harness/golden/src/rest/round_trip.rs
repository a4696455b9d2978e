//! What is exported imports to the same API: every document of the table, in both versions and both
//! notations.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::backend::Backends;
use super::bench::{Bench, blob};
use super::case::Case;
use super::{DATA_PLANE, document, token};

/// Every row with a document.
fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.join("../gateway/tests/golden");
    let rows = DATA_PLANE.iter().flat_map(|topic| {
        let text = std::fs::read_to_string(folder.join(format!("{topic}.json"))).unwrap();
        serde_json::from_str::<Vec<Case>>(&text).unwrap()
    });
    rows.filter(|case| case.given.openapi.is_some()).collect()
}

async fn import(bench: &Bench, text: &[u8]) -> Result<String, String> {
    let made = bench
        .call("ImportRestApi", json!({"body": blob(text)}))
        .await?;
    let id = made["id"].as_str().unwrap().to_owned();
    let input = json!({"restApiId": id, "stageName": "prod"});
    bench.call("CreateDeployment", input).await?;
    Ok(id)
}

async fn export(bench: &Bench, api: &str, kind: &str, accepts: &str) -> Result<Vec<u8>, String> {
    let input = json!({"restApiId": api, "stageName": "prod", "exportType": kind, "accepts": accepts,
        "parameters": {"extensions": "apigateway"}});
    let answer = bench.call("GetExport", input).await?;
    let body = answer["body"].as_array().expect("bytes").iter();
    Ok(body
        .map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap())
        .collect())
}

/// The resources with their methods, without the ids of this API.
async fn methods(bench: &Bench, api: &str) -> String {
    let input = json!({"restApiId": api, "embed": ["methods"], "limit": 500});
    let mut found = bench.call("GetResources", input).await.unwrap();
    fn strip(value: &mut Json) {
        match value {
            Json::Object(members) => {
                members.retain(|name, _| {
                    !matches!(
                        name.as_str(),
                        "id" | "parentId"
                            | "authorizerId"
                            | "requestValidatorId"
                            | "cacheNamespace"
                    )
                });
                members.values_mut().for_each(strip);
            }
            Json::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut found);
    found.to_string()
}

#[tokio::test]
async fn every_document_of_the_table_comes_back_as_it_was() {
    let cases = cases();
    assert!(cases.len() > 400, "{}", cases.len());
    let mut issuers: Vec<(String, String)> = cases.iter().flat_map(token::issuers).collect();
    issuers.sort();
    issuers.dedup_by(|one, other| one.0 == other.0);
    let bench = Bench::start(None, &issuers).await.unwrap();
    let backends = Backends::start(
        &[("echo", "x"), ("status", "x")]
            .map(|(name, what)| (name.to_owned(), json!(what)))
            .into(),
    )
    .await
    .unwrap();
    let mut urls = backends.urls.clone();
    urls.insert("backend".to_owned(), backends.urls["echo"].clone());
    let (mut seen, mut refused) = (std::collections::BTreeSet::new(), 0);
    for case in &cases {
        let given = case.given.openapi.as_ref().unwrap();
        let whole = document::completed(given, &case.given, &urls).unwrap();
        if !seen.insert(whole.to_string()) {
            continue;
        }
        // Some rows are about documents that are refused.
        let Ok(first) = import(&bench, whole.to_string().as_bytes()).await else {
            refused += 1;
            continue;
        };
        let before = methods(&bench, &first).await;
        for (kind, accepts) in [
            ("oas30", "application/json"),
            ("swagger", "application/yaml"),
        ] {
            let text = export(&bench, &first, kind, accepts).await.unwrap();
            let shown = String::from_utf8_lossy(&text);
            let second = import(&bench, &text).await;
            let second = second.unwrap_or_else(|error| panic!("{shown}: {error}"));
            assert_eq!(methods(&bench, &second).await, before, "{shown}");
            let again = export(&bench, &second, kind, accepts).await.unwrap();
            let again = String::from_utf8_lossy(&again).replace(&second, &first);
            assert_eq!(again, shown, "{whole}");
            bench
                .call("DeleteRestApi", json!({"restApiId": second}))
                .await
                .unwrap();
        }
        bench
            .call("DeleteRestApi", json!({"restApiId": first}))
            .await
            .unwrap();
    }
    assert!(seen.len() > 200, "{}", seen.len());
    assert!(refused < 10, "{refused}");
}
