//! What a refusal means: each producer of a decision about rights, under both settings; and what neither
//! setting lets through.

mod row;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use authlab_kernel::{Enforcement, EnforcementSetting, Event, LetThrough, Outcome};
use authlab_vault::evidence::{Authorization, Reason, Request, Why};
use authlab_vault::{AuditFile, Flavour, MountConfig, VaultConfig};
use serde_json::{Value, json};

use self::row::{ELSEWHERE, Row, rows};
use crate::audit::Folder;
use crate::bench::Bench;

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// Whether somebody who is known may: what policies and `sudo` say. Audit lets it through.
    Right,
    /// Whether somebody is who they say, and whether their credential counts.
    Identity,
    /// Whether the request is one that can be answered, whoever asks.
    Request,
}

/// Puts each reason to its question: one that is added stands here, or this does not compile.
macro_rules! questions {
    ($($question:ident: $($reason:ident)*;)*) => {
        fn question(reason: Reason) -> Question {
            match reason {
                $($(Reason::$reason)|* => Question::$question,)*
            }
        }
    };
}

questions! {
    Right: PolicyDenied SudoMissing PoliciesBeyondParent;
    Identity: PermissionDenied RootPolicy TokenMissing TokenUnknown TokenExpired TokenRevoked TokenUsedUp
        AddressNotBound EntityDisabled AliasWithoutName UserLockedOut WrappingTokenMissing
        WrappingTokenInvalid InvalidCredentials PasswordMissing RoleIdMissing SecretIdMissing
        JwtNotConfigured JwtRoleMissing JwtRoleUnknown JwtRoleType JwtMissing JwtMalformed JwtSignature
        JwtAlgorithm JwtIssuer JwtSubject JwtAudience JwtWithoutTimes JwtExpired JwtNotYetValid
        JwtIssuedInTheFuture JwtClaimMissing JwtClaim JwtBoundClaim JwtUserClaim JwtGroupsClaim
        JwksUnusable DiscoveryUnusable OidcNotConfigured AwsValuesMissing AwsUrlQuery AwsBodyInvalid
        AwsHeader AwsServerId AwsRegion AwsStsRefused AwsPrincipalKind AwsPrincipalUnresolved
        AwsPrincipalNotBound AwsRoleUnknown AwsAuthType;
    Request: InvalidRequest NotFound NoMount UnsupportedPath UnsupportedOperation NamespaceRefused
        TokenWithoutLease TokenNotRenewable LeaseNotRenewable LeaseNotRevoked MaxTtlReached
        RenewalRefused AccessorUnknown AwsRotationRefused ExternalReadOnly BackendUnavailable
        NotImplemented AuditFailed InternalError;
}

/// What a rule has against a request, by its name: one that is added is named here, and needs a row.
fn name(why: &Why) -> &'static str {
    match why {
        Why::NoRule => "no rule",
        Why::TemplateUnresolved => "a template without a value",
        Why::RuleDenies => "a denial",
        Why::CapabilityMissing => "a capability",
        Why::WrappingTtl => "the time of wrapping",
        Why::ParameterRequired(_) => "a required parameter",
        Why::ParameterDenied(_) => "a denied parameter",
        Why::ParameterNotAllowed(_) => "a parameter that is not allowed",
        Why::PaginationLimit(_) => "the limit of a list",
    }
}

/// How many names [`name`] has.
const NAMES: usize = 9;

/// Where rights are asked for, and how often.
const SITES: [(&str, usize); 4] = [
    ("auth/token/create.rs", 5),
    ("auth/token/mod.rs", 1),
    ("router/admit.rs", 1),
    ("sys/mounts.rs", 1),
];

/// A server with this setting, whose root has made what rows ask for.
async fn server(enforcement: &EnforcementSetting, audit: Vec<AuditFile>) -> Bench {
    let config = VaultConfig {
        // The one flavour whose policies bound lists.
        flavour: Flavour::OpenBao,
        mounts: vec![MountConfig {
            path: "kv1".to_owned(),
            kind: "kv".to_owned(),
            ..MountConfig::default()
        }],
        audit,
        enforcement: enforcement.clone(),
        ..VaultConfig::default()
    };
    let bench = Bench::with(config, 1).await;
    let secret = json!({"data": {"password": "s3cret"}});
    bench.ok("POST", "secret/data/app/db", secret).await;
    let victim = json!({"id": "victim", "policies": ["default"]});
    bench.ok("POST", "auth/token/create", victim).await;
    bench
}

