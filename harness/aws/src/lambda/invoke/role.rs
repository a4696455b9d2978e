//! Whether a role trusts Lambda: `sts:AssumeRole` on the role for the service, on behalf of a
//! function. Lambda tells roles the function and its account (`unverified` for the creation of the
//! function).

use authlab_kernel::{Scope, Timestamp};

use super::{environment, service_caller};
use crate::cloud::Cloud;
use crate::front::{Judged, first_refused, judge_one};
use crate::lambda::check::PRINCIPAL;
use crate::operation::Check;
use crate::shared::Role;

/// The decision in full, as the creation of a function shows it; `None` without such a role.
pub fn judge(
    cloud: &Cloud,
    role_arn: &str,
    function_arn: &str,
    scope: &Scope,
    now: Timestamp,
) -> Option<Judged> {
    let check = check(cloud.shared.iam.role_by_arn(role_arn)?, function_arn, scope);
    let caller = service_caller(PRINCIPAL, scope.account.clone());
    let environment = environment(scope, now);
    Some(judge_one(cloud, &caller, &environment, &check))
}

/// Whether the role is there and lets Lambda in; each invocation asks, and shows no more.
pub fn is_trusting(
    cloud: &Cloud,
    role_arn: &str,
    function_arn: &str,
    scope: &Scope,
    now: Timestamp,
) -> bool {
    let Some(role) = cloud.shared.iam.role_by_arn(role_arn) else {
        return false;
    };
    let checks = [check(role, function_arn, scope)];
    let caller = service_caller(PRINCIPAL, scope.account.clone());
    first_refused(cloud, &caller, &environment(scope, now), &checks).is_none()
}

fn check(role: &Role, function_arn: &str, scope: &Scope) -> Check {
    Check::new("sts:AssumeRole", role.arn.as_str(), role.account.clone())
        .trust(role.trust.clone())
        .with("aws:SourceArn", function_arn)
        .with("aws:SourceAccount", scope.account.as_str())
}
