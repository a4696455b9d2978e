//! Models of bodies: JSON Schema, draft 4, as API Gateway has it.
//!
//! - [`node`]: a schema, compiled.
//! - [`compile`]: from documents that refer to each other. [`pattern`]: ECMA 262's patterns.
//! - [`check`]: whether a document fits. [`text`]: what is said where it does not.
//!
//! Keywords that draft 4 does not have say nothing, as the draft wants it; so does `format`, which it leaves
//! open. Source: API Gateway developer guide, `models-mappings-models.html`; JSON Schema: core definitions and
//! validation, draft 4.

mod check;
mod compile;
mod node;
mod pattern;
mod text;

use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use check::Checker;
use compile::Compiler;
use node::{Node, NodeId};

/// The models of an API, which may refer to each other.
#[derive(Debug, Default)]
pub struct Schemas {
    nodes: Vec<Node>,
    /// By name: where a model begins, or why it is none.
    roots: BTreeMap<String, Result<NodeId, SchemaError>>,
}

/// Why a model cannot be held against bodies.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SchemaError {
    /// There is no such model.
    #[error("the model `{0}`, which is not there: create it and deploy again")]
    NoModel(String),
    /// It refers to what is not there.
    #[error("models that refer to `{0}`, where nothing is: refer to a model of the API by its URL")]
    Reference(String),
    /// A keyword has a value that it cannot have.
    #[error("models in which `{keyword}` is `{value}`: give what draft 4 has for it")]
    Keyword {
        /// The keyword.
        keyword: &'static str,
        /// Its value.
        value: String,
    },
    /// A pattern that the lab does not read.
    #[error("models with the pattern `{0}`: give one without look-around and back references")]
    Pattern(String),
}

impl Schemas {
    /// Compiles models by name. One that is no schema refuses those that refer to it, and no others.
    pub fn compile(models: &BTreeMap<String, Value>) -> Self {
        let mut compiler = Compiler::new(models);
        let roots = models.keys().map(|name| {
            let root = compiler.model(name);
            (name.clone(), root)
        });
        let roots = roots.collect();
        Self {
            roots,
            nodes: compiler.nodes(),
        }
    }

    /// What is wrong with a document, in the words of API Gateway's validator; nothing where it fits.
    ///
    /// # Errors
    /// The model is none.
    pub fn check(&self, model: &str, document: &Value) -> Result<Vec<String>, SchemaError> {
        let missing = || SchemaError::NoModel(model.to_owned());
        let root = self.roots.get(model).ok_or_else(missing)?.clone()?;
        Ok(Checker::new(&self.nodes).check(root, document))
    }
}

#[cfg(test)]
mod tests;
