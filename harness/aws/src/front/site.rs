//! Servers that share the front door's port with the services of AWS.
//!
//! What they answer are no operations of a model: the data plane of API Gateway is the first of them, the
//! pages of user pools are another.

use std::sync::Arc;

use authlab_gateway::deployment::{AccountUsage, Outline};
use authlab_gateway::domain::CustomDomain;
use authlab_gateway::{Deployment, Gateway};
use authlab_http::{Incoming, Service};
use authlab_kernel::Scope;

/// A server that shares the front door's port.
pub trait Site: Service {
    /// Whether a request is for this server; a service of AWS gets what nobody claims.
    fn claims(&self, incoming: &Incoming) -> bool;

    /// Whether it answers for issuers: then a component that fetches the documents of one is let to it.
    fn is_of_issuers(&self) -> bool {
        false
    }

    /// Makes a deployment what is run for a stage of an API, none takes the stage away. A server that
    /// runs no deployments leaves it.
    fn publish(&self, _api_id: &str, _stage: &str, _deployment: Option<Arc<Deployment>>) {}

    /// Makes it what an account has of API keys and usage plans. A server that runs no deployments leaves it.
    fn publish_usage(&self, _scope: &Scope, _usage: Arc<AccountUsage>) {}

    /// Forgets what the Lambda authorizers of a stage have said. A server that runs no deployments leaves it.
    fn forget_decisions(&self, _api_id: &str, _stage: &str) {}

    /// Tells the server that an API is there, whatever its stages run, none that it is gone. A server that
    /// runs no deployments leaves it.
    fn know_api(&self, _api_id: &str, _outline: Option<Outline>) {}

    /// Tells the server what a custom domain name leads to, none that it is gone. A server that runs no
    /// deployments leaves it.
    fn know_domain(&self, _name: &str, _domain: Option<Arc<CustomDomain>>) {}

    /// Whether a host is a name that was made in the lab. A server that runs no deployments has none.
    fn has_domain(&self, _host: &str) -> bool {
        false
    }
}

impl Site for Gateway {
    fn claims(&self, incoming: &Incoming) -> bool {
        Self::claims(self, incoming)
    }

    fn publish(&self, api_id: &str, stage: &str, deployment: Option<Arc<Deployment>>) {
        Self::publish(self, api_id, stage, deployment);
    }

    fn publish_usage(&self, scope: &Scope, usage: Arc<AccountUsage>) {
        Self::publish_usage(self, scope, usage);
    }

    fn forget_decisions(&self, api_id: &str, stage: &str) {
        Self::forget_decisions(self, api_id, stage);
    }

    fn know_api(&self, api_id: &str, outline: Option<Outline>) {
        Self::know_api(self, api_id, outline);
    }

    fn know_domain(&self, name: &str, domain: Option<Arc<CustomDomain>>) {
        Self::know_domain(self, name, domain);
    }

    fn has_domain(&self, host: &str) -> bool {
        Self::has_domain(self, host)
    }
}
