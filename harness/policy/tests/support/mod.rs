//! Generated cases and a naive evaluator of the rules, shared by the tests.

pub mod generate;
pub mod naive;
