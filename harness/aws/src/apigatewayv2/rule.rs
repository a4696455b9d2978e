//! What a route, an integration, an authorizer and a stage may be.

use authlab_gateway::access_log::{FormatError, LogFormat};
use authlab_gateway::deployment::{ApiKind, DEFAULT_STAGE, IdentitySource};
use authlab_gateway::route::RouteKey;
use authlab_kernel::Scope;

use super::error::Error;
use super::resource::{AccessLogSettings, Authorizer, Content, Integration, Route, Stage};
use crate::shared::{gateway_name, issuer};

/// The longest wait for an integration of an HTTP API, in milliseconds, and the default (API
/// Gateway developer guide, `limits.html`).
pub(super) const TIMEOUT_MS_MAX: i64 = 30_000;

/// The most audiences of an authorizer (reference table 4.1).
const AUDIENCES_MAX: usize = 50;
/// The most scopes of a route (reference table 4.1).
const SCOPES_MAX: usize = 10;
/// The most authorizers of an API (reference table 4.1).
pub(super) const AUTHORIZERS_MAX: usize = 10;

/// As observed.
const NO_EXECUTION_LOG: &str = "Execution logs are not supported on protocolType HTTP";

/// The most routes of an API (API Gateway developer guide, `http-api-quotas.html`).
const ROUTES_MAX: usize = 300;
/// The most variables of a stage (reference section 3.12).
const VARIABLES_MAX: usize = 100;

/// As observed.
const JWT_WITHOUT_AUTHORIZER: &str = "Invalid authorizer ID specified. Setting the authorization \
                                      type to JWT requires a valid JWT authorizer.";
/// As observed.
const SCOPES_WITHOUT_JWT: &str = "Invalid Route authorization type specified. Authorization Scopes \
                                  are only valid for COGNITO_USER_POOLS and JWT authorization types";

fn not_implemented(what: &str) -> Error {
    Error::NotImplemented(format!("{what} is not implemented by this lab"))
}

/// Whether an API may have as many authorizers and routes: also before a document's become an API, so
/// that nobody asks a thousand issuers for it or makes everybody wait.
///
/// # Errors
/// The field. (AWS's own text is unverified.)
pub(super) fn check_counts(authorizers: usize, routes: usize) -> Result<(), Error> {
    if authorizers > AUTHORIZERS_MAX {
        return Err(Error::TooManyAuthorizers(authorizers));
    }
    if routes > ROUTES_MAX {
        let problem = format!("an API has at most {ROUTES_MAX}");
        return Err(Error::invalid("routes", problem));
    }
    Ok(())
}

/// A route of `content`.
pub(super) fn check_route(route: &Route, content: &Content) -> Result<(), Error> {
    route
        .route_key
        .parse::<RouteKey>()
        .map_err(|error| Error::invalid("routeKey", error.to_string()))?;
    if let Some(target) = &route.target {
        let id = target.strip_prefix("integrations/");
        if !id.is_some_and(|id| content.integrations.contains_key(id)) {
            let problem = format!("`{target}` names no integration; give `integrations/ID`");
            return Err(Error::invalid("target", problem));
        }
    }
    let scopes = route.authorization_scopes.as_deref().unwrap_or_default();
    if scopes.len() > SCOPES_MAX {
        let problem = format!("a route has at most {SCOPES_MAX} scopes");
        return Err(Error::invalid("authorizationScopes", problem));
    }
    match route.authorization_type.as_deref() {
        None | Some("NONE" | "AWS_IAM") if !scopes.is_empty() => {
            Err(Error::Stated(SCOPES_WITHOUT_JWT.to_owned()))
        }
        None | Some("NONE" | "AWS_IAM") => Ok(()),
        Some("JWT") => {
            let id = route.authorizer_id.as_deref().unwrap_or_default();
            if content.authorizers.contains_key(id) {
                Ok(())
            } else {
                Err(Error::Stated(JWT_WITHOUT_AUTHORIZER.to_owned()))
            }
        }
        Some("CUSTOM") => Err(not_implemented("the authorization type `CUSTOM`")),
        Some(other) => {
            let problem = format!("`{other}` is none of NONE, AWS_IAM, JWT");
            Err(Error::invalid("authorizationType", problem))
        }
    }
}

