//! The tokens of the corpus, signed with its keys.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature;
use serde_json::{Map, Value, json};

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

fn claims_at(claims: &Value, now: i64) -> Map<String, Value> {
    let members = claims.as_object().unwrap().iter();
    members
        .map(|(name, value)| (name.clone(), at(value, now)))
        .collect()
}

/// The compact form of a token of the corpus.
pub fn sign(specification: &Value, keys: &Value, now: i64) -> String {
    let key = &keys[specification["key"].as_str().unwrap()];
    let algorithm = specification["alg"].as_str().unwrap();
    let mut header = json!({"alg": algorithm, "typ": "JWT", "kid": key["kid"]});
    for (name, value) in specification["header"].as_object().into_iter().flatten() {
        if value.is_null() {
            header.as_object_mut().unwrap().remove(name);
        } else {
            header[name] = value.clone();
        }
    }
    let payload = match specification["payload_raw"].as_str() {
        Some(raw) => raw.to_owned(),
        None => Value::Object(claims_at(&specification["claims"], now)).to_string(),
    };
    let signing_input = format!("{}.{}", encoded(header.to_string()), encoded(&payload));
    let mut made = signature_of(algorithm, key, signing_input.as_bytes());
    let mut signing_input = signing_input;
    match specification["tamper"].as_str() {
        Some("signature") => made[0] ^= 1,
        Some("payload") => {
            let mut claims: Map<String, Value> = serde_json::from_str(&payload).unwrap();
            claims.extend(claims_at(&specification["tampered_claims"], now));
            signing_input = format!(
                "{}.{}",
                encoded(header.to_string()),
                encoded(Value::Object(claims).to_string())
            );
        }
        _ => {}
    }
    format!("{signing_input}.{}", encoded(made))
}

fn pkcs8(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    STANDARD.decode(lines.collect::<String>()).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a signature of a test needs a salt"
)]
fn random() -> ring::rand::SystemRandom {
    ring::rand::SystemRandom::new()
}

fn signature_of(algorithm: &str, key: &Value, message: &[u8]) -> Vec<u8> {
    let private = || pkcs8(key["private_pem"].as_str().unwrap());
    let secret = key["public_pem"].as_str().unwrap().as_bytes();
    let keyed = |algorithm| {
        let key = ring::hmac::Key::new(algorithm, secret);
        ring::hmac::sign(&key, message).as_ref().to_vec()
    };
    let rsa = |padding: &'static dyn signature::RsaEncoding| {
        let pair = signature::RsaKeyPair::from_pkcs8(&private()).unwrap();
        let mut made = vec![0; pair.public().modulus_len()];
        pair.sign(padding, &random(), message, &mut made).unwrap();
        made
    };
    let ecdsa = |algorithm| {
        let random = random();
        let pair = signature::EcdsaKeyPair::from_pkcs8(algorithm, &private(), &random).unwrap();
        pair.sign(&random, message).unwrap().as_ref().to_vec()
    };
    match algorithm {
        "none" => Vec::new(),
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
            let pair = signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(&private()).unwrap();
            pair.sign(message).as_ref().to_vec()
        }
        // P-521 is not implemented by the one cryptography library; the case is a known difference.
        _ => vec![1; 132],
    }
}
