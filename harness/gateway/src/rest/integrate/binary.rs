//! Bodies as bytes, as text, and as Base64.
//!
//! Source: API Gateway developer guide, `api-gateway-payload-encodings-workflow.html`, and recorded
//! conversions. That text which is no UTF-8 is given replacement characters is recorded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::deployment::rest::mapping::{ContentHandling, media_type};

/// Whether bodies of a media type are bytes. `*/*` stands for every type; that no other wildcard is one is
/// unverified.
pub(crate) fn is_binary(content_type: &str, binary_media_types: &[String]) -> bool {
    let media_type = media_type(content_type);
    let mut types = binary_media_types.iter();
    types.any(|binary| binary == "*/*" || binary.eq_ignore_ascii_case(&media_type))
}

/// What becomes of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conversion {
    /// It stays as it is.
    Keep,
    /// It is read as UTF-8.
    Text,
    /// It becomes Base64.
    Encode,
    /// It is Base64 and is decoded.
    Decode,
}

/// What becomes of the body of a request.
pub(super) fn of_request(is_binary: bool, handling: Option<ContentHandling>) -> Conversion {
    match (is_binary, handling) {
        (false, Some(ContentHandling::ToBinary)) => Conversion::Decode,
        (false, _) => Conversion::Text,
        (true, Some(ContentHandling::ToText)) => Conversion::Encode,
        (true, _) => Conversion::Keep,
    }
}

/// What becomes of the body of an integration's answer, for a client that takes bytes or does not.
pub(super) fn of_response(
    is_binary: bool,
    takes_binary: bool,
    handling: Option<ContentHandling>,
) -> Conversion {
    use ContentHandling::{ToBinary, ToText};
    match (is_binary, takes_binary, handling) {
        (false, _, Some(ToBinary)) | (false, true, None) => Conversion::Decode,
        (false, _, Some(ToText)) | (false, false, None) => Conversion::Text,
        (true, _, Some(ToText)) | (true, false, None) => Conversion::Encode,
        (true, _, Some(ToBinary)) | (true, true, None) => Conversion::Keep,
    }
}

impl Conversion {
    /// Converts a body.
    ///
    /// # Errors
    /// It is to be decoded, and is no Base64.
    pub(super) fn apply(self, body: &Bytes) -> Result<Bytes, String> {
        match self {
            Self::Keep => Ok(body.clone()),
            Self::Text => Ok(match std::str::from_utf8(body) {
                Ok(_) => body.clone(),
                Err(_) => Bytes::from(String::from_utf8_lossy(body).into_owned()),
            }),
            Self::Encode => Ok(Bytes::from(STANDARD.encode(body))),
            Self::Decode => {
                let decoded = STANDARD.decode(body);
                decoded
                    .map(Bytes::from)
                    .map_err(|error| format!("the body is not Base64: {error}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_converted_as_in_the_guide() {
        use ContentHandling::{ToBinary, ToText};
        use Conversion::{Decode, Encode, Keep, Text};
        let requests = [
            (false, None, Text),
            (false, Some(ToBinary), Decode),
            (false, Some(ToText), Text),
            (true, None, Keep),
            (true, Some(ToBinary), Keep),
            (true, Some(ToText), Encode),
        ];
        for (is_binary, handling, expected) in requests {
            assert_eq!(of_request(is_binary, handling), expected);
        }
        let responses = [
            (false, false, None, Text),
            (false, false, Some(ToBinary), Decode),
            (false, false, Some(ToText), Text),
            (false, true, None, Decode),
            (false, true, Some(ToBinary), Decode),
            (false, true, Some(ToText), Text),
            (true, false, None, Encode),
            (true, false, Some(ToBinary), Keep),
            (true, false, Some(ToText), Encode),
            (true, true, None, Keep),
            (true, true, Some(ToBinary), Keep),
            (true, true, Some(ToText), Encode),
        ];
        for (is_binary, takes, handling, expected) in responses {
            assert_eq!(of_response(is_binary, takes, handling), expected);
        }
        let png = Bytes::from_static(b"\x89PNG");
        let applied = |conversion: Conversion, body: &Bytes| conversion.apply(body);
        assert_eq!(applied(Keep, &png), Ok(png.clone()));
        assert_eq!(applied(Text, &png), Ok(Bytes::from("\u{fffd}PNG")));
        assert_eq!(applied(Encode, &png), Ok(Bytes::from_static(b"iVBORw==")));
        assert_eq!(
            applied(Decode, &Bytes::from_static(b"iVBORw==")),
            Ok(png.clone())
        );
        assert!(applied(Decode, &png).is_err());
        let types = ["image/png".to_owned()];
        assert!(is_binary("Image/PNG; q=1", &types) && !is_binary("image/gif", &types));
        assert!(is_binary("", &["*/*".to_owned()]) && !is_binary("image/png", &[]));
    }
}
