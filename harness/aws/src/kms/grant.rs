//! Grants: permissions on one key for one principal, beside the key's policy.
//!
//! A grant is a document of Allow statements that speaks for the key as its policy does: inside the
//! account it is enough by itself, across accounts the caller's own policies allow too.
//! Sources: developer guide, `grants.html` and `grant-authorization.html`; API reference,
//! `CreateGrant` and `GrantConstraints` (constraints apply to operations with an encryption context;
//! a grant that was made by a grant is at least as restrictive).

use std::collections::BTreeSet;

use authlab_kernel::Timestamp;
use authlab_policy::{Document, DocumentKind, Policy};
use serde_json::{Value, json};

use super::cipher::EncryptionContext;

/// The operations that take an encryption context; constraints are for them only.
const WITH_CONTEXT: [&str; 6] = [
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
];

/// The operations that a grant on a symmetric key may name.
pub(super) const OF_SYMMETRIC_KEY: [&str; 11] = [
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
    "CreateGrant",
    "RetireGrant",
    "DescribeKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
];

/// What the encryption context of a request has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// These and no others.
    Equals(EncryptionContext),
    /// At least these.
    Subset(EncryptionContext),
}

impl Constraint {
    /// Whether all that `self` lets through `parent` lets through too.
    fn is_within(&self, parent: &Self) -> bool {
        match (self, parent) {
            (Self::Equals(own), Self::Equals(bound)) => own == bound,
            (Self::Equals(own) | Self::Subset(own), Self::Subset(bound)) => bound
                .iter()
                .all(|(name, value)| own.get(name) == Some(value)),
            (Self::Subset(_), Self::Equals(_)) => false,
        }
    }

    /// Whether a request with this context is let through. Names count with their case.
    fn is_met(&self, context: &EncryptionContext) -> bool {
        match self {
            Self::Equals(own) => own == context,
            Self::Subset(own) => own
                .iter()
                .all(|(name, value)| context.get(name) == Some(value)),
        }
    }

    /// Whether the context's names fit but for their case, which condition keys do not tell.
    fn is_met_but_for_case(&self, context: &EncryptionContext) -> bool {
        let lower = |context: &EncryptionContext| -> EncryptionContext {
            let pairs = context.iter();
            pairs
                .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
                .collect()
        };
        let own = match self {
            Self::Equals(own) => Self::Equals(lower(own)),
            Self::Subset(own) => Self::Subset(lower(own)),
        };
        !self.is_met(context) && own.is_met(&lower(context))
    }

    /// `kms:GrantConstraintType`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Equals(_) => "EncryptionContextEquals",
            Self::Subset(_) => "EncryptionContextSubset",
        }
    }
}

/// What CreateGrant is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// Who may. An ARN, or the unique id of a user or role.
    pub grantee: String,
    /// Who may end it.
    pub retirer: Option<String>,
    /// What is permitted.
    pub operations: BTreeSet<String>,
    /// What the encryption context has to be.
    pub constraint: Option<Constraint>,
    /// A name, by which a repeated request is known.
    pub name: Option<String>,
}

impl NewGrant {
    /// Whether a grantee of `parent` may pass this on.
    pub fn is_within(&self, parent: &Self) -> bool {
        let is_constrained = match (&self.constraint, &parent.constraint) {
            (_, None) => true,
            (Some(own), Some(bound)) => own.is_within(bound),
            (None, Some(_)) => false,
        };
        is_constrained && self.operations.is_subset(&parent.operations)
    }
}

/// A grant.
#[derive(Clone, Debug)]
pub struct Grant {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Tokens that were given out for it.
    pub tokens: Vec<String>,
    /// The account of who made it, as ListGrants shows it.
    pub issuer: String,
    /// When it was made.
    pub created: Timestamp,
    /// What it says.
    pub terms: NewGrant,
}

impl Grant {
    /// What the grant allows its grantee. `child` is the grant that a request would make: only what
    /// is within this one may be passed on.
    pub(super) fn policy(
        &self,
        context: &EncryptionContext,
        child: Option<&NewGrant>,
    ) -> Option<Policy> {
        let mut operations = self.terms.operations.clone();
        let constraint = self.terms.constraint.as_ref();
        if constraint.is_some_and(|constraint| constraint.is_met_but_for_case(context)) {
            operations.retain(|operation| !WITH_CONTEXT.contains(&operation.as_str()));
        }
        // To end a grant is asked of that grant alone: see `retirement`.
        operations.remove("RetireGrant");
        if !child.is_some_and(|child| child.is_within(&self.terms)) {
            operations.remove("CreateGrant");
        }
        let (bound, free): (Vec<&str>, Vec<&str>) = operations
            .iter()
            .map(String::as_str)
            .partition(|operation| WITH_CONTEXT.contains(operation));
        let statements: Vec<Value> = [(bound, self.condition()), (free, json!({}))]
            .into_iter()
            .filter(|(operations, _)| !operations.is_empty())
            .map(|(operations, condition)| allow(&self.terms.grantee, &operations, condition))
            .collect();
        self.document(statements)
    }

    /// Who may end the grant.
    pub(super) fn retirement(&self) -> Option<Policy> {
        let grantee = self
            .terms
            .operations
            .contains("RetireGrant")
            .then_some(&self.terms.grantee);
        let statements = self
            .terms
            .retirer
            .iter()
            .chain(grantee)
            .map(|principal| allow(principal, &["RetireGrant"], json!({})));
        self.document(statements.collect())
    }

    fn condition(&self) -> Value {
        let named = |context: &EncryptionContext| {
            let pairs = context
                .iter()
                .map(|(name, value)| (format!("kms:EncryptionContext:{name}"), json!(value)));
            Value::Object(pairs.collect())
        };
        match &self.terms.constraint {
            None => json!({}),
            Some(Constraint::Subset(context)) => json!({ "StringEquals": named(context) }),
            Some(Constraint::Equals(context)) => {
                let names: Vec<&String> = context.keys().collect();
                json!({
                    "StringEquals": named(context),
                    "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": names },
                })
            }
        }
    }

    fn document(&self, statements: Vec<Value>) -> Option<Policy> {
        if statements.is_empty() {
            return None;
        }
        // No variables: the values of a context are what they are.
        let source = json!({ "Version": "2008-10-17", "Statement": statements });
        let document = Document::from_stored(DocumentKind::KmsKey, &source).ok()?;
        Some(Policy::new(format!("grant {}", self.id), document))
    }
}

fn allow(principal: &str, operations: &[&str], condition: Value) -> Value {
    let actions: Vec<String> = operations
        .iter()
        .map(|operation| format!("kms:{operation}"))
        .collect();
    let mut statement = json!({
        "Effect": "Allow",
        "Principal": { "AWS": principal },
        "Action": actions,
        "Resource": "*",
    });
    if condition != json!({}) {
        statement["Condition"] = condition;
    }
    statement
}
