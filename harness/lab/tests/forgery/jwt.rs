//! Tokens: what is forged, and what is signed by the right key and still not good.

use std::sync::LazyLock;

use authlab_token::SigningKey;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::{hmac, rand, signature};
use serde_json::{Value, json};

use crate::Cell;
use crate::bench::{Bench, ISSUER};
use crate::wire::Request;

/// A way in for tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Http,
    Rest,
    Sts,
    Vault,
}

const ALL: &[Way] = &[Way::Http, Way::Rest, Way::Sts, Way::Vault];
/// The authorizers of APIs.
const API: &[Way] = &[Way::Http, Way::Rest];
const STS: &[Way] = &[Way::Sts];
/// Those that bind a subject.
const BOUND: &[Way] = &[Way::Sts, Way::Vault];
/// Those that read a token as it was sent. Vault takes blanks out first, as its library does: what is
/// signed stays the same.
const AS_SENT: &[Way] = &[Way::Http, Way::Rest, Way::Sts];
/// Those that ask for an expiry.
const EXPIRING: &[Way] = &[Way::Http, Way::Rest, Way::Sts];

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Http => "http-jwt",
            Self::Rest => "rest-jwt",
            Self::Sts => "sts-web-id",
            Self::Vault => "vault-jwt",
        }
    }

    /// The host of the API, and what stands before its paths.
    fn place(self, bench: &Bench) -> (&str, &'static str) {
        match self {
            Self::Rest => (&bench.rest_host, "/prod"),
            _ => (&bench.host, ""),
        }
    }

    /// A request to the API with these headers `Authorization`.
    fn api(self, bench: &Bench, authorizations: &[&str]) -> Request {
        let (host, stage) = self.place(bench);
        let mut request = Request::new("GET", &format!("{stage}/jwt")).header("host", host);
        for value in authorizations {
            request = request.header("authorization", *value);
        }
        request
    }

    async fn send(self, bench: &Bench, token: &[u8]) -> u16 {
        let text = String::from_utf8_lossy(token).into_owned();
        match self {
            Self::Http | Self::Rest => {
                self.api(bench, &[&format!("Bearer {text}")])
                    .send(&bench.aws)
                    .await
                    .0
            }
            Self::Sts => bench.web_identity(token).send(&bench.aws).await.0,
            Self::Vault => {
                let body = json!({"role": "app", "jwt": text}).to_string();
                let login = Request::new("POST", "/v1/auth/jwt/login").header("host", &bench.vault);
                login.body(body).send(&bench.vault).await.0
            }
        }
    }
}

/// What a token is made of.
struct Token {
    now: i64,
    header: Value,
    claims: Value,
}

/// An attack: a token, from what a good one is made of.
type Forge = fn(&Token) -> Vec<u8>;

struct Attack {
    name: &'static str,
    ways: &'static [Way],
    forge: Forge,
    /// The same without the attack; a plain good token where there is none of its own.
    twin: Option<Forge>,
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The private halves of two test keys: the issuer's, and one that it does not publish.
static KEYS: LazyLock<[signature::RsaKeyPair; 2]> = LazyLock::new(|| {
    [
        include_str!("../../../token/test-keys/rsa-00.pem"),
        include_str!("../../../token/test-keys/rsa-01.pem"),
    ]
    .map(|pem| {
        let lines = pem.lines().skip_while(|line| !line.starts_with("--"));
        let lines = lines.filter(|line| !line.starts_with("--"));
        let der = STANDARD.decode(lines.collect::<String>()).expect("a key");
        signature::RsaKeyPair::from_pkcs8(&der).expect("a key")
    })
});

fn rsa(key: usize, padding: &'static dyn signature::RsaEncoding, input: &[u8]) -> Vec<u8> {
    let key = &KEYS[key];
    let mut signature = vec![0; key.public().modulus_len()];
    #[expect(
        clippy::disallowed_methods,
        reason = "blinding, which leaves no trace in a signature of PKCS #1; PSS is random by itself"
    )]
    let random = rand::SystemRandom::new();
    key.sign(padding, &random, input, &mut signature)
        .expect("a signature");
    signature
}

