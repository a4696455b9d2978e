//! JWT: a token of the configured issuer, for one of the audiences, in its time, with a scope.
//!
//! Rules: API Gateway developer guide, `http-api-jwt-authorizer.html` and
//! `http-api-troubleshooting-jwt.html`. The body of a 401 is always `{"message":"Unauthorized"}`; the
//! challenge says what the authorizer says, its parameters parted by blanks.

use std::borrow::Cow;

use authlab_http::Incoming;
use authlab_token::{
    KeySourceError, SignatureError, TimeError, Token, Trail, check_audience, check_issuer,
    check_times, verify,
};
use serde_json::Value;

use crate::deployment::{AuthorizationType, IdentitySource, JwtAuthorizer};
use crate::evidence::{self, Reason, TokenJudged};
use crate::exchange::{Caller, Exchange};
use crate::gateway::Gateway;
use crate::query;
use crate::refusal::{Refusal, RefusalAnswer};

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
        Err(unclear) => return Err(unclear.refusal(authorizer, scopes)),
    };
    let token = Token::parse(&compact).map_err(|error| {
        let problem = error.to_string();
        let told = evidence::Authentication::TokenMalformed {
            problem: problem.as_str().into(),
        };
        unauthorized((Reason::TokenMalformed, problem.clone()), &told, scopes)
    })?;
    believe(gateway, exchange, authorizer, &token, scopes).await?;
    let present = scopes_present(&token, scopes);
    if !scopes.is_empty() {
        let words = token.scopes().into_iter();
        let told = evidence::Authorization::Scopes {
            scopes_required: scopes.into(),
            scopes_present: words.map(Into::into).collect(),
        };
        if present.is_empty() {
            let refusal = insufficient_scope(scopes, &told);
            exchange.caller = Caller::Bearer {
                token: Box::new(token),
                scopes: Some(present),
            };
            return Err(refusal);
        }
        exchange.allowed(&gateway.journal, &told);
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
    reason: Reason,
    problem: &'static str,
}

