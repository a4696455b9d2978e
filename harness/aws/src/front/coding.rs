//! Bodies that a client compressed (Smithy, `requestCompression`).

use std::io::Read as _;

use authlab_wire::{Incoming, Operation, WireError};
use bytes::Bytes;
use flate2::read::GzDecoder;

/// The longest body that a compressed one stands for, in bytes: as long as one that is not.
const BODY_MAX: u64 = 10 * 1024 * 1024;

/// Which operations take compressed bodies: those whose model has the trait.
const COMPRESSED: [(&str, &str); 1] = [("cloudwatch", "PutMetricData")];

/// The body as it was before the client compressed it; none where it did not. What is signed is the
/// compressed body.
///
/// # Errors
/// The coding is not gzip, or the body is not of it, or too long without it (unverified texts).
pub(super) fn inflated(
    service: &str,
    operation: &Operation,
    wire: &Incoming<'_>,
) -> Result<Option<Bytes>, WireError> {
    let coding = match wire.headers.get("content-encoding").map(|it| it.to_str()) {
        None => return Ok(None),
        Some(coding) => coding.unwrap_or_default(),
    };
    // The others read their body as it is.
    if !COMPRESSED.contains(&(service, operation.name)) {
        return Ok(None);
    }
    let refused = |problem: String| WireError::new(400, "SerializationException", problem);
    if coding != "gzip" {
        return Err(refused(format!(
            "the body's coding is `{coding}`: give `gzip`, or no `Content-Encoding`"
        )));
    }
    let mut body = Vec::new();
    GzDecoder::new(wire.body.as_ref())
        .take(BODY_MAX + 1)
        .read_to_end(&mut body)
        .map_err(|error| refused(format!("the body is not of the coding `gzip`: {error}")))?;
    if body.len() as u64 > BODY_MAX {
        return Err(refused(format!(
            "the body has more than {BODY_MAX} bytes when it is inflated: send less"
        )));
    }
    Ok(Some(body.into()))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use authlab_wire::Models;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;

    fn packed(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_compressed_body_is_read_where_the_model_says_so_and_no_further_than_another() {
        let most = usize::try_from(BODY_MAX).unwrap();
        let cut = packed(b"abcdefgh")[..20].to_vec();
        for (operation, coding, body, inflates) in [
            ("PutMetricData", None, b"abc".to_vec(), Ok(None)),
            ("PutMetricData", Some("gzip"), packed(b"abc"), Ok(Some(3))),
            (
                "PutMetricData",
                Some("gzip"),
                packed(&vec![0; most]),
                Ok(Some(most)),
            ),
            (
                "PutMetricData",
                Some("gzip"),
                packed(&vec![0; most + 1]),
                Err(()),
            ),
            ("PutMetricData", Some("gzip"), b"abc".to_vec(), Err(())),
            ("PutMetricData", Some("gzip"), cut, Err(())),
            ("PutMetricData", Some("br"), b"abc".to_vec(), Err(())),
            ("ListMetrics", Some("gzip"), packed(b"abc"), Ok(None)),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(coding) = coding {
                headers.insert("content-encoding", HeaderValue::from_static(coding));
            }
            let body = Bytes::from(body);
            let wire = Incoming {
                method: &Method::POST,
                path: "/",
                query: "",
                headers: &headers,
                body: &body,
            };
            let model = Models::service("cloudwatch").unwrap();
            let read = inflated("cloudwatch", model.operation(operation).unwrap(), &wire);
            let length = read.map(|body| body.map(|body| body.len()));
            assert_eq!(length.map_err(drop), inflates, "{operation} {coding:?}");
        }
    }
}
