//! STS through the real client: each refusal with its allowed twin.

use authlab_kernel::Enforcement;
use authlab_token::{Algorithm, KeySet, SigningKey, signing};
use aws_sdk_iam::Client as Iam;
use aws_sdk_sts::Client as Sts;
use aws_sdk_sts::types::Tag;
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::evidence::Request;
use crate::front::ClientClock;
use crate::front::testing::{MONITORING, OUTSIDER, TestDoor, WORKLOAD, code, refusal};

const ROLE: &str = "arn:aws:iam::222222222222:role/app/reader";

fn trusting(principal: &str, condition: &Value) -> String {
    trusting_actions(principal, &["sts:AssumeRole"], condition)
}

fn trusting_actions(principal: &str, actions: &[&str], condition: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions, "Condition": condition,
    }]})
    .to_string()
}

/// The role `app/reader` of the workload account, which may list roles.
async fn role(door: &TestDoor, trust: &str) {
    let iam = Iam::new(&door.root(WORKLOAD));
    let create = iam
        .create_role()
        .role_name("reader")
        .path("/app/")
        .assume_role_policy_document(trust);
    create.send().await.unwrap();
    let allow = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["iam:ListRoles", "iam:ListUsers"], "Resource": "*",
    }]});
    let put = iam
        .put_role_policy()
        .role_name("reader")
        .policy_name("read")
        .policy_document(allow.to_string());
    put.send().await.unwrap();
}

/// A user of an account with a policy, or none.
async fn user(door: &TestDoor, account: &str, policy: Option<&str>) -> Sts {
    let iam = Iam::new(&door.root(account));
    iam.create_user().user_name("ada").send().await.unwrap();
    if let Some(policy) = policy {
        iam.put_user_policy()
            .user_name("ada")
            .policy_name("p")
            .policy_document(policy)
            .send()
            .await
            .unwrap();
    }
    let key = iam
        .create_access_key()
        .user_name("ada")
        .send()
        .await
        .unwrap()
        .access_key
        .unwrap();
    Sts::new(&door.sdk(&key.access_key_id, &key.secret_access_key, None))
}

fn may_assume(resource: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": resource,
    }]})
    .to_string()
}

fn ask(sts: &Sts) -> aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder {
    sts.assume_role().role_arn(ROLE).role_session_name("s1")
}

#[tokio::test]
async fn a_session_is_the_role_until_it_expires() {
    let door = TestDoor::start(|_| {}).await;
    role(&door, &trusting(WORKLOAD, &json!({}))).await;
    let answer = ask(&Sts::new(&door.administrator(WORKLOAD)))
        .duration_seconds(900)
        .send()
        .await
        .unwrap();
    let credentials = answer.credentials().unwrap();
    assert!(credentials.access_key_id().starts_with("ASIA"));
    assert_eq!(credentials.expiration().to_string(), "2026-01-01T00:15:00Z");
    let session = door.session(credentials);
    let me = Sts::new(&session)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(
        me.arn().unwrap(),
        "arn:aws:sts::222222222222:assumed-role/reader/s1"
    );
    assert_eq!(
        me.user_id(),
        answer.assumed_role_user().unwrap().assumed_role_id().into()
    );
    Iam::new(&session).list_roles().send().await.unwrap();
    assert_eq!(
        code(Iam::new(&session).list_policies().send().await),
        "AccessDenied"
    );

    // The journal leads from the use of the session to the request that issued it.
    let events = door.events();
    let used = events
        .iter()
        .rfind(|event| event.kind == "request")
        .unwrap();
    let issuer = events
        .iter()
        .find(|event| Some(event.seq) == used.cause)
        .unwrap();
    assert_eq!(
        (issuer.kind.as_str(), &issuer.detail["operation"]),
        ("credential", &json!("AssumeRole"))
    );

    let wrong = door.sdk(
        credentials.access_key_id(),
        credentials.secret_access_key(),
        Some("x".into()),
    );
    assert_eq!(
        code(Iam::new(&wrong).list_roles().send().await),
        "InvalidClientTokenId"
    );
    door.clock.advance_seconds(899).await.unwrap();
    Iam::new(&session).list_roles().send().await.unwrap();
    door.clock.advance_seconds(1).await.unwrap();
    assert_eq!(
        code(Iam::new(&session).list_roles().send().await),
        "ExpiredToken"
    );
    assert_eq!(door.refusals()[0], "authentication: credential-expired");

    // However long ago that was, and whoever has got a session since.
    door.clock.advance_seconds(10 * 86_400).await.unwrap();
    let root = aws_sdk_sts::Client::new(&door.root(WORKLOAD));
    root.get_session_token().send().await.unwrap();
    assert_eq!(
        code(Iam::new(&session).list_roles().send().await),
        "ExpiredToken"
    );
    let events = door.events();
    let used = events
        .iter()
        .rfind(|event| event.kind == "request")
        .unwrap();
    let used: Request = used.read().unwrap();
    assert_eq!(used.principal.as_deref(), me.arn());
    assert_eq!(door.refusals()[0], "authentication: credential-expired");
    assert_eq!(
        code(Iam::new(&wrong).list_roles().send().await),
        "InvalidClientTokenId"
    );
    let without = door.sdk(
        credentials.access_key_id(),
        credentials.secret_access_key(),
        None,
    );
    assert_eq!(
        code(Iam::new(&without).list_roles().send().await),
        "InvalidClientTokenId"
    );
}

