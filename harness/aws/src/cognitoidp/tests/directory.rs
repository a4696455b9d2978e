//! Pools, clients, users and what is refused of them.

use serde_json::{Value, json};

use super::bench::Bench;
use crate::front::testing::OUTSIDER;

#[tokio::test]
async fn what_can_be_no_pool_is_refused_in_awss_words() {
    let bench = Bench::start().await;
    let schema = |attribute: Value| json!({"PoolName": "p", "Schema": [attribute]});
    for (attribute, expected) in [
        (
            json!({"Name": "rank"}),
            "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.",
        ),
        (
            json!({"Name": "updated_at", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "2", "MaxValue": "1"}}),
            "user.updated_at: Max value cannot be less than min value.",
        ),
        (
            json!({"Name": "email", "AttributeDataType": "Number"}),
            "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email",
        ),
        (
            json!({"Name": "email", "AttributeDataType": "String", "StringAttributeConstraints": {"MaxLength": "2049"}}),
            "user.email: String attributes cannot have a length of more than 2048",
        ),
    ] {
        let told = bench
            .refused("CreateUserPool", schema(attribute.clone()))
            .await;
        assert!(
            told.contains("501") || told.ends_with(expected),
            "{attribute}: {told}"
        );
    }
    let input =
        json!({"PoolName": "p", "Schema": [{"Name": "rank", "AttributeDataType": "Number"}]});
    let made = bench.door().well("cognito-idp:CreateUserPool", input).await;
    let names = made["UserPool"]["SchemaAttributes"].as_array().unwrap();
    assert!(names.iter().any(|it| it["Name"] == json!("custom:rank")));
}

