//! The documents of issuers and the endpoints of OAuth: no operations of a model, and on the front door's
//! port all the same.
//!
//! An issuer is reached by its name (`cognito-idp.{region}.amazonaws.com/{pool}`) and by its path on the
//! port; a domain by its name (`{domain}.auth.{region}.amazoncognito.com`, or the same below
//! `.localhost`).

use std::sync::{Arc, Weak};

use authlab_http::{Incoming, Rejection, Service};
use authlab_kernel::journal::Sequence;
use authlab_kernel::trace::TRACE_HEADER;
use authlab_kernel::{Component, EventDraft, Timestamp, TraceHeader};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::issue::Asker;
use super::oauth::{self, Outcome};
use crate::cognitoidp::pool::Pool;
use crate::evidence::{Answer, Reason, Request};
use crate::front::{AwsHost, FrontDoor, Site};

/// The end of the names of domains.
const DOMAINS: &str = ".amazoncognito.com";

/// Whether a name is one that the pages answer: an issuer's, or a domain's.
pub fn is_cognito(host: &str) -> bool {
    let is_issuer =
        AwsHost::read(host).is_some_and(|host| host.is_aws && host.service == "cognito-idp");
    is_issuer || domain_of(host).is_some()
}

/// Prefix and Region of a domain's name.
fn domain_of(host: &str) -> Option<(String, String)> {
    let name = host.split(':').next()?.to_ascii_lowercase();
    let labels = name
        .strip_suffix(DOMAINS)
        .or_else(|| name.strip_suffix(".localhost"))?;
    match labels.split('.').collect::<Vec<_>>().as_slice() {
        [prefix, "auth", region] if !prefix.is_empty() => {
            Some(((*prefix).to_owned(), (*region).to_owned()))
        }
        _ => None,
    }
}

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A document of an issuer.
    Document {
        /// The pool's id.
        pool: String,
        /// `jwks.json`, `openid-configuration`.
        name: String,
    },
    /// A path of a domain.
    Domain {
        /// Its prefix.
        prefix: String,
        /// Its Region.
        region: String,
    },
}

impl Target {
    fn of(incoming: &Incoming) -> Option<Self> {
        let host = incoming.host()?;
        if let Some((prefix, region)) = domain_of(host) {
            return Some(Self::Domain { prefix, region });
        }
        let rest = incoming.uri.path().strip_prefix('/')?;
        let (pool, name) = rest.split_once("/.well-known/")?;
        let (region, id) = pool.split_once('_')?;
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        // A name of AWS says where the pool is; one of another Region or service has none.
        let fits = match AwsHost::read(host) {
            Some(named) if named.is_aws => {
                named.service == "cognito-idp" && named.region.as_deref() == Some(region)
            }
            _ => true,
        };
        (is_id && fits).then(|| Self::Document {
            pool: pool.to_owned(),
            name: name.to_owned(),
        })
    }
}

/// The pages of all pools, which share the front door's port.
pub struct Pages(Weak<FrontDoor>);

impl Pages {
    /// The pages of the pools behind a door.
    pub fn of(door: &Arc<FrontDoor>) -> Self {
        Self(Arc::downgrade(door))
    }
}

impl Site for Pages {
    fn claims(&self, incoming: &Incoming) -> bool {
        Target::of(incoming).is_some()
    }

    fn is_of_issuers(&self) -> bool {
        true
    }
}

impl Service for Pages {
    fn call(&self, incoming: Incoming) -> BoxFuture<'_, Response<Bytes>> {
        Box::pin(async move {
            match (self.0.upgrade(), Target::of(&incoming)) {
                (Some(door), Some(target)) => answer(&door, &incoming, target).await,
                _ => refused_by_hand(StatusCode::SERVICE_UNAVAILABLE, "the lab has stopped"),
            }
        })
    }

    fn reject(&self, rejection: Rejection) -> Response<Bytes> {
        refused_by_hand(rejection.status(), &rejection.to_string())
    }

    fn now(&self) -> Option<Timestamp> {
        Some(self.0.upgrade()?.clock().now())
    }
}

fn refused_by_hand(status: StatusCode, text: &str) -> Response<Bytes> {
    json_answer(
        status,
        &json!({ "error": "invalid_request", "error_description": text }),
    )
}