#[tokio::test]
async fn across_accounts_both_sides_must_allow() {
    for (trusted, policy, reason) in [
        (MONITORING, Some(may_assume(ROLE)), None),
        (MONITORING, None, Some("decision: identity-implicit-deny")),
        (
            OUTSIDER,
            Some(may_assume(ROLE)),
            Some("decision: trust-implicit-deny"),
        ),
    ] {
        let door = TestDoor::start(|_| {}).await;
        role(&door, &trusting(trusted, &json!({}))).await;
        let sts = user(&door, MONITORING, policy.as_deref()).await;
        let answer = ask(&sts).send().await;
        match reason {
            None => drop(answer.unwrap()),
            Some(reason) => {
                let (code, message) = refusal(answer);
                assert_eq!(code, "AccessDenied");
                let text = format!(
                    "User: arn:aws:iam::{MONITORING}:user/ada is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
                );
                assert!(message.starts_with(&text), "{message}");
                assert_eq!(door.refusals()[0], reason);
            }
        }
    }
}

#[tokio::test]
async fn trust_may_ask_for_an_external_id() {
    let door = TestDoor::start(|_| {}).await;
    let condition = json!({"StringEquals": {"sts:ExternalId": "partner-7"}});
    role(&door, &trusting(WORKLOAD, &condition)).await;
    let sts = Sts::new(&door.administrator(WORKLOAD));
    ask(&sts).external_id("partner-7").send().await.unwrap();
    assert_eq!(
        code(ask(&sts).external_id("partner-8").send().await),
        "AccessDenied"
    );
    assert_eq!(code(ask(&sts).send().await), "AccessDenied");
}

#[tokio::test]
async fn a_role_that_is_not_there_is_refused_like_one_that_trusts_nobody() {
    let door = TestDoor::start(|_| {}).await;
    let sts = Sts::new(&door.administrator(WORKLOAD));
    let (code, message) = refusal(ask(&sts).send().await);
    assert_eq!(code, "AccessDenied");
    assert_eq!(
        message,
        format!(
            "User: arn:aws:iam::222222222222:user/administrator is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
        )
    );
    assert_eq!(door.refusals(), ["answer: role-not-found"]);
}

