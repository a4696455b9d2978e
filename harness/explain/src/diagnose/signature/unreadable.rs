//! Requests without a signature, and signatures that cannot be read.

use authlab_aws::evidence::{Reason, Unreadable, UnreadableKind as Kind};

use super::told::refused;
use crate::case::Case;
use crate::diagnose::finding::Finding;
use crate::diagnose::words;

fn unreadable(case: &Case<'_>) -> Option<(Unreadable, String)> {
    let told = refused(case, Reason::SignatureUnreadable)?;
    Some((told.inspected.unreadable?, told.message))
}

/// Another scheme stands in the Authorization header.
pub(super) fn scheme(case: &Case<'_>) -> Option<Finding> {
    let (found, _) = unreadable(case)?;
    (found.kind == Kind::OtherScheme).then(|| {
        let given = match &found.scheme {
            Some(scheme) => format!("the scheme `{scheme}`"),
            None => "no scheme of signatures".to_owned(),
        };
        Finding::certain(
            format!("the Authorization header has {given}, and here AWS4-HMAC-SHA256 is wanted"),
            "sign the request with AWS credentials (Signature Version 4); a token is taken where an \
             authorizer reads it, and that is another route or another API",
        )
    })
}

/// Parts are missing.
pub(super) fn incomplete(case: &Case<'_>) -> Option<Finding> {
    let (found, _) = unreadable(case)?;
    (found.kind == Kind::Missing).then(|| {
        let parts = words::texts(&found.parts);
        Finding::certain(
            format!("the signature lacks {parts}"),
            format!(
                "send {parts}: in the header form `Authorization: AWS4-HMAC-SHA256 Credential=…, \
                 SignedHeaders=…, Signature=…` and `X-Amz-Date`; in a presigned URL all of its \
                 `X-Amz-` parameters, as they were signed"
            ),
        )
    })
}

/// Something of it is wrong.
pub(super) fn other(case: &Case<'_>) -> Option<Finding> {
    let (found, message) = unreadable(case)?;
    let given = words::texts(&found.parts);
    let (cause, fix) = match found.kind {
        Kind::OtherScheme | Kind::Missing => return None,
        Kind::Credential => (
            format!("the credential is {given}, and has not five parts"),
            "write the credential as `KEY_ID/YYYYMMDD/REGION/SERVICE/aws4_request`; a slash within a part \
             has to be none"
                .to_owned(),
        ),
        Kind::Date => (
            format!("the date is {given}"),
            "write `X-Amz-Date` in the basic form and in UTC: `20261231T235959Z`".to_owned(),
        ),
        Kind::Expires => (
            format!("`X-Amz-Expires` is {given}"),
            "give `X-Amz-Expires` in seconds, 1 to 604800".to_owned(),
        ),
        Kind::HostNotSigned => (
            "`host` is not among the signed headers".to_owned(),
            "sign the Host: put `host` into SignedHeaders and into the canonical request".to_owned(),
        ),
        Kind::Algorithm => (
            format!("the algorithm is {given}, and here AWS4-HMAC-SHA256 is taken"),
            "sign with AWS4-HMAC-SHA256: neither Signature Version 2 nor the asymmetric 4a is taken here"
                .to_owned(),
        ),
        Kind::Repeated => (
            format!("{given} stands there more than once"),
            format!("send {given} once: a proxy that adds one of its own must replace the other"),
        ),
        Kind::Unknown => (
            format!("{given} is no part of a signature"),
            format!("leave {given} out, or spell it as the signature's own parts are"),
        ),
        Kind::NotText => (
            format!("{given} is no ASCII"),
            format!("send {given} in visible ASCII characters"),
        ),
        Kind::Both => (
            format!("the headers are signed, and the query has {given} too"),
            "sign once: in the Authorization header, or in the query; a presigned URL is called without \
             that header"
                .to_owned(),
        ),
        Kind::SignedHeaders => (
            format!("SignedHeaders is {given}"),
            "list the signed headers in lower case, sorted, parted by `;`, each once".to_owned(),
        ),
    };
    let cause = match message.is_empty() {
        true => cause,
        false => format!("{cause}: {message}"),
    };
    Some(Finding::certain(cause, fix))
}

/// There is none.
pub(super) fn missing(case: &Case<'_>) -> Option<Finding> {
    refused(case, Reason::SignatureMissing)?;
    Some(Finding::certain(
        "the request has neither an Authorization header nor the parameters of a presigned URL",
        "sign the request with AWS credentials (Signature Version 4); look whether the client found any, \
         and whether something on the way takes `Authorization` out",
    ))
}
