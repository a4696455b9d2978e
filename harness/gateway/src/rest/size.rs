//! Whether what takes the request takes so large a one.
//!
//! Source: API Gateway developer guide, `limits.html`; Lambda developer guide, `gettingstarted-limits.html`;
//! the answer as observed.

use crate::deployment::rest::{MethodBackend, MethodIntegration};
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::refusal::{Refusal, ResponseType};

/// The largest body that API Gateway takes.
const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// The largest event of a function that answers.
const EVENT_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Turns away what is too large.
pub(crate) fn take(
    exchange: &Exchange<'_>,
    integration: &MethodIntegration,
) -> Result<(), Box<Refusal>> {
    let bytes = exchange.incoming.body.len();
    let is_of_function = matches!(
        &integration.backend,
        MethodBackend::Function(_) | MethodBackend::FunctionProxy(_)
    );
    let bytes_max = if is_of_function {
        EVENT_BYTES_MAX
    } else {
        BODY_BYTES_MAX
    };
    if bytes <= bytes_max {
        return Ok(());
    }
    let told = evidence::Size {
        bytes,
        bytes_max,
        is_of_function,
    };
    let large = ResponseType::RequestTooLarge;
    Err(Refusal::refused(Reason::RequestTooLarge, large, &told))
}
