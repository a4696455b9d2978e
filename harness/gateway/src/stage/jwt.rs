//! JWT: a token of the configured issuer, for one of the audiences, in its time, with a scope. What is
//! believed is [`judge`]'s to say; here are the keys that it needs, and the scopes of the route.

use std::borrow::Cow;
use std::sync::Arc;

use authlab_kernel::{OutboundError, Timestamp, redaction};
use authlab_token::{
    Jwk, Kept, KeySet, KeySource, KeySourceError, NeededBy, SignatureError, TimeError, Token,
};

use crate::caller::Who;
use crate::credential::{Unclear, bearer};
use crate::deployment::{
    AuthorizationType, JwtAuthorizer, TokenAuthorizer, TokenIssuer, TokenRule,
};
use crate::evidence::{self, Reason, TokenJudged};
use crate::exchange::Exchange;
use crate::judge::{self, Disbelief};
use crate::malformed;
use crate::plane::Plane;
use crate::refusal::{Refusal, ResponseType, Said, TokenProblem};

/// What a token is held against.
#[derive(Clone, Copy)]
struct Against<'a> {
    /// Issuer, audiences and algorithms.
    jwt: &'a JwtAuthorizer,
    /// The same of a REST API, with what it has beside them.
    of_rest: Option<&'a TokenIssuer>,
    /// The type of authorization.
    kind: AuthorizationType,
    /// The scopes of the route or method.
    scopes: &'a [String],
}

/// Believes the token, then asks for one of the route's scopes.
pub(crate) async fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorizer: &JwtAuthorizer,
    scopes: &[String],
) -> Result<(), Box<Refusal>> {
    let against = Against {
        jwt: authorizer,
        of_rest: None,
        kind: AuthorizationType::Jwt,
        scopes,
    };
    let token = read(exchange, against)?;
    believe(plane, exchange, against, &token).await?;
    let may_pass = check_scopes(plane, exchange, &token, against);
    // Which scopes a function sees (those of the route that the token has) is unverified.
    let present = (!scopes.is_empty()).then(|| scopes_present(&token, scopes));
    exchange.caller.who = Who::Bearer {
        token: Box::new(token),
        scopes: present,
    };
    may_pass
}

/// The same for a method of a REST API: the token is held against the issuer that it names.
pub(crate) async fn take_of_rest(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    authorizer: &TokenAuthorizer,
    scopes: &[String],
) -> Result<(), Box<Refusal>> {
    let Some(first) = authorizer.issuers.first() else {
        return Err(Refusal::not_simulated("authorizers without an issuer"));
    };
    let token = read(exchange, Against::of_rest(authorizer, first, scopes))?;
    let named = |issuer: &&TokenIssuer| token.issuer() == Some(issuer.jwt.issuer.as_str());
    let issuer = authorizer.issuers.iter().find(named).unwrap_or(first);
    let against = Against::of_rest(authorizer, issuer, scopes);
    believe(plane, exchange, against, &token).await?;
    let may_pass = check_scopes(plane, exchange, &token, against);
    exchange.caller.who = Who::Claimant {
        token: Box::new(token),
    };
    may_pass
}

/// The token of the request.
fn read(exchange: &mut Exchange<'_>, against: Against<'_>) -> Result<Token, Box<Refusal>> {
    let compact = match bearer(exchange.incoming, &against.jwt.identity_sources) {
        Ok(Some(compact)) => compact,
        Ok(None) => return Err(missing(exchange, against)),
        Err(unclear) => return Err(unclear_source(&unclear, against)),
    };
    exchange.tokens.take(&compact).map_err(|error| {
        let description = error.to_string();
        let told = malformed::told(&compact, description.as_str());
        let told = evidence::Authentication::TokenMalformed(told);
        let reason = Reason::TokenMalformed;
        unauthorized(reason, description.clone(), &told, against.scopes)
    })
}

