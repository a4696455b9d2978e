//! Input validation in AWS's wording.
//!
//! The sentence is that of the framework behind most services: `2 validation errors detected: Value
//! 'x' at 'roleSessionName' failed to satisfy constraint: Member must …; Value null at 'roleArn' …`.
//! Seen in pasted answers of STS, Cognito, DynamoDB and Logs; that newer services use it in the same
//! form is unverified. Services with sentences of their own (IAM's names) check those by themselves.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::{Bounds, Kind, Member, Shape, ShapeId};
use crate::{Model, Operation, Value};

/// How many violations are kept and told; AWS's own limit is not known.
const VIOLATIONS_MAX: usize = 50;

const NOT_NULL: &str = "Member must not be null";

/// Lists whose elements AWS says nothing of null for (recorded); for all others it does.
const NULL_ELEMENTS: [(&str, &str); 1] = [("lambda", "SubnetIds")];

/// Maps whose values may be null (recorded of the templates of API Gateway); in all others none may.
const NULL_VALUES: [(&str, &str); 1] = [("apigateway", "MapOfStringToString")];

/// All violations that an input has; its `Display` is AWS's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationFailure {
    /// At least one, in the order of the model's members.
    pub violations: Vec<Violation>,
}

/// One constraint that one member does not satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The path of the member, first letters in lower case: `policyArns.1.member.arn`.
    pub at: String,
    /// The value as AWS prints it (`'x'`, `null`), or `None` when it is a secret.
    pub value: Option<String>,
    /// What it must satisfy: `Member must not be null`.
    pub constraint: String,
    /// The kind of constraint.
    pub rule: Rule,
}

/// The kinds of constraint that a value may not satisfy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A value must be there.
    Required,
    /// It is too long, or too great a number.
    Max,
    /// It is too short, or too small a number.
    Min,
    /// It does not match the pattern.
    Pattern,
    /// It is none of the values.
    Enum,
    /// An element of a list, a key or a value of a map breaks one of the rules.
    Elements,
}

impl ValidationFailure {
    /// The same without the values that were given and without the values of enums, as IAM tells it.
    #[must_use]
    pub fn without_values(mut self) -> Self {
        for violation in &mut self.violations {
            violation.value = None;
            if violation.rule == Rule::Enum {
                violation.constraint = "Member must satisfy enum value set".to_owned();
            }
        }
        self
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Value ")?;
        if let Some(value) = &self.value {
            write!(out, "{value} ")?;
        }
        write!(
            out,
            "at '{}' failed to satisfy constraint: {}",
            self.at, self.constraint
        )
    }
}

