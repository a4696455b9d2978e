//! AWS's own access-denied texts: printed, and read back.
//!
//! Sources: IAM user guide, `troubleshoot_access-denied.html`, for the grammar and the kinds of policy;
//! the same page of 2026 and `get-request-authorization-details` for the policy's ARN and the
//! authorization id (a preview: not on every refusal); answers of API Gateway that users published in
//! 2025 and 2026 for its texts; the same for `AssumeRoleWithWebIdentity`; Amazon EC2's user guide for
//! the encoded message. Marked `unverified` where nobody showed one.
//!
//! | part | text |
//! |---|---|
//! | [`Head::Caller`] | `User: PRINCIPAL is not authorized to perform: ACTION`, mostly with ` on resource: RESOURCE` |
//! | [`Head::Authorizer`] | `User is not authorized to access this resource` |
//! | [`Head::Token`] | `Not authorized to perform ACTION` |
//! | explicit deny | ` with an explicit deny in ARTICLE KIND`, to 2024 also ` with an explicit deny` alone |
//! | implicit deny | ` because no KIND allows the ACTION action` |
//! | since 2026 | `: POLICY_ARN` after an explicit deny, then `. Go to URL for complete details, or call ... authorization id: ID` |
//! | EC2 and some others | `. Encoded authorization failure message: TEXT` |
//!
//! The words of each kind stand in one table; [`parse`] reads what `Display` of [`Denied`] prints.

mod parse;
mod print;

use crate::decide::{Decision, Layer, Outcome};

pub use parse::{TEXT_BYTES_MAX, parse};
pub use print::MessageStyle;

/// What an access-denied text says. Its `Display` is the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    /// Which of the three sentences it is.
    pub head: Head,
    /// The caller's ARN, a service, or `anonymous`; [`Head::Caller`] only.
    pub principal: Option<String>,
    /// `service:Operation`, where the text names it.
    pub action: Option<String>,
    /// The resource as the service prints it: API Gateway masks the account, others repeat what was
    /// sent.
    pub resource: Option<String>,
    /// Explicit or implicit deny, where the text tells.
    pub effect: Option<Outcome>,
    /// The kind of policy, where the text names one that is known.
    pub layer: Option<Layer>,
    /// The policy that denied.
    pub policy_arn: Option<String>,
    /// What `GetRequestAuthorizationDetails` takes, and the Region of the console that the text sends
    /// to.
    pub authorization: Option<Authorization>,
    /// What `DecodeAuthorizationMessage` takes.
    pub encoded: Option<String>,
}

/// Where the details of a refusal are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// Digits and small letters.
    pub id: String,
    /// Region of the console.
    pub region: String,
}

/// The sentences that a text begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// `User: PRINCIPAL is not authorized to perform: ACTION`.
    Caller,
    /// `User is not authorized to access this resource`: API Gateway after a Lambda authorizer.
    Authorizer,
    /// `Not authorized to perform ACTION`: STS to the bearer of a token.
    Token,
}

impl Denied {
    /// A text of this kind that says nothing yet.
    #[must_use]
    pub fn new(head: Head) -> Self {
        Self {
            head,
            principal: None,
            action: None,
            resource: None,
            effect: None,
            layer: None,
            policy_arn: None,
            authorization: None,
            encoded: None,
        }
    }

    /// The authorization id, where the text has one.
    #[must_use]
    pub fn authorization_id(&self) -> Option<&str> {
        self.authorization.as_ref().map(|it| it.id.as_str())
    }

    /// Whether the text can be the answer to `decision`: what it tells of layer and effect is that of
    /// the decision. A level of SCPs that does not allow was reported as a deny until 2025.
    #[must_use]
    pub fn agrees_with(&self, decision: &Decision) -> bool {
        let is_scp = decision.layer() == Some(Layer::ServiceControl);
        let same_layer = self.layer.is_none() || self.layer == decision.layer();
        let same_effect = self.effect.is_none_or(|effect| {
            effect == decision.outcome || (is_scp && effect == Outcome::ExplicitDeny)
        });
        !decision.is_allowed() && same_layer && same_effect
    }
}

/// How a text names one kind of policy.
struct Wording {
    layer: Layer,
    /// What stands before the kind in an explicit deny.
    article: &'static str,
    /// The kind as this wording has it.
    kind: &'static str,
    /// Which texts have been shown, by AWS or by somebody who got one.
    grade: Grade,
}

/// How far a wording is confirmed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grade {
    /// Both forms.
    Verified,
    /// The explicit form; the implicit one is `unverified`.
    ImplicitUnverified,
    /// Read, and never printed: another spelling of a documented one.
    ReadOnly,
}

impl Wording {
    const fn new(layer: Layer, article: &'static str) -> Self {
        Self {
            layer,
            article,
            kind: layer.title(),
            grade: Grade::Verified,
        }
    }
}

/// The one table: every kind of policy, then the other spellings.
const WORDINGS: [Wording; 10] = [
    Wording::new(Layer::Identity, "an"),
    Wording::new(Layer::Resource, "a"),
    Wording::new(Layer::Trust, "the"),
    Wording::new(Layer::Boundary, "a"),
    Wording::new(Layer::Session, "a"),
    Wording::new(Layer::ServiceControl, "a"),
    // Every level of RCPs has the full-access policy, so that nothing is ever denied for lack of one.
    Wording {
        grade: Grade::ImplicitUnverified,
        ..Wording::new(Layer::ResourceControl, "a")
    },
    Wording::new(Layer::Endpoint, "a"),
    // `troubleshoot_access-denied.html` prints it once.
    Wording {
        kind: "sessions policy",
        grade: Grade::ReadOnly,
        ..Wording::new(Layer::Session, "a")
    },
    Wording {
        kind: "VPC endpoint policy transitively through a service control policy",
        grade: Grade::ReadOnly,
        ..Wording::new(Layer::ServiceControl, "a")
    },
];

/// The wording that is printed for a layer.
fn wording(layer: Layer) -> Option<&'static Wording> {
    let printed = |wording: &&Wording| wording.grade != Grade::ReadOnly;
    let mut of_layer = WORDINGS.iter().filter(printed);
    of_layer.find(|wording| wording.layer == layer)
}

/// What the texts are made of beside the kinds of policy.
mod words {
    pub(super) const USER: &str = "User: ";
    pub(super) const PERFORM: &str = " is not authorized to perform: ";
    pub(super) const ON_RESOURCE: &str = " on resource: ";
    pub(super) const AUTHORIZER: &str = "User is not authorized to access this resource";
    pub(super) const TOKEN: &str = "Not authorized to perform ";
    pub(super) const EXPLICIT: &str = " with an explicit deny";
    pub(super) const IN: &str = " in ";
    pub(super) const NO: &str = " because no ";
    pub(super) const ALLOWS: &str = " allows the ";
    pub(super) const ACTION: &str = " action";
    pub(super) const GO_TO: &str = ". Go to https://";
    pub(super) const CONSOLE: &str = ".console.aws.amazon.com/iam/home?region=";
    pub(super) const DETAILS: &str = "#/authorization-details/";
    pub(super) const CALL: &str = " for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: ";
    pub(super) const ENCODED: &str = " Encoded authorization failure message: ";
    /// What EC2 says first.
    pub(super) const OPERATION: &str = "You are not authorized to perform this operation. ";
    /// What KMS says of keys of other accounts, which tells neither layer nor effect.
    pub(super) const UNCLEAR: &str = " because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access";
}

#[cfg(test)]
mod tests;