/// A token of these texts, whatever they are, signed with RS256.
fn signed_text(key: usize, header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> Vec<u8> {
    let input = format!("{}.{}", base64url(header), base64url(claims));
    let signature = base64url(rsa(key, &signature::RSA_PKCS1_SHA256, input.as_bytes()));
    format!("{input}.{signature}").into_bytes()
}

/// A token that the issuer's key really signs with PS256.
fn signed_pss(token: &Token) -> Vec<u8> {
    let header = with(&token.header, json!({"alg": "PS256"}));
    let (header, claims) = (header.to_string(), token.claims.to_string());
    let input = format!("{}.{}", base64url(header), base64url(claims));
    let signature = base64url(rsa(0, &signature::RSA_PSS_SHA256, input.as_bytes()));
    format!("{input}.{signature}").into_bytes()
}

/// A token signed by the issuer's key.
fn signed(header: &Value, claims: &Value) -> Vec<u8> {
    signed_text(0, header.to_string(), claims.to_string())
}

/// With members replaced.
fn with(base: &Value, changes: Value) -> Value {
    let mut changed = base.clone();
    for (name, value) in changes.as_object().expect("an object") {
        changed[name] = value.clone();
    }
    changed
}

fn without(base: &Value, name: &str) -> Value {
    let mut changed = base.clone();
    changed.as_object_mut().expect("an object").remove(name);
    changed
}

fn claims(token: &Token, changes: Value) -> Vec<u8> {
    signed(&token.header, &with(&token.claims, changes))
}

fn header(token: &Token, changes: Value) -> Vec<u8> {
    signed(&with(&token.header, changes), &token.claims)
}

/// Signed by a key that the issuer does not publish.
fn foreign(token: &Token, changes: Value) -> Vec<u8> {
    let header = with(&token.header, changes);
    signed_text(1, header.to_string(), token.claims.to_string())
}

/// Without a signature, or with this one.
fn unsigned(token: &Token, algorithm: Value, signature: &[u8]) -> Vec<u8> {
    let header = with(&token.header, json!({"alg": algorithm}));
    let input = format!(
        "{}.{}",
        base64url(header.to_string()),
        base64url(token.claims.to_string())
    );
    format!("{input}.{}", base64url(signature)).into_bytes()
}

/// An HMAC with the issuer's public key as its secret.
fn confused(token: &Token, algorithm: &str, secret: &[u8]) -> Vec<u8> {
    let header = with(&token.header, json!({"alg": algorithm}));
    let input = format!(
        "{}.{}",
        base64url(header.to_string()),
        base64url(token.claims.to_string())
    );
    let primitive = match algorithm {
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    let tag = hmac::sign(&hmac::Key::new(primitive, secret), input.as_bytes());
    format!("{input}.{}", base64url(tag)).into_bytes()
}

fn public_pem() -> String {
    let key = SigningKey::test_key(0).expect("a key").jwk();
    key.to_public_pem().expect("a public key")
}

fn public_der() -> Vec<u8> {
    let pem = public_pem();
    let lines = pem.lines().filter(|line| !line.starts_with("--"));
    STANDARD.decode(lines.collect::<String>()).expect("a key")
}

fn foreign_jwk() -> Value {
    SigningKey::test_key(1).expect("a key").jwk().to_value()
}

fn public_jwk() -> Value {
    SigningKey::test_key(0).expect("a key").jwk().to_value()
}

fn segments(token: &Token) -> [String; 3] {
    let good = String::from_utf8(signed(&token.header, &token.claims)).expect("text");
    let mut segments = good.split('.').map(str::to_owned);
    [(); 3].map(|()| segments.next().expect("a segment"))
}

fn text(token: &Token, change: impl FnOnce([String; 3]) -> String) -> Vec<u8> {
    change(segments(token)).into_bytes()
}

/// Claims in which a name stands twice, the good value last.
fn twice(token: &Token, name: &str, value: &Value) -> Vec<u8> {
    let claims = token.claims.to_string();
    let claims = claims.replacen('{', &format!("{{\"{name}\":{value},"), 1);
    signed_text(0, token.header.to_string(), claims)
}

const fn attack(name: &'static str, ways: &'static [Way], forge: Forge) -> Attack {
    Attack {
        name,
        ways,
        forge,
        twin: None,
    }
}

const fn twinned(name: &'static str, ways: &'static [Way], forge: Forge, twin: Forge) -> Attack {
    Attack {
        name,
        ways,
        forge,
        twin: Some(twin),
    }
}

/// No key of the issuer made the signature.
const SIGNATURES: &[Attack] = &[
    attack("alg none", ALL, |t| unsigned(t, json!("none"), b"")),
    attack("alg None", ALL, |t| unsigned(t, json!("None"), b"")),
    attack("alg NONE", ALL, |t| unsigned(t, json!("NONE"), b"")),
    attack("alg nOnE", ALL, |t| unsigned(t, json!("nOnE"), b"")),
    attack("alg empty", ALL, |t| unsigned(t, json!(""), b"")),
    attack("alg null", ALL, |t| unsigned(t, json!(null), b"")),
    attack("alg list", ALL, |t| unsigned(t, json!(["RS256"]), b"")),
    attack("alg none with a signature", ALL, |t| {
        unsigned(t, json!("none"), b"signature")
    }),
    attack("alg none without the last dot", ALL, |t| {
        let mut token = unsigned(t, json!("none"), b"");
        token.pop();
        token
    }),
    // STS takes RS* and ES* only (HTTP APIs take PS* too).
    attack("alg PS256, signed as such", STS, signed_pss),
    attack("alg absent", ALL, |t| {
        signed(&without(&t.header, "alg"), &t.claims)
    }),
    attack("alg rs256 in lower case", ALL, |t| {
        header(t, json!({"alg": "rs256"}))
    }),
    attack("alg ES256 over an RSA signature", ALL, |t| {
        header(t, json!({"alg": "ES256"}))
    }),
    attack("alg PS256 over a PKCS1 signature", ALL, |t| {
        header(t, json!({"alg": "PS256"}))
    }),
    attack("alg RS512 over a SHA-256 signature", ALL, |t| {
        header(t, json!({"alg": "RS512"}))
    }),
    attack("alg EdDSA over an RSA signature", ALL, |t| {
        header(t, json!({"alg": "EdDSA"}))
    }),
    attack("HS256 with the public PEM", ALL, |t| {
        confused(t, "HS256", public_pem().as_bytes())
    }),
    attack("HS256 with the PEM trimmed", ALL, |t| {
        confused(t, "HS256", public_pem().trim().as_bytes())
    }),
    attack("HS384 with the public PEM", ALL, |t| {
        confused(t, "HS384", public_pem().as_bytes())
    }),
    attack("HS512 with the public PEM", ALL, |t| {
        confused(t, "HS512", public_pem().as_bytes())
    }),
    attack("HS256 with the public DER", ALL, |t| {
        confused(t, "HS256", &public_der())
    }),
    attack("HS256 with the DER in base64", ALL, |t| {
        confused(t, "HS256", STANDARD.encode(public_der()).as_bytes())
    }),
    attack("HS256 with the JWK", ALL, |t| {
        confused(t, "HS256", public_jwk().to_string().as_bytes())
    }),
    attack("HS256 with the modulus", ALL, |t| {
        confused(
            t,
            "HS256",
            public_jwk()["n"].as_str().unwrap_or_default().as_bytes(),
        )
    }),
    attack("HS256 with nothing", ALL, |t| confused(t, "HS256", b"")),
    attack("HS256 with a NUL", ALL, |t| confused(t, "HS256", b"\0")),
    attack("foreign key under the right kid", ALL, |t| {
        foreign(t, json!({}))
    }),
    attack("foreign key under its own kid", ALL, |t| {
        foreign(t, json!({"kid": foreign_jwk()["kid"]}))
    }),
    attack("foreign key in jwk", ALL, |t| {
        foreign(t, json!({"jwk": foreign_jwk()}))
    }),
    attack("foreign key in jwk, its kid", ALL, |t| {
        foreign(
            t,
            json!({"jwk": foreign_jwk(), "kid": foreign_jwk()["kid"]}),
        )
    }),
    attack("foreign key by jku", ALL, |t| {
        foreign(t, json!({"jku": "http://127.0.0.1:9/keys"}))
    }),
    attack("foreign key by x5u", ALL, |t| {
        foreign(t, json!({"x5u": "http://127.0.0.1:9/cert"}))
    }),
    attack("foreign key in x5c", ALL, |t| {
        foreign(t, json!({"x5c": ["MIIB"]}))
    }),
    attack("foreign key, no kid", ALL, |t| {
        signed_text(
            1,
            without(&t.header, "kid").to_string(),
            t.claims.to_string(),
        )
    }),
    attack("foreign key, kid a path", ALL, |t| {
        foreign(t, json!({"kid": "../../../../dev/null"}))
    }),
    attack("foreign key, kid a query", ALL, |t| {
        foreign(t, json!({"kid": "' OR '1'='1"}))
    }),
    attack("foreign key, kid empty", ALL, |t| {
        foreign(t, json!({"kid": ""}))
    }),
    attack("foreign key, kid a list", ALL, |t| {
        foreign(t, json!({"kid": [t.header["kid"]]}))
    }),
    attack("no signature", ALL, |t| {
        text(t, |[h, c, _]| format!("{h}.{c}."))
    }),
    attack("a signature of zeros", ALL, |t| {
        text(t, |[h, c, _]| format!("{h}.{c}.{}", base64url([0; 256])))
    }),
    attack("a signature cut short", ALL, |t| {
        text(t, |[h, c, s]| format!("{h}.{c}.{}", &s[..s.len() - 4]))
    }),
    attack("a signature with more behind", ALL, |t| {
        text(t, |[h, c, s]| format!("{h}.{c}.{s}AAAA"))
    }),
    attack("claims changed after signing", ALL, |t| {
        text(t, |[h, _, s]| {
            format!(
                "{h}.{}.{s}",
                base64url(with(&t.claims, json!({"admin": true})).to_string())
            )
        })
    }),
    attack("header changed after signing", ALL, |t| {
        text(t, |[_, c, s]| {
            format!(
                "{}.{c}.{s}",
                base64url(with(&t.header, json!({"typ": "jwt"})).to_string())
            )
        })
    }),
];

/// The shape is not that of a token, or says more than a reader understands.
const SHAPES: &[Attack] = &[
    attack("one segment", ALL, |t| text(t, |[h, ..]| h)),
    attack("two segments", ALL, |t| {
        text(t, |[h, c, _]| format!("{h}.{c}"))
    }),
    attack("four segments", ALL, |t| {
        text(t, |[h, c, s]| format!("{h}.{c}.{s}.{s}"))
    }),
    attack("five segments", ALL, |t| {
        text(t, |[h, c, s]| format!("{h}.{c}.{s}.{c}.{s}"))
    }),
    attack("a dot before", ALL, |t| {
        text(t, |[h, c, s]| format!(".{h}.{c}.{s}"))
    }),
    attack("a dot behind", ALL, |t| {
        text(t, |[h, c, s]| format!("{h}.{c}.{s}."))
    }),
    attack("flattened JSON", ALL, |t| {
        text(t, |[h, c, s]| {
            json!({"protected": h, "payload": c, "signature": s}).to_string()
        })
    }),
    attack("general JSON", ALL, |t| {
        text(t, |[h, c, s]| {
            json!({"payload": c, "signatures": [{"protected": h, "signature": s}]}).to_string()
        })
    }),
    attack("a blank inside", AS_SENT, |t| {
        text(t, |[h, c, s]| format!("{h}. {c}.{s}"))
    }),
    attack("padding", AS_SENT, |t| {
        text(t, |[h, c, s]| format!("{h}.{c}.{s}=="))
    }),
    attack("standard base64", ALL, |t| {
        text(t, |[h, c, s]| {
            format!("{h}.{c}.{}", s.replace('-', "+").replace('_', "/")) + "+/"
        })
    }),
    attack("percent-encoded dots", ALL, |t| {
        text(t, |[h, c, s]| format!("{h}%2E{c}%2E{s}"))
    }),
    attack("a header that is no JSON", ALL, |t| {
        signed_text(0, "RS256", t.claims.to_string())
    }),
    attack("a header that is a list", ALL, |t| {
        signed_text(0, "[\"RS256\"]", t.claims.to_string())
    }),
    attack("claims that are no JSON", ALL, |t| {
        signed_text(0, t.header.to_string(), "claims")
    }),
    attack("claims that are a list", ALL, |t| {
        signed_text(0, t.header.to_string(), format!("[{}]", t.claims))
    }),
    attack("claims that are a text", ALL, |t| {
        signed_text(0, t.header.to_string(), "\"claims\"")
    }),
    attack("claims with more behind", ALL, |t| {
        signed_text(0, t.header.to_string(), format!("{} {{}}", t.claims))
    }),
    attack("claims that are no UTF-8", ALL, |t| {
        signed_text(
            0,
            t.header.to_string(),
            [t.claims.to_string().as_bytes(), b"\xff"].concat(),
        )
    }),
    attack("claims 3000 levels deep", ALL, |t| {
        let deep = format!("{}{}", "[".repeat(3_000), "]".repeat(3_000));
        let claims = t
            .claims
            .to_string()
            .replacen('{', &format!("{{\"deep\":{deep},"), 1);
        signed_text(0, t.header.to_string(), claims)
    }),
    attack("alg twice", ALL, |t| {
        let header = t.header.to_string().replacen('{', "{\"alg\":\"none\",", 1);
        signed_text(0, header, t.claims.to_string())
    }),
    attack("iss twice", ALL, |t| {
        twice(t, "iss", &json!("https://login.other.example"))
    }),
    attack("aud twice", ALL, |t| twice(t, "aud", &json!("invoices"))),
    attack("exp twice", ALL, |t| twice(t, "exp", &json!(0))),
    attack("sub twice", ALL, |t| twice(t, "sub", &json!("admin"))),
    attack("crit that is not understood", ALL, |t| {
        header(t, json!({"crit": ["forge"], "forge": 1}))
    }),
    attack("crit with exp", ALL, |t| {
        header(t, json!({"crit": ["exp"], "exp": 0}))
    }),
    attack("an empty crit", ALL, |t| header(t, json!({"crit": []}))),
    attack("b64 false", ALL, |t| {
        header(t, json!({"b64": false, "crit": ["b64"]}))
    }),
    attack("a token inside a token", ALL, |t| {
        let inner = signed(&t.header, &t.claims);
        signed_text(1, with(&t.header, json!({"cty": "JWT"})).to_string(), inner)
    }),
];

/// Signed by the issuer, and for somebody else, somewhere else, or another time.
const CLAIMS: &[Attack] = &[
    attack("iss absent", ALL, |t| {
        signed(&t.header, &without(&t.claims, "iss"))
    }),
    attack("iss another", ALL, |t| {
        claims(t, json!({"iss": "https://login.other.example"}))
    }),
    attack("iss with a slash", ALL, |t| {
        claims(t, json!({"iss": format!("{ISSUER}/")}))
    }),
    attack("iss in upper case", ALL, |t| {
        claims(t, json!({"iss": ISSUER.to_uppercase()}))
    }),
    attack("iss with a port", ALL, |t| {
        claims(t, json!({"iss": format!("{ISSUER}:443")}))
    }),
    attack("iss by http", ALL, |t| {
        claims(t, json!({"iss": ISSUER.replace("https", "http")}))
    }),
    attack("iss with a blank", ALL, |t| {
        claims(t, json!({"iss": format!("{ISSUER} ")}))
    }),
    attack("iss with user information", ALL, |t| {
        claims(t, json!({"iss": ISSUER.replace("//", "//a@")}))
    }),
    attack("iss a list", ALL, |t| claims(t, json!({"iss": [ISSUER]}))),
    attack("iss null", ALL, |t| claims(t, json!({"iss": null}))),
    attack("aud absent", ALL, |t| {
        signed(&t.header, &without(&t.claims, "aud"))
    }),
    attack("aud another", ALL, |t| {
        claims(t, json!({"aud": "invoices"}))
    }),
    attack("aud a prefix", ALL, |t| claims(t, json!({"aud": "report"}))),
    attack("aud with more behind", ALL, |t| {
        claims(t, json!({"aud": "reports-admin"}))
    }),
    attack("aud in upper case", ALL, |t| {
        claims(t, json!({"aud": "REPORTS"}))
    }),
    attack("aud with a blank", ALL, |t| {
        claims(t, json!({"aud": "reports "}))
    }),
    attack("aud a wildcard", ALL, |t| claims(t, json!({"aud": "*"}))),
    attack("aud empty", ALL, |t| claims(t, json!({"aud": ""}))),
    attack("aud an empty list", ALL, |t| claims(t, json!({"aud": []}))),
    twinned(
        "aud a list of others",
        ALL,
        |t| claims(t, json!({"aud": ["a", "b"]})),
        |t| claims(t, json!({"aud": ["reports"]})),
    ),
    attack("aud a list in a list", ALL, |t| {
        claims(t, json!({"aud": [["reports"]]}))
    }),
    attack("aud an object", ALL, |t| {
        claims(t, json!({"aud": {"reports": true}}))
    }),
    attack("aud names joined by commas", ALL, |t| {
        claims(t, json!({"aud": "reports,invoices"}))
    }),
    twinned(
        "exp passed",
        ALL,
        |t| claims(t, json!({"exp": t.now - 86_400})),
        |t| claims(t, json!({"exp": t.now + 86_400})),
    ),
    attack("exp at the epoch", EXPIRING, |t| {
        claims(t, json!({"exp": 0}))
    }),
    attack("exp before the epoch", ALL, |t| {
        claims(t, json!({"exp": -1}))
    }),
    attack("exp at the lower limit", ALL, |t| {
        claims(t, json!({"exp": i64::MIN}))
    }),
    attack("exp a text", ALL, |t| claims(t, json!({"exp": "tomorrow"}))),
    attack("exp a list", ALL, |t| {
        claims(t, json!({"exp": [t.now + 3_600]}))
    }),
    attack("exp true", ALL, |t| claims(t, json!({"exp": true}))),
    attack("exp absent", EXPIRING, |t| {
        signed(&t.header, &without(&t.claims, "exp"))
    }),
    twinned(
        "nbf to come",
        ALL,
        |t| claims(t, json!({"nbf": t.now + 86_400, "exp": t.now + 90_000})),
        |t| claims(t, json!({"nbf": t.now - 86_400})),
    ),
    attack("nbf at the upper limit", ALL, |t| {
        claims(t, json!({"nbf": i64::MAX}))
    }),
    attack("nbf a text", ALL, |t| claims(t, json!({"nbf": "now"}))),
    twinned(
        "iat to come",
        ALL,
        |t| claims(t, json!({"iat": t.now + 86_400, "exp": t.now + 90_000})),
        |t| claims(t, json!({"iat": t.now - 86_400})),
    ),
    attack("iat at the upper limit", ALL, |t| {
        claims(t, json!({"iat": i64::MAX}))
    }),
    attack("iat a text", ALL, |t| claims(t, json!({"iat": "now"}))),
    attack("another subject", BOUND, |t| {
        claims(t, json!({"sub": "admin"}))
    }),
    attack("subject in upper case", BOUND, |t| {
        claims(t, json!({"sub": "LOOKER"}))
    }),
    attack("subject with a blank", BOUND, |t| {
        claims(t, json!({"sub": "looker "}))
    }),
    attack("subject a list", BOUND, |t| {
        claims(t, json!({"sub": ["looker"]}))
    }),
    attack("no subject", BOUND, |t| {
        signed(&t.header, &without(&t.claims, "sub"))
    }),
    attack("no scope", API, |t| {
        signed(&t.header, &without(&t.claims, "scope"))
    }),
    attack("another scope", API, |t| {
        claims(t, json!({"scope": "write"}))
    }),
    attack("a scope with more behind", API, |t| {
        claims(t, json!({"scope": "readonly"}))
    }),
    attack("scopes joined by commas", API, |t| {
        claims(t, json!({"scope": "write,read"}))
    }),
    attack("a scope in upper case", API, |t| {
        claims(t, json!({"scope": "READ"}))
    }),
];

fn token(bench: &Bench) -> Token {
    let now = bench.now();
    let key = SigningKey::test_key(0).expect("a key");
    Token {
        now,
        header: json!({"alg": "RS256", "typ": "JWT", "kid": key.kid()}),
        claims: json!({
            "iss": ISSUER, "aud": "reports", "sub": "looker", "scope": "read",
            "iat": now, "nbf": now, "exp": now + 3_600, "jti": "forge",
        }),
    }
}

/// A good token.
pub fn good(bench: &Bench) -> Vec<u8> {
    let token = token(bench);
    signed(&token.header, &token.claims)
}

/// Every attack on every way that it applies to.
pub async fn try_all(bench: &Bench, cells: &mut Vec<Cell>) {
    let token = token(bench);
    for attack in SIGNATURES.iter().chain(SHAPES).chain(CLAIMS) {
        for way in attack.ways {
            let forged = way.send(bench, &(attack.forge)(&token)).await;
            let diagnosis = bench.diagnosis();
            let twin = match attack.twin {
                Some(twin) => twin(&token),
                None => signed(&token.header, &token.claims),
            };
            cells.push(Cell {
                way: way.name(),
                attack: attack.name.to_owned(),
                forged,
                diagnosis,
                twin: way.send(bench, &twin).await,
            });
        }
    }
    for way in API {
        places(bench, *way, cells).await;
    }
}

/// A good token where none is looked for, or beside a bad one.
async fn places(bench: &Bench, way: Way, cells: &mut Vec<Cell>) {
    let good = String::from_utf8(good(bench)).expect("text");
    let bearer = format!("Bearer {good}");
    let (host, stage) = way.place(bench);
    let at = |target: &str| Request::new("GET", &format!("{stage}{target}")).header("host", host);
    // A REST API takes a doubled slash for one, as AWS does: it asks for the token all the same.
    let slash = match way {
        Way::Rest => at("//jwt"),
        _ => at("//jwt").header("authorization", bearer.clone()),
    };
    let attacks = [
        ("good, then bad", way.api(bench, &[&bearer, "Bearer a.b.c"])),
        ("bad, then good", way.api(bench, &["Bearer a.b.c", &bearer])),
        ("good twice", way.api(bench, &[&bearer, &bearer])),
        (
            "good and bad in one header",
            way.api(bench, &[&format!("{bearer}, Bearer a.b.c")]),
        ),
        (
            "bad and good in one header",
            way.api(bench, &[&format!("Bearer a.b.c, {bearer}")]),
        ),
        (
            "the scheme twice",
            way.api(bench, &[&format!("Bearer {bearer}")]),
        ),
        (
            "another scheme",
            way.api(bench, &[&format!("Basic {good}")]),
        ),
        ("no text", way.api(bench, &[&format!("{bearer}\u{e9}")])),
        ("in the query", at(&format!("/jwt?access_token={good}"))),
        (
            "in a cookie",
            at("/jwt").header("cookie", format!("Authorization={good}")),
        ),
        (
            "in a header of its own",
            at("/jwt").header("x-authorization", bearer.clone()),
        ),
        (
            "by a path with dots",
            at("/x/../jwt").header("authorization", bearer.clone()),
        ),
        ("by a doubled slash", slash),
        ("by another method", {
            let mut request = way.api(bench, &[&bearer]);
            request.method = "POST".to_owned();
            request.header("x-http-method-override", "GET")
        }),
    ];
    for (name, request) in attacks {
        cells.push(Cell {
            way: way.name(),
            attack: name.to_owned(),
            forged: request.send(&bench.aws).await.0,
            diagnosis: bench.diagnosis(),
            twin: way.api(bench, &[&bearer]).send(&bench.aws).await.0,
        });
    }
}
