//! From tree to text.
//!
//! - [`block`]: texts, conditions, loops, assignments; [`evaluate`]: expressions and references.
//! - [`root`]: `$context`, `$stageVariables`, the body, the parameters, each made when it is first asked
//!   for.
//! - [`overrides`]: what a template overrode.

mod block;
mod evaluate;
mod overrides;
mod root;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use regex::Regex;

use self::block::Exit;
use crate::error::RenderProblem;
use crate::limit::RENDER_DEPTH_MAX;
use crate::pattern::Extent;
use crate::template::{Rendered, Scope, Template};
use crate::value::{Heap, Id, Key, Value};

/// The state of a loop.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// Which round it is, from 0.
    pub index: usize,
    /// How many there are.
    pub count: usize,
}

/// One rendering.
#[derive(Debug)]
pub struct Machine<'a> {
    template: &'a Template,
    scope: &'a Scope<'a>,
    /// Lists, maps, and what is left of steps and memory.
    pub heap: Heap,
    variables: Vec<Option<Value>>,
    /// The loops that are open.
    pub rounds: Vec<Round>,
    /// How often each block of `#define` is being printed.
    open: Vec<u8>,
    depth: usize,
    offset: usize,
    /// What a text or a block of `#define` ended with, to be taken up where it is read.
    exit: Option<Exit>,
    body: Option<Value>,
    body_text: Option<Value>,
    parameters: Option<Value>,
    context: Option<Id>,
    stage_variables: Option<Value>,
    /// The maps of overrides, by what they are called.
    override_maps: Vec<(Id, &'static str)>,
    overridden: HashSet<(Id, Key)>,
    /// The regular expressions of the template, compiled.
    pub patterns: HashMap<(Arc<str>, Extent), Regex>,
}

impl<'a> Machine<'a> {
    /// At the start of a template.
    pub fn new(template: &'a Template, scope: &'a Scope<'a>) -> Self {
        Self {
            template,
            scope,
            heap: Heap::new(),
            variables: vec![None; template.slot_count],
            rounds: Vec::new(),
            open: vec![0; template.blocks.len()],
            depth: 0,
            offset: 0,
            exit: None,
            body: None,
            body_text: None,
            parameters: None,
            context: None,
            stage_variables: None,
            override_maps: Vec::new(),
            overridden: HashSet::new(),
            patterns: HashMap::new(),
        }
    }

    /// The byte of the template that was read last.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Renders all of it.
    pub fn run(&mut self) -> Result<Rendered, RenderProblem> {
        let mut output = String::new();
        let template = self.template;
        self.block(&template.body, &mut output).map(drop)?;
        Ok(Rendered {
            output,
            overrides: self.overrides()?,
        })
    }

    fn enter(&mut self) -> Result<(), RenderProblem> {
        self.depth += 1;
        if self.depth > RENDER_DEPTH_MAX {
            return Err(RenderProblem::Depth);
        }
        self.heap.step(1)
    }
}
