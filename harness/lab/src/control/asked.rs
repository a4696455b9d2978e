//! What a handler gets and gives.

use bytes::Bytes;
use http::Response;

use super::query::Query;
use super::refusal::Refusal;
use crate::running::Core;

/// What a request asks for, once its route is found.
pub(super) struct Asked<'a> {
    pub(super) core: &'a Core,
    pub(super) query: Query,
    pub(super) body: &'a [u8],
}

/// What it answers.
pub(super) type Answer = Result<Response<Bytes>, Refusal>;