/// Fetches the keys that the token's issuer has, unless they decide nothing, and lets the judge speak.
async fn believe(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    against: Against<'_>,
    token: &Token,
) -> Result<(), Box<Refusal>> {
    let (authorizer, now) = (against.jwt, plane.clock.now());
    let (disbelief, key) = match judge::before_keys(authorizer, token) {
        Err(disbelief) => (Some(disbelief), None),
        Ok(()) => {
            let source = plane.keys.of(&authorizer.keys);
            let kept = key_set(&source, exchange, against, token, now).await;
            let fetched = match &kept {
                Ok(kept) => Some(kept.fetched),
                Err(_) => source.fetched_at(against.place()),
            };
            let counted = kept.as_ref().ok().map(|kept| Arc::clone(&kept.keys));
            let believed = kept
                .map_err(Disbelief::Keys)
                .and_then(|kept| against.judge(token, &kept.keys, now));
            let disbelief = believed.err();
            let mut key = key_told(authorizer, token, fetched);
            key.now = keys_now(plane, authorizer, token, counted.as_ref());
            (disbelief, Some(key))
        }
    };
    let ahead = plane.clock.offset().as_secs();
    let judged = judged(against, token, key, disbelief.as_ref(), (now, ahead));
    let told = evidence::Authentication::Token(Box::new(judged));
    match disbelief {
        None => {
            exchange.allowed(&plane.journal, &told);
            Ok(())
        }
        Some(ref disbelief) => {
            let (reason, description) = (disbelief.reason(), disbelief.description());
            let refusal = unauthorized(reason, description, &told, against.scopes);
            Err(refusal.saying(against.said(disbelief)))
        }
    }
}

impl<'a> Against<'a> {
    /// An issuer of a REST API's authorizer.
    fn of_rest(
        authorizer: &'a TokenAuthorizer,
        issuer: &'a TokenIssuer,
        scopes: &'a [String],
    ) -> Self {
        Self {
            jwt: &issuer.jwt,
            of_rest: Some(issuer),
            kind: authorizer.kind,
            scopes,
        }
    }

    /// Where its keys are: the issuer, or the URL of the key set.
    fn place(&self) -> &str {
        self.of_rest
            .map_or(&self.jwt.issuer, |issuer| &issuer.jwks_url)
    }

    /// What a claim may be.
    fn expected(&self, name: &str) -> &'a [String] {
        match self.of_rest.map(|issuer| &issuer.rule) {
            Some(TokenRule::Claims(rules)) => {
                let rule = rules.iter().find(|rule| rule.name == name);
                rule.map_or(&[], |rule| rule.expected.as_slice())
            }
            _ => &[],
        }
    }

    fn judge(&self, token: &Token, keys: &KeySet, now: Timestamp) -> Result<(), Disbelief> {
        match self.of_rest {
            None => judge::with_keys(self.jwt, token, keys, now),
            Some(issuer) => {
                judge::of_rest_with_keys(issuer, token, !self.scopes.is_empty(), keys, now)
            }
        }
    }

    /// What a REST API says: that a token of a pool has expired (as observed), else nothing of why.
    fn said(&self, disbelief: &Disbelief) -> Said {
        let is_expired = matches!(disbelief, Disbelief::Times(TimeError::Expired { .. }));
        let is_of_pool = self.kind == AuthorizationType::CognitoUserPools;
        let message =
            (is_expired && is_of_pool).then(|| "The incoming token has expired".to_owned());
        Said {
            message,
            ..Said::default()
        }
    }
}

async fn key_set(
    source: &KeySource,
    exchange: &Exchange<'_>,
    against: Against<'_>,
    token: &Token,
    now: Timestamp,
) -> Result<Kept, KeySourceError> {
    let (place, kid) = (against.place(), token.kid().unwrap_or_default());
    if let Some(kept) = source.at_hand(place, kid, now) {
        return Ok(kept);
    }
    let needed_by = NeededBy {
        cause: Some(exchange.cause),
        request_id: Some(exchange.request_id.clone()),
        trace_id: Some(exchange.trace.root().to_owned()),
    };
    match against.of_rest {
        None => source.key_set_for(place, kid, now, &needed_by).await,
        Some(_) => source.key_set_at_for(place, kid, now, &needed_by).await,
    }
}

fn key_told<'a>(
    authorizer: &JwtAuthorizer,
    token: &'a Token,
    fetched: Option<Timestamp>,
) -> evidence::Key<'a> {
    evidence::Key {
        kid: token.kid().map(Into::into),
        fetched,
        window_seconds: authorizer.keys.window_seconds,
        problem: None,
        known_kids: None,
        now: None,
        document: None,
    }
}