async fn answer(door: &FrontDoor, incoming: &Incoming, target: Target) -> Response<Bytes> {
    let path = incoming.uri.path();
    let method = incoming.method.as_str();
    let request_id: Arc<str> = door.ids().request_id("cognito-idp", path).into();
    let trace_id = incoming
        .header(TRACE_HEADER)
        .and_then(TraceHeader::parse)
        .map(|header| Arc::clone(header.root()));
    let request = Request {
        service: Some("cognito-idp".to_owned()),
        operation: Some(format!("{method} {path}")),
        access_key_id: None,
        principal: None,
        source_ip: incoming.peer.ip().to_string(),
    };
    let draft = EventDraft::of(Component::Aws, &request)
        .request_id(Arc::clone(&request_id))
        .trace_id(trace_id.clone())
        .cause(incoming.cause);
    let asker = Asker {
        cause: door.journal().record(draft),
        request_id,
        trace_id,
    };
    let outcome = match target {
        Target::Document { pool, name } => document(door, incoming, &pool, &name),
        Target::Domain { prefix, region } => {
            oauth::answer(door, incoming, (&prefix, &region), &asker).await
        }
    };
    record(door, &outcome, &asker);
    outcome.response
}

/// Puts the answer into the journal.
fn record(door: &FrontDoor, outcome: &Outcome, asker: &Asker) -> Sequence {
    let status = outcome.response.status().as_u16();
    let answer = Answer {
        status,
        code: outcome.refused.as_ref().map(|(code, _)| code.clone()),
        message: outcome.refused.as_ref().map(|(_, text)| text.clone()),
        ..Answer::default()
    };
    let draft = EventDraft::of(Component::Aws, &answer)
        .request_id(Arc::clone(&asker.request_id))
        .trace_id(asker.trace_id.clone())
        .cause(Some(outcome.cause.unwrap_or(asker.cause)));
    door.journal().record(match (&outcome.refused, status) {
        (None, _) => draft.allowed(),
        (Some(_), 501) => draft.failed(Reason::OauthRefused),
        (Some(_), _) => draft.refused(Reason::OauthRefused),
    })
}

fn document(door: &FrontDoor, incoming: &Incoming, pool: &str, name: &str) -> Outcome {
    if incoming.method != Method::GET && incoming.method != Method::HEAD {
        return Outcome::refused(405, "MethodNotAllowed", "documents are read with GET");
    }
    let cloud = door.view();
    let Some(pool) = cloud.cognitoidp.pool_anywhere(pool) else {
        let text = format!("User pool {pool} does not exist.");
        return Outcome::refused(404, "ResourceNotFoundException", text);
    };
    match name {
        "jwks.json" => Outcome::well(&pool.keys.set().to_value()),
        "openid-configuration" => Outcome::well(&discovery(pool, incoming)),
        _ => {
            let text = format!("there is no document `{name}`: jwks.json, openid-configuration");
            Outcome::refused(404, "NotFound", text)
        }
    }
}

/// The discovery document: endpoints are by the name or the address by which it was asked for.
fn discovery(pool: &Pool, incoming: &Incoming) -> Value {
    let host = incoming.host().unwrap_or_default();
    let is_by_name = AwsHost::read(host).is_some_and(|host| host.is_aws);
    let base = match is_by_name {
        true => pool.issuer(),
        false => format!("http://{host}/{}", pool.id),
    };
    let port = host.rsplit_once(':').map(|(_, port)| port);
    let domain = match (is_by_name, &pool.domain, port) {
        (false, Some(domain), Some(port)) => {
            let region = &pool.scope.region;
            Some(format!("http://{domain}.auth.{region}.localhost:{port}"))
        }
        _ => pool.domain_url(),
    };
    let mut document = json!({
        "issuer": pool.issuer(),
        "jwks_uri": format!("{base}/.well-known/jwks.json"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    });
    if let (Some(domain), Some(members)) = (domain, document.as_object_mut()) {
        for (member, path) in [
            ("authorization_endpoint", "oauth2/authorize"),
            ("token_endpoint", "oauth2/token"),
            ("userinfo_endpoint", "oauth2/userInfo"),
            ("revocation_endpoint", "oauth2/revoke"),
        ] {
            members.insert(member.to_owned(), format!("{domain}/{path}").into());
        }
    }
    document
}

/// An answer of JSON.
pub(super) fn json_answer(status: StatusCode, body: &Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
