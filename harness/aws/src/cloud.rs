//! Every service's state.
//!
//! Each is keyed by scope as that service needs, so that an operation can cross accounts. One lock
//! holds the whole; it is never held across an await.

use crate::operation::Call;
use crate::shared::{Ctx, Shared};
use crate::{apigateway, kms, lambda, oam};

/// Makes the [`Cloud`] of the crate's list of services: a state each, and what lends it with the call's
/// context and a view of what is shared.
macro_rules! cloud {
    (
        shared { $($(#[$_doc:meta])* $_name:ident,)* }
        own { $($(#[$doc:meta])* $service:ident,)* }
    ) => {
        /// The state of every simulated service of a lab.
        #[derive(Default)]
        pub struct Cloud {
            /// What other services read too.
            pub shared: Shared,
            $($(#[$doc])* pub $service: crate::$service::State,)*
        }

        impl Cloud {
            $(
                /// The service's state, and its view of the others.
                pub fn $service<'a>(
                    &'a mut self,
                    call: &'a Call,
                ) -> (&'a mut crate::$service::State, Ctx<'a>) {
                    (&mut self.$service, Ctx::of(call, &self.shared))
                }
            )*
        }
    };
}

services!(cloud);

impl Cloud {
    /// Keys, and who is who.
    pub fn kms<'a>(&'a mut self, call: &'a Call) -> (&'a mut kms::State, kms::Ctx<'a>) {
        let Shared { kms, iam, .. } = &mut self.shared;
        (kms, kms::Ctx::of(call, iam))
    }

    /// Sinks and links, and which account belongs where.
    pub fn oam<'a>(&'a mut self, call: &'a Call) -> (&'a mut oam::State, oam::Ctx<'a>) {
        let Shared {
            oam, organizations, ..
        } = &mut self.shared;
        (oam, oam::Ctx::of(call, organizations))
    }

    /// Empties everything but the closures: they are code, and functions that are made again run them. What
    /// is used of quotas is the gateway's to forget.
    pub fn reset(&mut self) {
        let lambda = lambda::State::new(self.lambda.closures().clone());
        let apigateway = apigateway::State::counting(self.apigateway.quotas());
        *self = Self {
            lambda,
            apigateway,
            ..Self::default()
        };
    }

    /// What was named `from` in the resource policies of all services is now called `to`: the unique
    /// id of a user or role that was deleted, or the new ARN of one that was renamed (see
    /// [`crate::shared::principal`]).
    pub fn principal_is_now(&mut self, from: &str, to: &str) {
        self.lambda.rename_principal(from, to);
        self.logs.rename_principal(from, to);
        self.shared.oam.rename_principal(from, to);
        self.secretsmanager.rename_principal(from, to);
    }
}
