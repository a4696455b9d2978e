//! What the parts of an API may be, and how they are made, changed and taken away.
//!
//! - [`api`]: the API itself, and its resource policy.
//! - [`access_log`]: where access logs go.
//! - [`tree`]: the tree of resources.
//! - [`method`]: methods and their responses.
//! - [`integration`]: integrations and their responses.
//! - [`model`]: models, request validators, gateway responses.
//! - [`authorizer`]: functions, user pools and tokens that authorize.
//! - [`stage`]: deployments and stages.
//! - [`usage`]: API keys and usage plans.
//! - [`domain`]: VPC links, domain names, base path mappings.
//! - [`documentation`]: parts and versions of the documentation.
//! - [`association`]: VPC endpoints from which private domain names are reached.
//! - [`key_file`]: the file of ImportApiKeys.
//! - [`template`]: the template of a model.
//! - [`mapping`]: expressions that say where a parameter goes to and comes from.
//! - `common`: what more than one of them asks for.

pub mod access_log;
pub mod api;
pub mod association;
pub mod authorizer;
mod common;
pub mod documentation;
pub mod domain;
pub mod integration;
pub mod key_file;
pub mod mapping;
pub mod method;
pub mod model;
pub mod stage;
pub mod template;
pub mod tree;
pub mod usage;

pub use common::check_tags;
use common::{check_enum, check_role};
