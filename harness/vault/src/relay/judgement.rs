//! Why a foreign server decided as it did: what the lab can find out with the root token, judged by
//! the rules of the embedded server.

use authlab_kernel::{Component, EventDraft, Sequence};
use authlab_token::Token;
use http::Method;
use serde_json::{Value, json};

use super::VaultRelay;
use super::token::Gone;
use crate::evidence::{self, Because, Issued, JwtLogin, PathDecision, Proof, Reason, Unseen};
use crate::flavour::Flavour;
use crate::json::{text, texts};
use crate::judge::{self, JwtConfig, JwtRole, Keys, PathRequest, Verdict};
use crate::policy::Policy;
use crate::request::{Operation, Request};
use crate::shown;

/// Whose rules the policies of a server elsewhere are read by: which it is, it does not say.
const FLAVOUR: Flavour = Flavour::Vault;

/// Words in the server's refusal of a JWT login and the reason that they stand for (the texts are
/// those of OpenBao's and Vault's method `jwt`, as the embedded one has them).
const JWT_REASONS: [(&str, Reason); 16] = [
    ("could not load configuration", Reason::JwtNotConfigured),
    ("missing role", Reason::JwtRoleMissing),
    ("could not be found", Reason::JwtRoleUnknown),
    ("oidc role_type is not allowed", Reason::JwtRoleType),
    ("missing token", Reason::JwtMissing),
    (
        "token signed with unexpected algorithm",
        Reason::JwtAlgorithm,
    ),
    ("unsupported signing algorithm", Reason::JwtAlgorithm),
    ("verifying token signature", Reason::JwtSignature),
    ("invalid issuer (iss) claim", Reason::JwtIssuer),
    ("invalid subject (sub) claim", Reason::JwtSubject),
    ("audience", Reason::JwtAudience),
    ("token is expired", Reason::JwtExpired),
    ("token not yet valid", Reason::JwtNotYetValid),
    ("token issued in the future", Reason::JwtIssuedInTheFuture),
    (
        "does not match any associated bound claim values",
        Reason::JwtClaim,
    ),
    ("is missing", Reason::JwtClaimMissing),
];

/// Who asks, as the server knows them.
#[derive(Debug, Default)]
pub(super) struct Caller {
    /// The data of `auth/token/lookup`; none when the server does not know the token.
    found: Option<Value>,
    /// Whether the lab could ask at all.
    is_known: bool,
}

/// What the journal shall say of a request.
pub(super) struct Seen {
    evidence: evidence::Request,
    /// Why it was refused or failed, if it was.
    reason: Option<Reason>,
}

impl Seen {
    pub(super) fn draft(&self) -> EventDraft {
        let draft = EventDraft::of(Component::Vault, &self.evidence);
        match self.reason {
            None => draft.allowed(),
            Some(reason) if reason.is_failure() => draft.failed(reason),
            Some(reason) => draft.refused(reason),
        }
    }
}

/// The event and the request in whose course the lab asks.
type Origin<'a> = (Option<Sequence>, &'a str);

impl VaultRelay {
    /// Looks the caller's token up, before the request that may end it. The lab's own token needs no
    /// looking up, and a login has none.
    pub(super) async fn caller(
        &self,
        request: &Request,
        cause: Option<Sequence>,
        request_id: &str,
    ) -> Caller {
        let Some(token) = request.token.as_deref().filter(|_| !is_login(request)) else {
            return Caller::default();
        };
        if authlab_kernel::secret::fingerprint(token) == self.root_token().fingerprint() {
            return Caller {
                found: Some(json!({ "display_name": "root", "policies": ["root"] })),
                is_known: true,
            };
        }
        let body = json!({ "token": token });
        let origin = (cause, request_id);
        let looked_up = self
            .ask(Method::POST, "auth/token/lookup", Some(&body), origin)
            .await;
        Caller {
            is_known: looked_up.is_some(),
            found: looked_up
                .filter(|(status, _)| *status == 200)
                .and_then(|(_, mut body)| body.get_mut("data").map(Value::take)),
        }
    }

