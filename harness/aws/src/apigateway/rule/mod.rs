//! What the parts of an API may be, and how they are made, changed and taken away.
//!
//! - [`api`]: the API itself, and its resource policy.
//! - [`tree`]: the tree of resources.
//! - [`method`]: methods and their responses.
//! - [`integration`]: integrations and their responses.
//! - [`model`]: models, request validators, gateway responses.
//! - [`authorizer`]: functions, user pools and tokens that authorize.
//! - [`stage`]: deployments and stages.
//! - [`usage`]: API keys and usage plans.
//! - [`domain`]: VPC links, domain names, base path mappings.

pub mod api;
pub mod authorizer;
pub mod domain;
pub mod integration;
pub mod method;
pub mod model;
pub mod stage;
pub mod tree;
pub mod usage;
