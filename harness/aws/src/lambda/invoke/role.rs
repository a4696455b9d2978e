//! Whether a role trusts Lambda: `sts:AssumeRole` on the role for the service, on behalf of a
//! function. Lambda tells roles the function and its account (`unverified` for the creation of the
//! function).

use std::collections::BTreeMap;

use authlab_kernel::{AccountId, Scope};
use authlab_policy::Principal;

use crate::cloud::Cloud;
use crate::lambda::name::PRINCIPAL;
use crate::operation::{Caller, Check};

/// What the role has to let Lambda do; `None` without such a role.
pub fn check(cloud: &Cloud, role_arn: &str, function_arn: &str, scope: &Scope) -> Option<Check> {
    let role = cloud.shared.iam.role_by_arn(role_arn)?;
    let check = Check::new("sts:AssumeRole", role.arn.as_str(), role.account.clone())
        .trust(role.trust.clone())
        .with("aws:SourceArn", function_arn)
        .with("aws:SourceAccount", scope.account.as_str());
    Some(check)
}

/// Who assumes it.
pub fn assumer(scope: &Scope) -> Caller {
    Caller::of_service(PRINCIPAL, scope.account.clone())
}

/// An AWS service as a caller.
pub fn service_caller(principal: &str, source_account: AccountId) -> Caller {
    Caller {
        principal: Principal::service(principal),
        arn: principal.to_owned(),
        user_id: String::new(),
        account: source_account,
        access_key_id: String::new(),
        tags: BTreeMap::new(),
        session: None,
    }
}
