//! The function that may change tokens: the rules by the version of its event, and a function of the lab.

use std::sync::Arc;

use authlab_token::Token;
use serde_json::{Value, json};

use super::bench::{Bench, claims};
use crate::cognitoidp::client::{Client, Settings};
use crate::cognitoidp::error::Error;
use crate::cognitoidp::token::{Draft, Login, draft};
use crate::cognitoidp::trigger::{Version, apply};
use crate::front::testing::WORKLOAD;
use crate::lambda::tests::made;
use crate::lambda::{FunctionError, InvocationContext};

/// The claims of ID and access token of `ann` after the function has answered.
async fn after(version: Version, response: Value) -> Result<(Value, Value), Error> {
    let bench = Bench::start().await;
    let door = bench.door();
    let mut drafted: Draft = {
        let cloud = door.view();
        let pool = cloud.cognitoidp.pool_anywhere(&bench.pool).unwrap();
        let client = pool.client(&bench.client).unwrap();
        let login = Login {
            scopes: vec!["a/read".to_owned(), "a/write".to_owned()],
            has_id: true,
            auth_time: door.clock().now(),
            ..Login::default()
        };
        let user = ("ann", pool.user("ann").unwrap());
        draft(
            pool,
            client,
            Some(user),
            login,
            (door.clock().now(), door.ids()),
        )
    };
    let answer = json!({ "response": response }).to_string();
    apply(&mut drafted, version, answer.as_bytes())?;
    let token = |text: String| Token::parse(&text).unwrap().claims().clone();
    let id = drafted.keys.sign_id(drafted.id.as_ref().unwrap()).unwrap();
    let access = drafted.keys.sign_access(&drafted.access).unwrap();
    Ok((token(id).into(), token(access).into()))
}

#[tokio::test]
async fn version_one_changes_the_id_token_alone() {
    let details = json!({"claimsOverrideDetails": {
        "claimsToAddOrOverride": {"team": "red", "sub": "evil", "aud": "evil", "cognito:username": "evil"},
        "claimsToSuppress": ["email", "iss"],
        "groupOverrideDetails": {"groupsToOverride": ["admins"], "preferredRole": "r"},
    }});
    let (id, access) = after(Version::One, details).await.unwrap();
    assert_eq!((&id["team"], &id["email"]), (&json!("red"), &Value::Null));
    assert_eq!(id["cognito:groups"], json!(["admins"]));
    assert_eq!(
        (&id["cognito:username"], &id["sub"]),
        (&json!("ann"), &access["sub"])
    );
    assert!(id["iss"].is_string() && id["aud"] != json!("evil"));
    assert_eq!(
        (&access["team"], &access["cognito:groups"]),
        (&Value::Null, &Value::Null)
    );
    let number = json!({"claimsOverrideDetails": {"claimsToAddOrOverride": {"rank": 1}}});
    assert!(matches!(
        after(Version::One, number).await,
        Err(Error::TriggerOutput(_))
    ));
    let nothing = after(Version::One, json!({"claimsOverrideDetails": null})).await;
    assert_eq!(nothing.unwrap().0["email"], json!("ann@corp.example"));
}

