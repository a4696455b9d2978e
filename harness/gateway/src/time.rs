//! Times as API Gateway writes them.

use authlab_kernel::Timestamp;

/// `12/Mar/2020:19:03:58 +0000`, the time of the common log format.
pub(crate) fn clf_time(time: Timestamp) -> String {
    time.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
}

/// Milliseconds of the gateway's time; never negative, also when the clock was set back.
pub(crate) fn elapsed_ms(from: Timestamp, to: Timestamp) -> i64 {
    i64::try_from(to.duration_since(from).as_millis())
        .unwrap_or(i64::MAX)
        .max(0)
}

/// A number of milliseconds or bytes as metrics hold it.
pub(crate) fn as_float(number: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds and bytes of one request"
    )]
    let float = number as f64;
    float
}
