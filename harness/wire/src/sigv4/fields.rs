//! The parts of an Authorization header.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;

use super::ALGORITHM;
use super::error::AuthorizationError;

/// The parts of an Authorization header, each as it stands there; an empty one counts as absent.
#[derive(Default)]
pub(super) struct Fields<'a> {
    whole: &'a str,
    credential: Option<&'a str>,
    signature: Option<&'a str>,
    signed_headers: Option<&'a str>,
    /// The first part that stands there twice.
    repeated: Option<&'static str>,
    /// The first part that no signature has.
    unknown: Option<&'a str>,
}

/// All three parts.
pub(super) struct Complete<'a> {
    pub(super) credential: &'a str,
    pub(super) signature: &'a str,
    pub(super) signed_headers: &'a str,
}

impl<'a> Fields<'a> {
    /// Reads `ALGORITHM name=value, name=value, …`; nothing is required yet.
    pub(super) fn read(authorization: &'a str) -> Result<Self, AuthorizationError> {
        let not_key_value = || AuthorizationError::NotKeyValue {
            hash: hashed(authorization),
        };
        let (algorithm, fields) = authorization.split_once(' ').unwrap_or((authorization, ""));
        let mut found = Self {
            whole: authorization,
            ..Self::default()
        };
        if fields.is_empty() && !authorization.contains('=') {
            return Err(not_key_value());
        }
        for field in fields.split(',').map(|field| field.trim_matches(' ')) {
            if field.is_empty() && fields.is_empty() {
                continue;
            }
            let (name, value) = field.split_once('=').ok_or_else(not_key_value)?;
            found.set(name, value);
        }
        if algorithm == ALGORITHM {
            Ok(found)
        } else {
            Err(AuthorizationError::Algorithm(algorithm.to_owned()))
        }
    }

    fn set(&mut self, name: &'a str, value: &'a str) {
        let (field, name) = match name {
            "Credential" => (&mut self.credential, "Credential"),
            "Signature" => (&mut self.signature, "Signature"),
            "SignedHeaders" => (&mut self.signed_headers, "SignedHeaders"),
            other => {
                self.unknown.get_or_insert(other);
                return;
            }
        };
        if field.is_some() {
            self.repeated.get_or_insert(name);
        }
        *field = Some(value);
    }

    /// All three parts, each once, and nothing else. What is missing is told before what is too
    /// much, because AWS's words for it are known.
    pub(super) fn complete(&self, has_date: bool) -> Result<Complete<'a>, AuthorizationError> {
        let given = |part: Option<&'a str>| part.filter(|value| !value.is_empty());
        let (Some(credential), Some(signature), Some(signed_headers), true) = (
            given(self.credential),
            given(self.signature),
            given(self.signed_headers),
            has_date,
        ) else {
            return Err(self.missing(has_date));
        };
        self.nothing_else()?;
        Ok(Complete {
            credential,
            signature,
            signed_headers,
        })
    }

    fn nothing_else(&self) -> Result<(), AuthorizationError> {
        if let Some(name) = self.repeated {
            return Err(AuthorizationError::Repeated(name.to_owned()));
        }
        match self.unknown {
            Some(name) => Err(AuthorizationError::Unknown(name.to_owned())),
            None => Ok(()),
        }
    }

    /// What is missing, a sentence for each.
    pub(super) fn missing(&self, has_date: bool) -> AuthorizationError {
        let is_given = |part: Option<&str>| part.is_some_and(|value| !value.is_empty());
        let parts = [
            ("Credential", is_given(self.credential)),
            ("Signature", is_given(self.signature)),
            ("SignedHeaders", is_given(self.signed_headers)),
        ];
        let absent = parts.iter().filter(|(_, is_there)| !is_there);
        let mut sentences: Vec<String> = absent
            .map(|(name, _)| format!("Authorization header requires '{name}' parameter."))
            .collect();
        if !has_date {
            sentences.push(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                    .to_owned(),
            );
        }
        AuthorizationError::Missing {
            sentences,
            hash: hashed(self.whole),
        }
    }
}

/// The signed headers that the value of an Authorization header names, for those who have to know
/// what was signed without verifying it (Vault's server id). It is the reading of [`super::parse`]:
/// what that refuses, this refuses.
///
/// # Errors
/// The value is no signature, lacks the list, holds a part twice or one that is not known, or its
/// list is not lower case, sorted and without repetition.
pub fn signed_headers(authorization: &str) -> Result<Vec<String>, AuthorizationError> {
    let found = Fields::read(authorization.trim_matches(' '))?;
    found.nothing_else()?;
    match found.signed_headers.filter(|list| !list.is_empty()) {
        Some(list) => header_names(list),
        None => Err(found.missing(true)),
    }
}

/// The names of a list of signed headers.
pub(super) fn header_names(list: &str) -> Result<Vec<String>, AuthorizationError> {
    let token = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte)
    };
    let names: Vec<&str> = list.split(';').collect();
    let are_names = names
        .iter()
        .all(|name| !name.is_empty() && name.bytes().all(token));
    if are_names && names.is_sorted_by(|left, right| left < right) {
        Ok(names.into_iter().map(str::to_owned).collect())
    } else {
        Err(AuthorizationError::SignedHeaders(list.to_owned()))
    }
}

fn hashed(text: &str) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}
