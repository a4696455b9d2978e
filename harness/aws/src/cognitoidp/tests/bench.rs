//! A door with a pool, its clients and a user.

use std::sync::Arc;

use authlab_token::Token;
use serde_json::{Value, json};

use crate::cognitoidp::Pages;
use crate::front::FrontDoor;
use crate::front::testing::{TestDoor, WORKLOAD};

/// A pool with one user, `ann`.
pub(super) struct Bench {
    pub(super) test: TestDoor,
    pub(super) pool: String,
    /// A client without a secret that users and administrators log in with.
    pub(super) client: String,
}

/// The password of `ann`.
pub(super) const PASSWORD: &str = "Secret-123";

impl Bench {
    pub(super) async fn start() -> Self {
        let test = TestDoor::start(|_| {}).await;
        test.door.add_site(Arc::new(Pages::of(&test.door)));
        let made = test
            .door
            .well("cognito-idp:CreateUserPool", json!({ "PoolName": "staff" }))
            .await;
        let pool = made["UserPool"]["Id"].as_str().unwrap().to_owned();
        let mut bench = Self {
            test,
            pool,
            client: String::new(),
        };
        let flows = [
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_ADMIN_USER_PASSWORD_AUTH",
            "ALLOW_REFRESH_TOKEN_AUTH",
        ];
        let made = bench
            .well(
                "CreateUserPoolClient",
                json!({ "ClientName": "app", "ExplicitAuthFlows": flows }),
            )
            .await;
        let id = made["UserPoolClient"]["ClientId"].as_str().unwrap();
        bench.client = id.to_owned();
        let email = json!([
            { "Name": "email", "Value": "ann@corp.example" },
            { "Name": "email_verified", "Value": "true" },
        ]);
        let ann = json!({ "Username": "ann", "UserAttributes": email });
        bench.well("AdminCreateUser", ann).await;
        let password = json!({ "Username": "ann", "Password": PASSWORD, "Permanent": true });
        bench.well("AdminSetUserPassword", password).await;
        bench
    }

    pub(super) fn door(&self) -> &FrontDoor {
        &self.test.door
    }

    fn filled(&self, call: &str, mut input: Value) -> Value {
        let is_of_user = [
            "InitiateAuth",
            "RespondToAuthChallenge",
            "GetUser",
            "GlobalSignOut",
            "RevokeToken",
            "SignUp",
            "ConfirmSignUp",
            "DeleteUser",
        ];
        let members = input.as_object_mut().unwrap();
        if !is_of_user.contains(&call) && !call.ends_with("Resource") {
            members
                .entry("UserPoolId")
                .or_insert_with(|| self.pool.clone().into());
        }
        input
    }

    /// A call on the pool that is expected to be well.
    pub(super) async fn well(&self, call: &str, input: Value) -> Value {
        let input = self.filled(call, input);
        self.door()
            .well(&format!("cognito-idp:{call}"), input)
            .await
    }

    /// The refusal of a call on the pool: `STATUS CODE: TEXT`.
    pub(super) async fn refused(&self, call: &str, input: Value) -> String {
        let input = self.filled(call, input);
        let call = format!("cognito-idp:{call}");
        let answer = self.door().asked(WORKLOAD, &call, input).await;
        answer.expect_err("the call was expected to be refused")
    }

    /// What a login of `ann` with her password is asked with.
    pub(super) fn asked(&self) -> Value {
        json!({
            "ClientId": self.client,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": "ann", "PASSWORD": PASSWORD },
        })
    }

    /// The tokens of a login of `ann`.
    pub(super) async fn login(&self) -> Value {
        let answer = self.well("InitiateAuth", self.asked()).await;
        answer["AuthenticationResult"].clone()
    }
}

/// The claims of a token.
pub(super) fn claims(token: &Value) -> Value {
    let token = Token::parse(token.as_str().unwrap()).unwrap();
    Value::Object(token.claims().clone())
}
