//! Requests for what the lab does not have: services without a model, and Regions of other partitions.
//!
//! The answer is a 501 that names service and operation as far as the request tells them, in a form
//! that the client reads.

use authlab_wire::sigv4::{self, Refusal, Signed};
use authlab_wire::{Incoming, Protocol, WireError, encode_error};
use bytes::Bytes;
use http::Response;

use crate::evidence::Reason;

/// Services whose clients read XML and send no form (restXml). They are none of the lab's; a 501 in
/// JSON would be shown as a bare number.
const REST_XML: [&str; 6] = [
    "s3",
    "s3-outposts",
    "s3express",
    "s3-object-lambda",
    "route53",
    "cloudfront",
];

/// Whether an error for this service stands in `<ErrorResponse>`, as outside S3.
fn is_wrapped(service: &str) -> bool {
    !service.starts_with("s3")
}

/// The partitions beside `aws`, by what their Regions begin with.
const PARTITIONS: [(&str, &str); 7] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
];

/// Refuses a Region of another partition, in the scope or in the Host: every ARN of the lab is one of `aws`, so that a policy
/// written for another one would be judged wrongly.
///
/// # Errors
/// 501, which names Region and partition.
pub(super) fn check_partition(region: &str, wire: &Incoming<'_>) -> Result<(), WireError> {
    let host = wire.header("host").unwrap_or_default();
    let is_aws =
        |host: &str| host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
    let host = host.split(':').next().filter(|host| is_aws(host));
    let labels = host.into_iter().flat_map(|host| host.split('.').skip(1));
    let found = [region].into_iter().chain(labels).find_map(|region| {
        let (_, partition) = PARTITIONS
            .iter()
            .find(|(start, _)| region.starts_with(start))?;
        Some((region, partition))
    });
    match found {
        None => Ok(()),
        Some((region, partition)) => {
            let text = format!(
                "the Region `{region}` is one of the partition `{partition}`, which is not \
                 implemented by this lab: use a Region of the partition `aws`"
            );
            let error = WireError::new(501, "NotImplemented", text);
            Err(error.because(Reason::PartitionNotSimulated))
        }
    }
}

/// A request for no service that has a model: 501 naming it, or, when it names none and carries no
/// signature that can be read, what AWS answers to such.
pub(super) fn service(
    wire: &Incoming<'_>,
    signed: Option<&Signed>,
    protocol: Protocol,
) -> WireError {
    if let Some(signed) = signed {
        return named(&signed.scope.service, wire);
    }
    let refusal = match sigv4::parse(wire) {
        Err(error) => Refusal::from(error),
        Ok(_) => Refusal::Unsigned,
    };
    match (named_service(wire), &refusal) {
        (Some(name), Refusal::Unsigned) => named(&name, wire),
        _ => refusal.answer(protocol),
    }
}

/// A 501 that names the service and what was asked of it.
pub(super) fn named(service: &str, wire: &Incoming<'_>) -> WireError {
    WireError::not_implemented(&format!("{service}:{}", asked(wire)))
}

/// What a request asks for: the operation that its target, its form or its path names, else method
/// and path.
fn asked(wire: &Incoming<'_>) -> String {
    if let Some((_, operation)) = wire
        .header("x-amz-target")
        .and_then(|target| target.rsplit_once('.'))
    {
        return operation.to_owned();
    }
    let form = url::form_urlencoded::parse(wire.query.as_bytes())
        .chain(url::form_urlencoded::parse(wire.body));
    let is_form = wire
        .media_type()
        .is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    let action = form
        .into_iter()
        .filter(|_| is_form)
        .find(|(name, _)| name == "Action");
    if let Some((_, action)) = action {
        return action.into_owned();
    }
    let mut parts = wire.path.rsplit('/');
    if let (Some(operation), Some("operation")) = (parts.next(), parts.next()) {
        return operation.to_owned();
    }
    format!("{} {}", wire.method, wire.path)
}

/// The service that an unsigned request names: its target's prefix, or a label of a host of AWS.
fn named_service(wire: &Incoming<'_>) -> Option<String> {
    let target = wire.header("x-amz-target");
    match target.and_then(|target| target.rsplit_once('.')) {
        Some((prefix, _)) => Some(prefix.to_owned()),
        None => named_by_host(wire),
    }
}

fn named_by_host(wire: &Incoming<'_>) -> Option<String> {
    let host = wire.header("host")?.split(':').next()?;
    let labels = host.strip_suffix(".amazonaws.com")?;
    // A bucket's name may stand before the service's.
    let is_s3 = |label: &str| label == "s3" || label.starts_with("s3-");
    if labels.split('.').any(is_s3) {
        return Some("s3".to_owned());
    }
    labels.split('.').next().map(str::to_owned)
}

/// Writes the error of a request whose service has no model.
pub(super) fn encode(
    wire: &Incoming<'_>,
    signed: Option<&Signed>,
    protocol: Protocol,
    request_id: &str,
    error: &WireError,
) -> Response<Bytes> {
    let by_scope = signed.map(|signed| signed.scope.service.clone());
    let service = by_scope.or_else(|| named_by_host(wire));
    match service.filter(|service| REST_XML.contains(&service.as_str())) {
        Some(service) if is_wrapped(&service) => {
            encode_error(None, Protocol::Query, request_id, error)
        }
        Some(_) => authlab_wire::encode_s3_error(request_id, error),
        None => encode_error(None, protocol, request_id, error),
    }
}
