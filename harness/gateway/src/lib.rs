//! The API Gateway data plane: runs a [`Deployment`], and knows nothing of the control plane.
//!
//! - [`deployment`]: [`Deployment`], one stage of an API, compiled and immutable.
//! - [`domain`]: custom domain names, and what they lead to.
//! - [`path`]: the path of a request, read once.
//! - [`route`]: route keys, path templates and precedence.
//! - [`uri_template`]: integration URIs with stage variables and path parameters.
//! - [`access_log`]: formats of access-log lines.
//! - [`evidence`]: what the gateway's events tell, and its reasons.
//! - [`judge`]: whether a token is believed, apart from fetching keys.
//! - [`network`]: where a request comes from, and how it says so.
//! - [`needs`]: what the gateway asks of others: callers, functions, logs, metrics, traces.
//! - [`quota`]: what is used of the quotas of usage plans.
//! - [`schema`]: models of bodies.
//! - [`gateway`]: [`Gateway`], which publishes deployments and answers requests.
//!
//! Inside: `address` and `published` lead a request to a deployment, `cause` to the event it follows
//! from; what came and what is found out is an `exchange`, with its `caller` and `phase`s, and what its
//! `execution_log` holds; `variable` reads `$context` of it. `http` and `rest` hold the list of stages of their kind of API and what only it has, `stage` what
//! the kinds share; stages work on the `plane`. A stage that ends a request names a [`ResponseType`], which
//! the kind of API words.

pub mod deployment;
pub mod domain;
pub mod path;
pub mod route;
pub mod uri_template;

pub mod access_log;

pub mod evidence;
pub mod judge;
pub mod needs;
pub mod quota;
pub mod schema;

pub mod gateway;

mod address;
mod bucket;
mod caller;
mod cause;
mod claim;
mod credential;
mod decision;
mod exchange;
mod execution_log;
mod http;
mod key_source;
mod kind;
mod malformed;
pub mod network;
mod phase;
mod plane;
mod published;
mod query;
mod reached;
mod refusal;
mod rest;
mod stage;
mod time;
mod usage;
mod variable;

#[cfg(test)]
mod tests;

pub use deployment::Deployment;
pub use gateway::Gateway;
pub use needs::Needs;
pub use refusal::ResponseType;
