//! The kinds of API that the gateway runs.

/// The kinds of API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiKind {
    /// An HTTP API.
    Http,
    /// A REST API.
    Rest,
}
