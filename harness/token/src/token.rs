//! A token, parsed and not yet believed.

use std::fmt;

use authlab_kernel::secret::fingerprint;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::algorithm::{Algorithm, UnknownAlgorithm};
use crate::evidence::Described;
use crate::once::{Once, REPEATED};

/// A part of the compact form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The claims.
    Claims,
    /// The signature.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Header => "header",
            Self::Claims => "claims",
            Self::Signature => "signature",
        })
    }
}

/// Why a text is no token. The text itself is never quoted: it may be another secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TokenError {
    /// A signed token has three segments (RFC 7515, section 7.1). The wording is that of the gateway
    /// (and of the Go library that Vault uses).
    #[error("token contains an invalid number of segments")]
    Segments {
        /// How many there are.
        found: usize,
    },
    /// Five segments: encrypted (RFC 7516), which the lab does not read.
    #[error("the token is encrypted (five segments): give a signed one")]
    Encrypted,
    /// A segment is not base64url without padding.
    #[error("the token's {part} is not base64url without padding")]
    Base64 {
        /// Which one.
        part: Part,
    },
    /// A segment names a member twice, at some depth.
    #[error("the token's {part} names a member twice")]
    Repeated {
        /// Which one.
        part: Part,
    },
    /// A segment is not a JSON object.
    #[error("the token's {part} is not a JSON object")]
    Object {
        /// Which one.
        part: Part,
    },
    /// The header names its key by something else than a text (RFC 7515, section 4.1.4): that is not
    /// the same as no name.
    #[error("the token's `kid` is no text")]
    Kid,
}

/// A signed (or unsigned) JSON Web Token in compact form, taken apart. Nothing is verified.
#[derive(Clone)]
pub struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signing_input: String,
    signature: Vec<u8>,
}

impl Token {
    /// Takes a compact token apart.
    ///
    /// # Errors
    /// [`TokenError`]: the number of segments, their encoding, their JSON.
    pub fn parse(compact: &str) -> Result<Self, TokenError> {
        let found = compact.split('.').count();
        let mut segments = compact.split('.');
        let (Some(header), Some(claims), Some(signature), 3) =
            (segments.next(), segments.next(), segments.next(), found)
        else {
            return Err(match found {
                5 => TokenError::Encrypted,
                _ => TokenError::Segments { found },
            });
        };
        let token = Self {
            header: object(header, Part::Header)?,
            claims: object(claims, Part::Claims)?,
            signing_input: format!("{header}.{claims}"),
            signature: decode(signature, Part::Signature)?,
        };
        match token.header.get("kid") {
            None | Some(Value::Null | Value::String(_)) => Ok(token),
            Some(_) => Err(TokenError::Kid),
        }
    }

    /// The JOSE header.
    pub fn header(&self) -> &Map<String, Value> {
        &self.header
    }

    /// The claims, numbers as they were: an integer stays one.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// What is signed: the first two segments as they were sent (RFC 7515, section 5.1).
    pub fn signing_input(&self) -> &str {
        &self.signing_input
    }

    /// The decoded signature; empty for an unsigned token.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The `kid` of the header, if it names one.
    pub fn kid(&self) -> Option<&str> {
        self.header.get("kid").and_then(Value::as_str)
    }

    /// The `alg` of the header.
    ///
    /// # Errors
    /// It is missing, no text, or unknown.
    pub fn alg(&self) -> Result<Algorithm, UnknownAlgorithm> {
        self.header
            .get("alg")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .parse()
    }

    /// A claim.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.claims.get(name)
    }

    /// `iss`, if it is text.
    pub fn issuer(&self) -> Option<&str> {
        self.claim("iss").and_then(Value::as_str)
    }

    /// `sub`, if it is text.
    pub fn subject(&self) -> Option<&str> {
        self.claim("sub").and_then(Value::as_str)
    }

    /// `aud`: one text or a list (RFC 7519, section 4.1.3). What is no text is left out.
    pub fn audience(&self) -> Vec<&str> {
        self.claim("aud").map(texts).unwrap_or_default()
    }

    /// The scopes: `scope`, else `scp`; words separated by blanks (RFC 8693, section 4.2), or a
    /// list of texts.
    pub fn scopes(&self) -> Vec<&str> {
        let claim = self.claim("scope").or_else(|| self.claim("scp"));
        let lines = claim.map(texts).unwrap_or_default();
        lines
            .into_iter()
            .flat_map(|line| line.split(' '))
            .filter(|word| !word.is_empty())
            .collect()
    }

    /// What the journal shows for this token: the first 16 hexadecimal digits of the SHA-256 of its
    /// header and claims. The signature is left out, because some algorithms make another each
    /// time, and so are the ports of loopback issuers, which differ from run to run.
    pub fn fingerprint(&self) -> String {
        let said = json!([self.header, self.claims]).to_string();
        fingerprint(&without_loopback_ports(&said))
    }

    /// The token for the journal: kind, header, claims and fingerprint, never the signature.
    pub fn describe(&self) -> Value {
        // Texts, and maps of JSON: there is nothing that is no JSON.
        serde_json::to_value(Described::of(self)).unwrap_or_default()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Token({})", self.describe())
    }
}