impl Unclear {
    fn refusal(self, authorizer: &JwtAuthorizer, scopes: &[String]) -> Box<Refusal> {
        let told = evidence::Authentication::TokenUnclear {
            r#type: AuthorizationType::Jwt,
            authorizer: authorizer.name.as_str().into(),
            identity_source: self.source.to_string().into(),
            problem: self.problem.into(),
        };
        // Values of one header are folded into one text, in which the dots of two tokens make too
        // many segments (unverified).
        let description = "token contains an invalid number of segments".to_owned();
        unauthorized((self.reason, description), &told, scopes)
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
            return Err(unclear(Reason::TokenRepeated, "it is given more than once"));
        }
        let value = value.map_err(|()| unclear(Reason::TokenUnreadable, "its value is no text"))?;
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

/// Parse, algorithm, issuer, key, signature, audience, times: the first that fails counts. (The
/// order of issuer and signature is unverified; an issuer that differs is named before its key is
/// looked for in another issuer's set.)
async fn believe(
    gateway: &Gateway,
    exchange: &mut Exchange<'_>,
    authorizer: &JwtAuthorizer,
    token: &Token,
    scopes: &[String],
) -> Result<(), Box<Refusal>> {
    let claim = |name: &str| token.claim(name).map(Cow::Borrowed);
    let mut judged = Box::new(TokenJudged {
        r#type: AuthorizationType::Jwt,
        authorizer: authorizer.name.as_str().into(),
        token: token.describe(),
        issuer: evidence::Issuer {
            configured: authorizer.issuer.as_str().into(),
            token: claim("iss"),
        },
        audience: evidence::Audience {
            configured: authorizer.audiences.as_slice().into(),
            token: claim("aud"),
            client_id: claim("client_id"),
        },
        algorithm: None,
        key: None,
        signature: None,
        times: None,
    });
    let checked = check(gateway, exchange, authorizer, token, &mut judged).await;
    let told = evidence::Authentication::Token(judged);
    match checked {
        Ok(()) => {
            exchange.allowed(&gateway.journal, &told);
            Ok(())
        }
        Err(failure) => Err(unauthorized(failure, &told, scopes)),
    }
}

/// A reason, and what the authorizer says.
type Failure = (Reason, String);

async fn check<'t>(
    gateway: &Gateway,
    exchange: &Exchange<'_>,
    authorizer: &JwtAuthorizer,
    token: &'t Token,
    judged: &mut TokenJudged<'t>,
) -> Result<(), Failure> {
    let algorithm = check_algorithm(gateway, token, judged)?;
    // The wording is that of one observed access log.
    check_issuer(token, &authorizer.issuer)
        .map_err(|_| (Reason::IssuerMismatch, "issuer does not match".to_owned()))?;
    let trail = Trail {
        cause: Some(exchange.cause),
        request_id: Some(exchange.request_id.clone()),
        trace_id: Some(exchange.trace.id.clone()),
    };
    let now = gateway.clock.now();
    let kid = token.kid().unwrap_or_default();
    let key = gateway.keys.key(&authorizer.issuer, kid, now, &trail).await;
    let told = judged.key.insert(evidence::Key {
        kid: token.kid().map(Into::into),
        fetched: gateway.keys.fetched_at(&authorizer.issuer),
        window_seconds: gateway.keys.policy().window_seconds,
        problem: None,
        known_kids: None,
    });
    let key = key.map_err(|error| key_failure(error, told))?;
    verify(token, &key, &gateway.keys.policy().algorithms).map_err(|error| {
        judged.signature = Some(evidence::SignatureRefused {
            algorithm: algorithm.into(),
            problem: error.to_string().into(),
        });
        signature_failure(&error)
    })?;
    check_client(token, authorizer)?;
    let claim = |name: &str| token.claim(name).map(Cow::Borrowed);
    judged.times = Some(evidence::Times {
        now: now.as_second(),
        exp: claim("exp"),
        nbf: claim("nbf"),
        iat: claim("iat"),
    });
    if token.claim("exp").is_none() {
        // Required by the authorizer; the wording is unverified.
        let description = "the token does not have an expiry".to_owned();
        return Err((Reason::TokenWithoutExpiry, description));
    }
    let leeway = gateway.keys.policy().leeway;
    check_times(token, now, leeway).map_err(|error| time_failure(&error))
}

fn check_algorithm<'t>(
    gateway: &Gateway,
    token: &'t Token,
    judged: &mut TokenJudged<'t>,
) -> Result<&'t str, Failure> {
    let named = token.header().get("alg").and_then(Value::as_str);
    let named = named.unwrap_or_default();
    let accepted = &gateway.keys.policy().algorithms;
    if token
        .alg()
        .is_ok_and(|algorithm| accepted.contains(&algorithm))
    {
        return Ok(named);
    }
    judged.algorithm = Some(evidence::AlgorithmRefused {
        token: named.into(),
        accepted: accepted.iter().map(|one| one.as_str().into()).collect(),
    });
    // The wording is that of one observed answer.
    let description = format!("signing method {named} is invalid");
    Err((Reason::AlgorithmUnsupported, description))
}

