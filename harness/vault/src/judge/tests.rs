use authlab_kernel::Timestamp;
use authlab_token::{Algorithm, KeySet, SigningKey, Token};
use serde_json::{Map, Value, json};

use super::*;
use crate::evidence::{JwtLogin, Why};
use crate::flavour::Flavour;

const NOW: i64 = 1_768_478_400;

fn key(number: usize) -> &'static SigningKey {
    SigningKey::test_key(number).unwrap()
}

fn keys(number: usize) -> KeySet {
    KeySet::of(vec![key(number).jwk()])
}

fn token(changes: &Value) -> Token {
    let claims = merged(
        json!({"iss": "https://issuer", "sub": "app", "aud": "vault", "exp": NOW + 60, "scope": "read"}),
        changes,
    );
    let key = key(0);
    let algorithm: Algorithm = key.jwk().alg().unwrap_or("RS256").parse().unwrap();
    let text = key.sign(&key.header(algorithm), claims.as_object().unwrap());
    Token::parse(&text.unwrap()).unwrap()
}

fn merged(mut base: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

fn ask(token: &Token, role: &Value, keys: Keys<'_>) -> Verdict<JwtLogin> {
    let role = merged(
        json!({
            "bound_audiences": ["vault"], "bound_claims": {"scope": ["read"]},
            "bound_claims_type": "string", "user_claim": "sub",
        }),
        role,
    );
    let config = JwtConfig::read(&json!({"bound_issuer": "https://issuer"}));
    let now = Timestamp::from_second(NOW).unwrap();
    let role = JwtRole::read("app", &role);
    login_jwt(&config, &role, token, keys, now, Flavour::Vault)
}

fn reason<E>(verdict: &Verdict<E>) -> Option<Reason> {
    match verdict {
        Verdict::Refused { reason, .. } => Some(*reason),
        _ => None,
    }
}

#[test]
fn a_token_logs_in_where_everything_fits_and_nowhere_else() {
    let right = keys(0);
    for (claims, role, refused) in [
        (json!({}), json!({}), None),
        (
            json!({"iss": "https://other"}),
            json!({}),
            Some(Reason::JwtIssuer),
        ),
        (
            json!({}),
            json!({"bound_subject": "other"}),
            Some(Reason::JwtSubject),
        ),
        (json!({}), json!({"bound_subject": "app"}), None),
        (
            json!({"aud": "other"}),
            json!({}),
            Some(Reason::JwtAudience),
        ),
        (json!({"aud": ["other", "vault"]}), json!({}), None),
        (
            json!({}),
            json!({"bound_audiences": null}),
            Some(Reason::JwtAudience),
        ),
        (
            json!({"exp": NOW - 61}),
            json!({}),
            Some(Reason::JwtExpired),
        ),
        (json!({"exp": NOW - 60}), json!({}), None),
        (
            json!({"nbf": NOW + 61}),
            json!({}),
            Some(Reason::JwtNotYetValid),
        ),
        (json!({"nbf": NOW + 60}), json!({}), None),
        (json!({"scope": "write"}), json!({}), Some(Reason::JwtClaim)),
        (
            json!({"scope": null}),
            json!({}),
            Some(Reason::JwtClaimMissing),
        ),
        (
            json!({"scope": "read:all"}),
            json!({"bound_claims": {"scope": "read*"}, "bound_claims_type": "glob"}),
            None,
        ),
        (
            json!({}),
            json!({"user_claim": "email"}),
            Some(Reason::JwtUserClaim),
        ),
        (
            json!({"email": "a@b"}),
            json!({"user_claim": "email"}),
            None,
        ),
        (
            json!({}),
            json!({"groups_claim": "groups"}),
            Some(Reason::JwtGroupsClaim),
        ),
        (
            json!({"groups": ["a"]}),
            json!({"groups_claim": "groups"}),
            None,
        ),
    ] {
        let token = token(&claims);
        let known = ask(&token, &role, Keys::Known(&right));
        assert_eq!(reason(&known), refused, "{claims} {role}");
        assert_eq!(
            matches!(known, Verdict::Allowed(_)),
            refused.is_none(),
            "{claims} {role}"
        );
        // Without the keys a refusal stands, and nothing is let through.
        let unknown = ask(&token, &role, Keys::Unknown);
        assert_eq!(reason(&unknown), refused, "{claims} {role}");
        if refused.is_none() {
            let open = matches!(
                unknown,
                Verdict::Open {
                    wants: Want::Keys,
                    ..
                }
            );
            assert!(open, "{claims} {role}: {unknown:?}");
        }
        // By other keys it is forged, whatever it says.
        let forged = ask(&token, &role, Keys::Known(&keys(1)));
        assert_eq!(reason(&forged), Some(Reason::JwtSignature), "{claims}");
    }
    let verdict = ask(&token(&json!({"scope": 1})), &json!({}), Keys::Unknown);
    assert_eq!(verdict.evidence().claim.as_deref(), Some("scope"));
    assert_eq!(verdict.evidence().now, NOW);
}

#[test]
fn a_principal_logs_in_where_the_role_is_bound_to_it() {
    let session = "arn:aws:sts::111122223333:assumed-role/app/s";
    let role_arn = "arn:aws:iam::111122223333:role/app";
    let full = "arn:aws:iam::111122223333:role/team/app";
    let bound = |arns: &[&str], ids: &[&str], resolve: bool| {
        json!({
            "auth_type": "iam", "bound_iam_principal_arn": arns, "bound_iam_principal_id": ids,
            "resolve_aws_unique_ids": resolve,
        })
    };
    let ec2 = merged(bound(&[role_arn], &[], false), &json!({"auth_type": "ec2"}));
    let by_glob = bound(&["arn:aws:iam::111122223333:role/team/*"], &[], true);
    let other_glob = bound(&["arn:aws:iam::111122223333:role/other/*"], &[], true);
    let (not_bound, kind) = (Reason::AwsPrincipalNotBound, Reason::AwsPrincipalKind);
    for (arn, role, full_arn, expected) in [
        (session, bound(&[role_arn], &[], false), None, Ok(())),
        (
            session,
            bound(&["arn:aws:iam::111122223333:role/b"], &[], false),
            None,
            Err(Some(not_bound)),
        ),
        (session, bound(&[role_arn], &["AROA1"], true), None, Ok(())),
        // A role of the same name that was made again has another id.
        (
            session,
            bound(&[role_arn], &["AROA0"], true),
            None,
            Err(Some(not_bound)),
        ),
        (session, by_glob.clone(), Some(full), Ok(())),
        (session, by_glob, None, Err(None)),
        (session, other_glob, Some(full), Err(Some(not_bound))),
        (session, ec2, None, Err(Some(Reason::AwsAuthType))),
        (
            "arn:aws:iam::111122223333:root",
            bound(&[role_arn], &[], false),
            None,
            Err(Some(kind)),
        ),
    ] {
        let caller = AwsCaller {
            arn: arn.to_owned(),
            user_id: "AROA1:s".to_owned(),
            account: "111122223333".to_owned(),
        };
        let full_arn = full_arn.map_or(FullArn::Unknown, FullArn::Known);
        let verdict = login_aws(&AwsRole::read("app", &role), &caller, full_arn);
        let decided = match &verdict {
            Verdict::Allowed(_) => Ok(()),
            Verdict::Refused { reason, .. } => Err(Some(*reason)),
            Verdict::Open { wants, .. } => {
                assert_eq!(*wants, Want::FullArn);
                Err(None)
            }
        };
        assert_eq!(decided, expected, "{arn} {role}");
        assert_eq!(verdict.evidence().arn, arn);
    }
}

#[test]
fn policies_let_through_what_they_name() {
    let reads = "path \"secret/data/app/*\" { capabilities = [\"read\"] }";
    let denies = "path \"secret/data/app/db\" { capabilities = [\"deny\"] }";
    let templated = "path \"secret/data/{{identity.entity.name}}\" { capabilities = [\"read\"] }";
    let bounded = "path \"secret/data/b\" { capabilities = [\"update\"]\n denied_parameters = { \"x\" = [] } }";
    let (none, parameter) = (Map::new(), json!({"x": 1}));
    let parameter = parameter.as_object().unwrap();
    let (read, update) = (Operation::Read, Operation::Update);
    for (policies, operation, path_of, parameters, expected) in [
        (
            vec![("app", reads)],
            read,
            "secret/data/app/x",
            &none,
            Ok(()),
        ),
        (
            vec![("app", reads)],
            read,
            "secret/data/other",
            &none,
            Err(Some(Why::NoRule)),
        ),
        (
            vec![("app", reads)],
            update,
            "secret/data/app/x",
            &none,
            Err(Some(Why::CapabilityMissing)),
        ),
        (
            vec![("app", reads), ("no", denies)],
            read,
            "secret/data/app/db",
            &none,
            Err(Some(Why::RuleDenies)),
        ),
        (
            vec![("app", reads), ("no", denies)],
            read,
            "secret/data/app/x",
            &none,
            Ok(()),
        ),
        (vec![("b", bounded)], update, "secret/data/b", &none, Ok(())),
        (
            vec![("b", bounded)],
            update,
            "secret/data/b",
            parameter,
            Err(Some(Why::ParameterDenied("x".to_owned()))),
        ),
        (vec![("root", "")], update, "sys/raw/x", &none, Ok(())),
        (
            vec![("me", templated)],
            read,
            "secret/data/anna",
            &none,
            Err(None),
        ),
        (
            vec![("me", templated)],
            read,
            "other/anna",
            &none,
            Err(Some(Why::NoRule)),
        ),
        (
            vec![("me", templated), ("app", reads)],
            read,
            "secret/data/app/x",
            &none,
            Ok(()),
        ),
    ] {
        let request = PathRequest {
            operation,
            path: path_of,
            parameters,
            wrap_ttl_nanoseconds: None,
        };
        let verdict = path(policies.clone(), request, Flavour::Vault).unwrap();
        let decided = match &verdict {
            Verdict::Allowed(_) => Ok(()),
            Verdict::Refused {
                reason, evidence, ..
            } => {
                assert_eq!(*reason, Reason::PolicyDenied);
                Err(evidence.refused.as_ref().map(|refused| refused.why.clone()))
            }
            Verdict::Open { wants, .. } => {
                assert_eq!(*wants, Want::Entity);
                Err(None)
            }
        };
        assert_eq!(decided, expected, "{policies:?} {operation:?} {path_of}");
    }
    let request = PathRequest {
        operation: read,
        path: "x",
        parameters: &none,
        wrap_ttl_nanoseconds: None,
    };
    let unread = path([("bad", "path {")], request, Flavour::Vault);
    assert_eq!(
        unread,
        Err(UnreadPolicy {
            name: "bad".to_owned()
        })
    );
}
