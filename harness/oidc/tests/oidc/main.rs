//! The provider over real sockets, in one binary: one link, and tests that run side by side.

#![cfg(test)]

mod bench;
mod mint;
mod provider;
mod relay;
mod relying_party;