#[tokio::test]
async fn version_two_changes_the_access_token_and_its_scopes() {
    for version in [Version::Two, Version::Three] {
        let details = json!({"claimsAndScopeOverrideDetails": {
            "idTokenGeneration": {"claimsToAddOrOverride": {"rank": 1}},
            "accessTokenGeneration": {
                "claimsToAddOrOverride": {"tenant": {"id": 7}, "client_id": "evil", "token_use": "id"},
                "claimsToSuppress": ["client_id", "username2"],
                "scopesToAdd": ["a/admin"],
                "scopesToSuppress": ["a/write"],
            },
            "groupOverrideDetails": {"groupsToOverride": ["admins"]},
        }});
        let (id, access) = after(version, details).await.unwrap();
        assert_eq!((&id["rank"], &id["tenant"]), (&json!(1), &Value::Null));
        assert_eq!(
            (&access["rank"], &access["tenant"]["id"]),
            (&Value::Null, &json!(7))
        );
        assert_eq!(access["scope"], json!("a/read a/admin"));
        assert_eq!(access["token_use"], json!("access"));
        assert!(access["client_id"] != json!("evil") && access["client_id"].is_string());
        for token in [&id, &access] {
            assert_eq!(token["cognito:groups"], json!(["admins"]));
        }
    }
    let audience = |aud: &str| json!({"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"claimsToAddOrOverride": {"aud": aud}}}});
    assert!(matches!(
        after(Version::Two, audience("other")).await,
        Err(Error::TriggerOutput(_))
    ));
}

#[tokio::test]
async fn which_logins_the_function_is_asked_about_is_its_versions_to_say() {
    let bench = Bench::start().await;
    let function = "arn:aws:lambda:eu-central-1:222222222222:function:tokens";
    for (version, by_itself, number) in [
        ("V1_0", false, "1"),
        ("V2_0", false, "2"),
        ("V3_0", true, "3"),
    ] {
        let config = json!({"LambdaVersion": version, "LambdaArn": function});
        let config = json!({"LambdaConfig": {"PreTokenGenerationConfig": config}});
        bench.well("UpdateUserPool", config).await;
        let cloud = bench.door().view();
        let pool = cloud.cognitoidp.pool_anywhere(&bench.pool).unwrap();
        let client: &Client = pool.client(&bench.client).unwrap();
        assert_ne!(client.settings, Settings::default());
        let login = Login {
            source: "TokenGeneration_Authentication",
            scopes: vec!["a/read".to_owned()],
            ..Login::default()
        };
        let asked = |user| crate::cognitoidp::trigger::call(pool, client, user, &login);
        let event = asked(Some(pool.user("ann").unwrap())).unwrap().event;
        assert_eq!(event["version"], json!(number));
        assert_eq!(event["request"]["scopes"].is_array(), version != "V1_0");
        assert_eq!(
            event["request"]["userAttributes"]["cognito:user_status"],
            json!("CONFIRMED")
        );
        assert_eq!(asked(None).is_some(), by_itself, "{version}");
    }
}

#[tokio::test]
async fn a_function_that_cannot_be_asked_keeps_everybody_out() {
    let bench = Bench::start().await;
    let function = "arn:aws:lambda:eu-central-1:222222222222:function:tokens";
    let config = json!({"LambdaConfig": {"PreTokenGeneration": function}});
    bench.well("UpdateUserPool", config).await;
    let told = bench.refused("InitiateAuth", bench.asked()).await;
    assert_eq!(
        told,
        "400 UnexpectedLambdaException: PreTokenGeneration invocation failed due to error ResourceNotFoundException."
    );
    bench.well("UpdateUserPool", json!({})).await;
    assert_eq!(
        claims(&bench.login().await["IdToken"])["token_use"],
        json!("id")
    );
}

/// A function of the pool's account, and the pool's trigger; the function's policy lets nobody in yet.
async fn with_function(bench: &Bench, fails: bool) -> String {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"},
    }]});
    let role = json!({"RoleName": "tokens", "AssumeRolePolicyDocument": trust.to_string()});
    bench.door().well("iam:CreateRole", role).await;
    let answer = move |mut event: Value, _: InvocationContext| async move {
        if fails {
            return Err(FunctionError::new("ValueError", "not today"));
        }
        event["response"]["claimsAndScopeOverrideDetails"] = json!({
            "accessTokenGeneration": {"claimsToAddOrOverride": {"for": event["userName"]}},
        });
        Ok(event)
    };
    let closures = bench.door().cloud().lambda.closures().clone();
    closures.register("tokens.handler", Arc::new(answer));
    let role = format!("arn:aws:iam::{WORKLOAD}:role/tokens");
    let function = ("tokens", "tokens.handler", role.as_str());
    made(&bench.test, WORKLOAD, function, json!({}))
        .await
        .unwrap();
    let arn = format!("arn:aws:lambda:eu-central-1:{WORKLOAD}:function:tokens");
    let config = json!({"LambdaVersion": "V2_0", "LambdaArn": arn});
    let config = json!({"LambdaConfig": {"PreTokenGenerationConfig": config}});
    bench.well("UpdateUserPool", config).await;
    format!(
        "arn:aws:cognito-idp:eu-central-1:{WORKLOAD}:userpool/{}",
        bench.pool
    )
}

async fn let_in(bench: &Bench, pool: &str) {
    let permission = json!({
        "FunctionName": "tokens", "StatementId": "pool", "Action": "lambda:InvokeFunction",
        "Principal": "cognito-idp.amazonaws.com", "SourceArn": pool,
    });
    bench.door().well("lambda:AddPermission", permission).await;
}

#[tokio::test]
async fn a_function_of_the_lab_changes_tokens_once_its_policy_lets_the_pool_in() {
    let bench = Bench::start().await;
    let pool = with_function(&bench, false).await;
    let told = bench.refused("InitiateAuth", bench.asked()).await;
    assert_eq!(
        told,
        "400 UnexpectedLambdaException: PreTokenGeneration invocation failed due to error AccessDeniedException."
    );
    let_in(&bench, &pool).await;
    let tokens = bench.login().await;
    assert_eq!(claims(&tokens["AccessToken"])["for"], json!("ann"));
    assert_eq!(claims(&tokens["IdToken"])["for"], Value::Null);
}

#[tokio::test]
async fn a_function_that_fails_keeps_everybody_out_in_its_words() {
    let bench = Bench::start().await;
    let pool = with_function(&bench, true).await;
    let_in(&bench, &pool).await;
    let told = bench.refused("InitiateAuth", bench.asked()).await;
    assert_eq!(
        told,
        "400 UserLambdaValidationException: PreTokenGeneration failed with error not today."
    );
    bench.well("UpdateUserPool", json!({})).await;
    bench.login().await;
}
