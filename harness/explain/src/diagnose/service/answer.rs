//! A refusal by a service, and the values that sentences show of it.

use std::collections::BTreeMap;

use authlab_aws::evidence::{self as aws, Fault, Why};
use authlab_aws::front::lister;
use authlab_kernel::Component;

use crate::case::Case;
use crate::told::Told;

/// What a service answered to a call that it refused.
pub(super) struct Refused {
    /// The service's name: `oam`.
    pub(super) service: String,
    /// The operation: `CreateLink`.
    pub(super) operation: String,
    /// The code of the error.
    pub(super) code: String,
    /// Its text.
    message: Option<String>,
    /// What the lab knows beyond it.
    evidence: Option<String>,
    /// What stood against what.
    pub(super) fault: Option<Fault>,
    asked: BTreeMap<String, String>,
    region: Option<String>,
    account: Option<String>,
}

impl Refused {
    /// The refusal of the case, if a service refused it by an error that goes by its code. One with a
    /// reason of its own has a row, which is more specific than its kind.
    pub(super) fn of(case: &Case<'_>) -> Option<Self> {
        let event = case.refusal().filter(|event| event.is_by(Component::Aws))?;
        let Some(Told::Answer(answer)) = Told::of(event) else {
            return None;
        };
        if !matches!(Why::of(event)?, Why::Code(_)) {
            return None;
        }
        let request = case.before::<aws::Request>(Component::Aws).last();
        let request = request.as_ref();
        let service = request.and_then(|request| request.service.clone());
        let operation = request.and_then(|request| request.operation.clone());
        Some(Self {
            service: service.unwrap_or_default(),
            operation: operation.unwrap_or_default(),
            code: answer.code?,
            message: answer.message.filter(|message| !message.trim().is_empty()),
            evidence: answer.evidence,
            fault: answer.fault,
            asked: answer.asked,
            region: answer.region,
            account: event.account.as_deref().map(str::to_owned),
        })
    }

    /// `oam:CreateLink`.
    pub(super) fn call(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// What the service said: its text, the code where it has none, and what the lab knows beyond.
    pub(super) fn said(&self) -> String {
        let said = match &self.message {
            Some(message) => format!("{}: {}", self.code, message.trim_end_matches('.')),
            None => format!("{}, without a text", self.code),
        };
        match &self.evidence {
            Some(evidence) => format!("{said} ({evidence})"),
            None => said,
        }
    }

    /// Where the service looked: its account and Region, as far as it has Regions.
    pub(super) fn place(&self) -> String {
        let account = self.account.as_deref().unwrap_or("of the caller");
        match self.region() {
            Some(region) => format!("the account {account}, Region {region}"),
            None => format!("the account {account}"),
        }
    }

    /// The Region of the call, of a service that has one in each.
    pub(super) fn region(&self) -> Option<&str> {
        let is_global = matches!(self.service.as_str(), "iam" | "organizations");
        self.region.as_deref().filter(|_| !is_global)
    }

    /// The account of the call.
    pub(super) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// What the call named, by the members that name something: `UserName = ana`.
    pub(super) fn named(&self) -> Option<String> {
        let names = |member: &str| {
            let member = member.to_ascii_lowercase();
            ["name", "id", "arn", "identifier", "key"]
                .iter()
                .any(|end| member.ends_with(end))
        };
        let given = self.asked.iter().filter(|(member, _)| names(member));
        let given: Vec<String> = given
            .map(|(member, value)| format!("`{member}` = `{value}`"))
            .collect();
        (!given.is_empty()).then(|| given.join(", "))
    }

    /// A member of the input, if it was short enough to be kept.
    pub(super) fn asked(&self, member: &str) -> Option<&str> {
        let same = |(name, _): &(&String, &String)| name.eq_ignore_ascii_case(member);
        let found = self.asked.iter().find(same);
        found.map(|(_, value)| value.as_str())
    }

    /// What is called `what` and has this name, or what the call named.
    pub(super) fn subject(&self, what: &str, name: &str) -> String {
        let what = if what.is_empty() { "thing" } else { what };
        if !name.is_empty() {
            return format!("{what} `{name}`");
        }
        match self.named() {
            Some(named) => format!("{what} with {named}"),
            None => format!("{what} that the call names"),
        }
    }

    /// The operation that lists what could be named instead.
    pub(super) fn lister(&self) -> Option<String> {
        let operation = lister(&self.service, &self.operation)?;
        Some(format!("`{}:{operation}`", self.service))
    }
}

/// The Region in an ARN, if it names one.
pub(super) fn region_in(arn: &str) -> Option<&str> {
    part(arn, 3)
}

/// The account in an ARN, if it names one.
pub(super) fn account_in(arn: &str) -> Option<&str> {
    part(arn, 4)
}

fn part(arn: &str, index: usize) -> Option<&str> {
    let mut parts = arn.strip_prefix("arn:").map(|_| arn.split(':'))?;
    parts.nth(index).filter(|part| !part.is_empty())
}
