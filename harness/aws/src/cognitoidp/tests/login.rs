//! Logging in and out.

use authlab_token::{KeySet, Token, verify_with_set};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};

use super::bench::{Bench, PASSWORD, claims};
use crate::front::testing::http_client;

#[tokio::test]
async fn tokens_are_those_of_the_pool_and_tell_what_they_are_for() {
    let bench = Bench::start().await;
    bench
        .well(
            "CreateGroup",
            json!({"GroupName": "admins", "Precedence": 2}),
        )
        .await;
    bench
        .well(
            "CreateGroup",
            json!({"GroupName": "owners", "Precedence": 1, "RoleArn": "arn:aws:iam::222222222222:role/owner"}),
        )
        .await;
    for group in ["admins", "owners"] {
        let member = json!({"Username": "ann", "GroupName": group});
        bench.well("AdminAddUserToGroup", member).await;
    }
    let tokens = bench.login().await;
    let (id, access) = (claims(&tokens["IdToken"]), claims(&tokens["AccessToken"]));
    let issuer = format!(
        "https://cognito-idp.eu-central-1.amazonaws.com/{}",
        bench.pool
    );
    for (token, name, expected) in [
        (&id, "iss", json!(issuer)),
        (&id, "aud", json!(bench.client)),
        (&id, "token_use", json!("id")),
        (&id, "cognito:username", json!("ann")),
        (&id, "email", json!("ann@corp.example")),
        (&id, "email_verified", json!(true)),
        (&id, "cognito:groups", json!(["owners", "admins"])),
        (
            &id,
            "cognito:preferred_role",
            json!("arn:aws:iam::222222222222:role/owner"),
        ),
        (&id, "client_id", Value::Null),
        (&access, "iss", json!(issuer)),
        (&access, "aud", Value::Null),
        (&access, "client_id", json!(bench.client)),
        (&access, "token_use", json!("access")),
        (&access, "username", json!("ann")),
        (&access, "scope", json!("aws.cognito.signin.user.admin")),
        (&access, "email", Value::Null),
        (&access, "cognito:groups", json!(["owners", "admins"])),
    ] {
        assert_eq!(token[name], expected, "{name} of {token}");
    }
    assert_eq!(id["sub"], access["sub"]);
    assert_eq!(id["origin_jti"], access["origin_jti"]);
    assert_ne!(id["jti"], access["jti"]);
    assert_eq!(
        access["exp"].as_i64().unwrap() - access["iat"].as_i64().unwrap(),
        3600
    );

    let base = bench.door().endpoint();
    let url = format!("{base}/{}/.well-known", bench.pool);
    let http = http_client();
    let get = |url: String| {
        let http = http.clone();
        async move { http.get(url).send().await.unwrap() }
    };
    let document: Value = get(format!("{url}/openid-configuration"))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(document["issuer"], json!(issuer));
    assert_eq!(document["jwks_uri"], json!(format!("{url}/jwks.json")));
    let keys = get(format!("{url}/jwks.json")).await.bytes().await.unwrap();
    let keys = KeySet::parse(&keys).unwrap();
    assert_eq!(keys.kids().len(), 2);
    let mut kids = Vec::new();
    for name in ["IdToken", "AccessToken"] {
        let token = Token::parse(tokens[name].as_str().unwrap()).unwrap();
        let verified = verify_with_set(&token, &keys, &[authlab_token::Algorithm::RS256]);
        assert!(verified.is_ok(), "{name}");
        kids.push(token.kid().unwrap().to_owned());
    }
    assert_ne!(kids[0], kids[1], "each kind has a key of its own");
    let missing = get(format!(
        "{base}/eu-central-1_NONE00000/.well-known/jwks.json"
    ))
    .await;
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn who_may_not_log_in_is_told_why() {
    let bench = Bench::start().await;
    let with = |changes: Value| {
        let mut asked = bench.asked();
        for (name, value) in changes.as_object().unwrap() {
            asked[name] = value.clone();
        }
        asked
    };
    let user = |name: &str, password: &str| json!({"AuthParameters": {"USERNAME": name, "PASSWORD": password}});
    for (changes, expected) in [
        (
            user("ann", "Wrong-123"),
            "400 NotAuthorizedException: Incorrect username or password.",
        ),
        (
            user("bob", PASSWORD),
            "400 UserNotFoundException: User does not exist.",
        ),
        (
            json!({"ClientId": "none"}),
            "400 ResourceNotFoundException: User pool client none does not exist.",
        ),
        (
            json!({"AuthParameters": {"USERNAME": "ann"}}),
            "400 InvalidParameterException: Missing required parameter PASSWORD",
        ),
        (
            json!({"AuthFlow": "ADMIN_USER_PASSWORD_AUTH"}),
            "400 InvalidParameterException: Initiate Auth method not supported.",
        ),
        (
            json!({"AuthFlow": "USER_SRP_AUTH"}),
            "501 NotImplemented: `AuthFlow USER_SRP_AUTH` is not implemented by this lab",
        ),
        (
            json!({"AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD, "DEVICE_KEY": "d"}}),
            "501 NotImplemented: `the parameter DEVICE_KEY` is not implemented by this lab",
        ),
        (
            json!({"AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD, "SECRET_HASH": "YQ=="}}),
            &format!(
                "400 NotAuthorizedException: Unable to verify secret hash for client {}",
                bench.client
            ),
        ),
    ] {
        assert_eq!(
            bench.refused("InitiateAuth", with(changes.clone())).await,
            expected,
            "{changes}"
        );
    }
    let closed = json!({"ClientId": bench.client, "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]});
    bench.well("UpdateUserPoolClient", closed).await;
    let told = bench.refused("InitiateAuth", bench.asked()).await;
    assert_eq!(
        told,
        "400 InvalidParameterException: USER_PASSWORD_AUTH flow not enabled for this client"
    );
    let hidden = json!({
        "ClientId": bench.client,
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "PreventUserExistenceErrors": "ENABLED",
    });
    bench.well("UpdateUserPoolClient", hidden).await;
    let told = bench
        .refused("InitiateAuth", with(user("bob", PASSWORD)))
        .await;
    assert_eq!(
        told,
        "400 NotAuthorizedException: Incorrect username or password."
    );
    bench
        .well("AdminDisableUser", json!({"Username": "ann"}))
        .await;
    let told = bench.refused("InitiateAuth", bench.asked()).await;
    assert_eq!(told, "400 NotAuthorizedException: User is disabled.");
    bench
        .well("AdminEnableUser", json!({"Username": "ann"}))
        .await;
    bench.login().await;
}

#[tokio::test]
async fn a_client_with_a_secret_wants_its_hash() {
    let bench = Bench::start().await;
    let made = json!({
        "ClientName": "closed",
        "GenerateSecret": true,
        "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    });
    let made = bench.well("CreateUserPoolClient", made).await;
    let of = |name: &str| made["UserPoolClient"][name].as_str().unwrap().to_owned();
    let (client, secret) = (of("ClientId"), of("ClientSecret"));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let hash = STANDARD.encode(hmac::sign(&key, format!("ann{client}").as_bytes()));
    let asked = |hash: Option<&str>| {
        json!({
            "ClientId": client,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": "ann", "PASSWORD": PASSWORD, "SECRET_HASH": hash},
        })
    };
    let mut without = asked(None);
    without["AuthParameters"]
        .as_object_mut()
        .unwrap()
        .remove("SECRET_HASH");
    for (input, expected) in [
        (
            without,
            format!(
                "400 NotAuthorizedException: Client {client} is configured with secret but SECRET_HASH was not received"
            ),
        ),
        (
            asked(Some("YQ==")),
            format!("400 NotAuthorizedException: Unable to verify secret hash for client {client}"),
        ),
    ] {
        assert_eq!(bench.refused("AdminInitiateAuth", input).await, expected);
    }
    let answer = bench.well("AdminInitiateAuth", asked(Some(&hash))).await;
    let refresh = &answer["AuthenticationResult"]["RefreshToken"];
    let refreshed = json!({
        "ClientId": client,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": refresh, "SECRET_HASH": hash},
    });
    let answer = bench.well("InitiateAuth", refreshed).await;
    assert!(answer["AuthenticationResult"]["RefreshToken"].is_null());
}

#[tokio::test]
async fn a_temporary_password_is_replaced_by_a_user_who_signs_nothing() {
    let bench = Bench::start().await;
    let bob = json!({"Username": "bob", "TemporaryPassword": "Temporary-1"});
    bench.well("AdminCreateUser", bob).await;
    let http = http_client();
    let url = bench.door().endpoint();
    // As clients send it: a user has no access key.
    let sent = |operation: &str, input: Value| {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let request = http.post(&url).header("x-amz-target", target);
        let request = request.header("content-type", "application/x-amz-json-1.1");
        let request = request.body(input.to_string());
        async move {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
            (status, body)
        }
    };
    let begin = |password: &str| {
        let mut asked = bench.asked();
        asked["AuthParameters"] = json!({"USERNAME": "bob", "PASSWORD": password});
        sent("InitiateAuth", asked)
    };
    let (status, begun) = begin("Temporary-1").await;
    assert_eq!(
        (status, &begun["ChallengeName"]),
        (200, &json!("NEW_PASSWORD_REQUIRED"))
    );
    let respond = |session: &Value, password: &str| {
        let answer = json!({
            "ClientId": bench.client,
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": session,
            "ChallengeResponses": {"USERNAME": "bob", "NEW_PASSWORD": password},
        });
        sent("RespondToAuthChallenge", answer)
    };
    let foreign = json!("x".repeat(40));
    for (session, password, code) in [
        (&begun["Session"], "short", "InvalidPasswordException"),
        (&foreign, "Lasting-12", "NotAuthorizedException"),
    ] {
        let (status, told) = respond(session, password).await;
        assert_eq!((status, &told["__type"]), (400, &json!(code)), "{told}");
    }
    let (_, done) = respond(&begun["Session"], "Lasting-12").await;
    let tokens = &done["AuthenticationResult"];
    assert_eq!(tokens["TokenType"], json!("Bearer"));
    let (_, told) = respond(&begun["Session"], "Lasting-12").await;
    assert_eq!(told["message"], json!("Invalid session for the user."));
    let (_, own) = sent("GetUser", json!({"AccessToken": tokens["AccessToken"]})).await;
    assert_eq!(own["Username"], json!("bob"));
    let (status, again) = begin("Lasting-12").await;
    assert!(status == 200 && again["AuthenticationResult"].is_object());
    // An administrator signs.
    let input = json!({"UserPoolId": bench.pool, "Username": "bob"});
    let (status, told) = sent("AdminGetUser", input).await;
    assert!(status >= 400 && told["UserAttributes"].is_null(), "{told}");
}

#[tokio::test]
async fn a_session_and_a_temporary_password_end_by_the_labs_clock() {
    let bench = Bench::start().await;
    let bob = json!({"Username": "bob", "TemporaryPassword": "Temporary-1"});
    bench.well("AdminCreateUser", bob).await;
    let mut asked = bench.asked();
    asked["AuthParameters"] = json!({"USERNAME": "bob", "PASSWORD": "Temporary-1"});
    let begun = bench.well("InitiateAuth", asked.clone()).await;
    bench.test.clock.advance_seconds(240).await.unwrap();
    let answer = json!({
        "ClientId": bench.client,
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": begun["Session"],
        "ChallengeResponses": {"USERNAME": "bob", "NEW_PASSWORD": "Lasting-12"},
    });
    let told = bench.refused("RespondToAuthChallenge", answer).await;
    assert_eq!(
        told,
        "400 NotAuthorizedException: Invalid session for the user, session is expired."
    );
    bench.test.clock.advance_seconds(7 * 86_400).await.unwrap();
    let told = bench.refused("InitiateAuth", asked).await;
    assert_eq!(
        told,
        "400 NotAuthorizedException: Temporary password has expired and must be reset by an administrator."
    );
}

#[tokio::test]
async fn tokens_end_and_are_taken_back() {
    let bench = Bench::start().await;
    let tokens = bench.login().await;
    let (access, refresh) = (&tokens["AccessToken"], &tokens["RefreshToken"]);
    let own = json!({"AccessToken": access});
    let again = json!({
        "ClientId": bench.client,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": refresh},
    });
    assert_eq!(
        bench.well("GetUser", own.clone()).await["Username"],
        json!("ann")
    );
    assert_eq!(
        bench
            .refused("GetUser", json!({"AccessToken": tokens["IdToken"]}))
            .await,
        "400 NotAuthorizedException: Invalid Access Token"
    );
    bench.test.clock.advance_seconds(3600).await.unwrap();
    assert_eq!(
        bench.refused("GetUser", own).await,
        "400 NotAuthorizedException: Access Token has expired"
    );
    let fresh = bench.well("InitiateAuth", again.clone()).await;
    let fresh = &fresh["AuthenticationResult"];
    let (old, new) = (claims(access), claims(&fresh["AccessToken"]));
    assert_eq!(old["origin_jti"], new["origin_jti"]);
    assert_eq!(old["auth_time"], new["auth_time"]);
    let own = json!({"AccessToken": fresh["AccessToken"]});
    bench.well("GetUser", own.clone()).await;

    let other = bench
        .well("CreateUserPoolClient", json!({"ClientName": "other"}))
        .await;
    let other = &other["UserPoolClient"]["ClientId"];
    let revoked = |client: &Value, token: &Value| json!({"ClientId": client, "Token": token});
    assert_eq!(
        bench.refused("RevokeToken", revoked(other, refresh)).await,
        "400 UnauthorizedException: Unauthorized"
    );
    let client = json!(bench.client);
    assert_eq!(
        bench.refused("RevokeToken", revoked(&client, access)).await,
        "400 UnsupportedTokenTypeException: Unsupported token type"
    );
    bench.well("RevokeToken", revoked(&client, refresh)).await;
    assert_eq!(
        bench.refused("InitiateAuth", again).await,
        "400 NotAuthorizedException: Refresh Token has been revoked"
    );
    assert_eq!(
        bench.refused("GetUser", own).await,
        "400 NotAuthorizedException: Access Token has been revoked"
    );
    for call in ["GlobalSignOut", "AdminUserGlobalSignOut"] {
        let tokens = bench.login().await;
        let own = json!({"AccessToken": tokens["AccessToken"]});
        let input = match call {
            "GlobalSignOut" => own.clone(),
            _ => json!({"Username": "ann"}),
        };
        bench.well("GetUser", own.clone()).await;
        bench.well(call, input).await;
        let told = bench.refused("GetUser", own).await;
        assert_eq!(
            told, "400 NotAuthorizedException: Access Token has been revoked",
            "{call}"
        );
    }
}

#[tokio::test]
async fn who_gets_a_name_anew_gets_nothing_of_the_old_one() {
    let bench = Bench::start().await;
    let tokens = bench.login().await;
    bench
        .well("AdminDeleteUser", json!({"Username": "ann"}))
        .await;
    bench
        .well("AdminCreateUser", json!({"Username": "ann"}))
        .await;
    let own = json!({"AccessToken": tokens["AccessToken"]});
    assert_eq!(
        bench.refused("GetUser", own).await,
        "400 UserNotFoundException: User does not exist."
    );
    let again = json!({
        "ClientId": bench.client,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]},
    });
    assert_eq!(
        bench.refused("InitiateAuth", again).await,
        "400 NotAuthorizedException: Invalid Refresh Token"
    );
}

#[tokio::test]
async fn no_secret_stands_in_the_journal() {
    let bench = Bench::start().await;
    let tokens = bench.login().await;
    let wrong = json!({
        "ClientId": bench.client,
        "AuthFlow": "USER_PASSWORD_AUTH",
        "AuthParameters": {"USERNAME": "ann", "PASSWORD": "Wrong-pass-9"},
    });
    bench.refused("InitiateAuth", wrong).await;
    let text: String = bench
        .test
        .events()
        .iter()
        .map(|event| serde_json::to_string(&**event).unwrap())
        .collect();
    assert!(text.contains("user-tokens"), "{text}");
    for secret in [
        PASSWORD,
        "Wrong-pass-9",
        tokens["AccessToken"].as_str().unwrap(),
        tokens["RefreshToken"].as_str().unwrap(),
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}