impl fmt::Display for ValidationFailure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.violations.len();
        let noun = if count == 1 { "error" } else { "errors" };
        write!(out, "{count} validation {noun} detected: ")?;
        for (position, violation) in self.violations.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(out, "{separator}{violation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidationFailure {}

/// Checks an operation's input against its model: required members, lengths, ranges, patterns, enums.
///
/// Patterns that the `regex` crate cannot read (look-around) are not checked; a test lists them.
///
/// # Errors
/// All violations together.
pub fn validate(operation: &Operation, input: &Value) -> Result<(), ValidationFailure> {
    let Some(shape) = operation.input_shape() else {
        return Ok(());
    };
    let mut checker = Checker {
        service: operation.service,
        path: Vec::new(),
        violations: Vec::new(),
    };
    checker.check(shape, input);
    if checker.violations.is_empty() {
        return Ok(());
    }
    Err(ValidationFailure {
        violations: checker.violations,
    })
}

struct Checker {
    service: &'static Model,
    path: Vec<String>,
    violations: Vec<Violation>,
}

impl Checker {
    fn check(&mut self, shape: &Shape, value: &Value) {
        for (rule, constraint) in violated(shape, value) {
            self.report(Some(shape), value, rule, constraint);
        }
        match (&shape.kind, value) {
            (Kind::Structure { members, .. }, Value::Map(given)) => self.structure(members, given),
            (Kind::List { element, .. }, Value::List(elements)) => {
                self.list(shape, *element, value, elements)
            }
            (Kind::Map { key, value: of, .. }, Value::Map(entries)) => {
                self.map(shape, (*key, *of), value, entries);
            }
            _ => {}
        }
    }

    fn structure(&mut self, members: &[Member], given: &BTreeMap<String, Value>) {
        for member in members {
            self.path.push(lower_first(member.name));
            match given.get(member.name) {
                None | Some(Value::Null) if member.is_required => {
                    self.report(None, &Value::Null, Rule::Required, NOT_NULL.to_owned());
                }
                None | Some(Value::Null) => {}
                Some(value) => {
                    let shape = self.service.shape(member.shape);
                    if let (false, Value::Text(text)) = (member.values.is_empty(), value)
                        && !member.values.contains(text)
                    {
                        let constraint = enum_constraint(&member.values);
                        self.report(Some(shape), value, Rule::Enum, constraint);
                    }
                    self.check(shape, value);
                }
            }
            self.path.pop();
        }
    }

    /// Simple elements are reported with the whole list, structures by the path to their member.
    fn list(&mut self, shape: &Shape, element: ShapeId, value: &Value, elements: &[Value]) {
        let element = self.service.shape(element);
        if is_simple(element) {
            if elements
                .iter()
                .any(|given| !violated(element, given).is_empty())
            {
                let mut all = all_constraints(element);
                if !NULL_ELEMENTS.contains(&(self.service.name, shape.name)) {
                    all.push(NOT_NULL.to_owned());
                }
                let all = all.join(", ");
                self.report(
                    Some(shape),
                    value,
                    Rule::Elements,
                    format!("Member must satisfy constraint: [{all}]"),
                );
            }
            return;
        }
        for (position, given) in elements.iter().enumerate() {
            self.path.push(format!("{}.member", position + 1));
            self.check(element, given);
            self.path.pop();
        }
    }

    fn map(
        &mut self,
        shape: &Shape,
        (key, of): (ShapeId, ShapeId),
        value: &Value,
        entries: &BTreeMap<String, Value>,
    ) {
        let (key, of) = (self.service.shape(key), self.service.shape(of));
        if entries
            .keys()
            .any(|name| !violated(key, &Value::from(name.as_str())).is_empty())
        {
            let all = all_constraints(key).join(", ");
            self.report(
                Some(shape),
                value,
                Rule::Elements,
                format!("Map keys must satisfy constraint: [{all}]"),
            );
        }
        if is_simple(of) {
            let may_be_null = NULL_VALUES.contains(&(self.service.name, shape.name));
            let breaks = |given: &Value| {
                let is_taken = may_be_null && *given == Value::Null;
                !is_taken && !violated(of, given).is_empty()
            };
            if entries.values().any(breaks) {
                let mut all = all_constraints(of);
                all.push(NOT_NULL.to_owned());
                let all = all.join(", ");
                self.report(
                    Some(shape),
                    value,
                    Rule::Elements,
                    format!("Map value must satisfy constraint: [{all}]"),
                );
            }
            return;
        }
        for (name, given) in entries {
            self.path.push(format!("{name}.member"));
            self.check(of, given);
            self.path.pop();
        }
    }

    fn report(&mut self, shape: Option<&Shape>, value: &Value, rule: Rule, constraint: String) {
        if self.violations.len() >= VIOLATIONS_MAX {
            return;
        }
        let is_empty = match value {
            Value::List(elements) => elements.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            _ => false,
        };
        let is_secret = !is_empty && shape.is_some_and(|shape| self.is_secret(shape));
        self.violations.push(Violation {
            at: self.path.join("."),
            value: (!is_secret).then(|| printed(value, true)),
            constraint,
            rule,
        });
    }
}

impl Checker {
    /// Whether a value is not repeated: a secret, a collection of secrets, or one of structures,
    /// which may hold some.
    fn is_secret(&self, shape: &Shape) -> bool {
        let part = match &shape.kind {
            Kind::List { element, .. } => self.service.shape(*element),
            Kind::Map { value, .. } => self.service.shape(*value),
            _ => return shape.is_sensitive,
        };
        shape.is_sensitive || part.is_sensitive || !is_simple(part)
    }
}

/// Whether a shape has no parts.
fn is_simple(shape: &Shape) -> bool {
    !matches!(
        shape.kind,
        Kind::Structure { .. } | Kind::List { .. } | Kind::Map { .. }
    )
}

/// What a value is measured by: the number itself, or a length.
fn measure(value: &Value) -> Option<(f64, &'static str)> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "lengths and bounds are far below 2^53"
    )]
    Some(match value {
        Value::Text(text) => (text.chars().count() as f64, "length"),
        Value::Blob(bytes) => (bytes.len() as f64, "length"),
        Value::List(elements) => (elements.len() as f64, "length"),
        Value::Map(entries) => (entries.len() as f64, "length"),
        Value::Integer(number) => (*number as f64, "value"),
        Value::Float(number) => (*number, "value"),
        Value::Null | Value::Bool(_) | Value::Timestamp(_) => return None,
    })
}

