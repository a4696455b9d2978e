//! Vault's AWS login: a signed `GetCallerIdentity` that Vault sends to STS.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};

use crate::Cell;
use crate::bench::{Bench, SERVER_ID};
use crate::wire::{Plan, Request};

/// A login's parts, before they are encoded.
struct Login {
    method: String,
    url: String,
    body: String,
    /// Names and values.
    headers: Value,
    role: String,
}

const NAME: &str = "X-Vault-AWS-IAM-Server-ID";

/// What is signed, changed before signing.
type Planned = fn(&Bench, &mut Plan);
/// What is handed to Vault, changed after signing.
type Handed = fn(&Bench, &mut Login);
/// The login's JSON, changed after encoding.
type Encoded = fn(&mut Value);

struct Attack {
    name: &'static str,
    plan: Planned,
    handed: Handed,
    encoded: Encoded,
}

const fn planned(name: &'static str, plan: Planned) -> Attack {
    Attack {
        name,
        plan,
        handed: |_, _| {},
        encoded: |_| {},
    }
}

const fn handed(name: &'static str, handed: Handed) -> Attack {
    Attack {
        name,
        plan: |_, _| {},
        handed,
        encoded: |_| {},
    }
}

const fn encoded(name: &'static str, encoded: Encoded) -> Attack {
    Attack {
        name,
        plan: |_, _| {},
        handed: |_, _| {},
        encoded,
    }
}

/// Without any signature: only the impostor's answer could let it in.
fn unsigned(bench: &Bench, login: &mut Login) {
    let _ = bench;
    login.headers = json!({"Content-Type": ["x"], NAME: [SERVER_ID], "Authorization": [
        "AWS4-HMAC-SHA256 Credential=A/20260115/us-east-1/sts/aws4_request, \
         SignedHeaders=host;x-vault-aws-iam-server-id, Signature=00"]});
}

fn authorization(login: &mut Login, edit: impl FnOnce(&str) -> String) {
    let value = login.headers["Authorization"][0]
        .as_str()
        .unwrap_or_default();
    login.headers["Authorization"] = json!([edit(value)]);
}

/// A login for another Vault, to which the server id of this one is added afterwards.
fn replayed(plan: &mut Plan) {
    plan.more
        .retain(|(name, _)| name != "x-vault-aws-iam-server-id");
}

fn with_server_id(login: &mut Login) {
    login.headers[NAME] = json!([SERVER_ID]);
}

const LIST: &str = "SignedHeaders=host;x-vault-aws-iam-server-id";

