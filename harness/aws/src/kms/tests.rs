//! The service over HTTP: each refusal with its allowed twin.

use authlab_wire::sigv4::{self, Signer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};

use crate::front::testing::{OUTSIDER, TestDoor, WORKLOAD, http_client};

/// What is never in the journal.
const TEXT: &str = "correct horse battery staple";

/// A credential.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

pub(crate) fn root(account: &str) -> Key {
    Key {
        id: account.to_owned(),
        secret: "test".to_owned(),
    }
}

/// A user of this account with one inline policy of these statements.
pub(crate) async fn user(door: &TestDoor, account: &str, name: &str, statements: &Value) -> Key {
    let iam = aws_sdk_iam::Client::new(&door.root(account));
    iam.create_user().user_name(name).send().await.unwrap();
    if statements != &json!([]) {
        let document = json!({ "Version": "2012-10-17", "Statement": statements });
        let put = iam.put_user_policy().user_name(name).policy_name("own");
        put.policy_document(document.to_string())
            .send()
            .await
            .unwrap();
    }
    let key = iam.create_access_key().user_name(name).send().await;
    let key = key.unwrap().access_key.unwrap();
    Key {
        id: key.access_key_id,
        secret: key.secret_access_key,
    }
}

/// What an operation answers: an empty code for an answer.
pub(crate) async fn ask(
    door: &TestDoor,
    key: &Key,
    operation: &str,
    input: Value,
) -> (String, Value) {
    let mut headers = HeaderMap::new();
    let host = door.door.endpoint().replace("http://", "");
    headers.insert("host", HeaderValue::from_str(&host).unwrap());
    let target = format!("TrentService.{operation}");
    headers.insert("x-amz-target", HeaderValue::from_str(&target).unwrap());
    let json_1_1 = HeaderValue::from_static("application/x-amz-json-1.1");
    headers.insert("content-type", json_1_1);
    let body = Bytes::from(input.to_string());
    let signer = Signer {
        access_key: &key.id,
        secret: &key.secret,
        session_token: None,
        region: "eu-central-1",
        service: "kms",
        now: door.now(),
        options: sigv4::Options::STANDARD,
    };
    sigv4::sign(&signer, &Method::POST, "/", "", &mut headers, &body).unwrap();
    let sent = http_client()
        .post(door.door.endpoint())
        .headers(headers)
        .body(body)
        .send()
        .await
        .unwrap();
    let text = sent.text().await.unwrap();
    let answer: Value = serde_json::from_str(&text).unwrap_or(json!({}));
    let code = answer["__type"].as_str().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().to_owned();
    (code, answer)
}

/// The answer of an operation that is expected to be well.
pub(crate) async fn well(door: &TestDoor, key: &Key, operation: &str, input: Value) -> Value {
    let (code, answer) = ask(door, key, operation, input.clone()).await;
    assert_eq!(code, "", "{operation} {input}: {answer}");
    answer
}

/// A key of WORKLOAD that this account may use too, called `alias/shared`; its ARN.
pub(crate) async fn shared_key(door: &TestDoor, account: &str) -> String {
    let statements = json!([
        {
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::222222222222:root" },
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{account}:root") },
            "Action": "kms:Decrypt",
            "Resource": "*",
        },
    ]);
    let arn = key(door, Some(statements)).await;
    let named = json!({ "AliasName": "alias/shared", "TargetKeyId": arn });
    well(door, &root(WORKLOAD), "CreateAlias", named).await;
    arn
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_default().to_owned()
}

/// A key of WORKLOAD; its ARN.
pub(crate) async fn key(door: &TestDoor, policy: Option<Value>) -> String {
    let mut input = json!({});
    if let Some(statements) = policy {
        let own = json!({
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::222222222222:root" },
            "Action": [
                "kms:PutKeyPolicy", "kms:CreateGrant", "kms:DescribeKey", "kms:DisableKey",
            ],
            "Resource": "*",
        });
        let mut all = vec![own];
        all.extend(statements.as_array().unwrap().clone());
        let document = json!({ "Version": "2012-10-17", "Statement": all });
        input["Policy"] = document.to_string().into();
    }
    let answer = well(door, &root(WORKLOAD), "CreateKey", input).await;
    text(&answer["KeyMetadata"], "Arn")
}

