//! What an API answers in place of the gateway's own words (`GatewayResponse`).

use std::collections::BTreeMap;

/// An answer of the API's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GatewayResponse {
    /// The status; that of the type where there is none.
    pub status: Option<u16>,
    /// Where headers and parameters come from, by `gatewayresponse.header.NAME`.
    pub parameters: BTreeMap<String, String>,
    /// Bodies by content type, with variables that are filled in.
    pub templates: BTreeMap<String, String>,
}
