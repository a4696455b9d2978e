//! AWS's own access-denied texts.
//!
//! Sources: IAM user guide, `troubleshoot_access-denied.html`, for the grammar; answers of API
//! Gateway that users published in 2025 and 2026 for its texts; the same for
//! `AssumeRoleWithWebIdentity`. Marked `unverified` where nobody showed one.

use std::borrow::Cow;

use crate::decide::{DecidedBy, Decision, Layer, Outcome};
use crate::request::{ApiAuthorization, Request};

/// Which generation of texts API Gateway sends; the other services' texts are the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MessageStyle {
    /// API Gateway without the kind of policy: nothing for an implicit deny, ` with an explicit
    /// deny` for an explicit one.
    Style2023,
    /// With the kind of policy that decided.
    #[default]
    Style2025,
}

impl Decision {
    /// The action of the check that decided.
    #[must_use]
    pub fn action<'r>(&self, request: &'r Request) -> &'r str {
        self.checked(request).0
    }

    /// Action and resource of the check that decided.
    fn checked<'r>(&self, request: &'r Request) -> (&'r str, &'r str) {
        let additional = self
            .check
            .checked_sub(1)
            .and_then(|index| request.additional.get(index));
        match additional {
            Some(check) => (&check.action, &check.resource),
            None => (&request.action, &request.resource),
        }
    }

    /// The text that AWS sends for this refusal. Only one kind of policy is named even if several
    /// refuse, and never which policy. For an allowed request the text is meaningless.
    #[must_use]
    pub fn message(&self, request: &Request, style: MessageStyle) -> String {
        let (action, resource) = self.checked(request);
        let lower = action.to_ascii_lowercase();
        if matches!(
            lower.as_str(),
            "sts:assumerolewithwebidentity" | "sts:assumerolewithsaml"
        ) {
            // The SAML text is unverified: formed like that of web identity.
            return format!("Not authorized to perform {action}");
        }
        let suffix = self.suffix(action);
        let Some(api) = &request.api else {
            let on = if resource == "*" {
                String::new()
            } else {
                format!(" on resource: {resource}")
            };
            let caller = request.principal.label();
            return format!("User: {caller} is not authorized to perform: {action}{on}{suffix}");
        };
        let suffix = match (style, self.outcome) {
            (MessageStyle::Style2025, _) => suffix,
            (MessageStyle::Style2023, Outcome::ExplicitDeny) => " with an explicit deny".to_owned(),
            (MessageStyle::Style2023, _) => String::new(),
        };
        if api.authorization == ApiAuthorization::Custom && self.layer() == Some(Layer::Identity) {
            return format!("User is not authorized to access this resource{suffix}");
        }
        let caller = match api.authorization {
            ApiAuthorization::Iam => request.principal.label(),
            _ => Cow::Borrowed("anonymous"),
        };
        let masked = mask_account(resource);
        format!(
            "User: {caller} is not authorized to perform: {action} on resource: {masked}{suffix}"
        )
    }

    fn suffix(&self, action: &str) -> String {
        let layer = self.layer().unwrap_or(Layer::Identity);
        let title = layer.title();
        let explicit = self.outcome == Outcome::ExplicitDeny
            // A level of SCPs that does not allow is reported as a deny.
            || layer == Layer::ServiceControl;
        if explicit {
            let article = if layer == Layer::Trust {
                "the"
            } else if title.starts_with(['a', 'e', 'i', 'o', 'u']) {
                "an"
            } else {
                "a"
            };
            format!(" with an explicit deny in {article} {title}")
        } else {
            format!(" because no {title} allows the {action} action")
        }
    }

    /// Short text for people: outcome, layer, policy, statement, principal form, absent keys.
    #[must_use]
    pub fn explain(&self) -> String {
        let mut text = match &self.decided_by {
            DecidedBy::Statement(statement) => {
                let mut text = format!("{} by {statement}", self.outcome);
                if let Some(form) = statement.principal_form {
                    text.push_str(&format!(", which names {form}"));
                }
                text
            }
            DecidedBy::Missing { layer, level_index } => {
                let mut text = format!("{}: no {} allows it", self.outcome, layer.title());
                if let Some(level) = level_index {
                    text.push_str(&format!(" at level {level} from the root"));
                }
                text
            }
            DecidedBy::RootUserDefault => {
                format!(
                    "{}: the root user has full access to its own account",
                    self.outcome
                )
            }
            DecidedBy::AlwaysAllowed => format!("{}: no policy can deny this action", self.outcome),
            DecidedBy::Open => format!("{}: the method asks for no permission", self.outcome),
        };
        if let Some(also) = &self.also {
            text.push_str(&format!("; also {also}"));
            if let Some(form) = also.principal_form {
                text.push_str(&format!(", which names {form}"));
            }
        }
        if !self.also_missing.is_empty() {
            let titles: Vec<&str> = self
                .also_missing
                .iter()
                .map(|layer| layer.title())
                .collect();
            text.push_str(&format!("; also lacking: {}", titles.join(", ")));
        }
        if !self.missing_keys.is_empty() {
            text.push_str(&format!("; absent keys: {}", self.missing_keys.join(", ")));
        }
        text
    }
}

/// Eight stars and the last four digits instead of the account.
fn mask_account(arn: &str) -> String {
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    match fields.as_slice() {
        [a, partition, service, region, account, rest] => {
            let last = account
                .get(account.len().saturating_sub(4)..)
                .unwrap_or_default();
            format!("{a}:{partition}:{service}:{region}:********{last}:{rest}")
        }
        _ => arn.to_owned(),
    }
}
