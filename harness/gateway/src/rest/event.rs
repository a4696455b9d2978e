//! The event that functions get of a REST API.
//!
//! Source: API Gateway developer guide, `set-up-lambda-proxy-integrations.html`.

use serde_json::Value;

use crate::deployment::PayloadFormat;
use crate::exchange::Exchange;
use crate::http;

/// The event: that of payload format 1.0, without its version.
pub(crate) fn of(exchange: &Exchange<'_>, _: PayloadFormat) -> Value {
    let mut event = http::event::of(exchange, PayloadFormat::V1);
    if let Value::Object(members) = &mut event {
        members.remove("version");
    }
    event
}
