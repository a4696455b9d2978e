//! Why OAM refuses.

use thiserror::Error;

/// Why an operation of OAM is refused, in the service's own words.
///
/// AWS documents the codes (`API_CreateLink.html` and its siblings) but not the texts: every text
/// here is `unverified`.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Error {
    /// An account has one sink in a Region.
    #[error("the account already has a sink in this Region: `{0}`; delete it to create another")]
    SinkExists(String),
    /// The ARN names no sink.
    #[error("there is no sink `{0}` in this Region")]
    NoSuchSink(String),
    /// The ARN names no link.
    #[error("there is no link `{0}` in this Region")]
    NoSuchLink(String),
    /// The ARN names neither sink nor link.
    #[error("there is no sink or link `{0}` in this Region")]
    NoSuchResource(String),
    /// The sink has no policy.
    #[error("the sink `{0}` has no policy")]
    NoSinkPolicy(String),
    /// A sink with links stays.
    #[error(
        "the sink `{sink}` has {links} links; each source account has to delete its link first"
    )]
    SinkInUse {
        /// The sink's ARN.
        sink: String,
        /// How many links it has.
        links: usize,
    },
    /// A source account links to a sink once.
    #[error("the account already has a link to the sink `{0}`")]
    LinkExists(String),
    /// A link needs two accounts.
    #[error("the sink `{0}` belongs to this account; a link needs a sink of another account")]
    OwnSink(String),
    /// Links do not cross Regions.
    #[error("the sink `{sink}` is not in the Region `{region}`; links do not cross Regions")]
    OtherRegion {
        /// The sink's ARN.
        sink: String,
        /// The Region of the call.
        region: String,
    },
    /// A source account links to at most five monitoring accounts.
    #[error("the account has {0} links in this Region, which is the quota")]
    TooManyLinks(usize),
    /// The policy breaks a rule for sink policies.
    #[error("the sink policy is invalid: {0}")]
    Policy(String),
    /// The filter of a link cannot be read.
    #[error("the filter of `{configuration}` is invalid: {problem}")]
    Filter {
        /// `LogGroupConfiguration` or `MetricConfiguration`.
        configuration: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A filter for a type that is not shared.
    #[error("`{configuration}` needs the resource type `{needs}`")]
    FilterWithoutType {
        /// `LogGroupConfiguration` or `MetricConfiguration`.
        configuration: &'static str,
        /// The type that it filters.
        needs: &'static str,
    },
    /// A value that the service does not take.
    #[error("{0}")]
    Parameter(String),
    /// At most fifty tags.
    #[error("a resource has at most 50 tags, this one would have {0}")]
    TooManyTags(usize),
}
