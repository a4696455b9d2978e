//! Every way to sign is accepted, and every way to cheat is refused.

#![cfg(test)]

use authlab_token::signing::{SigningKey, count_of_test_keys, test_key, unsigned};
use authlab_token::{
    Algorithm, Jwk, KeyError, KeySet, KeyType, SignError, SignatureError, Token, verify,
    verify_with_set,
};
use serde_json::{Map, Value, json};

/// Algorithms that ring signs and checks.
const ASYMMETRIC: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

fn claims() -> Map<String, Value> {
    json!({"sub": "looker", "n": 9007199254740993u64})
        .as_object()
        .unwrap()
        .clone()
}

fn key_for(algorithm: Algorithm, index: usize) -> &'static SigningKey {
    test_key(algorithm.key_type().unwrap(), index).unwrap()
}

fn signed(algorithm: Algorithm) -> String {
    let key = key_for(algorithm, 0);
    key.sign(&key.header(algorithm), &claims()).unwrap()
}

fn parsed(compact: &str) -> Token {
    Token::parse(compact).unwrap()
}

#[test]
fn each_algorithm_verifies_and_a_changed_byte_anywhere_does_not() {
    for algorithm in ASYMMETRIC {
        let (compact, key) = (signed(algorithm), key_for(algorithm, 0).jwk());
        assert_eq!(
            verify(&parsed(&compact), &key, &[algorithm]),
            Ok(()),
            "{algorithm}"
        );
        // Through JSON and PEM, as consumers get keys.
        let from_json = Jwk::parse(&key.to_value()).unwrap();
        assert_eq!(
            verify(&parsed(&compact), &from_json, &[algorithm]),
            Ok(()),
            "{algorithm}"
        );
        let from_pem = Jwk::from_public_pem(&key.to_public_pem().unwrap()).unwrap();
        assert_eq!(
            verify(&parsed(&compact), &from_pem, &[algorithm]),
            Ok(()),
            "{algorithm}"
        );

        let (said, signature) = compact.rsplit_once('.').unwrap();
        let flipped = if signature.starts_with('A') { 'B' } else { 'A' };
        let forged = [
            format!("{said}.{flipped}{}", &signature[1..]),
            format!("{said}."),
            format!("{said}.AAAA"),
            format!(
                "{}.{}.{signature}",
                said.split('.').next().unwrap(),
                base64_url("{}")
            ),
        ];
        for forged in forged {
            let refused = verify(&parsed(&forged), &key, &[algorithm]);
            let Err(SignatureError::Mismatch(size)) = refused else {
                panic!("{algorithm} {forged}: {refused:?}");
            };
            assert_eq!(size.expected, parsed(&compact).signature().len());
            let is_whole = forged.len() == compact.len() || forged.ends_with(signature);
            assert_ne!(size.is_cut_off(), is_whole, "{forged}");
        }
        let foreign = key_for(algorithm, 1).jwk();
        let refused = verify(&parsed(&compact), &foreign, &[algorithm]);
        assert!(matches!(refused, Err(SignatureError::Mismatch(_))));
    }
}

#[test]
fn hmac_verifies_with_its_secret_and_with_no_other() {
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let key = SigningKey::shared_secret("a secret of the bench", "shared");
        let token = parsed(&key.sign(&key.header(algorithm), &claims()).unwrap());
        assert_eq!(verify(&token, &key.jwk(), &[algorithm]), Ok(()));
        let other = Jwk::shared_secret(b"another secret", Some("shared"));
        let refused = verify(&token, &other, &[algorithm]);
        assert!(matches!(refused, Err(SignatureError::Mismatch(_))));
        let shown = format!("{key:?} {:?} {}", key.jwk(), key.jwk().to_value());
        assert!(
            !shown.contains("bench") && !shown.contains("YSBzZWNyZXQ"),
            "{shown}"
        );
    }
}

