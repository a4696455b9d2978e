//! What stands where a token or a signature should.

use authlab_gateway::evidence::{Authentication, Malformed, Reason, Route, Shape};
use authlab_kernel::Component;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::told::{class, request};
use crate::case::Case;
use crate::told::Told;

pub(super) const PREFLIGHT: Entry = class(
    "preflight-caught",
    Mender::Owner,
    "a browser's preflight meets a route that asks who calls",
    |case| {
        let reasons = [Reason::TokenMissing, Reason::SignatureMissing];
        reasons
            .into_iter()
            .find_map(|reason| case.refused(Component::Gateway, reason))?;
        let asked = request(case)?;
        let method = asked.preflight_for?;
        let route = words::text(route_key(case).as_deref());
        Some(Finding::certain(
            format!(
                "OPTIONS {} with `Access-Control-Request-Method: {method}` is a preflight, with which browsers send \
                 no credentials; the route {route} took it and asks for them",
                asked.path
            ),
            "add the route `OPTIONS /{proxy+}` without an authorizer: it comes before `$default` and takes the \
             preflights away from the route",
        ))
    },
);

pub(super) const BEARER_ON_IAM: Entry = class(
    "bearer-on-iam-route",
    Mender::Caller,
    "the route asks for a signature, and the request carries something else",
    |case| {
        let reasons = [Reason::SignatureMissing, Reason::SignatureUnreadable];
        let mut told = reasons.into_iter();
        let told = told.find_map(|reason| case.refused(Component::Gateway, reason))?;
        let Told::GatewayAuthentication(Authentication::NotSigned {
            scheme, message, ..
        }) = told
        else {
            return None;
        };
        let scheme = scheme?;
        let route = words::text(route_key(case).as_deref());
        Some(Finding::certain(
            format!(
                "the route {route} is `AWS_IAM`, so `Authorization` is read as a signature (Signature Version 4); it \
                 has the scheme `{scheme}` (in the words of AWS: {message})"
            ),
            "sign the request with AWS credentials for `execute-api`; where the caller has a token only, call a route \
             with a JWT authorizer",
        ))
    },
);

pub(super) const SIGNATURE_ON_TOKEN_ROUTE: Entry = class(
    "signature-on-token-route",
    Mender::Caller,
    "the route asks for a token, and the request is signed",
    |case| {
        let malformed = malformed(case, Shape::Signature)?;
        let route = words::text(route_key(case).as_deref());
        Some(Finding::certain(
            format!(
                "the route {route} has a JWT authorizer; `Authorization` has the scheme {}",
                words::text(malformed.scheme.as_deref())
            ),
            "send `Authorization: Bearer` and a token of the authorizer's issuer; sign only for routes of the type \
             `AWS_IAM`",
        ))
    },
);

pub(super) const SCHEME: Entry = class(
    "token-scheme",
    Mender::Caller,
    "the token is sent with another scheme than Bearer",
    |case| {
        let malformed = malformed(case, Shape::OtherScheme)?;
        let scheme = words::text(malformed.scheme.as_deref());
        Some(Finding::certain(
            format!(
                "`Authorization` has the scheme {scheme}; a JWT authorizer takes `Bearer` off and reads everything \
                 else as a part of the token"
            ),
            format!("send `Authorization: Bearer` and the token, not {scheme}"),
        ))
    },
);

pub(super) const TWICE: Entry = class(
    "token-twice",
    Mender::Caller,
    "more stands there than one token",
    |case| {
        let twice = malformed(case, Shape::SchemeTwice);
        let cause = if twice.is_some() {
            "the value begins with `Bearer` twice: whoever sends it adds the scheme to a text that has it".to_owned()
        } else {
            let several = malformed(case, Shape::Several)?;
            format!(
                "the value has {} parts between dots and blanks or commas among them; a token has three and none",
                several.segments.unwrap_or_default()
            )
        };
        Some(Finding::certain(
            cause,
            "send `Bearer`, one blank and one token",
        ))
    },
);

pub(super) const ENCRYPTED: Entry = class(
    "token-encrypted",
    Mender::Owner,
    "the token is encrypted",
    |case| {
        malformed(case, Shape::Encrypted)?;
        Some(Finding::certain(
            "the token has five parts, so it is encrypted (RFC 7516); an authorizer reads signed ones, which have three",
            "let the issuer sign the tokens for this API, and not encrypt them",
        ))
    },
);

pub(super) const CUT_OFF: Entry = class(
    "token-cut-off",
    Mender::Caller,
    "the end of the token is missing",
    |case| {
        let cut = malformed(case, Shape::CutOff)?;
        Some(Finding::certain(
            format!(
                "it begins as a token does, and has {} of three parts or a last one that stops in the middle",
                cut.segments.unwrap_or_default()
            ),
            "send the whole token: look for a limit of length where it was copied, stored or set as a header",
        ))
    },
);

