//! Whether a Principal element speaks of a caller, and by which name.
//!
//! Source: IAM user guide, `reference_policies_elements_principal.html` and
//! `..._notprincipal.html`; for saved ids `reference_identifiers.html`.
//!
//! | the policy names | caller | form |
//! |---|---|---|
//! | the user, the session, the federated user, the service, the provider | that one | exact |
//! | the role (with path) or its id | its sessions | parent |
//! | the user | the federated sessions it made | parent |
//! | the account, short or long | its root user | exact |
//! | the account, short or long | anybody else in it | account |
//! | `*` | everybody | everyone |
//! | `{"AWS": "*"}` | everybody but services and the bearers of foreign tokens (grade K) | everyone |

use super::decision::PrincipalForm;
use crate::document::{AwsPrincipal, PrincipalElement};
use crate::principal::Principal;

/// How `element` speaks of `caller`; `None` when it does not.
///
/// `has_boundary`: a permissions boundary is set, which takes away every escape from a
/// NotPrincipal (`reference_policies_elements_notprincipal.html`).
#[inline]
pub(crate) fn principal_form(
    element: &PrincipalElement,
    caller: &Principal,
    has_boundary: bool,
) -> Option<PrincipalForm> {
    // The lone star stands alone.
    if element.everyone && !element.negated {
        return Some(PrincipalForm::Everyone);
    }
    let named = named_form(element, caller);
    if !element.negated {
        return named;
    }
    // To spare a session it is not enough to list its role and its account: the session itself has
    // to be listed, too.
    let spared = match named {
        Some(PrincipalForm::Exact | PrincipalForm::Everyone) => !has_boundary,
        _ => false,
    };
    (!spared).then_some(PrincipalForm::Everyone)
}

fn named_form(element: &PrincipalElement, caller: &Principal) -> Option<PrincipalForm> {
    let mut strongest = None;
    if element.everyone || (element.aws_everyone && is_aws_caller(caller)) {
        strongest = Some(PrincipalForm::Everyone);
    }
    match caller {
        Principal::Service { service } => {
            if element.services.iter().any(|listed| **listed == **service) {
                strongest = Some(PrincipalForm::Exact);
            }
        }
        Principal::WebIdentity { provider } | Principal::Saml { provider } => {
            if element
                .federated
                .iter()
                .any(|listed| **listed == **provider)
            {
                strongest = Some(PrincipalForm::Exact);
            }
        }
        Principal::Anonymous => {}
        _ => {
            for listed in &element.aws {
                strongest = strongest.max(aws_form(listed, caller));
            }
        }
    }
    strongest
}

fn is_aws_caller(caller: &Principal) -> bool {
    !matches!(
        caller,
        Principal::Service { .. } | Principal::WebIdentity { .. } | Principal::Saml { .. }
    )
}

fn aws_form(listed: &AwsPrincipal, caller: &Principal) -> Option<PrincipalForm> {
    match listed {
        AwsPrincipal::Account(account) => account_form(account, caller),
        AwsPrincipal::AccountArn { partition, account } => {
            if **partition == *caller.partition() {
                account_form(account, caller)
            } else {
                None
            }
        }
        AwsPrincipal::Arn(arn) => arn_form(arn, caller),
        AwsPrincipal::UniqueId(id) => id_form(id, caller),
    }
}

fn account_form(account: &str, caller: &Principal) -> Option<PrincipalForm> {
    if caller.account() != Some(account) {
        return None;
    }
    Some(match caller {
        Principal::Root { .. } => PrincipalForm::Exact,
        _ => PrincipalForm::Account,
    })
}

fn arn_form(listed: &str, caller: &Principal) -> Option<PrincipalForm> {
    match caller {
        Principal::User { arn, .. } => (arn == listed).then_some(PrincipalForm::Exact),
        Principal::RoleSession { arn, role_arn, .. } => exact_or_parent(listed, arn, role_arn),
        Principal::FederatedUser { arn, user_arn, .. } => exact_or_parent(listed, arn, user_arn),
        _ => None,
    }
}

fn exact_or_parent(listed: &str, own: &str, parent: &str) -> Option<PrincipalForm> {
    if own == listed {
        Some(PrincipalForm::Exact)
    } else if parent == listed {
        Some(PrincipalForm::Parent)
    } else {
        None
    }
}

fn id_form(listed: &str, caller: &Principal) -> Option<PrincipalForm> {
    match caller {
        Principal::User { unique_id, .. } => (unique_id == listed).then_some(PrincipalForm::Exact),
        Principal::RoleSession {
            unique_id,
            session_name,
            ..
        } => {
            let after_id = listed.strip_prefix(unique_id.as_str())?;
            if after_id.is_empty() {
                Some(PrincipalForm::Parent)
            } else {
                let session = after_id.strip_prefix(':')?;
                (session == session_name).then_some(PrincipalForm::Exact)
            }
        }
        _ => None,
    }
}