fn plaintext() -> String {
    STANDARD.encode(TEXT)
}

#[tokio::test]
async fn the_key_s_policy_decides_and_identity_policies_count_where_it_says_so() {
    let door = TestDoor::start(|_| {}).await;
    let may = json!([{ "Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*" }]);
    let able = user(&door, WORKLOAD, "able", &may).await;
    let bare = user(&door, WORKLOAD, "bare", &json!([])).await;
    let able_abroad = user(&door, OUTSIDER, "able", &may).await;
    let bare_abroad = user(&door, OUTSIDER, "bare", &json!([])).await;
    let allow = |principal: &str, action: &str| {
        json!([{
            "Effect": "Allow",
            "Principal": { "AWS": principal },
            "Action": action,
            "Resource": "*",
        }])
    };
    let account = "arn:aws:iam::222222222222:root";
    let abroad = "arn:aws:iam::999999999999:root";
    let named = "arn:aws:iam::222222222222:user/bare";
    let named_abroad = "arn:aws:iam::999999999999:user/bare";
    // The policy's further statement; who may encrypt: able, bare, and those of another account.
    for (statements, expected) in [
        (json!([]), [false, false, false, false]),
        (allow(account, "kms:Encrypt"), [true, false, false, false]),
        (allow(account, "kms:Decrypt"), [false, false, false, false]),
        (allow(named, "kms:Encrypt"), [false, true, false, false]),
        (allow("*", "kms:Encrypt"), [true, true, true, false]),
        (allow(abroad, "kms:Encrypt"), [false, false, true, false]),
        (
            allow(named_abroad, "kms:Encrypt"),
            [false, false, false, false],
        ),
    ] {
        let arn = key(&door, Some(statements.clone())).await;
        let callers = [&able, &bare, &able_abroad, &bare_abroad];
        for (caller, is_expected) in callers.into_iter().zip(expected) {
            let input = json!({ "KeyId": arn, "Plaintext": plaintext() });
            let (code, answer) = ask(&door, caller, "Encrypt", input).await;
            let wanted = if is_expected {
                ""
            } else {
                "AccessDeniedException"
            };
            assert_eq!(code, wanted, "{statements}: {answer}");
        }
    }
}

#[tokio::test]
async fn another_account_does_not_learn_whether_a_key_is_there() {
    let door = TestDoor::start(|_| {}).await;
    let may = json!([{ "Effect": "Allow", "Action": "kms:*", "Resource": "*" }]);
    let abroad = user(&door, OUTSIDER, "able", &may).await;
    let arn = key(&door, None).await;
    let absent = "arn:aws:kms:eu-central-1:222222222222:key/12345678-90ab-cdef-1234-567890abcdef";
    for named in [arn.as_str(), absent] {
        let (code, answer) = ask(&door, &abroad, "DescribeKey", json!({ "KeyId": named })).await;
        assert_eq!(code, "AccessDeniedException");
        let message = format!(
            "User: arn:aws:iam::999999999999:user/able is not authorized to perform: kms:DescribeKey on resource: {named} because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
        );
        assert_eq!(text(&answer, "message"), message);
    }
    // In the own account what is not there is said to be missing.
    let (code, answer) = ask(
        &door,
        &root(WORKLOAD),
        "DescribeKey",
        json!({ "KeyId": absent }),
    )
    .await;
    assert_eq!(code, "NotFoundException");
    assert_eq!(
        text(&answer, "message"),
        format!("Key '{absent}' does not exist")
    );

    let input = json!({ "KeyId": arn, "Plaintext": plaintext() });
    let sealed = well(&door, &root(WORKLOAD), "Encrypt", input).await;
    let input = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
    let (code, answer) = ask(&door, &abroad, "Decrypt", input.clone()).await;
    assert_eq!(code, "AccessDeniedException");
    let message = text(&answer, "message");
    assert!(message.contains("kms:Decrypt on the resource associated with this ciphertext because the resource does not exist"), "{message}");
    well(&door, &root(WORKLOAD), "Decrypt", input).await;
}

