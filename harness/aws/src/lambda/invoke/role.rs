//! Whether a role trusts Lambda.

use authlab_kernel::{Scope, Timestamp};

use super::{environment, service_caller};
use crate::cloud::Cloud;
use crate::front::{Judged, judge};
use crate::lambda::check::PRINCIPAL;
use crate::operation::Check;

/// Why a role cannot be assumed.
#[derive(Debug)]
pub enum Untrusting {
    /// There is no such role.
    NoSuchRole,
    /// Its trust policy does not let Lambda in.
    NotTrusted(Box<Judged>),
}

/// Decides `sts:AssumeRole` on the role for the service, on behalf of a function. Lambda tells
/// roles the function and its account (`unverified` for the creation of the function).
///
/// # Errors
/// The role is not there, or does not trust Lambda.
pub fn assume(
    cloud: &Cloud,
    role_arn: &str,
    function_arn: &str,
    scope: &Scope,
    now: Timestamp,
) -> Result<Judged, Untrusting> {
    let role = cloud
        .iam
        .role_by_arn(role_arn)
        .ok_or(Untrusting::NoSuchRole)?;
    let check = Check::new("sts:AssumeRole", role.arn.as_str(), role.account.clone())
        .trust(role.trust.clone())
        .with("aws:SourceArn", function_arn)
        .with("aws:SourceAccount", scope.account.as_str());
    let caller = service_caller(PRINCIPAL, scope.account.clone());
    let mut verdict = judge(cloud, &caller, &environment(scope, now), &[check]);
    match verdict.judged.pop() {
        Some(judged) if judged.decision.is_allowed() => Ok(judged),
        Some(judged) => Err(Untrusting::NotTrusted(Box::new(judged))),
        None => Err(Untrusting::NoSuchRole),
    }
}
