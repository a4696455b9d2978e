//! Who may pass, and where a token stands.

use std::collections::BTreeSet;
use std::sync::Arc;

use authlab_token::CachePolicy;
use serde::{Deserialize, Serialize};

use super::{FunctionAuthorizer, RequestSource, TokenAuthorizer};

/// Who may pass a route or method.
#[derive(Clone, Debug)]
pub enum Authorization {
    /// `NONE`: everybody.
    None,
    /// `JWT`: a bearer of a token.
    Jwt {
        /// What a token must show.
        authorizer: Arc<JwtAuthorizer>,
        /// The route's scopes: one of them is enough; empty = none asked.
        scopes: Vec<String>,
    },
    /// `AWS_IAM`: a signed caller with `execute-api:Invoke`.
    AwsIam,
    /// `CUSTOM`: whoever a function lets in.
    Function(Arc<FunctionAuthorizer>),
    /// `COGNITO_USER_POOLS` and `JWT` of REST APIs: a bearer of a token of one of several issuers.
    Token {
        /// What a token must show.
        authorizer: Arc<TokenAuthorizer>,
        /// The method's scopes: one of them is enough; empty = none asked.
        scopes: Vec<String>,
    },
    /// What the lab does not simulate: nobody passes, and the answer says so.
    NotSimulated {
        /// Its type.
        kind: AuthorizationType,
        /// What is not simulated, in words.
        what: String,
    },
}

impl Authorization {
    /// Its type.
    pub fn kind(&self) -> AuthorizationType {
        match self {
            Self::None => AuthorizationType::None,
            Self::Jwt { .. } => AuthorizationType::Jwt,
            Self::AwsIam => AuthorizationType::AwsIam,
            Self::Function(_) => AuthorizationType::Custom,
            Self::Token { authorizer, .. } => authorizer.kind,
            Self::NotSimulated { kind, .. } => *kind,
        }
    }

    /// Every place where one of them looks for a token, and `Authorization`: each once.
    pub(crate) fn identity_sources<'a>(all: impl Iterator<Item = &'a Self>) -> Vec<IdentitySource> {
        let sources = all.flat_map(|authorization| match authorization {
            Self::Jwt { authorizer, .. } => authorizer.identity_sources.iter().collect(),
            Self::Token { authorizer, .. } => {
                let issuers = authorizer.issuers.iter();
                issuers
                    .flat_map(|issuer| issuer.jwt.identity_sources.iter())
                    .collect()
            }
            Self::Function(authorizer) => {
                let sources = authorizer.identity_sources.iter();
                sources.filter_map(|source| source.in_request()).collect()
            }
            Self::None | Self::AwsIam | Self::NotSimulated { .. } => Vec::new(),
        });
        let header = IdentitySource::Header("authorization".to_owned());
        let sources: BTreeSet<IdentitySource> =
            sources.cloned().chain(std::iter::once(header)).collect();
        sources.into_iter().collect()
    }
}

/// `AuthorizationType`, as the control plane and the journal spell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorizationType {
    /// Everybody may pass.
    #[serde(rename = "NONE")]
    None,
    /// A bearer of a token.
    #[serde(rename = "JWT")]
    Jwt,
    /// A signed caller.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
    /// Whoever a function lets in.
    #[serde(rename = "CUSTOM")]
    Custom,
    /// A bearer of a user pool's token.
    #[serde(rename = "COGNITO_USER_POOLS")]
    CognitoUserPools,
}

impl AuthorizationType {
    /// As the control plane spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Jwt => "JWT",
            Self::AwsIam => "AWS_IAM",
            Self::Custom => "CUSTOM",
            Self::CognitoUserPools => "COGNITO_USER_POOLS",
        }
    }
}

/// A JWT authorizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwtAuthorizer {
    /// Its name.
    pub name: String,
    /// What `iss` must equal, byte for byte.
    pub issuer: String,
    /// One of which `aud` must contain; `client_id` counts only where `aud` is absent.
    pub audiences: Vec<String>,
    /// Where the token stands; the first source that is present counts.
    pub identity_sources: Vec<IdentitySource>,
    /// How keys are fetched and kept, and which algorithms and how much leeway are accepted.
    pub keys: CachePolicy,
}

/// Where a token stands in a request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IdentitySource {
    /// `$request.header.NAME`.
    Header(String),
    /// `$request.querystring.NAME`.
    QueryString(String),
}

impl IdentitySource {
    /// Reads the selection expression of an HTTP API's authorizer.
    ///
    /// `None` for what names neither a header nor a query parameter.
    pub fn parse(expression: &str) -> Option<Self> {
        RequestSource::of_request(expression)?.in_request().cloned()
    }
}

/// The selection expression.
impl std::fmt::Display for IdentitySource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header(name) => write!(formatter, "$request.header.{name}"),
            Self::QueryString(name) => write!(formatter, "$request.querystring.{name}"),
        }
    }
}