#[tokio::test]
async fn durations_end_at_the_role_s_maximum_and_chained_at_an_hour() {
    let door = TestDoor::start(|_| {}).await;
    role(&door, &trusting(WORKLOAD, &json!({}))).await;
    let iam = Iam::new(&door.root(WORKLOAD));
    let sts = Sts::new(&door.administrator(WORKLOAD));
    let (code, message) = refusal(ask(&sts).duration_seconds(3601).send().await);
    assert_eq!(code, "ValidationError");
    assert_eq!(
        message,
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    );
    let longer = iam
        .update_role()
        .role_name("reader")
        .max_session_duration(43_200);
    longer.send().await.unwrap();
    let first = ask(&sts).duration_seconds(43_200).send().await.unwrap();
    let (code, message) = refusal(ask(&sts).duration_seconds(43_201).send().await);
    assert_eq!(code, "ValidationError");
    assert!(
        message.starts_with("1 validation error detected: Value '43201' at 'durationSeconds'"),
        "{message}"
    );

    let allow = may_assume(ROLE);
    iam.put_role_policy()
        .role_name("reader")
        .policy_name("chain")
        .policy_document(allow)
        .send()
        .await
        .unwrap();
    let chained = Sts::new(&door.session(first.credentials().unwrap()));
    ask(&chained).duration_seconds(3600).send().await.unwrap();
    let (_, message) = refusal(ask(&chained).duration_seconds(3601).send().await);
    assert_eq!(
        message,
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    );
}

#[tokio::test]
async fn a_session_policy_caps_and_never_grants() {
    let door = TestDoor::start(|_| {}).await;
    role(&door, &trusting(WORKLOAD, &json!({}))).await;
    let sts = Sts::new(&door.administrator(WORKLOAD));
    let cap = |action: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
            .to_string()
    };
    let wide = ask(&sts).policy(cap("iam:*")).send().await.unwrap();
    let wide = Iam::new(&door.session(wide.credentials().unwrap()));
    wide.list_roles().send().await.unwrap();
    assert_eq!(code(wide.list_policies().send().await), "AccessDenied");
    let narrow = ask(&sts).policy(cap("iam:ListUsers")).send().await.unwrap();
    let narrow = Iam::new(&door.session(narrow.credentials().unwrap()));
    narrow.list_users().send().await.unwrap();
    let (_, message) = refusal(narrow.list_roles().send().await);
    assert!(
        message.ends_with("because no session policy allows the iam:ListRoles action"),
        "{message}"
    );
    assert_eq!(
        code(ask(&sts).policy("{\"Statement\":").send().await),
        "MalformedPolicyDocument"
    );
}

#[tokio::test]
async fn session_tags_need_the_trust_and_reach_the_policies() {
    let door = TestDoor::start(|_| {}).await;
    role(&door, &trusting(WORKLOAD, &json!({}))).await;
    let iam = Iam::new(&door.root(WORKLOAD));
    let tagged = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "iam:ListPolicies", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}},
    }]});
    let put = iam
        .put_role_policy()
        .role_name("reader")
        .policy_name("tagged");
    put.policy_document(tagged.to_string())
        .send()
        .await
        .unwrap();
    let sts = Sts::new(&door.administrator(WORKLOAD));
    let with_tag = |value: &str| {
        ask(&sts)
            .tags(Tag::builder().key("team").value(value).build().unwrap())
            .transitive_tag_keys("team")
    };
    assert_eq!(code(with_tag("blue").send().await), "AccessDenied");
    assert_eq!(door.refusals()[0], "decision: trust-implicit-deny");
    let trust = trusting_actions(WORKLOAD, &["sts:AssumeRole", "sts:TagSession"], &json!({}));
    iam.update_assume_role_policy()
        .role_name("reader")
        .policy_document(trust)
        .send()
        .await
        .unwrap();
    for (value, is_allowed) in [("blue", true), ("red", false)] {
        let session = with_tag(value).send().await.unwrap();
        let session = Iam::new(&door.session(session.credentials().unwrap()));
        assert_eq!(
            session.list_policies().send().await.is_ok(),
            is_allowed,
            "{value}"
        );
    }
}

