//! Every service's state.
//!
//! Each is keyed by scope as that service needs, so that an operation can cross accounts. One lock
//! holds the whole; it is never held across an await.

use crate::operation::Call;
use crate::shared::{Ctx, Shared};
use crate::{apigatewayv2, cloudwatch, kms, lambda, logs, oam, secretsmanager, sts};

/// The state of every simulated service of a lab.
#[derive(Default)]
pub struct Cloud {
    /// What other services read: IAM, Organizations, keys, sinks and links.
    pub shared: Shared,
    /// Sessions.
    pub sts: sts::State,
    /// HTTP APIs, by account and Region.
    pub apigatewayv2: apigatewayv2::State,
    /// Functions.
    pub lambda: lambda::State,
    /// Log groups.
    pub logs: logs::State,
    /// Metrics.
    pub cloudwatch: cloudwatch::State,
    /// Secrets.
    pub secretsmanager: secretsmanager::State,
}

/// Lends one service its state, and the call's context with a view of the others.
macro_rules! lend {
    ($($(#[$doc:meta])* $service:ident),* $(,)?) => {
        impl Cloud {
            $($(#[$doc])*
            pub fn $service<'a>(&'a mut self, call: &'a Call) -> (&'a mut $service::State, Ctx<'a>) {
                (&mut self.$service, Ctx::of(call, &self.shared))
            })*
        }
    };
}

lend! {
    /// STS and its view.
    sts,
    /// HTTP APIs and their view.
    apigatewayv2,
    /// Functions and their view.
    lambda,
    /// Log groups and their view.
    logs,
    /// Metrics and their view.
    cloudwatch,
    /// Secrets and their view.
    secretsmanager,
}

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
