//! What a template consists of.

use std::sync::Arc;

use super::slot::Slot;
use crate::path::Path;

/// What stands between two directives, or in a whole template.
#[derive(Debug, Default)]
pub struct Block(pub Vec<Node>);

/// A part of a block.
#[derive(Debug)]
pub enum Node {
    /// Printed as it is.
    Text(String),
    /// Printed as what it stands for.
    Reference(Printed),
    /// `#set`.
    Set(Reference, Expression),
    /// `#if`, `#elseif`, `#else`.
    If(Vec<(Expression, Block)>, Block),
    /// `#foreach`.
    Foreach(Foreach),
    /// `#define`: the variable, and the number of its block.
    Define(Reference, usize),
    /// `#break`, and which loop is to end: the innermost one where nothing is said.
    Break(Option<Expression>),
    /// `#stop`.
    Stop,
}

/// A reference that is printed.
#[derive(Debug)]
pub struct Printed {
    /// What it refers to.
    pub reference: Reference,
    /// The backslashes that are printed before it.
    pub before: String,
    /// Whether a backslash says that it is printed as it is written.
    pub is_escaped: bool,
}

/// `#foreach`.
#[derive(Debug)]
pub struct Foreach {
    /// The variable of the elements.
    pub variable: Slot,
    /// What is gone through.
    pub list: Expression,
    /// What is rendered each time.
    pub body: Block,
    /// Where it stands.
    pub offset: usize,
}

/// A variable and the way into it: `$a.b.c(1)[2]`.
#[derive(Debug)]
pub struct Reference {
    /// The variable.
    pub slot: Slot,
    /// The way into it.
    pub steps: Vec<Step>,
    /// Where it stands.
    pub offset: usize,
    /// As it is written.
    pub source: String,
    /// Whether it is written with neither braces nor `!`: Velocity assigns no other variable.
    pub is_plain: bool,
}

/// A step of a reference.
#[derive(Debug)]
pub enum Step {
    /// `.name`.
    Property(Arc<str>),
    /// `.name(…)`.
    Method(Call),
    /// `[…]`.
    Index(Expression),
}

/// A call of a method.
#[derive(Debug)]
pub struct Call {
    /// The method.
    pub name: String,
    /// Its arguments.
    pub arguments: Vec<Expression>,
    /// The first argument as JSONPath, where it is one and stands in the template.
    pub path: Option<Path>,
}

/// What has a value.
#[derive(Debug)]
pub enum Expression {
    /// A bare word as an argument: it has no value.
    Word,
    /// `true`, `false`.
    Boolean(bool),
    /// `1`.
    Integer(i128),
    /// `1.5`.
    Float(f64),
    /// A text without references.
    Text(Arc<str>),
    /// A text with references and directives.
    Interpolated(Block),
    /// `[a, b]`.
    List(Vec<Self>),
    /// `{a: b}`.
    Map(Vec<(Self, Self)>),
    /// `[a..b]`.
    Range(Box<(Self, Self)>),
    /// `$a`.
    Reference(Reference),
    /// `!a`.
    Not(Box<Self>),
    /// Operators that bind alike, from the left. Flat, so that long ones are not deep.
    Chain(Box<Chain>),
}

/// Operators that bind alike, from the left.
#[derive(Debug)]
pub struct Chain {
    /// The leftmost operand.
    pub first: Expression,
    /// The others, each behind its operator.
    pub rest: Vec<(Operator, Expression)>,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `||`, `or`.
    Or,
    /// `&&`, `and`.
    And,
    /// `==`, `eq`.
    Equal,
    /// `!=`, `ne`.
    NotEqual,
    /// `<`, `lt`.
    Less,
    /// `<=`, `le`.
    LessOrEqual,
    /// `>`, `gt`.
    Greater,
    /// `>=`, `ge`.
    GreaterOrEqual,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
}
