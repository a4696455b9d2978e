//! For which service a request comes, before anything of it is believed.
//!
//! A component's call is for the service that the component named, whatever Host, path or signature
//! its own caller put into it: the data plane of API Gateway, whose answers are anybody's, never
//! gets one. A name of AWS says service and Region; a signature for others does not fit there.

use authlab_http::{Field, Hop, Incoming};
use authlab_kernel::Destination;
use authlab_wire::sigv4::{AuthorizationError, Refusal, Signed};
use authlab_wire::{Models, Protocol, WireError};
use http::header;

use super::host::AwsHost;
use crate::evidence::Reason;

/// Who comes in by a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callers {
    /// Clients, and the lab's components, which are known by their mark.
    Anybody,
    /// Only a system of the lab that runs elsewhere, in a container: its calls are for STS and IAM.
    Components,
}

/// What is known of a request by how it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entrance {
    /// The signing name of the only service that may answer; none leaves it to the signature.
    pub(super) service: Option<&'static str>,
    /// A service that the Host names and that has no model here.
    pub(super) unknown_service: Option<String>,
    /// The Regions for which the names stand: of the endpoint that a component called, of the Host.
    regions: Vec<String>,
    /// Whether a site that shares the port may take it: API Gateway's data plane.
    pub(super) is_for_sites: bool,
    /// Whether only a site that answers for issuers may take it: a component fetches their documents.
    pub(super) is_for_issuers: bool,
}

impl Entrance {
    pub(super) fn of(incoming: &Incoming, callers: Callers) -> Self {
        let destination = incoming.hop.as_ref().map(|hop| hop.destination);
        let called = match destination {
            Some(Destination::Aws(_)) => incoming.hop.as_ref().map(|Hop { endpoint, .. }| endpoint),
            _ => None,
        };
        let called = called.and_then(|endpoint| AwsHost::read(endpoint));
        let host = incoming.host().and_then(AwsHost::read);
        let regions = [&called, &host].into_iter().flatten();
        let regions = regions.filter_map(|name| name.region.clone()).collect();
        let mut entrance = Self {
            service: None,
            unknown_service: None,
            regions,
            is_for_sites: callers == Callers::Anybody
                && matches!(destination, None | Some(Destination::Url)),
            is_for_issuers: callers == Callers::Anybody && destination == Some(Destination::Issuer),
        };
        if let Some(Destination::Aws(service)) = destination {
            entrance.service = Some(service.as_str());
        } else if let Some(host) = host {
            let model = Models::by_endpoint_prefix(&host.service);
            entrance.service = model.map(|model| model.signing_name);
            if model.is_none() && host.is_aws {
                entrance.unknown_service = Some(host.service);
            }
        }
        if callers == Callers::Components && !matches!(entrance.service, Some("iam" | "sts")) {
            entrance.service = Some("sts");
        }
        entrance
    }

    /// The Region that a signature has to be scoped to, for one that is scoped to `scope`: the first
    /// named one that differs, else any.
    pub(super) fn region_for(&self, scope: Option<&Signed>) -> Option<&str> {
        let scope = scope.map(|signed| signed.scope.region.as_str());
        let differs = |region: &&String| Some(region.as_str()) != scope;
        let region = self.regions.iter().find(differs).or(self.regions.first());
        region.map(String::as_str)
    }
}

/// Two `Authorization` headers are two callers: nobody's request. (What AWS answers is not known;
/// its code for a signature that cannot be read is.)
pub(super) fn check_authorization(
    incoming: &Incoming,
    protocol: Protocol,
) -> Result<(), WireError> {
    if incoming.field(header::AUTHORIZATION) != Field::Several {
        return Ok(());
    }
    let unreadable = Refusal::from(AuthorizationError::NotKeyValue {
        hash: String::new(),
    });
    let mut error = unreadable.answer(protocol);
    error.message = "the request has more than one Authorization header".to_owned();
    Err(error.because(Reason::AuthorizationRepeated))
}

#[cfg(test)]
mod tests {
    use authlab_kernel::AwsService;
    use bytes::Bytes;
    use http::{HeaderMap, Method};

    use super::*;

    fn entrance(host: &str, target: &str, hop: Option<(Destination, &str)>) -> Entrance {
        entrance_by(Callers::Anybody, host, target, hop)
    }

