//! The texts, and the short account of a decision for people.

use std::borrow::Cow;
use std::fmt;

use super::{Denied, Head, wording, words};
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
        self.denied(request, style).to_string()
    }

    /// What the text says.
    fn denied(&self, request: &Request, style: MessageStyle) -> Denied {
        let (action, resource) = self.checked(request);
        let lower = action.to_ascii_lowercase();
        if matches!(
            lower.as_str(),
            "sts:assumerolewithwebidentity" | "sts:assumerolewithsaml"
        ) {
            // The SAML text is unverified: formed like that of web identity.
            return Denied {
                action: Some(action.to_owned()),
                ..Denied::new(Head::Token)
            };
        }
        let layer = self.layer().unwrap_or(Layer::Identity);
        let denied = Denied {
            action: Some(action.to_owned()),
            layer: Some(layer),
            effect: Some(match self.outcome {
                // A level of SCPs that does not allow is reported as a deny.
                _ if layer == Layer::ServiceControl => Outcome::ExplicitDeny,
                Outcome::ExplicitDeny => Outcome::ExplicitDeny,
                Outcome::Allow | Outcome::ImplicitDeny => Outcome::ImplicitDeny,
            }),
            ..Denied::new(Head::Caller)
        };
        let Some(api) = &request.api else {
            return Denied {
                principal: Some(request.principal.label().into_owned()),
                resource: (resource != "*").then(|| resource.to_owned()),
                ..denied
            };
        };
        let denied = match style {
            MessageStyle::Style2025 => denied,
            MessageStyle::Style2023 => Denied {
                effect: (self.outcome == Outcome::ExplicitDeny).then_some(Outcome::ExplicitDeny),
                layer: None,
                ..denied
            },
        };
        if api.authorization == ApiAuthorization::Custom && self.layer() == Some(Layer::Identity) {
            return Denied {
                head: Head::Authorizer,
                ..denied
            };
        }
        let caller = match api.authorization {
            ApiAuthorization::Iam => request.principal.label(),
            _ => Cow::Borrowed("anonymous"),
        };
        Denied {
            principal: Some(caller.into_owned()),
            resource: Some(mask_account(resource)),
            ..denied
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

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.action.as_deref().unwrap_or_default();
        match self.head {
            Head::Caller => {
                let principal = self.principal.as_deref().unwrap_or_default();
                write!(f, "{}{principal}{}{action}", words::USER, words::PERFORM)?;
                if let Some(resource) = &self.resource {
                    write!(f, "{}{resource}", words::ON_RESOURCE)?;
                }
            }
            Head::Authorizer => f.write_str(words::AUTHORIZER)?,
            Head::Token => write!(f, "{}{action}", words::TOKEN)?,
        }
        match (self.effect, self.layer.and_then(wording)) {
            (Some(Outcome::ExplicitDeny), Some(of)) => {
                let (explicit, of_kind) = (words::EXPLICIT, words::IN);
                write!(f, "{explicit}{of_kind}{} {}", of.article, of.kind)?;
            }
            (Some(Outcome::ExplicitDeny), None) => f.write_str(words::EXPLICIT)?,
            (Some(Outcome::ImplicitDeny), Some(of)) => {
                let (no, allows, end) = (words::NO, words::ALLOWS, words::ACTION);
                write!(f, "{no}{}{allows}{action}{end}", of.kind)?;
            }
            _ => {}
        }
        if let Some(arn) = &self.policy_arn {
            write!(f, ": {arn}")?;
        }
        if let Some(super::Authorization { id, region }) = &self.authorization {
            let (go_to, console) = (words::GO_TO, words::CONSOLE);
            write!(f, "{go_to}{region}{console}{region}")?;
            write!(f, "{}{id}{}{id}", words::DETAILS, words::CALL)?;
        }
        match &self.encoded {
            Some(encoded) => {
                // A blank stands where the reason would.
                let end = if self.effect.is_none() { " ." } else { "." };
                write!(f, "{end}{}{encoded}", words::ENCODED)
            }
            None => Ok(()),
        }
    }
}