#[tokio::test]
async fn a_ciphertext_opens_with_its_context_and_names_its_key() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(WORKLOAD);
    let (one, two) = (key(&door, None).await, key(&door, None).await);
    let context = json!({ "tenant": "a" });
    let input = json!({ "KeyId": one, "Plaintext": plaintext(), "EncryptionContext": context });
    let sealed = well(&door, &owner, "Encrypt", input).await["CiphertextBlob"].clone();
    for (input, code) in [
        (
            json!({ "CiphertextBlob": sealed, "EncryptionContext": context }),
            "",
        ),
        (
            json!({ "CiphertextBlob": sealed, "EncryptionContext": context, "KeyId": one }),
            "",
        ),
        (
            json!({ "CiphertextBlob": sealed }),
            "InvalidCiphertextException",
        ),
        (
            json!({ "CiphertextBlob": sealed, "EncryptionContext": { "tenant": "b" } }),
            "InvalidCiphertextException",
        ),
        (
            json!({ "CiphertextBlob": sealed, "EncryptionContext": context, "KeyId": two }),
            "IncorrectKeyException",
        ),
        (
            json!({ "CiphertextBlob": plaintext() }),
            "InvalidCiphertextException",
        ),
        (
            json!({ "CiphertextBlob": sealed, "EncryptionContext": context, "DryRun": true }),
            "DryRunOperationException",
        ),
    ] {
        let (found, answer) = ask(&door, &owner, "Decrypt", input.clone()).await;
        assert_eq!(found, code, "{input}");
        if code.is_empty() {
            assert_eq!(answer["Plaintext"], plaintext());
            assert_eq!(answer["KeyId"], one);
        }
    }
    let input = json!({
        "CiphertextBlob": sealed, "SourceEncryptionContext": context, "DestinationKeyId": two,
    });
    let moved = well(&door, &owner, "ReEncrypt", input).await;
    assert_eq!(
        (text(&moved, "SourceKeyId"), text(&moved, "KeyId")),
        (one, two)
    );
    let input = json!({ "CiphertextBlob": moved["CiphertextBlob"] });
    assert_eq!(
        well(&door, &owner, "Decrypt", input).await["Plaintext"],
        plaintext()
    );

    let journal = format!("{:?}", door.events());
    assert!(!journal.contains(TEXT) && !journal.contains(&plaintext()));
}

#[tokio::test]
async fn conditions_see_the_encryption_context_and_the_alias() {
    let door = TestDoor::start(|_| {}).await;
    let statement = |condition: Value| {
        json!([{
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::222222222222:user/bare" },
            "Action": "kms:GenerateDataKey*",
            "Resource": "*",
            "Condition": condition,
        }])
    };
    let caller = user(&door, WORKLOAD, "bare", &json!([])).await;
    let with = |context: Value| json!({ "KeySpec": "AES_256", "EncryptionContext": context });
    for (number, (condition, input, is_allowed)) in [
        (
            json!({ "StringEquals": { "kms:EncryptionContext:tenant": "a" } }),
            with(json!({ "tenant": "a", "more": "b" })),
            true,
        ),
        (
            json!({ "StringEquals": { "kms:EncryptionContext:tenant": "a" } }),
            with(json!({ "tenant": "b" })),
            false,
        ),
        (
            json!({ "ForAnyValue:StringEquals": { "kms:EncryptionContextKeys": "tenant" } }),
            with(json!({})),
            false,
        ),
        (
            json!({ "StringEquals": { "kms:CallerAccount": "222222222222" } }),
            with(json!({})),
            true,
        ),
        (
            json!({ "StringEquals": { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" } }),
            with(json!({})),
            false,
        ),
        (
            json!({ "StringEquals": { "kms:RequestAlias": "alias/k5" } }),
            with(json!({})),
            true,
        ),
        (
            json!({ "StringEquals": { "kms:RequestAlias": "alias/other" } }),
            with(json!({})),
            false,
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let arn = key(&door, Some(statement(condition.clone()))).await;
        let alias = format!("alias/k{number}");
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::222222222222:root" },
                "Action": "kms:*",
                "Resource": "*",
            }, statement(condition.clone())[0]],
        });
        let owner = root(WORKLOAD);
        let put = json!({ "KeyId": arn, "Policy": policy.to_string() });
        well(&door, &owner, "PutKeyPolicy", put).await;
        let named = json!({ "AliasName": alias, "TargetKeyId": arn });
        well(&door, &owner, "CreateAlias", named).await;
        let mut input = input.clone();
        input["KeyId"] = alias.into();
        let (code, answer) = ask(&door, &caller, "GenerateDataKey", input).await;
        let wanted = if is_allowed { "" } else { "AccessDeniedException" };
        assert_eq!(code, wanted, "{condition}: {answer}");
    }
}

