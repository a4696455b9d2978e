//! Certificates that an account keeps.

use serde_json::json;

use super::direct::Direct;

/// Two certificates, and a key to each.
pub(super) const CERTIFICATES: [(&str, &str); 2] = [
    (
        include_str!("../../../../token/src/certificate/own.pem"),
        include_str!("../../../../token/test-keys/rsa-00.pem"),
    ),
    (
        include_str!("../../../../token/src/certificate/other.pem"),
        include_str!("../../../../token/test-keys/rsa-01.pem"),
    ),
];

/// What AWS refuses of a certificate and its key, each beside the one that it takes.
#[tokio::test]
async fn a_certificate_has_its_own_key_and_a_name_of_its_own() {
    let lab = Direct::new();
    let [(own, key), (other, foreign)] = CERTIFICATES;
    let upload = |name: &str, body: &str, key: &str| json!({"ServerCertificateName": name, "CertificateBody": body, "PrivateKey": key});
    for (name, body, key, code) in [
        ("a", own, foreign, "KeyPairMismatch"),
        ("a", "certbody", key, "MalformedCertificate"),
        ("a", own, "privatekey", "MalformedCertificate"),
        ("a", own, key, ""),
        ("A", other, foreign, "EntityAlreadyExists"),
        ("b", other, foreign, ""),
    ] {
        let input = upload(name, body, key);
        let answer = lab.ask("iam:UploadServerCertificate", input).await;
        let found = answer.map_or_else(|error| error.code, |_| String::new());
        assert_eq!(found, code, "{name} {code}");
    }
    let shown = json!({"ServerCertificateName": "a"});
    let shown = lab.done("iam:GetServerCertificate", shown).await;
    let expires = &shown["ServerCertificate"]["ServerCertificateMetadata"]["Expiration"];
    assert_eq!(expires, "2036-01-13T12:00:00Z");
    assert!(!shown.to_string().contains("PRIVATE"));
    lab.done("iam:CreateUser", json!({"UserName": "u"})).await;
    for (body, code) in [
        (own, ""),
        (own, "DuplicateCertificate"),
        (other, ""),
        ("third", "MalformedCertificate"),
    ] {
        let input = json!({"UserName": "u", "CertificateBody": body});
        let answer = lab.ask("iam:UploadSigningCertificate", input).await;
        let found = answer.map_or_else(|error| error.code, |_| String::new());
        assert_eq!(found, code);
    }
    let delete = json!({"UserName": "u"});
    let refused = lab.ask("iam:DeleteUser", delete).await.unwrap_err();
    assert_eq!(refused.code, "DeleteConflict");
}
