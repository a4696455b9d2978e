//! What mappings and templates read of a request, read once.

use authlab_vtl::{Parameters, Scope};
use serde_json::{Map, Value};

use crate::deployment::rest::mapping::Source;
use crate::exchange::Exchange;
use crate::query;
use crate::variable::Variables;

/// A name and a value.
pub(super) type Pair = (String, String);

/// A request, as mappings and templates see it.
pub(super) struct Reading {
    /// Parameters of the path, decoded.
    path: Vec<Pair>,
    /// Every pair of the query string.
    query: Vec<Pair>,
    /// Every header, as it was sent.
    pub header: Vec<Pair>,
    /// Whether names of headers are as they were sent; else their case says nothing.
    pub is_spelled: bool,
    /// The pairs of the query string, of each name the last.
    last_query: Vec<Pair>,
    /// The headers, of each name the last.
    last_header: Vec<Pair>,
    stage_variables: Vec<Pair>,
    /// `$context`, with what templates overrode.
    pub context: Map<String, Value>,
}

/// A message whose parameters are mapped.
pub(super) struct Content<'c> {
    /// Its headers.
    pub header: &'c [Pair],
    /// Whether the case of the names of headers counts.
    pub is_spelled: bool,
    /// Its body as text, if it has one.
    pub body: Option<&'c str>,
}

impl Reading {
    /// Reads the request.
    pub(super) fn of(exchange: &Exchange<'_>) -> Self {
        let incoming = exchange.incoming;
        let path = exchange.parameters().map(|parameters| &parameters.decoded);
        let path = path.into_iter().flatten();
        let path = path.map(|(name, value)| (name.clone(), value.clone()));
        let query: Vec<Pair> = query::pairs(exchange.raw_query()).collect();
        let header: Vec<Pair> = headers(exchange);
        let variables = exchange.stage.variables.iter();
        Self {
            path: path.collect(),
            last_query: last_of_each(&query),
            last_header: last_of_each(&header),
            query,
            header,
            is_spelled: incoming.spelling.is_some(),
            stage_variables: variables
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            context: Variables {
                exchange,
                answered: None,
            }
            .as_map(),
        }
    }

    /// What a template is rendered with.
    pub(super) fn scope<'r>(&'r self, body: &'r str) -> Scope<'r> {
        Scope {
            body,
            parameters: Parameters {
                path: &self.path,
                query: &self.last_query,
                header: &self.last_header,
            },
            context: &self.context,
            stage_variables: &self.stage_variables,
        }
    }

    /// The value of a source; `None` for what is not there. An empty body of a request maps as `{}`
    /// (recorded). What a path finds in a body is JSON, a text without its quotes; that null and the empty
    /// text count as nothing is unverified.
    pub(super) fn value(
        &self,
        exchange: &Exchange<'_>,
        source: &Source,
        content: &Content<'_>,
    ) -> Option<String> {
        let is_header = |(name, _): &&Pair, sought: &str| {
            name == sought || !content.is_spelled && name.eq_ignore_ascii_case(sought)
        };
        let joined = |values: Vec<&str>| (!values.is_empty()).then(|| values.join(","));
        match source {
            Source::Path(name) => last(&self.path, name),
            Source::Query(name) => last(&self.query, name),
            Source::Queries(name) => {
                let values = self.query.iter().filter(|(other, _)| other == name);
                joined(values.map(|(_, value)| value.as_str()).collect())
            }
            Source::Header(name) => {
                let mut values = content.header.iter().filter(|pair| is_header(pair, name));
                values.next_back().map(|(_, value)| value.clone())
            }
            Source::Headers(name) => {
                let values = content.header.iter().filter(|pair| is_header(pair, name));
                joined(values.map(|(_, value)| value.as_str()).collect())
            }
            Source::Body => content.body.map(str::to_owned),
            Source::BodyPath(template) => {
                let rendered = template.render(&self.scope(content.body?)).ok()?;
                found(&rendered.output)
            }
            Source::Context(name) => {
                let variables = Variables {
                    exchange,
                    answered: None,
                };
                variables.value(name).map(std::borrow::Cow::into_owned)
            }
            Source::StageVariable(name) => exchange.stage.variables.get(name).cloned(),
            Source::Text(text) => Some(text.clone()),
        }
    }
}

/// Every header, its name as it was sent and its value as text.
pub(crate) fn headers(exchange: &Exchange<'_>) -> Vec<Pair> {
    let spelled = exchange.incoming.spelled_headers();
    let pair = |(name, value): (&str, &http::HeaderValue)| {
        // One name is put right whoever sent it (recorded).
        let name = if name.eq_ignore_ascii_case("authorization") {
            "Authorization"
        } else {
            name
        };
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.to_owned(), value)
    };
    spelled.map(pair).collect()
}

fn last(pairs: &[Pair], name: &str) -> Option<String> {
    let mut values = pairs.iter().filter(|(other, _)| other == name);
    values.next_back().map(|(_, value)| value.clone())
}

/// The last pair of each name, in the order in which names come.
fn last_of_each(pairs: &[Pair]) -> Vec<Pair> {
    let mut last: Vec<Pair> = Vec::with_capacity(pairs.len());
    let mut places = std::collections::BTreeMap::new();
    for (name, value) in pairs {
        match places.get(name).and_then(|at: &usize| last.get_mut(*at)) {
            Some((_, known)) => known.clone_from(value),
            None => {
                places.insert(name, last.len());
                last.push((name.clone(), value.clone()));
            }
        }
    }
    last
}

/// A value that was printed as JSON, as a text.
fn found(printed: &str) -> Option<String> {
    match serde_json::from_str(printed).ok()? {
        Value::Null => None,
        Value::String(text) => Some(text).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}
