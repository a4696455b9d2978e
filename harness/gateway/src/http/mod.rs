//! HTTP APIs: their own list of stages, and what only they have.
//!
//! - [`answer`]: how they word what the gateway answers by itself.
//! - [`cors`]: cross-origin answers.
//! - [`route`]: which route takes a request.
//! - [`event`]: what functions are sent.
//! - [`metric`]: data points.
//! - [`walk`]: the list.

pub(crate) mod answer;
pub(crate) mod cors;
pub(crate) mod event;
pub(crate) mod metric;
pub(crate) mod route;
pub(crate) mod walk;
