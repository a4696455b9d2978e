//! JSONPath in Jayway's dialect, which API Gateway uses (<https://github.com/json-path/JsonPath>).
//!
//! A path that can mean one place at most is definite: it gives what is there, or nothing. Every other
//! (`..`, `*`, several indices or, before the end, names, a slice, a filter) gives a list.
//!
//! - [`parse`]: from text to steps; [`filter`]: what stands in `[?(…)]`.
//! - [`select`]: what a path finds; [`judge`]: whether a filter takes a value.

mod filter;
mod judge;
mod parse;
mod select;

use std::sync::Arc;

use self::filter::Filter;

/// A path.
#[derive(Debug)]
pub struct Path {
    steps: Vec<Step>,
    /// What is made of what was found.
    function: Option<Function>,
}

/// A step.
#[derive(Debug)]
enum Step {
    /// `.name`; of several names (`['a', 'b']`) each, or at the end a map of those that are there.
    Names(Vec<Arc<str>>),
    /// `.*`, `[*]`.
    All,
    /// `[0]`, `[0, -1]`.
    Indices(Vec<i64>),
    /// `[1:2]`.
    Slice(Option<i64>, Option<i64>),
    /// `..`: what the next step is asked of.
    Descendants,
    /// `[?(…)]`.
    Filter(Filter),
}

/// A function at the end of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Length,
    Keys,
    Min,
    Max,
    Sum,
    Average,
    Deviation,
}

impl Path {
    /// Whether it can mean one place at most.
    fn is_definite(&self) -> bool {
        let last = self.steps.len().saturating_sub(1);
        self.steps.iter().enumerate().all(|(at, step)| match step {
            Step::Names(names) => names.len() == 1 || at == last,
            Step::Indices(indices) => indices.len() == 1,
            Step::All | Step::Slice(..) | Step::Descendants | Step::Filter(_) => false,
        })
    }
}
