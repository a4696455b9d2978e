//! Tokens that are none (any more), renewals, and addresses.

use authlab_vault::evidence::{
    Because, BoundBy, Cap, CapBy, End, Ended, Form, Reason, Renewal, Request,
};

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::asked::{because, entry, refused, span};
use crate::case::Case;

/// The classes, the most specific first.
pub(in super::super) const ENTRIES: &[Entry] = &[
    entry(
        "vault-jwt-as-token",
        Mender::Caller,
        "a JSON Web Token was sent as a Vault token",
        |case| {
            unknown(case, Form::Jwt)?;
            Some(Finding::certain(
                "what was sent as the Vault token is a JSON Web Token, which only a login takes",
                "log in at auth/jwt/login with it as `jwt` and a `role`, and send the \
                 `client_token` of that answer in `X-Vault-Token`",
            ))
        },
    ),
    entry(
        "vault-accessor-as-token",
        Mender::Caller,
        "an accessor was sent as a Vault token",
        |case| {
            unknown(case, Form::Accessor)?;
            Some(Finding::certain(
                "what was sent as the Vault token is the accessor of one, which opens nothing",
                "send the `client_token` of the login's answer, not its `accessor`",
            ))
        },
    ),
    entry(
        "vault-token-decorated",
        Mender::Caller,
        "the Vault token has quotes, blanks or a scheme around it",
        |case| {
            let is_known = unknown(case, Form::Wrapped)?;
            let known = if is_known {
                "without it Vault knows the token"
            } else {
                "and without it Vault does not know the token either"
            };
            Some(Finding::certain(
                format!("something stands around what was sent as the token; {known}"),
                "send the token alone in `X-Vault-Token`: no quotes, no line's end, no `Bearer`",
            ))
        },
    ),
    entry(
        "vault-token-unknown",
        Mender::Caller,
        "this Vault has never issued the token",
        |case| {
            let request = refused(case, Reason::TokenUnknown)?;
            let form = match request.because? {
                Because::Token(token) => token.form,
                _ => return None,
            };
            let looks = match form {
                Form::Service => "it has the form of a service token",
                Form::Batch => "it has the form of a batch token",
                _ => "it has no form of a Vault token",
            };
            let fix = "log in to this Vault, and keep tokens apart by the address of their Vault: \
                       after another cluster, a restart of a dev server or a snapshot of the \
                       client a kept token is of no use, so log in again on 403";
            Some(
                Finding::certain(format!("nothing is known of the token here; {looks}"), fix)
                    .with_doubt(
                        Certainty::Likely,
                        &["which Vault answered the login that the token is from"],
                    ),
            )
        },
    ),
    entry(
        "vault-parent-ended",
        Mender::Caller,
        "the Vault token ended with its parent",
        |case| {
            let (_, ended) = ended(case, Reason::TokenRevoked)?;
            let life = ended.life.as_ref()?;
            let parent = life.parent.as_ref()?;
            let (how, at) = end(Some(parent.end))?;
            Some(Finding::certain(
                format!(
                    "the token, made at `{}`, is a child of the token with the accessor `{}`, \
                     made at `{}`, which {how} at `{at}`",
                    ended.creation_path, parent.accessor, parent.creation_path,
                ),
                "make tokens that are to outlive their maker as orphans (`auth/token/create-orphan`, \
                 or a token role with `orphan`), or let each log in for itself",
            ))
        },
    ),
    entry(
        "vault-renewal-capped",
        Mender::Caller,
        "the Vault token has reached the longest time that it may live",
        |case| {
            let (_, ended) = ended(case, Reason::TokenExpired)?;
            let life = ended.life.as_ref()?;
            let cap = life.cap?;
            let renewed = match life.last_renewed_at {
                Some(at) => format!(
                    "the renewal at `{at}` was cut short at {}, with nothing but a warning",
                    capped(cap)
                ),
                None => format!("its time was cut short at {}", capped(cap)),
            };
            Some(Finding::certain(
                format!(
                    "the token, made at `{}` at `{}`, ended at {}; {renewed}",
                    ended.creation_path,
                    life.issued_at,
                    words::text(end(ended.end).map(|(_, at)| at).as_deref()),
                ),
                "log in again when a renewal gives less than was asked for, or let the role issue \
                 periodic tokens (`token_period`), which only an explicit maximum ends",
            ))
        },
    ),
    entry(
        "vault-token-expired",
        Mender::Caller,
        "the Vault token has outlived its time to live",
        token_expired,
    ),
    entry(
        "vault-token-revoked",
        Mender::Caller,
        "the Vault token was revoked",
        |case| {
            let (_, ended) = ended(case, Reason::TokenRevoked)?;
            let at = end(ended.end).map(|(_, at)| at);
            Some(Finding::certain(
                format!(
                    "the token, made at `{}`, was revoked at {}",
                    ended.creation_path,
                    words::text(at.as_deref()),
                ),
                "log in again; a token ends with its parent and with the mount that issued it, \
                 unless it is an orphan",
            ))
        },
    ),
    entry(
        "vault-token-used-up",
        Mender::Caller,
        "the Vault token was used as often as it may",
        |case| {
            let (_, ended) = ended(case, Reason::TokenUsedUp)?;
            let uses = ended.life.as_ref().map(|life| life.uses);
            let uses = uses.filter(|uses| *uses > 0);
            let uses = uses.map_or_else(String::new, |uses| {
                format!("could be used {uses} times and ")
            });
            Some(Finding::certain(
                format!(
                    "the token, made at `{}`, {uses}was used the last time at {}",
                    ended.creation_path,
                    words::text(end(ended.end).map(|(_, at)| at).as_deref()),
                ),
                "log in again; every request counts, lookups and refusals as well, so let the \
                 role give `token_num_uses` to spare, or 0",
            ))
        },
    ),
    entry(
        "vault-batch-token",
        Mender::Owner,
        "a batch token cannot be renewed",
        |case| {
            let renewal = renewal(case, Reason::TokenNotRenewable)?;
            let made = words::text(renewal.creation_path.as_deref());
            (renewal.kind.as_deref() == Some("batch")).then(|| {
                Finding::certain(
                    format!("the token, made at {made}, is of the type `batch`: it has no lease and no accessor, and lives as long as it was made for"),
                    "let the role issue service tokens (`token_type=service`), or log in again when it ends",
                )
            })
        },
    ),
    entry(
        "vault-lease-of-token",
        Mender::Caller,
        "the lease is that of a token, which is renewed by itself",
        |case| {
            let renewal = renewal(case, Reason::TokenNotRenewable)?;
            let made = words::text(renewal.creation_path.as_deref());
            renewal.is_lease_of_token.then(|| {
                Finding::certain(
                    format!("`sys/leases/renew` is for what engines issue, and the lease is that of the token made at {made}"),
                    "renew the token at `auth/token/renew-self`, or at `auth/token/renew` with the token",
                )
            })
        },
    ),
    entry(
        "vault-token-fixed",
        Mender::Owner,
        "the token was made without renewal",
        |case| {
            let renewal = renewal(case, Reason::TokenNotRenewable)
                .or_else(|| renewal(case, Reason::TokenWithoutLease))?;
            let made = words::text(renewal.creation_path.as_deref());
            Some(Finding::certain(
                format!("the token, made at {made}, is not renewable, or never ends"),
                "log in again before it ends, or let whatever issues it make renewable tokens",
            ))
        },
    ),
    entry(
        "vault-max-ttl",
        Mender::Caller,
        "nothing is left to renew: the longest time to live is over",
        |case| {
            let renewal = renewal(case, Reason::MaxTtlReached)?;
            let made = words::text(renewal.creation_path.as_deref());
            let issued = words::text(renewal.issued_at.map(|at| at.to_string()).as_deref());
            let cap = renewal.cap.map_or_else(|| "its maximum".to_owned(), capped);
            Some(Finding::certain(
                format!("it was made at {made} at {issued}, and may live no longer than {cap}"),
                "log in again; periodic tokens (`token_period`) have no maximum but an explicit one",
            ))
        },
    ),
    entry(
        "vault-renewed-token-ended",
        Mender::Caller,
        "the token that is to be renewed has ended",
        |case| {
            let renewal = renewal(case, Reason::TokenUnknown)?;
            let cause = match renewal.ended {
                Some(ended) => {
                    let (how, at) = end(ended.end)?;
                    format!(
                        "the token to be renewed, made at `{}`, {how} at `{at}`",
                        ended.creation_path
                    )
                }
                None => "this Vault has never issued the token that is to be renewed".to_owned(),
            };
            Some(Finding::certain(
                cause,
                "log in again, and renew before the time is over",
            ))
        },
    ),
    entry(
        "vault-role-no-longer-bound",
        Mender::Owner,
        "the role that issued the token is gone, or is bound to others by now",
        |case| {
            let request = refused(case, Reason::RenewalRefused)?;
            let made = match &request.because {
                Some(Because::Renewal(renewal)) => renewal.creation_path.clone(),
                _ => return None,
            };
            Some(Finding::certain(
                format!(
                    "the token was made at {}, and its method says at the renewal: {}",
                    words::text(made.as_deref()),
                    words::text(request.message.as_deref()),
                ),
                "a renewal asks the role once more: look what was changed at the role since the \
                 login, and log in again where that was meant; of an AWS role bound without \
                 unique ids, bind the ARN without its path",
            ))
        },
    ),
    entry(
        "vault-address-not-bound",
        Mender::Owner,
        "the request comes from an address that is not bound",
        address_not_bound,
    ),
];

