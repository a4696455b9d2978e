//! Policy documents: parsed strictly, compiled once, cheap to clone.
//!
//! The grammar is that of the IAM user guide, `reference_policies_grammar.html`, with the rules of
//! the element pages (`reference_policies_elements_*.html`) and what each kind adds or takes away.
//! What is refused here cannot be stored in AWS; what AWS stores although it cannot work is a
//! finding of [`lint`](crate::lint()).

mod element;
mod json;
mod parse;
mod principal;

use std::sync::Arc;

use serde_json::Value;

pub(crate) use element::{ActionElement, ResourceElement};
pub(crate) use parse::KNOWN_PARTITIONS;

pub(crate) use principal::{AwsPrincipal, PrincipalElement};

use crate::compile::Index;
use crate::condition::Condition;

/// What a document is attached to, which decides what it may say and how long it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Attached to a user, group or role.
    Identity,
    /// Attached to a resource of any service that has no kind of its own here.
    Resource,
    /// A role's trust policy.
    Trust,
    /// A permissions boundary.
    Boundary,
    /// Passed to `AssumeRole*` or `GetFederationToken`.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The policy of a VPC endpoint.
    VpcEndpoint,
    /// The resource policy of a REST API, with shorthand resources.
    ExecuteApi,
    /// The policy of an OAM sink.
    OamSink,
    /// The policy of a Lambda function, made by `AddPermission`.
    LambdaPermission,
    /// The policy of a secret.
    SecretsManager,
    /// The policy of a key.
    KmsKey,
}

impl DocumentKind {
    /// Whether statements name principals.
    #[must_use]
    pub fn takes_principal(self) -> bool {
        !matches!(
            self,
            Self::Identity | Self::Boundary | Self::Session | Self::ServiceControl
        )
    }

    /// The default quota of the kind in characters as [`Document::size_chars`] counts them: IAM
    /// `reference_iam-quotas.html` (managed policy and boundary 6,144, trust 2,048, session
    /// 2,048), Organizations `orgs_reference_limits.html` (5,120), API Gateway `limits.html`
    /// (8,192), VPC endpoint, Lambda, Secrets Manager and other resource policies 20,480,
    /// KMS `resource-limits.html` (32 KB).
    #[must_use]
    pub fn quota_chars(self) -> usize {
        match self {
            Self::Identity | Self::Boundary => 6_144,
            Self::Trust | Self::Session => 2_048,
            Self::ServiceControl | Self::ResourceControl => 5_120,
            Self::ExecuteApi => 8_192,
            Self::Resource
            | Self::VpcEndpoint
            | Self::OamSink
            | Self::LambdaPermission
            | Self::SecretsManager => 20_480,
            Self::KmsKey => 32_768,
        }
    }

    /// The longest document of the kind that any attachment or raised quota takes; longer ones are
    /// refused when parsed. An inline policy of a role may have 10,240, a trust policy 8,192 with a
    /// raised quota.
    #[must_use]
    pub fn limit_chars(self) -> usize {
        match self {
            Self::Identity => 10_240,
            Self::Trust => 8_192,
            other => other.quota_chars(),
        }
    }

    /// White space outside strings does not count for documents that IAM and Organizations store.
    fn ignores_white_space(self) -> bool {
        matches!(
            self,
            Self::Identity
                | Self::Boundary
                | Self::Trust
                | Self::ServiceControl
                | Self::ResourceControl
        )
    }
}

/// Why a document is refused: where and which rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message} ({rule})")]
pub struct DocumentError {
    /// `Statement[0].Action`; `$` is the document itself.
    pub path: String,
    /// The rule that is broken, in a word or two; stable over versions.
    pub rule: &'static str,
    /// What is wrong with this document.
    pub message: String,
}

/// A policy document; clones share one compiled form.
#[derive(Debug, Clone)]
pub struct Document(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: DocumentKind,
    source: Value,
    size_chars: usize,
    variables: bool,
    statements: Box<[Statement]>,
    index: Index,
}

/// Allow or Deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Allow,
    Deny,
}

/// A compiled statement.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) sid: Option<Arc<str>>,
    pub(crate) effect: Effect,
    pub(crate) principal: Option<PrincipalElement>,
    pub(crate) action: ActionElement,
    /// A trust policy has none.
    pub(crate) resource: Option<ResourceElement>,
    pub(crate) conditions: Box<[Condition]>,
}