/// An integration.
pub(super) fn check_integration(integration: &Integration) -> Result<(), Error> {
    let unsupported = [
        (
            "integrationSubtype",
            integration.integration_subtype.is_some(),
        ),
        ("credentialsArn", integration.credentials_arn.is_some()),
        (
            "requestParameters",
            integration.request_parameters.is_some(),
        ),
        (
            "responseParameters",
            integration.response_parameters.is_some(),
        ),
        ("tlsConfig", integration.tls_config.is_some()),
    ];
    if let Some((member, _)) = unsupported.into_iter().find(|(_, is_given)| *is_given) {
        return Err(not_implemented(&format!("`{member}` of an integration")));
    }
    match integration.connection_type.as_deref() {
        None | Some("INTERNET") => {}
        Some(other) => return Err(not_implemented(&format!("the connection type `{other}`"))),
    }
    let timeout = integration.timeout_in_millis.unwrap_or(TIMEOUT_MS_MAX);
    if !(50..=TIMEOUT_MS_MAX).contains(&timeout) {
        let problem = format!("`{timeout}` is not between 50 and {TIMEOUT_MS_MAX}");
        return Err(Error::invalid("timeoutInMillis", problem));
    }
    let uri = integration.integration_uri.as_deref().unwrap_or_default();
    match integration.integration_type.as_str() {
        "HTTP_PROXY" => check_http(integration, uri),
        "AWS_PROXY" => check_function(integration, uri),
        other => {
            let problem =
                format!("`{other}` is no integration of an HTTP API: give HTTP_PROXY or AWS_PROXY");
            Err(Error::invalid("integrationType", problem))
        }
    }
}

fn check_http(integration: &Integration, uri: &str) -> Result<(), Error> {
    let has_scheme =
        uri.starts_with("http://") || uri.starts_with("https://") || uri.starts_with("${");
    if !has_scheme {
        let problem = format!("`{uri}` is no URL: give one that begins with https:// or http://");
        return Err(Error::invalid("integrationUri", problem));
    }
    if integration
        .payload_format_version
        .as_deref()
        .is_some_and(|version| version != "1.0")
    {
        let problem = "HTTP_PROXY integrations have the version 1.0";
        return Err(Error::invalid("payloadFormatVersion", problem));
    }
    let method = integration
        .integration_method
        .as_deref()
        .unwrap_or_default();
    if method != "ANY"
        && (method.is_empty() || http::Method::from_bytes(method.as_bytes()).is_err())
    {
        let problem = format!("`{method}` is no method: give one, or ANY for that of the request");
        return Err(Error::invalid("integrationMethod", problem));
    }
    Ok(())
}

fn check_function(integration: &Integration, uri: &str) -> Result<(), Error> {
    if gateway_name::function_arn(uri).is_none() {
        let problem = format!("`{uri}` is no ARN of a function");
        return Err(Error::invalid("integrationUri", problem));
    }
    match integration.payload_format_version.as_deref() {
        Some("1.0" | "2.0") => Ok(()),
        // As observed: the version is required for functions.
        _ => Err(Error::invalid(
            "payloadFormatVersion",
            "give `1.0` or `2.0`",
        )),
    }
}

/// What is said of an issuer whose discovery document cannot be had, when its authorizer is made (as
/// observed).
pub(super) fn undiscovered(issuer: &str) -> String {
    format!(
        "{}. Please try again later. Error: Invalid issuer: {issuer}. Issuer must have a valid \
         discovery endpoint ended with '/.well-known/openid-configuration'",
        connecting(issuer)
    )
}

/// The same as a warning of an import (as observed).
pub(super) fn not_created(name: &str, issuer: &str) -> String {
    format!(
        "Unable to create Authorizer '{name}': {}. Please try again later.",
        connecting(issuer)
    )
}

fn connecting(issuer: &str) -> String {
    let base = issuer.trim_end_matches('/');
    format!(
        "Caught exception when connecting to {base}/.well-known/openid-configuration for issuer \
         {issuer}"
    )
}

