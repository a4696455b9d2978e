//! IAM: who exists in an account, and what their policies say.
//!
//! Simulated: roles, also those of services, users and their access keys, groups, instance profiles,
//! virtual MFA devices (with codes on the lab's clock), passwords and credentials of single services
//! (kept, nothing takes them), inline and managed policies with versions, permissions boundaries,
//! tags, OpenID Connect providers, the account's alias and password policy, and the policies of AWS
//! that [`aws_managed`] holds. A trust policy keeps the unique ids of the users and roles that it names,
//! so that deleting and recreating one breaks the trust (IAM user guide,
//! `reference_policies_elements_principal.html`); it shows them as ARNs while they live.
//!
//! Deliberately not: SAML providers, server and signing certificates, SSH keys, hardware MFA
//! devices and passkeys, reports, partitions beside `aws`, and eventual consistency.
//!
//! - [`entity`]: what there is: [`Role`], [`User`], [`ManagedPolicy`], [`OidcProvider`].
//! - [`state`]: [`State`], and what authorization asks of it.
//! - [`role`], [`service_linked`], [`user`], [`group`], [`policy`], [`grant`], [`provider`],
//!   [`instance_profile`], [`mfa`], [`credential`], [`account`]: the rules, by what they are about.
//! - [`administrator`]: the user that a lab begins with.
//! - [`trust`]: principals of trust policies, saved and shown.
//! - [`simulate`]: SimulateCustomPolicy and SimulatePrincipalPolicy.
//! - [`ops`]: decode, call, encode; the table of operations.

pub mod account;
pub mod administrator;
pub mod aws_managed;
pub mod certificate;
pub mod credential;
pub mod entity;
pub mod error;
mod fault;
pub mod grant;
pub mod group;
pub mod instance_profile;
pub mod mfa;
pub mod ops;
pub mod policy;
pub mod provider;
pub mod role;
pub mod service_linked;
pub mod simulate;
pub mod state;
pub mod trust;
pub mod user;

#[cfg(test)]
mod tests;

pub use administrator::ADMINISTRATOR;
pub use entity::{
    AccessKey, Grants, Group, InstanceProfile, LastUsed, LoginProfile, ManagedPolicy, MfaDevice,
    OidcProvider, Owner, PasswordPolicy, PolicyVersion, Role, ServiceCredential, User,
};
pub use error::Error;
pub use ops::SERVICE;
pub use state::State;
