//! What was signed is not what arrived: which of the usual mistakes gives the signature that was sent.

use authlab_aws::evidence::{Fit, Reason, Suspect};

use super::told::{fit, refused};
use crate::case::Case;
use crate::diagnose::finding::{Certainty, Finding};
use crate::diagnose::words;

/// The headers that proxies and clients change on the way.
const CHANGEABLE: [&str; 12] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "te",
    "transfer-encoding",
    "user-agent",
    "via",
    "x-amzn-trace-id",
    "x-forwarded-for",
];

fn signed(fit: &Fit) -> String {
    words::text(fit.signed.as_deref())
}

fn arrived(fit: &Fit) -> String {
    words::text(fit.arrived.as_deref())
}

fn name(fit: &Fit) -> String {
    words::text(fit.name.as_deref())
}

/// A parameter by its name, or the query.
fn parameter(fit: &Fit) -> String {
    match &fit.name {
        Some(name) => format!("the parameter `{name}`"),
        None => "the query".to_owned(),
    }
}

/// The path in another encoding.
pub(super) fn path_encoding(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    let (signed, arrived) = (signed(&fit), arrived(&fit));
    let plain = once_less(&fit);
    let (how, fix) = match fit.suspect {
        Suspect::PathEncodedMore => (
            "encoded once more than",
            format!(
                "sign the path `{plain}` once, not twice: as {arrived} in the canonical request"
            ),
        ),
        Suspect::PathEncodedLess => (
            "encoded once less than",
            format!(
                "encode the path once more when signing: as {arrived}; only S3 signs the path as it is sent"
            ),
        ),
        Suspect::PathDecoded => (
            "decoded, where the service signs",
            format!(
                "sign the path as it is sent, percent-encoded: as {arrived} in the canonical request"
            ),
        ),
        Suspect::PathEncodedOtherwise => (
            "with other characters encoded than in",
            format!(
                "encode all but letters, digits, `-`, `.`, `_` and `~`: as {arrived} in the canonical \
                 request, and send the same bytes"
            ),
        ),
        _ => return None,
    };
    Some(Finding::certain(
        format!("the signature that was sent is that of the path {signed}, {how} {arrived}"),
        fix,
    ))
}

/// The path as it arrived, where the service signs it encoded once more.
fn once_less(fit: &Fit) -> String {
    let arrived = fit.arrived.as_deref().unwrap_or_default();
    arrived.replace("%25", "%")
}

/// Another path.
pub(super) fn path_changed(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    let (signed, arrived) = (signed(&fit), arrived(&fit));
    let (how, fix) = match fit.suspect {
        Suspect::PathNotNormalised => (
            "with the dots and slashes that are taken out of",
            format!(
                "sign the path without `.`, `..` and empty segments, as {arrived}; better, send it so"
            ),
        ),
        Suspect::PathTrailingSlash => (
            "which has another end than",
            format!(
                "sign the path that reaches the service, {arrived}: the slash at its end counts, and \
                 something on the way adds or takes it"
            ),
        ),
        Suspect::PathPrefix => (
            "and something on the way made of it",
            format!(
                "sign the path that reaches the service, {arrived}: something on the way (a base path, a \
                 stage, a proxy's prefix) changes it after the signature"
            ),
        ),
        _ => return None,
    };
    Some(Finding::certain(
        format!(
            "the signature that was sent is that of the path {signed}, {how} {arrived}, which arrived"
        ),
        fix,
    ))
}

/// The query in another encoding.
pub(super) fn query_encoding(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    let what = parameter(&fit);
    let (cause, fix) = match fit.suspect {
        Suspect::QueryPlusAsBlank => (
            format!("{what} was signed with a blank where `+` arrived"),
            "send a blank as `%20`, and a plus as `%2B`: Signature Version 4 takes `+` for a plus",
        ),
        Suspect::QueryBlankAsPlus => (
            format!("{what} was signed with `+` where `%20` arrived"),
            "sign a blank as `%20`: the form encoding, in which it is `+`, is not that of signatures",
        ),
        Suspect::QueryNotEncoded => (
            format!("{what} was signed as it is written, without encoding"),
            "encode names and values by RFC 3986 in the canonical query, `$filter` as `%24filter`, and \
             send the same bytes",
        ),
        Suspect::QueryEncodedTwice => (
            format!("{what} was encoded once more when it was signed: `%` as `%25`"),
            "encode each name and value once: decode what is in the URL before it is canonicalised",
        ),
        Suspect::QueryEncodedOtherwise => (
            format!("{what} was signed with characters left as they are that signatures encode"),
            "encode all but letters, digits, `-`, `.`, `_` and `~`: what `encodeURIComponent` leaves \
             (`!'()*`) and what URLs may hold (`$:/,`) too",
        ),
        Suspect::QueryWithoutEquals => (
            format!("{what} has no value, and was signed without `=`"),
            "sign a parameter without a value as `name=`",
        ),
        _ => return None,
    };
    Some(Finding::certain(
        format!("the signature that was sent fits if {cause}"),
        fix,
    ))
}

