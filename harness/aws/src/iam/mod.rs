//! IAM: who exists in an account, and what their policies say.
//!
//! Simulated: roles, users and their access keys, inline and managed policies with versions,
//! permissions boundaries, tags, OpenID Connect providers, and the policies of AWS that
//! [`aws_managed`] lists. A trust policy keeps the unique ids of the users and roles that it names,
//! so that deleting and recreating one breaks the trust (IAM user guide,
//! `reference_policies_elements_principal.html`); it shows them as ARNs while they live.
//!
//! Deliberately not: groups, instance profiles, SAML providers, server certificates, login
//! profiles, MFA devices, account settings, and eventual consistency.
//!
//! - [`entity`]: what there is: [`Role`], [`User`], [`ManagedPolicy`], [`OidcProvider`].
//! - [`state`]: [`State`], and what authorization asks of it.
//! - [`role`], [`user`], [`policy`], [`grant`], [`provider`]: the rules, by what they are about.
//! - [`administrator`]: the user that a lab begins with.
//! - [`trust`]: principals of trust policies, saved and shown.
//! - [`simulate`]: SimulateCustomPolicy and SimulatePrincipalPolicy.
//! - [`ops`]: decode, call, encode; the table of operations.

pub mod administrator;
pub mod aws_managed;
pub mod entity;
pub mod error;
pub mod grant;
pub mod ops;
pub mod policy;
pub mod provider;
pub mod role;
pub mod simulate;
pub mod state;
pub mod trust;
pub mod user;

#[cfg(test)]
mod tests;

pub use administrator::ADMINISTRATOR;
pub use entity::{
    AccessKey, Grants, ManagedPolicy, OidcProvider, Owner, PolicyVersion, Role, User,
};
pub use error::Error;
pub use ops::SERVICE;
pub use state::State;
