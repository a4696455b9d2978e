//! Why the control plane of REST APIs refuses.

use authlab_kernel::AccountId;
use thiserror::Error;

/// Why an operation is refused. Texts are AWS's where they were recorded, else `unverified`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// No API of that id in the account and Region. (Recorded.)
    #[error("Invalid API identifier specified {account}:{api_id}")]
    NoSuchApi {
        /// The caller's account.
        account: AccountId,
        /// What was given.
        api_id: String,
    },
    /// Something else is not there.
    #[error("{}", .what.text(.name))]
    NoSuch {
        /// What it would be.
        what: Missing,
        /// How it was named.
        name: String,
    },
    /// A name, or a place, is taken: AWS's text.
    #[error("{text}")]
    Taken {
        /// What is there: `resource`.
        what: &'static str,
        /// Its name.
        name: String,
        /// AWS's text.
        text: String,
    },
    /// It stays as long as something needs it: AWS's text.
    #[error("{text}")]
    InUse {
        /// The status is that of a conflict, not that of a bad request.
        is_conflict: bool,
        /// What was to go: `model`.
        what: &'static str,
        /// Its name.
        name: String,
        /// What needs it.
        by: String,
        /// AWS's text.
        text: String,
    },
    /// There may not be more.
    #[error("maximum number of {of} reached: there may be {limit}")]
    Quota {
        /// Of what: `stages of the API`.
        of: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// A member's value cannot be; the text is this lab's own.
    #[error("Invalid value for {member}: {problem}")]
    Invalid {
        /// The member, as the model spells it.
        member: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// AWS's own words about a bad request.
    #[error("{0}")]
    Stated(String),
    /// AWS's own words about a conflict.
    #[error("{0}")]
    Conflict(&'static str),
    /// What was to be imported is no OpenAPI document. (Recorded.)
    #[error("Invalid OpenAPI input.")]
    NoDocument {
        /// What is wrong with it, and where.
        problem: String,
    },
    /// What a document says cannot be. (The first line as observed in public reports.)
    #[error("Errors found during import:\n\t{}", .0.join("\n\t"))]
    Import(Vec<String>),
    /// A document has what means nothing, and that is to fail. (The first line as observed.)
    #[error("Warnings found during import:\n\t{}", .0.join("\n\t"))]
    Warnings(Vec<String>),
    /// Not simulated.
    #[error("{0}")]
    NotImplemented(String),
}

/// What is not there, for what AWS says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A resource. (Recorded.)
    Resource,
    /// A method. (Recorded.)
    Method,
    /// An integration. (Recorded.)
    Integration,
    /// A response of a method or of an integration. (Recorded.)
    Response,
    /// A parameter of a response. (Recorded.)
    Parameter,
    /// A model or a template of a content type. (Recorded.)
    ContentType,
    /// A model. (Recorded.)
    Model,
    /// A request validator. (Recorded.)
    RequestValidator,
    /// A gateway response of the API's own. (Recorded.)
    GatewayResponse,
    /// An authorizer.
    Authorizer,
    /// A deployment.
    Deployment,
    /// A stage.
    Stage,
    /// An API key.
    ApiKey,
    /// A usage plan. (Recorded.)
    UsagePlan,
    /// A key of a usage plan.
    UsagePlanKey,
    /// A stage that a usage plan is to have.
    ApiStage,
    /// A stage that is to leave a usage plan. (Recorded.)
    PlanStage,
    /// A part of the documentation. (Recorded.)
    DocumentationPart,
    /// A version of the documentation.
    DocumentationVersion,
    /// A VPC link. (Recorded.)
    VpcLink,
    /// A custom domain name.
    DomainName,
    /// A VPC endpoint from which a private domain name is reached.
    Association,
    /// A base path mapping.
    BasePathMapping,
    /// What can have tags.
    Tagged,
    /// A patch operation takes away what is not there.
    Entry,
}

impl Missing {
    /// What AWS says, and what it would be.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Resource => ("Invalid Resource identifier specified", "resource"),
            Self::Method => ("Invalid Method identifier specified", "method"),
            Self::Integration => ("Invalid Integration identifier specified", "integration"),
            Self::Response => (
                "Invalid Response status code specified",
                "response of the status",
            ),
            Self::Parameter => ("Invalid parameter name specified", "parameter"),
            Self::ContentType => ("Content-Type specified was not found", "content type"),
            Self::Model => ("Invalid model name specified: ", "model"),
            Self::RequestValidator => (
                "Invalid Request Validator identifier specified",
                "request validator",
            ),
            Self::GatewayResponse => (
                "Gateway response type not defined on api",
                "gateway response of the API's own",
            ),
            Self::Authorizer => ("Invalid Authorizer identifier specified", "authorizer"),
            Self::Deployment => ("Invalid Deployment identifier specified", "deployment"),
            Self::Stage => ("Invalid stage identifier specified", "stage"),
            Self::ApiKey => ("Invalid API Key identifier specified", "API key"),
            Self::UsagePlan => ("Invalid Usage Plan ID specified", "usage plan"),
            Self::UsagePlanKey => ("Invalid API Key identifier specified", "key of the plan"),
            Self::ApiStage => ("API Stage not found: ", "stage of an API"),
            Self::PlanStage => ("Invalid API Stage ", "stage of the plan"),
            Self::DocumentationPart => (
                "Invalid Documentation part identifier specified",
                "documentation part",
            ),
            Self::DocumentationVersion => (
                "Invalid Documentation version specified",
                "documentation version",
            ),
            Self::VpcLink => ("Invalid Vpc Link identifier specified", "VPC link"),
            Self::Association => (
                "Invalid domain name access association identifier specified",
                "domain name access association",
            ),
            Self::DomainName => ("Invalid domain name identifier specified", "domain name"),
            Self::BasePathMapping => (
                "Invalid base path mapping identifier specified",
                "base path mapping",
            ),
            Self::Tagged => ("Invalid resource ARN specified: ", "resource with tags"),
            Self::Entry => ("Invalid entry specified: ", "entry"),
        }
    }

    /// What AWS says; a text that ends in a blank goes on with the name.
    pub fn text(self, name: &str) -> String {
        let (text, _) = self.words();
        if text.ends_with(' ') {
            format!("{text}{name}")
        } else {
            text.to_owned()
        }
    }

    /// What it would be.
    pub const fn noun(self) -> &'static str {
        self.words().1
    }

    /// The error about one of this name.
    pub fn named(self, name: &str) -> Error {
        Error::NoSuch {
            what: self,
            name: name.to_owned(),
        }
    }
}

impl Error {
    /// A member's value cannot be.
    pub(crate) fn invalid(member: &'static str, problem: impl Into<String>) -> Self {
        Self::Invalid {
            member,
            problem: problem.into(),
        }
    }

    /// AWS's own words about a bad request.
    pub(crate) fn stated(text: impl Into<String>) -> Self {
        Self::Stated(text.into())
    }

    /// Something that real AWS has and this lab has not.
    pub(crate) fn not_implemented(what: &str) -> Self {
        Self::NotImplemented(format!("{what} is not implemented by this lab"))
    }
}
