//! Discovery documents and key sets that could not be had. A gateway that cannot fetch keys answers 401, as if
//! the caller were to blame.

use authlab_gateway::evidence::{Document, DocumentRefused, Failing, Reason};
use authlab_kernel::Component;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::parting::parting;
use super::told::{as_judged, class};
use crate::case::Case;

pub(super) const TEMPLATED: Entry = class(
    "discovery-issuer-templated",
    Mender::Owner,
    "the discovery document names a template for an issuer",
    |case| {
        let (document, issuer, _) =
            refused(case, &[Reason::DiscoveryIssuerMismatch], Failing::Issuer)?;
        let found = document.issuer?;
        found.contains('{').then(|| {
            Finding::certain(
                format!(
                    "the authorizer's issuer is `{issuer}`; the document there names `{found}`, which no token carries: \
                     the endpoint is shared by all tenants"
                ),
                "configure the issuer of the tenant: its URL has the tenant's id where the shared one says `common` or \
                 `organizations`",
            )
        })
    },
);

pub(super) const OTHER_ISSUER: Entry = class(
    "discovery-issuer-other",
    Mender::Owner,
    "the discovery document is another issuer's",
    |case| {
        let (document, issuer, _) =
            refused(case, &[Reason::DiscoveryIssuerMismatch], Failing::Issuer)?;
        let found = document.issuer?;
        Some(Finding::certain(
            format!(
                "the authorizer's issuer is `{issuer}`; the document there names `{found}`: {}",
                parting(&found, &issuer)
            ),
            format!(
                "configure the issuer as its document names it, `{found}`; or let the server name itself by the URL \
                 under which it is asked"
            ),
        ))
    },
);

pub(super) const SLOW: Entry = class(
    "issuer-slow",
    Mender::Owner,
    "the issuer answers later than the gateway waits",
    |case| {
        let (document, _, _) = refused(
            case,
            &[Reason::DiscoveryUnreachable, Reason::JwksUnreachable],
            Failing::Slow,
        )?;
        let budget = document
            .budget_ms
            .map_or_else(String::new, |ms| format!(" {ms} ms"));
        Some(Finding::certain(
            format!(
                "{} at `{}` did not answer within the{budget} that the gateway waits; a gateway that cannot fetch keys \
                 answers 401, not 5xx",
                name(document.document),
                document.url
            ),
            "serve the discovery document and the key set sooner, with a cache or CDN in front of both; callers may try \
             once more",
        ))
    },
);

pub(super) const OUTSIDE: Entry = class(
    "issuer-outside-lab",
    Mender::Lab,
    "the issuer lives outside the lab",
    |case| {
        let (document, issuer, _) = refused(
            case,
            &[Reason::DiscoveryUnreachable, Reason::JwksUnreachable],
            Failing::NotAllowed,
        )?;
        Some(Finding::certain(
            format!(
                "{} at `{}` is outside the lab, which was not told to call it",
                name(document.document),
                document.url
            ),
            format!(
                "make `{issuer}` an issuer of the lab (`url` of an `[[issuer]]` in the lab file), let its name lead to a \
                 server of the machine (`[names]`), or list its host in `outbound.allow`"
            ),
        ))
    },
);

pub(super) const BROKEN: Entry = class(
    "issuer-answer-broken",
    Mender::Owner,
    "the issuer's answer broke off",
    |case| {
        let (document, _, _) = refused(
            case,
            &[Reason::DiscoveryUnreachable, Reason::JwksUnreachable],
            Failing::Broken,
        )?;
        Some(Finding::certain(
            format!(
                "the answer of {} at `{}` could not be read to its end",
                name(document.document),
                document.url
            ),
            "let the server, or the proxy before it, send the whole body that its `Content-Length` names: the connection \
             ended in the middle of an answer",
        ))
    },
);

pub(super) const STATUS: Entry = class(
    "issuer-status",
    Mender::Owner,
    "the issuer answers with an error where its documents should be",
    |case| {
        let (document, _, _) = refused(
            case,
            &[Reason::DiscoveryStatus, Reason::JwksStatus],
            Failing::Status,
        )?;
        let status = document.status?;
        let fix = match (document.document, status) {
            (Document::Discovery, 404) => {
                "publish the document at the issuer's URL and `/.well-known/openid-configuration`; where it stands \
                 elsewhere, the authorizer's issuer is another URL than the server's own"
            }
            (Document::KeySet, 404) => {
                "let `jwks_uri` of the discovery document name the place of the key set"
            }
            (_, 401 | 403) => {
                "serve the issuer's documents to everybody: the gateway sends no credentials"
            }
            (_, 300..=399) => "serve the document at its URL: a redirection is not followed",
            _ => {
                "mend the issuer's server; with a cache in front of its documents a short failure is not seen"
            }
        };
        Some(Finding::certain(
            format!(
                "{} at `{}` is answered {status}; a gateway that cannot fetch keys answers 401, not 5xx",
                name(document.document),
                document.url
            ),
            fix,
        ))
    },
);

pub(super) const UNUSABLE: Entry = class(
    "issuer-document-unusable",
    Mender::Owner,
    "what stands where the issuer's documents should be is none",
    |case| {
        let (document, _, problem) = refused(
            case,
            &[Reason::DiscoveryDocument, Reason::JwksDocument],
            Failing::Content,
        )?;
        let fix = match document.document {
            Document::Discovery => {
                "serve a JSON document with `issuer` and `jwks_uri`: not a page, not a login form"
            }
            Document::KeySet => {
                "serve a JSON document with the list `keys` at `jwks_uri`: not a page, and whole"
            }
        };
        Some(Finding::certain(
            format!(
                "{} at `{}` is answered 200, and cannot be used: {problem}",
                name(document.document),
                document.url
            ),
            fix,
        ))
    },
);

pub(super) const UNREACHABLE: Entry = class(
    "issuer-unreachable",
    Mender::Owner,
    "the gateway cannot reach the issuer",
    |case| {
        let (document, _, problem) = refused(
            case,
            &[Reason::DiscoveryUnreachable, Reason::JwksUnreachable],
            Failing::Unreachable,
        )?;
        Some(Finding::certain(
            format!("{problem}; a gateway that cannot fetch keys answers 401, not 5xx"),
            format!(
                "make {} reachable from the internet under that name, with a cache in front",
                name(document.document)
            ),
        ))
    },
);

/// The document that failed so, the authorizer's issuer, and what happened in the gateway's words.
fn refused(
    case: &Case<'_>,
    reasons: &[Reason],
    failing: Failing,
) -> Option<(DocumentRefused<'static>, String, String)> {
    let mut reasons = reasons.iter().copied();
    let told = reasons.find_map(|reason| case.refused(Component::Gateway, reason))?;
    let judged = as_judged(told)?;
    let key = judged.key?;
    let document = key.document?;
    let problem = key.problem.map(|problem| problem.replace(":{port}", ""));
    let problem = problem.unwrap_or_else(|| words::text(None));
    let issuer = judged.issuer.configured.into_owned();
    (document.failing == failing).then_some((document, issuer, problem))
}

fn name(document: Document) -> &'static str {
    match document {
        Document::Discovery => "the discovery document",
        Document::KeySet => "the key set",
    }
}
