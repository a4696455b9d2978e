//! REST APIs: their own list of stages, and what only they have.
//!
//! - [`answer`]: how they word what the gateway answers by itself. [`gateway_response`]: how an API words it.
//! - [`authorize`]: who calls, and whether they may.
//! - [`entrance`]: the way to the API, and what no method takes. [`route`]: which method takes a request.
//! - [`key`], [`usage`]: API keys, and the limits of their usage plans.
//! - [`validate`], [`size`]: what a request must have. [`media_type`]: types of bodies.
//! - [`event`]: what functions are sent.
//! - [`execution_log`]: what its log holds.
//! - [`integrate`]: what answers.
//! - [`compress`]: answers that are long enough. [`metric`]: data points.
//! - [`ping`]: paths that the gateway keeps for itself.
//! - [`walk`]: the list.

pub(crate) mod answer;
pub(crate) mod authorize;
pub(crate) mod compress;
mod entrance;
pub(crate) mod event;
pub(crate) mod execution_log;
mod gateway_response;
pub(crate) mod integrate;
pub(crate) mod key;
mod media_type;
pub(crate) mod metric;
pub(crate) mod ping;
pub(crate) mod route;
pub(crate) mod size;
pub(crate) mod usage;
pub(crate) mod validate;
pub(crate) mod walk;
