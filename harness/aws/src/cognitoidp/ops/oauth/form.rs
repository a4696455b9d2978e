//! Parameters of queries and forms, each of which may be there once (RFC 6749, section 3.1).

use std::collections::BTreeMap;

use authlab_http::Incoming;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header;
use percent_encoding::percent_decode_str;

use super::Refused;
use crate::cognitoidp::client::Client;
use crate::cognitoidp::error::Error;
use crate::cognitoidp::pool::Pool;

/// Parameters by name.
#[derive(Debug, Default)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// The query of a request.
    pub(super) fn of_query(incoming: &Incoming) -> Result<Self, Refused> {
        Self::read(incoming.uri.query().unwrap_or_default().as_bytes())
    }

    /// The body of a request.
    pub(super) fn of_body(incoming: &Incoming) -> Result<Self, Refused> {
        let kind = incoming.header(header::CONTENT_TYPE).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let text = "the body must be application/x-www-form-urlencoded";
            return Err(Refused::new("invalid_request", text));
        }
        Self::read(&incoming.body)
    }

    fn read(text: &[u8]) -> Result<Self, Refused> {
        let mut read = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(text).into_owned() {
            if [&name, &value].iter().any(|it| it.contains('\u{fffd}')) {
                let text = "a parameter is no UTF-8";
                return Err(Refused::new("invalid_request", text));
            }
            if read.insert(name.clone(), value).is_some() {
                let shown: String = name.chars().take(100).collect();
                let text = format!("`{shown}` is given twice");
                return Err(Refused::new("invalid_request", text));
            }
        }
        Ok(Self(read))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.get(name).map(String::as_str);
        found.filter(|value| !value.is_empty())
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Refused> {
        let lacking = || Refused::new("invalid_request", format!("`{name}` is required"));
        self.get(name).ok_or_else(lacking)
    }

    /// Nothing is accepted and ignored.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refused> {
        match self.0.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => {
                let shown: String = name.chars().take(100).collect();
                let text = format!("the parameter `{shown}` is not implemented by this lab");
                Err(Refused::not_implemented(text))
            }
            None => Ok(()),
        }
    }
}

/// Client id and secret of a request.
fn credentials(incoming: &Incoming, form: &Form) -> Result<(String, Option<String>), Refused> {
    let wrong = |text: &str| Refused::new("invalid_client", text);
    let header = incoming.field(header::AUTHORIZATION).text();
    let header = header.map_err(|_| wrong("the Authorization header cannot be read"))?;
    let Some(header) = header else {
        let id = form.required("client_id")?.to_owned();
        return Ok((id, form.get("client_secret").map(str::to_owned)));
    };
    let (scheme, encoded) = header.split_once(' ').unwrap_or((header, ""));
    let decoded = STANDARD.decode(encoded.trim()).ok();
    let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = decoded.as_deref().and_then(|text| text.split_once(':'));
    let plain = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8().ok()?;
        Some(decoded.into_owned())
    };
    let pair = pair.and_then(|(id, secret)| Some((plain(id)?, plain(secret)?)));
    let (id, secret) = pair
        .filter(|_| scheme.eq_ignore_ascii_case("basic"))
        .ok_or_else(|| wrong("the Authorization header is no Basic credential"))?;
    if form.get("client_id").is_some_and(|other| other != id) {
        return Err(wrong("two different client ids are given"));
    }
    if form.get("client_secret").is_some() {
        return Err(wrong("two client secrets are given"));
    }
    Ok((id, Some(secret)))
}

/// The client that proves to be one of the pool's.
pub(super) fn client<'p>(
    pool: &'p Pool,
    incoming: &Incoming,
    form: &Form,
) -> Result<&'p Client, Refused> {
    let (id, secret) = credentials(incoming, form)?;
    let client = pool.client(&id)?;
    match client.has_secret(secret.as_deref()) {
        true => Ok(client),
        false => Err(Error::Unauthorized.into()),
    }
}
