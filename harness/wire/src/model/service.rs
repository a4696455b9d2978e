//! A service and its operations.

use std::sync::OnceLock;

use http::Method;

use super::facts;
use super::shape::{Shape, ShapeId};
use crate::Protocol;

/// A service as its model states it. All of them are in [`super::Models`].
#[derive(Debug)]
pub struct Model {
    /// botocore's name, such as `apigatewayv2`.
    pub name: &'static str,
    /// The name in credential scopes; several services may share one.
    pub signing_name: &'static str,
    /// The first label of the endpoint's host.
    pub endpoint_prefix: &'static str,
    /// Smithy's service id, such as `CloudWatch Logs`.
    pub service_id: &'static str,
    /// The protocols, the preferred one first.
    pub protocols: Vec<Protocol>,
    /// Whether error codes of awsQuery are told beside the newer protocol's own (`x-amzn-query-error`).
    pub is_query_compatible: bool,
    /// `X` in `X-Amz-Target: X.Operation` and in rpc-v2-cbor's `/service/X/…`.
    pub target_prefix: Option<&'static str>,
    /// The version of the API, which awsQuery sends as `Version`.
    pub api_version: &'static str,
    /// The namespace of XML answers.
    pub xml_namespace: Option<&'static str>,
    text: &'static str,
    lines: OnceLock<Lines>,
    routes: OnceLock<Vec<&'static Operation>>,
}

/// An operation of a service.
#[derive(Debug)]
pub struct Operation {
    /// The service that has it.
    pub service: &'static Model,
    /// The name, such as `AssumeRole`.
    pub name: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path template, such as `/v2/apis/{apiId}`, with literal query parameters if it has any.
    pub uri: &'static str,
    /// The status of a success.
    pub status: u16,
    /// The input's shape.
    pub input: Option<ShapeId>,
    /// The output's shape.
    pub output: Option<ShapeId>,
    /// awsQuery: the element around the result.
    pub result_wrapper: Option<&'static str>,
    /// The errors that the operation may answer.
    pub errors: Vec<ShapeId>,
    /// Whether clients call it without a signature (AssumeRoleWithWebIdentity).
    pub is_unsigned: bool,
}

/// Where the lines of a model's file are, sorted by name as in the file.
#[derive(Debug, Default)]
struct Lines {
    operations: Vec<Line<Operation>>,
    shapes: Vec<Line<Shape>>,
}

#[derive(Debug)]
struct Line<T> {
    name: &'static str,
    text: &'static str,
    decoded: OnceLock<Option<T>>,
}

impl<T> Line<T> {
    fn read(line: &'static str) -> Option<Self> {
        let (name, text) = line.strip_prefix('"')?.split_once("\":")?;
        let text = text.strip_suffix(',').unwrap_or(text);
        Some(Self {
            name,
            text,
            decoded: OnceLock::new(),
        })
    }
}

impl Lines {
    fn read(text: &'static str) -> Self {
        let mut lines = Self::default();
        let mut in_shapes = false;
        // The first two lines are the metadata and the head of the operations.
        for line in text.lines().skip(2) {
            if line.starts_with("\"shapes\":") {
                in_shapes = true;
            } else if in_shapes {
                lines.shapes.extend(Line::read(line));
            } else {
                lines.operations.extend(Line::read(line));
            }
        }
        lines
    }
}

fn find<'a, T>(lines: &'a [Line<T>], name: &str) -> Option<(usize, &'a Line<T>)> {
    let position = lines.binary_search_by(|line| line.name.cmp(name)).ok()?;
    Some((position, lines.get(position)?))
}