/// The compact form of a header, claims and signature (RFC 7515, section 7.1).
pub(crate) fn compact(signing_input: &str, signature: &[u8]) -> String {
    format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The first two segments of the compact form.
pub(crate) fn signing_input(header: &Map<String, Value>, claims: &Map<String, Value>) -> String {
    // Maps of JSON values always have a JSON text.
    let encode =
        |map: &Map<String, Value>| URL_SAFE_NO_PAD.encode(Value::Object(map.clone()).to_string());
    format!("{}.{}", encode(header), encode(claims))
}

/// The text without the digits after `127.0.0.1:`, `localhost:` and `[::1]:`.
fn without_loopback_ports(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for piece in text.split_inclusive(':') {
        let after_host = ["127.0.0.1:", "localhost:", "[::1]:"]
            .iter()
            .any(|host| kept.ends_with(host));
        let piece = if after_host {
            piece.trim_start_matches(|c: char| c.is_ascii_digit())
        } else {
            piece
        };
        kept.push_str(piece);
    }
    kept
}

fn texts(claim: &Value) -> Vec<&str> {
    match claim {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn decode(segment: &str, part: Part) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(segment)
        .map_err(|_| TokenError::Base64 { part })
}

pub(crate) fn object(segment: &str, part: Part) -> Result<Map<String, Value>, TokenError> {
    match serde_json::from_slice(&decode(segment, part)?) {
        Ok(Once(Value::Object(members))) => Ok(members),
        Err(error) if error.to_string().starts_with(REPEATED) => Err(TokenError::Repeated { part }),
        _ => Err(TokenError::Object { part }),
    }
}

#[cfg(test)]
#[path = "../../kernel/tests/support/mutate.rs"]
mod mutate;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{Leeway, check_times};

    /// Numbers that no sum of them and a leeway may overflow on, as JSON spells them.
    #[test]
    fn no_time_in_a_token_panics_and_none_far_away_is_believed() {
        let seeds = [
            r#"{"exp":1768478400,"nbf":1768478400,"iat":1768478400}"#,
            r#"{"exp":9223372036854775807,"nbf":-9223372036854775808}"#,
        ];
        let pieces = [
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551615",
            "1e308",
            "-1e308",
            "1e999",
            "0.5",
            "-0",
            "null",
            "true",
            "[1]",
            "{}",
            "\"1768478400\"",
            "\"exp\":",
            "\"nbf\":",
            "\"iat\":",
            ",",
            "1",
            "9",
            "-",
            "e",
            "}",
            "{",
        ];
        let now = "2026-01-15T12:00:00Z"
            .parse::<authlab_kernel::Timestamp>()
            .unwrap();
        let (accepted, refused) = mutate::run(&seeds, &pieces, |claims| {
            let segment = URL_SAFE_NO_PAD.encode(claims);
            let Ok(token) = Token::parse(&format!("e30.{segment}.")) else {
                return false;
            };
            let _described = token.describe();
            for seconds in [0, 60, i64::MAX, i64::MIN] {
                let leeway = Leeway {
                    exp_seconds: seconds,
                    nbf_seconds: seconds,
                    iat_seconds: seconds,
                };
                let _checked = check_times(&token, now, leeway);
            }
            true
        });
        assert!(accepted > 20 && refused > 100, "{accepted} and {refused}");
        let none = Leeway {
            exp_seconds: 0,
            nbf_seconds: 0,
            iat_seconds: 0,
        };
        for (claims, good) in [
            (json!({"exp": i64::MAX}), true),
            (json!({"exp": i64::MIN}), false),
            (json!({"nbf": i64::MAX}), false),
            (json!({"nbf": i64::MIN}), true),
            (json!({"iat": i64::MAX}), false),
            (json!({"iat": i64::MIN}), true),
            (json!({"exp": now.as_second() + 1}), true),
            (json!({"exp": now.as_second()}), false),
        ] {
            assert_eq!(
                check_times(&token(claims.clone()), now, none).is_ok(),
                good,
                "{claims}"
            );
        }
    }

    fn token(claims: Value) -> Token {
        let header = json!({"alg": "none", "kid": "k"});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        Token::parse(&format!("{}.{}.", part(&header), part(&claims))).unwrap()
    }

    #[test]
    fn texts_that_are_no_tokens_are_told_apart() {
        let cases = [
            ("", TokenError::Segments { found: 1 }),
            ("a.b", TokenError::Segments { found: 2 }),
            ("a.b.c.d", TokenError::Segments { found: 4 }),
            ("a.b.c.d.e", TokenError::Encrypted),
            ("e30=.e30.", TokenError::Base64 { part: Part::Header }),
            ("e30.e+0.", TokenError::Base64 { part: Part::Claims }),
            (
                "e30.e30.=",
                TokenError::Base64 {
                    part: Part::Signature,
                },
            ),
            ("..", TokenError::Object { part: Part::Header }),
            ("e30.W10.", TokenError::Object { part: Part::Claims }),
            // {"a":1,"a":2} and {"a":[{"b":1,"b":1}]}
            (
                "eyJhIjoxLCJhIjoyfQ.e30.",
                TokenError::Repeated { part: Part::Header },
            ),
            (
                "e30.eyJhIjpbeyJiIjoxLCJiIjoxfV19.",
                TokenError::Repeated { part: Part::Claims },
            ),
            ("e30.e3.", TokenError::Base64 { part: Part::Claims }),
        ];
        for (text, expected) in cases {
            assert_eq!(Token::parse(text).err(), Some(expected), "{text}");
        }
        assert!(Token::parse("e30.e30.").is_ok());
    }

    #[test]
    fn a_name_of_a_key_is_a_text_or_there_is_none() {
        for (kid, expected) in [
            (json!("k"), Ok(Some("k"))),
            (json!(""), Ok(Some(""))),
            (Value::Null, Ok(None)),
            (json!(1), Err(TokenError::Kid)),
            (json!(true), Err(TokenError::Kid)),
            (json!(["k"]), Err(TokenError::Kid)),
            (json!({"k": "k"}), Err(TokenError::Kid)),
        ] {
            let header = URL_SAFE_NO_PAD.encode(json!({ "kid": kid }).to_string());
            let read = Token::parse(&format!("{header}.e30."));
            let read = read.as_ref().map(Token::kid).map_err(Clone::clone);
            assert_eq!(read, expected, "{kid}");
        }
    }

    #[test]
    fn claims_are_read_in_each_of_their_shapes() {
        let list = token(
            json!({"aud": ["a", 1, "b"], "scp": ["x y", "z"], "iss": 7, "n": 12345678901234567u64}),
        );
        assert_eq!(list.audience(), ["a", "b"]);
        assert_eq!(list.scopes(), ["x", "y", "z"]);
        assert_eq!(list.issuer(), None);
        assert_eq!(list.claim("n"), Some(&json!(12345678901234567u64)));
        let text =
            token(json!({"aud": "a", "scope": "x  y", "scp": "ignored", "iss": "i", "sub": "s"}));
        assert_eq!(
            (text.audience(), text.scopes()),
            (vec!["a"], vec!["x", "y"])
        );
        assert_eq!(
            (text.issuer(), text.subject(), text.kid()),
            (Some("i"), Some("s"), Some("k"))
        );
        assert!(token(json!({"aud": {}, "scope": 1})).audience().is_empty());
    }

    #[test]
    fn a_fingerprint_depends_on_what_is_said_and_not_on_the_port() {
        let of = |issuer: &str, subject: &str| {
            token(json!({"iss": issuer, "sub": subject, "iat": 80})).fingerprint()
        };
        let first = of("http://127.0.0.1:8480/corp", "a");
        assert_eq!(of("http://127.0.0.1:50123/corp", "a"), first);
        assert_ne!(of("http://127.0.0.1:8480/other", "a"), first);
        assert_ne!(of("http://127.0.0.1:8480/corp", "b"), first);
        assert_ne!(
            of("https://corp.example:1/corp", "a"),
            of("https://corp.example:2/corp", "a")
        );
    }

    #[test]
    fn a_description_holds_no_signature() {
        let token = Token::parse("e30.e30.c2VjcmV0").unwrap();
        assert_eq!(token.signature(), b"secret");
        let shown = format!("{token:?}{}", token.describe());
        assert!(
            !shown.contains("c2VjcmV0") && !shown.contains("secret"),
            "{shown}"
        );
    }
}
