//! JWT: a token of the configured issuer, for one of the audiences, in its time, with a scope.
//!
//! Order and rules: reference table 4.1. The body of a 401 is always `{"message":"Unauthorized"}`;
//! the challenge says what the authorizer says, its parameters parted by blanks.

use authlab_http::Incoming;
use authlab_token::{
    KeySourceError, SignatureError, TimeError, Token, Trail, check_audience, check_issuer,
    check_times, verify,
};
use serde_json::{Value, json};

use crate::deployment::{IdentitySource, JwtAuthorizer};
use crate::exchange::{Caller, Exchange};
use crate::gateway::Gateway;
use crate::query;
use crate::refusal::{Refusal, RefusalAnswer};

/// Whether the token is believed.
const AUTHENTICATION: &str = "authentication";
/// Whether it has a scope of the route.
const AUTHORIZATION: &str = "authorization";

/// Why a token is not believed.
struct Disbelief {
    /// Kebab case.
    reason: &'static str,
    /// What the challenge and the access log say.
    description: String,
    /// Evidence.
    detail: Value,
}

/// Believes the token, then asks for one of the route's scopes.
pub(crate) async fn take(
    gateway: &Gateway,
    exchange: &mut Exchange<'_>,
    authorizer: &JwtAuthorizer,
    scopes: &[String],
) -> Result<(), Box<Refusal>> {
    let compact = match bearer(exchange.incoming, &authorizer.identity_sources) {
        Ok(Some(compact)) => compact,
        Ok(None) => return Err(missing(authorizer)),
        Err(unclear) => return Err(unauthorized(unclear.disbelief(authorizer), scopes)),
    };
    let (token, evidence) = match believe(gateway, exchange, authorizer, &compact).await {
        Ok(believed) => believed,
        Err(disbelief) => return Err(unauthorized(disbelief, scopes)),
    };
    exchange.allowed(&gateway.journal, AUTHENTICATION, evidence);
    let present = scopes_present(&token, scopes);
    let evidence = json!({ "scopes_required": scopes, "scopes_present": token.scopes() });
    if !scopes.is_empty() && present.is_empty() {
        exchange.caller = Caller::Bearer {
            token: Box::new(token),
            scopes: Some(present),
        };
        return Err(insufficient_scope(scopes, evidence));
    }
    if !scopes.is_empty() {
        exchange.allowed(&gateway.journal, AUTHORIZATION, evidence);
    }
    // Which scopes a function sees (those of the route that the token has) is unverified.
    let scopes = (!scopes.is_empty()).then_some(present);
    exchange.caller = Caller::Bearer {
        token: Box::new(token),
        scopes,
    };
    Ok(())
}

/// An identity source that does not say one thing.
pub(crate) struct Unclear {
    source: IdentitySource,
    reason: &'static str,
    problem: &'static str,
}

impl Unclear {
    fn disbelief(self, authorizer: &JwtAuthorizer) -> Disbelief {
        Disbelief {
            reason: self.reason,
            // Values of one header are folded into one text, in which the dots of two tokens make
            // too many segments (unverified).
            description: "token contains an invalid number of segments".to_owned(),
            detail: json!({
                "type": "JWT",
                "authorizer": authorizer.name,
                "identity_source": self.source.to_string(),
                "problem": self.problem,
            }),
        }
    }
}

/// The token of the first identity source that is there, without `Bearer`.
///
/// # Errors
/// That source stands there more than once, or is no text: then it names no token, and no other
/// source is asked in its place.
pub(crate) fn bearer(
    incoming: &Incoming,
    sources: &[IdentitySource],
) -> Result<Option<String>, Unclear> {
    for source in sources {
        let unclear = |reason, problem| Unclear {
            source: source.clone(),
            reason,
            problem,
        };
        let mut values = values_of(incoming, source);
        let Some(value) = values.next() else {
            continue;
        };
        if values.next().is_some() {
            return Err(unclear("token-repeated", "it is given more than once"));
        }
        let value = value.map_err(|()| unclear("token-unreadable", "its value is no text"))?;
        // Blanks alone: a line's end, which only a query can hold, is part of what was sent.
        let value = value.trim_matches(' ');
        let token = match value.split_once(' ') {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim_matches(' '),
            _ => value,
        };
        return Ok((!token.is_empty()).then(|| token.to_owned()));
    }
    Ok(None)
}