/// Whether the token that is not known has this form, and whether it is known without what stands around
/// it.
fn unknown(case: &Case<'_>, form: Form) -> Option<bool> {
    let (_, because) = because(case, &[Reason::TokenUnknown])?;
    match because {
        Because::Token(token) if token.form == form => Some(token.is_known_otherwise),
        _ => None,
    }
}

fn ended(case: &Case<'_>, reason: Reason) -> Option<(Request, Ended)> {
    let request = refused(case, reason)?;
    let ended = request.ended.clone()?;
    Some((request, ended))
}

/// How a token ended, and when.
pub(super) fn end(end: Option<End>) -> Option<(&'static str, String)> {
    Some(match end? {
        End::Expired(at) => ("expired", at.to_string()),
        End::Revoked(at) => ("was revoked", at.to_string()),
        End::UsedUp(at) => ("was used up", at.to_string()),
    })
}

fn renewal(case: &Case<'_>, reason: Reason) -> Option<Renewal> {
    match because(case, &[reason])?.1 {
        Because::Renewal(renewal) => Some(renewal),
        _ => None,
    }
}

/// A maximum in words.
pub(in super::super) fn capped(cap: Cap) -> String {
    let whose = match cap.by {
        CapBy::ExplicitMaximum => "the explicit maximum (`explicit_max_ttl`)",
        CapBy::Role => "the role's maximum (`token_max_ttl`)",
        CapBy::Mount => "the mount's maximum (`max_lease_ttl`)",
    };
    format!("{whose} of {}", span(cap.seconds))
}

