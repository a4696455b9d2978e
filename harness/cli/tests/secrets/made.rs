//! Secrets that the lab makes itself: they stand in the answer that gives them, and nowhere else.

use serde_json::json;

use super::Scan;
use super::lab::{Lab, Request, send};

/// Where a secret stands in an answer.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// A JSON pointer.
    Pointer(&'static str),
    /// The text of an XML element.
    Element(&'static str),
}

fn query(lab: &Lab, service: &str, call: &str) -> String {
    let request = Request::new("POST", "/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(call);
    let answer = lab.call(service, request);
    assert!(
        answer.status < 300,
        "{call}: {} {}",
        answer.status,
        answer.body
    );
    answer.body
}

fn json_call(lab: &Lab, service: &str, target: &str, body: &serde_json::Value) -> String {
    let request = Request::new("POST", "/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .body(body.to_string());
    let answer = lab.call(service, request);
    assert!(
        answer.status < 300,
        "{target}: {} {}",
        answer.status,
        answer.body
    );
    answer.body
}

fn found(body: &str, place: Place) -> String {
    match place {
        Place::Pointer(pointer) => {
            let value: serde_json::Value = serde_json::from_str(body).unwrap();
            let found = value.pointer(pointer).and_then(|value| value.as_str());
            found
                .unwrap_or_else(|| panic!("{pointer}: {body}"))
                .to_owned()
        }
        Place::Element(name) => {
            let (_, rest) = body
                .split_once(&format!("<{name}>"))
                .unwrap_or_else(|| panic!("{name}: {body}"));
            rest.split('<').next().unwrap().to_owned()
        }
    }
}

pub fn plant(scan: &mut Scan) {
    aws(scan);
    vault(scan);
    let form = "grant_type=client_credentials&client_id=a&client_secret=test";
    let request = Request::new("POST", scan.lab.token_path.as_str())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = send(&scan.lab.oidc, &request);
    let token = answer.text("/access_token");
    scan.made(
        "oidc",
        "access token, made",
        token.rsplit('.').next().unwrap(),
    );
}

fn aws(scan: &mut Scan) {
    use Place::{Element, Pointer};
    let lab = &scan.lab;
    let iam = "Version=2010-05-08&Action=";
    query(lab, "iam", &format!("{iam}CreateUser&UserName=made"));
    let keys = query(lab, "iam", &format!("{iam}CreateAccessKey&UserName=made"));
    let device = query(
        lab,
        "iam",
        &format!("{iam}CreateVirtualMFADevice&VirtualMFADeviceName=made"),
    );
    let session = query(
        lab,
        "sts",
        "Version=2011-06-15&Action=GetSessionToken&DurationSeconds=900",
    );
    let key = json_call(lab, "kms", "TrentService.CreateKey", &json!({}));
    let key = found(&key, Pointer("/KeyMetadata/KeyId"));
    let data = json_call(
        lab,
        "kms",
        "TrentService.GenerateDataKey",
        &json!({"KeyId": key, "KeySpec": "AES_256"}),
    );
    let password = json_call(
        lab,
        "secretsmanager",
        "secretsmanager.GetRandomPassword",
        &json!({}),
    );
    for (place, body, at) in [
        ("secret access key, made", &keys, Element("SecretAccessKey")),
        ("TOTP seed, made", &device, Element("Base32StringSeed")),
        ("session's secret key", &session, Element("SecretAccessKey")),
        ("session token, made", &session, Element("SessionToken")),
        ("KMS plaintext, made", &data, Pointer("/Plaintext")),
        ("KMS data key, encrypted", &data, Pointer("/CiphertextBlob")),
        ("password, made", &password, Pointer("/RandomPassword")),
    ] {
        scan.made("aws", place, &found(body, at));
    }
    let plain = scan.secret();
    let body = json!({"KeyId": key, "Plaintext": plain.in_base64(&plain.plain())});
    let sealed = json_call(&scan.lab, "kms", "TrentService.Encrypt", &body);
    let sealed = found(&sealed, Pointer("/CiphertextBlob"));
    let opened = json_call(
        &scan.lab,
        "kms",
        "TrentService.Decrypt",
        &json!({ "CiphertextBlob": sealed }),
    );
    scan.made(
        "aws",
        "KMS plaintext, decrypted",
        &found(&opened, Pointer("/Plaintext")),
    );
    scan.made("aws", "KMS plaintext, sent", &plain.plain());
    // What was stored comes back, whole and by its stage.
    let stored = scan.secret();
    let value = json!({"user": "a", "password": stored.plain()}).to_string();
    let body = json!({"Name": "made", "SecretString": value, "ClientRequestToken": "m".repeat(32)});
    json_call(
        &scan.lab,
        "secretsmanager",
        "secretsmanager.CreateSecret",
        &body,
    );
    for stage in [
        json!({"SecretId": "made"}),
        json!({"SecretId": "made", "VersionStage": "AWSCURRENT"}),
    ] {
        json_call(
            &scan.lab,
            "secretsmanager",
            "secretsmanager.GetSecretValue",
            &stage,
        );
    }
    scan.made("aws", "SecretString, read", &stored.plain());
}

fn vault(scan: &mut Scan) {
    let user = json!({"password": "right-and-long"});
    let answer = scan.lab.vault("POST", "auth/userpass/users/made", &user);
    assert!(answer.status < 300, "{} {}", answer.status, answer.body);
    let cases = [
        (
            "token, made",
            "auth/token/create",
            json!({"policies": ["default"]}),
            "/auth/client_token",
        ),
        (
            "batch token, made",
            "auth/token/create",
            json!({"type": "batch", "policies": ["default"]}),
            "/auth/client_token",
        ),
        (
            "secret_id, made",
            "auth/approle/role/app/secret-id",
            json!({}),
            "/data/secret_id",
        ),
        (
            "random bytes, made",
            "sys/tools/random/32",
            json!({}),
            "/data/random_bytes",
        ),
        (
            "token of a login",
            "auth/userpass/login/made",
            json!({"password": "right-and-long"}),
            "/auth/client_token",
        ),
    ];
    for (place, path, body, pointer) in cases {
        let answer = scan.lab.vault("POST", path, &body);
        let made = answer.text(pointer);
        scan.made("vault", place, &made);
    }
    let request = Request::new("POST", "/v1/auth/token/create")
        .header("x-vault-token", scan.lab.root_token.as_str())
        .header("x-vault-wrap-ttl", "60")
        .json(&json!({}));
    let wrapped = send(&scan.lab.vault, &request).text("/wrap_info/token");
    scan.made("vault", "wrapping token, made", &wrapped);
    let answer = scan
        .lab
        .vault("POST", "sys/wrapping/unwrap", &json!({ "token": wrapped }));
    let inner = answer.text("/auth/client_token");
    scan.made("vault", "token, unwrapped", &inner);
    let root = scan.lab.root_token.clone();
    scan.made("vault", "root token", &root);
}
