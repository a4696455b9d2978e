//! The OpenID Connect provider: credentials of clients.

use super::lab::Request;
use super::{Ends, Scan, Secret, Texts};

pub fn plant(scan: &mut Scan) {
    use Ends::{Either, Refused};
    let bodies: [(&'static str, Texts); 6] = [
        ("form", |secret| {
            format!(
                "grant_type=client_credentials&client_id=a&client_secret={}",
                secret.plain()
            )
        }),
        ("client assertion", |secret| {
            format!(
                "grant_type=client_credentials&client_assertion={}",
                secret.token()
            )
        }),
        ("grant type", |secret| {
            format!("grant_type={}", secret.plain())
        }),
        ("password grant", |secret| {
            format!("grant_type=password&username=a&password={}", secret.plain())
        }),
        ("refresh token", |secret| {
            format!("grant_type=refresh_token&refresh_token={}", secret.plain())
        }),
        ("authorization code", |secret| {
            format!("grant_type=authorization_code&code={}", secret.plain())
        }),
    ];
    for (place, body) in bodies {
        scan.plant(("oidc", place, Refused), |lab, secret| {
            Request::new("POST", lab.token_path.as_str())
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body(secret))
        });
    }
    scan.plant(("oidc", "basic authentication", Refused), |lab, secret| {
        let pair = secret.in_base64(&format!("client:{}", secret.plain()));
        Request::new("POST", lab.token_path.as_str())
            .header("authorization", format!("Basic {pair}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body("grant_type=client_credentials")
    });
    scan.plant(("oidc", "JSON", Refused), |lab, secret| {
        let body = serde_json::json!({"client_secret": secret.plain()});
        Request::new("POST", lab.token_path.as_str()).json(&body)
    });
    scan.plant(("oidc", "multipart", Refused), |lab, secret| {
        let body = format!(
            "--b\r\ncontent-disposition: form-data; name=\"client_secret\"\r\n\r\n{}\r\n--b--\r\n",
            secret.plain()
        );
        Request::new("POST", lab.token_path.as_str())
            .header(
                "content-type",
                format!("multipart/form-data; boundary={}", secret.plain()),
            )
            .body(body)
    });
    let base = |path: &str| path.strip_suffix("/token").unwrap_or_default().to_owned();
    for name in ["authorization", "cookie", "x-api-key"] {
        scan.plant(("oidc", "header", Either), |lab, secret| {
            let path = base(&lab.token_path) + "/jwks";
            Request::new("GET", path).header(name, secret.plain())
        });
    }
    scan.plant(("oidc", "query", Either), |lab, secret| {
        let path = base(&lab.token_path) + "/jwks?access_token=";
        Request::new("GET", path + &secret.plain())
    });
    scan.plant(("oidc", "query", Refused), |lab, secret| {
        let path = base(&lab.token_path) + "/authorize?client_secret=";
        Request::new("GET", path + &secret.plain())
    });
    let shapes: [Texts; 2] = [Secret::vault_token, Secret::token];
    for shape in shapes {
        scan.plant(("oidc", "path segment", Refused), |lab, secret| {
            Request::new(
                "GET",
                format!("{}/{}", base(&lab.token_path), shape(secret)),
            )
        });
        scan.plant(("oidc", "path segment", Refused), |_, secret| {
            Request::new("GET", format!("/{}", shape(secret)))
        });
    }
}
