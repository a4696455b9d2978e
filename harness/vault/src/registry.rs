//! The secrets engines and auth methods by the name of their type: those that are simulated, and those
//! of Vault that are known and are not.

use crate::auth;
use crate::engine::{Engine, Options};
use crate::flavour::Flavour;
use crate::response::Fault;
use crate::secret;

/// Makes an engine.
type Make = fn(kind: &str, options: &Options) -> Result<Box<dyn Engine>, Fault>;

/// What is mounted how.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// A secrets engine.
    Secret,
    /// An auth method.
    Auth,
}

/// A type of engine or method.
pub(crate) struct Kind {
    /// The type as clients name it.
    pub(crate) name: &'static str,
    pub(crate) class: Class,
    /// Whether the catalog of plugins has it, and not only another name of it.
    in_catalog: bool,
    pub(crate) make: Make,
}

const fn engine(name: &'static str, make: Make) -> Kind {
    Kind {
        name,
        class: Class::Secret,
        in_catalog: true,
        make,
    }
}

const fn method(name: &'static str, make: Make) -> Kind {
    Kind {
        class: Class::Auth,
        ..engine(name, make)
    }
}

const fn another_name(kind: Kind) -> Kind {
    Kind {
        in_catalog: false,
        ..kind
    }
}

/// What can be mounted.
const KINDS: &[Kind] = &[
    engine("kv", secret::kv),
    another_name(engine("generic", secret::kv)),
    method("approle", auth::approle::make),
    method("aws", auth::aws::make),
    method("jwt", auth::jwt::make),
    method("oidc", auth::jwt::make),
    method("userpass", auth::userpass::make),
    #[cfg(test)]
    another_name(engine("leasing", crate::leasing::make)),
];

/// The engines and methods of Vault that are known and not simulated: mounting one says so.
const NOT_SIMULATED: &[&str] = &[
    "database",
    "transit",
    "pki",
    "ssh",
    "totp",
    "aws",
    "azure",
    "gcp",
    "consul",
    "nomad",
    "rabbitmq",
    "ldap",
    "kubernetes",
    "cert",
    "kerberos",
    "radius",
    "github",
    "okta",
    "terraform",
    "transform",
    "kmip",
    "mongodbatlas",
    "alicloud",
    "oci",
    "cf",
    "saml",
];

/// The type of that name.
///
/// # Errors
/// There is none: 501 where Vault has one, and 400 where it has none either.
pub(crate) fn find(class: Class, name: &str) -> Result<&'static Kind, Fault> {
    let found = KINDS
        .iter()
        .find(|kind| kind.class == class && kind.name == name);
    found.ok_or_else(|| {
        if !NOT_SIMULATED.contains(&name) {
            return Fault::invalid(format!("plugin not found in the catalog: {name}"));
        }
        Fault::not_simulated(format!(
            "`{name}` is not simulated by authlab: no mount was made. Use one of {}, or the auth \
             methods {}",
            names(Class::Secret).join(", "),
            names(Class::Auth).join(", ")
        ))
    })
}

fn names(class: Class) -> Vec<&'static str> {
    let kinds = KINDS.iter().filter(|kind| kind.class == class);
    kinds.map(|kind| kind.name).collect()
}

/// The names in the catalog of plugins, in their order.
pub(crate) fn catalog(class: Class, flavour: Flavour) -> Vec<&'static str> {
    let listed = KINDS.iter().filter(|kind| {
        let aws = kind.name == "aws" && !flavour.core().catalog_has_aws;
        kind.class == class && kind.in_catalog && !aws
    });
    listed.map(|kind| kind.name).collect()
}
