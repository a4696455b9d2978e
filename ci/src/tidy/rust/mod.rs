//! What the tree's Rust says of itself without a compiler: tokens, modules, who needs whom.
//!
//! - [`token`]: source as words, texts and signs.
//! - [`shipped`]: the tokens that are of no test.
//! - [`read`]: the tokens of one file as a module.
//! - [`module`]: the modules of one crate.
//! - [`circle`]: which file needs which, and the circles among them.

pub mod circle;
mod module;
mod read;
pub mod shipped;
pub mod token;
