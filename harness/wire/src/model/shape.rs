//! A shape: the type of a member, with its bounds and its spelling on the wire.

use std::sync::OnceLock;

use regex::Regex;

use super::correction;
use super::facts;
use super::service::Model;

/// The place of a shape in its service's model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeId(pub(super) u16);

/// A shape of a service model.
#[derive(Debug)]
pub struct Shape {
    /// The name in the model, such as `AssumeRoleRequest`.
    pub name: &'static str,
    /// Type and parts.
    pub kind: Kind,
    /// What a value must satisfy.
    pub bounds: Bounds,
    /// Whether values are secrets: they are not repeated in error texts.
    pub is_sensitive: bool,
    /// For an error's shape: code and status.
    pub error: Option<ErrorFacts>,
}

/// The type of a shape, and what it is made of.
#[derive(Debug)]
pub enum Kind {
    /// A structure or a union. Members are sorted by their model name.
    Structure {
        /// The members.
        members: Vec<Member>,
        /// restJson1: the member that is the whole body.
        payload: Option<&'static str>,
    },
    /// A list.
    List {
        /// The element's shape.
        element: ShapeId,
        /// The element's name in forms and XML.
        element_name: &'static str,
        /// Whether elements stand without an enclosing name.
        is_flattened: bool,
    },
    /// A map.
    Map {
        /// The key's shape.
        key: ShapeId,
        /// The value's shape.
        value: ShapeId,
        /// The key's name in forms and XML.
        key_name: &'static str,
        /// The value's name in forms and XML.
        value_name: &'static str,
        /// Whether entries stand without an enclosing name.
        is_flattened: bool,
    },
    /// Text, also with an enum.
    String,
    /// A truth value.
    Boolean,
    /// A 32-bit integer.
    Integer,
    /// A 64-bit integer.
    Long,
    /// A floating-point number.
    Float,
    /// Bytes.
    Blob,
    /// A point in time.
    Timestamp {
        /// The format that the shape asks for, whatever its protocol's default is.
        format: Option<TimestampFormat>,
    },
    /// Any JSON document, taken as it stands.
    Document,
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The name in the model, such as `RoleArn`: the key in a [`crate::Value::Map`].
    pub name: &'static str,
    /// The name on the wire.
    pub wire_name: &'static str,
    /// Its shape.
    pub shape: ShapeId,
    /// Where it stands in a restJson1 message.
    pub location: Location,
    /// Whether a value must be there.
    pub is_required: bool,
    /// Whether a list or map stands without an enclosing name.
    pub is_flattened: bool,
    /// Whether the text is a JSON document (base64 in a header).
    pub is_json_value: bool,
    /// Whether clients fill it with a value of their own when the caller gives none.
    pub is_idempotency_token: bool,
    /// The timestamp format that this member asks for.
    pub timestamp_format: Option<TimestampFormat>,
    /// The values that this member, beyond its shape, is limited to; empty for any.
    pub values: Vec<String>,
}

/// Where a member stands in a restJson1 message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In the body.
    Body,
    /// A label of the path.
    Uri,
    /// A parameter of the query.
    Querystring,
    /// A header.
    Header,
    /// All headers that begin with the wire name.
    Headers,
    /// The status of the answer.
    StatusCode,
}

/// How a timestamp is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampFormat {
    /// `2026-11-20T12:00:00Z`
    Iso8601,
    /// `Fri, 20 Nov 2026 12:00:00 GMT`
    Rfc822,
    /// Seconds since 1970, as a number where the protocol has numbers.
    UnixTimestamp,
}

/// What a value must satisfy. Lengths for text, blobs, lists and maps, else the number itself.
#[derive(Debug, Default)]
pub struct Bounds {
    /// Smallest length or value.
    pub min: Option<f64>,
    /// Largest length or value.
    pub max: Option<f64>,
    /// The regular expression, as the model writes it.
    pub pattern: Option<String>,
    /// The values allowed; empty for any.
    pub values: Vec<String>,
    compiled: OnceLock<Option<Regex>>,
}

/// What an error's shape says of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorFacts {
    /// The code that awsQuery sends; the shape's name elsewhere.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Whether the client is at fault.
    pub is_sender: bool,
}

impl Bounds {
    /// The pattern as a regular expression over the whole value, or `None` when there is none, or
    /// when it uses what the `regex` crate does not offer (look-around); such a pattern is not
    /// enforced.
    #[must_use]
    pub fn regex(&self) -> Option<&Regex> {
        let pattern = self.pattern.as_deref()?;
        self.compiled.get_or_init(|| compile(pattern)).as_ref()
    }

    fn from_facts(
        min: Option<f64>,
        max: Option<f64>,
        pattern: Option<String>,
        values: Vec<String>,
    ) -> Self {
        Self {
            min,
            max,
            pattern,
            values,
            compiled: OnceLock::new(),
        }
    }
}

