//! Who may pass a method, as the gateway runs it.

use std::sync::Arc;

use authlab_gateway::deployment::{
    Authorization, AuthorizationType, AuthorizerFormat, ClaimRule, Extent, FunctionAuthorizer,
    IdentitySource, JwtAuthorizer, Pattern, RequestSource, TokenAuthorizer, TokenIssuer, TokenRule,
};
use authlab_gateway::uri_template::UriTemplate;
use authlab_token::{Algorithm, CachePolicy};

use crate::apigateway::resource::{Authorizer, Content, JwtConfiguration, JwtIssuer, Method};
use crate::shared::{gateway_name, pool};

/// How long a decision is kept where nobody says otherwise, in seconds (API Gateway, CreateAuthorizer).
const TTL_SECONDS_DEFAULT: i64 = 300;
/// Where a token stands where nobody says otherwise (unverified).
const SOURCE_DEFAULT: &str = "method.request.header.Authorization";

/// `None` only for what the rules refuse when the method is made or deployed: it is not served.
pub(super) fn authorization(method: &Method, content: &Content) -> Option<Authorization> {
    let kind = match method.authorization_type.as_str() {
        "NONE" => return Some(Authorization::None),
        "AWS_IAM" => return Some(Authorization::AwsIam),
        "CUSTOM" => AuthorizationType::Custom,
        "COGNITO_USER_POOLS" => AuthorizationType::CognitoUserPools,
        "JWT" => AuthorizationType::Jwt,
        _ => return None,
    };
    let authorizer = content.authorizers.get(method.authorizer_id.as_deref()?)?;
    let scopes = || method.authorization_scopes.clone();
    let of_issuers = |issuers| Authorization::Token {
        authorizer: Arc::new(TokenAuthorizer { kind, issuers }),
        scopes: scopes(),
    };
    let compiled = match kind {
        AuthorizationType::Custom => {
            function(authorizer).map(|it| Authorization::Function(Arc::new(it)))
        }
        AuthorizationType::CognitoUserPools => pools(authorizer).map(of_issuers),
        _ => {
            let configuration = authorizer.jwt_configuration.as_ref()?;
            issuers(configuration, authorizer).map(of_issuers)
        }
    };
    Some(compiled.unwrap_or_else(|what| Authorization::NotSimulated { kind, what }))
}

/// What is compiled of an authorizer, or what of it the lab does not simulate.
type Compiled<T> = Result<T, String>;

fn function(authorizer: &Authorizer) -> Compiled<FunctionAuthorizer> {
    if authorizer.authorizer_credentials.is_some() {
        let what = "authorizers that are invoked as a role (`authorizerCredentials`)";
        return Err(what.to_owned());
    }
    let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
    let Some(arn) = gateway_name::function_arn(uri) else {
        return Err(format!("authorizers at `{uri}`, which is no function"));
    };
    let format = match authorizer.kind.as_str() {
        "TOKEN" => AuthorizerFormat::Token {
            expression: expression(authorizer)?,
        },
        // The validation expression is of TOKEN authorizers alone (API Gateway, CreateAuthorizer).
        _ => AuthorizerFormat::Request,
    };
    let ttl = authorizer.authorizer_result_ttl_in_seconds;
    // A source that is passed over would be missing from what a decision is kept by.
    let sources = sources(authorizer).map(|source| {
        let read = RequestSource::of_method(source);
        read.ok_or_else(|| format!("the identity source `{source}`"))
    });
    Ok(FunctionAuthorizer {
        id: authorizer.id.clone(),
        name: authorizer.name.clone(),
        function: UriTemplate::parse(arn),
        format,
        identity_sources: sources.collect::<Compiled<_>>()?,
        ttl_seconds: u32::try_from(ttl.unwrap_or(TTL_SECONDS_DEFAULT)).unwrap_or_default(),
    })
}

/// What a token, or its audience, has to match as a whole.
fn expression(authorizer: &Authorizer) -> Compiled<Option<Pattern>> {
    let Some(text) = authorizer.identity_validation_expression.as_deref() else {
        return Ok(None);
    };
    if text.is_empty() {
        return Ok(None);
    }
    let what = || format!("the validation expression `{text}`, which has what only Java reads");
    Pattern::parse(text, Extent::Whole)
        .map(Some)
        .ok_or_else(what)
}

/// The identity sources, as they are written.
fn sources(authorizer: &Authorizer) -> impl Iterator<Item = &str> {
    let sources = authorizer.identity_source.as_deref().unwrap_or_default();
    let sources = sources.split(',').map(str::trim);
    sources.filter(|source| !source.is_empty())
}

/// Where a token stands.
fn token_sources(authorizer: &Authorizer) -> Vec<IdentitySource> {
    let given: Vec<&str> = sources(authorizer).collect();
    let sources = match given.is_empty() {
        true => vec![SOURCE_DEFAULT],
        false => given,
    };
    let read = sources.into_iter().filter_map(RequestSource::of_method);
    read.filter_map(|source| source.in_request().cloned())
        .collect()
}

/// A pool is the issuer of its tokens (Cognito developer guide,
/// `amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html`), which it signs by RS256.
fn pools(authorizer: &Authorizer) -> Compiled<Vec<TokenIssuer>> {
    let mut issuers = Vec::new();
    for arn in &authorizer.provider_arns {
        let Some(issuer) = pool::issuer_of(arn) else {
            return Err(format!("the user pool `{arn}`, whose ARN is none"));
        };
        issuers.push(TokenIssuer {
            jwks_url: format!("{issuer}/.well-known/jwks.json"),
            jwt: JwtAuthorizer {
                name: authorizer.name.clone(),
                issuer,
                audiences: Vec::new(),
                identity_sources: token_sources(authorizer),
                keys: CachePolicy::rest_api_authorizer(vec![Algorithm::RS256]),
            },
            rule: TokenRule::Pool {
                audience: expression(authorizer)?,
            },
        });
    }
    Ok(issuers)
}

fn issuers(
    configuration: &JwtConfiguration,
    authorizer: &Authorizer,
) -> Compiled<Vec<TokenIssuer>> {
    let algorithms = configuration.default_algorithms.iter();
    let algorithms: Vec<Algorithm> = algorithms.filter_map(|it| it.parse().ok()).collect();
    let mut issuers = Vec::new();
    for issuer in &configuration.issuers {
        // It was read when the authorizer was made.
        let Some(jwks_url) = issuer.jwks_uri.clone() else {
            let what = format!("the issuer `{}`, whose keys are nowhere", issuer.issuer);
            return Err(what);
        };
        issuers.push(TokenIssuer {
            jwks_url,
            jwt: JwtAuthorizer {
                name: authorizer.name.clone(),
                issuer: issuer.issuer.clone(),
                audiences: issuer.audiences.clone(),
                identity_sources: token_sources(authorizer),
                keys: CachePolicy::rest_api_authorizer(algorithms.clone()),
            },
            rule: TokenRule::Claims(claims(issuer)),
        });
    }
    Ok(issuers)
}

fn claims(issuer: &JwtIssuer) -> Vec<ClaimRule> {
    let claims = issuer.additional_claims.iter();
    let claims = claims.map(|claim| ClaimRule {
        name: claim.claim_name.clone(),
        is_required: claim.required.unwrap_or(false),
        expected: claim.expected_values.clone(),
    });
    claims.collect()
}
