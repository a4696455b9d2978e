//! A URL as the journal may show it.

use http::Uri;

/// Query parameters whose value is a credential: signatures and session tokens of presigned URLs,
/// bearer tokens in the query (RFC 6750, section 2.3), client secrets, authorization codes.
const SECRET_PARAMETERS: [&str; 13] = [
    "access_token",
    "apikey",
    "api_key",
    "client_assertion",
    "client_secret",
    "code",
    "id_token",
    "password",
    "refresh_token",
    "secret",
    "token",
    "x-amz-security-token",
    "x-amz-signature",
];

/// The URL without the values of parameters that hold credentials, and without user information.
pub(crate) fn for_journal(uri: &Uri) -> String {
    let scheme = uri
        .scheme_str()
        .map_or(String::new(), |scheme| format!("{scheme}://"));
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = authority.rsplit('@').next().unwrap_or_default();
    let query = uri.query().map_or(String::new(), |query| {
        format!("?{}", without_secrets(query))
    });
    format!("{scheme}{host}{}{query}", uri.path())
}

fn without_secrets(query: &str) -> String {
    let shown = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if is_secret(name, value) => format!("{name}=…"),
        _ => pair.to_owned(),
    };
    query.split('&').map(shown).collect::<Vec<_>>().join("&")
}

fn is_secret(name: &str, value: &str) -> bool {
    // Every JSON Web Token begins so: base64url of `{"`.
    SECRET_PARAMETERS
        .iter()
        .any(|secret| secret.eq_ignore_ascii_case(name))
        || value.starts_with("eyJ")
        || value.starts_with("hvs.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_stand_in_the_journal_and_the_rest_does() {
        let cases = [
            (
                "http://127.0.0.1:1//a%2Fb?x=1",
                "http://127.0.0.1:1//a%2Fb?x=1",
            ),
            ("http://a:b@host/p", "http://host/p"),
            (
                "http://h/p?X-Amz-Signature=abc&Action=Get",
                "http://h/p?X-Amz-Signature=…&Action=Get",
            ),
            (
                "http://h/?q=eyJhbGciOi&token=t&flag",
                "http://h/?q=…&token=…&flag",
            ),
        ];
        for (url, shown) in cases {
            assert_eq!(for_journal(&url.parse().unwrap()), shown);
        }
    }
}
