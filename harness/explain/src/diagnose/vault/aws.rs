//! Logins of AWS's principals, until it is known who asks.

use authlab_kernel::Component;
use authlab_vault::evidence::{AwsServerId, Because, Principal, Proof, Reason, Request, Sts};

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender};
use super::super::words;
use super::asked::{because, entry, refused};
use crate::case::Case;

const SERVER_ID: &str = "X-Vault-AWS-IAM-Server-ID";

/// What is to be said before whatever the front door of AWS says of the same: the mount chose the endpoint,
/// the client the Region.
pub(in super::super) const FIRST: &[Entry] = &[entry(
    "vault-aws-sts-region",
    Mender::Owner,
    "the client signed for another Region than the mount's STS is of",
    |case| {
        let sts = sts(case).or_else(|| refused_by_sts(case))?;
        let wanted = region_of(&sts.endpoint)?;
        let signed = sts.region.as_deref()?;
        let is_refused = sts.code.is_some();
        (is_refused && wanted != signed).then(|| {
                Finding::certain(
                    format!(
                        "the client signed for `{signed}` and the host `{}`, the mount sends the \
                         request to `{}`, which is of `{wanted}`: {}",
                        sts.host,
                        sts.endpoint,
                        words::text(sts.message.as_deref()),
                    ),
                    format!("sign for `{wanted}`, or set `sts_endpoint=https://sts.{signed}.amazonaws.com` and `sts_region={signed}` of the mount: both sides the same"),
                )
            })
    },
)];

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-aws-server-id-absent",
        Mender::Caller,
        "the signed request does not say which Vault it is for",
        |case| {
            let seen = server_id(case)?;
            let expected = &seen.expected_server_id;
            seen.given_server_id.is_none().then(|| {
                Finding::certain(
                    format!("the mount wants the header `{SERVER_ID}` with `{expected}` among the signed headers, and the login has none"),
                    format!("set `header_value={expected}` in the login, so that `{SERVER_ID}` is signed"),
                )
            })
        },
    ),
    entry(
        "vault-aws-server-id-unsigned",
        Mender::Caller,
        "the header that names the Vault is not signed",
        |case| {
            let seen = server_id(case)?;
            let signed = seen.signed_headers?;
            Some(Finding::certain(
                format!(
                    "the login has `{SERVER_ID}`, and the signature is over {} without it",
                    words::texts(&signed),
                ),
                "put the header in before the request is signed (`header_value` in the login), not \
                 after",
            ))
        },
    ),
    entry(
        "vault-aws-server-id-other",
        Mender::Caller,
        "the signed request is for another Vault",
        |case| {
            let seen = server_id(case)?;
            let (expected, given) = (seen.expected_server_id, seen.given_server_id?);
            Some(Finding::certain(
                format!("the login was signed for `{given}`, the mount wants `{expected}`"),
                format!("set `header_value={expected}` in the login to this Vault"),
            ))
        },
    ),
    entry(
        "vault-aws-header",
        Mender::Owner,
        "the signed request has a header that the mount does not take",
        |case| {
            let (_, because) = because(case, &[Reason::AwsHeader])?;
            let Because::Header(header) = because else {
                return None;
            };
            let name = &header.name;
            Some(Finding::certain(
                format!(
                    "the signed request has `{name}`; beside those of the signature the mount takes {}",
                    words::texts(&header.allowed),
                ),
                format!(
                    "leave `{name}` out of what is signed, or name it in `allowed_sts_header_values` of the mount's `config/client`"
                ),
            ))
        },
    ),
    entry(
        "vault-aws-sts",
        Mender::Caller,
        "STS did not say who signed",
        |case| {
            let sts = sts(case)?;
            let said = match &sts.code {
                Some(code) => format!("{code}: {}", sts.message.clone().unwrap_or_default()),
                None => sts
                    .message
                    .clone()
                    .unwrap_or_else(|| "nothing that can be read".to_owned()),
            };
            let fix = if sts.code.is_some() {
                "sign a GetCallerIdentity anew, with credentials that are valid, right before the login"
            } else {
                "make the endpoint of the mount's `config/client` reachable for Vault: it asks STS \
                 itself, the client does not"
            };
            Some(Finding::certain(
                format!(
                    "Vault sent the signed request to `{}`, which says {said}",
                    sts.endpoint
                ),
                fix,
            ))
        },
    ),
    entry(
        "vault-aws-account",
        Mender::Owner,
        "Vault has no way into the account of the principal",
        |case| {
            let principal = principal(case)?;
            let own = principal.own_account?;
            let account = &principal.account;
            Some(Finding::certain(
                format!(
                    "Vault has to look `{}` up in the account `{account}`, its own credentials are \
                     of the account `{own}`, and no `config/sts/{account}` says which role to \
                     assume there",
                    principal.arn,
                ),
                format!(
                    "write `config/sts/{account}` of the mount with an `sts_role` of that account \
                     which trusts Vault and may call `iam:GetRole` and `iam:GetUser`"
                ),
            ))
        },
    ),
    entry(
        "vault-aws-sts-role",
        Mender::Owner,
        "the role with which Vault looks principals up cannot be used",
        |case| {
            let principal = principal(case)?;
            let account = &principal.account;
            principal.has_sts_role.then(|| {
                Finding::certain(
                    format!("with the role of `config/sts/{account}`: {}", principal.error),
                    format!("let the role of `config/sts/{account}` trust Vault (with the external id that is set there), and allow it `iam:GetRole` and `iam:GetUser`"),
                )
            })
        },
    ),
    entry(
        "vault-aws-principal-missing",
        Mender::Owner,
        "there is no such principal in AWS",
        |case| {
            let principal = principal(case)?;
            principal.error.starts_with("NoSuchEntity").then(|| {
                Finding::certain(
                    format!(
                        "IAM knows no `{}`: {}",
                        principal.arn,
                        principal.error.lines().next().unwrap_or_default()
                    ),
                    "make the role or user first: Vault keeps its unique id when the Vault role is \
                     written; look at the name and at the account",
                )
            })
        },
    ),
    entry(
        "vault-aws-lookup",
        Mender::Owner,
        "Vault cannot look the AWS principal up",
        |case| {
            let principal = principal(case)?;
            Some(Finding::certain(
                format!(
                    "`{}`: {}",
                    principal.arn,
                    principal.error.lines().next().unwrap_or_default()
                ),
                "give Vault credentials that may call `iam:GetRole` and `iam:GetUser`, or set \
                 `resolve_aws_unique_ids` to false when the Vault role is written for the first time",
            ))
        },
    ),
    entry(
        "vault-aws-session-bound",
        Mender::Owner,
        "the Vault role is to be bound to a session, which none is",
        |case| {
            let request = refused(case, Reason::AwsPrincipalKind)?;
            request.path.contains("/role/").then(|| {
                Finding::certain(
                    format!(
                        "`{}` binds a session: {}",
                        request.path,
                        words::text(request.message.as_deref()),
                    ),
                    "bind the role itself, `arn:aws:iam::ACCOUNT:role/NAME`: every session of it \
                     logs in by it, and sessions come and go",
                )
            })
        },
    ),
];

