//! Media types of bodies.

/// The media type of a header, without its parameters; that of JSON where there is none (API Gateway
/// developer guide, `request-response-data-mappings.html`).
pub(super) fn bare(header: Option<&str>) -> String {
    let header = header.unwrap_or("application/json");
    let bare = header.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// Whether two media types are the same, whatever their parameters and letters are. (Unverified.)
pub(super) fn is_same(one: &str, other: &str) -> bool {
    bare(Some(one)) == bare(Some(other))
}