impl Document {
    /// Parses `text` as a document of `kind`.
    ///
    /// # Errors
    /// The first rule that the document breaks, with its path.
    pub fn parse(kind: DocumentKind, text: &str) -> Result<Self, DocumentError> {
        let source = json::parse(text)?;
        let size_chars = size_chars(kind, text);
        Self::build(kind, source, size_chars, parse::Mode::Submitted)
    }

    /// The same for a document that is JSON already.
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn from_value(kind: DocumentKind, value: &Value) -> Result<Self, DocumentError> {
        let size_chars = value.to_string().chars().count();
        Self::build(kind, value.clone(), size_chars, parse::Mode::Submitted)
    }

    /// A document that some service has stored already: forms that today's validation refuses but
    /// whose meaning is clear (a wildcard inside a principal is a plain character, an ARN of too
    /// few fields covers nothing) are taken.
    ///
    /// # Errors
    /// Only when there is no way to read the document.
    pub fn from_stored(kind: DocumentKind, value: &Value) -> Result<Self, DocumentError> {
        let size_chars = value.to_string().chars().count();
        Self::build(kind, value.clone(), size_chars, parse::Mode::Stored)
    }

    fn build(
        kind: DocumentKind,
        source: Value,
        size_chars: usize,
        mode: parse::Mode,
    ) -> Result<Self, DocumentError> {
        if mode == parse::Mode::Submitted && size_chars > kind.limit_chars() {
            return Err(DocumentError {
                path: "$".to_owned(),
                rule: "size limit",
                message: format!(
                    "the document has {size_chars} characters, this kind takes {} at most",
                    kind.limit_chars()
                ),
            });
        }
        let parse::Parsed {
            variables,
            statements,
        } = parse::document(kind, &source, mode)?;
        let index = Index::new(&statements);
        Ok(Self(Arc::new(Inner {
            kind,
            source,
            size_chars,
            variables,
            statements,
            index,
        })))
    }

    /// A document of one statement that speaks of everything and everybody, or of none.
    pub(crate) fn of_everything(effect: Option<Effect>) -> Self {
        let statements: Box<[Statement]> = effect
            .into_iter()
            .map(|effect| Statement {
                sid: None,
                effect,
                principal: None,
                action: ActionElement::new(false, vec!["*".to_owned()]),
                resource: None,
                conditions: Box::default(),
            })
            .collect();
        let index = Index::new(&statements);
        Self(Arc::new(Inner {
            kind: DocumentKind::Identity,
            source: Value::Null,
            size_chars: 0,
            variables: true,
            statements,
            index,
        }))
    }

    /// The document's kind.
    #[must_use]
    pub fn kind(&self) -> DocumentKind {
        self.0.kind
    }

    /// The document as it was given.
    #[must_use]
    pub fn source(&self) -> &Value {
        &self.0.source
    }

    /// Length in characters as the quotas count it: without white space for the kinds that IAM and
    /// Organizations store, the whole text for the others.
    #[must_use]
    pub fn size_chars(&self) -> usize {
        self.0.size_chars
    }

    /// Whether variables count (version 2012-10-17).
    pub(crate) fn takes_variables(&self) -> bool {
        self.0.variables
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.0.statements
    }

    pub(crate) fn index(&self) -> &Index {
        &self.0.index
    }
}

fn size_chars(kind: DocumentKind, text: &str) -> usize {
    if !kind.ignores_white_space() {
        return text.chars().count();
    }
    let mut count = 0;
    let mut quoted = false;
    let mut escaped = false;
    for character in text.chars() {
        if quoted || !character.is_ascii_whitespace() {
            count += 1;
        }
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
    }
    count
}

/// A word that names no kind of document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown kind of document `{0}`: there are identity, resource, trust, boundary, session, scp, rcp, endpoint, execute-api, oam-sink, lambda, secretsmanager and kms"
)]
pub struct UnknownKind(pub String);

impl std::str::FromStr for DocumentKind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Ok(match name {
            "identity" => Self::Identity,
            "resource" => Self::Resource,
            "trust" => Self::Trust,
            "boundary" => Self::Boundary,
            "session" => Self::Session,
            "scp" => Self::ServiceControl,
            "rcp" => Self::ResourceControl,
            "endpoint" => Self::VpcEndpoint,
            "execute-api" => Self::ExecuteApi,
            "oam-sink" => Self::OamSink,
            "lambda" => Self::LambdaPermission,
            "secretsmanager" => Self::SecretsManager,
            "kms" => Self::KmsKey,
            other => return Err(UnknownKind(other.to_owned())),
        })
    }
}
