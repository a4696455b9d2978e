//! REST APIs: their own list of stages, and what only they have.
//!
//! - [`answer`]: how they word what the gateway answers by itself, and gateway responses of their own.
//! - [`route`]: which method takes a request.
//! - [`event`]: what functions are sent.
//! - [`integrate`]: what answers.
//! - [`metric`]: data points.
//! - [`walk`]: the list.

pub(crate) mod answer;
pub(crate) mod event;
pub(crate) mod integrate;
pub(crate) mod metric;
pub(crate) mod route;
pub(crate) mod walk;
