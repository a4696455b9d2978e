//! What is wrong with a template.

use std::fmt;

use crate::limit::{
    DEPTH_MAX, ITERATION_COUNT_MAX, MEMORY_BYTES_MAX, OUTPUT_BYTES_MAX, RENDER_DEPTH_MAX,
    STEP_COUNT_MAX, TEMPLATE_BYTES_MAX, VALUE_DEPTH_MAX,
};

/// A place in a template, from 1; columns are characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character of the line.
    pub column: usize,
}

impl Place {
    /// The place of a byte of a text.
    pub(crate) fn of(text: &str, offset: usize) -> Self {
        let before: String = text
            .char_indices()
            .take_while(|(at, _)| *at < offset)
            .map(|(_, sign)| sign)
            .collect();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |it| it.chars().count())
            + 1;
        Self { line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}, column {}", self.line, self.column)
    }
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ParseError {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: ParseProblem,
}

/// What makes a text no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseProblem {
    /// The quota on its size.
    #[error(
        "the template has {0} bytes and may have {TEMPLATE_BYTES_MAX}: move what is long to the backend"
    )]
    TooLong(usize),
    /// Our limit on its nesting.
    #[error("nested more than {DEPTH_MAX} levels deep: put inner parts into variables with `#set`")]
    TooDeep,
    /// Something else belongs here.
    #[error("{expected} is expected, and here is {found}: put it before that")]
    Expected {
        /// What belongs here.
        expected: &'static str,
        /// What is here.
        found: String,
    },
    /// No end.
    #[error("`{0}` is not closed: add `{1}`")]
    Unclosed(&'static str, &'static str),
    /// An end without a beginning.
    #[error("`{0}` belongs to no block that is open: take it out or open the block before it")]
    Unopened(&'static str),
    /// The last sign of a template begins something: Velocity cannot read it.
    #[error("a template cannot end with `{0}`: put a blank or a line end behind it")]
    LastSign(char),
    /// A word of the language as a name.
    #[error("`{0}` is a word of the language and no name: take another name")]
    Word(String),
    /// No directive of mapping templates.
    #[error("`#{0}` is not there in mapping templates: write what it brings into the template")]
    Directive(&'static str),
    /// `$input` and `$util` have few members.
    #[error("`${root}` has no `{member}`: it has {known}")]
    Member {
        /// `input` or `util`.
        root: &'static str,
        /// What was asked for.
        member: String,
        /// What is there.
        known: &'static str,
    },
    /// The argument of `$input.json` or `$input.path`.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A number that nothing holds.
    #[error("the number `{0}` is too large: take one of 38 digits at most")]
    Number(String),
}

/// Why a text is no JSONPath.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the JSONPath `{path}` is none: {expected} is expected at character {at}")]
pub struct PathError {
    /// The path.
    pub path: String,
    /// Where, from 1.
    pub at: usize,
    /// What belongs there.
    pub expected: &'static str,
}

/// Why a template could not be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct RenderError {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: RenderProblem,
}

/// What ends the rendering of a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderProblem {
    /// The quota on `#foreach`.
    #[error(
        "a `#foreach` may go round {ITERATION_COUNT_MAX} times and this one goes on: shorten the list"
    )]
    Iterations,
    /// Java's lists and maps do not let themselves be changed while they are gone through.
    #[error("the list of a `#foreach` is longer or shorter than before: go through another list")]
    Changed,
    /// The quota on payloads.
    #[error(
        "the template prints, or has in one text, more than {OUTPUT_BYTES_MAX} bytes: print less"
    )]
    Output,
    /// Our limit on steps.
    #[error("the template takes more than {STEP_COUNT_MAX} steps: nest fewer loops")]
    Steps,
    /// Our limit on what is made.
    #[error("the template makes texts and lists of more than {MEMORY_BYTES_MAX} bytes: make fewer")]
    Memory,
    /// Our limits on nesting.
    #[error(
        "blocks are rendered more than {RENDER_DEPTH_MAX}, or values held more than {VALUE_DEPTH_MAX} levels deep: nest less"
    )]
    Depth,
    /// The body is asked for members and is no JSON.
    #[error("the body is no JSON, {0}: read it with `$input.body`, or send JSON")]
    Body(String),
    /// The argument of `$util.parseJson`.
    #[error("the argument of `$util.parseJson` is no JSON, {0}: give it a JSON text")]
    Json(String),
    /// The argument of `$input.json` or `$input.path`.
    #[error(transparent)]
    Path(#[from] PathError),
    /// A method that throws an exception in Java.
    #[error("`{method}` fails: {reason}")]
    Method {
        /// The method.
        method: &'static str,
        /// Why, and what to do.
        reason: String,
    },
    /// A regular expression of a template, or one that only Java has.
    #[error(
        "the regular expression `{0}` cannot be used: write a shorter one, without references back or looks around"
    )]
    Pattern(String),
    /// A number that nothing holds.
    #[error("a number is larger than 38 digits: calculate with smaller ones")]
    Number,
    /// Overrides are final (`apigateway-override-request-response-parameters`): a second one is answered 5XX.
    #[error("`{0}` is overridden twice: set a variable first and override once, at the end")]
    Overridden(String),
}