#[tokio::test]
async fn a_recreated_user_is_trusted_no_more() {
    let door = TestDoor::start(|_| {}).await;
    let ada = user(&door, WORKLOAD, None).await;
    let trust = trusting("arn:aws:iam::222222222222:user/ada", &json!({}));
    role(&door, &trust).await;
    ask(&ada).send().await.unwrap();
    let iam = Iam::new(&door.root(WORKLOAD));
    let keys = iam
        .list_access_keys()
        .user_name("ada")
        .send()
        .await
        .unwrap();
    for key in keys.access_key_metadata() {
        iam.delete_access_key()
            .user_name("ada")
            .access_key_id(key.access_key_id().unwrap())
            .send()
            .await
            .unwrap();
    }
    iam.delete_user().user_name("ada").send().await.unwrap();
    let shown = iam
        .get_role()
        .role_name("reader")
        .send()
        .await
        .unwrap()
        .role
        .unwrap();
    assert!(
        shown
            .assume_role_policy_document()
            .unwrap()
            .contains("AIDA")
    );
    let again = user(&door, WORKLOAD, None).await;
    assert_eq!(code(ask(&again).send().await), "AccessDenied");
}

#[tokio::test]
async fn the_caller_is_told_in_text_xml_whatever_the_path_and_form() {
    let door = TestDoor::start(|_| {}).await;
    let me = Sts::new(&door.root(WORKLOAD))
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(
        (me.account(), me.user_id()),
        (Some(WORKLOAD), Some(WORKLOAD))
    );
    // As Vault replays it: the signed Host, a doubled slash.
    use authlab_wire::sigv4::{Options, Signer, sign};
    let signer = Signer {
        access_key: WORKLOAD,
        secret: "test",
        session_token: None,
        region: "us-east-1",
        service: "sts",
        now: door.now(),
        options: Options::STANDARD,
    };
    let mut headers = http::HeaderMap::new();
    headers.insert("host", "sts.amazonaws.com".parse().unwrap());
    headers.insert(
        "content-type",
        "application/x-www-form-urlencoded; charset=utf-8"
            .parse()
            .unwrap(),
    );
    headers.insert(
        "x-vault-aws-iam-server-id",
        "vault.corp.example".parse().unwrap(),
    );
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    sign(
        &signer,
        &http::Method::POST,
        "/",
        "",
        &mut headers,
        body.as_bytes(),
    )
    .unwrap();
    let url = format!("{}//", door.door.endpoint());
    let answer = crate::front::testing::http_client()
        .post(url)
        .headers(headers)
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "text/xml");
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    // In the query of a GET.
    let mut headers = http::HeaderMap::new();
    headers.insert("host", "sts.amazonaws.com".parse().unwrap());
    sign(&signer, &http::Method::GET, "/", body, &mut headers, b"").unwrap();
    let url = format!("{}/?{body}", door.door.endpoint());
    let answer = crate::front::testing::http_client()
        .get(url)
        .headers(headers)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}

/// An issuer on a loopback port, the provider that trusts it, and a role that trusts the provider.
struct Federation {
    door: TestDoor,
    issuer: MockServer,
    provider: String,
}

const SUBJECT: &str = "looker-sa@corp";
const AUDIENCE: &str = "sts-looker";

impl Federation {
    async fn start() -> Self {
        Self::start_with(Enforcement::Enforce).await
    }

