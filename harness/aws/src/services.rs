//! The one list of services.

/// The services, each with what its state holds: first those whose state others read. The macro that
/// is named gets the list.
macro_rules! services {
    ($with:ident) => {
        $with! {
            shared {
                /// Who is who: principals, policies and OIDC providers, by account.
                iam,
                /// Keys, which other services use for their callers.
                kms,
                /// Sinks and links: which account shares what with whom.
                oam,
                /// The organization: which account belongs where.
                organizations,
            }
            own {
                /// REST APIs, by account and Region.
                apigateway,
                /// HTTP APIs, by account and Region.
                apigatewayv2,
                /// Metrics.
                cloudwatch,
                /// User pools.
                cognitoidp,
                /// Functions.
                lambda,
                /// Log groups.
                logs,
                /// Secrets.
                secretsmanager,
                /// Sessions.
                sts,
            }
        }
    };
}