pub(super) const QUOTED: Entry = class(
    "token-quoted",
    Mender::Caller,
    "the token stands between quotation marks",
    |case| {
        malformed(case, Shape::Quoted)?;
        Some(Finding::certain(
            "the value begins with a quotation mark, which is taken for a part of the token",
            "send the text itself, not the JSON of it",
        ))
    },
);

pub(super) const PLACEHOLDER: Entry = class(
    "token-placeholder",
    Mender::Caller,
    "what is sent is what a program prints for nothing, or a variable that nobody filled in",
    |case| {
        malformed(case, Shape::Placeholder)?;
        Some(Finding::certain(
            "the value is no token but a word for nothing (`undefined`, `null`) or an unfilled variable",
            "give the client its token before it sends the request: it had none yet, and filled in a word for that",
        ))
    },
);

pub(super) const OPAQUE: Entry = class(
    "token-opaque",
    Mender::Caller,
    "the token is one that only its issuer can read",
    |case| {
        malformed(case, Shape::Opaque)?;
        Some(Finding::certain(
            "the value has one part and begins as no JSON Web Token does: an opaque token, an API key or a code",
            "ask the issuer for a JSON Web Token, which many give only where an API is named (`audience` or `resource`)",
        ))
    },
);

pub(super) const OTHER_SOURCE: Entry = class(
    "identity-source-other",
    Mender::Owner,
    "the token is where clients put it, and the authorizer looks elsewhere",
    |case| {
        let (sources, elsewhere) = absent(case)?;
        let usual = elsewhere
            .iter()
            .find(|source| source.eq_ignore_ascii_case(USUAL))?;
        Some(Finding::certain(
            format!(
                "the authorizer looks in {}; the request has a token in `{usual}`",
                words::texts(&sources)
            ),
            format!("let the authorizer's identity source be `{USUAL}`"),
        ))
    },
);

pub(super) const ELSEWHERE: Entry = class(
    "token-elsewhere",
    Mender::Caller,
    "the request has a token in another place than the authorizer looks in",
    |case| {
        let (sources, elsewhere) = absent(case)?;
        let sources = words::texts(&sources);
        (!elsewhere.is_empty()).then(|| {
            Finding::certain(
                format!(
                    "the authorizer looks in {sources}; the request has a token in {}",
                    words::texts(&elsewhere)
                ),
                format!("send the token in {sources}"),
            )
        })
    },
);

pub(super) const MISSING: Entry = class(
    "token-missing",
    Mender::Caller,
    "the request carries no token",
    |case| {
        let (sources, _) = absent(case)?;
        let sources = words::texts(&sources);
        let route = words::text(route_key(case).as_deref());
        let found = Finding::certain(
            format!(
                "the route {route} asks for a token in {sources}, and the request has none there or anywhere else"
            ),
            format!("get a token of the authorizer's issuer and send it in {sources}"),
        );
        // A route that should be open to everybody has no authorizer.
        Some(found.with_doubt(
            Certainty::Likely,
            &["whether the route is meant to be open"],
        ))
    },
);

/// Where a token stands by custom.
const USUAL: &str = "$request.header.Authorization";

/// Where a token was looked for, and where there is one.
fn absent(case: &Case<'_>) -> Option<(Vec<String>, Vec<String>)> {
    let told = case.refused(Component::Gateway, Reason::TokenMissing)?;
    let Told::GatewayAuthentication(Authentication::TokenAbsent {
        identity_sources,
        elsewhere,
        ..
    }) = told
    else {
        return None;
    };
    let owned = |texts: Vec<std::borrow::Cow<'_, str>>| {
        texts
            .into_iter()
            .map(std::borrow::Cow::into_owned)
            .collect()
    };
    Some((owned(identity_sources), owned(elsewhere)))
}

/// What is no token and looks like this.
fn malformed(case: &Case<'_>, shape: Shape) -> Option<Malformed<'static>> {
    let told = case.refused(Component::Gateway, Reason::TokenMalformed)?;
    match told {
        Told::GatewayAuthentication(Authentication::TokenMalformed(malformed)) => {
            (malformed.shape == Some(shape)).then_some(malformed)
        }
        _ => None,
    }
}

/// The route that took the request.
fn route_key(case: &Case<'_>) -> Option<String> {
    let taken = case.before::<Route<'_>>(Component::Gateway).last()?;
    match taken {
        Route::Taken { route_key, .. } => Some(route_key.into_owned()),
        _ => None,
    }
}