/// `aud`; `client_id` only where `aud` is absent.
fn check_client(token: &Token, authorizer: &JwtAuthorizer) -> Result<(), Failure> {
    let description = "the token does not have a valid audience".to_owned();
    let refused = (Reason::AudienceMismatch, description);
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

fn key_failure(error: KeySourceError, told: &mut evidence::Key<'_>) -> Failure {
    told.problem = Some(error.to_string().into());
    let reason = match &error {
        KeySourceError::DiscoveryUnreachable { .. } => Reason::DiscoveryUnreachable,
        KeySourceError::DiscoveryStatus { .. } => Reason::DiscoveryStatus,
        KeySourceError::DiscoveryDocument { .. } => Reason::DiscoveryDocument,
        KeySourceError::IssuerMismatch { .. } => Reason::DiscoveryIssuerMismatch,
        KeySourceError::JwksUnreachable { .. } => Reason::JwksUnreachable,
        KeySourceError::JwksStatus { .. } => Reason::JwksStatus,
        KeySourceError::JwksDocument { .. } => Reason::JwksDocument,
        KeySourceError::UnknownKid { .. } => Reason::KeyUnknown,
    };
    let description = if error.is_discovery() {
        "OIDC discovery endpoint communication error"
    } else if error.is_jwks() {
        "JWKS communication error"
    } else {
        // Unverified.
        "the token's key is not in the issuer's key set"
    };
    if let KeySourceError::UnknownKid { known, .. } = error {
        told.known_kids = Some(known.into_iter().map(Into::into).collect());
    }
    (reason, description.to_owned())
}

fn signature_failure(error: &SignatureError) -> Failure {
    let reason = match error {
        SignatureError::Mismatch => Reason::SignatureInvalid,
        SignatureError::UnknownKid { .. } | SignatureError::NoKey => Reason::KeyUnknown,
        SignatureError::KeyType { .. } => Reason::AlgorithmDoesNotFitKey,
        SignatureError::KeyAlgorithm { .. } => Reason::KeyForOtherAlgorithm,
        SignatureError::KeyUse => Reason::KeyNotForSignatures,
        SignatureError::KeySize { .. } => Reason::KeySize,
        SignatureError::Critical => Reason::CriticalExtension,
        SignatureError::UnknownAlgorithm(_)
        | SignatureError::Unsigned
        | SignatureError::NotAccepted { .. }
        | SignatureError::Unsupported(_) => Reason::AlgorithmUnsupported,
    };
    // Unverified: the wording of the library that the other texts are from.
    (reason, "signature is invalid".to_owned())
}

fn time_failure(error: &TimeError) -> Failure {
    // Unverified: that an authorizer words them so, and that it prints no times.
    let (reason, description) = match error {
        TimeError::Expired { .. } => (Reason::TokenExpired, "the token has expired".to_owned()),
        TimeError::NotYetValid { .. } => (
            Reason::TokenNotYetValid,
            "the token is not valid yet".to_owned(),
        ),
        TimeError::IssuedInFuture { .. } => (
            Reason::TokenNotYetValid,
            "the token was issued in the future".to_owned(),
        ),
        TimeError::NotNumber { claim } => (
            Reason::TokenMalformed,
            format!("the token's {claim} is not a number"),
        ),
    };
    (reason, description)
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
    let sources = authorizer.identity_sources.iter();
    let told = evidence::Authentication::TokenAbsent {
        r#type: AuthorizationType::Jwt,
        authorizer: authorizer.name.as_str().into(),
        identity_sources: sources.map(|source| source.to_string().into()).collect(),
    };
    let mut refusal = Refusal::refused(Reason::TokenMissing, RefusalAnswer::Unauthorized, &told);
    refusal.challenge = Some("Bearer".to_owned());
    // The wording is that of one observed access log.
    refusal.authorizer_error = Some("missing: token not provided".to_owned());
    refusal
}

fn unauthorized(
    (reason, description): Failure,
    told: &evidence::Authentication<'_>,
    scopes: &[String],
) -> Box<Refusal> {
    let mut refusal = Refusal::refused(reason, RefusalAnswer::Unauthorized, told);
    refusal.challenge = Some(challenge(scopes, "invalid_token", &description));
    refusal.authorizer_error = Some(format!("invalid_token: {description}"));
    refusal
}

fn insufficient_scope(scopes: &[String], told: &evidence::Authorization<'_>) -> Box<Refusal> {
    // That a 403 carries a challenge, and its description, are unverified.
    let description = "the token does not have a required scope";
    let mut refusal = Refusal::refused(Reason::ScopeMissing, RefusalAnswer::Forbidden, told);
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
