//! Tokens of which the end is lacking: copied in part, or cut by the longest header or field on their way.

use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::token::{Part, object};

/// Whether a text is a token of which the end is lacking: its header and claims can be read, and its
/// signature has fewer characters than the shortest of its algorithm.
pub fn is_cut_off(compact: &str) -> bool {
    let segments: Vec<&str> = compact.splitn(4, '.').collect();
    let [header, claims, signature] = segments.as_slice() else {
        return false;
    };
    let Ok(header) = object(header, Part::Header) else {
        return false;
    };
    let algorithm = header.get("alg").and_then(Value::as_str);
    let Some(Ok(algorithm)) = algorithm.map(str::parse::<Algorithm>) else {
        return false;
    };
    let is_of_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let whole = (algorithm.signature_bytes_min() * 8).div_ceil(6);
    object(claims, Part::Claims).is_ok()
        && signature.len() < whole
        && signature.bytes().all(is_of_base64)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_is_cut_off_where_its_signature_is_shorter_than_any_of_its_algorithm() {
        let signed = |algorithm: &str, characters: usize| {
            let header = URL_SAFE_NO_PAD.encode(json!({ "alg": algorithm }).to_string());
            format!("{header}.e30.{}", "B".repeat(characters))
        };
        for (algorithm, whole) in [
            ("RS256", 342),
            ("PS512", 342),
            ("ES256", 86),
            ("ES384", 128),
            ("ES512", 176),
            ("EdDSA", 86),
            ("HS256", 43),
            ("HS384", 64),
            ("HS512", 86),
        ] {
            // Whatever the last bits are, and whether or not what is left is base64.
            for characters in [0, 1, whole - 3, whole - 2, whole - 1] {
                assert!(
                    is_cut_off(&signed(algorithm, characters)),
                    "{algorithm} {characters}"
                );
            }
            assert!(!is_cut_off(&signed(algorithm, whole)), "{algorithm}");
            assert!(!is_cut_off(&signed(algorithm, whole + 1)), "{algorithm}");
        }
        for other in [
            "e30.e30.YQ",
            "e30.e30",
            "eyJhbGciOiJub25lIn0.e30.",
            "a.b.c",
            "",
            "…",
        ] {
            assert!(!is_cut_off(other), "{other}");
        }
        assert!(!is_cut_off(&signed("ES256", 3).replace(".e30.", ".no.")));
        assert!(!is_cut_off(&format!("{}.x", signed("ES256", 3))));
        assert!(!is_cut_off(&format!("{}+", signed("ES256", 3))));
    }
}