#[test]
fn the_header_alone_decides_nothing() {
    let rsa = key_for(Algorithm::RS256, 0);
    let honest = parsed(&signed(Algorithm::RS256));
    let pem = rsa.jwk().to_public_pem().unwrap();
    let confused = SigningKey::shared_secret(pem, rsa.kid());
    let confused = parsed(
        &confused
            .sign(&confused.header(Algorithm::HS256), &claims())
            .unwrap(),
    );
    let unsigned = parsed(&unsigned(&rsa.header(Algorithm::RS256), &claims()));
    let any = Algorithm::ALL;
    let bound = |algorithm| rsa.jwk().for_signatures(algorithm);
    let for_encryption = |member: &str, value: Value| {
        let mut key = rsa.jwk().to_value();
        key[member] = value;
        Jwk::parse(&key).unwrap()
    };
    type Case<'a> = (
        &'a str,
        &'a Token,
        Jwk,
        &'a [Algorithm],
        Result<(), &'a str>,
    );
    let cases: [Case<'_>; 11] = [
        ("honest", &honest, rsa.jwk(), &any, Ok(())),
        (
            "honest, bound",
            &honest,
            bound(Algorithm::RS256),
            &Algorithm::RSA,
            Ok(()),
        ),
        (
            "bound to another",
            &honest,
            bound(Algorithm::RS512),
            &any,
            Err("key-for-other-algorithm"),
        ),
        (
            "not accepted",
            &honest,
            rsa.jwk(),
            &[Algorithm::ES256],
            Err("algorithm-not-accepted"),
        ),
        (
            "nothing accepted",
            &honest,
            rsa.jwk(),
            &[],
            Err("algorithm-not-accepted"),
        ),
        ("alg none", &unsigned, rsa.jwk(), &any, Err("unsigned")),
        (
            "alg none, accepted",
            &unsigned,
            rsa.jwk(),
            &[Algorithm::None],
            Err("unsigned"),
        ),
        (
            "public key as secret",
            &confused,
            rsa.jwk(),
            &any,
            Err("algorithm-does-not-fit-key"),
        ),
        (
            "public key, RSA only",
            &confused,
            rsa.jwk(),
            &Algorithm::RSA,
            Err("algorithm-not-accepted"),
        ),
        (
            "use enc",
            &honest,
            for_encryption("use", "enc".into()),
            &any,
            Err("key-not-for-signatures"),
        ),
        (
            "key_ops",
            &honest,
            for_encryption("key_ops", json!(["encrypt"])),
            &any,
            Err("key-not-for-signatures"),
        ),
    ];
    for (name, token, key, algorithms, expected) in cases {
        let result = verify(token, &key, algorithms).map_err(|error| error.code());
        assert_eq!(result, expected, "{name}");
    }
}