/// What the issuer publishes under the token's `kid` by now, where that is not the key that counted. Without
/// the key set that counted, and of issuers outside the lab, nothing is known.
fn keys_now(
    plane: &Plane,
    authorizer: &JwtAuthorizer,
    token: &Token,
    counted: Option<&Arc<KeySet>>,
) -> Option<evidence::KeysNow> {
    let published = plane.issuers.get()?.published(&authorizer.issuer)?;
    let kid = token.kid().unwrap_or_default();
    let (by_now, counted) = (published.find(kid), counted?.find(kid));
    let thumbprint = |key: Option<&Jwk>| key.and_then(Jwk::thumbprint);
    (thumbprint(by_now) != thumbprint(counted)).then(|| evidence::KeysNow {
        kids: published.kids().into_iter().map(str::to_owned).collect(),
        has_kid: by_now.is_some(),
    })
}

/// The document because of which there are no keys.
fn document_refused(error: &KeySourceError) -> Option<evidence::DocumentRefused<'_>> {
    use KeySourceError as Error;
    use evidence::{Document, Failing};
    let (document, url, failing) = match error {
        Error::DiscoveryUnreachable { url, source } => (Document::Discovery, url, fate(source)),
        Error::DiscoveryStatus { url, .. } => (Document::Discovery, url, Failing::Status),
        Error::DiscoveryDocument { url, .. } => (Document::Discovery, url, Failing::Content),
        Error::IssuerMismatch { expected, .. } => (Document::Discovery, expected, Failing::Issuer),
        Error::JwksUnreachable { url, source } => (Document::KeySet, url, fate(source)),
        Error::JwksStatus { url, .. } => (Document::KeySet, url, Failing::Status),
        Error::JwksDocument { url, .. } => (Document::KeySet, url, Failing::Content),
        Error::UnknownKid { .. } => return None,
    };
    let mut refused = evidence::DocumentRefused {
        document,
        url: redaction::url(url).into(),
        failing,
        status: None,
        budget_ms: None,
        issuer: None,
    };
    match error {
        Error::DiscoveryStatus { status, .. } | Error::JwksStatus { status, .. } => {
            refused.status = Some(*status);
        }
        Error::DiscoveryUnreachable { source, .. } | Error::JwksUnreachable { source, .. } => {
            if let OutboundError::Timeout { budget_ms, .. } = source {
                refused.budget_ms = Some(*budget_ms);
            }
        }
        Error::IssuerMismatch { found, .. } => refused.issuer = Some(found.as_str().into()),
        _ => {}
    }
    Some(refused)
}

fn fate(error: &OutboundError) -> evidence::Failing {
    use evidence::Failing;
    match error {
        OutboundError::NotAllowed { .. } => Failing::NotAllowed,
        OutboundError::Timeout { .. } => Failing::Slow,
        OutboundError::Answer { .. } => Failing::Broken,
        OutboundError::Url { .. } | OutboundError::Unreachable { .. } => Failing::Unreachable,
    }
}

/// What was compared, as far as it went.
fn judged<'a>(
    against: Against<'a>,
    token: &'a Token,
    key: Option<evidence::Key<'a>>,
    disbelief: Option<&'a Disbelief>,
    (now, ahead): (Timestamp, i64),
) -> TokenJudged<'a> {
    let authorizer = against.jwt;
    let claim = |name: &str| token.claim(name).map(Cow::Borrowed);
    let mut judged = TokenJudged {
        r#type: against.kind,
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
        key,
        signature: None,
        times: None,
        claim: None,
    };
    match disbelief {
        Some(Disbelief::Algorithm { named }) => {
            let accepted = authorizer.keys.algorithms.iter();
            judged.algorithm = Some(evidence::AlgorithmRefused {
                token: named.as_str().into(),
                accepted: accepted.map(|one| one.as_str().into()).collect(),
            });
        }
        Some(Disbelief::Keys(error)) => {
            if let Some(key) = &mut judged.key {
                key.problem = Some(error.to_string().into());
                if let KeySourceError::UnknownKid { known, .. } = error {
                    let known = known.iter().map(Into::into);
                    key.known_kids = Some(known.collect());
                }
                key.document = document_refused(error);
            }
        }
        Some(Disbelief::Signature(error)) => {
            judged.signature = Some(evidence::SignatureRefused {
                algorithm: judge::algorithm(token).into(),
                problem: error.to_string().into(),
                size: match error {
                    SignatureError::Mismatch(size) => Some(*size),
                    _ => None,
                },
            });
        }
        Some(Disbelief::Issuer | Disbelief::Audience) => {}
        Some(Disbelief::Use { expected }) => {
            judged.claim = Some(of_claim("token_use", vec![(*expected).into()], token));
        }
        Some(Disbelief::Claim { name }) => {
            let expected = against.expected(name);
            let expected = expected.iter().map(|one| one.as_str().into());
            judged.claim = Some(of_claim(name, expected.collect(), token));
        }
        Some(Disbelief::WithoutExpiry | Disbelief::Times(_)) | None => {
            judged.times = Some(evidence::Times {
                now: now.as_second(),
                exp: claim("exp"),
                nbf: claim("nbf"),
                iat: claim("iat"),
                clock_ahead_seconds: (ahead != 0).then_some(ahead),
            });
        }
    }
    judged
}

