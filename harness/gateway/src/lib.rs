//! The API Gateway data plane: runs a [`Deployment`], and knows nothing of the control plane.
//!
//! - [`deployment`]: [`Deployment`], one stage of an API, compiled and immutable.
//! - [`path`]: the path of a request, read once.
//! - [`route`]: route keys, path templates and precedence.
//! - [`uri_template`]: integration URIs with stage variables and path parameters.
//! - [`access_log`]: formats of access-log lines.
//! - [`evidence`]: what the gateway's events tell, and its reasons.
//! - [`port`]: what the gateway asks of others: callers, functions, logs, metrics, traces.
//! - [`gateway`]: [`Gateway`], which publishes deployments and answers requests. Inside, a request
//!   is an `exchange` that takes the stages of `walk` one by one; each lets it go on or ends it with
//!   a `refusal`, and leaves its reason in the journal.

pub mod deployment;
pub mod path;
pub mod route;
pub mod uri_template;

pub mod access_log;

pub mod evidence;
pub mod port;

pub mod gateway;

mod address;
mod exchange;
mod walk;

mod answer;
mod claim;
mod context;
mod cors;
mod event;
mod query;
mod refusal;

#[cfg(test)]
mod tests;

pub use deployment::Deployment;
pub use gateway::Gateway;
pub use port::Ports;