/// A token with the policy `app`.
async fn token(bench: &Bench, policy: &str) -> String {
    let written = json!({ "policy": policy });
    bench.ok("POST", "sys/policies/acl/app", written).await;
    let wish = json!({"policies": ["app"], "no_default_policy": true, "ttl": "2h"});
    let made = bench.ok("POST", "auth/token/create", wish).await;
    made["auth"]["client_token"].as_str().unwrap().to_owned()
}

/// What one request left in the journal: what went through without a right, and the request itself.
async fn ask(bench: &Bench, token: &str, row: &Row) -> (u16, Value, Vec<Event>, Event) {
    let since = bench.journal.last();
    let body = Some(row.body.clone()).filter(|body| !body.is_null());
    let (method, path) = row.request;
    let (status, answer) = bench.request(method, path, token, body).await;
    let events = bench.journal.events_since(since);
    let mut events: Vec<Event> = events.iter().map(|event| (**event).clone()).collect();
    let end = events.pop().unwrap();
    assert!(end.read::<Request>().is_some(), "{end:?}");
    (status, answer, events, end)
}

#[tokio::test]
async fn what_lacks_a_right_is_refused_or_goes_through_with_the_same_reason() {
    let setting = EnforcementSetting::default();
    let bench = server(&setting, Vec::new()).await;
    for row in rows() {
        let case = format!("{:?} {}: {:?}", row.request, row.body, row.reasons);
        let token = token(&bench, row.policy).await;

        let (status, answer, before, end) = ask(&bench, &token, &row).await;
        assert!([400, 403].contains(&status), "{case}: {status} {answer}");
        assert!(answer.to_string().contains(row.text), "{case}: {answer}");
        assert!(before.is_empty(), "{case}: {before:?}");
        assert!(end.is(row.reasons[0]), "{case}: {end:?}");

        // The setting is asked at each request.
        setting.set(Enforcement::Audit);
        let (status, answer, before, end) = ask(&bench, &token, &row).await;
        assert_eq!(status, row.passes, "{case}: {answer}");
        let told: Vec<Authorization> = before.iter().filter_map(Event::read).collect();
        assert_eq!(told.len(), row.reasons.len(), "{case}: {before:?}");
        for (reason, event) in row.reasons.iter().zip(&before) {
            assert_eq!(event.outcome, Outcome::Refused, "{case}");
            assert!(event.is(*reason), "{case}: {event:?}");
            assert_eq!(event.request_id, end.request_id, "{case}");
        }
        assert!(
            told.iter()
                .all(|told| told.enforcement == LetThrough::Audit)
        );
        let text = told[0].message.as_deref().unwrap();
        assert!(text.contains(row.text), "{case}: {text}");
        let refused = told[0]
            .decision
            .as_ref()
            .and_then(|told| told.refused.as_ref());
        assert_eq!(refused.map(|refused| name(&refused.why)), row.why, "{case}");
        assert_eq!(end.cause, before.last().map(|event| event.seq), "{case}");
        if row.passes < 400 {
            assert_eq!(end.outcome, Outcome::Allowed, "{case}: {end:?}");
        } else {
            assert!(!end.is(row.reasons[0]), "{case}: {end:?}");
        }

        setting.set(Enforcement::Enforce);
        let (_, _, before, end) = ask(&bench, &token, &row).await;
        assert!(
            before.is_empty() && end.is(row.reasons[0]),
            "{case}: {end:?}"
        );
    }
}

#[test]
fn every_producer_has_a_row() {
    let rows = rows();
    let reasons: BTreeSet<Reason> = rows.iter().flat_map(|row| row.reasons).copied().collect();
    for reason in Reason::ALL {
        let is_of_rights = question(*reason) == Question::Right;
        assert_eq!(reasons.contains(reason), is_of_rights, "{reason}");
    }
    let whys: BTreeSet<&str> = rows.iter().filter_map(|row| row.why).collect();
    assert_eq!(whys.len(), NAMES, "{whys:?}");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = BTreeMap::new();
    sites(&source, &source, &mut found);
    let known = SITES.map(|(file, count)| (file.to_owned(), count));
    assert_eq!(
        found,
        BTreeMap::from(known),
        "rights are asked for elsewhere as well: give the new place a row"
    );
}