    /// What was decided and why.
    pub(super) async fn judge(
        &self,
        request: &Request,
        status: u16,
        body: &Value,
        caller: &Caller,
        origin: Origin<'_>,
    ) -> Seen {
        let message = message(body);
        let mut evidence = evidence::Request {
            method: request.operation.as_str().to_owned(),
            path: shown::path(&request.path).into_owned(),
            status: Some(status),
            message: message.as_ref().map(|text| shown::message(text, request)),
            ..evidence::Request::default()
        };
        let mut judged = None;
        let mut unseen = Unseen {
            is_looked_up: caller.is_known,
            ..Unseen::default()
        };
        if is_login(request) {
            if let Some((login, reason)) = self.of_login(request, body, origin).await {
                evidence.proof = Some(Proof::Jwt(Box::new(login)));
                judged = reason;
            }
            evidence.login = issued(body);
        } else {
            let (decision, unread) = self.of_policies(request, caller, origin).await;
            (evidence.decision, unseen.unread) = (decision, unread);
            evidence.issued = issued(body);
        }
        if let Some(found) = &caller.found {
            evidence.accessor = text(found.get("accessor"));
            evidence.display_name = text(found.get("display_name"));
            evidence.policies = texts(found.get("policies"));
        }
        let is_allowed = status < 400 || (status == 404 && message.is_none());
        let reason = (!is_allowed).then(|| {
            let (reason, gone) = self.reason(
                request,
                status,
                message.as_deref(),
                caller,
                // What a policy says that could not be read is not known.
                evidence
                    .decision
                    .as_ref()
                    .filter(|_| unseen.unread.is_empty()),
            );
            // Where the server's words say nothing, its own rules do.
            let reason = match judged {
                Some(judged) if reason == Reason::InvalidCredentials => judged,
                _ => reason,
            };
            if let Some(gone) = gone {
                evidence.accessor = Some(gone.accessor);
                evidence.policies = Some(gone.policies);
                evidence.ended = Some(gone.ended);
            }
            reason
        });
        // What the server does not explain.
        let unexplained = [
            Reason::InternalError,
            Reason::NotFound,
            Reason::PermissionDenied,
        ];
        if reason.is_some_and(|reason| unexplained.contains(&reason)) {
            evidence.because = Some(Because::Unseen(unseen));
        }
        Seen { evidence, reason }
    }

    fn reason(
        &self,
        request: &Request,
        status: u16,
        message: Option<&str>,
        caller: &Caller,
        decision: Option<&PathDecision>,
    ) -> (Reason, Option<Gone>) {
        if status >= 500 {
            return (Reason::InternalError, None);
        }
        if is_login(request) {
            let known = JWT_REASONS
                .iter()
                .find(|(words, _)| message.is_some_and(|message| message.contains(words)));
            return (
                known.map_or(Reason::InvalidCredentials, |(_, reason)| *reason),
                None,
            );
        }
        let is_denied = status == 403 || message.is_some_and(|text| text == "missing client token");
        if is_denied && caller.found.is_none() {
            let token = request.token.as_deref().unwrap_or_default();
            let missing = self.tokens.lock().missing(token, self.clock.now());
            // Without the lab's own token nobody can say whether the server knows this one.
            return if caller.is_known || token.is_empty() {
                missing
            } else {
                (Reason::PermissionDenied, None)
            };
        }
        let says = |words: &str| message.is_some_and(|message| message.contains(words));
        let is_refused_by_policy = decision.is_some_and(|decision| decision.refused.is_some());
        let reason = match status {
            403 if is_refused_by_policy => Reason::PolicyDenied,
            403 => Reason::PermissionDenied,
            404 if says("no handler for route") => Reason::NoMount,
            404 if says("unsupported path") => Reason::UnsupportedPath,
            404 => Reason::NotFound,
            405 => Reason::UnsupportedOperation,
            _ => Reason::InvalidRequest,
        };
        (reason, None)
    }