#[test]
fn extensions_that_nobody_knows_and_algorithms_that_nobody_has_are_refused() {
    let key = key_for(Algorithm::RS256, 0);
    let with = |name: &str, value: Value| {
        let mut header = key.header(Algorithm::RS256);
        header.insert(name.to_owned(), value);
        header
    };
    let critical = parsed(&key.sign(&with("crit", json!(["b64"])), &claims()).unwrap());
    let refused = verify(&critical, &key.jwk(), &Algorithm::RSA);
    assert_eq!(refused, Err(SignatureError::Critical));

    assert_eq!(
        key.sign(&with("alg", "RS257".into()), &claims()),
        Err(SignError::Algorithm)
    );
    assert_eq!(
        key.sign(&with("alg", json!(1)), &claims()),
        Err(SignError::Algorithm)
    );
    assert!(matches!(
        key.sign(&with("alg", "ES256".into()), &claims()),
        Err(SignError::KeyType { .. })
    ));
    for header in [
        r#"{"alg":"none "}"#,
        r#"{"alg":"nOnE"}"#,
        r#"{"alg":null}"#,
        "{}",
    ] {
        let header: Value = serde_json::from_str(header).unwrap();
        let text = [&header, &json!({})]
            .map(|part| base64_url(&part.to_string()))
            .join(".");
        let refused = verify(&parsed(&format!("{text}.")), &key.jwk(), &Algorithm::ALL);
        assert_eq!(
            refused.map_err(|error| error.code()),
            Err("unknown-algorithm"),
            "{header}"
        );
    }
    let p521 = json!({"kty": "EC", "crv": "P-521", "x": base64_url(&"x".repeat(66)), "y": base64_url(&"y".repeat(66))});
    let p521 = Jwk::parse(&p521).unwrap();
    let header = base64_url(r#"{"alg":"ES512"}"#);
    let token = parsed(&format!("{header}.{}.AAAA", base64_url("{}")));
    let refused = verify(&token, &p521, &Algorithm::ALL);
    assert_eq!(refused, Err(SignatureError::Unsupported(Algorithm::ES512)));
}

fn base64_url(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

#[test]
fn small_rsa_keys_are_refused_by_name() {
    let key = json!({"kty": "RSA", "n": base64_url(&"~".repeat(128)), "e": "AQAB"});
    let key = Jwk::parse(&key).unwrap();
    let refused = verify(&parsed(&signed(Algorithm::RS256)), &key, &Algorithm::RSA);
    assert_eq!(refused, Err(SignatureError::KeySize { bits: 1023 }));
}

#[test]
fn a_set_is_searched_by_kid_and_without_one_as_a_whole() {
    let set = KeySet::of(
        (0..3)
            .map(|index| key_for(Algorithm::RS256, index).jwk())
            .collect(),
    );
    let signer = key_for(Algorithm::RS256, 2);
    let sign = |header: &Map<String, Value>| parsed(&signer.sign(header, &claims()).unwrap());
    let header = signer.header(Algorithm::RS256);
    let verified = |token: &Token, set: &KeySet| {
        let key = verify_with_set(token, set, &Algorithm::RSA);
        key.map(|key| key.kid().unwrap().to_owned())
            .map_err(|error| error.code())
    };
    assert_eq!(verified(&sign(&header), &set).as_deref(), Ok(signer.kid()));
    let mut without = header.clone();
    without.remove("kid");
    assert_eq!(verified(&sign(&without), &set).as_deref(), Ok(signer.kid()));
    let mut unknown = header.clone();
    unknown.insert("kid".to_owned(), "other".into());
    assert_eq!(verified(&sign(&unknown), &set), Err("unknown-kid"));
    let others = KeySet::of(vec![
        set.keys()[0].clone(),
        key_for(Algorithm::ES256, 0).jwk(),
    ]);
    assert_eq!(
        verified(&sign(&without), &others),
        Err("signature-mismatch")
    );
    assert_eq!(verified(&sign(&without), &KeySet::default()), Err("no-key"));
}

#[test]
fn sets_keep_what_they_know_and_say_what_they_skipped() {
    let rsa = key_for(Algorithm::RS256, 0).jwk();
    let set = json!({"keys": [
        {"kty": "quantum", "kid": "q"},
        {"kty": "EC", "crv": "secp256k1", "kid": "k1", "x": "AA", "y": "AA"},
        {"kty": "RSA", "kid": "no-n", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "kid": "short", "x": "AA", "y": "AA"},
        {"kid": "nothing"},
        "text",
        rsa.to_value(),
    ]});
    let set = KeySet::parse(set.to_string().as_bytes()).unwrap();
    assert_eq!(set.kids(), [rsa.kid().unwrap()]);
    assert!(set.find(rsa.kid().unwrap()).is_some() && set.find("q").is_none());
    let skipped: Vec<String> = set
        .skipped()
        .iter()
        .map(|(_, error)| error.to_string())
        .collect();
    assert_eq!(
        skipped,
        [
            "keys of type `quantum` are not supported",
            "keys of type `EC secp256k1` are not supported",
            "the key's `n` is missing or malformed: give base64url of as many bytes as the type of \
             the key has",
            "the key's `x` is missing or malformed: give base64url of as many bytes as the type of \
             the key has",
            "the key's `kty` is missing or malformed: give a text",
            "the key's `kty` is missing or malformed: give a text",
        ]
    );
    for text in ["", "[]", "{}", r#"{"keys":{}}"#, "\u{0}", "null"] {
        assert_eq!(
            KeySet::parse(text.as_bytes()).err(),
            Some(KeyError::Set),
            "{text}"
        );
    }
}

/// Each member that says what a key is for, with values of every type: what is no value of it makes
/// no key that verifies anything.
#[test]
fn a_member_of_another_type_is_not_an_absent_one() {
    let key = key_for(Algorithm::RS256, 0);
    let token = parsed(&signed(Algorithm::RS256));
    let values = [
        json!(5),
        json!(true),
        json!({}),
        json!([]),
        json!(["RS256"]),
        json!(["sig", 1]),
        json!([["verify"]]),
        json!("encrypt"),
    ];
    let good = [
        ("use", json!("sig")),
        ("key_ops", json!(["verify"])),
        ("alg", json!("RS256")),
        ("kid", json!(key.kid())),
    ];
    for (name, good) in good {
        for (value, is_good) in [(good, true), (Value::Null, true)]
            .into_iter()
            .chain(values.iter().map(|value| (value.clone(), false)))
        {
            let mut jwk = key.jwk().to_value();
            jwk[name] = value.clone();
            let set = json!({ "keys": [jwk] }).to_string();
            let set = KeySet::parse(set.as_bytes()).unwrap();
            let is_verified = verify_with_set(&token, &set, &[Algorithm::RS256]).is_ok();
            // The name of a key that has none is not asked for.
            let expected = is_good && !(name == "kid" && value.is_null());
            assert_eq!(is_verified, expected, "{name}: {value}");
        }
    }
}

#[test]
fn a_set_that_names_a_member_twice_is_no_set() {
    let key = key_for(Algorithm::RS256, 0).jwk().to_value().to_string();
    let twice = key.replacen('{', r#"{"e":"AQAB","#, 1);
    for (set, expected) in [
        (format!(r#"{{"keys":[{key}]}}"#), None),
        (format!(r#"{{"keys":[{twice}]}}"#), Some(KeyError::Repeated)),
        (
            format!(r#"{{"keys":[],"keys":[{key}]}}"#),
            Some(KeyError::Repeated),
        ),
    ] {
        assert_eq!(KeySet::parse(set.as_bytes()).err(), expected, "{set}");
    }
}

#[test]
fn pem_texts_are_read_or_named() {
    let pems: Vec<String> = ASYMMETRIC
        .iter()
        .map(|algorithm| key_for(*algorithm, 0).jwk().to_public_pem().unwrap())
        .collect();
    assert_eq!(
        KeySet::from_public_pems(&pems).unwrap().keys().len(),
        pems.len()
    );
    let rsa = &pems[0];
    let cases = [
        (String::new(), KeyError::Pem),
        ("-----BEGIN PUBLIC KEY-----".to_owned(), KeyError::Pem),
        (rsa.replace("MII", "!!!"), KeyError::Pem),
        (
            rsa.replace("PUBLIC", "PRIVATE"),
            KeyError::PemLabel("PRIVATE KEY".to_owned()),
        ),
        (
            rsa.replace("PUBLIC KEY", "CERTIFICATE"),
            KeyError::PemLabel("CERTIFICATE".to_owned()),
        ),
        (
            rsa.replacen("MIIB", "MIIC", 1),
            KeyError::PemLabel("PUBLIC KEY".to_owned()),
        ),
    ];
    for (pem, expected) in cases {
        assert_eq!(Jwk::from_public_pem(&pem).err(), Some(expected), "{pem}");
    }
    for index in 0..500 {
        // Any bytes in the block are a key or an error.
        let bytes = authlab_kernel::Draw::of(&format!("pem {index}")).bytes(index % 90);
        let mut der = vec![0x30, u8::try_from(bytes.len()).unwrap()];
        der.extend(bytes);
        use base64::Engine as _;
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
        assert!(Jwk::from_public_pem(&pem).is_err());
        assert!(SigningKey::from_pkcs8_pem(&pem.replace("PUBLIC", "PRIVATE")).is_err());
    }
}

#[test]
fn test_keys_are_distinct_say_that_they_are_for_tests_and_sign_alike_each_time() {
    let mut kids = std::collections::BTreeSet::new();
    let mut count = 0;
    for key_type in [KeyType::Rsa, KeyType::P256, KeyType::P384, KeyType::Ed25519] {
        for index in 0..count_of_test_keys(key_type) {
            let key = test_key(key_type, index).unwrap();
            assert_eq!(key.key_type(), key_type);
            kids.insert(key.kid().to_owned());
            count += 1;
        }
        let beyond = test_key(key_type, count_of_test_keys(key_type)).err();
        assert!(matches!(beyond, Some(SignError::Exhausted { .. })));
    }
    assert_eq!(kids.len(), count);
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/test-keys")).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let is_key = path.extension().is_some_and(|extension| extension == "pem");
        assert!(
            !is_key || text.starts_with("TEST ONLY"),
            "{}",
            path.display()
        );
    }
    for algorithm in [
        Algorithm::RS256,
        Algorithm::RS384,
        Algorithm::RS512,
        Algorithm::EdDSA,
    ] {
        assert_eq!(signed(algorithm), signed(algorithm));
    }
}

/// The example key and thumbprint of RFC 7638, section 3.1.
#[test]
fn thumbprints_are_those_of_the_rfc() {
    let key = json!({
        "kty": "RSA", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29",
        "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
    });
    let thumbprint = Jwk::parse(&key).unwrap().thumbprint();
    assert_eq!(
        thumbprint.as_deref(),
        Some("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    );
}

/// The example of RFC 7515, appendix A.1 (HS256), signed by somebody else than this crate.
#[test]
fn the_example_of_the_rfc_verifies() {
    let key = json!({"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"});
    let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let key = Jwk::parse(&key).unwrap();
    assert_eq!(verify(&parsed(token), &key, &[Algorithm::HS256]), Ok(()));
    assert_eq!(parsed(token).issuer(), Some("joe"));
}
