//! The table of an engine's or method's endpoints, and how a request finds its row.
//!
//! A pattern is a path of literal segments and captures: `{name}` is one segment of name
//! characters, `{name*}` is the rest of the path. A pattern that ends in `/?` also matches with a
//! slash at the end.

use crate::field::{Field, Fields, STRICTLY_BIND_IP};
use crate::request::{Call, Operation};
use crate::response::{Fault, Outcome};

/// Answers one operation of one endpoint.
pub(crate) type Handler<B> = fn(&mut B, &Call<'_>, &Fields) -> Outcome;

/// Says whether the thing that a write names is there already.
pub(crate) type Existence<B> = fn(&B, &Call<'_>, &Fields) -> bool;

/// A row of the table.
pub(crate) struct Route<B: 'static> {
    /// The path below the mount.
    pub(crate) pattern: &'static str,
    /// The fields, in groups that endpoints share.
    pub(crate) fields: &'static [&'static [Field]],
    /// Tells creation from update, where policies tell them apart.
    pub(crate) existence: Option<Existence<B>>,
    /// The operations that the endpoint has.
    pub(crate) operations: &'static [(Operation, Handler<B>)],
}

/// A row that makes no difference between creating and updating.
pub(crate) const fn row<B>(
    pattern: &'static str,
    fields: &'static [&'static [Field]],
    operations: &'static [(Operation, Handler<B>)],
) -> Route<B> {
    Route {
        pattern,
        fields,
        existence: None,
        operations,
    }
}

impl<B> Route<B> {
    /// The same, where creating what is not there is another right than updating what is.
    pub(crate) const fn existing(self, existence: Existence<B>) -> Self {
        Self {
            pattern: self.pattern,
            fields: self.fields,
            existence: Some(existence),
            operations: self.operations,
        }
    }
}

/// The row for a path, with what the pattern captured.
pub(crate) type Found<'r, B> = (&'r Route<B>, Vec<(&'static str, String)>);

/// Finds the first row whose pattern fits.
pub(crate) fn find<'r, B>(routes: &'r [Route<B>], path: &str) -> Option<Found<'r, B>> {
    routes
        .iter()
        .find_map(|route| matches(route.pattern, path).map(|found| (route, found)))
}

/// Whether a write would create. `None` when the endpoint makes no difference.
///
/// # Errors
/// A field that cannot be read: the text stands alone here, other than in [`dispatch`].
pub(crate) fn would_create<B>(
    routes: &[Route<B>],
    backend: &B,
    call: &Call<'_>,
) -> Result<Option<bool>, Fault> {
    let Some((route, captures)) = find(routes, call.path) else {
        return Ok(None);
    };
    let Some(existence) = route.existence else {
        return Ok(None);
    };
    let fields = read(route, call, &captures).map_err(Fault::answer)?;
    Ok(Some(!existence(backend, call, &fields)))
}

/// Finds the row, reads the fields and runs the handler.
///
/// # Errors
/// Whatever the handler refuses; an unknown path, operation or an unreadable field.
pub(crate) fn dispatch<B>(routes: &[Route<B>], backend: &mut B, call: &Call<'_>) -> Outcome {
    let (route, captures) = find(routes, call.path).ok_or_else(Fault::unsupported_path)?;
    let wanted = call.request.operation.handler();
    let handler = route
        .operations
        .iter()
        .find(|(operation, _)| *operation == wanted);
    let (_, handler) = handler.ok_or_else(Fault::unsupported_operation)?;
    let fields = read(route, call, &captures)
        .map_err(|error| Fault::answer(format!("Field validation failed: {error}")))?;
    let mut outcome = handler(backend, call, &fields)?;
    if let Some(response) = outcome.as_mut() {
        if !fields.ignored.is_empty() && !is_arbitrary(route) {
            response.warnings.push(format!(
                "Endpoint ignored these unrecognized parameters: [{}]",
                fields.ignored.join(" ")
            ));
        }
        if !fields.replaced.is_empty() {
            response.warnings.push(format!(
                "Endpoint replaced the value of these parameters with the values captured from \
                 the endpoint's path: [{}]",
                fields.replaced.join(" ")
            ));
        }
    }
    Ok(outcome)
}

/// An endpoint that takes any members says so by a field named `*`.
fn is_arbitrary<B>(route: &Route<B>) -> bool {
    route
        .fields
        .iter()
        .any(|group| group.iter().any(|field| field.name == "*"))
}

fn read<B>(
    route: &Route<B>,
    call: &Call<'_>,
    captures: &[(&'static str, String)],
) -> Result<Fields, String> {
    let knows =
        |field: &Field| field.name != STRICTLY_BIND_IP || call.flavour.rules().strictly_binds_ip;
    let fields = route.fields.iter().flat_map(|group| group.iter().copied());
    Fields::read(
        fields.filter(knows).collect(),
        &call.request.data,
        captures,
        call.request.list_type(),
        call.flavour.core().words,
    )
}

/// The characters of a name in a path (`\w(([\w-.]+)?\w)?`).
fn is_name(segment: &str) -> bool {
    let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let inner = |character: char| word(character) || character == '-' || character == '.';
    segment.chars().all(inner) && segment.starts_with(word) && segment.ends_with(word)
}

/// What a pattern captures of a path, if it fits.
pub(crate) fn matches(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let (pattern, path) = match pattern.strip_suffix("/?") {
        Some(pattern) => (pattern, path.strip_suffix('/').unwrap_or(path)),
        None => (pattern, path),
    };
    let mut captures = Vec::new();
    let mut rest = Some(path);
    for part in pattern.split('/') {
        let remaining = rest?;
        if let Some(name) = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix("*}"))
        {
            captures.push((name, remaining.to_owned()));
            return Some(captures);
        }
        let (segment, next) = match remaining.split_once('/') {
            Some((segment, next)) => (segment, Some(next)),
            None => (remaining, None),
        };
        match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some(name) if is_name(segment) => captures.push((name, segment.to_owned())),
            None if part == segment => {}
            _ => return None,
        }
        rest = next;
    }
    rest.is_none().then_some(captures)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_capture_names_and_rests() {
        let captured = |pattern, path| {
            let found: Option<Vec<(&str, String)>> = matches(pattern, path);
            found.map(|captures| {
                captures
                    .into_iter()
                    .map(|(_, text)| text)
                    .collect::<Vec<_>>()
                    .join("|")
            })
        };
        assert_eq!(
            captured("role/{name}", "role/a.b-c"),
            Some("a.b-c".to_owned())
        );
        assert_eq!(captured("role/{name}", "role/a@b"), None);
        assert_eq!(captured("role/{name}", "role/a/b"), None);
        assert_eq!(captured("role/?", "role/"), Some(String::new()));
        assert_eq!(captured("role/?", "role"), Some(String::new()));
        assert_eq!(captured("data/{path*}", "data/a/b"), Some("a/b".to_owned()));
        assert_eq!(captured("data/{path*}", "data"), None);
    }
}