fn server_id(case: &Case<'_>) -> Option<AwsServerId> {
    match refused(case, Reason::AwsServerId)?.proof? {
        Proof::AwsServerId(seen) => Some(seen),
        _ => None,
    }
}

fn sts(case: &Case<'_>) -> Option<Sts> {
    match because(case, &[Reason::AwsStsRefused])?.1 {
        Because::Sts(sts) => Some(sts),
        _ => None,
    }
}

/// The same, where STS itself is the culprit, and Vault passed its refusal on.
fn refused_by_sts(case: &Case<'_>) -> Option<Sts> {
    case.refusal()?.is_by(Component::Aws).then_some(())?;
    let mut requests = case.after::<Request>(Component::Vault);
    requests.find_map(|request| match request.because? {
        Because::Sts(sts) => Some(sts),
        _ => None,
    })
}

fn principal(case: &Case<'_>) -> Option<Principal> {
    match because(case, &[Reason::AwsPrincipalUnresolved])?.1 {
        Because::Principal(principal) => Some(principal),
        _ => None,
    }
}

/// The Region of an endpoint of STS; the global one is of us-east-1.
fn region_of(endpoint: &str) -> Option<&str> {
    let host = endpoint.split("//").nth(1)?.split(['/', ':']).next()?;
    match host.strip_prefix("sts.")?.strip_suffix(".amazonaws.com") {
        Some(region) => Some(region),
        None => (host == "sts.amazonaws.com").then_some("us-east-1"),
    }
}