impl Model {
    /// Reads the metadata line of a model's file; the rest waits until it is asked for.
    pub(super) fn read(text: &'static str) -> Option<Self> {
        let line = text
            .lines()
            .next()?
            .strip_prefix("{\"metadata\":")?
            .trim_end_matches(',');
        let facts: facts::Metadata = serde_json::from_str(line).ok()?;
        let protocols = facts
            .protocols
            .iter()
            .filter_map(|protocol| match (*protocol, facts.json_version) {
                ("query", _) => Some(Protocol::Query),
                ("json", Some("1.0")) => Some(Protocol::Json10),
                ("json", _) => Some(Protocol::Json11),
                ("rest-json", _) => Some(Protocol::RestJson),
                ("smithy-rpc-v2-cbor", _) => Some(Protocol::RpcV2Cbor),
                _ => None,
            })
            .collect();
        Some(Self {
            name: facts.name,
            signing_name: facts.signing_name,
            endpoint_prefix: facts.endpoint_prefix,
            service_id: facts.service_id,
            protocols,
            is_query_compatible: facts.query_compatible,
            target_prefix: facts.target_prefix,
            api_version: facts.api_version,
            xml_namespace: facts.xml_namespace,
            text,
            lines: OnceLock::new(),
            routes: OnceLock::new(),
        })
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::read(self.text))
    }

    /// The preferred protocol.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocols
            .first()
            .copied()
            .unwrap_or(Protocol::RestJson)
    }

    /// An operation by its name.
    #[must_use]
    pub fn operation(&'static self, name: &str) -> Option<&'static Operation> {
        let (_, line) = find(&self.lines().operations, name)?;
        line.decoded
            .get_or_init(|| self.read_operation(line.name, line.text))
            .as_ref()
    }

    /// The names of all operations, sorted.
    pub fn operation_names(&self) -> impl Iterator<Item = &'static str> {
        self.lines().operations.iter().map(|line| line.name)
    }

    /// The operations in the order in which a path is compared with them: those with more literal
    /// text come first, so that `/functions/{name}?List=ALL` wins over `/functions/{name}`.
    pub(crate) fn routes(&'static self) -> &'static [&'static Operation] {
        self.routes.get_or_init(|| {
            let mut all: Vec<_> = self
                .operation_names()
                .filter_map(|name| self.operation(name))
                .collect();
            all.sort_by_key(|operation| std::cmp::Reverse(literal_rank(operation.uri)));
            all
        })
    }

    /// The place of a shape.
    #[must_use]
    pub fn shape_id(&self, name: &str) -> Option<ShapeId> {
        let (position, _) = find(&self.lines().shapes, name)?;
        u16::try_from(position).ok().map(ShapeId)
    }

    /// The places of all shapes.
    pub fn shape_ids(&self) -> impl Iterator<Item = ShapeId> {
        (0..self.lines().shapes.len())
            .filter_map(|position| u16::try_from(position).ok().map(ShapeId))
    }

    /// A shape by its place.
    #[must_use]
    pub fn shape(&self, id: ShapeId) -> &Shape {
        static UNREADABLE: OnceLock<Shape> = OnceLock::new();
        let line = self.lines().shapes.get(usize::from(id.0));
        let decoded = line.and_then(|line| {
            line.decoded
                .get_or_init(|| Shape::from_line(self, line.name, line.text))
                .as_ref()
        });
        decoded.unwrap_or_else(|| UNREADABLE.get_or_init(|| Shape::unreadable("unreadable")))
    }

    /// A shape by its name.
    #[must_use]
    pub fn shape_named(&self, name: &str) -> Option<&Shape> {
        self.shape_id(name).map(|id| self.shape(id))
    }

    /// The shape of an error, by its name or by the code that awsQuery sends
    /// (`NoSuchEntityException` or `NoSuchEntity`).
    #[must_use]
    pub fn error_shape(&self, code: &str) -> Option<&Shape> {
        let by_name = self.shape_named(code).filter(|shape| shape.error.is_some());
        by_name.or_else(|| {
            let quoted = format!("\"code\":\"{code}\"");
            let shapes = self
                .lines()
                .shapes
                .iter()
                .filter(|line| line.text.contains(&quoted));
            shapes
                .filter_map(|line| self.shape_named(line.name))
                .find(|shape| shape.error.is_some_and(|error| error.code == code))
        })
    }

    fn read_operation(&'static self, name: &'static str, line: &'static str) -> Option<Operation> {
        let facts: facts::Operation = serde_json::from_str(line).ok()?;
        Some(Operation {
            service: self,
            name,
            method: facts.method.parse().ok()?,
            uri: facts.uri,
            status: facts.status.unwrap_or(200),
            input: facts.input.and_then(|shape| self.shape_id(shape)),
            output: facts.output.and_then(|shape| self.shape_id(shape)),
            result_wrapper: facts.result_wrapper,
            errors: facts
                .errors
                .iter()
                .filter_map(|shape| self.shape_id(shape))
                .collect(),
            is_unsigned: facts.unsigned,
        })
    }
}

impl Operation {
    /// The shape of the input.
    #[must_use]
    pub fn input_shape(&self) -> Option<&'static Shape> {
        self.input.map(|id| self.service.shape(id))
    }

    /// The shape of the output.
    #[must_use]
    pub fn output_shape(&self) -> Option<&'static Shape> {
        self.output.map(|id| self.service.shape(id))
    }
}

impl PartialEq for Model {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.service.name == other.service.name && self.name == other.name
    }
}

/// How literal a path template is: literal query parameters, then literal segments, then length.
fn literal_rank(uri: &str) -> (usize, usize, usize) {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let literal = path
        .split('/')
        .filter(|segment| !segment.is_empty() && !segment.starts_with('{'));
    (
        query.split('&').filter(|part| !part.is_empty()).count(),
        literal.count(),
        path.len(),
    )
}
