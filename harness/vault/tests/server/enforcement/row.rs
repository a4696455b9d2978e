//! Requests without a right to them: a row for each producer of such a decision.

use authlab_vault::evidence::Reason;
use serde_json::{Value, json};

/// A request without a right to it.
pub struct Row {
    /// The policy `app` of the token that asks.
    pub policy: &'static str,
    pub request: (&'static str, &'static str),
    pub body: Value,
    /// What refuses, and more that would.
    pub reasons: &'static [Reason],
    /// What the rule has against it.
    pub why: Option<&'static str>,
    /// The text of the first refusal.
    pub text: &'static str,
    /// The status of an allowed request.
    pub passes: u16,
}

impl Row {
    /// A path that the policies refuse.
    pub const fn path(
        policy: &'static str,
        request: (&'static str, &'static str),
        why: &'static str,
        passes: u16,
    ) -> Self {
        Self {
            policy,
            request,
            body: Value::Null,
            reasons: &[Reason::PolicyDenied],
            why: Some(why),
            text: "permission denied",
            passes,
        }
    }

    /// The creation of a token.
    fn token(
        policy: &'static str,
        body: Value,
        reasons: &'static [Reason],
        text: &'static str,
    ) -> Self {
        Self {
            policy,
            request: ("POST", "auth/token/create"),
            body,
            reasons,
            why: None,
            text,
            passes: 200,
        }
    }

    fn with(self, body: Value) -> Self {
        Self { body, ..self }
    }

    fn passing(self, passes: u16) -> Self {
        Self { passes, ..self }
    }
}

const CREATES: &str = r#"path "auth/token/create" { capabilities = ["create", "update"] }"#;
pub const ELSEWHERE: &str = r#"path "elsewhere" { capabilities = ["read"] }"#;

/// Every producer of a decision about rights.
pub fn rows() -> Vec<Row> {
    let read = ("GET", "secret/data/app/db");
    let sudo = &[Reason::SudoMissing];
    let beyond = &[Reason::PoliciesBeyondParent];
    let post =
        |policy, why| Row::path(policy, ("POST", "kv1/new"), why, 204).with(json!({"x": "y"}));
    vec![
        Row::path(ELSEWHERE, read, "no rule", 200),
        Row::path(
            r#"path "secret/data/{{identity.entity.name}}/*" { capabilities = ["read"] }"#,
            read,
            "a template without a value",
            200,
        ),
        Row::path(
            r#"path "secret/*" { capabilities = ["deny"] }"#,
            read,
            "a denial",
            200,
        ),
        Row::path(
            r#"path "secret/*" { capabilities = ["list"] }"#,
            read,
            "a capability",
            200,
        ),
        Row::path(
            r#"path "secret/*" {
                capabilities = ["read"]
                min_wrapping_ttl = "1h"
                max_wrapping_ttl = "2h"
            }"#,
            read,
            "the time of wrapping",
            200,
        ),
        post(
            r#"path "kv1/*" { capabilities = ["create", "update"], required_parameters = ["owner"] }"#,
            "a required parameter",
        ),
        post(
            r#"path "kv1/*" { capabilities = ["create", "update"], denied_parameters = { "x" = [] } }"#,
            "a denied parameter",
        ),
        post(
            r#"path "kv1/*" { capabilities = ["create", "update"], allowed_parameters = { "z" = [] } }"#,
            "a parameter that is not allowed",
        ),
        Row::path(
            r#"path "secret/metadata/*" { capabilities = ["list"], pagination_limit = 2 }"#,
            ("LIST", "secret/metadata/app?limit=5"),
            "the limit of a list",
            200,
        ),
        // A protected path, whose rule lacks `sudo` alone.
        Row::path(
            r#"path "sys/audit" { capabilities = ["read"] }"#,
            ("GET", "sys/audit"),
            "a capability",
            200,
        ),
        // What an allowed request would find there: nothing, no handler, another operation.
        Row::path(ELSEWHERE, ("GET", "secret/data/none"), "no rule", 404),
        Row::path(ELSEWHERE, ("GET", "nothing/here"), "no rule", 404),
        Row::path(ELSEWHERE, ("DELETE", "sys/capabilities"), "no rule", 405),
        Row {
            request: ("GET", "sys/internal/ui/mounts/secret"),
            text: "preflight capability check returned 403",
            why: None,
            ..Row::path(ELSEWHERE, read, "no rule", 200)
        },
        Row::token(
            CREATES,
            json!({"id": "own"}),
            sudo,
            "required to specify token id",
        ),
        Row::token(
            CREATES,
            json!({"no_parent": true}),
            sudo,
            "required to create orphan token",
        ),
        Row::token(
            CREATES,
            json!({"period": "1h"}),
            sudo,
            "required to create periodic token",
        ),
        Row::token(
            CREATES,
            json!({"policies": ["other"]}),
            beyond,
            "must be subset of parent",
        ),
        Row::token(
            r#"path "auth/token/create" { capabilities = ["create", "update", "sudo"] }"#,
            json!({"policies": ["root"], "ttl": "1h"}),
            beyond,
            "may not be created without parent token being",
        ),
        // Several at once: the path is refused, and what is asked for would be.
        Row {
            why: Some("no rule"),
            ..Row::token(
                ELSEWHERE,
                json!({"no_parent": true, "policies": ["other"]}),
                &[
                    Reason::PolicyDenied,
                    Reason::PoliciesBeyondParent,
                    Reason::SudoMissing,
                ],
                "permission denied",
            )
        },
        Row {
            request: ("POST", "auth/token/revoke-orphan"),
            ..Row::token(
                r#"path "auth/token/revoke-orphan" { capabilities = ["create", "update"] }"#,
                json!({"token": "victim"}),
                sudo,
                "required to revoke and orphan",
            )
        }
        .passing(204),
    ]
}