#[tokio::test]
async fn a_pool_goes_when_nothing_holds_it() {
    let bench = Bench::start().await;
    bench
        .well("CreateUserPoolDomain", json!({"Domain": "staff"}))
        .await;
    assert_eq!(
        bench
            .refused("CreateUserPoolDomain", json!({"Domain": "more"}))
            .await,
        "400 InvalidParameterException: User pool already has a domain configured."
    );
    assert_eq!(
        bench.refused("DeleteUserPool", json!({})).await,
        "400 InvalidParameterException: User pool cannot be deleted. It has a domain configured that should be deleted first."
    );
    bench
        .well("DeleteUserPoolDomain", json!({"Domain": "staff"}))
        .await;
    bench
        .well("UpdateUserPool", json!({"DeletionProtection": "ACTIVE"}))
        .await;
    let told = bench.refused("DeleteUserPool", json!({})).await;
    assert!(told.contains("deletion protection is activated"), "{told}");
    bench
        .well("UpdateUserPool", json!({"DeletionProtection": "INACTIVE"}))
        .await;
    bench.well("DeleteUserPool", json!({})).await;
    let told = bench.refused("DescribeUserPool", json!({})).await;
    let expected = format!(
        "400 ResourceNotFoundException: User pool {} does not exist.",
        bench.pool
    );
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_pool_is_its_accounts_alone() {
    let bench = Bench::start().await;
    let input = json!({"UserPoolId": bench.pool});
    let told = bench
        .door()
        .asked(OUTSIDER, "cognito-idp:DescribeUserPool", input)
        .await;
    let told = told.expect_err("another account sees the pool");
    assert!(told.starts_with("400 ResourceNotFoundException"), "{told}");
}

#[tokio::test]
async fn clients_whose_grants_do_not_go_together_are_refused() {
    let bench = Bench::start().await;
    let server = json!({"Identifier": "reports", "Name": "reports", "Scopes": [{"ScopeName": "read", "ScopeDescription": "d"}]});
    bench.well("CreateResourceServer", server).await;
    let client = |changes: Value| {
        let mut input = json!({
            "ClientName": "c",
            "GenerateSecret": true,
            "AllowedOAuthFlowsUserPoolClient": true,
            "AllowedOAuthFlows": ["client_credentials"],
            "AllowedOAuthScopes": ["reports/read"],
        });
        for (name, value) in changes.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    for (changes, expected) in [
        (
            json!({"GenerateSecret": false}),
            "400 InvalidOAuthFlowException: client_credentials flow can not be selected if client does not have a client secret.",
        ),
        (
            json!({"AllowedOAuthFlows": ["client_credentials", "code"]}),
            "400 InvalidOAuthFlowException: client_credentials flow can not be selected along with code flow or implicit flow.",
        ),
        (
            json!({"AllowedOAuthScopes": ["reports/write"]}),
            "400 ScopeDoesNotExistException: Invalid scope requested: reports/write",
        ),
        (
            json!({"AllowedOAuthScopes": []}),
            "400 InvalidParameterException: AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.",
        ),
        (
            json!({"AccessTokenValidity": 2, "TokenValidityUnits": {"AccessToken": "minutes"}}),
            "400 InvalidParameterException: Invalid range for token validity.",
        ),
        (
            json!({"AllowedOAuthFlows": ["implicit"]}),
            "501 NotImplemented: `AllowedOAuthFlows implicit` is not implemented by this lab",
        ),
        (
            json!({"AnalyticsConfiguration": {"ApplicationId": "a1"}}),
            "501 NotImplemented: the member `AnalyticsConfiguration` is not implemented by this lab: leave it out",
        ),
    ] {
        assert_eq!(
            bench
                .refused("CreateUserPoolClient", client(changes.clone()))
                .await,
            expected,
            "{changes}"
        );
    }
    bench.well("CreateUserPoolClient", client(json!({}))).await;
}

#[tokio::test]
async fn users_sign_up_where_the_pool_is_open_and_prove_nothing_by_themselves() {
    let bench = Bench::start().await;
    let sign_up = |attribute: &str| {
        json!({
            "ClientId": bench.client,
            "Username": "cid",
            "Password": "Secret-123",
            "UserAttributes": [{"Name": attribute, "Value": "true"}],
        })
    };
    assert_eq!(
        bench.refused("SignUp", sign_up("email_verified")).await,
        "400 NotAuthorizedException: A client attempted to write unauthorized attribute"
    );
    bench.well("SignUp", sign_up("nickname")).await;
    assert_eq!(
        bench.refused("SignUp", sign_up("nickname")).await,
        "400 UsernameExistsException: User already exists"
    );
    let mut asked = bench.asked();
    asked["AuthParameters"] = json!({"USERNAME": "cid", "PASSWORD": "Secret-123"});
    assert_eq!(
        bench.refused("InitiateAuth", asked.clone()).await,
        "400 UserNotConfirmedException: User is not confirmed."
    );
    let code = json!({"ClientId": bench.client, "Username": "cid", "ConfirmationCode": "none"});
    assert_eq!(
        bench.refused("ConfirmSignUp", code).await,
        "400 CodeMismatchException: Invalid verification code provided, please try again."
    );
    bench
        .well("AdminConfirmSignUp", json!({"Username": "cid"}))
        .await;
    bench.well("InitiateAuth", asked).await;
    assert_eq!(
        bench
            .refused("AdminConfirmSignUp", json!({"Username": "cid"}))
            .await,
        "400 NotAuthorizedException: User cannot be confirmed. Current status is CONFIRMED"
    );
    let closed = json!({"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": true}});
    bench.well("UpdateUserPool", closed).await;
    assert_eq!(
        bench.refused("SignUp", sign_up("nickname")).await,
        "400 NotAuthorizedException: SignUp is not permitted for this user pool"
    );
}

#[tokio::test]
async fn addresses_are_names_where_the_pool_says_so() {
    let bench = Bench::start().await;
    let input = json!({"PoolName": "mail", "UsernameAttributes": ["email"]});
    let pool = bench.door().well("cognito-idp:CreateUserPool", input).await;
    let pool = &pool["UserPool"]["Id"];
    let user = |name: &str| json!({"UserPoolId": pool, "Username": name});
    assert_eq!(
        bench.refused("AdminCreateUser", user("ann")).await,
        "400 InvalidParameterException: Username should be an email."
    );
    let made = bench
        .well("AdminCreateUser", user("ann@corp.example"))
        .await;
    bench
        .well("AdminCreateUser", user("bob@corp.example"))
        .await;
    let told = bench
        .refused("AdminCreateUser", user("Ann@corp.example"))
        .await;
    assert_eq!(
        told,
        "400 UsernameExistsException: User account already exists"
    );
    let found = bench.well("AdminGetUser", user("ann@corp.example")).await;
    assert_eq!(
        found["Username"], made["User"]["Username"],
        "the name is the sub"
    );
    let mut changed = user("ann@corp.example");
    changed["UserAttributes"] = json!([{"Name": "email", "Value": "bob@corp.example"}]);
    assert_eq!(
        bench.refused("AdminUpdateUserAttributes", changed).await,
        "400 AliasExistsException: An account with the given email already exists."
    );
}

#[tokio::test]
async fn users_are_found_by_filters() {
    let bench = Bench::start().await;
    for name in ["bob", "bea"] {
        bench
            .well("AdminCreateUser", json!({"Username": name}))
            .await;
    }
    for (filter, expected) in [
        ("username = \"ann\"", vec!["ann"]),
        ("username ^= \"b\"", vec!["bea", "bob"]),
        ("email=\"ann@corp.example\"", vec!["ann"]),
        ("cognito:user_status = \"CONFIRMED\"", vec!["ann"]),
        ("email = \"nobody\"", vec![]),
    ] {
        let found = bench.well("ListUsers", json!({"Filter": filter})).await;
        let users = found["Users"].as_array().unwrap();
        let names: Vec<_> = users
            .iter()
            .map(|it| it["Username"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{filter}");
    }
    for filter in ["username", "username = ann", "password = \"x\""] {
        let told = bench.refused("ListUsers", json!({"Filter": filter})).await;
        assert!(told.starts_with("400 InvalidParameterException"), "{told}");
    }
    let names =
        json!({"Username": "ann", "UserAttributeNames": ["nickname", "custom:foo", "custom:bar"]});
    assert_eq!(
        bench.refused("AdminDeleteUserAttributes", names).await,
        "400 InvalidParameterException: Invalid user attributes: user.custom:foo: Attribute does not exist in the schema.\nuser.custom:bar: Attribute does not exist in the schema.\n"
    );
}