/// How often each file asks for rights.
fn sites(folder: &Path, root: &Path, found: &mut BTreeMap<String, usize>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sites(&path, root, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let count = ["rights.lack(", "rights.sudo("].map(|call| text.matches(call).count());
        let count: usize = count.into_iter().sum();
        if count > 0 {
            let file = path.strip_prefix(root).unwrap();
            found.insert(file.to_str().unwrap().to_owned(), count);
        }
    }
}

#[tokio::test]
async fn whoever_is_nobody_is_refused_under_both() {
    let setting = EnforcementSetting::default();
    let bench = server(&setting, Vec::new()).await;
    let wrapping = json!({"policies": ["app"], "num_uses": 1});
    let made = bench.ok("POST", "auth/token/create", wrapping).await;
    let spent = made["auth"]["client_token"].as_str().unwrap().to_owned();
    bench
        .request("GET", "auth/token/lookup-self", &spent, None)
        .await;
    let revoked = token(&bench, ELSEWHERE).await;
    bench
        .ok("POST", "auth/token/revoke", json!({ "token": revoked }))
        .await;
    let read = ("GET", "secret/data/app/db", Value::Null);
    let unwrap = ("POST", "sys/wrapping/unwrap", json!({"token": "none"}));
    let cases = [
        ("", &read, Reason::TokenMissing),
        ("hvs.forged", &read, Reason::TokenUnknown),
        (revoked.as_str(), &read, Reason::TokenRevoked),
        (spent.as_str(), &read, Reason::TokenUsedUp),
        (bench.root.as_str(), &unwrap, Reason::WrappingTokenInvalid),
    ];
    for enforcement in Enforcement::ALL {
        setting.set(enforcement);
        for (token, (method, path, body), reason) in &cases {
            let case = format!("{} {reason}", enforcement.as_str());
            assert_eq!(question(*reason), Question::Identity, "{case}");
            let since = bench.journal.last();
            let body = Some(body.clone()).filter(|body| !body.is_null());
            let (status, answer) = bench.request(method, path, token, body).await;
            assert!([400, 403].contains(&status), "{case}: {status} {answer}");
            let events = bench.journal.events_since(since);
            let ends = events.iter().map(|event| event.is(*reason));
            assert_eq!(ends.collect::<Vec<_>>(), [true], "{case}: {events:?}");
        }
    }
}

#[tokio::test]
async fn under_audit_vault_tells_the_truth_about_capabilities() {
    let setting = EnforcementSetting::from(Enforcement::Audit);
    let bench = server(&setting, Vec::new()).await;
    let token = token(&bench, ELSEWHERE).await;
    let body = json!({"paths": ["secret/data/app/db", "elsewhere"]});
    let asked = bench.request("POST", "sys/capabilities-self", &token, Some(body));
    let (status, answer) = asked.await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["data"]["secret/data/app/db"], json!(["deny"]));
    assert_eq!(answer["data"]["elsewhere"], json!(["read"]));
}

#[tokio::test]
async fn the_audit_log_shows_what_went_through_as_what_is_permitted() {
    let folder = Folder::new("enforcement");
    let file = folder.file("audit.log");
    let devices = vec![AuditFile {
        path: "file".to_owned(),
        file: file.clone(),
        log_raw: false,
    }];
    let setting = EnforcementSetting::default();
    let bench = server(&setting, devices).await;
    let token = token(&bench, ELSEWHERE).await;
    let row = Row::path(ELSEWHERE, ("GET", "secret/data/app/db"), "no rule", 200);
    for (enforcement, allowed) in [(Enforcement::Enforce, false), (Enforcement::Audit, true)] {
        setting.set(enforcement);
        let skipped = std::fs::read_to_string(&file).unwrap().lines().count();
        ask(&bench, &token, &row).await;
        let text = std::fs::read_to_string(&file).unwrap();
        let lines = text.lines().skip(skipped).map(serde_json::from_str);
        let lines: Vec<Value> = lines.map(Result::unwrap).collect();
        assert_eq!(lines.len(), 2, "{text}");
        for line in lines {
            let results = &line["auth"]["policy_results"];
            assert_eq!(results, &json!({ "allowed": allowed }), "{line}");
            assert_eq!(line["error"].is_string(), !allowed, "{line}");
        }
    }
}