#[tokio::test]
async fn a_grant_allows_what_it_says_and_no_more() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(WORKLOAD);
    let grantee = user(&door, WORKLOAD, "grantee", &json!([])).await;
    let other = user(&door, WORKLOAD, "other", &json!([])).await;
    let may = json!([{ "Effect": "Allow", "Action": "kms:*", "Resource": "*" }]);
    let abroad = user(&door, OUTSIDER, "abroad", &may).await;
    let bare_abroad = user(&door, OUTSIDER, "bare", &json!([])).await;
    let arn = key(&door, Some(json!([]))).await;
    let grant = |principal: &str, more: Value| {
        let mut input = json!({
            "KeyId": arn,
            "GranteePrincipal": principal,
            "Operations": ["Encrypt", "Decrypt", "CreateGrant", "RetireGrant"],
        });
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let user_arn = |account: &str, name: &str| format!("arn:aws:iam::{account}:user/{name}");
    let subset = json!({ "Constraints": { "EncryptionContextSubset": { "tenant": "a" } } });
    let own = grant(&user_arn(WORKLOAD, "grantee"), subset.clone());
    let granted = well(&door, &owner, "CreateGrant", own).await;
    for name in ["abroad", "bare"] {
        let own = grant(&user_arn(OUTSIDER, name), json!({}));
        well(&door, &owner, "CreateGrant", own).await;
    }

    let encrypt = |context: Value| json!({ "KeyId": arn, "Plaintext": plaintext(), "EncryptionContext": context });
    let tenant = json!({ "tenant": "a" });
    for (caller, input, is_allowed) in [
        (&grantee, encrypt(tenant.clone()), true),
        (
            &grantee,
            encrypt(json!({ "tenant": "a", "more": "b" })),
            true,
        ),
        (&grantee, encrypt(json!({ "tenant": "b" })), false),
        (&grantee, encrypt(json!({ "Tenant": "a" })), false),
        (&grantee, encrypt(json!({})), false),
        (&other, encrypt(tenant.clone()), false),
        (&abroad, encrypt(json!({})), true),
        (&bare_abroad, encrypt(json!({})), false),
    ] {
        let (code, answer) = ask(&door, caller, "Encrypt", input.clone()).await;
        let wanted = if is_allowed {
            ""
        } else {
            "AccessDeniedException"
        };
        assert_eq!(code, wanted, "{input}: {answer}");
    }
    // What was not granted.
    let (code, _) = ask(&door, &grantee, "DescribeKey", json!({ "KeyId": arn })).await;
    assert_eq!(code, "AccessDeniedException");

    // A grant is passed on within its bounds only.
    let child = |operations: Value, constraints: Value| {
        let mut input = json!({
            "KeyId": arn,
            "GranteePrincipal": user_arn(WORKLOAD, "other"),
            "Operations": operations,
        });
        if constraints != json!(null) {
            input["Constraints"] = constraints;
        }
        input
    };
    for (input, is_allowed) in [
        (child(json!(["Decrypt"]), json!(null)), false),
        (
            child(
                json!(["Decrypt"]),
                json!({ "EncryptionContextSubset": { "tenant": "b" } }),
            ),
            false,
        ),
        (
            child(
                json!(["DescribeKey"]),
                json!({ "EncryptionContextEquals": tenant }),
            ),
            false,
        ),
        (
            child(
                json!(["Encrypt"]),
                json!({ "EncryptionContextEquals": tenant }),
            ),
            true,
        ),
    ] {
        let (code, answer) = ask(&door, &grantee, "CreateGrant", input.clone()).await;
        let wanted = if is_allowed {
            ""
        } else {
            "AccessDeniedException"
        };
        assert_eq!(code, wanted, "{input}: {answer}");
    }
    let more = encrypt(json!({ "tenant": "a", "more": "b" }));
    assert_eq!(
        ask(&door, &other, "Encrypt", more).await.0,
        "AccessDeniedException"
    );
    well(&door, &other, "Encrypt", encrypt(tenant.clone())).await;

    // Who may end it: the grantee that was granted to, the account; not somebody else.
    let by_id = json!({ "KeyId": arn, "GrantId": granted["GrantId"] });
    let (code, _) = ask(&door, &other, "RetireGrant", by_id.clone()).await;
    assert_eq!(code, "AccessDeniedException");
    let by_token = json!({ "GrantToken": granted["GrantToken"] });
    well(&door, &grantee, "RetireGrant", by_token).await;
    let (code, _) = ask(&door, &grantee, "Encrypt", encrypt(tenant)).await;
    assert_eq!(code, "AccessDeniedException");
    let (code, _) = ask(&door, &owner, "RetireGrant", by_id).await;
    assert_eq!(code, "NotFoundException");
}

