//! HTTP APIs.

use authlab_wire::Value;
use serde_json::json;

use super::{Kind, Reading, Section, Thing, section::sorted};
use crate::client::{
    AwsOutput, Clients,
    aws::{member, texts},
};

/// An HTTP API.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Api {
    /// The name that the scenario gives it.
    pub name: String,
    /// The name of its account.
    pub account: String,
    /// Its id.
    pub id: String,
    /// The host of its endpoint, with the lab's port: `{api}.execute-api.{region}.localhost:{port}`.
    pub host: String,
}

impl Thing for Api {
    fn kind() -> Kind {
        Kind::shown("API", 60)
    }

    fn name(&self) -> &str {
        &self.name
    }

    /// Its authorizers and routes.
    fn section<'a>(&'a self, clients: &'a Clients) -> Reading<'a> {
        Box::pin(async {
            let gateway = clients.aws_account(&self.account)?;
            let of_api = json!({ "ApiId": self.id });
            let authorizers = "apigatewayv2:GetAuthorizers";
            let authorizers = gateway.call(authorizers, of_api.clone()).await?;
            let mut body: String = authorizers.list("Items").iter().map(authorizer).collect();
            let routes = gateway.call("apigatewayv2:GetRoutes", of_api).await?;
            body.push_str(&sorted(routes.list("Items").iter().map(route)));
            let title = format!("API {} of the account {}", self.name, self.account);
            Ok(Some(Section::new(title, body)))
        })
    }
}

fn authorizer(authorizer: &Value) -> String {
    let jwt = authorizer.get("JwtConfiguration").unwrap_or(&Value::Null);
    let (issuer, audience) = (member(jwt, "Issuer"), texts(jwt, "Audience").join(", "));
    let name = member(authorizer, "Name");
    let sources = texts(authorizer, "IdentitySource").join(", ");
    format!("authorizer {name}: issuer {issuer}, audience {audience}, token in {sources}\n")
}

fn route(route: &Value) -> String {
    let key = member(route, "RouteKey");
    let kind = match member(route, "AuthorizationType") {
        "" => "NONE",
        kind => kind,
    };
    let scopes = match texts(route, "AuthorizationScopes").join(" or ").as_str() {
        "" => String::new(),
        scopes => format!(" with the scope {scopes}"),
    };
    format!("route {key}: {kind}{scopes}\n")
}

impl Api {
    /// The API that CreateApi or ImportApi answered.
    ///
    /// # Errors
    /// When the answer has no id or no endpoint.
    pub fn made(name: &str, account: &str, made: &AwsOutput) -> crate::StepResult<Self> {
        let endpoint = made.text("ApiEndpoint")?;
        Ok(Self {
            name: name.to_owned(),
            account: account.to_owned(),
            id: made.text("ApiId")?.to_owned(),
            host: endpoint.split("://").last().unwrap_or_default().to_owned(),
        })
    }
}
