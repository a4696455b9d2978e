//! Pools, logins and tokens: as operations, and over HTTP where users sign nothing.

mod bench;
mod directory;
mod login;
mod oauth;
mod trigger;