#[tokio::test]
async fn a_grant_ends_with_its_grantee_and_is_listed_until_then() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(WORKLOAD);
    let arn = key(&door, None).await;
    let name = "arn:aws:iam::222222222222:user/gone";
    user(&door, WORKLOAD, "gone", &json!([])).await;
    let input = json!({
        "KeyId": arn, "GranteePrincipal": name, "RetiringPrincipal": name,
        "Operations": ["Encrypt"], "Name": "n",
    });
    let one = well(&door, &owner, "CreateGrant", input.clone()).await;
    let again = well(&door, &owner, "CreateGrant", input.clone()).await;
    assert_eq!(one["GrantId"], again["GrantId"]);
    let listed = well(&door, &owner, "ListGrants", json!({ "KeyId": arn })).await;
    assert_eq!(listed["Grants"].as_array().unwrap().len(), 1);
    assert_eq!(listed["Grants"][0]["GranteePrincipal"], name);
    let retirable = json!({ "RetiringPrincipal": name });
    let retirable = well(&door, &owner, "ListRetirableGrants", retirable).await;
    assert_eq!(retirable["Grants"][0]["GrantId"], one["GrantId"]);

    let iam = aws_sdk_iam::Client::new(&door.root(WORKLOAD));
    let keys = iam
        .list_access_keys()
        .user_name("gone")
        .send()
        .await
        .unwrap();
    let access_key = keys.access_key_metadata()[0]
        .access_key_id()
        .unwrap()
        .to_owned();
    let delete = iam.delete_access_key().user_name("gone");
    delete.access_key_id(access_key).send().await.unwrap();
    iam.delete_user().user_name("gone").send().await.unwrap();
    let again = user(&door, WORKLOAD, "gone", &json!([])).await;
    let encrypt = json!({ "KeyId": arn, "Plaintext": plaintext() });
    let (code, _) = ask(&door, &again, "Encrypt", encrypt).await;
    assert_eq!(
        code, "AccessDeniedException",
        "another user of the same name"
    );
    let listed = well(&door, &owner, "ListGrants", json!({ "KeyId": arn })).await;
    let shown = listed["Grants"][0]["GranteePrincipal"].as_str().unwrap();
    assert!(shown.starts_with("AIDA"), "{shown}");
    let (code, _) = ask(
        &door,
        &owner,
        "CreateGrant",
        json!({
            "KeyId": arn, "GranteePrincipal": "arn:aws:iam::222222222222:user/nobody",
            "Operations": ["Encrypt"],
        }),
    )
    .await;
    assert_eq!(code, "InvalidArnException");
}

