//! Which of the usual mistakes gives the signature that was sent.
//!
//! The verifier knows the secret, so it can sign what the signer may have signed instead, one mistake at
//! a time, until the signature is the one that was sent. That is done for refusals only, and bounded: no
//! more than [`TRIES_MAX`] signatures of no more than [`TEXT_BYTES_MAX`] each. Neither a secret nor a key
//! is told, and values are told as evidence shows them.
//!
//! - [`path`], [`query`], [`header`], [`body`]: what the signer may have read in the request.
//! - [`key`]: what they may have signed with.

mod body;
mod header;
mod key;
mod path;
mod query;

use authlab_kernel::{Secret, redaction};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::hmac;

use super::canonical::{Canonical, Options, signing_key, string_to_sign};
use super::evidence::{CredentialScope, Fit, Suspect};
use super::parse::Signed;
use super::verify::{absent_headers, canonical};
use crate::Incoming;

/// The most signatures that are made for one refusal.
const TRIES_MAX: usize = 160;
/// The longest canonical request that is tried, in bytes: each try hashes it.
const TEXT_BYTES_MAX: usize = 16 * 1024;

/// The longest text that is told of the request, in bytes.
const SHOWN_BYTES_MAX: usize = 1024;

/// What the server knows beside the request.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The secret of the access key.
    pub secret: &'a Secret,
    /// The secrets of the owner's other access keys, by their ids.
    pub others: &'a [(String, Secret)],
    /// Names that the server has beside the Host: its default endpoint, its domains.
    pub hosts: &'a [String],
    /// The service that verifies.
    pub service: &'a str,
    /// The Region for which it verifies, where it does.
    pub region: Option<&'a str>,
    /// How it canonicalises.
    pub options: Options,
}

/// The mistake that gives the signature of a request that was refused, and how many were tried.
#[must_use]
pub fn find_fit(
    signed: &Signed,
    incoming: &Incoming<'_>,
    known: &Known<'_>,
) -> (Option<Fit>, usize) {
    let base = canonical(signed, incoming, known.options);
    if base.text().len() > TEXT_BYTES_MAX {
        return (None, 0);
    }
    let mut bench = Bench::of(signed, known.secret.expose_secret());
    let fit = spelled(signed, &base, &bench)
        .or_else(|| of_request(signed, incoming, known, &base, &mut bench))
        .or_else(|| key::find(signed, known, &base.text(), &mut bench));
    (fit, bench.tries)
}

/// A right signature in another spelling.
fn spelled(signed: &Signed, base: &Canonical, bench: &Bench<'_>) -> Option<Fit> {
    let right = bench.signature(&base.text());
    let digits = hex::encode(right);
    // What is right letter by letter was refused for a header that did not arrive.
    let is_other = digits != signed.signature;
    if is_other && digits.eq_ignore_ascii_case(&signed.signature) {
        return Some(Fit::of(Suspect::SignatureCapitals));
    }
    (BASE64.encode(right) == signed.signature).then(|| Fit::of(Suspect::SignatureBase64))
}

/// A mistake in what was read of the request.
fn of_request(
    signed: &Signed,
    incoming: &Incoming<'_>,
    known: &Known<'_>,
    base: &Canonical,
    bench: &mut Bench<'_>,
) -> Option<Fit> {
    let absent = absent_headers(signed, incoming);
    let tries = path::tries(incoming, base, known.options)
        .into_iter()
        .chain(query::tries(signed, incoming, base))
        .chain(header::hosts(signed, incoming, known, base))
        .chain(header::tries(incoming, &absent, base))
        .chain(body::tries(incoming, base))
        .chain(methods(base));
    for Try { fit, canonical } in tries {
        if bench.fits(&canonical.text()) {
            return Some(fit);
        }
    }
    None
}

/// Another method: what a proxy makes of one, or a client that signs in lower case.
fn methods(base: &Canonical) -> Vec<Try> {
    let lower = base.method.to_ascii_lowercase();
    let others = ["GET", "HEAD", "POST", "PUT", lower.as_str()];
    let others = others.into_iter().filter(|method| *method != base.method);
    others
        .map(|method| Try {
            fit: Fit::of(Suspect::Method).showing(method, &base.method),
            canonical: Canonical {
                method: method.to_owned(),
                ..base.clone()
            },
        })
        .collect()
}

/// A canonical request that the signer may have signed.
struct Try {
    fit: Fit,
    canonical: Canonical,
}

impl Fit {
    fn of(suspect: Suspect) -> Self {
        Self {
            suspect,
            name: None,
            signed: None,
            arrived: None,
        }
    }

    fn about(self, name: &str) -> Self {
        Self {
            name: Some(shown(name)),
            ..self
        }
    }

    /// What was signed and what arrived, both without what looks like a credential.
    fn showing(self, signed: &str, arrived: &str) -> Self {
        Self {
            signed: Some(shown(signed)),
            arrived: Some(shown(arrived)),
            ..self
        }
    }
}

/// A text of the request as evidence may show it: without what looks like a credential, and not at any
/// length.
fn shown(text: &str) -> String {
    match text.len() <= SHOWN_BYTES_MAX {
        true => redaction::text(text).into_owned(),
        false => redaction::value(text),
    }
}

/// Where signatures are made and compared.
struct Bench<'a> {
    key: hmac::Key,
    date: &'a str,
    scope: &'a CredentialScope,
    given: Vec<u8>,
    tries: usize,
}

impl<'a> Bench<'a> {
    fn of(signed: &'a Signed, secret: &str) -> Self {
        let lower = signed.signature.to_ascii_lowercase();
        Self {
            key: signing_key(secret, &signed.scope),
            date: &signed.date_text,
            scope: &signed.scope,
            given: hex::decode(lower).unwrap_or_default(),
            tries: 0,
        }
    }

    fn signature(&self, text: &str) -> hmac::Tag {
        let string = string_to_sign(self.date, self.scope, text);
        hmac::sign(&self.key, string.as_bytes())
    }

    /// Whether the signature that was sent is that of a canonical request.
    fn fits(&mut self, text: &str) -> bool {
        let scope = self.scope;
        let key = self.key.clone();
        self.fits_with(&key, scope, text)
    }

    /// The same with another key, or for another scope.
    fn fits_with(&mut self, key: &hmac::Key, scope: &CredentialScope, text: &str) -> bool {
        if self.tries >= TRIES_MAX || text.len() > 2 * TEXT_BYTES_MAX {
            return false;
        }
        self.tries += 1;
        let string = string_to_sign(self.date, scope, text);
        hmac::verify(key, string.as_bytes(), &self.given).is_ok()
    }
}

#[cfg(test)]
mod tests;
