//! Times, issuer and audience: each bound from both of its sides.

#![cfg(test)]

use authlab_kernel::Timestamp;
use authlab_token::signing::unsigned;
use authlab_token::{Leeway, TimeError, Token, check_audience, check_issuer, check_times};
use serde_json::{Map, Value, json};

const NOW: i64 = 1_800_000_000;

fn token(claims: Value) -> Token {
    Token::parse(&unsigned(&Map::new(), claims.as_object().unwrap())).unwrap()
}

fn times(claims: Value, leeway: Leeway) -> Result<(), TimeError> {
    check_times(&token(claims), Timestamp::from_second(NOW).unwrap(), leeway)
}

#[test]
fn each_time_is_refused_by_the_second() {
    let none = Leeway::default();
    let some = Leeway {
        exp_seconds: 60,
        nbf_seconds: 30,
        iat_seconds: 10,
    };
    let expired = |at: i64| {
        Err(TimeError::Expired {
            at,
            now: NOW,
            by_seconds: NOW - at,
        })
    };
    let early = |at: i64| {
        Err(TimeError::NotYetValid {
            at,
            now: NOW,
            by_seconds: at - NOW,
        })
    };
    let future = |at: i64| {
        Err(TimeError::IssuedInFuture {
            at,
            now: NOW,
            by_seconds: at - NOW,
        })
    };
    let cases = [
        (json!({}), none, Ok(())),
        (json!({"exp": NOW + 1}), none, Ok(())),
        (json!({"exp": NOW}), none, expired(NOW)),
        (json!({"exp": NOW - 59}), some, Ok(())),
        (json!({"exp": NOW - 60}), some, expired(NOW - 60)),
        (json!({"nbf": NOW}), none, Ok(())),
        (json!({"nbf": NOW + 1}), none, early(NOW + 1)),
        (json!({"nbf": NOW + 30}), some, Ok(())),
        (json!({"nbf": NOW + 31}), some, early(NOW + 31)),
        (json!({"iat": NOW}), none, Ok(())),
        (json!({"iat": NOW + 1}), none, future(NOW + 1)),
        (json!({"iat": NOW + 10}), some, Ok(())),
        (json!({"iat": NOW + 11}), some, future(NOW + 11)),
        // The first in the order exp, nbf, iat speaks.
        (
            json!({"exp": 1, "nbf": NOW + 9, "iat": NOW + 9}),
            none,
            expired(1),
        ),
        // NumericDate may have fractions (RFC 7519, section 2).
        (json!({"exp": 1_800_000_000.9}), none, expired(NOW)),
        (json!({"exp": 1_800_000_001.2}), none, Ok(())),
        (json!({"exp": 1e300}), none, Ok(())),
        (json!({"exp": u64::MAX}), none, Ok(())),
        (json!({"exp": -1}), none, expired(-1)),
        (
            json!({"nbf": i64::MAX}),
            some,
            Err(TimeError::NotYetValid {
                at: i64::MAX,
                now: NOW,
                by_seconds: i64::MAX - NOW,
            }),
        ),
    ];
    for (claims, leeway, expected) in cases {
        assert_eq!(times(claims.clone(), leeway), expected, "{claims}");
    }
    for claim in ["exp", "nbf", "iat"] {
        for value in [json!("1800000001"), json!(null), json!([1]), json!(true)] {
            let refused = times(json!({claim: value}), none).unwrap_err();
            assert_eq!(refused.claim(), claim);
            assert!(matches!(refused, TimeError::NotNumber { .. }), "{refused}");
        }
    }
}

#[test]
fn an_issuer_is_equal_or_another() {
    let of = |issuer: Value| token(json!({"iss": issuer}));
    let expected = "https://login.corp.example/";
    assert_eq!(check_issuer(&of(json!(expected)), expected), Ok(()));
    for other in [
        "https://login.corp.example",
        "https://LOGIN.corp.example/",
        "http://login.corp.example/",
        "",
    ] {
        let refused = check_issuer(&of(json!(other)), expected).unwrap_err();
        assert_eq!(
            refused.to_string(),
            format!("the token's issuer is `{other}`, not `{expected}`")
        );
    }
    let missing = check_issuer(&token(json!({})), expected).unwrap_err();
    assert_eq!(
        missing.to_string(),
        format!("the token's issuer is missing, not `{expected}`")
    );
    assert!(check_issuer(&of(json!([expected])), expected).is_err());
}

#[test]
fn an_audience_is_one_of_those_accepted() {
    let accepted = ["api", "other"];
    for good in [json!("api"), json!(["x", "other"])] {
        assert_eq!(
            check_audience(&token(json!({"aud": good})), &accepted),
            Ok(())
        );
    }
    for bad in [
        json!("API"),
        json!("ap"),
        json!(["x"]),
        json!([]),
        json!(null),
        json!({"api": 1}),
    ] {
        let refused = check_audience(&token(json!({"aud": bad})), &accepted);
        assert!(refused.is_err(), "{bad}");
    }
    assert!(check_audience(&token(json!({"aud": "api"})), &[] as &[&str]).is_err());
    assert!(check_audience(&token(json!({})), &accepted).is_err());
}
