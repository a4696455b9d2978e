//! REST APIs: what integrations are sent, and what becomes of their answers.

mod bench;
mod endpoint;
mod function;
mod mapping;