const ATTACKS: &[Attack] = &[
    // The call is led to another server.
    handed("the URL of an impostor", |b, l| {
        unsigned(b, l);
        l.url = format!("https://{}/", b.impostor);
    }),
    handed("the URL of an impostor, by its loopback name", |b, l| {
        unsigned(b, l);
        l.url = format!(
            "https://{}/",
            b.impostor.replace("amazonaws.com", "localhost")
        );
    }),
    handed("the URL of an impostor in upper case", |b, l| {
        unsigned(b, l);
        l.url = format!("HTTPS://{}/", b.impostor.to_uppercase());
    }),
    handed("the URL of an impostor with a port", |b, l| {
        unsigned(b, l);
        l.url = format!("https://{}:443/", b.impostor);
    }),
    handed("the Host of an impostor", |b, l| {
        unsigned(b, l);
        l.headers["Host"] = json!([b.impostor]);
    }),
    handed("the Host of an impostor, no host in the URL", |b, l| {
        unsigned(b, l);
        l.url = "/".to_owned();
        l.headers["Host"] = json!([b.impostor]);
    }),
    handed("the Host of an impostor in lower case", |b, l| {
        unsigned(b, l);
        l.url = "/".to_owned();
        l.headers["host"] = json!([b.impostor]);
    }),
    handed("two Hosts", |b, l| {
        unsigned(b, l);
        l.headers["Host"] = json!(["sts.amazonaws.com", b.impostor]);
    }),
    handed("an impostor behind user information", |b, l| {
        unsigned(b, l);
        l.url = format!("https://sts.amazonaws.com@{}/", b.impostor);
    }),
    handed("an impostor before user information", |b, l| {
        unsigned(b, l);
        l.url = format!("https://{}@sts.amazonaws.com/", b.impostor);
    }),
    handed("an impostor by a path", |b, l| {
        unsigned(b, l);
        let id = b.impostor.split('.').next().unwrap_or_default();
        l.url = format!("https://sts.amazonaws.com/_aws/execute-api/{id}/$default/");
    }),
    handed("an impostor by a path without a host", |b, l| {
        unsigned(b, l);
        let id = b.impostor.split('.').next().unwrap_or_default();
        l.url = format!("_aws/execute-api/{id}/$default/x");
    }),
    handed("an impostor by an absolute path", |b, l| {
        unsigned(b, l);
        l.url = format!("https://sts.amazonaws.com/http://{}/", b.impostor);
    }),
    handed("an impostor by a forwarded host", |b, l| {
        unsigned(b, l);
        l.headers["X-Forwarded-Host"] = json!([b.impostor]);
    }),
    handed("another service's host", |b, l| {
        unsigned(b, l);
        l.url = "https://iam.amazonaws.com/".to_owned();
    }),
    // The request is not the signed one.
    planned("a wrong secret", |_, p| p.secret.push('x')),
    planned("an unknown key", |_, p| {
        p.key = "AKIANOBODYNOBODYNOBO".to_owned()
    }),
    planned("a session without its token", |_, p| p.token = None),
    planned("a session with another's token", |b, p| {
        p.token.clone_from(&b.other.token)
    }),
    planned("another service in the scope", |_, p| {
        p.service = "iam".to_owned()
    }),
    planned("a date long past", |b, p| {
        p.date = b.date(-3_600);
        p.day = p.date.chars().take(8).collect();
    }),
    planned("a date to come", |b, p| {
        p.date = b.date(3_600);
        p.day = p.date.chars().take(8).collect();
    }),
    planned("another principal", |b, p| {
        p.key.clone_from(&b.user.key);
        p.secret.clone_from(&b.user.secret);
        p.token = None;
    }),
    planned("the account's root", |_, p| {
        p.key = crate::bench::ACCOUNT.to_owned();
        p.secret = "test".to_owned();
        p.token = None;
    }),
    handed("no signature", |_, l| {
        l.headers["Authorization"] = json!([])
    }),
    handed("two signatures", |_, l| {
        let value = l.headers["Authorization"][0].clone();
        l.headers["Authorization"] = json!([value, value]);
    }),
    handed("a list of headers that is a text twice", |_, l| {
        let value = l.headers["Authorization"][0].clone();
        l.headers["authorization"] = json!([value]);
    }),
    handed("another signature", |_, l| {
        authorization(l, |a| format!("{}00", &a[..a.len() - 2]))
    }),
    handed("an upper-case signature", |_, l| {
        authorization(l, |a| {
            let (head, signature) = a.split_once("Signature=").unwrap_or_default();
            format!("{head}Signature={}", signature.to_uppercase())
        })
    }),
    handed("another date", |b, l| {
        l.headers["X-Amz-Date"] = json!([b.date(1)])
    }),
    // What is asked of STS.
    handed("another action", |_, l| {
        l.body = l.body.replace("GetCallerIdentity", "GetAccessKeyInfo")
    }),
    handed("a second action", |_, l| {
        l.body.push_str("&Action=GetSessionToken")
    }),
    handed("a parameter more", |_, l| l.body.push_str("&Foo=1")),
    handed("an empty body", |_, l| l.body = String::new()),
    handed("the action encoded", |_, l| {
        l.body = l.body.replace("Action=G", "Action=%47")
    }),
    handed("another version", |_, l| {
        l.body = l.body.replace("2011-06-15", "2011-06-16")
    }),
    handed("a query in the URL", |_, l| {
        l.url.push_str("?Action=GetCallerIdentity")
    }),
    handed("another method", |_, l| l.method = "PUT".to_owned()),
    handed("a header that STS would heed", |_, l| {
        l.headers["X-Amz-Target"] = json!(["AWSSecurityTokenServiceV20110615.GetCallerIdentity"])
    }),
    handed("another role", |_, l| l.role = "admin".to_owned()),
    // The server id.
    planned("a login for another Vault", |_, p| {
        for (name, value) in &mut p.more {
            if name == "x-vault-aws-iam-server-id" {
                *value = "vault.other.example".to_owned();
            }
        }
    }),
    handed("no server id", |_, l| {
        drop(l.headers.as_object_mut().and_then(|all| all.remove(NAME)))
    }),
    handed("another server id", |_, l| {
        l.headers[NAME] = json!(["vault.other.example"])
    }),
    handed("an empty server id", |_, l| l.headers[NAME] = json!([""])),
    handed("two server ids", |_, l| {
        l.headers[NAME] = json!([SERVER_ID, SERVER_ID])
    }),
    Attack {
        name: "a replay with the server id unsigned",
        plan: |_, p| replayed(p),
        handed: |_, l| with_server_id(l),
        encoded: |_| {},
    },
    Attack {
        name: "a replay with a list before the real one",
        plan: |_, p| replayed(p),
        handed: |_, l| {
            with_server_id(l);
            authorization(l, |a| {
                a.replace("Credential=", &format!("{LIST}, Credential="))
            });
        },
        encoded: |_| {},
    },
    Attack {
        name: "a replay with a list behind the real one",
        plan: |_, p| replayed(p),
        handed: |_, l| {
            with_server_id(l);
            authorization(l, |a| format!("{a}, {LIST}"));
        },
        encoded: |_| {},
    },
    Attack {
        name: "a replay with a list inside a field",
        plan: |_, p| replayed(p),
        handed: |_, l| {
            with_server_id(l);
            authorization(l, |a| {
                a.replace("Credential=", &format!("X={LIST}, Credential="))
            });
        },
        encoded: |_| {},
    },
    Attack {
        name: "a replay with the list changed",
        plan: |_, p| replayed(p),
        handed: |_, l| {
            with_server_id(l);
            authorization(l, |a| {
                a.replace(
                    "x-amz-security-token",
                    "x-amz-security-token;x-vault-aws-iam-server-id",
                )
            });
        },
        encoded: |_| {},
    },
    Attack {
        name: "a replay with the list in a second header",
        plan: |_, p| replayed(p),
        handed: |_, l| {
            with_server_id(l);
            let value = l.headers["Authorization"][0].clone();
            l.headers["Authorization"] = json!([format!("AWS4-HMAC-SHA256 {LIST}"), value]);
        },
        encoded: |_| {},
    },
    // How it is handed over.
    encoded("headers that are no base64", |l| {
        l["iam_request_headers"] = json!("@@@@")
    }),
    encoded("headers in base64 for URLs", |l| {
        l["iam_request_headers"] = json!(URL_SAFE.encode([0xfb, 0xff]))
    }),
    encoded("headers that are no JSON", |l| {
        l["iam_request_headers"] = json!(STANDARD.encode("x"))
    }),
    encoded("headers that are a list", |l| {
        l["iam_request_headers"] = json!(STANDARD.encode("[]"))
    }),
    encoded("no headers", |l| {
        l["iam_request_headers"] = json!(STANDARD.encode("{}"))
    }),
    encoded("a URL that is no base64", |l| {
        l["iam_request_url"] = json!("https://sts.amazonaws.com/")
    }),
    encoded("a body that is no base64", |l| {
        l["iam_request_body"] = json!("Action=GetCallerIdentity")
    }),
    encoded("a body that is missing", |l| {
        drop(
            l.as_object_mut()
                .and_then(|all| all.remove("iam_request_body")),
        )
    }),
    encoded("an ec2 document beside it", |l| l["pkcs7"] = json!("AAAA")),
];

