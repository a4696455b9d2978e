//! The services of AWS: sensitive members, credentials, bodies in every protocol.

use serde_json::{Value, json};

use super::lab::{REGION, Request};
use super::{Contents, Ends, Scan, Secret, Texts};

/// A request of a service, signed by the account's root user, or by a wrong secret.
fn service(
    scan: &mut Scan,
    (name, place, ends): (&'static str, &'static str, Ends),
    request: impl FnOnce(&Secret) -> Request,
) {
    let key = match ends {
        // A signature that does not stand: the rebuilt request is evidence.
        Ends::Refused if place.starts_with("signed") => "wrong",
        _ => "test",
    };
    scan.plant(("aws", place, ends), |lab, secret| {
        request(secret)
            .host(format!("{name}.{REGION}.amazonaws.com"))
            .signed(&lab.account, key, None, name)
    });
}

fn json_call(target: &str, body: &Value) -> Request {
    Request::new("POST", "/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .body(body.to_string())
}

fn form(body: String) -> Request {
    Request::new("POST", "/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
}

pub fn plant(scan: &mut Scan) {
    secrets(scan);
    credentials(scan);
    bodies(scan);
    payloads(scan);
    keys_and_codes(scan);
}

fn secrets(scan: &mut Scan) {
    use Ends::{Accepted, Refused};
    let values: [(&'static str, Ends, &str, Contents); 8] = [
        (
            "SecretString",
            Accepted,
            "CreateSecret",
            |secret| json!({"Name": "one", "SecretString": secret.plain()}),
        ),
        (
            "SecretString, name taken",
            Refused,
            "CreateSecret",
            |secret| json!({"Name": "one", "SecretString": secret.plain()}),
        ),
        (
            "SecretString, JSON in it",
            Accepted,
            "PutSecretValue",
            |secret| json!({"SecretId": "one", "SecretString": json!({"password": secret.plain()}).to_string()}),
        ),
        (
            "SecretString of a wrong type",
            Refused,
            "PutSecretValue",
            |secret| json!({"SecretId": "one", "SecretString": {"password": secret.plain()}}),
        ),
        (
            "SecretBinary",
            Accepted,
            "PutSecretValue",
            |secret| json!({"SecretId": "one", "SecretBinary": secret.in_base64(&secret.plain())}),
        ),
        (
            "SecretBinary, no base64",
            Refused,
            "PutSecretValue",
            |secret| json!({"SecretId": "one", "SecretBinary": format!("?{}", secret.plain())}),
        ),
        (
            "resource policy, broken",
            Refused,
            "PutResourcePolicy",
            |secret| json!({"SecretId": "one", "ResourcePolicy": format!("{{\"Statement\": \"{}", secret.plain())}),
        ),
        (
            "unknown member",
            Ends::Either,
            "PutSecretValue",
            |secret| json!({"SecretId": "none", "SecretString": secret.plain(), "Password": secret.plain()}),
        ),
    ];
    for (place, ends, operation, body) in values {
        let body_of = move |secret: &Secret| {
            let mut body = body(secret);
            if !matches!(operation, "PutResourcePolicy") {
                body["ClientRequestToken"] = json!(format!("{:032}", secret.plain()));
            }
            body
        };
        service(scan, ("secretsmanager", place, ends), |secret| {
            json_call(&format!("secretsmanager.{operation}"), &body_of(secret))
        });
    }
}

fn credentials(scan: &mut Scan) {
    use Ends::{Either, Refused};
    for (form_of, place) in [
        (Secret::token as Texts, "JWT, not believed"),
        (Secret::plain, "no JWT at all"),
    ] {
        scan.plant(("aws", place, Refused), |lab, secret| {
            form(format!(
                "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn:aws:iam::{}:role/x&RoleSessionName=s&WebIdentityToken={}",
                lab.account,
                form_of(secret)
            ))
            .host("sts.amazonaws.com")
        });
    }
    scan.plant(("aws", "session token", Refused), |lab, secret| {
        form("Action=GetCallerIdentity&Version=2011-06-15".to_owned())
            .host(format!("sts.{REGION}.amazonaws.com"))
            .signed(&lab.account, "test", Some(&secret.plain()), "sts")
    });
    scan.plant(("aws", "presigned URL", Refused), |lab, secret| {
        let target = format!(
            "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}%2F20260115%2F{REGION}%2Fsts%2Faws4_request&X-Amz-Date=20260115T120000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature={}&X-Amz-Security-Token={1}",
            lab.account, secret.plain()
        );
        Request::new("GET", target).host(format!("sts.{REGION}.amazonaws.com"))
    });
    for name in [
        "cookie",
        "x-api-key",
        "x-vault-token",
        "proxy-authorization",
        "x-something-new",
        "content-md5",
    ] {
        for ends in [Refused, Ends::Accepted] {
            service(scan, ("sts", "signed header", ends), |secret| {
                form("Action=GetCallerIdentity&Version=2011-06-15".to_owned())
                    .header(name, secret.plain())
            });
        }
    }
    service(scan, ("sts", "signed query", Refused), |secret| {
        Request::new(
            "GET",
            format!(
                "/?Action=GetCallerIdentity&Version=2011-06-15&Password={}",
                secret.plain()
            ),
        )
    });
    for name in [
        "authorization",
        "x-amz-security-token",
        "x-amzn-trace-id",
        "x-amz-target",
    ] {
        scan.plant(("aws", "unsigned header", Refused), |_, secret| {
            let value = match name {
                "x-amzn-trace-id" => format!("Root={}", secret.plain()),
                "x-amz-target" => format!("Logs_20140328.{}", secret.vault_token()),
                _ => secret.plain(),
            };
            form("Action=GetCallerIdentity&Version=2011-06-15".to_owned())
                .host("sts.amazonaws.com")
                .header(name, value)
        });
    }
    scan.plant(("aws", "user information", Either), |_, secret| {
        let target = format!(
            "http://user:{}@sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
            secret.plain()
        );
        Request::new("GET", target).host("sts.amazonaws.com")
    });
    scan.plant(("aws", "path segment", Refused), |_, secret| {
        Request::new("GET", format!("/v2/apis/{}", secret.vault_token()))
            .host(format!("apigateway.{REGION}.amazonaws.com"))
    });
}

fn bodies(scan: &mut Scan) {
    use Ends::{Either, Refused};
    service(scan, ("iam", "form", Either), |secret| {
        form(format!(
            "Action=CreateLoginProfile&Version=2010-05-08&UserName=nobody&Password={}",
            secret.plain()
        ))
    });
    service(scan, ("iam", "form, signed too late", Either), |secret| {
        form(format!(
            "Action=ChangePassword&Version=2010-05-08&OldPassword={0}&NewPassword={0}",
            secret.plain()
        ))
    });
    service(scan, ("iam", "XML", Refused), |secret| {
        Request::new("POST", "/")
            .header("content-type", "text/xml")
            .body(format!(
                "<CreateUser><Password>{}</Password></CreateUser>",
                secret.plain()
            ))
    });
    service(scan, ("iam", "multipart", Refused), |secret| {
        Request::new("POST", "/")
            .header("content-type", "multipart/form-data; boundary=b")
            .body(format!(
                "--b\r\ncontent-disposition: form-data; name=\"Password\"\r\n\r\n{}\r\n--b--\r\n",
                secret.plain()
            ))
    });
    service(
        scan,
        ("lambda", "environment of a function", Either),
        |secret| {
            Request::new("POST", "/2015-03-31/functions").json(&json!({
            "FunctionName": "f", "Role": "arn:aws:iam::111111111111:role/none", "Handler": "h",
            "Runtime": "provided.al2023", "Code": {"ZipFile": "UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAAIAAAAaW5kZXgucHlQSwECFAMUAAAAAAAAACEAAAAAAAAAAAAAAAAACAAAAAAAAAAAAAAAAAAAAAAAaW5kZXgucHlQSwUGAAAAAAEAAQA2AAAAJgAAAAAA"},
            "Environment": {"Variables": {"PASSWORD": secret.plain()}},
        }))
        },
    );
    service(
        scan,
        ("lambda", "environment of a wrong type", Refused),
        |secret| {
            Request::new("POST", "/2015-03-31/functions").json(&json!({
                "FunctionName": "f", "Environment": {"Variables": {"PASSWORD": [secret.plain()]}},
            }))
        },
    );
    for (ends, cut) in [(Either, 0), (Refused, 4)] {
        service(scan, ("monitoring", "CBOR", ends), |secret| {
            let mut body = Vec::new();
            let value = json!({"Namespace": "n", "MetricData": [{"MetricName": "m", "Value": 1.0, "Password": secret.plain()}]});
            ciborium::into_writer(&value, &mut body).unwrap();
            body.truncate(body.len() - cut);
            Request::new(
                "POST",
                "/service/GraniteServiceVersion20100801/operation/PutMetricData",
            )
            .header("smithy-protocol", "rpc-v2-cbor")
            .header("content-type", "application/cbor")
            .body(body)
        });
    }
    service(scan, ("logs", "broken JSON", Refused), |secret| {
        Request::new("POST", "/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "Logs_20140328.PutLogEvents")
            .body(format!("{{\"logGroupName\": \"{}\"", secret.plain()))
    });
    service(scan, ("logs", "template", Refused), |secret| {
        json_call(
            "Logs_20140328.PutMetricFilter",
            &json!({
                "logGroupName": "access", "filterName": "f", "filterPattern": format!("{{ $.password = \"{}\"", secret.plain()),
                "metricTransformations": [],
            }),
        )
    });
    for (ends, document) in [
        (
            Refused,
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"{}\"}]}",
        ),
        (Refused, "{\"{}\":1}"),
        (Refused, "{}"),
    ] {
        service(scan, ("iam", "policy document", ends), |secret| {
            let document = document.replace("{}", &secret.vault_token());
            let document: String =
                url::form_urlencoded::byte_serialize(document.as_bytes()).collect();
            form(format!(
                "Action=CreatePolicy&Version=2010-05-08&PolicyName=p&PolicyDocument={document}"
            ))
        });
    }
}

fn payloads(scan: &mut Scan) {
    use Ends::Refused;
    service(
        scan,
        ("lambda", "client context of a function", Refused),
        |secret| {
            let context = json!({"custom": {"key": secret.plain()}}).to_string();
            Request::new("POST", "/2015-03-31/functions/none/invocations")
                .header("x-amz-client-context", secret.in_base64(&context))
                .json(&json!({"token": secret.vault_token(), "password": secret.plain()}))
        },
    );
    let stream = json!({"logGroupName": "events", "logStreamName": "scan"});
    for (operation, body) in [
        ("CreateLogGroup", &json!({"logGroupName": "events"})),
        ("CreateLogStream", &stream),
    ] {
        let request = json_call(&format!("Logs_20140328.{operation}"), body);
        let answer = scan.lab.call("logs", request);
        assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    }
    for (ends, message) in [
        (
            Ends::Accepted,
            json!([{"timestamp": 1_768_478_400_000_i64, "message": "{}"}]),
        ),
        (Refused, json!([{"timestamp": "{}", "message": "{}"}])),
    ] {
        service(scan, ("logs", "log event", ends), |secret| {
            let events = message.to_string().replace("{}", &secret.plain());
            let mut body = stream.clone();
            body["logEvents"] = serde_json::from_str(&events).unwrap();
            json_call("Logs_20140328.PutLogEvents", &body)
        });
    }
}

fn keys_and_codes(scan: &mut Scan) {
    use Ends::Refused;
    for (place, body) in [
        (
            "KMS plaintext of a wrong type",
            (|secret: &Secret| json!({"KeyId": "alias/none", "Plaintext": {"a": secret.plain()}}))
                as Contents,
        ),
        (
            "KMS plaintext, no base64",
            |secret| json!({"KeyId": "alias/none", "Plaintext": format!("?{}", secret.plain())}),
        ),
        (
            "KMS plaintext, no key",
            |secret| json!({"KeyId": "alias/none", "Plaintext": secret.in_base64(&secret.plain())}),
        ),
        (
            "KMS ciphertext, forged",
            |secret| json!({"CiphertextBlob": secret.in_base64(&format!("{:0>64}", secret.plain()))}),
        ),
    ] {
        let operation = if place.contains("ciphertext") {
            "Decrypt"
        } else {
            "Encrypt"
        };
        service(scan, ("kms", place, Refused), |secret| {
            json_call(&format!("TrentService.{operation}"), &body(secret))
        });
    }
    for (place, call) in [
        (
            "TOTP code of a wrong form",
            "GetSessionToken&SerialNumber=arn:aws:iam::111111111111:mfa/x&TokenCode=",
        ),
        (
            "SAML assertion",
            "AssumeRoleWithSAML&RoleArn=arn:aws:iam::111111111111:role/x&PrincipalArn=arn:aws:iam::111111111111:saml-provider/x&SAMLAssertion=",
        ),
        (
            "encoded message",
            "DecodeAuthorizationMessage&EncodedMessage=",
        ),
    ] {
        service(scan, ("sts", place, Refused), |secret| {
            form(format!(
                "Version=2011-06-15&Action={call}{}",
                secret.plain()
            ))
        });
    }
    for (place, call) in [
        (
            "TOTP codes",
            "EnableMFADevice&UserName=nobody&SerialNumber=arn:aws:iam::111111111111:mfa/x&AuthenticationCode1=123456&AuthenticationCode2=",
        ),
        (
            "private key of a certificate",
            "UploadServerCertificate&ServerCertificateName=x&CertificateBody=x&PrivateKey=",
        ),
        (
            "password of a login profile",
            "UpdateLoginProfile&UserName=nobody&Password=",
        ),
    ] {
        service(scan, ("iam", place, Refused), |secret| {
            form(format!(
                "Version=2010-05-08&Action={call}{}",
                secret.plain()
            ))
        });
    }
}
