//! A parsed template, and what it is rendered with.

use serde_json::{Map, Value as Json};

use crate::error::{ParseError, ParseProblem, Place, RenderError};
use crate::limit::TEMPLATE_BYTES_MAX;
use crate::render::Machine;
use crate::syntax::parser::{Parser, Shared};
use crate::syntax::tree::Block;

/// A template. Parsed once, it is rendered often and by many threads.
#[derive(Debug)]
pub struct Template {
    source: String,
    pub(crate) body: Block,
    /// The blocks of `#define`, by number.
    pub(crate) blocks: Vec<Block>,
    pub(crate) slot_count: usize,
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// What Velocity cannot read, a directive that is not there, a member that `$input` or `$util` does
    /// not have, a JSONPath that is none, and what is too long or nested too deeply; the first of them,
    /// with its place.
    pub fn parse(source: &str) -> Result<Self, ParseError> {
        let fail = |offset, problem| ParseError {
            place: Place::of(source, offset),
            problem,
        };
        if source.len() > TEMPLATE_BYTES_MAX {
            return Err(fail(0, ParseProblem::TooLong(source.len())));
        }
        let mut shared = Shared::new();
        let body = Parser::new(source, &mut shared).all();
        let body = body.map_err(|trouble| fail(trouble.offset, trouble.problem))?;
        // A template that sets `$input` or `$util` itself may ask them for anything.
        let doubt = shared
            .doubts
            .into_iter()
            .find(|(slot, _)| !shared.assigned.contains(slot));
        if let Some((_, trouble)) = doubt {
            return Err(fail(trouble.offset, trouble.problem));
        }
        Ok(Self {
            source: source.to_owned(),
            body,
            blocks: shared.blocks,
            slot_count: shared.slots.len(),
        })
    }

    /// Renders it. What the template does not read costs nothing.
    ///
    /// # Errors
    /// What ends a template in Velocity or on AWS (an index that is not there, a body that is no JSON, an
    /// override of what is overridden), and what goes beyond a [limit](crate::limit).
    pub fn render(&self, scope: &Scope<'_>) -> Result<Rendered, RenderError> {
        let mut machine = Machine::new(self, scope);
        machine.run().map_err(|problem| RenderError {
            place: Place::of(&self.source, machine.offset()),
            problem,
        })
    }
}

/// What a template reads: a request on its way to the backend, or the backend's answer.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The body: `$input.body`, `$input.json`, `$input.path`.
    pub body: &'a str,
    /// The parameters of the request: `$input.params`.
    pub parameters: Parameters<'a>,
    /// `$context`.
    pub context: &'a Map<String, Json>,
    /// `$stageVariables`.
    pub stage_variables: &'a [(String, String)],
}

/// The parameters of a request, names as they were sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parameters<'a> {
    /// Of the path.
    pub path: &'a [(String, String)],
    /// Of the query string.
    pub query: &'a [(String, String)],
    /// The headers.
    pub header: &'a [(String, String)],
}

impl<'a> Parameters<'a> {
    /// The three kinds by the names that templates know, in the order in which a name is looked for.
    pub(crate) fn kinds(&self) -> [(&'static str, &'a [(String, String)]); 3] {
        [
            ("path", self.path),
            ("querystring", self.query),
            ("header", self.header),
        ]
    }
}

/// What came of a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    /// What it printed: the body.
    pub output: String,
    /// What it overrode.
    pub overrides: Overrides,
}

/// What a template put into `$context.requestOverride` and `$context.responseOverride`, together with what
/// was there before it (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html>).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// Parameters of the path of the request to the backend.
    pub request_path: Vec<(String, String)>,
    /// Its parameters of the query string.
    pub request_query: Vec<(String, String)>,
    /// Its headers.
    pub request_header: Vec<(String, String)>,
    /// The status of the answer; a number that is no status is passed over.
    pub response_status: Option<u16>,
    /// Its headers.
    pub response_header: Vec<(String, String)>,
    /// `requestOverride` and `responseOverride` as a later template of the same exchange finds them, with
    /// members that mean nothing to API Gateway. Without members where the template read no `$context`.
    pub context: Map<String, Json>,
}