    async fn start_with(enforcement: Enforcement) -> Self {
        let issuer = MockServer::start().await;
        let url = issuer.uri();
        let discovery = json!({"issuer": url, "jwks_uri": format!("{url}/keys")});
        let keys = KeySet::of(vec![key().jwk()]).to_value();
        for (at, body) in [
            ("/.well-known/openid-configuration", discovery),
            ("/keys", keys),
        ] {
            Mock::given(path(at))
                .respond_with(ResponseTemplate::new(200).set_body_json(body))
                .mount(&issuer)
                .await;
        }
        let door = TestDoor::start_with(ClientClock::Lab, enforcement, |_| {}).await;
        let iam = Iam::new(&door.root(WORKLOAD));
        let create = iam
            .create_open_id_connect_provider()
            .url(&url)
            .client_id_list(AUDIENCE);
        let provider = create
            .send()
            .await
            .unwrap()
            .open_id_connect_provider_arn
            .unwrap();
        let host = url.strip_prefix("http://").unwrap();
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {
                format!("{host}:aud"): AUDIENCE,
                format!("{host}:sub"): SUBJECT,
            }},
        }]});
        role(&door, &trust.to_string()).await;
        Self {
            door,
            issuer,
            provider,
        }
    }

    fn claims(&self) -> Value {
        let now = self.door.now().as_second();
        json!({"iss": self.issuer.uri(), "sub": SUBJECT, "aud": AUDIENCE, "iat": now, "exp": now + 600, "jti": "j-1"})
    }

    fn token(&self, changes: Value) -> String {
        let mut claims = self.claims();
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        signed(key(), Algorithm::RS256, &claims)
    }

    async fn assume(
        &self,
        token: &str,
    ) -> Result<
        aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityOutput,
        (String, String),
    > {
        let sts = Sts::new(&self.door.root(WORKLOAD));
        let ask = sts
            .assume_role_with_web_identity()
            .role_arn(ROLE)
            .role_session_name("looker");
        match ask.web_identity_token(token).send().await {
            Ok(output) => Ok(output),
            error => Err(refusal(error)),
        }
    }
}

fn key() -> &'static SigningKey {
    SigningKey::test_key(0).unwrap()
}

fn signed(key: &SigningKey, algorithm: Algorithm, claims: &Value) -> String {
    key.sign(&key.header(algorithm), claims.as_object().unwrap())
        .unwrap()
}

#[tokio::test]
async fn audit_lets_through_what_the_trust_refuses_and_no_token_that_proves_nothing() {
    for enforcement in [Enforcement::Enforce, Enforcement::Audit] {
        let federation = Federation::start_with(enforcement).await;
        let other = federation.token(json!({"sub": "somebody@corp"}));
        let is_audit = enforcement == Enforcement::Audit;
        assert_eq!(federation.assume(&other).await.is_ok(), is_audit);
        let events = federation.door.events();
        let refused = events
            .iter()
            .filter(|event| event.outcome == authlab_kernel::journal::Outcome::Refused)
            .filter_map(|event| event.read::<crate::evidence::Decision>());
        let marked: Vec<bool> = refused
            .map(|decision| decision.enforcement.is_some())
            .collect();
        assert_eq!(marked, [is_audit]);
        let foreign = SigningKey::test_key(1).unwrap();
        let forged = signed(foreign, Algorithm::RS256, &federation.claims());
        assert!(federation.assume(&forged).await.is_err());
    }
}

#[tokio::test]
async fn a_token_of_a_trusted_issuer_is_a_session() {
    let federation = Federation::start().await;
    let issued = federation
        .door
        .door
        .journal()
        .record(authlab_kernel::EventDraft::new(
            authlab_kernel::Component::Oidc,
            "token",
        ));
    federation
        .door
        .door
        .journal()
        .credential_issued("j-1", issued, None);
    let output = federation
        .assume(&federation.token(json!({})))
        .await
        .unwrap();
    assert_eq!(output.subject_from_web_identity_token(), Some(SUBJECT));
    assert_eq!(output.audience(), Some(AUDIENCE));
    assert_eq!(output.provider(), Some(federation.provider.as_str()));
    assert_eq!(
        output.assumed_role_user().unwrap().arn(),
        "arn:aws:sts::222222222222:assumed-role/reader/looker"
    );
    let events = federation.door.events();
    let request = events
        .iter()
        .rfind(|event| event.kind == "request")
        .unwrap();
    assert_eq!(request.cause, Some(issued));
    let session = federation.door.session(output.credentials().unwrap());
    Iam::new(&session).list_roles().send().await.unwrap();
    // The claims reach the journal, the token does not.
    let token = federation.token(json!({}));
    let signature = token.rsplit('.').next().unwrap();
    assert!(
        events
            .iter()
            .all(|event| !event.detail.to_string().contains(signature))
    );
}

