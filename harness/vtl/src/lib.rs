//! Mapping templates of API Gateway REST APIs: the language of Apache Velocity 1.7 with `$input`, `$util`,
//! `$context` and `$stageVariables`, and the JSONPath of `$input`. Pure: a template and a [`Scope`] go in,
//! a text and the overrides come out.
//!
//! A [`Template`] is parsed once and rendered often. What is known to be wrong is told while it is parsed,
//! with line and column: the syntax, a member that `$input` or `$util` does not have, a directive that is
//! not there, a JSONPath that is none. The rest is Velocity's own behaviour.
//!
//! Where AWS differs from Velocity, AWS counts:
//! - a reference to nothing prints nothing, quiet or not;
//! - nothing equals both `$null` and the empty text;
//! - a function of `$util` that is given nothing gives nothing;
//! - an empty body is `{}`;
//! - lists that come from JSON print as JSON, maps and other lists as Java prints them.
//!
//! Directives: `#set`, `#if`, `#elseif`, `#else`, `#end`, `#foreach`, `#break`, `#stop`, `#define`,
//! `#literal`. Not there: `#include` and `#parse`, which API Gateway refuses, and `#evaluate` and `#macro`,
//! of which its documentation says nothing.
//!
//! Templates may be hostile: see [`limit`] for what bounds them.
//!
//! - [`template`]: a parsed template, and what it is rendered with.
//! - [`syntax`]: from text to tree.
//! - [`render`]: from tree to text.
//! - [`value`]: values as Java has them; [`method`]: the methods that they have.
//! - [`path`]: JSONPath in Jayway's dialect.
//! - [`pattern`]: regular expressions as Java writes them.
//! - [`limit`], [`error`]: what bounds a template, and what is wrong with one.

pub mod error;
pub mod limit;
mod method;
mod path;
pub mod pattern;
mod render;
mod syntax;
pub mod template;
mod value;

pub use error::{ParseError, ParseProblem, PathError, Place, RenderError, RenderProblem};
pub use template::{Overrides, Parameters, Rendered, Scope, Template};
