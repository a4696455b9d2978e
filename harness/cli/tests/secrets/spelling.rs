//! Secrets in other spellings: encoded twice, nested in texts, packed, split over a body's parts; and
//! what an upstream sends back.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::json;

use super::lab::{REGION, Request};
use super::{Ends, Scan, Secret, Texts};

/// Spellings of a credential within a text.
const SPELLINGS: [(&str, Texts); 12] = [
    ("URL-encoded", |secret| escaped(&secret.vault_token(), 1)),
    ("URL-encoded twice", |secret| {
        escaped(&secret.vault_token(), 2)
    }),
    ("URL-encoded thrice", |secret| {
        escaped(&secret.vault_token(), 3)
    }),
    ("token behind a parameter", |secret| {
        format!("a;token={}", secret.vault_token())
    }),
    ("URL in a path", |secret| {
        format!("http%3A%2F%2Fuser%3A{}%40host%2F", secret.plain())
    }),
    ("URL in a URL in a path", |secret| {
        format!(
            "http%3A%2F%2Fa%2Fhttp%3A%2F%2Fuser%3A{}%40host%2F",
            secret.plain()
        )
    }),
    ("JWT with a suffix", |secret| {
        format!("{}.json", secret.token())
    }),
    ("JWT behind a name", |secret| {
        format!("jwt={}", secret.token())
    }),
    ("JWT in upper-case escapes", |secret| {
        secret.token().replace('.', "%2E")
    }),
    ("secret key", Secret::access_key),
    ("secret key, escaped", |secret| {
        secret.access_key().replace('/', "%2F").replace('+', "%2B")
    }),
    ("two tokens", |secret| {
        format!("{0},{0}", secret.vault_token())
    }),
];

/// Every character but letters and digits, and the first letter, as an escape, `times` over.
fn escaped(text: &str, times: usize) -> String {
    let mut text = format!("%{:02x}{}", text.as_bytes()[0], &text[1..]).replace('.', "%2e");
    for _ in 1..times {
        text = text.replace('%', "%25");
    }
    text
}

pub fn plant(scan: &mut Scan) {
    paths(scan);
    bodies(scan);
    upstreams(scan);
}

fn paths(scan: &mut Scan) {
    for (place, spelling) in SPELLINGS {
        scan.plant(("gateway", place, Ends::Either), |_, secret| {
            let target = format!("/_aws/execute-api/none/$default/{}", spelling(secret));
            Request::new("GET", target)
        });
        scan.plant(("vault", place, Ends::Refused), |_, secret| {
            Request::new("GET", format!("/v1/secret/data/{}", spelling(secret)))
                .header("x-vault-token", "hvs.nobody")
        });
        scan.plant(("oidc", place, Ends::Refused), |_, secret| {
            Request::new("GET", format!("/{}", spelling(secret)))
        });
        scan.plant(("control", place, Ends::Refused), |_, secret| {
            Request::new("GET", format!("/_lab/{}", spelling(secret)))
        });
        scan.plant(("aws", place, Ends::Refused), |_, secret| {
            Request::new("GET", format!("/v2/apis/{}", spelling(secret)))
                .host(format!("apigateway.{REGION}.amazonaws.com"))
        });
    }
}

