//! Signature Version 4 over a request of the scenario's own.

use authlab::Credentials;
use authlab_wire::sigv4::{self, Options, Signer};
use http::{HeaderValue, header};
use jiff::Timestamp;

use super::{Habit, HttpRequest};
use crate::error::StepResult;

/// What a signature is made for, and when.
#[derive(Clone, Debug)]
pub struct Signing<'a> {
    /// The signing name of the service: `execute-api`.
    pub service: &'a str,
    /// The Region.
    pub region: &'a str,
    /// The signer's time.
    pub time: Timestamp,
    /// How the signer signs other than it should.
    pub habit: Habit,
}

impl Signing<'_> {
    /// Signs a request to `host`: the headers of the signature are added to it.
    ///
    /// # Errors
    /// When the request cannot be signed.
    pub fn sign(&self, request: &mut HttpRequest, host: &str, signer: &Credentials) -> StepResult {
        let habit = &self.habit;
        let later = habit.before(&mut request.headers);
        let signed_host = HeaderValue::from_str(habit.signed_host.as_deref().unwrap_or(host))?;
        request.headers.insert(header::HOST, signed_host);
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let token = signer.session_token.as_ref();
        let token = token.filter(|_| !habit.leaves_token_out);
        let secret = habit.secret.as_ref().unwrap_or(&signer.secret_access_key);
        let signer = Signer {
            access_key: &signer.access_key_id,
            secret: secret.expose_secret(),
            session_token: token.map(|token| token.expose_secret()),
            region: habit.region.as_deref().unwrap_or(self.region),
            service: habit.service.as_deref().unwrap_or(self.service),
            now: habit.time(self.time),
            options: Options::STANDARD,
        };
        let headers = &mut request.headers;
        sigv4::sign_including(
            &signer,
            &request.method,
            &habit.signed_path(path),
            &habit.signed_query(query),
            headers,
            &request.body,
            &habit.changed,
        )?;
        headers.insert(header::HOST, HeaderValue::from_str(host)?);
        habit.after(headers, later)
    }
}
