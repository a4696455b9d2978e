//! Vault: what is stored, what is logged in with, tokens wherever they may stand.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::lab::{Lab, Request};
use super::{Contents, Ends, Scan, Secret, Texts};

/// What the audit device is to write to: a file below the lab's own folder.
const AUDIT_FILE: &str = "audit.log";

/// Where the audit device writes. The lab's folder is a temporary one, and the test's folder is where
/// the lab's temporary folders are.
pub fn audit_file(lab: &Lab) -> PathBuf {
    let mut open = vec![lab.folder.clone()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.ends_with(AUDIT_FILE) {
                return path;
            }
        }
    }
    panic!("there is no {AUDIT_FILE}");
}

const SETUP: [(&str, &str, &str); 8] = [
    ("POST", "sys/mounts/kv1", r#"{"type":"kv"}"#),
    (
        "POST",
        "sys/mounts/kv2",
        r#"{"type":"kv","options":{"version":"2"}}"#,
    ),
    ("POST", "sys/auth/userpass", r#"{"type":"userpass"}"#),
    ("POST", "sys/auth/approle", r#"{"type":"approle"}"#),
    ("POST", "sys/auth/aws", r#"{"type":"aws"}"#),
    ("POST", "sys/auth/jwt", r#"{"type":"jwt"}"#),
    ("POST", "auth/approle/role/app", "{}"),
    (
        "POST",
        "auth/userpass/users/anna",
        r#"{"password":"right-and-long"}"#,
    ),
];

/// A request with the root token and a body of JSON.
fn asked(lab: &Lab, method: &'static str, path: &str, body: &Value) -> Request {
    Request::new(method, format!("/v1/{path}"))
        .header("x-vault-token", lab.root_token.as_str())
        .json(body)
}

pub fn plant(scan: &mut Scan) {
    for (method, path, body) in SETUP {
        let answer = scan
            .lab
            .vault(method, path, &serde_json::from_str(body).unwrap());
        assert!(
            answer.status < 300,
            "{path}: {} {}",
            answer.status,
            answer.body
        );
    }
    let device = json!({"type": "file", "options": {"file_path": AUDIT_FILE}});
    let answer = scan.lab.vault("PUT", "sys/audit/file", &device);
    assert!(answer.status < 300, "{} {}", answer.status, answer.body);
    stored(scan);
    wrong_types(scan);
    logins(scan);
    tokens(scan);
    texts(scan);
}

/// A secret in a body of JSON, by the root token.
fn body(
    scan: &mut Scan,
    place: &'static str,
    ends: Ends,
    (method, path): (&'static str, &str),
    of: impl Fn(&Secret) -> Value,
) {
    scan.plant(("vault", place, ends), |lab, secret| {
        asked(lab, method, path, &of(secret))
    });
}

fn stored(scan: &mut Scan) {
    use Ends::{Accepted, Refused};
    body(
        scan,
        "KV data",
        Accepted,
        ("POST", "kv1/a"),
        |secret| json!({"password": secret.plain()}),
    );
    body(
        scan,
        "KV data",
        Accepted,
        ("POST", "kv2/data/a"),
        |secret| json!({"data": {"password": secret.plain(), "nested": {"deep": [secret.plain()]}}}),
    );
    body(
        scan,
        "KV data, wrong cas",
        Refused,
        ("POST", "kv2/data/a"),
        |secret| json!({"options": {"cas": 77}, "data": {"password": secret.plain()}}),
    );
    body(
        scan,
        "KV options of a wrong type",
        Refused,
        ("POST", "kv2/data/a"),
        |secret| json!({"options": secret.plain(), "data": {"a": "b"}}),
    );
    body(
        scan,
        "KV metadata of a wrong type",
        Refused,
        ("POST", "kv2/metadata/a"),
        |secret| json!({"max_versions": secret.plain()}),
    );
    body(
        scan,
        "KV data of a wrong type",
        Refused,
        ("POST", "kv2/data/a"),
        |secret| json!({"data": secret.plain()}),
    );
    body(
        scan,
        "KV data of a wrong type",
        Refused,
        ("POST", "kv2/data/a"),
        |secret| json!({"data": [secret.plain(), {"a": secret.plain()}]}),
    );
    body(
        scan,
        "cubbyhole",
        Accepted,
        ("POST", "cubbyhole/x"),
        |secret| json!({"a": secret.plain()}),
    );
    scan.plant(("vault", "wrapped data", Accepted), |lab, secret| {
        let body = json!({"a": secret.plain()});
        asked(lab, "POST", "sys/wrapping/wrap", &body).header("x-vault-wrap-ttl", "60")
    });
    body(
        scan,
        "data that is not wrapped",
        Refused,
        ("POST", "sys/wrapping/wrap"),
        |secret| json!({"a": secret.plain()}),
    );
    scan.plant(("vault", "merge patch", Accepted), |lab, secret| {
        let body = json!({"data": {"patched": secret.plain()}}).to_string();
        Request::new("PATCH", "/v1/kv2/data/a")
            .header("x-vault-token", lab.root_token.as_str())
            .header("content-type", "application/merge-patch+json")
            .body(body)
    });
}

fn wrong_types(scan: &mut Scan) {
    use Ends::Refused;
    let fields: [(&'static str, &str, Contents); 12] = [
        (
            "auth/userpass/users/bob",
            "password",
            |secret| json!({"a": secret.plain()}),
        ),
        ("auth/userpass/users/bob", "password", |secret| {
            json!([secret.plain()])
        }),
        ("auth/userpass/login/anna", "password", |secret| {
            json!([secret.plain()])
        }),
        (
            "auth/approle/login",
            "secret_id",
            |secret| json!({"a": secret.plain()}),
        ),
        ("auth/approle/login", "role_id", |secret| {
            json!([[secret.plain()]])
        }),
        (
            "auth/jwt/login",
            "jwt",
            |secret| json!({"jwt": secret.token()}),
        ),
        ("auth/jwt/config", "jwt_validation_pubkeys", |secret| {
            json!(secret.plain())
        }),
        (
            "auth/aws/config/client",
            "secret_key",
            |secret| json!({"a": secret.access_key()}),
        ),
        ("auth/token/create", "id", |secret| json!([secret.plain()])),
        ("auth/token/create", "ttl", |secret| json!(secret.plain())),
        ("auth/token/create", "num_uses", |secret| {
            json!(secret.plain())
        }),
        ("sys/wrapping/unwrap", "token", |secret| {
            json!([secret.plain()])
        }),
    ];
    for (path, field, value) in fields {
        body(
            scan,
            "field of a wrong type",
            Refused,
            ("POST", path),
            |secret| json!({ field: value(secret) }),
        );
    }
    let headers: [Contents; 6] = [
        |secret| {
            json!(secret.in_base64(&format!(
                "{{\"X-Amz-Security-Token\":[\"{}\"]",
                secret.plain()
            )))
        },
        |secret| json!(secret.in_base64(&format!("[\"{}\"]", secret.plain()))),
        |secret| json!(secret.in_base64(&format!("\"{}\"", secret.plain()))),
        |secret| json!(format!("{{\"Authorization\":\"{}", secret.plain())),
        |secret| json!([secret.plain()]),
        |secret| json!({"Authorization": {"a": secret.plain()}}),
    ];
    for value in headers {
        body(
            scan,
            "base64 in iam_request_headers",
            Refused,
            ("POST", "auth/aws/login"),
            |secret| {
                json!({
                    "role": "app",
                    "iam_http_request_method": "POST",
                    "iam_request_url": secret.in_base64("https://sts.amazonaws.com/"),
                    "iam_request_body": secret.in_base64("Action=GetCallerIdentity&Version=2011-06-15"),
                    "iam_request_headers": value(secret),
                })
            },
        );
    }
    body(
        scan,
        "base64 in iam_request_url",
        Refused,
        ("POST", "auth/aws/login"),
        |secret| {
            let url = format!("https://user:{}@sts.amazonaws.com/?key={0}", secret.plain());
            json!({
                "role": "app",
                "iam_http_request_method": "POST",
                "iam_request_url": secret.in_base64(&url),
                "iam_request_body": secret.in_base64(&secret.plain()),
                "iam_request_headers": secret.in_base64("{}"),
            })
        },
    );
}

fn logins(scan: &mut Scan) {
    use Ends::{Accepted, Refused};
    body(
        scan,
        "password, new",
        Accepted,
        ("POST", "auth/userpass/users/cara"),
        |secret| json!({"password": secret.plain()}),
    );
    body(
        scan,
        "password, wrong",
        Refused,
        ("POST", "auth/userpass/login/anna"),
        |secret| json!({"password": secret.plain()}),
    );
    body(
        scan,
        "password of nobody",
        Refused,
        ("POST", "auth/userpass/login/nobody"),
        |secret| json!({"password": secret.plain()}),
    );
    body(
        scan,
        "secret_id, own",
        Accepted,
        ("POST", "auth/approle/role/app/custom-secret-id"),
        |secret| json!({"secret_id": secret.plain()}),
    );
    body(
        scan,
        "secret_id, wrong",
        Refused,
        ("POST", "auth/approle/login"),
        |secret| json!({"role_id": "app", "secret_id": secret.plain()}),
    );
    body(
        scan,
        "JWT, not believed",
        Refused,
        ("POST", "auth/jwt/login"),
        |secret| json!({"role": "app", "jwt": secret.token()}),
    );
    body(
        scan,
        "no JWT at all",
        Refused,
        ("POST", "auth/jwt/login"),
        |secret| json!({"role": "app", "jwt": secret.plain()}),
    );
    body(
        scan,
        "secret key, configured",
        Accepted,
        ("POST", "auth/aws/config/client"),
        |secret| json!({"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": secret.access_key()}),
    );
    scan.plant(("vault", "form", Ends::Refused), |_, secret| {
        Request::new("POST", "/v1/auth/userpass/login/anna")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("password={}", secret.plain()))
    });
    scan.plant(("vault", "broken JSON", Refused), |_, secret| {
        let body = format!("{{\"password\": \"{}\"", secret.plain());
        Request::new("POST", "/v1/auth/userpass/login/anna").body(body)
    });
}

fn tokens(scan: &mut Scan) {
    use Ends::{Accepted, Either, Refused};
    body(
        scan,
        "token, own id",
        Accepted,
        ("POST", "auth/token/create"),
        |secret| json!({"id": secret.plain()}),
    );
    body(
        scan,
        "token, looked up",
        Refused,
        ("POST", "auth/token/lookup"),
        |secret| json!({"token": secret.vault_token()}),
    );
    body(
        scan,
        "token, unwrapped",
        Refused,
        ("POST", "sys/wrapping/unwrap"),
        |secret| json!({"token": secret.vault_token()}),
    );
    for (method, path) in [
        ("GET", "auth/token/lookup/"),
        ("POST", "auth/token/lookup/"),
        ("POST", "auth/token/renew/"),
        ("POST", "auth/token/revoke/"),
        ("POST", "auth/token/revoke-orphan/"),
    ] {
        // A token that an older client put into the path, known or not, of any form.
        scan.plant(("vault", "token in the path", Either), |lab, secret| {
            asked(
                lab,
                method,
                &format!("{path}{}", secret.vault_token()),
                &json!({}),
            )
        });
        scan.plant(
            ("vault", "token of no form in the path", Either),
            |lab, secret| {
                asked(
                    lab,
                    method,
                    &format!("{path}{}", secret.plain()),
                    &json!({}),
                )
            },
        );
    }
    let shapes: [Texts; 3] = [Secret::vault_token, Secret::token, Secret::access_key];
    for shape in shapes {
        scan.plant(("vault", "path segment", Either), |lab, secret| {
            let escaped = shape(secret).replace('/', "%2F").replace('.', "%2e");
            asked(lab, "GET", &format!("kv2/data/{escaped}"), &Value::Null)
        });
    }
    scan.plant(("vault", "token header", Refused), |_, secret| {
        Request::new("GET", "/v1/kv2/data/a").header("x-vault-token", secret.plain())
    });
    scan.plant(("vault", "token header", Refused), |_, secret| {
        Request::new("GET", "/v1/kv2/data/a").header("x-vault-token", secret.vault_token())
    });
    for (name, place) in [
        ("authorization", "authorization header"),
        ("cookie", "cookie"),
        ("x-api-key", "key header"),
        ("x-something-new", "unknown header"),
        ("x-vault-wrap-ttl", "header of a wrong form"),
        ("x-vault-policy-override", "header of a wrong form"),
        ("x-vault-namespace", "namespace header"),
    ] {
        scan.plant(("vault", place, Either), |lab, secret| {
            let value = match name {
                "authorization" => format!("Bearer {}", secret.plain()),
                _ => secret.plain(),
            };
            Request::new("GET", "/v1/kv2/data/a")
                .header(name, value)
                .header("x-vault-token", lab.root_token.as_str())
        });
    }
    scan.plant(("vault", "query", Either), |lab, secret| {
        let path = format!("kv2/data/a?version={}&token={0}", secret.plain());
        asked(lab, "GET", &path, &Value::Null)
    });
    scan.plant(("vault", "query", Either), |lab, secret| {
        asked(
            lab,
            "GET",
            &format!("sys/health?standbycode={}", secret.plain()),
            &Value::Null,
        )
    });
}

fn texts(scan: &mut Scan) {
    use Ends::Refused;
    for policy in [
        "path \"kv/{}\" { capabilities = [\"{}\"] }",
        "path \"a\" { capabilities = [\"read\"] } {}",
        "path \"a\" { {} = 1 }",
        "path \"a\" { allowed_parameters = { \"p\" = [\"{}\" } }",
        "{\"path\": {\"a\": {\"capabilities\": [\"{}\"]}}}",
        "path \"a\" { capabilities = \"{}\" }",
    ] {
        body(
            scan,
            "HCL, broken",
            Refused,
            ("PUT", "sys/policies/acl/broken"),
            |secret| json!({"policy": policy.replace("{}", &secret.plain())}),
        );
    }
    body(
        scan,
        "mount of a wrong type",
        Refused,
        ("POST", "sys/mounts/odd"),
        |secret| json!({"type": "kv", "config": {"default_lease_ttl": secret.plain()}}),
    );
    body(
        scan,
        "audit option",
        Refused,
        ("PUT", "sys/audit/odd"),
        |secret| json!({"type": "file", "options": {"file_path": "x", "log_raw": secret.plain()}}),
    );
}
