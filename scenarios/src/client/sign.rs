//! Signature Version 4 over a request of the scenario's own.

use authlab::Credentials;
use authlab_wire::sigv4::{self, Options, Signer};
use http::{HeaderValue, header};
use jiff::Timestamp;

use super::HttpRequest;
use crate::error::StepResult;

/// What a signature is made for, and when.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// The signing name of the service: `execute-api`.
    pub service: &'a str,
    /// The Region.
    pub region: &'a str,
    /// The signer's time.
    pub time: Timestamp,
}

impl Signing<'_> {
    /// Signs a request to `host`: the headers of the signature are added to it.
    ///
    /// # Errors
    /// When the request cannot be signed.
    pub fn sign(&self, request: &mut HttpRequest, host: &str, signer: &Credentials) -> StepResult {
        let host = HeaderValue::from_str(host)?;
        request.headers.insert(header::HOST, host);
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let token = signer.session_token.as_ref();
        let signer = Signer {
            access_key: &signer.access_key_id,
            secret: signer.secret_access_key.expose_secret(),
            session_token: token.map(|token| token.expose_secret()),
            region: self.region,
            service: self.service,
            now: self.time,
            options: Options::STANDARD,
        };
        let headers = &mut request.headers;
        sigv4::sign(
            &signer,
            &request.method,
            path,
            query,
            headers,
            &request.body,
        )?;
        Ok(())
    }
}
