//! ARNs compared field by field: a star never crosses one of the first five colons.
//!
//! Source: IAM user guide, `reference_policies_elements_condition_operators.html` (ARN operators) and
//! `reference_policies_elements_resource.html`.

use std::cell::Cell;

use super::variable::{Variable, variable_at};
use super::{Pattern, Syntax};
use crate::context::Context;

/// An ARN as it stands in Resource elements and ARN conditions.
#[derive(Debug, Clone)]
pub(crate) enum ArnPattern {
    /// `*`.
    Any,
    /// Nothing special but perhaps a star at the end: one comparison.
    Literal { text: Box<str>, star: bool },
    /// The first five fields hold nothing special: one comparison and one pattern.
    Fixed { prefix: Box<str>, last: Pattern },
    /// Each field for itself; a star never crosses a colon of the first five.
    Fields(Box<[Pattern; 6]>),
    /// Too few fields, but a variable may hold the others.
    Whole(Pattern),
    /// No ARN: it covers nothing (documents stored without validation).
    Never,
}

impl ArnPattern {
    pub(crate) fn new(text: &str, variables: bool) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        let whole = Pattern::new(text, syntax);
        if whole.is_any() {
            return Self::Any;
        }
        let Some(fields) = split_pattern(text, variables) else {
            let has_variables = whole.variables().next().is_some();
            return if has_variables {
                Self::Whole(whole)
            } else {
                Self::Never
            };
        };
        let fields = fields.map(|field| Pattern::new(field, syntax));
        let [a, b, c, d, e, last] = fields;
        let head = [&a, &b, &c, &d, &e];
        if head.iter().all(|field| field.as_exact().is_some()) {
            let mut prefix = String::new();
            for field in head {
                prefix.push_str(field.as_exact().unwrap_or_default());
                prefix.push(':');
            }
            if let Some((text, star)) = last.as_literal() {
                prefix.push_str(text);
                return Self::Literal {
                    text: prefix.into_boxed_str(),
                    star,
                };
            }
            return Self::Fixed {
                prefix: prefix.into_boxed_str(),
                last,
            };
        }
        Self::Fields(Box::new([a, b, c, d, e, last]))
    }

    /// Whether `arn` fits; a text with fewer than six fields is no ARN and fits only `*`.
    #[inline]
    pub(crate) fn matches(&self, arn: &Arn<'_>, context: &Context) -> bool {
        match self {
            Self::Any => true,
            Self::Never => false,
            Self::Literal { text, star: true } => arn.text.as_bytes().starts_with(text.as_bytes()),
            Self::Literal { text, star: false } => *arn.text == **text,
            Self::Fixed { prefix, last } => arn
                .text
                .strip_prefix(&**prefix)
                .is_some_and(|rest| last.matches(rest, context)),
            Self::Fields(patterns) => arn.fields().is_some_and(|fields| {
                patterns
                    .iter()
                    .zip(fields)
                    .all(|(pattern, field)| pattern.matches(field, context))
            }),
            Self::Whole(pattern) => arn.fields().is_some() && pattern.matches(arn.text, context),
        }
    }

    /// What every matching ARN begins with, in two parts.
    pub(crate) fn literal_prefix(&self) -> (&str, &str) {
        match self {
            Self::Any | Self::Never => ("", ""),
            Self::Literal { text, .. } => (text, ""),
            Self::Fixed { prefix, last } => (prefix, last.literal_prefix()),
            Self::Fields(fields) => {
                let first = fields[0].as_exact();
                (first.unwrap_or_default(), "")
            }
            Self::Whole(pattern) => (pattern.literal_prefix(), ""),
        }
    }

    /// The text and whether a star follows it, where there is nothing else.
    pub(crate) fn as_literal(&self) -> Option<(&str, bool)> {
        match self {
            Self::Any => Some(("", true)),
            Self::Literal { text, star } => Some((text, *star)),
            _ => None,
        }
    }

    /// As [`Pattern::widened`].
    pub(crate) fn widened(&self, is_unknown: &dyn Fn(&Variable) -> bool) -> Self {
        match self {
            Self::Fixed { prefix, last } => Self::Fixed {
                prefix: prefix.clone(),
                last: last.widened(is_unknown),
            },
            Self::Fields(fields) => {
                let fields = fields.each_ref().map(|field| field.widened(is_unknown));
                Self::Fields(Box::new(fields))
            }
            Self::Whole(whole) => Self::Whole(whole.widened(is_unknown)),
            Self::Any | Self::Never | Self::Literal { .. } => self.clone(),
        }
    }

    pub(crate) fn variables(&self) -> Box<dyn Iterator<Item = &Variable> + '_> {
        match self {
            Self::Any | Self::Never | Self::Literal { .. } => Box::new(std::iter::empty()),
            Self::Fixed { last, .. } => Box::new(last.variables()),
            Self::Fields(fields) => Box::new(fields.iter().flat_map(Pattern::variables)),
            Self::Whole(pattern) => Box::new(pattern.variables()),
        }
    }
}

/// Cuts a pattern at its first five colons, those inside variables left alone.
fn split_pattern(text: &str, variables: bool) -> Option<[&str; 6]> {
    let mut fields = [""; 6];
    let mut field = 0;
    let mut start = 0;
    let mut position = 0;
    while position < text.len() && field < 5 {
        let rest = &text[position..];
        if variables && let Some((_, length)) = variable_at(rest) {
            position += length;
            continue;
        }
        let first = rest.chars().next()?;
        if first == ':' {
            fields[field] = &text[start..position];
            field += 1;
            start = position + 1;
        }
        position += first.len_utf8();
    }
    fields[5] = text.get(start..)?;
    (field == 5).then_some(fields)
}

/// A concrete ARN, cut into its fields when a pattern first asks for them.
#[derive(Debug, Clone)]
pub(crate) struct Arn<'a> {
    pub(crate) text: &'a str,
    fields: Cell<Option<Option<[&'a str; 6]>>>,
}

impl<'a> Arn<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            fields: Cell::new(None),
        }
    }

    /// The six fields; `None` when the text is no ARN.
    pub(crate) fn fields(&self) -> Option<[&'a str; 6]> {
        if let Some(known) = self.fields.get() {
            return known;
        }
        let mut fields = [""; 6];
        let mut count = 0;
        for (slot, field) in fields.iter_mut().zip(self.text.splitn(6, ':')) {
            *slot = field;
            count += 1;
        }
        let found = (count == 6 && fields[0] == "arn").then_some(fields);
        self.fields.set(Some(found));
        found
    }
}

/// Whether `arn` fits `pattern` as `ArnLike` and Resource elements read it: the six fields one by
/// one, a star never crossing the first five colons.
#[must_use]
pub fn arn_matches(pattern: &str, arn: &str) -> bool {
    ArnPattern::new(pattern, false).matches(&Arn::new(arn), &Context::new())
}
