//! Expressions and references.

use std::ops::ControlFlow;

use super::Machine;
use crate::error::RenderProblem;
use crate::syntax::tree::{Chain, Expression, Operator, Reference, Step};
use crate::value::number::{calculate, float};
use crate::value::{Key, ListKind, Value};

impl Machine<'_> {
    /// Whether a condition holds. Literals and sums never do: only references, `true`, and what compares.
    pub(super) fn holds(&mut self, expression: &Expression) -> Result<bool, RenderProblem> {
        self.enter()?;
        let holds = match expression {
            Expression::Reference(reference) => self.reference(reference)?.is_true(),
            Expression::Boolean(value) => *value,
            Expression::Not(inner) => !self.holds(inner)?,
            Expression::Chain(chain) => self.chain(chain)?.is_condition(),
            _ => false,
        };
        self.depth -= 1;
        Ok(holds)
    }

    /// What an expression stands for.
    pub(super) fn value(&mut self, expression: &Expression) -> Result<Value, RenderProblem> {
        self.enter()?;
        let value = match expression {
            Expression::Word => Value::Null,
            Expression::Boolean(value) => Value::Boolean(*value),
            Expression::Integer(value) => Value::Integer(*value),
            Expression::Float(value) => Value::Float(*value),
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Interpolated(block) => {
                let mut text = String::new();
                if let ControlFlow::Break(exit) = self.block(block, &mut text)? {
                    self.exit = Some(exit);
                }
                self.heap.written(text)
            }
            Expression::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.value(item)?);
                }
                self.heap.list(values, ListKind::Java)?
            }
            Expression::Map(entries) => {
                let id = self.heap.map()?;
                for (key, value) in entries {
                    let key = self.value(key)?;
                    let value = self.value(value)?;
                    let key = self.key(&key)?;
                    self.heap.put(id, key, value)?;
                }
                Value::Map(id)
            }
            Expression::Range(range) => match self.bounds(range)? {
                Some(bounds) => {
                    self.heap.take_members(bounds.count())?;
                    let numbers = bounds.numbers(usize::MAX);
                    self.heap.list(numbers, ListKind::Java)?
                }
                None => Value::Null,
            },
            Expression::Reference(reference) => self.reference(reference)?,
            Expression::Not(_) => Value::Boolean(self.holds(expression)?),
            Expression::Chain(chain) => self.chain(chain)?.value(),
        };
        self.depth -= 1;
        Ok(value)
    }

    /// The ends of a range; nothing unless both are whole numbers.
    pub(super) fn bounds(
        &mut self,
        range: &(Expression, Expression),
    ) -> Result<Option<Bounds>, RenderProblem> {
        Ok(match (self.value(&range.0)?, self.value(&range.1)?) {
            (Value::Integer(from), Value::Integer(to)) => Some(Bounds { from, to }),
            _ => None,
        })
    }

    /// Operators that bind alike, from the left.
    fn chain(&mut self, chain: &Chain) -> Result<Outcome, RenderProblem> {
        let is_logical = |operator: &Operator| matches!(operator, Operator::And | Operator::Or);
        if chain
            .rest
            .first()
            .is_some_and(|(operator, _)| is_logical(operator))
        {
            let mut holds = self.holds(&chain.first)?;
            for (operator, operand) in &chain.rest {
                self.heap.step(1)?;
                if holds == (*operator == Operator::Or) {
                    break;
                }
                holds = self.holds(operand)?;
            }
            return Ok(Outcome::Condition(holds));
        }
        let mut outcome = Outcome::Value(self.value(&chain.first)?);
        let mut source = Some(&chain.first);
        for (operator, operand) in &chain.rest {
            let right = self.value(operand)?;
            let left = outcome.value();
            outcome = match operator {
                Operator::Equal => Outcome::Condition(self.heap.equal(&left, &right)?),
                Operator::NotEqual => Outcome::Condition(!self.heap.equal(&left, &right)?),
                Operator::Less
                | Operator::LessOrEqual
                | Operator::Greater
                | Operator::GreaterOrEqual => Outcome::Condition(orders(*operator, &left, &right)),
                Operator::Add
                    if matches!(left, Value::Text(_)) || matches!(right, Value::Text(_)) =>
                {
                    let mut text = String::new();
                    self.operand(&left, source, &mut text)?;
                    self.operand(&right, Some(operand), &mut text)?;
                    Outcome::Value(self.heap.written(text))
                }
                _ => Outcome::Value(calculate(*operator, &left, &right)?),
            };
            source = None;
        }
        Ok(outcome)
    }

    /// Prints an operand of `+` with a text; a reference to nothing as it is written.
    fn operand(
        &mut self,
        value: &Value,
        source: Option<&Expression>,
        text: &mut String,
    ) -> Result<(), RenderProblem> {
        match (value, source) {
            (Value::Null, Some(Expression::Reference(reference))) => {
                self.heap.write(&reference.source, text)
            }
            (Value::Null, _) => self.heap.write("null", text),
            _ => self.print(value, text),
        }
    }

    /// What a reference refers to.
    pub(super) fn reference(&mut self, reference: &Reference) -> Result<Value, RenderProblem> {
        self.walk(reference, &reference.steps)
    }

    /// What is at the end of some steps of a reference.
    pub(super) fn walk(
        &mut self,
        reference: &Reference,
        way: &[Step],
    ) -> Result<Value, RenderProblem> {
        self.offset = reference.offset;
        let mut value = self.variable(reference.slot)?;
        for step in way {
            self.heap.step(1)?;
            if matches!(value, Value::Null) {
                break;
            }
            value = match step {
                Step::Property(name) => self.property(&value, name)?,
                Step::Index(index) => {
                    let index = self.value(index)?;
                    self.offset = reference.offset;
                    self.index(&value, &index)?
                }
                Step::Method(call) => {
                    let mut arguments = Vec::with_capacity(call.arguments.len());
                    for argument in &call.arguments {
                        arguments.push(self.value(argument)?);
                    }
                    self.offset = reference.offset;
                    let found = self.call(&value, call, &arguments)?;
                    found.unwrap_or(Value::Null)
                }
            };
        }
        Ok(value)
    }

    /// `[…]`.
    fn index(&mut self, value: &Value, index: &Value) -> Result<Value, RenderProblem> {
        Ok(match (value, index) {
            (Value::List(id), Value::Integer(_)) => {
                let at = self.place(*id, index, "get")?;
                self.heap.items(*id).get(at).cloned().unwrap_or(Value::Null)
            }
            (Value::Map(id), key) => {
                let key = self.key(key)?;
                self.heap.get(*id, &key).cloned().unwrap_or(Value::Null)
            }
            _ => Value::Null,
        })
    }

    /// Where an index points in a list; a negative one counts from the end.
    pub fn place(
        &self,
        id: usize,
        index: &Value,
        method: &'static str,
    ) -> Result<usize, RenderProblem> {
        let length = self.heap.items(id).len();
        let whole = match index {
            Value::Integer(index) => *index,
            _ => -1,
        };
        let length_whole = i128::try_from(length).unwrap_or(i128::MAX);
        let at = if whole < 0 {
            whole.saturating_add(length_whole)
        } else {
            whole
        };
        let at = usize::try_from(at).ok().filter(|at| *at < length);
        at.ok_or_else(|| RenderProblem::Method {
            method,
            reason: format!(
                "the list has {length} elements and not one at {whole}: ask `size()` first"
            ),
        })
    }

    /// The key that a value is in a map.
    pub fn key(&mut self, value: &Value) -> Result<Key, RenderProblem> {
        Ok(match value {
            Value::Null => Key::Null,
            Value::Boolean(value) => Key::Boolean(*value),
            Value::Integer(value) => Key::Integer(*value),
            other => {
                let text = self.shown(other)?;
                self.heap.look(&text)?;
                Key::Text(text)
            }
        })
    }

    /// What a value prints.
    pub fn shown(&mut self, value: &Value) -> Result<std::sync::Arc<str>, RenderProblem> {
        if let Value::Block(_) = value {
            let mut text = String::new();
            self.print(value, &mut text)?;
            return Ok(text.into());
        }
        self.heap.shown(value)
    }
}

