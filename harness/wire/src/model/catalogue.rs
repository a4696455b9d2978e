//! All services whose model is in the tree.

use std::sync::LazyLock;

use super::service::Model;
use crate::protocol::rpc_path;
use crate::{Incoming, Protocol};

/// The models' files, of which `cargo ci models` reads what to extract: a new model is a line here.
const FILES: &[&str] = &[
    include_str!("../../models/apigateway.json"),
    include_str!("../../models/apigatewayv2.json"),
    include_str!("../../models/cloudwatch.json"),
    include_str!("../../models/cognito-idp.json"),
    include_str!("../../models/iam.json"),
    include_str!("../../models/kms.json"),
    include_str!("../../models/lambda.json"),
    include_str!("../../models/logs.json"),
    include_str!("../../models/oam.json"),
    include_str!("../../models/organizations.json"),
    include_str!("../../models/secretsmanager.json"),
    include_str!("../../models/sts.json"),
];

static SERVICES: LazyLock<Vec<Model>> =
    LazyLock::new(|| FILES.iter().filter_map(|text| Model::read(text)).collect());

/// All services whose model is in the tree.
#[derive(Debug, Clone, Copy)]
pub struct Models;

impl Models {
    /// A service by botocore's name, such as `apigatewayv2`.
    #[must_use]
    pub fn service(name: &str) -> Option<&'static Model> {
        SERVICES.iter().find(|service| service.name == name)
    }

    /// The services that a credential scope's name may mean. `apigateway` means two, told apart by
    /// [`Models::of_request`].
    pub fn by_signing_name(name: &str) -> impl Iterator<Item = &'static Model> {
        SERVICES
            .iter()
            .filter(move |service| service.signing_name == name)
    }

    /// A service by the first label of its endpoints, such as `monitoring`. `apigateway` means two
    /// that sign alike.
    #[must_use]
    pub fn by_endpoint_prefix(prefix: &str) -> Option<&'static Model> {
        SERVICES
            .iter()
            .find(|service| service.endpoint_prefix == prefix)
    }

    /// The names of all services, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SERVICES.iter().map(|service| service.name)
    }

    /// The service that a request is for.
    ///
    /// With a signing name (of the credential scope) the service is among those that sign so; where
    /// two do, the path decides (`/v2/…` is apigatewayv2). Without one, as for an unsigned call, the
    /// request tells by its `X-Amz-Target`, its rpc-v2-cbor path, its form's `Version`, or the first
    /// label of its Host (`sts.eu-central-1.amazonaws.com`).
    #[must_use]
    pub fn of_request(
        signing_name: Option<&str>,
        incoming: &Incoming<'_>,
    ) -> Option<&'static Model> {
        if let Some(name) = signing_name {
            let mut candidates = Self::by_signing_name(name).peekable();
            let first = *candidates.peek()?;
            let is_v2 = incoming.path == "/v2" || incoming.path.starts_with("/v2/");
            return candidates
                .find(|service| (service.name == "apigatewayv2") == is_v2)
                .or(Some(first));
        }
        let prefix = incoming
            .header("x-amz-target")
            .and_then(|target| target.rsplit_once('.'))
            .map(|(prefix, _)| prefix)
            .or_else(|| rpc_path(incoming.path).map(|(service, _)| service));
        if let Some(prefix) = prefix {
            return SERVICES
                .iter()
                .find(|service| service.target_prefix == Some(prefix));
        }
        of_version(incoming).or_else(|| of_host(incoming))
    }
}

/// awsQuery's clients send the API's version, which no two services share.
fn of_version(incoming: &Incoming<'_>) -> Option<&'static Model> {
    let version = crate::route::form_value(incoming, "Version")?;
    let mut speakers = SERVICES
        .iter()
        .filter(|service| service.protocols.contains(&Protocol::Query));
    speakers.find(|service| service.api_version == version)
}

fn of_host(incoming: &Incoming<'_>) -> Option<&'static Model> {
    let host = incoming.header("host")?;
    let name = host.split(':').next()?;
    if !name.ends_with(".amazonaws.com") && !name.ends_with(".localhost") {
        return None;
    }
    let label = name.split('.').next()?;
    SERVICES
        .iter()
        .find(|service| service.endpoint_prefix == label)
}