/// The parameters in another order.
pub(super) fn query_order(case: &Case<'_>) -> Option<Finding> {
    (fit(case)?.suspect == Suspect::QueryUnsorted).then(|| {
        Finding::certain(
            "the signature that was sent fits if the parameters were signed in the order of the URL",
            "sort the parameters by name, then by value, after they are encoded (capitals before small \
             letters), in the canonical query",
        )
    })
}

/// Another query.
pub(super) fn query_changed(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    let what = parameter(&fit);
    let (cause, fix) = match fit.suspect {
        Suspect::QueryNotSigned => (
            "the signature that was sent is that of the request without its query".to_owned(),
            "sign the query too: add the parameters before the request is signed".to_owned(),
        ),
        Suspect::QueryParameterAdded => (
            format!("the signature that was sent is that of the request without {what}"),
            format!("add {what} before the request is signed, or let nobody add it on the way"),
        ),
        _ => return None,
    };
    Some(Finding::certain(cause, fix))
}

/// Another host.
pub(super) fn host(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    (fit.suspect == Suspect::Host).then(|| {
        let (signed, arrived) = (signed(&fit), arrived(&fit));
        Finding::certain(
            format!("the host {signed} was signed, and {arrived} arrived"),
            format!(
                "sign the host that reaches the service, {arrived}, or let what stands between (a proxy, a \
                 custom domain, a CDN) pass on the Host {signed} as it came"
            ),
        )
    })
}

/// A header that is signed and did not arrive.
pub(super) fn header_absent(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::SignatureMismatch)?;
    let absent = &told.inspected.absent_headers;
    let is_other = told
        .inspected
        .fit
        .as_ref()
        .is_some_and(|fit| fit.suspect != Suspect::HeaderAbsent);
    (!absent.is_empty() && !is_other).then(|| {
        let names = words::texts(absent);
        let value = match told
            .inspected
            .fit
            .as_ref()
            .and_then(|fit| fit.signed.as_deref())
        {
            Some(value) if !value.is_empty() => format!(", as `{value}`"),
            _ => String::new(),
        };
        Finding::certain(
            format!("{names} is signed{value}, and the request that arrived has no such header"),
            format!(
                "leave {names} out of the signed headers, or let nothing on the way take it out"
            ),
        )
    })
}

/// A header with another value.
pub(super) fn header_changed(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    let (name, signed, arrived) = (name(&fit), signed(&fit), arrived(&fit));
    let (cause, fix) = match fit.suspect {
        Suspect::HeaderChanged => (
            format!("{name} was signed as {signed}, and arrived as {arrived}"),
            format!(
                "leave {name} out of the signed headers: proxies and clients change it; signing `host` and \
                 the `x-amz-` headers is enough"
            ),
        ),
        Suspect::HeaderNotSigned => (
            format!(
                "{name} is listed in SignedHeaders, and the canonical request was made without it"
            ),
            format!(
                "set {name} before the request is signed, or leave it out of SignedHeaders: the list and \
                 the canonical headers have to name the same"
            ),
        ),
        _ => return None,
    };
    Some(Finding::certain(cause, fix))
}

/// Values in another spelling.
pub(super) fn header_spelling(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    let name = name(&fit);
    let (cause, fix) = match fit.suspect {
        Suspect::HeaderSpacing => (
            format!(
                "the value of {name} was signed with its blanks as they are, or joined in another way"
            ),
            "trim each value, fold runs of blanks into one, and join the values of a repeated header by a \
             comma without a blank",
        ),
        Suspect::HeaderCase => (
            format!("the value of {name} was signed in lower case"),
            "put names of headers into lower case, and leave their values as they are",
        ),
        _ => return None,
    };
    Some(Finding::certain(cause, fix))
}

/// Another body.
pub(super) fn body(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    let arrived = arrived(&fit);
    let (cause, fix) = match fit.suspect {
        Suspect::BodyEmpty => (
            format!(
                "the hash of an empty body was signed, and a body came (its hash is {arrived})"
            ),
            "set the body before the request is signed: a body that is added later is not in the hash",
        ),
        Suspect::BodyUnsigned => (
            format!(
                "{} was signed in place of the body's hash {arrived}",
                signed(&fit)
            ),
            "sign the hash of the body: only S3 takes payloads that are not signed",
        ),
        Suspect::BodyOther => (
            format!(
                "the hash {} was signed, and that of the body that arrived is {arrived}",
                signed(&fit)
            ),
            "sign the bytes that are sent: whatever serialises, compresses or changes the body has to do \
             it before the signature",
        ),
        Suspect::BodyLineEnds => (
            "the body was signed with other line ends, or without the blanks around it".to_owned(),
            "sign the bytes that are sent (with curl: `--data-binary`, which changes no line ends)",
        ),
        Suspect::BodyPlusAsBlank => (
            "the body was signed with `+` and `%20` in each other's place".to_owned(),
            "encode the form once and sign those bytes: `+` and `%20` mean the same and are not the same",
        ),
        _ => return None,
    };
    Some(Finding::certain(cause, fix))
}