/// A login of the session, changed twice.
fn login(bench: &Bench, attack: Option<&Attack>) -> Request {
    let mut plan = bench.plan(&bench.session, "sts");
    plan.host = "sts.amazonaws.com".to_owned();
    plan.body = b"Action=GetCallerIdentity&Version=2011-06-15".to_vec();
    plan.signed_body = plan.body.clone();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    plan.more = vec![
        pair("content-type", "application/x-www-form-urlencoded"),
        pair("x-vault-aws-iam-server-id", SERVER_ID),
    ];
    if let Some(attack) = attack {
        (attack.plan)(bench, &mut plan);
    }
    let signed = plan.by_header();
    let mut headers = json!({});
    for (name, value) in &signed.headers {
        let name = match name.as_str() {
            "authorization" => "Authorization",
            "x-amz-date" => "X-Amz-Date",
            "x-amz-security-token" => "X-Amz-Security-Token",
            "x-vault-aws-iam-server-id" => NAME,
            "content-type" => "Content-Type",
            _ => "Host",
        };
        headers[name] = json!([value]);
    }
    let mut login = Login {
        method: "POST".to_owned(),
        url: "https://sts.amazonaws.com/".to_owned(),
        body: String::from_utf8_lossy(&plan.body).into_owned(),
        headers,
        role: "app".to_owned(),
    };
    if let Some(attack) = attack {
        (attack.handed)(bench, &mut login);
    }
    let mut body = json!({
        "role": login.role,
        "iam_http_request_method": login.method,
        "iam_request_url": STANDARD.encode(&login.url),
        "iam_request_body": STANDARD.encode(&login.body),
        "iam_request_headers": STANDARD.encode(login.headers.to_string()),
    });
    if let Some(attack) = attack {
        (attack.encoded)(&mut body);
    }
    Request::new("POST", "/v1/auth/aws/login")
        .header("host", &bench.vault)
        .body(body.to_string())
}

/// Every attack.
pub async fn try_all(bench: &Bench, cells: &mut Vec<Cell>) {
    for attack in ATTACKS {
        cells.push(Cell {
            way: "vault-aws",
            attack: attack.name.to_owned(),
            forged: login(bench, Some(attack)).send(&bench.vault).await.0,
            diagnosis: bench.diagnosis(),
            twin: login(bench, None).send(&bench.vault).await.0,
        });
    }
}
