//! What CloudWatch Logs refuses to those who deliver logs to it.
//!
//! Source: CloudWatch Logs user guide, `AWS-logs-infrastructure-CWL` (the policy's length, and that
//! groups below `/aws/vendedlogs/` share one pattern).

use authlab_aws::evidence::Fault;

use super::super::entry::Entry;
use super::super::finding::{Finding, Mender, System};
use super::answer::Refused;

/// The classes.
pub(super) const ENTRIES: &[Entry] = &[Entry {
    system: System::Aws,
    class: "log-delivery-policy-full",
    mender: Mender::Owner,
    title: "the account's policy for log delivery has no room for another log group",
    find: |case| {
        let refused = Refused::of(case).filter(|refused| refused.service == "apigatewayv2")?;
        let Some(Fault::Quota { of, limit, wanted }) = &refused.fault else {
            return None;
        };
        let is_delivery = of.starts_with("the policy AWSLogDeliveryWrite20150319 ");
        let characters = wanted.filter(|_| is_delivery)?;
        Some(Finding::certain(
            format!("{of}, and would have {characters}: CloudWatch Logs takes {limit}"),
            "write one statement for many groups in that policy, such as Resource \
             `arn:aws:logs:REGION:ACCOUNT:log-group:/aws/apigateway/*` (`logs:PutResourcePolicy`), or \
             name the groups below `/aws/vendedlogs/`",
        ))
    },
}];
