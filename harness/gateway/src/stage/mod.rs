//! The stages that the kinds of API share. Each lets a request go on or ends it, says why in the
//! journal, and names a response type where it ends it; which stages a request takes, and in which
//! order, is the list of its kind of API.

pub(crate) mod authorize;
pub(crate) mod draft;
pub(crate) mod finish;
mod function_authorizer;
pub(crate) mod iam;
pub(crate) mod integrate;
pub(crate) mod jwt;
mod permission;
pub(crate) mod throttle;