    fn entrance_by(
        callers: Callers,
        host: &str,
        target: &str,
        hop: Option<(Destination, &str)>,
    ) -> Entrance {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        let incoming = Incoming {
            method: Method::POST,
            uri: target.parse().unwrap(),
            headers,
            spelling: None,
            body: Bytes::new(),
            peer: ([127, 0, 0, 1], 1).into(),
            cause: None,
            hop: hop.map(|(destination, endpoint)| Hop {
                cause: 1,
                destination,
                endpoint: endpoint.to_owned(),
            }),
        };
        Entrance::of(&incoming, callers)
    }

    /// The host, the request target, and what a component's call is for.
    type Case = (&'static str, &'static str, Option<Destination>);

    #[test]
    fn sites_get_what_clients_send_and_no_call_of_a_component() {
        let sts = Some(Destination::Aws(AwsService::Sts));
        let iam = Some(Destination::Aws(AwsService::Iam));
        let spellings = [
            ("a.execute-api.us-east-1.amazonaws.com", "/"),
            ("A.EXECUTE-API.us-east-1.AMAZONAWS.COM.", "/"),
            ("a.execute-api.us-east-1.localhost:4566", "/"),
            ("127.0.0.1:4566", "//_aws/execute-api/a/$default/x"),
            ("127.0.0.1:4566", "/_aws/execute-api/a/$default/x"),
            ("127.0.0.1:4566", "/_aws/execute-api/a/%24default/x"),
            (
                "sts.amazonaws.com",
                "http://a.execute-api.us-east-1.amazonaws.com/",
            ),
            ("user@a.execute-api.us-east-1.amazonaws.com", "/"),
        ];
        let mut cases: Vec<(Case, bool, Option<&str>)> = Vec::new();
        for (host, target) in spellings {
            cases.push(((host, target, sts), false, Some("sts")));
            cases.push(((host, target, iam), false, Some("iam")));
            cases.push(((host, target, Some(Destination::Issuer)), false, None));
            cases.push(((host, target, Some(Destination::Backend)), false, None));
            cases.push(((host, target, Some(Destination::Url)), true, None));
            cases.push(((host, target, None), true, None));
        }
        for ((host, target, destination), for_gateway, service) in cases {
            let hop = destination.map(|destination| (destination, "sts.amazonaws.com"));
            let found = entrance(host, target, hop);
            let shown = format!("{host} {target} {destination:?}");
            assert_eq!(found.is_for_sites, for_gateway, "{shown}");
            let is_for_issuers = destination == Some(Destination::Issuer);
            assert_eq!(found.is_for_issuers, is_for_issuers, "{shown}");
            if service.is_some() {
                assert_eq!(found.service, service, "{shown}");
            }
        }
    }

    #[test]
    fn a_system_in_a_container_is_answered_by_sts_and_iam_alone() {
        for (host, target, service) in [
            ("sts.amazonaws.com", "/", "sts"),
            ("sts.eu-west-1.amazonaws.com", "/", "sts"),
            ("iam.amazonaws.com", "/", "iam"),
            ("host.docker.internal:4566", "/", "sts"),
            ("secretsmanager.us-east-1.amazonaws.com", "/", "sts"),
            ("s3.amazonaws.com", "/", "sts"),
            ("a.execute-api.us-east-1.amazonaws.com", "/", "sts"),
            ("a.execute-api.us-east-1.localhost:4566", "/", "sts"),
            ("127.0.0.1:4566", "/_aws/execute-api/a/$default/x", "sts"),
        ] {
            let found = entrance_by(Callers::Components, host, target, None);
            assert_eq!(found.service, Some(service), "{host} {target}");
            assert!(!found.is_for_sites, "{host} {target}");
            assert!(!found.is_for_issuers, "{host} {target}");
        }
    }

    #[test]
    fn every_named_region_counts() {
        let sts = |endpoint| Some((Destination::Aws(AwsService::Sts), endpoint));
        let cases = [
            ("127.0.0.1:4566", None, vec![]),
            ("sts.eu-west-1.amazonaws.com", None, vec!["eu-west-1"]),
            (
                "sts.eu-west-1.amazonaws.com",
                sts("sts.amazonaws.com"),
                vec!["us-east-1", "eu-west-1"],
            ),
            ("127.0.0.1", sts("sts.eu-west-1.api.aws"), vec!["eu-west-1"]),
            ("127.0.0.1", sts("127.0.0.1"), vec![]),
            (
                "127.0.0.1",
                Some((Destination::Url, "sts.eu-west-1.amazonaws.com")),
                vec![],
            ),
        ];
        for (host, hop, expected) in cases {
            assert_eq!(entrance(host, "/", hop).regions, expected, "{host} {hop:?}");
        }
    }
}