#[tokio::test]
async fn every_fault_of_a_token_has_its_own_refusal() {
    let federation = Federation::start().await;
    let now = federation.door.now().as_second();
    let foreign = {
        let other = SigningKey::test_key(1).unwrap();
        other
            .sign(
                &key().header(Algorithm::RS256),
                federation.claims().as_object().unwrap(),
            )
            .unwrap()
    };
    let unknown_kid = signed(
        SigningKey::test_key(1).unwrap(),
        Algorithm::RS256,
        &federation.claims(),
    );
    let unsigned = signing::unsigned(
        &key().header(Algorithm::RS256),
        federation.claims().as_object().unwrap(),
    );
    let shared = SigningKey::shared_secret("public key as secret", key().kid());
    let hs256 = signed(&shared, Algorithm::HS256, &federation.claims());
    let good = federation.token(json!({}));
    let mut altered: Vec<&str> = good.split('.').collect();
    let other = federation.token(json!({"sub": "admin"}));
    altered[1] = other.split('.').nth(1).unwrap();
    let altered = altered.join(".");

    let invalid = "InvalidIdentityToken";
    let no_key = "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
    let not_trusted = "Not authorized to perform sts:AssumeRoleWithWebIdentity";
    let expired = format!(
        "Token expired: current date/time {now} must be before the expiration date/time {now}"
    );
    let cases = [
        (
            "opaque",
            "opaque".to_owned(),
            invalid,
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
            "not-a-jwt",
        ),
        (
            "issuer",
            federation.token(json!({"iss": "https://other.example/"})),
            invalid,
            "No OpenIDConnect provider found in your account for https://other.example/",
            "provider-unknown",
        ),
        (
            "audience",
            federation.token(json!({"aud": "other"})),
            invalid,
            "Incorrect token audience",
            "audience",
        ),
        (
            "expired",
            federation.token(json!({"exp": now})),
            "ExpiredTokenException",
            expired.as_str(),
            "expired",
        ),
        (
            "subject",
            federation.token(json!({"sub": "looker-sa@other"})),
            "AccessDenied",
            not_trusted,
            "trust-policy",
        ),
        ("unknown kid", unknown_kid, invalid, no_key, "unknown-kid"),
        (
            "foreign key",
            foreign,
            invalid,
            "the token's signature does not match",
            "signature",
        ),
        (
            "altered payload",
            altered,
            invalid,
            "the token's signature does not match",
            "signature",
        ),
        ("alg none", unsigned, invalid, "", "unsigned"),
        ("hs256", hs256, invalid, "", "algorithm-not-accepted"),
    ];
    for (name, token, code, message, reason) in cases {
        let (found_code, found_message) = federation.assume(&token).await.unwrap_err();
        assert_eq!(found_code, code, "{name}: {found_message}");
        if !message.is_empty() {
            assert_eq!(found_message, message, "{name}");
        }
        let refusals = federation.door.refusals();
        assert!(
            refusals.contains(&format!("web-identity: {reason}")),
            "{name}: {refusals:?}"
        );
    }
    federation.assume(&good).await.unwrap();
    federation.door.clock.advance_seconds(600).await.unwrap();
    assert_eq!(
        federation.assume(&good).await.unwrap_err().0,
        "ExpiredTokenException"
    );
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_or_is_another_refuses() {
    let federation = Federation::start().await;
    let good = federation.token(json!({}));
    federation.door.faults.add(authlab_kernel::Fault::to(
        "127.0.0.1",
        authlab_kernel::fault::Effect::Refused,
    ));
    let (code, _) = federation.assume(&good).await.unwrap_err();
    assert_eq!(code, "InvalidIdentityToken");
    assert!(
        federation
            .door
            .refusals()
            .contains(&"web-identity: discovery-unreachable".to_owned())
    );
    federation.door.faults.clear();
    federation.issuer.reset().await;
    let discovery = json!({"issuer": "https://evil.example", "jwks_uri": format!("{}/keys", federation.issuer.uri())});
    let answer = ResponseTemplate::new(200).set_body_json(discovery);
    Mock::given(path("/.well-known/openid-configuration"))
        .respond_with(answer)
        .mount(&federation.issuer)
        .await;
    federation.assume(&good).await.unwrap_err();
    assert!(
        federation
            .door
            .refusals()
            .contains(&"web-identity: discovery-issuer-mismatch".to_owned())
    );
}

#[tokio::test]
async fn a_role_that_does_not_exist_is_not_told_from_one_that_does_not_trust() {
    let federation = Federation::start().await;
    Iam::new(&federation.door.root(WORKLOAD))
        .delete_role_policy()
        .role_name("reader")
        .policy_name("read")
        .send()
        .await
        .unwrap();
    Iam::new(&federation.door.root(WORKLOAD))
        .delete_role()
        .role_name("reader")
        .send()
        .await
        .unwrap();
    let (code, message) = federation
        .assume(&federation.token(json!({})))
        .await
        .unwrap_err();
    assert_eq!(
        (code.as_str(), message.as_str()),
        (
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity"
        )
    );
    assert!(
        federation
            .door
            .refusals()
            .contains(&"web-identity: role-not-found".to_owned())
    );
}

#[tokio::test]
async fn get_session_token_is_the_user_itself() {
    let door = TestDoor::start(|_| {}).await;
    let ada = user(&door, WORKLOAD, None).await;
    let issued = ada.get_session_token().send().await.unwrap();
    let session = door.session(issued.credentials().unwrap());
    let me = Sts::new(&session)
        .get_caller_identity()
        .send()
        .await
        .unwrap();
    assert_eq!(me.arn(), Some("arn:aws:iam::222222222222:user/ada"));
    assert_eq!(
        code(Sts::new(&session).get_session_token().send().await),
        "AccessDenied"
    );
}

/// AWS's hard stop: whatever the trust policy says, the root user assumes no role; what is no ARN is
/// told so before anything is looked up.
#[tokio::test]
async fn root_assumes_no_role_and_what_is_no_arn_is_said_first() {
    let door = TestDoor::start(|_| {}).await;
    role(&door, &trusting(WORKLOAD, &json!({}))).await;
    let root = Sts::new(&door.root(WORKLOAD));
    let administrator = Sts::new(&door.administrator(WORKLOAD));
    let stop = "Roles may not be assumed by root accounts.";
    assert_eq!(
        refusal(ask(&root).send().await),
        ("AccessDenied".to_owned(), stop.to_owned())
    );
    assert_eq!(door.refusals(), ["answer: root-assumes-role"]);
    ask(&administrator).send().await.unwrap();

    // A session of the root user is the root user still.
    let token = root.get_session_token().send().await.unwrap();
    let session = Sts::new(&door.session(token.credentials().unwrap()));
    assert_eq!(refusal(ask(&session).send().await).1, stop);

    for arn in [
        "nothing-valid-in-here",
        "arn::b:::something/test-role",
        "arn:a::::something/test-role",
        "arn:a:::something/test-role",
        "arn:a:a::aaaaaaaaaa:",
    ] {
        for caller in [&root, &administrator] {
            let answer = ask(caller).role_arn(arn).send().await;
            let expected = ("ValidationError".to_owned(), format!("{arn} is invalid"));
            assert_eq!(refusal(answer), expected, "{arn}");
        }
    }
    let unknown = ask(&administrator)
        .role_arn(format!("{ROLE}s"))
        .send()
        .await;
    assert_eq!(code(unknown), "AccessDenied");
}
