//! Whether a role trusts Lambda: `sts:AssumeRole` on the role for the service, on behalf of a
//! function. Lambda tells roles the function and its account (`unverified` for the creation of the
//! function).

use authlab_kernel::Scope;

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
