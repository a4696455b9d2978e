//! Every service's state.
//!
//! Each is keyed by scope as that service needs, so that an operation can cross accounts. One lock
//! holds the whole; it is never held across an await.

use crate::operation::{Call, Ctx};
use crate::{
    apigatewayv2, cloudwatch, iam, kms, lambda, logs, oam, organizations, secretsmanager, sts,
};

/// The state of every simulated service of a lab.
#[derive(Default)]
pub struct Cloud {
    /// Principals, policies and OIDC providers, by account.
    pub iam: iam::State,
    /// Keys.
    pub kms: kms::State,
    /// Sessions.
    pub sts: sts::State,
    /// The organization.
    pub organizations: organizations::State,
    /// HTTP APIs, by account and Region.
    pub apigatewayv2: apigatewayv2::State,
    /// Functions.
    pub lambda: lambda::State,
    /// Log groups.
    pub logs: logs::State,
    /// Metrics.
    pub cloudwatch: cloudwatch::State,
    /// Sinks and links.
    pub oam: oam::State,
    /// Secrets.
    pub secretsmanager: secretsmanager::State,
}

/// What one service may know of others: read-only.
#[derive(Clone, Copy)]
pub struct Directory<'a> {
    /// Who is who: roles, users, policies.
    pub iam: &'a iam::State,
    /// Which account belongs where.
    pub organizations: &'a organizations::State,
    /// Which account shares what with whom. `None` for OAM itself.
    pub oam: Option<&'a oam::State>,
}

/// Lends one service its state, and the call's context with a view of the others.
macro_rules! lend {
    ($($(#[$doc:meta])* $service:ident),* $(,)?) => {
        impl Cloud {
            $($(#[$doc])*
            pub fn $service<'a>(&'a mut self, call: &'a Call) -> (&'a mut $service::State, Ctx<'a>) {
                let Self { $service, iam, organizations, oam, .. } = self;
                let directory = Directory { iam, organizations, oam: Some(oam) };
                ($service, Ctx::of(call, directory))
            })*
        }
    };
}

lend! {
    /// STS and its view.
    sts,
    /// HTTP APIs and their view.
    apigatewayv2,
    /// Keys and their view.
    kms,
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
    /// Sinks and links, and their view.
    pub fn oam<'a>(&'a mut self, call: &'a Call) -> (&'a mut oam::State, Ctx<'a>) {
        let Self {
            oam,
            iam,
            organizations,
            ..
        } = self;
        (
            oam,
            Ctx::of(
                call,
                Directory {
                    iam,
                    organizations,
                    oam: None,
                },
            ),
        )
    }

    /// What everybody may know.
    pub fn directory(&self) -> Directory<'_> {
        Directory {
            iam: &self.iam,
            organizations: &self.organizations,
            oam: Some(&self.oam),
        }
    }
}
