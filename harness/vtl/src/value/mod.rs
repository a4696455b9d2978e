//! Values, as Java has them.
//!
//! Lists and maps live in a [`Heap`] that one rendering has and drops as a whole: they may hold each other
//! in any way and as deeply as a template likes.
//!
//! - [`heap`]: lists, maps, and what they may cost.
//! - [`number`]: arithmetic; [`compare`]: equality; [`print`]: as Java prints; [`json`]: from and to JSON.

pub mod compare;
pub mod heap;
pub mod json;
pub mod number;
pub mod print;

use std::sync::Arc;

pub use self::heap::{Heap, Key, ListKind};

/// What a list or a map is known by in its heap.
pub type Id = usize;

/// A value.
#[derive(Clone, Debug)]
pub enum Value {
    /// Nothing.
    Null,
    /// `Boolean`.
    Boolean(bool),
    /// `Integer`, `Long` and `BigInteger`: they differ in nothing that a template sees.
    Integer(i128),
    /// `Double`.
    Float(f64),
    /// `String`.
    Text(Arc<str>),
    /// A list.
    List(Id),
    /// A map.
    Map(Id),
    /// An entry of a map.
    Entry(Id, Key),
    /// `$foreach`: how many loops it is inside of.
    Loop(usize),
    /// A block of `#define`, by number.
    Block(usize),
    /// `$input`.
    Input,
    /// `$util`.
    Util,
}

impl Value {
    /// A count of what is in memory.
    pub fn count(count: usize) -> Self {
        Self::Integer(i128::try_from(count).unwrap_or(i128::MAX))
    }

    /// Whether a condition holds: of a reference, anything but `false` and nothing.
    pub fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Boolean(false))
    }
}