/// The ends of a range, which may go down.
pub(super) struct Bounds {
    from: i128,
    to: i128,
}

impl Bounds {
    /// How many numbers there are.
    pub(super) fn count(&self) -> usize {
        let distance = usize::try_from(self.to.abs_diff(self.from));
        distance.unwrap_or(usize::MAX).saturating_add(1)
    }

    /// The first numbers, so many at most.
    pub(super) fn numbers(&self, most: usize) -> Vec<Value> {
        if self.from <= self.to {
            let numbers = self.from..=self.to;
            return numbers.take(most).map(Value::Integer).collect();
        }
        let numbers = (self.to..=self.from).rev();
        numbers.take(most).map(Value::Integer).collect()
    }
}

/// What came of operators: a condition is one, and a value too.
enum Outcome {
    Condition(bool),
    Value(Value),
}

impl Outcome {
    fn value(self) -> Value {
        match self {
            Self::Condition(holds) => Value::Boolean(holds),
            Self::Value(value) => value,
        }
    }

    fn is_condition(&self) -> bool {
        matches!(self, Self::Condition(true))
    }
}

/// Whether two numbers are in this order; nothing else has one.
fn orders(operator: Operator, left: &Value, right: &Value) -> bool {
    let order = match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        _ => float(left)
            .zip(float(right))
            .and_then(|(left, right)| left.partial_cmp(&right)),
    };
    order.is_some_and(|order| match operator {
        Operator::Less => order.is_lt(),
        Operator::LessOrEqual => order.is_le(),
        Operator::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}
