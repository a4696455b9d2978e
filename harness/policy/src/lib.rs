//! AWS policy documents: parse, compile, decide, explain.
//!
//! Pure: no I/O, no clock, no other crate of the lab. A [`Document`] is parsed strictly and compiled
//! once; [`decide`] takes a [`Request`] and the [`PolicySet`] that applies to it and says allow,
//! explicit or implicit deny, and by which statement or for lack of which layer; [`trace`] tells
//! everything that was compared; [`verdict`] is the short answer for whom only outcome and deciding
//! statement count; [`lint()`] finds documents that do not do what they look like.
//!
//! ```
//! use authlab_policy::{Context, Document, DocumentKind, Policy, PolicySet, Principal, Request, decide};
//!
//! let text = r#"{"Version": "2012-10-17", "Statement": {
//!     "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bkt/${aws:username}/*"}}"#;
//! let document = Document::parse(DocumentKind::Identity, text)?;
//! let policies = PolicySet {
//!     identity: vec![Policy::new("inline policy `own` of user `ana`", document)],
//!     ..PolicySet::default()
//! };
//! let ana = Principal::user("arn:aws:iam::111111111111:user/ana", "AIDAANAEXAMPLE0000000");
//! let mut request = Request::new(ana, "s3:GetObject", "arn:aws:s3:::bkt/ana/notes");
//! request.context = Context::for_principal(&request.principal, [("team", "red")], None);
//! assert!(decide(&request, &policies).is_allowed());
//! # Ok::<(), authlab_policy::DocumentError>(())
//! ```
//!
//! # Order of evaluation
//!
//! 1. `sts:GetCallerIdentity` is allowed, whatever the policies say (STS API reference).
//! 2. A matching Deny in any layer that takes part ends in an explicit deny (IAM user guide,
//!    `reference_policies_evaluation-logic.html`). Where several deny, the first in the order SCP, RCP,
//!    identity, boundary, session, resource or trust, endpoint is named.
//! 3. Every level of SCPs from the root to the caller's account has to allow; policies of one level
//!    unite (Organizations user guide, `orgs_manage_policies_scps_evaluation.html`). Not bound: the
//!    management account, service-linked roles, callers outside any account.
//! 4. RCPs of the resource's account only deny, since every level carries the full-access policy
//!    (`orgs_manage_policies_rcps_evaluation.html`). Not bound: resources of the management account,
//!    service-linked roles, services without support.
//! 5. The policy of a VPC endpoint has to allow (VPC guide, `vpc-endpoints-access.html`).
//! 6. Inside one account the resource policy may grant alone. What that passes over depends on how
//!    it named the caller, see [`PrincipalForm`] (evaluation logic; `access_policies_boundaries.html`).
//!    Otherwise identity policies grant, capped by boundary and session policies.
//! 7. Trust policies of roles and policies of keys are indispensable: without their Allow nothing
//!    grants (STS API reference, AssumeRole; KMS developer guide, `key-policies.html`).
//! 8. Across accounts both sides have to allow
//!    (`reference_policies_evaluation-logic-cross-account.html`).
//! 9. Services, unsigned callers and the bearers of foreign tokens have the resource side only.
//! 10. Methods of an API follow the tables of the API Gateway developer guide,
//!     `apigateway-authorization-flow.html`.
//!
//! Readings that no page settles are marked with grade K where they are coded; `tests/golden/
//! disputed.json` lists them.
//!
//! # Modules, in reading order
//!
//! `principal`, `context`, `request` (what is asked), `document` (parsing), `pattern`, `condition`,
//! `date` (matching), `compile` (the index), `decide` (layers and their combination), [`message`],
//! `trace` (explaining), `explore` (what is possible where not everything is known), [`evidence`] (what
//! a decision leaves behind), `lint`, [`actions`] (what services can be asked for), [`words`] (what IAM
//! answers to what is no policy), [`case`] (the JSON format of the golden cases).

pub mod actions;
pub mod case;
mod compile;
mod condition;
mod context;
mod date;
mod decide;
mod document;
pub mod evidence;
mod explore;
pub mod lint;
pub mod message;
mod near_miss;
mod pattern;
mod principal;
mod request;
mod trace;
pub mod words;

pub use condition::Standing;
pub use context::Context;
pub use decide::{
    DecidedBy, Decision, Grounds, Layer, Outcome, PrincipalForm, StatementAt, StatementRef,
    Verdict, decide, verdict,
};
pub use document::{Document, DocumentError, DocumentKind, UnknownKind};
pub use explore::{Ask, Keys, LayerSet, Outcomes, Possible, Residual, Unknown, explore};
pub use lint::{Finding, Severity, lint};
pub use message::MessageStyle;
pub use near_miss::{Element, Failing, NearMiss, near_misses};
pub use pattern::{arn_matches, matches_pattern};
pub use principal::{Organization, Principal};
pub use request::{AdditionalCheck, ApiAuthorization, ApiRequest, Policy, PolicySet, Request};
pub use trace::{
    Allowing, CallerTrace, CheckTrace, Compared, ConditionTrace, Effect, ElementTrace, Further,
    LayerTrace, NamesTrace, PolicyTrace, Says, StatementTrace, Trace, trace,
};
