//! Compression of answers that are long enough (`minimumCompressionSize`).
//!
//! Source: API Gateway developer guide, `api-gateway-gzip-compression-decompression.html`. That gzip comes
//! before deflate where a client takes both is unverified. Bodies of requests are not inflated.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use http::{HeaderValue, Response, header};

use crate::deployment::RestApi;
use crate::exchange::Exchange;

/// The ways to compress, the preferred first.
const CODINGS: [&str; 2] = ["gzip", "deflate"];

/// Compresses the body where the API wants it, the client takes it and nobody did.
pub(crate) fn take(exchange: &Exchange<'_>, api: &RestApi, response: &mut Response<Bytes>) {
    let length = u64::try_from(response.body().len()).unwrap_or(u64::MAX);
    let is_long = api
        .minimum_compression_bytes
        .is_some_and(|bytes| length >= bytes);
    let is_encoded = response.headers().contains_key(header::CONTENT_ENCODING);
    if !is_long || length == 0 || is_encoded {
        return;
    }
    let accepted = exchange.incoming.header(header::ACCEPT_ENCODING);
    let Some(coding) = accepted.and_then(preferred) else {
        return;
    };
    if let Ok(body) = compressed(coding, response.body()) {
        *response.body_mut() = Bytes::from(body);
        let coding = HeaderValue::from_static(coding);
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, coding);
    }
}

/// The way that a client takes, by its `Accept-Encoding`.
fn preferred(accepted: &str) -> Option<&'static str> {
    let takes = |coding: &str| {
        let mut named = accepted.split(',').map(str::trim).filter_map(|entry| {
            let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
            let is_it = name.trim().eq_ignore_ascii_case(coding);
            is_it.then(|| weight.trim().trim_start_matches("q=").parse() != Ok(0.0_f32))
        });
        named.next()
    };
    let by_star = takes("*").unwrap_or(false);
    let mut codings = CODINGS.into_iter();
    codings.find(|coding| takes(coding).unwrap_or(by_star))
}

fn compressed(coding: &str, body: &[u8]) -> std::io::Result<Vec<u8>> {
    if coding == "gzip" {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(body)?;
        return encoder.finish();
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_client_says_what_it_takes() {
        for (accepted, expected) in [
            ("gzip", Some("gzip")),
            ("deflate, gzip;q=1.0, *;q=0.5", Some("gzip")),
            ("deflate", Some("deflate")),
            ("GZIP", Some("gzip")),
            ("*", Some("gzip")),
            ("gzip;q=0, deflate", Some("deflate")),
            ("gzip;q=0", None),
            ("gzip;q=0, *", Some("deflate")),
            ("identity", None),
            ("br", None),
            ("", None),
        ] {
            assert_eq!(preferred(accepted), expected, "{accepted}");
        }
    }

    #[test]
    fn what_is_compressed_is_the_body() {
        let mut text = String::new();
        let body = compressed("gzip", b"reports reports reports").expect("gzip");
        let mut decoder = flate2::read::GzDecoder::new(&body[..]);
        decoder.read_to_string(&mut text).expect("text");
        let body = compressed("deflate", b" daily").expect("deflate");
        let mut decoder = flate2::read::ZlibDecoder::new(&body[..]);
        decoder.read_to_string(&mut text).expect("text");
        assert_eq!(text, "reports reports reports daily");
    }
}
