//! Whether a role is bound to a principal. Nothing is fetched here: the ARN that only IAM knows is given,
//! or asked for.

use super::Role;
use super::arn::Principal;
use crate::duration::quoted;
use crate::evidence::{AwsLogin, AwsUnbound, Reason};

/// Who asks, as STS's GetCallerIdentity says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AwsCaller {
    /// The ARN, of a session with its name.
    pub arn: String,
    /// The unique id, of a session with its name behind a colon.
    pub user_id: String,
    /// The account.
    pub account: String,
}

/// What was decided, as far as it was refused by nothing.
pub(crate) enum Judged {
    /// The principal may log in.
    Bound(AwsLogin),
    /// A wildcard decides, and the full ARN is not known.
    WantsFullArn(AwsLogin),
}

/// Why a principal may not log in.
pub(crate) struct Refused {
    pub(crate) reason: Reason,
    /// The text of the answer.
    pub(crate) message: String,
    pub(crate) login: Box<AwsLogin>,
}

/// The unique id of a caller, without the name of its session.
pub(super) fn unique_id(caller: &AwsCaller) -> &str {
    caller.user_id.split(':').next().unwrap_or_default()
}

/// Reads who asks.
///
/// # Errors
/// A principal that cannot log in.
pub(super) fn principal(caller: &AwsCaller) -> Result<Principal, Refused> {
    Principal::read(&caller.arn).map_err(|error| Refused {
        reason: Reason::AwsPrincipalKind,
        message: format!("error parsing arn {}: {error}", quoted(&caller.arn)),
        login: Box::new(AwsLogin {
            arn: caller.arn.clone(),
            ..AwsLogin::default()
        }),
    })
}

/// Whether a role, shown by this name, is bound to a caller.
///
/// # Errors
/// It is not.
pub(crate) fn judge(
    role: &Role,
    name: &str,
    caller: &AwsCaller,
    full_arn: Option<&str>,
) -> Result<Judged, Refused> {
    let principal = principal(caller)?;
    let canonical = principal.canonical();
    let login = AwsLogin {
        role: Some(name.to_owned()),
        arn: caller.arn.clone(),
        canonical_arn: Some(canonical.clone()),
        account: None,
        unbound: None,
    };
    if role.auth_type != "iam" {
        return Err(Refused {
            reason: Reason::AwsAuthType,
            message: format!("auth method iam not allowed for role {name}"),
            login: Box::new(login),
        });
    }
    let unique_id = unique_id(caller);
    if role.binds(unique_id, &canonical, full_arn) {
        return Ok(Judged::Bound(AwsLogin {
            account: Some(caller.account.clone()),
            ..login
        }));
    }
    if full_arn.is_none() && role.has_wildcard() {
        return Ok(Judged::WantsFullArn(login));
    }
    Err(Refused {
        reason: Reason::AwsPrincipalNotBound,
        message: format!(
            "IAM Principal {} does not belong to the role {}",
            quoted(&caller.arn),
            quoted(name)
        ),
        login: Box::new(AwsLogin {
            unbound: Some(AwsUnbound {
                full_arn: full_arn.map(str::to_owned),
                unique_id: unique_id.to_owned(),
                bound_iam_principal_arn: role.principal_arns.clone(),
                bound_iam_principal_id: role.principal_ids.clone(),
                resolve_aws_unique_ids: role.resolve,
            }),
            ..login
        }),
    })
}
