//! Headers that API Gateway keeps for itself: which are not forwarded, may not be mapped, or come back under
//! another name.
//!
//! Sources: API Gateway developer guide, `api-gateway-known-issues.html`, and recorded requests and answers.

use std::borrow::Cow;

/// Of a request, never forwarded (recorded for functions; for endpoints as in the guide).
const NOT_FORWARDED: [&str; 12] = [
    "connection",
    "content-length",
    "content-md5",
    "expect",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
];

/// May be mapped to no integration (recorded; the two of the gateway's own are unverified).
const NOT_MAPPED: [&str; 4] = [
    "content-length",
    "transfer-encoding",
    "x-amzn-apigateway-api-id",
    "x-amzn-trace-id",
];

/// May not be mapped to integrations of AWS either (recorded).
const NOT_MAPPED_TO_AWS: [&str; 5] = [
    "authorization",
    "connection",
    "expect",
    "proxy-authenticate",
    "te",
];

/// May be mapped to endpoints and are left out all the same (as in the guide).
const NOT_SENT: [&str; 4] = ["expect", "proxy-authenticate", "te", "via"];

/// Of an answer, come back under another name (recorded).
const REMAPPED: [&str; 15] = [
    "authorization",
    "connection",
    "content-length",
    "content-md5",
    "date",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "trailer",
    "upgrade",
    "user-agent",
    "www-authenticate",
    "x-amzn-requestid",
];

/// What stands in front of a name that comes back under another.
const REMAPPED_PREFIX: &str = "x-amzn-Remapped-";

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// Whether a client's header goes on.
pub(crate) fn is_forwarded(name: &str) -> bool {
    !is_one_of(&NOT_FORWARDED, name)
}

/// Whether a header may be mapped.
pub(super) fn may_be_mapped(name: &str, is_of_aws: bool) -> bool {
    !(is_one_of(&NOT_MAPPED, name) || is_of_aws && is_one_of(&NOT_MAPPED_TO_AWS, name))
}

/// Whether a header is sent to an endpoint.
pub(super) fn is_sent(name: &str) -> bool {
    !is_one_of(&NOT_SENT, name)
}

/// The name of an answer's header on its way back; `None` where it does not come back at all.
pub(super) fn on_its_way_back(name: &str) -> Option<Cow<'_, str>> {
    if name.eq_ignore_ascii_case("transfer-encoding") {
        return None;
    }
    Some(if is_one_of(&REMAPPED, name) {
        format!("{REMAPPED_PREFIX}{name}").into()
    } else {
        name.into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_header_goes_its_way() {
        let back = [
            ("Authorization", Some("x-amzn-Remapped-Authorization")),
            ("WWW-Authenticate", Some("x-amzn-Remapped-WWW-Authenticate")),
            ("content-length", Some("x-amzn-Remapped-content-length")),
            ("Transfer-Encoding", None),
            ("Content-Type", Some("Content-Type")),
            ("TE", Some("TE")),
        ];
        for (name, expected) in back {
            assert_eq!(on_its_way_back(name).as_deref(), expected);
        }
        let rows = [
            // (name, forwarded, mapped to endpoints, mapped to AWS)
            ("Content-Length", false, false, false),
            ("Authorization", true, true, false),
            ("TE", false, true, false),
            ("Via", true, true, true),
            ("X-Own", true, true, true),
        ];
        for (name, forwarded, to_endpoint, to_aws) in rows {
            let found = (
                is_forwarded(name),
                may_be_mapped(name, false),
                may_be_mapped(name, true),
            );
            assert_eq!(found, (forwarded, to_endpoint, to_aws), "{name}");
        }
    }
}
