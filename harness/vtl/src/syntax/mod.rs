//! From text to tree: the grammar of Apache Velocity 1.7, read as its own parser reads it.
//!
//! White space follows Velocity: a directive in parentheses, `#else` and `#end` take blanks and the line
//! end behind them; `#set` takes the blanks before it too, unless they end a text.
//!
//! - [`tree`]: what a template consists of; [`slot`]: its variables.
//! - [`parser`]: the position in the text, and what all parts of the template share.
//! - [`block`]: texts, escapes and what begins with `#`.
//! - [`directive`]: the directives.
//! - [`reference`]: what begins with `$`; [`member`]: what `$input` and `$util` have.
//! - [`expression`]: operators; [`literal`]: texts, numbers, lists, maps.

mod block;
mod directive;
mod expression;
mod literal;
pub mod member;
pub mod parser;
mod reference;
pub mod slot;
pub mod tree;