fn token_expired(case: &Case<'_>) -> Option<Finding> {
    let (_, ended) = ended(case, Reason::TokenExpired)?;
    let at = match ended.end {
        Some(End::Expired(at)) => Some(at.to_string()),
        _ => None,
    };
    let at = words::text(at.as_deref());
    let Some(life) = ended.life else {
        return Some(Finding::certain(
            format!(
                "the token, made at `{}`, ended at {at}",
                ended.creation_path
            ),
            "renew the token before it ends, or log in again",
        ));
    };
    let lived = match life.last_renewed_at {
        Some(renewed) => format!("it was renewed the last time at `{renewed}`"),
        None => format!(
            "it was made for {} and never renewed",
            span(life.ttl_seconds)
        ),
    };
    let fix = if life.kind == "batch" {
        "log in again: a batch token is never renewed; a service token could be"
    } else if life.renewable {
        "renew the token before it ends (`auth/token/renew-self`), or log in again"
    } else {
        "log in again: the token was made without renewal"
    };
    Some(Finding::certain(
        format!(
            "the token, made at `{}`, ended at {at}; {lived}",
            ended.creation_path
        ),
        fix,
    ))
}

fn address_not_bound(case: &Case<'_>) -> Option<Finding> {
    let (_, because) = because(case, &[Reason::AddressNotBound])?;
    let Because::Address(address) = because else {
        return None;
    };
    let whose = match address.of {
        BoundBy::Token => "the token",
        BoundBy::Role => "the role, or the user,",
        BoundBy::SecretId => "the secret id",
    };
    let cause = format!(
        "Vault saw the address `{}`, and {whose} is bound to {}",
        address.seen,
        words::texts(&address.bound),
    );
    Some(match address.forwarded_for {
        Some(forwarded) => Finding::certain(
            format!(
                "{cause}; `X-Forwarded-For` says `{forwarded}`, which Vault does not heed here"
            ),
            format!(
                "a proxy stands between: let the listener trust its `X-Forwarded-For` \
                 (`x_forwarded_for_authorized_addrs`), or bind the proxy's address `{}`",
                address.seen
            ),
        ),
        None => Finding::certain(
            cause,
            format!(
                "call from one of these addresses; if `{}` is where this caller comes from, bind \
                 its range as well (`token_bound_cidrs`), for logins to come",
                address.seen
            ),
        ),
    })
}