    /// The rule of the token's policies that decides about the path, and the policies that cannot be read.
    async fn of_policies(
        &self,
        request: &Request,
        caller: &Caller,
        origin: Origin<'_>,
    ) -> (Option<PathDecision>, Vec<String>) {
        let Some(found) = caller.found.as_ref() else {
            return (None, Vec::new());
        };
        let mut names: Vec<&str> = ["policies", "identity_policies"]
            .iter()
            .filter_map(|member| found.get(member)?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut policies: Vec<(&str, String)> = Vec::new();
        let mut unread = Vec::new();
        for name in names {
            if name == "root" {
                policies = vec![(name, String::new())];
                break;
            }
            let path = format!("sys/policies/acl/{name}");
            let answer = self.ask(Method::GET, &path, None, origin).await;
            // A policy that is not written gives nothing: that is known.
            let is_absent = matches!(&answer, Some((404, _)));
            let policy = answer.and_then(|(_, body)| text(body.pointer("/data/policy")));
            match policy.filter(|policy| Policy::read(policy, FLAVOUR).is_ok()) {
                Some(policy) => policies.push((name, policy)),
                None if is_absent => {}
                None => unread.push(name.to_owned()),
            }
        }
        let decide = |operation| {
            let asked = PathRequest {
                operation,
                path: &request.path,
                parameters: &request.data,
                wrap_ttl_nanoseconds: request.wrap.map(|wish| wish.ttl_nanoseconds),
            };
            let policies = policies.iter().map(|(name, text)| (*name, text.as_str()));
            judge::path(policies, asked, FLAVOUR).ok()
        };
        let Some(verdict) = decide(request.operation) else {
            return (None, unread);
        };
        // Whether a write creates is known to the server alone.
        let creating = match (&verdict, request.operation) {
            (Verdict::Allowed(_), _) => None,
            (_, Operation::Update) => decide(Operation::Create),
            _ => None,
        };
        let allowed = creating.filter(|verdict| matches!(verdict, Verdict::Allowed(_)));
        let evidence = allowed.unwrap_or(verdict).evidence().clone();
        (Some(evidence), unread)
    }

    /// What a JWT login brought, and what its role asks for; and why it is refused, by the rules, as far
    /// as that does not hang on the keys.
    async fn of_login(
        &self,
        request: &Request,
        body: &Value,
        origin: Origin<'_>,
    ) -> Option<(JwtLogin, Option<Reason>)> {
        let token = Token::parse(request.data_text("jwt")?).ok()?;
        let mount = request.path.strip_suffix("/login")?;
        let config = self
            .ask(Method::GET, &format!("{mount}/config"), None, origin)
            .await;
        let config = config.map(|(_, body)| body).unwrap_or_default();
        let named = request.data_text("role").filter(|name| !name.is_empty());
        let of_config = config.pointer("/data/default_role").and_then(Value::as_str);
        let name = named.or(of_config)?;
        let role = self
            .ask(Method::GET, &format!("{mount}/role/{name}"), None, origin)
            .await;
        let role = role.map(|(_, body)| body).unwrap_or_default();
        let of_role = |member: &str| role.pointer(&format!("/data/{member}"));
        let now = self.clock.now();
        let verdict = role.get("data").map(|data| {
            let role = JwtRole::read(name, data);
            let config = JwtConfig::read(config.get("data").unwrap_or(&Value::Null));
            judge::login_jwt(&config, &role, &token, Keys::Unknown, now, FLAVOUR)
        });
        let reason = verdict.and_then(|verdict| match verdict {
            Verdict::Refused { reason, .. } => Some(reason),
            _ => None,
        });
        let login = JwtLogin {
            role: name.to_owned(),
            now: now.as_second(),
            token: token.describe(),
            bound_issuer: text(config.pointer("/data/bound_issuer")),
            bound_audiences: texts(of_role("bound_audiences")),
            bound_subject: text(of_role("bound_subject")),
            bound_claims: of_role("bound_claims").cloned().unwrap_or_default(),
            claim: message(body)
                .as_deref()
                .and_then(claim_in)
                .map(str::to_owned),
            ..JwtLogin::default()
        };
        Some((login, reason))
    }
}

/// The claim that an error is about: `claim "scope" does not match ...`.
fn claim_in(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("claim \"")?;
    rest.split('"').next()
}

pub(super) fn is_login(request: &Request) -> bool {
    request.path.starts_with("auth/")
        && (request.path.ends_with("/login") || request.path.contains("/login/"))
}

/// The server's errors, without the counting around them.
fn message(body: &Value) -> Option<String> {
    let errors = body.get("errors")?.as_array()?;
    let texts: Vec<&str> = errors.iter().filter_map(Value::as_str).collect();
    let text = texts.join("; ");
    // "1 error occurred:\n\t* permission denied\n\n"
    let listed: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("* "))
        .collect();
    let text = if listed.is_empty() {
        text.trim().to_owned()
    } else {
        listed.join("; ")
    };
    (!text.is_empty()).then_some(text)
}

/// The token that was issued, without its text.
fn issued(body: &Value) -> Option<Issued> {
    let auth = body.get("auth").filter(|auth| auth.is_object())?;
    let token = auth.get("client_token").and_then(Value::as_str);
    Some(Issued {
        accessor: text(auth.get("accessor")),
        display_name: None,
        policies: texts(auth.get("policies")),
        identity_policies: texts(auth.get("identity_policies")),
        ttl_seconds: auth.get("lease_duration").and_then(Value::as_i64),
        renewable: auth.get("renewable").and_then(Value::as_bool),
        token: token.map(authlab_kernel::secret::fingerprint),
        cap: None,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A write to a path with a token.
    pub(in crate::relay) fn request(path: &str, token: &str) -> Request {
        Request {
            id: String::new(),
            operation: Operation::Update,
            path: path.to_owned(),
            data: serde_json::Map::new(),
            from_query: false,
            token: Some(token.to_owned()).filter(|token| !token.is_empty()),
            headers: Vec::new(),
            wrap: None,
            peer: std::net::SocketAddr::from(([127, 0, 0, 1], 1)),
        }
    }

    #[test]
    fn errors_lose_what_counts_them() {
        for (errors, text) in [
            (json!(["permission denied"]), Some("permission denied")),
            (
                json!(["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]),
                Some("permission denied; invalid token"),
            ),
            (json!([]), None),
        ] {
            assert_eq!(message(&json!({ "errors": errors })).as_deref(), text);
        }
        assert_eq!(message(&Value::Null), None);
    }

    #[test]
    fn only_logins_are_logins() {
        for (path, expected) in [
            ("auth/jwt/login", true),
            ("auth/userpass/login/anna", true),
            ("auth/jwt/role/login-role", false),
            ("secret/data/login", false),
        ] {
            assert_eq!(is_login(&request(path, "")), expected, "{path}");
        }
    }
}