#[tokio::test]
async fn a_policy_that_shuts_its_author_out_is_refused() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(WORKLOAD);
    let arn = key(&door, None).await;
    let policy = |principal: &str, action: &str| {
        json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "AWS": principal },
                "Action": action,
                "Resource": "*",
            }],
        })
        .to_string()
    };
    let account = "arn:aws:iam::222222222222:root";
    let other = "arn:aws:iam::999999999999:root";
    let lockout = "The new key policy will not allow you to update the key policy in the future.";
    let nobody = "Policy contains a statement with one or more invalid principals.";
    for (text_of, is_bypassed, message) in [
        (policy(account, "kms:*"), false, ""),
        (policy(account, "kms:Encrypt"), false, lockout),
        (policy(other, "kms:*"), false, lockout),
        (
            policy("arn:aws:iam::222222222222:user/nobody", "kms:*"),
            true,
            nobody,
        ),
        (policy(account, "kms:Encrypt"), true, ""),
    ] {
        for operation in ["CreateKey", "PutKeyPolicy"] {
            let mut input = json!({
                "Policy": text_of, "BypassPolicyLockoutSafetyCheck": is_bypassed,
            });
            if operation == "PutKeyPolicy" {
                input["KeyId"] = arn.clone().into();
            }
            let (code, answer) = ask(&door, &owner, operation, input).await;
            let wanted = if message.is_empty() {
                ""
            } else {
                "MalformedPolicyDocumentException"
            };
            assert_eq!(code, wanted, "{operation} {text_of}: {answer}");
            assert_eq!(text(&answer, "message"), message);
        }
    }
    // Now nobody may: not even the root user.
    let (code, _) = ask(
        &door,
        &owner,
        "PutKeyPolicy",
        json!({
            "KeyId": arn, "Policy": policy(account, "kms:*"),
        }),
    )
    .await;
    assert_eq!(code, "AccessDeniedException");
    // What was refused left no key behind: one of the test's own, two of the table's.
    let listed = well(&door, &owner, "ListKeys", json!({})).await;
    assert_eq!(listed["Keys"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn states_follow_what_is_asked_and_the_clock() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(WORKLOAD);
    let arn = key(&door, None).await;
    let id = json!({ "KeyId": arn });
    let encrypt = json!({ "KeyId": arn, "Plaintext": plaintext() });
    well(&door, &owner, "DisableKey", id.clone()).await;
    let (code, answer) = ask(&door, &owner, "Encrypt", encrypt.clone()).await;
    assert_eq!(
        (code.as_str(), text(&answer, "message")),
        ("DisabledException", format!("{arn} is disabled."))
    );
    well(&door, &owner, "EnableKey", id.clone()).await;
    let sealed = well(&door, &owner, "Encrypt", encrypt.clone()).await;

    let short = json!({ "KeyId": arn, "PendingWindowInDays": 6 });
    assert_eq!(
        ask(&door, &owner, "ScheduleKeyDeletion", short).await.0,
        "ValidationException"
    );
    let week = json!({ "KeyId": arn, "PendingWindowInDays": 7 });
    well(&door, &owner, "ScheduleKeyDeletion", week.clone()).await;
    let (code, answer) = ask(&door, &owner, "Encrypt", encrypt.clone()).await;
    assert_eq!(
        (code.as_str(), text(&answer, "message")),
        (
            "KMSInvalidStateException",
            format!("{arn} is pending deletion.")
        )
    );
    well(&door, &owner, "CancelKeyDeletion", id.clone()).await;
    let described = well(&door, &owner, "DescribeKey", id.clone()).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "Disabled");

    well(&door, &owner, "ScheduleKeyDeletion", week).await;
    door.clock.advance_seconds(7 * 86_400).await.unwrap();
    let (code, _) = ask(&door, &owner, "DescribeKey", id).await;
    assert_eq!(code, "NotFoundException");
    let decrypt = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
    assert_eq!(
        ask(&door, &owner, "Decrypt", decrypt).await.0,
        "AccessDeniedException"
    );
}

