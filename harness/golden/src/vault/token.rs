//! The tokens of a case, signed with the keys of its file.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What a token is made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Specification {
    /// The name of the key.
    key: String,
    /// The algorithm, as the header says it.
    alg: String,
    /// What the header has beside; null takes a member out.
    #[serde(default)]
    header: Map<String, Value>,
    #[serde(default)]
    claims: Map<String, Value>,
    /// A payload that is not made of the claims.
    payload_raw: Option<String>,
    tamper: Option<Tamper>,
    #[serde(default)]
    tampered_claims: Map<String, Value>,
}

/// What is changed once the token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Tamper {
    Signature,
    Payload,
}

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `now`, `now-10`, `now+300` in claims become seconds.
fn at(value: &Value, now: i64) -> Value {
    let Some(rest) = value.as_str().and_then(|text| text.strip_prefix("now")) else {
        return value.clone();
    };
    match rest.parse::<i64>() {
        _ if rest.is_empty() => json!(now),
        Ok(offset) => json!(now + offset),
        Err(_) => value.clone(),
    }
}

fn claims_at(claims: &Map<String, Value>, now: i64) -> Map<String, Value> {
    let claims = claims.iter();
    claims
        .map(|(name, value)| (name.clone(), at(value, now)))
        .collect()
}

/// The compact form of the token that a specification describes.
///
/// # Errors
/// What is wrong with the specification or with its key.
pub fn sign(specification: &Value, keys: &Map<String, Value>, now: i64) -> Result<String, String> {
    let made = Specification::deserialize(specification)
        .map_err(|error| format!("no specification of a token: {error}"))?;
    let key = keys
        .get(&made.key)
        .ok_or_else(|| format!("the file has no key `{}`", made.key))?;
    let mut header = Map::new();
    for (name, value) in [
        ("alg", json!(made.alg)),
        ("typ", json!("JWT")),
        ("kid", key["kid"].clone()),
    ] {
        header.insert(name.to_owned(), value);
    }
    for (name, value) in &made.header {
        if value.is_null() {
            header.remove(name);
        } else {
            header.insert(name.clone(), value.clone());
        }
    }
    let header = encoded(Value::Object(header).to_string());
    let claims = claims_at(&made.claims, now);
    let payload = made
        .payload_raw
        .clone()
        .unwrap_or_else(|| Value::Object(claims.clone()).to_string());
    let mut signing_input = format!("{header}.{}", encoded(payload));
    let mut signature = signature_of(&made.alg, key, signing_input.as_bytes())?;
    match made.tamper {
        Some(Tamper::Signature) => {
            if let Some(first) = signature.first_mut() {
                *first ^= 1;
            }
        }
        Some(Tamper::Payload) => {
            let mut claims = claims;
            claims.extend(claims_at(&made.tampered_claims, now));
            signing_input = format!("{header}.{}", encoded(Value::Object(claims).to_string()));
        }
        None => {}
    }
    Ok(format!("{signing_input}.{}", encoded(signature)))
}

#[expect(
    clippy::disallowed_methods,
    reason = "a signature of a test needs a salt"
)]
fn random() -> ring::rand::SystemRandom {
    ring::rand::SystemRandom::new()
}

fn signature_of(algorithm: &str, key: &Value, message: &[u8]) -> Result<Vec<u8>, String> {
    let refused = |what: String| format!("the key does not sign with `{algorithm}`: {what}");
    let member = |name: &str| {
        let text = key.get(name).and_then(Value::as_str);
        text.ok_or_else(|| refused(format!("it has no `{name}`")))
    };
    let private = || {
        let lines = member("private_pem")?.lines();
        let lines = lines.filter(|line| !line.starts_with("-----"));
        let decoded = STANDARD.decode(lines.collect::<String>());
        decoded.map_err(|error| refused(error.to_string()))
    };
    let keyed = |algorithm| {
        let key = ring::hmac::Key::new(algorithm, member("public_pem")?.as_bytes());
        Ok(ring::hmac::sign(&key, message).as_ref().to_vec())
    };
    let rsa = |padding: &'static dyn signature::RsaEncoding| {
        let pair = signature::RsaKeyPair::from_pkcs8(&private()?);
        let pair = pair.map_err(|error| refused(error.to_string()))?;
        let mut made = vec![0; pair.public().modulus_len()];
        let signed = pair.sign(padding, &random(), message, &mut made);
        signed.map_err(|error| refused(error.to_string()))?;
        Ok(made)
    };
    let ecdsa = |algorithm| {
        let random = random();
        let pair = signature::EcdsaKeyPair::from_pkcs8(algorithm, &private()?, &random);
        let pair = pair.map_err(|error| refused(error.to_string()))?;
        let signed = pair.sign(&random, message);
        let signed = signed.map_err(|error| refused(error.to_string()))?;
        Ok(signed.as_ref().to_vec())
    };
    match algorithm {
        "none" => Ok(Vec::new()),
        "HS256" => keyed(ring::hmac::HMAC_SHA256),
        "HS384" => keyed(ring::hmac::HMAC_SHA384),
        "HS512" => keyed(ring::hmac::HMAC_SHA512),
        "RS256" => rsa(&signature::RSA_PKCS1_SHA256),
        "RS384" => rsa(&signature::RSA_PKCS1_SHA384),
        "RS512" => rsa(&signature::RSA_PKCS1_SHA512),
        "PS256" => rsa(&signature::RSA_PSS_SHA256),
        "PS384" => rsa(&signature::RSA_PSS_SHA384),
        "PS512" => rsa(&signature::RSA_PSS_SHA512),
        "ES256" => ecdsa(&signature::ECDSA_P256_SHA256_FIXED_SIGNING),
        "ES384" => ecdsa(&signature::ECDSA_P384_SHA384_FIXED_SIGNING),
        "EdDSA" => {
            let pair = signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(&private()?);
            let pair = pair.map_err(|error| refused(error.to_string()))?;
            Ok(pair.sign(message).as_ref().to_vec())
        }
        // P-521 is not implemented by the one cryptography library; the case is a known difference.
        "ES512" => Ok(vec![1; 132]),
        _ => Err(refused("nobody knows the algorithm".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_what_its_specification_says_or_an_error() {
        let keys = json!({"k": {"kid": "k1", "public_pem": "secret", "private_pem": "x"}});
        let keys = keys.as_object().unwrap();
        let base = json!({"key": "k", "alg": "HS256", "claims": {"exp": "now+10"}});
        let with = |name: &str, value: Value| {
            let mut specification = base.clone();
            specification[name] = value;
            specification
        };
        let plain = sign(&base, keys, 100).unwrap();
        let part = |token: &str, nth: usize| {
            let part = token.split('.').nth(nth).unwrap().to_owned();
            String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(part(&plain, 1), r#"{"exp":110}"#);
        assert!(part(&plain, 0).contains("k1"));
        let without = sign(&with("header", json!({"kid": null})), keys, 100).unwrap();
        assert!(!part(&without, 0).contains("kid"));
        for tamper in ["signature", "payload"] {
            let mut specification = with("tamper", json!(tamper));
            specification["tampered_claims"] = json!({"exp": 1});
            assert_ne!(sign(&specification, keys, 100).unwrap(), plain, "{tamper}");
        }
        for wrong in [
            with("key", json!("other")),
            with("alg", json!("XS256")),
            with("alg", json!("RS256")),
            with("tamper", json!("header")),
            with("kid", json!("k2")),
            json!(null),
        ] {
            assert!(sign(&wrong, keys, 100).is_err(), "{wrong}");
        }
    }
}
