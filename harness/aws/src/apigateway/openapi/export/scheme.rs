//! Security schemes: authorizers, signatures, API keys.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::apigateway::resource::{Authorizer, Content, Method};

/// The names of the schemes that are no authorizers, as AWS exports them.
const SIGNED: &str = "sigv4";
const KEY: &str = "api_key";

/// The schemes of an API, as methods come to need them.
pub(super) struct Schemes<'c> {
    content: &'c Content,
    has_extension: bool,
    found: Map<String, Json>,
}

impl<'c> Schemes<'c> {
    /// With every authorizer, where extensions are wanted.
    pub(super) fn new(content: &'c Content, has_extension: bool) -> Self {
        let mut schemes = Self {
            content,
            has_extension,
            found: Map::new(),
        };
        if has_extension {
            for authorizer in content.authorizers.values() {
                schemes.authorizer(authorizer);
            }
        }
        schemes
    }

    /// What a method asks of its callers, if anything.
    pub(super) fn of(&mut self, method: &Method) -> Option<Json> {
        let mut requirements = Vec::new();
        let id = method.authorizer_id.as_deref().unwrap_or_default();
        if let Some(authorizer) = self.content.authorizers.get(id) {
            self.authorizer(authorizer);
            requirements.push(json!({authorizer.name.as_str(): method.authorization_scopes}));
        } else if method.authorization_type == "AWS_IAM" {
            let scheme = json!({"type": "apiKey", "name": "Authorization", "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4"});
            self.found.insert(SIGNED.to_owned(), scheme);
            requirements.push(json!({SIGNED: []}));
        }
        if method.api_key_required {
            let scheme = json!({"type": "apiKey", "name": "x-api-key", "in": "header"});
            self.found.insert(KEY.to_owned(), scheme);
            requirements.push(json!({KEY: []}));
        }
        (!requirements.is_empty()).then(|| Json::Array(requirements))
    }

    /// The schemes, by name: ids say nothing, and an import gives others.
    pub(super) fn into_json(self) -> Map<String, Json> {
        let by_name: BTreeMap<String, Json> = self.found.into_iter().collect();
        by_name.into_iter().collect()
    }

    fn authorizer(&mut self, authorizer: &Authorizer) {
        let header = "method.request.header.";
        let source = authorizer.identity_source.as_deref().unwrap_or_default();
        let name = source
            .strip_prefix(header)
            .filter(|name| !name.contains(','));
        let name = name.unwrap_or("Unused");
        let mut scheme = json!({"type": "apiKey", "name": name, "in": "header"});
        if let Some(kind) = &authorizer.auth_type {
            scheme["x-amazon-apigateway-authtype"] = json!(kind);
        }
        if self.has_extension {
            scheme["x-amazon-apigateway-authorizer"] = extension(authorizer);
        }
        self.found.insert(authorizer.name.clone(), scheme);
    }
}

fn extension(authorizer: &Authorizer) -> Json {
    let mut told = json!({"type": authorizer.kind.to_ascii_lowercase()});
    let members = [
        ("authorizerUri", &authorizer.authorizer_uri),
        ("authorizerCredentials", &authorizer.authorizer_credentials),
        ("identitySource", &authorizer.identity_source),
        (
            "identityValidationExpression",
            &authorizer.identity_validation_expression,
        ),
    ];
    for (name, value) in members {
        if let Some(value) = value {
            told[name] = json!(value);
        }
    }
    if let Some(ttl) = authorizer.authorizer_result_ttl_in_seconds {
        told["authorizerResultTtlInSeconds"] = json!(ttl);
    }
    if !authorizer.provider_arns.is_empty() {
        told["providerARNs"] = json!(authorizer.provider_arns);
    }
    if let Some(configuration) = &authorizer.jwt_configuration {
        told["jwtConfiguration"] = json!(configuration);
    }
    told
}
