//! Whether a filter takes a value.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::filter::{Comparison, Filter, Operand};
use super::select::length_of;
use crate::error::RenderProblem;
use crate::value::number::float;
use crate::value::{Heap, Value};

impl Filter {
    pub(super) fn holds(
        &self,
        heap: &Heap,
        here: &Value,
        root: &Value,
    ) -> Result<bool, RenderProblem> {
        heap.step(1)?;
        match self {
            Self::Any(filters) => {
                for filter in filters {
                    if filter.holds(heap, here, root)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::All(filters) => {
                for filter in filters {
                    if !filter.holds(heap, here, root)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Not(filter) => Ok(!filter.holds(heap, here, root)?),
            Self::Exists(Operand::Here(path)) => Ok(path.find(heap, here, root)?.is_some()),
            Self::Exists(Operand::Root(path)) => Ok(path.find(heap, root, root)?.is_some()),
            Self::Exists(operand) => Ok(matches!(operand, Operand::Boolean(true))),
            Self::Compare(left, comparison, right) => {
                let at = Point { heap, here, root };
                at.compare(left, *comparison, right)
            }
        }
    }
}

/// Where a comparison is made.
struct Point<'a> {
    heap: &'a Heap,
    here: &'a Value,
    root: &'a Value,
}

impl Point<'_> {
    /// The value of an operand: nothing where a path means no place. Lists have none.
    fn value(&self, operand: &Operand) -> Result<Option<Value>, RenderProblem> {
        Ok(Some(match operand {
            Operand::Here(path) => return path.find(self.heap, self.here, self.root),
            Operand::Root(path) => return path.find(self.heap, self.root, self.root),
            Operand::Null => Value::Null,
            Operand::Boolean(value) => Value::Boolean(*value),
            Operand::Integer(value) => Value::Integer(*value),
            Operand::Float(value) => Value::Float(*value),
            Operand::Text(text) => Value::Text(text.clone()),
            Operand::List(_) | Operand::Pattern(_) => return Ok(None),
        }))
    }

    /// The elements of an operand that is a list.
    fn items(&self, operand: &Operand) -> Result<Option<Cow<'_, [Value]>>, RenderProblem> {
        if let Operand::List(operands) = operand {
            let mut items = Vec::with_capacity(operands.len());
            for operand in operands {
                items.extend(self.value(operand)?);
            }
            return Ok(Some(Cow::Owned(items)));
        }
        Ok(match self.value(operand)? {
            Some(Value::List(id)) => Some(Cow::Borrowed(self.heap.items(id))),
            _ => None,
        })
    }

    fn compare(
        &self,
        left: &Operand,
        comparison: Comparison,
        right: &Operand,
    ) -> Result<bool, RenderProblem> {
        let value = self.value(left)?;
        match comparison {
            Comparison::Equal => self.equal(left, right),
            Comparison::NotEqual => Ok(!self.equal(left, right)?),
            Comparison::Less
            | Comparison::LessOrEqual
            | Comparison::Greater
            | Comparison::GreaterOrEqual => {
                let order = match (value, self.value(right)?) {
                    (Some(left), Some(right)) => order(&left, &right),
                    _ => None,
                };
                Ok(order.is_some_and(|order| comparison.takes(order)))
            }
            Comparison::Matches => {
                let (Some(Value::Text(text)), Operand::Pattern(pattern)) = (value, right) else {
                    return Ok(false);
                };
                self.heap.look(&text)?;
                Ok(pattern.is_match(&text))
            }
            Comparison::In | Comparison::NotIn => {
                let items = self.items(right)?.unwrap_or_default();
                let is_in = match value {
                    Some(value) => self.has(&items, &value)?,
                    None => false,
                };
                Ok(is_in == (comparison == Comparison::In))
            }
            Comparison::Contains => match (value, self.value(right)?) {
                (Some(Value::Text(text)), Some(Value::Text(part))) => {
                    self.heap.look(&text)?;
                    Ok(text.contains(&*part))
                }
                (Some(Value::List(id)), Some(part)) => self.has(self.heap.items(id), &part),
                _ => Ok(false),
            },
            Comparison::Size => {
                let length = value.and_then(|value| length_of(self.heap, &value));
                let right = self.value(right)?;
                Ok(length.zip(right).is_some_and(|(length, right)| {
                    order(&length, &right).is_some_and(Ordering::is_eq)
                }))
            }
            Comparison::Empty => {
                let length = value.and_then(|value| length_of(self.heap, &value));
                let is_empty = length.map(|length| matches!(length, Value::Integer(0)));
                let wanted = self.value(right)?;
                Ok(
                    matches!((is_empty, wanted), (Some(is), Some(Value::Boolean(wanted))) if is == wanted),
                )
            }
            Comparison::SubsetOf | Comparison::AnyOf | Comparison::NoneOf | Comparison::AllOf => {
                let (Some(left), Some(right)) = (self.items(left)?, self.items(right)?) else {
                    return Ok(false);
                };
                self.sets(&left, comparison, &right)
            }
        }
    }

    fn sets(
        &self,
        left: &[Value],
        comparison: Comparison,
        right: &[Value],
    ) -> Result<bool, RenderProblem> {
        let (asked, of) = match comparison {
            Comparison::AllOf => (right, left),
            _ => (left, right),
        };
        let mut count = 0;
        for value in asked {
            count += usize::from(self.has(of, value)?);
        }
        Ok(match comparison {
            Comparison::AnyOf => count > 0,
            Comparison::NoneOf => count == 0,
            _ => count == asked.len(),
        })
    }

    /// Whether a list has a value.
    fn has(&self, items: &[Value], value: &Value) -> Result<bool, RenderProblem> {
        for item in items {
            if self.is_same(item, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn equal(&self, left: &Operand, right: &Operand) -> Result<bool, RenderProblem> {
        if let (Some(left), Some(right)) = (self.items(left)?, self.items(right)?) {
            return Ok(left.len() == right.len() && self.sets(&left, Comparison::SubsetOf, &right)?);
        }
        match (self.value(left)?, self.value(right)?) {
            (Some(left), Some(right)) => self.is_same(&left, &right),
            _ => Ok(false),
        }
    }

    /// Numbers by what they mean, all else by type and content.
    fn is_same(&self, left: &Value, right: &Value) -> Result<bool, RenderProblem> {
        match (float(left), float(right)) {
            (Some(left), Some(right)) => Ok(left.total_cmp(&right).is_eq()),
            _ => self.heap.same(left, right, 0),
        }
    }
}

impl Comparison {
    /// Whether it takes this order of its sides.
    fn takes(self, order: Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            _ => order.is_ge(),
        }
    }
}

/// The order of two numbers or two texts.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        _ => float(left)?.partial_cmp(&float(right)?),
    }
}
