//! REST APIs: their own list of stages, and what only they have.
//!
//! - [`answer`]: how they word what the gateway answers by itself. [`gateway_response`]: how an API words it.
//! - [`entrance`]: the way to the API, and what no method takes. [`route`]: which method takes a request.
//! - [`key`], [`usage`]: API keys, and the limits of their usage plans.
//! - [`validate`], [`size`]: what a request must have. [`media_type`]: types of bodies.
//! - [`event`]: what functions are sent.
//! - [`integrate`]: what answers.
//! - [`metric`]: data points.
//! - [`walk`]: the list.

pub(crate) mod answer;
mod entrance;
pub(crate) mod event;
mod gateway_response;
pub(crate) mod integrate;
pub(crate) mod key;
mod media_type;
pub(crate) mod metric;
pub(crate) mod route;
pub(crate) mod size;
pub(crate) mod usage;
pub(crate) mod validate;
pub(crate) mod walk;