/// An authorizer.
pub(super) fn check_authorizer(authorizer: &Authorizer) -> Result<(), Error> {
    if authorizer.authorizer_type != "JWT" {
        let kind = &authorizer.authorizer_type;
        return Err(not_implemented(&format!("the authorizer type `{kind}`")));
    }
    if authorizer.identity_source.is_empty() {
        return Err(Error::invalid(
            "identitySource",
            "give one, as in `$request.header.Authorization`",
        ));
    }
    for source in &authorizer.identity_source {
        if IdentitySource::parse(source).is_none() {
            let problem = format!(
                "`{source}` is neither `$request.header.NAME` nor `$request.querystring.NAME`"
            );
            return Err(Error::invalid("identitySource", problem));
        }
    }
    let configuration = authorizer
        .jwt_configuration
        .as_ref()
        .ok_or_else(|| Error::invalid("jwtConfiguration", "a JWT authorizer needs it"))?;
    if configuration.audience.len() > AUDIENCES_MAX {
        let problem = format!("an authorizer has at most {AUDIENCES_MAX} audiences");
        return Err(Error::invalid("jwtConfiguration.audience", problem));
    }
    let issuer = configuration.issuer.as_deref().unwrap_or_default();
    if issuer::url(issuer).is_some() {
        Ok(())
    } else {
        let problem =
            format!("`{issuer}` is no issuer: give an https URL (http only for loopback)");
        Err(Error::invalid("jwtConfiguration.issuer", problem))
    }
}

/// A stage of an API in `scope`.
pub(super) fn check_stage(stage: &Stage, scope: &Scope) -> Result<(), Error> {
    let name = stage.stage_name.as_str();
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let is_name = (1..=128).contains(&name.len()) && name.bytes().all(word);
    if name != DEFAULT_STAGE && !is_name {
        let problem = format!("`{name}` is neither `$default` nor letters, digits, `_` and `-`");
        return Err(Error::invalid("stageName", problem));
    }
    if stage.stage_variables.len() > VARIABLES_MAX {
        let problem = format!("a stage has at most {VARIABLES_MAX} variables");
        return Err(Error::invalid("stageVariables", problem));
    }
    let settings = stage
        .route_settings
        .values()
        .chain([&stage.default_route_settings]);
    for settings in settings {
        let level = settings.logging_level.as_deref();
        let has_level = level.is_some_and(|level| level != "OFF");
        if has_level || settings.data_trace_enabled == Some(true) {
            return Err(Error::Stated(NO_EXECUTION_LOG.to_owned()));
        }
        let rate = settings.throttling_rate_limit.unwrap_or(0.0);
        let burst = settings.throttling_burst_limit.unwrap_or(0);
        if rate < 0.0 || !rate.is_finite() {
            return Err(Error::invalid(
                "throttlingRateLimit",
                "a limit is not negative",
            ));
        }
        if u32::try_from(burst).is_err() {
            return Err(Error::invalid(
                "throttlingBurstLimit",
                "a limit is not negative",
            ));
        }
    }
    if let Some(settings) = &stage.access_log_settings {
        log_group(settings, scope)?;
    }
    Ok(())
}

/// The log group that access logs go to.
pub(super) fn log_group(settings: &AccessLogSettings, scope: &Scope) -> Result<String, Error> {
    let arn = settings.destination_arn.as_deref().unwrap_or_default();
    if arn.contains(":firehose:") {
        return Err(not_implemented("access logs to Firehose"));
    }
    let own = scope.arn("logs", "log-group:");
    // DescribeLogGroups shows ARNs with `:*` behind them, which are no destination (unverified:
    // tools cut it off).
    let group = arn.strip_prefix(&own);
    let is_name = |group: &&str| !group.is_empty() && !group.contains(':');
    let group = group.filter(is_name).ok_or_else(|| {
        let problem = format!("`{arn}` is no log group of this account and Region: give {own}NAME");
        Error::invalid("accessLogSettings.destinationArn", problem)
    })?;
    let format = settings.format.as_deref().unwrap_or_default();
    LogFormat::parse(format)
        .check(ApiKind::Http)
        .map_err(|error| match error {
            FormatError::NoRequestId => Error::Stated(error.to_string()),
            FormatError::Unknown(_) | FormatError::UnknownOfRest(_) => {
                Error::invalid("accessLogSettings.format", error.to_string())
            }
        })?;
    Ok(group.to_owned())
}
