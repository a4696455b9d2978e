//! Where a request comes from. A lab has no networks: a request says by headers of the lab's own from which
//! address, and through which endpoint of which VPC, it is to be seen to come.

use std::net::IpAddr;

use authlab_http::{Field, Incoming};

/// The address that a request is seen to come from, in place of the connection's.
pub const SOURCE_IP_HEADER: &str = "x-authlab-source-ip";
/// The VPC that a request is seen to come from: `vpc-…`.
pub const SOURCE_VPC_HEADER: &str = "x-authlab-source-vpc";
/// The VPC endpoint that a request is seen to come through: `vpce-…`.
pub const SOURCE_VPC_ENDPOINT_HEADER: &str = "x-authlab-source-vpce";

/// Where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    /// `aws:SourceIp`.
    pub ip: IpAddr,
    /// `aws:SourceVpc`.
    pub vpc: Option<String>,
    /// `aws:SourceVpce`.
    pub vpc_endpoint: Option<String>,
}

impl Network {
    /// That of the connection.
    pub(crate) fn of_peer(incoming: &Incoming) -> Self {
        Self {
            ip: incoming.peer.ip(),
            vpc: None,
            vpc_endpoint: None,
        }
    }

    /// What the request says; that of the connection where it says nothing. The host of a VPC endpoint
    /// names the endpoint as well.
    ///
    /// # Errors
    /// What is wrong with a header.
    pub(crate) fn of(incoming: &Incoming) -> Result<Self, String> {
        let text = |header: &str| {
            let field = Field::of(&incoming.headers, header).text();
            field.map_err(|problem| format!("the header `{header}` {problem}"))
        };
        let ip = match text(SOURCE_IP_HEADER)? {
            None => incoming.peer.ip(),
            Some(given) => given
                .parse()
                .map_err(|_| format!("the header `{SOURCE_IP_HEADER}` holds no IP address"))?,
        };
        let named = |header: &str, start: &str| match text(header)? {
            Some(id) if id.starts_with(start) => Ok(Some(id.to_owned())),
            Some(_) => Err(format!("the header `{header}` holds no id `{start}…`")),
            None => Ok(None),
        };
        let vpc = named(SOURCE_VPC_HEADER, "vpc-")?;
        let given = named(SOURCE_VPC_ENDPOINT_HEADER, "vpce-")?;
        let host = incoming.host_name();
        let of_host = host.as_deref().and_then(endpoint_of_host);
        let vpc_endpoint = match (given, of_host) {
            (Some(given), Some(of_host)) if given != of_host => {
                return Err(format!(
                    "the header `{SOURCE_VPC_ENDPOINT_HEADER}` names `{given}`, the host `{of_host}`"
                ));
            }
            (given, of_host) => given.or(of_host),
        };
        Ok(Self {
            ip,
            vpc,
            vpc_endpoint,
        })
    }

    /// Whether it comes out of a VPC, through an endpoint.
    pub(crate) fn is_of_vpc(&self) -> bool {
        self.vpc.is_some() || self.vpc_endpoint.is_some()
    }
}

/// The endpoint of `vpce-ID-SUFFIX.execute-api.REGION.vpce.amazonaws.com` (API Gateway developer guide,
/// `apigateway-private-api-test-invoke-url.html`).
fn endpoint_of_host(name: &str) -> Option<String> {
    let (endpoint, rest) = name.split_once(".execute-api.")?;
    let id = endpoint.strip_prefix("vpce-")?.split('-').next()?;
    rest.contains(".vpce.").then(|| format!("vpce-{id}"))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::*;

    const HOST: (&str, &str) = (
        "host",
        "vpce-0a-x1.execute-api.us-east-1.vpce.amazonaws.com",
    );

    fn incoming(headers: &[(&str, &str)]) -> Incoming {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        Incoming {
            method: Method::GET,
            uri: "/".parse().unwrap(),
            headers: map,
            body: Bytes::new(),
            peer: ([127, 0, 0, 1], 1).into(),
            cause: None,
            hop: None,
            spelling: None,
        }
    }

    #[test]
    fn a_request_comes_from_where_it_says_or_from_the_connection() {
        type Headers = &'static [(&'static str, &'static str)];
        let cases: [(Headers, Result<&str, &str>); 9] = [
            (&[], Ok("127.0.0.1 - -")),
            (&[(SOURCE_IP_HEADER, "203.0.113.9")], Ok("203.0.113.9 - -")),
            (&[("x-forwarded-for", "203.0.113.9")], Ok("127.0.0.1 - -")),
            (
                &[
                    (SOURCE_VPC_HEADER, "vpc-1"),
                    (SOURCE_VPC_ENDPOINT_HEADER, "vpce-1"),
                ],
                Ok("127.0.0.1 vpc-1 vpce-1"),
            ),
            (&[HOST], Ok("127.0.0.1 - vpce-0a")),
            (
                &[HOST, (SOURCE_VPC_ENDPOINT_HEADER, "vpce-1")],
                Err("the header `x-authlab-source-vpce` names `vpce-1`, the host `vpce-0a`"),
            ),
            (
                &[(SOURCE_IP_HEADER, "here")],
                Err("the header `x-authlab-source-ip` holds no IP address"),
            ),
            (
                &[(SOURCE_VPC_HEADER, "vpce-1")],
                Err("the header `x-authlab-source-vpc` holds no id `vpc-…`"),
            ),
            (
                &[(SOURCE_IP_HEADER, "::1"), (SOURCE_IP_HEADER, "::2")],
                Err("the header `x-authlab-source-ip` is there more than once"),
            ),
        ];
        for (headers, expected) in cases {
            let found = Network::of(&incoming(headers)).map(|network| {
                let shown = |id: Option<String>| id.unwrap_or_else(|| "-".to_owned());
                let (vpc, endpoint) = (shown(network.vpc), shown(network.vpc_endpoint));
                format!("{} {vpc} {endpoint}", network.ip)
            });
            let found = found.as_deref().map_err(String::as_str);
            assert_eq!(found, expected, "{headers:?}");
        }
    }
}