#[tokio::test]
async fn old_material_opens_what_it_made() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(WORKLOAD);
    let arn = key(&door, None).await;
    let every = json!({ "KeyId": arn, "RotationPeriodInDays": 90 });
    well(&door, &owner, "EnableKeyRotation", every).await;
    let encrypt = json!({ "KeyId": arn, "Plaintext": plaintext() });
    let before = well(&door, &owner, "Encrypt", encrypt.clone()).await;
    door.clock.advance_seconds(91 * 86_400).await.unwrap();
    well(&door, &owner, "RotateKeyOnDemand", json!({ "KeyId": arn })).await;
    let after = well(&door, &owner, "Encrypt", encrypt).await;
    let mut materials = Vec::new();
    for sealed in [before, after] {
        let input = json!({ "CiphertextBlob": sealed["CiphertextBlob"] });
        let opened = well(&door, &owner, "Decrypt", input).await;
        assert_eq!(opened["Plaintext"], plaintext());
        materials.push(text(&opened, "KeyMaterialId"));
    }
    assert_ne!(materials[0], materials[1]);
    let all = json!({ "KeyId": arn, "IncludeKeyMaterial": "ALL_KEY_MATERIAL" });
    let listed = well(&door, &owner, "ListKeyRotations", all).await;
    let kinds: Vec<&str> = listed["Rotations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rotation| rotation["RotationType"].as_str().unwrap_or("-"))
        .collect();
    assert_eq!(kinds, ["-", "AUTOMATIC", "ON_DEMAND"]);
    assert_eq!(listed["Rotations"][2]["KeyMaterialId"], materials[1]);
}

#[tokio::test]
async fn the_service_s_own_key_is_used_through_the_service_only() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(WORKLOAD);
    let listed = well(&door, &owner, "ListAliases", json!({})).await;
    assert_eq!(listed["Aliases"], json!([]));
    let named = json!({ "KeyId": "alias/aws/secretsmanager" });
    let described = well(&door, &owner, "DescribeKey", named.clone()).await;
    assert_eq!(described["KeyMetadata"]["KeyManager"], "AWS");
    let listed = well(&door, &owner, "ListAliases", json!({})).await;
    assert_eq!(
        listed["Aliases"][0]["AliasName"],
        "alias/aws/secretsmanager"
    );
    let id = described["KeyMetadata"]["KeyId"].clone();
    for (operation, input) in [
        (
            "Encrypt",
            json!({ "KeyId": "alias/aws/secretsmanager", "Plaintext": plaintext() }),
        ),
        ("ScheduleKeyDeletion", json!({ "KeyId": id })),
        ("DisableKey", json!({ "KeyId": id })),
    ] {
        let (code, _) = ask(&door, &owner, operation, input).await;
        assert_eq!(code, "AccessDeniedException", "{operation}");
    }
    let (code, _) = ask(
        &door,
        &owner,
        "DescribeKey",
        json!({ "KeyId": "alias/aws/none" }),
    )
    .await;
    assert_eq!(code, "NotFoundException");
}

#[tokio::test]
async fn lists_have_pages_and_what_is_not_there_says_so() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(WORKLOAD);
    for _ in 0..3 {
        key(&door, None).await;
    }
    let first = well(&door, &owner, "ListKeys", json!({ "Limit": 2 })).await;
    assert_eq!(
        (first["Keys"].as_array().unwrap().len(), &first["Truncated"]),
        (2, &json!(true))
    );
    let rest = json!({ "Limit": 2, "Marker": first["NextMarker"] });
    let rest = well(&door, &owner, "ListKeys", rest).await;
    assert_eq!(
        (rest["Keys"].as_array().unwrap().len(), &rest["Truncated"]),
        (1, &json!(false))
    );
    let foreign = json!({ "Marker": first["NextMarker"] });
    assert_eq!(
        ask(&door, &owner, "ListAliases", foreign).await.0,
        "InvalidMarkerException"
    );

    for (operation, input, code) in [
        (
            "CreateKey",
            json!({ "KeySpec": "HMAC_256" }),
            "ValidationException",
        ),
        (
            "CreateKey",
            json!({ "KeySpec": "HMAC_224", "KeyUsage": "GENERATE_VERIFY_MAC" }),
            "NotImplemented",
        ),
        (
            "CreateKey",
            json!({ "KeySpec": "RSA_2048", "KeyUsage": "KEY_AGREEMENT" }),
            "ValidationException",
        ),
        (
            "CreateKey",
            json!({ "MultiRegion": true }),
            "NotImplemented",
        ),
        (
            "CreateKey",
            json!({ "Origin": "EXTERNAL" }),
            "NotImplemented",
        ),
        (
            "Sign",
            json!({ "KeyId": "k", "Message": "bQ==", "SigningAlgorithm": "ECDSA_SHA_256" }),
            "NotImplemented",
        ),
        ("GenerateRandom", json!({}), "ValidationException"),
        (
            "GenerateRandom",
            json!({ "NumberOfBytes": 1025 }),
            "ValidationException",
        ),
    ] {
        let (found, answer) = ask(&door, &owner, operation, input.clone()).await;
        assert_eq!(found, code, "{operation} {input}: {answer}");
    }
}