/// A claim that is not as it must be, and what it must be.
fn of_claim<'a>(
    name: &'a str,
    expected: Vec<Cow<'a, str>>,
    token: &'a Token,
) -> evidence::ClaimRefused<'a> {
    evidence::ClaimRefused {
        name: name.into(),
        expected,
        token: token.claim(name).map(Cow::Borrowed),
    }
}

/// One of the route's scopes is enough; where it has none, none is asked for. A lab that only watches tells
/// that all are missing, and lets the bearer through.
fn check_scopes(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    token: &Token,
    against: Against<'_>,
) -> Result<(), Box<Refusal>> {
    let scopes = against.scopes;
    if scopes.is_empty() {
        return Ok(());
    }
    let present = token.scopes();
    let has_one = scopes.iter().any(|scope| present.contains(&scope.as_str()));
    let let_through = plane.needs.enforcement.get().let_through();
    let let_through = let_through.filter(|_| !has_one);
    let told = evidence::Authorization::Scopes {
        scopes_required: scopes.into(),
        scopes_present: present.into_iter().map(Into::into).collect(),
        enforcement: let_through,
    };
    if has_one {
        exchange.allowed(&plane.journal, &told);
        return Ok(());
    }
    if let_through.is_some() {
        exchange.refused(&plane.journal, Reason::ScopeMissing, &told);
        return Ok(());
    }
    let scopes = scopes.to_vec();
    let problem = TokenProblem::InsufficientScope { scopes };
    // By the guide's words a pool's token without a scope is unauthorized, another is forbidden.
    let refusal = match against.kind {
        AuthorizationType::CognitoUserPools => {
            Refusal::refused(Reason::ScopeMissing, ResponseType::Unauthorized, &told)
        }
        // The gateway response and the error type of REST APIs are unverified.
        _ => Refusal::refused(Reason::ScopeMissing, ResponseType::AccessDenied, &told)
            .saying(Said::forbidden()),
    };
    Err(refusal.for_token(problem))
}

fn scopes_present(token: &Token, scopes: &[String]) -> Vec<String> {
    let present = token.scopes();
    let is_present = |scope: &&String| present.contains(&scope.as_str());
    scopes.iter().filter(is_present).cloned().collect()
}

fn missing(exchange: &Exchange<'_>, against: Against<'_>) -> Box<Refusal> {
    let authorizer = against.jwt;
    let sources = authorizer.identity_sources.iter();
    let told = evidence::Authentication::TokenAbsent {
        r#type: against.kind,
        authorizer: authorizer.name.as_str().into(),
        identity_sources: sources.map(|source| source.to_string().into()).collect(),
        elsewhere: malformed::elsewhere(exchange.incoming),
    };
    let unauthorized = ResponseType::Unauthorized;
    Refusal::refused(Reason::TokenMissing, unauthorized, &told).for_token(TokenProblem::Missing)
}

fn unclear_source(unclear: &Unclear, against: Against<'_>) -> Box<Refusal> {
    let told = evidence::Authentication::TokenUnclear {
        r#type: against.kind,
        authorizer: against.jwt.name.as_str().into(),
        identity_source: unclear.source.to_string().into(),
        problem: unclear.problem.into(),
    };
    // Values of one header are folded into one text, in which the dots of two tokens make too many
    // segments (unverified).
    let description = "token contains an invalid number of segments".to_owned();
    unauthorized(unclear.reason, description, &told, against.scopes)
}

fn unauthorized(
    reason: Reason,
    description: String,
    told: &evidence::Authentication<'_>,
    scopes: &[String],
) -> Box<Refusal> {
    let scopes = scopes.to_vec();
    let problem = TokenProblem::Invalid {
        description,
        scopes,
    };
    Refusal::refused(reason, ResponseType::Unauthorized, told).for_token(problem)
}
