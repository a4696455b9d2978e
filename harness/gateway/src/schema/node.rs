//! A schema, compiled.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

/// Where a schema stands among all.
pub(super) type NodeId = usize;

/// A schema. A keyword that it does not have lets everything pass.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// `$ref`: nothing beside it counts.
    pub reference: Option<NodeId>,
    pub types: Vec<Type>,
    pub values: Option<Vec<Value>>,
    pub multiple_of: Option<f64>,
    pub minimum: Option<Bound>,
    pub maximum: Option<Bound>,
    pub length_min: Option<u64>,
    pub length_max: Option<u64>,
    pub pattern: Option<Pattern>,
    pub items: Items,
    pub additional_items: Additional,
    pub items_min: Option<u64>,
    pub items_max: Option<u64>,
    pub unique_items: bool,
    pub properties: BTreeMap<String, NodeId>,
    pub pattern_properties: Vec<(Pattern, NodeId)>,
    pub additional_properties: Additional,
    pub required: Vec<String>,
    pub properties_min: Option<u64>,
    pub properties_max: Option<u64>,
    pub dependencies: BTreeMap<String, Dependency>,
    pub all_of: Vec<NodeId>,
    pub any_of: Vec<NodeId>,
    pub one_of: Vec<NodeId>,
    pub not: Option<NodeId>,
}

/// A primitive type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    Array,
    Boolean,
    Integer,
    Null,
    Number,
    Object,
    String,
}

impl Type {
    /// All, in the order of their names.
    pub(super) const ALL: [Self; 7] = [
        Self::Array,
        Self::Boolean,
        Self::Integer,
        Self::Null,
        Self::Number,
        Self::Object,
        Self::String,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Null => "null",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
        }
    }

    /// The type of a document. A number with a fraction is no integer in draft 4, also where that is zero.
    pub(super) fn of(document: &Value) -> Self {
        match document {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_f64() => Self::Number,
            Value::Number(_) => Self::Integer,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

/// The least or the most that a number may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub value: f64,
    /// Whether it may not be that itself.
    pub is_exclusive: bool,
}

/// What a text has to hold.
#[derive(Debug)]
pub(super) struct Pattern {
    pub text: String,
    pub regex: Regex,
}

/// What elements have to be.
#[derive(Debug, Default)]
pub(super) enum Items {
    #[default]
    Any,
    /// Each the same.
    Each(NodeId),
    /// By place; the rest is additional.
    ByPlace(Vec<NodeId>),
}

/// What else there may be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Additional {
    #[default]
    Any,
    Nothing,
    Fitting(NodeId),
}

/// What a property asks for.
#[derive(Debug)]
pub(super) enum Dependency {
    /// Others beside it.
    Properties(Vec<String>),
    /// That the whole fits.
    Schema(NodeId),
}
