//! Logins of principals of AWS, once STS has said who asks.

use serde_json::Value;

use super::{Verdict, Want};
use crate::auth::aws::{self, AwsCaller, Role};
use crate::evidence::AwsLogin;

/// Which principals may log in as what.
#[derive(Clone, Debug)]
pub struct AwsRole {
    name: String,
    role: Role,
}

impl AwsRole {
    /// The role as `auth/<mount>/role/<name>` shows it: the member `data`.
    pub fn read(name: &str, data: &Value) -> Self {
        Self {
            name: name.to_owned(),
            role: Role::of_shown(data),
        }
    }
}

/// The principal's ARN with its path: only IAM knows it, and only a wildcard asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FullArn<'a> {
    /// IAM has said it.
    Known(&'a str),
    /// Nobody has asked IAM.
    Unknown,
}

/// Whether a principal may log in.
pub fn login_aws(role: &AwsRole, caller: &AwsCaller, full_arn: FullArn<'_>) -> Verdict<AwsLogin> {
    let known = match full_arn {
        FullArn::Known(arn) => Some(arn),
        FullArn::Unknown => None,
    };
    match aws::judge(&role.role, &role.name, caller, known) {
        Ok(aws::Judged::Bound(login)) => Verdict::Allowed(login),
        Ok(aws::Judged::WantsFullArn(login)) => Verdict::Open {
            wants: Want::FullArn,
            evidence: login,
        },
        Err(refused) => Verdict::Refused {
            reason: refused.reason,
            message: refused.message,
            evidence: *refused.login,
        },
    }
}