/// Every value that a source has; what is no text is an error.
fn values_of<'a>(
    incoming: &'a Incoming,
    source: &'a IdentitySource,
) -> Box<dyn Iterator<Item = Result<String, ()>> + 'a> {
    match source {
        IdentitySource::Header(name) => {
            let values = incoming.headers.get_all(name.as_str()).iter();
            Box::new(values.map(|value| value.to_str().map(str::to_owned).map_err(|_| ())))
        }
        IdentitySource::QueryString(name) => {
            let pairs = query::pairs(incoming.uri.query().unwrap_or_default());
            let named = pairs.filter(move |(key, _)| key == name);
            Box::new(named.map(|(_, value)| Ok(value)))
        }
    }
}

/// Parse, algorithm, key, signature, issuer, audience, times: the first that fails counts. (The
/// order of issuer and signature is unverified; an issuer that differs is named before its key is
/// looked for in another issuer's set.)
async fn believe(
    gateway: &Gateway,
    exchange: &Exchange<'_>,
    authorizer: &JwtAuthorizer,
    compact: &str,
) -> Result<(Token, Value), Disbelief> {
    let token = Token::parse(compact).map_err(|error| Disbelief {
        reason: "token-malformed",
        description: error.to_string(),
        detail: json!({ "problem": error.to_string() }),
    })?;
    let mut evidence = json!({
        "type": "JWT",
        "authorizer": authorizer.name,
        "token": token.describe(),
        "issuer": { "configured": authorizer.issuer, "token": token.claim("iss") },
        "audience": {
            "configured": authorizer.audiences,
            "token": token.claim("aud"),
            "client_id": token.claim("client_id"),
        },
    });
    let checked = check(gateway, exchange, authorizer, &token, &mut evidence).await;
    match checked {
        Ok(()) => Ok((token, evidence)),
        Err((reason, description)) => Err(Disbelief {
            reason,
            description,
            detail: evidence,
        }),
    }
}

