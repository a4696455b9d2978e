//! Tokens: what they are, and where they are kept. Their endpoints are those of the auth method
//! [`crate::auth::token`].
//!
//! - [`entry`]: a token, and what a login gives. [`role`]: token roles.
//! - [`store`]: all tokens, found by a digest of their text.

pub(crate) mod entry;
pub(crate) mod role;
pub(crate) mod store;

pub(crate) use entry::{
    Auth, Entry, LoginAlias, TokenType, Type, sanitized, sanitized_keeping_root,
};
pub(crate) use store::Store;
