//! What a request shows of its sender, before anything is verified.

use std::borrow::Cow;

use authlab_http::Incoming;
use authlab_token::{Token, TokenError};

use crate::deployment::IdentitySource;
use crate::evidence::Reason;
use crate::query;

/// The tokens of a request that were taken apart, by their compact form: none is taken apart twice.
#[derive(Default)]
pub(crate) struct Tokens(Vec<(String, Token)>);

impl Tokens {
    /// Those that stand in these places; what is no token is left out.
    pub(crate) fn of(incoming: &Incoming, sources: &[IdentitySource]) -> Self {
        let mut compacts: Vec<Cow<'_, str>> = sources
            .iter()
            .filter_map(|source| bearer(incoming, std::slice::from_ref(source)).ok()?)
            .collect();
        compacts.sort_unstable();
        compacts.dedup();
        let parsed = compacts.into_iter().filter_map(|compact| {
            let token = Token::parse(&compact).ok()?;
            Some((compact.into_owned(), token))
        });
        Self(parsed.collect())
    }

    /// Each with its compact form.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Token)> {
        self.0
            .iter()
            .map(|(compact, token)| (compact.as_str(), token))
    }

    /// The token of this compact form, taken out where it is here.
    ///
    /// # Errors
    /// It is no token.
    pub(crate) fn take(&mut self, compact: &str) -> Result<Token, TokenError> {
        match self.0.iter().position(|(known, _)| known == compact) {
            Some(index) => Ok(self.0.swap_remove(index).1),
            None => Token::parse(compact),
        }
    }
}

/// An identity source that does not say one thing.
pub(crate) struct Unclear {
    /// Which.
    pub source: IdentitySource,
    /// Why.
    pub reason: Reason,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// The token of the first identity source that is there, without `Bearer`.
///
/// # Errors
/// That source stands there more than once, or is no text: then it names no token, and no other
/// source is asked in its place.
pub(crate) fn bearer<'a>(
    incoming: &'a Incoming,
    sources: &[IdentitySource],
) -> Result<Option<Cow<'a, str>>, Unclear> {
    for source in sources {
        let unclear = |reason, problem| Unclear {
            source: source.clone(),
            reason,
            problem,
        };
        let mut values = values_of(incoming, source);
        let Some(value) = values.next() else {
            continue;
        };
        if values.next().is_some() {
            return Err(unclear(Reason::TokenRepeated, "it is given more than once"));
        }
        let value = value.map_err(|()| unclear(Reason::TokenUnreadable, "its value is no text"))?;
        let token = match value {
            Cow::Borrowed(value) => Cow::Borrowed(without_scheme(value)),
            Cow::Owned(value) => Cow::Owned(without_scheme(&value).to_owned()),
        };
        return Ok((!token.is_empty()).then_some(token));
    }
    Ok(None)
}

/// What stands behind `Bearer`, or the whole.
fn without_scheme(value: &str) -> &str {
    // Blanks alone: a line's end, which only a query can hold, is part of what was sent.
    let value = value.trim_matches(' ');
    match value.split_once(' ') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer") => rest.trim_matches(' '),
        _ => value,
    }
}

/// Every value that a source has; what is no text is an error.
pub(crate) fn values_of<'a, 's>(
    incoming: &'a Incoming,
    source: &'s IdentitySource,
) -> Box<dyn Iterator<Item = Result<Cow<'a, str>, ()>> + 's>
where
    'a: 's,
{
    match source {
        IdentitySource::Header(name) => {
            let values = incoming.headers.get_all(name.as_str()).iter();
            Box::new(values.map(|value| value.to_str().map(Cow::Borrowed).map_err(|_| ())))
        }
        IdentitySource::QueryString(name) => {
            let pairs = query::pairs(incoming.uri.query().unwrap_or_default());
            let named = pairs.filter(move |(key, _)| key == name);
            Box::new(named.map(|(_, value)| Ok(Cow::Owned(value))))
        }
    }
}

/// The request as the wire crate reads it; nothing decoded.
pub(crate) fn as_sent(incoming: &Incoming) -> authlab_wire::Incoming<'_> {
    authlab_wire::Incoming {
        method: &incoming.method,
        path: incoming.uri.path(),
        query: incoming.uri.query().unwrap_or_default(),
        headers: &incoming.headers,
        body: &incoming.body,
    }
}

/// The access key id that a request says it is signed with. What the verifier cannot read names none.
pub(crate) fn claimed_access_key(incoming: &Incoming) -> Option<String> {
    let signed = authlab_wire::sigv4::parse(&as_sent(incoming)).ok()??;
    Some(signed.access_key)
}
