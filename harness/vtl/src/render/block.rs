//! Texts, conditions, loops, assignments.

use std::ops::ControlFlow;

use super::{Machine, Round};
use crate::error::RenderProblem;
use crate::limit::{DEFINE_DEPTH_MAX, ITERATION_COUNT_MAX};
use crate::syntax::tree::{Block, Expression, Foreach, Node, Printed, Reference, Step};
use crate::value::Value;
use crate::value::print::Place;

/// What ends blocks before their end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// `#break`: of the loop that is so many loops deep, or of the template.
    Break(usize),
    /// `#stop`: of the template.
    Stop,
}

/// What a loop goes through.
struct Elements {
    /// The elements of a list, the values of a map, or the numbers of a range as far as a loop may go.
    items: Vec<Value>,
    /// How many there are.
    count: usize,
    /// The list or the map.
    source: Option<Value>,
}

/// Whether a block goes on.
type Flow = ControlFlow<Exit>;

impl Machine<'_> {
    /// Renders a block.
    pub(super) fn block(
        &mut self,
        block: &Block,
        output: &mut String,
    ) -> Result<Flow, RenderProblem> {
        self.enter()?;
        let mut flow = Flow::Continue(());
        for node in &block.0 {
            flow = self.node(node, output)?;
            if flow.is_break() {
                break;
            }
        }
        self.depth -= 1;
        Ok(flow)
    }

    fn node(&mut self, node: &Node, output: &mut String) -> Result<Flow, RenderProblem> {
        let flow = self.flow(node, output)?;
        Ok(self.exit.take().map_or(flow, Flow::Break))
    }

    fn flow(&mut self, node: &Node, output: &mut String) -> Result<Flow, RenderProblem> {
        self.heap.step(1)?;
        match node {
            Node::Text(text) => self.heap.write(text, output)?,
            Node::Reference(printed) => self.printed(printed, output)?,
            Node::Set(target, value) => self.set(target, value)?,
            Node::If(branches, otherwise) => {
                for (condition, block) in branches {
                    let holds = self.holds(condition)?;
                    if self.exit.is_some() {
                        return Ok(Flow::Continue(()));
                    }
                    if holds {
                        return self.block(block, output);
                    }
                }
                return self.block(otherwise, output);
            }
            Node::Foreach(foreach) => return self.foreach(foreach, output),
            Node::Define(variable, number) if variable.is_plain => {
                self.assign(variable.slot, Some(Value::Block(*number)));
            }
            Node::Define(..) => {}
            Node::Break(which) => {
                let depth = match which.as_ref().map(|which| self.value(which)) {
                    Some(Ok(Value::Loop(depth))) => depth,
                    Some(Err(problem)) => return Err(problem),
                    _ => self.rounds.len(),
                };
                return Ok(Flow::Break(Exit::Break(depth)));
            }
            Node::Stop => return Ok(Flow::Break(Exit::Stop)),
        }
        Ok(Flow::Continue(()))
    }

    fn printed(&mut self, printed: &Printed, output: &mut String) -> Result<(), RenderProblem> {
        let value = self.reference(&printed.reference)?;
        self.heap.write(&printed.before, output)?;
        if printed.is_escaped {
            // A backslash escapes what is there; before anything else it is text.
            if matches!(value, Value::Null) {
                self.heap.write("\\", output)?;
            }
            return self.heap.write(&printed.reference.source, output);
        }
        self.print(&value, output)
    }

    /// Prints a value; a block is rendered.
    pub fn print(&mut self, value: &Value, output: &mut String) -> Result<(), RenderProblem> {
        let Value::Block(number) = value else {
            return self.heap.print(value, output, Place::Text);
        };
        let template = self.template;
        let Some(block) = template.blocks.get(*number) else {
            return Ok(());
        };
        match self.open.get_mut(*number) {
            Some(open) if *open < DEFINE_DEPTH_MAX => *open += 1,
            _ => return Ok(()),
        }
        if let Flow::Break(Exit::Stop) = self.block(block, output)? {
            self.exit = Some(Exit::Stop);
        }
        if let Some(open) = self.open.get_mut(*number) {
            *open -= 1;
        }
        Ok(())
    }

    fn foreach(&mut self, foreach: &Foreach, output: &mut String) -> Result<Flow, RenderProblem> {
        self.offset = foreach.offset;
        let Some(elements) = self.elements(&foreach.list)? else {
            return Ok(Flow::Continue(()));
        };
        let count = elements.count;
        self.heap.step(elements.items.len())?;
        let before = self.variables.get(foreach.variable).cloned().flatten();
        self.rounds.push(Round { index: 0, count });
        let mut flow = Flow::Continue(());
        for (index, item) in elements.items.into_iter().enumerate() {
            if index >= ITERATION_COUNT_MAX {
                self.offset = foreach.offset;
                return Err(RenderProblem::Iterations);
            }
            let source = elements.source.as_ref();
            let length = source.map_or(count, |source| self.length(source));
            if length == index {
                break;
            }
            if length != count {
                self.offset = foreach.offset;
                return Err(RenderProblem::Changed);
            }
            if let Some(round) = self.rounds.last_mut() {
                round.index = index;
            }
            self.assign(foreach.variable, Some(item));
            flow = self.block(&foreach.body, output)?;
            if flow.is_break() {
                break;
            }
        }
        let depth = self.rounds.len();
        self.rounds.pop();
        self.assign(foreach.variable, before);
        Ok(match flow {
            Flow::Break(Exit::Break(which)) if which >= depth => Flow::Continue(()),
            flow => flow,
        })
    }

    /// What a loop goes through; nothing where that cannot be gone through.
    fn elements(&mut self, list: &Expression) -> Result<Option<Elements>, RenderProblem> {
        if let Expression::Range(range) = list {
            let bounds = self.bounds(range)?;
            return Ok(bounds.map(|bounds| Elements {
                items: bounds.numbers(ITERATION_COUNT_MAX + 1),
                count: bounds.count(),
                source: None,
            }));
        }
        let source = self.value(list)?;
        let items: Vec<Value> = match source {
            Value::List(id) => self.heap.items(id).to_vec(),
            Value::Map(id) => {
                let entries = self.heap.entries(id).iter();
                entries.map(|(_, value)| value.clone()).collect()
            }
            _ => return Ok(None),
        };
        Ok(Some(Elements {
            count: items.len(),
            items,
            source: Some(source),
        }))
    }

    /// How many elements a list or a map has now.
    fn length(&self, value: &Value) -> usize {
        match value {
            Value::List(id) => self.heap.items(*id).len(),
            Value::Map(id) => self.heap.entries(*id).len(),
            _ => 0,
        }
    }

    fn assign(&mut self, slot: usize, value: Option<Value>) {
        if let Some(variable) = self.variables.get_mut(slot) {
            *variable = value;
        }
    }

    /// `#set`. What has no value is not assigned: the variable keeps the one that it has.
    fn set(&mut self, target: &Reference, value: &Expression) -> Result<(), RenderProblem> {
        self.offset = target.offset;
        let value = self.value(value)?;
        if matches!(value, Value::Null) || self.exit.is_some() {
            return Ok(());
        }
        let Some((last, way)) = target.steps.split_last() else {
            if target.is_plain {
                self.assign(target.slot, Some(value));
            }
            return Ok(());
        };
        let container = self.walk(target, way)?;
        let key = match last {
            Step::Property(name) => Value::Text(name.clone()),
            Step::Index(index) => self.value(index)?,
            Step::Method(_) => return Ok(()),
        };
        self.offset = target.offset;
        match (container, key) {
            (Value::Map(id), key) => self.put(id, &key, value).map(drop),
            (Value::List(id), key @ Value::Integer(_)) => {
                let at = self.place(id, &key, "set")?;
                self.heap.replace(id, at, value);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