/// The constraints of its own shape that a value does not satisfy, in AWS's words.
fn violated(shape: &Shape, value: &Value) -> Vec<(Rule, String)> {
    let bounds = &shape.bounds;
    if *value == Value::Null {
        return vec![(Rule::Required, NOT_NULL.to_owned())];
    }
    let mut found = Vec::new();
    if let Some((size, what)) = measure(value) {
        found.extend(
            bounds
                .max
                .filter(|max| size > *max)
                .map(|max| (Rule::Max, at_most(what, shape, max))),
        );
        found.extend(
            bounds
                .min
                .filter(|min| size < *min)
                .map(|min| (Rule::Min, at_least(what, shape, min))),
        );
    }
    if let Value::Text(text) = value {
        if bounds.regex().is_some_and(|regex| !regex.is_match(text)) {
            found.extend(pattern_constraint(bounds).map(|text| (Rule::Pattern, text)));
        }
        if !bounds.values.is_empty() && !bounds.values.contains(text) {
            found.push((Rule::Enum, enum_constraint(&bounds.values)));
        }
    }
    found
}

/// All constraints of a simple shape, as AWS lists them for elements.
fn all_constraints(shape: &Shape) -> Vec<String> {
    let bounds = &shape.bounds;
    let what = match shape.kind {
        Kind::Integer | Kind::Long | Kind::Float => "value",
        _ => "length",
    };
    let mut all = Vec::new();
    all.extend(bounds.max.map(|max| at_most(what, shape, max)));
    all.extend(bounds.min.map(|min| at_least(what, shape, min)));
    all.extend(pattern_constraint(bounds));
    if !bounds.values.is_empty() {
        all.push(enum_constraint(&bounds.values));
    }
    all
}

fn at_most(what: &str, shape: &Shape, max: f64) -> String {
    let max = bound(shape, max);
    format!("Member must have {what} less than or equal to {max}")
}

fn at_least(what: &str, shape: &Shape, min: f64) -> String {
    let min = bound(shape, min);
    format!("Member must have {what} greater than or equal to {min}")
}

/// A bound as Java prints it: that of a floating-point number has a fraction (`1.0`).
fn bound(shape: &Shape, bound: f64) -> String {
    match shape.kind {
        Kind::Float => format!("{bound:?}"),
        _ => bound.to_string(),
    }
}

fn pattern_constraint(bounds: &Bounds) -> Option<String> {
    let pattern = bounds.pattern.as_deref()?;
    Some(format!(
        "Member must satisfy regular expression pattern: {pattern}"
    ))
}

/// AWS lists the values in an order of its own; here it is the model's (unverified).
fn enum_constraint(values: &[String]) -> String {
    format!(
        "Member must satisfy enum value set: [{}]",
        values.join(", ")
    )
}

/// `RoleSessionName` -> `roleSessionName`.
fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(characters).collect()
    })
}

/// A value as Java prints it. How AWS prints structures inside lists is unverified.
fn printed(value: &Value, is_outermost: bool) -> String {
    let bare = match value {
        Value::Null => return "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!(
            "java.nio.HeapByteBuffer[pos=0 lim={0} cap={0}]",
            bytes.len()
        ),
        Value::Timestamp(instant) => instant.to_string(),
        Value::List(elements) => {
            let parts: Vec<String> = elements
                .iter()
                .map(|element| printed(element, false))
                .collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Map(entries) => {
            let parts: Vec<String> = entries
                .iter()
                .map(|(name, value)| format!("{name}={}", printed(value, false)))
                .collect();
            format!("{{{}}}", parts.join(", "))
        }
    };
    if is_outermost {
        format!("'{bare}'")
    } else {
        bare
    }
}
