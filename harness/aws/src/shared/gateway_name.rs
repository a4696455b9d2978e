//! How API Gateway names a function and a log stream.

use authlab_kernel::{Draw, Ids};

/// The function's ARN of an integration URI: the ARN itself, or API Gateway's path form
/// `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations`.
pub fn function_arn(uri: &str) -> Option<&str> {
    let arn = match uri.split_once(":lambda:path/2015-03-31/functions/") {
        Some((head, rest)) if head.starts_with("arn:") => rest.strip_suffix("/invocations")?,
        Some(_) => return None,
        None => uri,
    };
    let is_function =
        arn.starts_with("arn:") && arn.contains(":lambda:") && arn.contains(":function:");
    is_function.then_some(arn)
}

/// The stream of a stage's access logs: one for a stage, whose name does not change when the stage is
/// published again.
pub fn access_log_stream(ids: &Ids, api_id: &str, stage: &str) -> String {
    let label = format!("{}/log-stream/{api_id}/{stage}", ids.seed());
    Draw::of(&label).hex(32)
}