/// A reason code, and what the authorizer says.
type Failure = (&'static str, String);

async fn check(
    gateway: &Gateway,
    exchange: &Exchange<'_>,
    authorizer: &JwtAuthorizer,
    token: &Token,
    evidence: &mut Value,
) -> Result<(), Failure> {
    let algorithm = check_algorithm(gateway, token, evidence)?;
    // The wording is that of one observed access log.
    check_issuer(token, &authorizer.issuer)
        .map_err(|_| ("issuer-mismatch", "issuer does not match".to_owned()))?;
    let trail = Trail {
        cause: Some(exchange.cause),
        request_id: Some(exchange.request_id.clone()),
        trace_id: Some(exchange.trace.id.clone()),
    };
    let now = gateway.clock.now();
    let kid = token.kid().unwrap_or_default();
    let key = gateway.keys.key(&authorizer.issuer, kid, now, &trail).await;
    let fetched = gateway.keys.fetched_at(&authorizer.issuer);
    evidence["key"] = json!({
        "kid": token.kid(),
        "fetched": fetched.map(|at| at.to_string()),
        "window_seconds": gateway.keys.policy().window_seconds,
    });
    let key = key.map_err(|error| key_failure(&error, evidence))?;
    verify(token, &key, &gateway.keys.policy().algorithms).map_err(|error| {
        evidence["signature"] = json!({ "algorithm": algorithm, "problem": error.to_string() });
        signature_failure(&error)
    })?;
    check_client(token, authorizer)?;
    evidence["times"] = json!({
        "now": now.as_second(),
        "exp": token.claim("exp"),
        "nbf": token.claim("nbf"),
        "iat": token.claim("iat"),
    });
    if token.claim("exp").is_none() {
        // Required by the authorizer; the wording is unverified.
        return Err((
            "token-without-expiry",
            "the token does not have an expiry".to_owned(),
        ));
    }
    let leeway = gateway.keys.policy().leeway;
    check_times(token, now, leeway).map_err(|error| time_failure(&error))
}

fn check_algorithm(
    gateway: &Gateway,
    token: &Token,
    evidence: &mut Value,
) -> Result<String, Failure> {
    let named = token
        .header()
        .get("alg")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let accepted = &gateway.keys.policy().algorithms;
    if token
        .alg()
        .is_ok_and(|algorithm| accepted.contains(&algorithm))
    {
        return Ok(named);
    }
    let accepted: Vec<&str> = accepted
        .iter()
        .map(|algorithm| algorithm.as_str())
        .collect();
    evidence["algorithm"] = json!({ "token": named, "accepted": accepted });
    // The wording is that of one observed answer.
    Err((
        "algorithm-unsupported",
        format!("signing method {named} is invalid"),
    ))
}

/// `aud`; `client_id` only where `aud` is absent.
fn check_client(token: &Token, authorizer: &JwtAuthorizer) -> Result<(), Failure> {
    let refused = (
        "audience-mismatch",
        "the token does not have a valid audience".to_owned(),
    );
    if token.claim("aud").is_some() {
        return check_audience(token, &authorizer.audiences).map_err(|_| refused);
    }
    let client = token.claim("client_id").and_then(Value::as_str);
    let accepted = client.is_some_and(|client| {
        authorizer
            .audiences
            .iter()
            .any(|audience| audience == client)
    });
    if accepted { Ok(()) } else { Err(refused) }
}

fn key_failure(error: &KeySourceError, evidence: &mut Value) -> Failure {
    if let Value::Object(key) = &mut evidence["key"] {
        key.insert("problem".to_owned(), json!(error.to_string()));
        if let KeySourceError::UnknownKid { known, .. } = error {
            key.insert("known_kids".to_owned(), json!(known));
        }
    }
    match error {
        KeySourceError::UnknownKid { .. } => {
            // Unverified.
            (
                "key-unknown",
                "the token's key is not in the issuer's key set".to_owned(),
            )
        }
        error if error.is_discovery() => (
            error.code(),
            "OIDC discovery endpoint communication error".to_owned(),
        ),
        error => (error.code(), "JWKS communication error".to_owned()),
    }
}

fn signature_failure(error: &SignatureError) -> Failure {
    // Unverified: the wording of the library that the other texts are from.
    let description = "signature is invalid".to_owned();
    match error {
        SignatureError::Mismatch => ("signature-invalid", description),
        SignatureError::UnknownKid { .. } | SignatureError::NoKey => ("key-unknown", description),
        other => (other.code(), description),
    }
}

fn time_failure(error: &TimeError) -> Failure {
    // Unverified: that an authorizer words them so, and that it prints no times.
    match error {
        TimeError::Expired { .. } => ("token-expired", "the token has expired".to_owned()),
        TimeError::NotYetValid { .. } => (
            "token-not-yet-valid",
            "the token is not valid yet".to_owned(),
        ),
        TimeError::IssuedInFuture { .. } => (
            "token-not-yet-valid",
            "the token was issued in the future".to_owned(),
        ),
        TimeError::NotNumber { claim } => (
            "token-malformed",
            format!("the token's {claim} is not a number"),
        ),
    }
}

fn scopes_present(token: &Token, scopes: &[String]) -> Vec<String> {
    let present = token.scopes();
    scopes
        .iter()
        .filter(|scope| present.contains(&scope.as_str()))
        .cloned()
        .collect()
}

fn missing(authorizer: &JwtAuthorizer) -> Box<Refusal> {
    let sources: Vec<String> = authorizer
        .identity_sources
        .iter()
        .map(IdentitySource::to_string)
        .collect();
    let detail =
        json!({ "type": "JWT", "authorizer": authorizer.name, "identity_sources": sources });
    let mut refusal = Refusal::refused(
        AUTHENTICATION,
        "token-missing",
        RefusalAnswer::Unauthorized,
        detail,
    );
    refusal.challenge = Some("Bearer".to_owned());
    // The wording is that of one observed access log.
    refusal.authorizer_error = Some("missing: token not provided".to_owned());
    refusal
}

fn unauthorized(disbelief: Disbelief, scopes: &[String]) -> Box<Refusal> {
    let Disbelief {
        reason,
        description,
        detail,
    } = disbelief;
    let mut refusal = Refusal::refused(AUTHENTICATION, reason, RefusalAnswer::Unauthorized, detail);
    refusal.challenge = Some(challenge(scopes, "invalid_token", &description));
    refusal.authorizer_error = Some(format!("invalid_token: {description}"));
    refusal
}

fn insufficient_scope(scopes: &[String], detail: Value) -> Box<Refusal> {
    // That a 403 carries a challenge, and its description, are unverified.
    let description = "the token does not have a required scope";
    let mut refusal = Refusal::refused(
        AUTHORIZATION,
        "scope-missing",
        RefusalAnswer::Forbidden,
        detail,
    );
    refusal.challenge = Some(challenge(scopes, "insufficient_scope", description));
    refusal.authorizer_error = Some(format!("insufficient_scope: {description}"));
    refusal
}

/// Parameters parted by blanks, not by commas.
fn challenge(scopes: &[String], error: &str, description: &str) -> String {
    let scopes = scopes.join(" ");
    let description = description.replace('"', "'");
    format!(r#"Bearer scope="{scopes}" error="{error}" error_description="{description}""#)
}