/// AWS evaluates patterns as Java does: `\w`, `\d` and `\s` are ASCII, and the whole value must match.
fn compile(pattern: &str) -> Option<Regex> {
    let mut ascii = String::with_capacity(pattern.len() + 64);
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            ascii.push(character);
            continue;
        }
        match characters.next() {
            Some('w') => ascii.push_str("[0-9A-Za-z_]"),
            Some('W') => ascii.push_str("[^0-9A-Za-z_]"),
            Some('d') => ascii.push_str("[0-9]"),
            Some('D') => ascii.push_str("[^0-9]"),
            Some('s') => ascii.push_str("[ \\t\\n\\x0B\\f\\r]"),
            Some('S') => ascii.push_str("[^ \\t\\n\\x0B\\f\\r]"),
            Some(other) => ascii.extend(['\\', other]),
            None => return None,
        }
    }
    Regex::new(&format!(r"\A(?:{ascii})\z")).ok()
}

impl Shape {
    /// The shape that stands for a line that could not be read; a test holds that there is none.
    pub(super) fn unreadable(name: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Document,
            bounds: Bounds::default(),
            is_sensitive: true,
            error: None,
        }
    }

    pub(super) fn from_line(
        service: &Model,
        name: &'static str,
        line: &'static str,
    ) -> Option<Self> {
        let mut facts: facts::Shape = serde_json::from_str(line).ok()?;
        correction::correct(service.name, name, &mut facts);
        let error = facts.exception.then(|| error_facts(name, &facts));
        let is_sensitive = facts.sensitive;
        let (min, max) = (facts.min, facts.max);
        let kind = kind(service, &facts)?;
        let bounds = Bounds::from_facts(min, max, facts.pattern, facts.values);
        Some(Self {
            name,
            kind,
            bounds,
            is_sensitive,
            error,
        })
    }

    /// The members of a structure; none for other kinds.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        match &self.kind {
            Kind::Structure { members, .. } => members,
            _ => &[],
        }
    }

    /// A member by its model name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Member> {
        let members = self.members();
        let position = members
            .binary_search_by(|member| member.name.cmp(name))
            .ok()?;
        members.get(position)
    }
}

fn kind(service: &Model, facts: &facts::Shape) -> Option<Kind> {
    if facts.document {
        return Some(Kind::Document);
    }
    Some(match facts.kind {
        "structure" => {
            let members = facts
                .members
                .iter()
                .map(|(name, reference)| member(service, facts, name, reference))
                .collect::<Option<Vec<_>>>()?;
            Kind::Structure {
                members,
                payload: facts.payload,
            }
        }
        "list" => {
            let element = facts.member.as_ref()?;
            Kind::List {
                element: service.shape_id(element.shape)?,
                element_name: element.location_name.unwrap_or("member"),
                is_flattened: facts.flattened,
            }
        }
        "map" => {
            let (key, value) = (facts.key.as_ref()?, facts.value.as_ref()?);
            Kind::Map {
                key: service.shape_id(key.shape)?,
                value: service.shape_id(value.shape)?,
                key_name: key.location_name.unwrap_or("key"),
                value_name: value.location_name.unwrap_or("value"),
                is_flattened: facts.flattened,
            }
        }
        "string" | "character" => Kind::String,
        "boolean" => Kind::Boolean,
        "integer" | "byte" | "short" => Kind::Integer,
        "long" => Kind::Long,
        "float" | "double" => Kind::Float,
        "blob" => Kind::Blob,
        "timestamp" => Kind::Timestamp {
            format: timestamp_format(facts.timestamp_format),
        },
        _ => return None,
    })
}

fn member(
    service: &Model,
    structure: &facts::Shape,
    name: &'static str,
    reference: &facts::Reference,
) -> Option<Member> {
    Some(Member {
        name,
        wire_name: reference.location_name.unwrap_or(name),
        shape: service.shape_id(reference.shape)?,
        location: match reference.location {
            Some("uri") => Location::Uri,
            Some("querystring") => Location::Querystring,
            Some("header") => Location::Header,
            Some("headers") => Location::Headers,
            Some("statusCode") => Location::StatusCode,
            _ => Location::Body,
        },
        is_required: structure.required.contains(&name),
        is_flattened: reference.flattened,
        is_json_value: reference.jsonvalue,
        is_idempotency_token: reference.idempotency_token,
        timestamp_format: timestamp_format(reference.timestamp_format),
        values: reference.values.clone(),
    })
}

fn timestamp_format(name: Option<&str>) -> Option<TimestampFormat> {
    match name? {
        "iso8601" => Some(TimestampFormat::Iso8601),
        "rfc822" => Some(TimestampFormat::Rfc822),
        "unixTimestamp" => Some(TimestampFormat::UnixTimestamp),
        _ => None,
    }
}

/// Without a status in the model (awsJson services) the protocol's default holds: 400, or 500 for
/// the service's own fault.
fn error_facts(name: &'static str, facts: &facts::Shape) -> ErrorFacts {
    let stated = facts.error.as_ref();
    let status = stated
        .and_then(|error| error.status)
        .unwrap_or(if facts.fault { 500 } else { 400 });
    ErrorFacts {
        code: stated.and_then(|error| error.code).unwrap_or(name),
        status,
        is_sender: stated
            .and_then(|error| error.sender)
            .unwrap_or(status < 500),
    }
}
