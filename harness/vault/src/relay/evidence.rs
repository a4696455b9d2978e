//! Why a foreign server decided as it did: what the lab can find out with the root token, judged by
//! the rules of the embedded server.

use authlab_kernel::{EventDraft, Sequence};
use authlab_token::Token;
use http::Method;
use serde_json::{Map, Value, json};

use super::VaultRelay;
use crate::flavour::Flavour;
use crate::policy::{Acl, Policy};
use crate::request::{Operation, Request};

/// Whose rules the policies of a server elsewhere are read by: which it is, it does not say.
const FLAVOUR: Flavour = Flavour::Vault;

/// Words in the server's refusal of a JWT login and the reason that they stand for (the texts are
/// those of OpenBao's and Vault's method `jwt`, as the embedded one has them).
const JWT_REASONS: [(&str, &str); 16] = [
    ("could not load configuration", "jwt-not-configured"),
    ("missing role", "jwt-role-missing"),
    ("could not be found", "jwt-role-unknown"),
    ("oidc role_type is not allowed", "jwt-role-type"),
    ("missing token", "jwt-missing"),
    ("token signed with unexpected algorithm", "jwt-algorithm"),
    ("unsupported signing algorithm", "jwt-algorithm"),
    ("verifying token signature", "jwt-signature"),
    ("invalid issuer (iss) claim", "jwt-issuer"),
    ("invalid subject (sub) claim", "jwt-subject"),
    ("audience", "jwt-audience"),
    ("token is expired", "jwt-expired"),
    ("token not yet valid", "jwt-not-yet-valid"),
    ("token issued in the future", "jwt-issued-in-the-future"),
    (
        "does not match any associated bound claim values",
        "jwt-claim",
    ),
    ("is missing", "jwt-claim-missing"),
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
    detail: Map<String, Value>,
    outcome: Outcome,
}

enum Outcome {
    Allowed,
    Refused(&'static str),
    Failed(&'static str),
}

impl Seen {
    pub(super) fn draft(self, draft: EventDraft) -> EventDraft {
        let draft = draft.detail(Value::Object(self.detail));
        match self.outcome {
            Outcome::Allowed => draft.allowed(),
            Outcome::Refused(reason) => draft.refused(reason),
            Outcome::Failed(reason) => draft.failed(reason),
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
        let mut detail = Map::new();
        let mut put = |name: &str, value: Value| {
            detail.insert(name.to_owned(), value);
        };
        put("method", json!(request.operation.as_str()));
        put("path", json!(crate::evidence::path(&request.path)));
        put("status", json!(status));
        let evidence = if is_login(request) {
            self.of_login(request, body, origin).await
        } else {
            self.of_policies(request, caller, origin).await
        };
        for name in ["accessor", "display_name", "policies"] {
            let of_caller = caller.found.as_ref().and_then(|found| found.get(name));
            if let Some(value) = of_caller {
                put(name, value.clone());
            }
        }
        for (name, value) in evidence.iter().flatten() {
            put(name, value.clone());
        }
        issued(body, request, &mut put);
        let message = message(body);
        if let Some(message) = &message {
            put("message", json!(crate::evidence::message(message, request)));
        }
        let is_allowed = status < 400 || (status == 404 && message.is_none());
        if is_allowed {
            let outcome = Outcome::Allowed;
            return Seen { detail, outcome };
        }
        let (reason, more) = self.reason(
            request,
            status,
            message.as_deref(),
            caller,
            evidence.as_ref(),
        );
        detail.extend(more.as_object().cloned().unwrap_or_default());
        let outcome = match reason {
            "internal-error" => Outcome::Failed(reason),
            _ => Outcome::Refused(reason),
        };
        Seen { detail, outcome }
    }

    fn reason(
        &self,
        request: &Request,
        status: u16,
        message: Option<&str>,
        caller: &Caller,
        evidence: Option<&Map<String, Value>>,
    ) -> (&'static str, Value) {
        let none = json!({});
        if status >= 500 {
            return ("internal-error", none);
        }
        if is_login(request) {
            let known = JWT_REASONS
                .iter()
                .find(|(words, _)| message.is_some_and(|message| message.contains(words)));
            return (
                known.map_or("invalid-credentials", |(_, reason)| reason),
                none,
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
                ("permission-denied", none)
            };
        }
        let is_refused_by_policy =
            evidence.is_some_and(|evidence| evidence.get("why").is_some_and(Value::is_string));
        let reason = match status {
            403 if is_refused_by_policy => "policy-denied",
            403 => "permission-denied",
            404 => "not-found",
            405 => "unsupported-operation",
            _ => "invalid-request",
        };
        (reason, none)
    }

    /// The rule of the token's policies that decides about the path.
    async fn of_policies(
        &self,
        request: &Request,
        caller: &Caller,
        origin: Origin<'_>,
    ) -> Option<Map<String, Value>> {
        let found = caller.found.as_ref()?;
        let mut names: Vec<&str> = ["policies", "identity_policies"]
            .iter()
            .filter_map(|member| found.get(member)?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        names.sort_unstable();
        names.dedup();
        let acl = if names.contains(&"root") {
            Acl::root()
        } else {
            let mut policies = Vec::new();
            for name in names {
                let path = format!("sys/policies/acl/{name}");
                let answer = self.ask(Method::GET, &path, None, origin).await;
                let text = answer
                    .and_then(|(_, body)| Some(body.pointer("/data/policy")?.as_str()?.to_owned()));
                if let Some(policy) = text.and_then(|text| Policy::read(&text, FLAVOUR).ok()) {
                    policies.push((name, policy));
                }
            }
            Acl::merged(
                policies.iter().map(|(name, policy)| (*name, policy)),
                FLAVOUR,
            )
        };
        let decide = |operation| acl.decide(operation, &request.path, &request.data, request.wrap);
        let mut decision = decide(request.operation);
        // Whether a write creates is known to the server alone.
        if !decision.allowed && request.operation == Operation::Update {
            let creating = decide(Operation::Create);
            if creating.allowed {
                decision = creating;
            }
        }
        decision.evidence().as_object().cloned()
    }

    /// What a JWT login brought, and what its role asks for.
    async fn of_login(
        &self,
        request: &Request,
        body: &Value,
        origin: Origin<'_>,
    ) -> Option<Map<String, Value>> {
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
        let of_role = |member: &str| {
            let value = role.pointer(&format!("/data/{member}"));
            value.cloned().unwrap_or_default()
        };
        let evidence = json!({
            "role": name,
            "token": token.describe(),
            "bound_issuer": config.pointer("/data/bound_issuer"),
            "bound_audiences": of_role("bound_audiences"),
            "bound_subject": of_role("bound_subject"),
            "bound_claims": of_role("bound_claims"),
            "now": self.clock.now().as_second(),
            "claim": message(body).as_deref().and_then(claim_in),
        });
        evidence.as_object().cloned()
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
fn issued(body: &Value, request: &Request, put: &mut impl FnMut(&str, Value)) {
    let Some(auth) = body.get("auth").filter(|auth| auth.is_object()) else {
        return;
    };
    let token = auth.get("client_token").and_then(Value::as_str);
    let shown = json!({
        "accessor": auth["accessor"],
        "policies": auth["policies"],
        "identity_policies": auth["identity_policies"],
        "ttl_seconds": auth["lease_duration"],
        "renewable": auth["renewable"],
        "token": token.map(authlab_kernel::secret::fingerprint),
    });
    put(if is_login(request) { "login" } else { "issued" }, shown);
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
            data: Map::new(),
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