/// Bodies in which the secret is deeper than one reading finds it.
const BODIES: [(&str, &str, Texts); 8] = [
    ("JSON in JSON", "application/json", |secret| {
        let inner = json!({"password": secret.plain()}).to_string();
        json!({"password": json!({ "a": inner }).to_string()}).to_string()
    }),
    ("base64 in JSON", "application/json", |secret| {
        let inner = json!({"password": secret.plain()}).to_string();
        json!({"password": secret.in_base64(&inner), "jwt": secret.in_base64(&secret.plain())})
            .to_string()
    }),
    ("JSON with escapes", "application/json", |secret| {
        format!(
            "{{\"p\\u0061ssword\": \"\\u0050{}\"}}",
            &secret.plain()[1..]
        )
    }),
    ("member twice", "application/json", |secret| {
        format!(
            "{{\"password\": \"a\", \"password\": \"{}\"}}",
            secret.plain()
        )
    }),
    ("name of a member", "application/json", |secret| {
        format!("{{\"{}\": 1}}", secret.vault_token())
    }),
    ("JSON cut off", "application/json", |secret| {
        format!("{{\"password\": \"{}", secret.plain())
    }),
    (
        "form, encoded twice",
        "application/x-www-form-urlencoded",
        |secret| {
            format!(
                "password={}&client_secret=%2550{}",
                secret.plain(),
                &secret.plain()[1..]
            )
        },
    ),
    ("gzip, broken", "application/json", |secret| {
        format!("\u{1f}\u{8b}\u{8}{}", secret.plain())
    }),
];

fn bodies(scan: &mut Scan) {
    let places = [
        ("vault", "/v1/auth/userpass/login/anna"),
        ("vault", "/v1/auth/jwt/login"),
        ("vault", "/v1/auth/approle/login"),
        ("oidc", "/token"),
        ("control", "/_lab/clock"),
        ("control", "/_lab/oidc/token"),
        ("gateway", "/_aws/execute-api/none/$default/x"),
        ("aws", "/"),
    ];
    for (port, path) in places {
        for (place, kind, content) in BODIES {
            scan.plant((port, place, Ends::Either), |_, secret| {
                let request = Request::new("POST", path).header("content-type", kind);
                let request = match place {
                    "gzip, broken" => request.header("content-encoding", "gzip"),
                    _ => request,
                };
                request.body(content(secret))
            });
        }
    }
}

/// What an upstream answers; `{}` is the secret.
const ANSWERS: [(&str, &str); 8] = [
    (
        "location",
        "HTTP/1.1 302 Found\r\nlocation: http://user:{}@host/?code={}\r\ncontent-length: 0\r\n\r\n",
    ),
    (
        "cookie of an upstream",
        "HTTP/1.1 200 OK\r\nset-cookie: session={}\r\ncontent-length: 0\r\n\r\n",
    ),
    (
        "error of an upstream",
        "HTTP/1.1 500 Oh {}\r\ncontent-length: 16\r\n\r\n{}",
    ),
    (
        "header of an upstream",
        "HTTP/1.1 200 OK\r\nx-token: {}\r\ncontent-length: 0\r\n\r\n",
    ),
    ("broken status line", "HTTP/1.1 {}\r\n\r\n"),
    ("broken header", "HTTP/1.1 200 OK\r\nbad {} header\r\n\r\n"),
    (
        "broken length",
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
    ),
    (
        "broken chunks",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}\r\n",
    ),
];

/// An upstream that gives one answer to everything, for as long as the process lives.
fn upstream(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 65_536];
            drop(stream.read(&mut buffer));
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    address
}

fn upstreams(scan: &mut Scan) {
    for (place, answer) in ANSWERS {
        scan.plant(("gateway", place, Ends::Either), |lab, secret| {
            let address = upstream(answer.replace("{}", &secret.plain()));
            let body = json!({"name": "up", "protocolType": "HTTP", "target": format!("http://{address}/")});
            let made = lab.call("apigateway", Request::new("POST", "/v2/apis").json(&body));
            let api = made.text("/apiId");
            Request::new("GET", format!("/_aws/execute-api/{api}/$default/"))
        });
        // The documents of an issuer are an upstream's too.
        scan.plant(("vault", place, Ends::Refused), |lab, secret| {
            let address = upstream(answer.replace("{}", &secret.plain()));
            let body = json!({"jwks_url": format!("http://{address}/keys")});
            Request::new("POST", "/v1/auth/jwt/config")
                .header("x-vault-token", lab.root_token.as_str())
                .json(&body)
        });
    }
}