/// Another method.
pub(super) fn method(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    (fit.suspect == Suspect::Method).then(|| {
        let (signed, arrived) = (signed(&fit), arrived(&fit));
        Finding::certain(
            format!("the method {signed} was signed, and {arrived} arrived"),
            format!("sign the method that reaches the service, in capitals: {arrived}"),
        )
    })
}

/// A token that came after the signature.
pub(super) fn token(case: &Case<'_>) -> Option<Finding> {
    (fit(case)?.suspect == Suspect::TokenNotSigned).then(|| {
        Finding::certain(
            "the signature that was sent is that of the request without `X-Amz-Security-Token`",
            "add the session token before the request is signed, and sign it as the other `x-amz-` \
             headers and parameters are",
        )
    })
}

/// Another secret.
pub(super) fn secret(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::SignatureMismatch)?;
    let fit = told.inspected.fit.as_ref()?;
    let key = told.key();
    let (cause, fix) = match fit.suspect {
        Suspect::SecretOfOtherKey => (
            format!("the request names {key}, and is signed with the secret of {}", name(fit)),
            format!(
                "take key id and secret of one access key: sign as {} with this secret, or as now with the \
                 secret of its own",
                name(fit)
            ),
        ),
        Suspect::SecretWrapped => (
            format!("the secret of {key} was used with a blank, a line end or quotes around it"),
            "take them off where the secret is read: a file with a line end, a variable with quotes"
                .to_owned(),
        ),
        Suspect::SecretEncoded => (
            format!("the secret of {key} was used percent-encoded"),
            "decode the secret before it is used: `/` and `+` are part of secrets".to_owned(),
        ),
        Suspect::SecretMistaken => (
            format!("the secret of {key} was not used: the key id, the session token or nothing stood in its place"),
            "give the signer the secret access key (`AWS_SECRET_ACCESS_KEY`)".to_owned(),
        ),
        _ => return None,
    };
    Some(Finding::certain(cause, fix))
}

/// A key for something else.
pub(super) fn key_scope(case: &Case<'_>) -> Option<Finding> {
    let fit = fit(case)?;
    let what = match fit.suspect {
        Suspect::KeyRegion => "Region",
        Suspect::KeyService => "service",
        Suspect::KeyDate => "day",
        _ => return None,
    };
    let (signed, arrived) = (signed(&fit), arrived(&fit));
    let more = match fit.suspect {
        Suspect::KeyDate => {
            "; days are those of UTC, and a key that is kept has to be made anew each day"
        }
        _ => "",
    };
    Some(Finding::certain(
        format!(
            "the signing key is that of the {what} {signed}, and the scope of the request says {arrived}"
        ),
        format!("derive the signing key for the {what} of the scope, {arrived}{more}"),
    ))
}

/// A right signature in another spelling.
pub(super) fn spelling(case: &Case<'_>) -> Option<Finding> {
    let how = match fit(case)?.suspect {
        Suspect::SignatureCapitals => "in capital digits",
        Suspect::SignatureBase64 => "in base64",
        _ => return None,
    };
    Some(Finding::certain(
        format!("the signature is that of the request, written {how}"),
        "write the signature in hexadecimal with small letters",
    ))
}

/// None of the mistakes gives the signature.
pub(super) fn unknown(case: &Case<'_>) -> Option<Finding> {
    let told = refused(case, Reason::SignatureMismatch)?;
    let tried = match told.inspected.tried {
        Some(tried) if tried > 0 => format!(
            ", and none of {tried} usual mistakes (encodings, hosts, headers, bodies, secrets, scopes) gives it"
        ),
        _ => String::new(),
    };
    let canonical = told.canonical_request.as_deref().unwrap_or_default();
    let headers: Vec<&str> = canonical
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, _)| name)
        .filter(|name| CHANGEABLE.contains(name) || name.starts_with("x-forwarded-"))
        .collect();
    let (changeable, fix) = if headers.is_empty() {
        (
            String::new(),
            "sign the canonical request below: in the signer's own, change the first line that differs from it; \
             where all lines agree, the secret is another: take the one that belongs to the access key"
                .to_owned(),
        )
    } else {
        let names = words::texts(&headers);
        (
            format!("; {names} is signed, which proxies and clients change on the way"),
            format!(
                "leave {names} out of the signed headers; if that is not it, compare the canonical request \
                 below with the signer's own, line by line"
            ),
        )
    };
    Some(
        Finding::certain(
            format!(
                "the signature of {} does not fit the request as it arrived{tried}{changeable}",
                told.key()
            ),
            fix,
        )
        .with_doubt(
            Certainty::Possible,
            &["the canonical request of the signer: the line that differs says what was changed"],
        ),
    )
}
