//! What stands in `[?(…)]`.

use std::sync::Arc;

use regex::Regex;

use super::Path;

/// A condition.
#[derive(Debug)]
pub enum Filter {
    /// One of them holds.
    Any(Vec<Self>),
    /// All of them hold.
    All(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// There is such a place, or the literal is true.
    Exists(Operand),
    /// A comparison.
    Compare(Operand, Comparison, Operand),
}

/// A side of a comparison.
#[derive(Debug)]
pub enum Operand {
    /// `@…`: from the value that is looked at.
    Here(Path),
    /// `$…`: from the whole document.
    Root(Path),
    /// `null`.
    Null,
    /// `true`, `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i128),
    /// A number.
    Float(f64),
    /// A text.
    Text(Arc<str>),
    /// A list.
    List(Vec<Self>),
    /// `/…/`.
    Pattern(Regex),
}

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `=~`: the pattern matches all of the text.
    Matches,
    /// `in`.
    In,
    /// `nin`.
    NotIn,
    /// `contains`: a list has the element, a text the part.
    Contains,
    /// `size`.
    Size,
    /// `empty`.
    Empty,
    /// `subsetof`.
    SubsetOf,
    /// `anyof`.
    AnyOf,
    /// `noneof`.
    NoneOf,
    /// `all`: the list has all of these.
    AllOf,
}

/// The operators by how they are written; longer ones come first.
pub const COMPARISONS: [(&str, Comparison); 18] = [
    ("===", Comparison::Equal),
    ("!==", Comparison::NotEqual),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("=~", Comparison::Matches),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
    ("subsetof", Comparison::SubsetOf),
    ("contains", Comparison::Contains),
    ("noneof", Comparison::NoneOf),
    ("anyof", Comparison::AnyOf),
    ("empty", Comparison::Empty),
    ("size", Comparison::Size),
    ("all", Comparison::AllOf),
    ("nin", Comparison::NotIn),
    ("in", Comparison::In),
];