/// A key is for what its usage says: every operation of the other kind is refused, and those that are
/// for every key are not.
#[tokio::test]
async fn a_key_does_what_it_is_for_and_nothing_else() {
    let door = TestDoor::start(|_| {}).await;
    let owner = root(WORKLOAD);
    let of_codes = json!({ "KeySpec": "HMAC_384", "KeyUsage": "GENERATE_VERIFY_MAC" });
    let codes = well(&door, &owner, "CreateKey", of_codes).await["KeyMetadata"].clone();
    assert_eq!(codes["MacAlgorithms"], json!(["HMAC_SHA_384"]));
    assert_eq!(codes["EncryptionAlgorithms"], Value::Null);
    let plain = well(&door, &owner, "CreateKey", json!({})).await["KeyMetadata"].clone();
    let (mac, symmetric) = (&codes["KeyId"], &plain["KeyId"]);

    let algorithm = "HMAC_SHA_384";
    let signed = json!({ "KeyId": mac, "Message": "bQ==", "MacAlgorithm": algorithm });
    let signed = well(&door, &owner, "GenerateMac", signed).await;
    let verify = |message: &str, algorithm: &str| json!({ "KeyId": mac, "Message": message, "Mac": signed["Mac"], "MacAlgorithm": algorithm });
    let verified = well(&door, &owner, "VerifyMac", verify("bQ==", algorithm)).await;
    assert_eq!(verified["MacValid"], true);
    let on = |key: &Value| json!({ "KeyId": key });
    let with = |key: &Value, more: Value| {
        let mut input = on(key);
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let sign = json!({ "Message": "bQ==", "MacAlgorithm": "HMAC_SHA_256" });
    for (operation, input, code) in [
        (
            "VerifyMac",
            verify("bg==", algorithm),
            "KMSInvalidMacException",
        ),
        (
            "VerifyMac",
            verify("bQ==", "HMAC_SHA_512"),
            "InvalidKeyUsageException",
        ),
        (
            "GenerateMac",
            with(symmetric, sign.clone()),
            "InvalidKeyUsageException",
        ),
        ("GenerateMac", with(mac, sign), "InvalidKeyUsageException"),
        (
            "Encrypt",
            with(mac, json!({ "Plaintext": "bQ==" })),
            "InvalidKeyUsageException",
        ),
        (
            "GenerateDataKey",
            with(mac, json!({ "KeySpec": "AES_256" })),
            "InvalidKeyUsageException",
        ),
        (
            "GenerateDataKeyWithoutPlaintext",
            with(mac, json!({ "KeySpec": "AES_256" })),
            "InvalidKeyUsageException",
        ),
        (
            "EnableKeyRotation",
            on(mac),
            "UnsupportedOperationException",
        ),
        (
            "DisableKeyRotation",
            on(mac),
            "UnsupportedOperationException",
        ),
        (
            "GetKeyRotationStatus",
            on(mac),
            "UnsupportedOperationException",
        ),
        ("ListKeyRotations", on(mac), "UnsupportedOperationException"),
        (
            "RotateKeyOnDemand",
            on(mac),
            "UnsupportedOperationException",
        ),
    ] {
        let (found, answer) = ask(&door, &owner, operation, input.clone()).await;
        assert_eq!(found, code, "{operation} {input}: {answer}");
    }
    for operation in ["DescribeKey", "DisableKey", "EnableKey", "ListGrants"] {
        well(&door, &owner, operation, on(mac)).await;
    }
}
