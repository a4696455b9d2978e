//! Action and Resource elements, compiled.

use crate::compile::ActionKey;
use crate::condition::MissingKeys;
use crate::context::Context;
use crate::pattern::{Arn, ArnPattern, Pattern, Syntax, Variable};

/// `Action` or `NotAction`.
#[derive(Debug)]
pub(crate) struct ActionElement {
    pub(crate) negated: bool,
    /// In lower case: service prefix and name ignore case.
    pub(crate) patterns: Box<[Pattern]>,
    /// As the policy spells them.
    pub(crate) source: Box<[Box<str>]>,
}

impl ActionElement {
    pub(crate) fn new(negated: bool, values: Vec<String>) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables: false,
        };
        Self {
            negated,
            patterns: values
                .iter()
                .map(|value| Pattern::new(&value.to_ascii_lowercase(), syntax))
                .collect(),
            source: values.into_iter().map(String::into_boxed_str).collect(),
        }
    }

    #[inline]
    pub(crate) fn covers(&self, action: &ActionKey<'_>) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.matches_bytes(action.lower))
            != self.negated
    }
}

/// `Resource` or `NotResource`.
#[derive(Debug)]
pub(crate) struct ResourceElement {
    pub(crate) negated: bool,
    pub(crate) patterns: Box<[ResourcePattern]>,
    /// As the policy spells them.
    pub(crate) source: Box<[Box<str>]>,
    pub(crate) has_variables: bool,
}

#[derive(Debug)]
pub(crate) enum ResourcePattern {
    Arn(ArnPattern),
    /// `execute-api:/STAGE/VERB/PATH`: completed with the API's own Region, account and id
    /// (API Gateway developer guide, `apigateway-resource-policies-examples.html`).
    ApiShorthand(Pattern),
}

/// What the shorthand begins with.
pub(crate) const API_SHORTHAND: &str = "execute-api:/";

impl ResourceElement {
    pub(crate) fn new(negated: bool, values: Vec<String>, variables: bool) -> Self {
        let patterns: Box<[ResourcePattern]> = values
            .iter()
            .map(|value| match value.strip_prefix(API_SHORTHAND) {
                Some(path) => {
                    let syntax = Syntax {
                        wildcards: true,
                        variables,
                    };
                    ResourcePattern::ApiShorthand(Pattern::new(path, syntax))
                }
                None => ResourcePattern::Arn(ArnPattern::new(value, variables)),
            })
            .collect();
        let has_variables = patterns.iter().any(ResourcePattern::has_variables);
        Self {
            negated,
            patterns,
            source: values.into_iter().map(String::into_boxed_str).collect(),
            has_variables,
        }
    }

    /// The variables in it.
    pub(crate) fn variables(&self) -> Vec<&Variable> {
        self.patterns
            .iter()
            .flat_map(ResourcePattern::variables)
            .collect()
    }

    /// Whether the element covers `resource`, where the values of some variables are not known.
    pub(crate) fn covers_perhaps(
        &self,
        resource: &Arn<'_>,
        context: &Context,
        is_unknown: &dyn Fn(&Variable) -> bool,
    ) -> Option<bool> {
        let mut perhaps = false;
        for pattern in &self.patterns {
            let depends = pattern.variables().any(is_unknown);
            if depends {
                perhaps |= pattern.widened(is_unknown).matches(resource, context);
            } else if pattern.matches(resource, context) {
                return Some(!self.negated);
            }
        }
        (!perhaps).then_some(self.negated)
    }

    /// Puts the variables without value into `missing`.
    #[inline]
    pub(crate) fn note_missing(&self, context: &Context, missing: &mut MissingKeys) {
        if self.has_variables {
            for pattern in &self.patterns {
                pattern.add_missing(context, missing);
            }
        }
    }

    /// Whether the element speaks of `resource`.
    #[inline]
    pub(crate) fn covers(&self, resource: &Arn<'_>, context: &Context) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(resource, context))
            != self.negated
    }
}

impl ResourcePattern {
    #[inline]
    pub(crate) fn matches(&self, resource: &Arn<'_>, context: &Context) -> bool {
        match self {
            // An action without resource-level support has the resource `*`, which only a star
            // covers (Service Authorization Reference).
            Self::Arn(pattern) => pattern.matches(resource, context),
            Self::ApiShorthand(path) => resource.fields().is_some_and(|fields| {
                fields[2] == "execute-api"
                    && fields[5]
                        .split_once('/')
                        .is_some_and(|(_, rest)| path.matches(rest, context))
            }),
        }
    }

    fn has_variables(&self) -> bool {
        self.variables().next().is_some()
    }

    fn add_missing(&self, context: &Context, missing: &mut MissingKeys) {
        missing.add_variables(self.variables(), context);
    }

    fn variables(&self) -> Box<dyn Iterator<Item = &Variable> + '_> {
        match self {
            Self::Arn(pattern) => pattern.variables(),
            Self::ApiShorthand(path) => Box::new(path.variables()),
        }
    }

    fn widened(&self, is_unknown: &dyn Fn(&Variable) -> bool) -> Self {
        match self {
            Self::Arn(pattern) => Self::Arn(pattern.widened(is_unknown)),
            Self::ApiShorthand(path) => Self::ApiShorthand(path.widened(is_unknown)),
        }
    }

    /// What every resource that matches begins with.
    pub(crate) fn literal_prefix(&self) -> (&str, &str) {
        match self {
            Self::Arn(pattern) => pattern.literal_prefix(),
            Self::ApiShorthand(_) => ("arn:", ""),
        }
    }
}
