//! What services may know of each other.
//!
//! No service names another's module: what others may read of it stands here, and they read it only.
//! The states of the services that many ask are kept here as one, so that a service's rules borrow
//! their own state and see these beside it; whoever changes one of them is that service itself.
//!
//! - [`document`]: how a document in JSON or YAML is read.
//! - [`draft`]: what an API is, and what a deployment of it was.
//! - [`gateway_name`]: how API Gateway names functions and log streams.
//! - [`issuer`]: which issuers an authorizer may have.
//! - [`pool`]: user pools by name.
//! - [`principal`]: resource policies when a user or role goes.

pub mod document;
pub mod draft;
pub mod gateway_name;
pub mod issuer;
pub mod pool;
pub mod principal;

pub use crate::iam::{Error as IamError, OidcProvider, Role, State as IamState, aws_managed};
pub use crate::kms::{EncryptionContext, Error as KeyError, via};
pub use crate::lambda::{FunctionName, Invocation, InvokeError, InvokedBy};
pub use crate::oam::ResourceType;
pub use crate::organizations::State as OrganizationsState;
pub use crate::sts::{Credentials, IssueSession};

/// Makes [`Shared`] of the crate's list of services.
macro_rules! shared {
    (
        shared { $($(#[$doc:meta])* $service:ident,)* }
        own { $($(#[$_doc:meta])* $_name:ident,)* }
    ) => {
        /// The states that others read.
        #[derive(Default)]
        pub struct Shared {
            $($(#[$doc])* pub $service: crate::$service::State,)*
        }
    };
}

services!(shared);

/// What the rules of a service see beside their own state. Those of the services whose state stands
/// here see what they need of it: each has a type of this kind of its own.
pub type Ctx<'a> = crate::operation::Ctx<'a, Shared>;
