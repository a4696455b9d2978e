//! The auth methods, and what they share.
//!
//! - [`params`]: the `token_*` settings of every method's roles.
//! - [`cidr`]: from where a login or token may come.
//! - [`token`], [`userpass`], [`approle`], [`aws`], [`jwt`]: the methods.

pub(crate) mod approle;
pub(crate) mod aws;
pub(crate) mod cidr;
pub(crate) mod jwt;
pub(crate) mod params;
pub(crate) mod token;
pub(crate) mod userpass;

use crate::field::{Field, Fields, Kind};
use crate::policy::glob::glob_fits;
use crate::request::Call;
use crate::response::{Fault, Outcome, Response};

/// What the audit line says of credentials that were wrong; such failures of a user are counted.
pub(crate) const WRONG_CREDENTIALS: &str = "invalid credentials";

/// The fields of a LIST where pages are known.
pub(crate) const PAGE: &[Field] = &[
    Field::new("after", Kind::Text),
    Field::new("limit", Kind::Int),
];

/// The names of a list in their order: a page of them where the flavour knows pages, else all, with
/// the warning that the wish for a page was ignored.
pub(crate) fn listed(
    call: &Call<'_>,
    fields: &Fields,
    names: impl Iterator<Item = String>,
) -> Response {
    if call.flavour.rules().pages_lists {
        let after = fields.text("after");
        let limit = usize::try_from(fields.int("limit")).ok();
        let limit = limit.filter(|limit| *limit > 0).unwrap_or(usize::MAX);
        return Response::list(names.filter(|name| *name > after).take(limit));
    }
    let mut response = Response::list(names);
    let given: Vec<&str> = PAGE
        .iter()
        .map(|field| field.name)
        .filter(|name| fields.has(name))
        .collect();
    if !given.is_empty() {
        response.warnings.push(format!(
            "Endpoint ignored these unrecognized parameters: [{}]",
            given.join(" ")
        ));
    }
    response
}

/// Where failed logins are counted, the core first asks the method whom a login is for, and words a
/// field that cannot be read as a failure of its own: 500 (recorded).
pub(crate) fn looked_ahead(outcome: Outcome) -> Outcome {
    outcome.map_err(|fault| match fault {
        Fault::Refused(refusal)
            if refusal
                .message
                .as_ref()
                .is_some_and(|text| text.starts_with("Field validation failed: ")) =>
        {
            Fault::Refused(refusal).with_status(500)
        }
        other => other,
    })
}

/// Whether any glob of a list fits.
pub(crate) fn glob_list(globs: &[String], text: &str) -> bool {
    globs
        .iter()
        .any(|glob| glob == "*" || glob_fits(glob, text))
}
