//! The steps, by noun.
//!
//! - [`clock`], [`enforcement`], [`fault`], [`issuer`], [`session`]: what only the lab can do.
//! - [`token`], [`upstream`], [`api`], [`role`], [`organization`]: what a scenario
//!   prepares and does around the gateway and AWS's identities.
//! - [`user`], [`call`]: users of IAM, and any call at all; [`signing`]: how they are signed.
//! - [`function`], [`secret`], [`key`], [`vault`], [`observability`]: Lambda, Secrets Manager and its
//!   keys, Vault, metrics and their sharing.
//! - [`answer`]: what came back; [`verdict`]: of any call, and what is kept of it. [`explanation`]: which
//!   refusal it was; [`diagnosis`]: what caused it, and who can mend it. [`log`]: what was logged.
//! - [`argument`]: the table and the document under a step.

mod answer;
mod api;
mod argument;
mod call;
pub(crate) mod clock;
mod diagnosis;
pub(crate) mod enforcement;
mod explanation;
mod fault;
mod function;
mod issuer;
mod key;
mod log;
mod observability;
mod organization;
mod role;
mod secret;
mod session;
mod signing;
mod token;
mod upstream;
mod user;
mod vault;
mod verdict;
