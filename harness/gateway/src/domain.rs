//! Custom domain names: which API and stage answers below a path of one.
//!
//! Source: API Gateway developer guide, `how-to-custom-domains.html`, "API mappings".

use authlab_http::Incoming;

use crate::address::Address;
use crate::path::RequestPath;
use crate::reached::Reached;

/// A custom domain name, with what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomDomain {
    /// The name.
    pub name: String,
    /// Its mappings.
    pub mappings: Vec<Mapping>,
}

/// Which API answers below a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The path, without slashes around it; empty for what no other mapping takes.
    pub base_path: String,
    /// The API's id.
    pub api_id: String,
    /// The stage; none where the path behind the mapping names it.
    pub stage: Option<String>,
}

impl CustomDomain {
    /// What a request to the name is addressed to. What no mapping takes is addressed to no API.
    pub(crate) fn address(&self, incoming: &Incoming) -> Address {
        let sent = incoming.uri.path();
        let read = RequestPath::read_of_rest(sent);
        let chosen = match &read {
            Ok(path) => self.taking(path.as_text()),
            // Why it has no reading is told further on, by whichever API would have taken it.
            Err(_) => self.mappings.first(),
        };
        let problem = read.as_ref().ok().and_then(|path| {
            let mut others = path.other_readings().into_iter();
            let other = others.find(|text| {
                let other = self.taking(text);
                other.is_some() && other != chosen
            });
            other.map(|text| format!("another mapping takes it when it is read as `{text}`"))
        });
        let path = match (&read, chosen) {
            (Ok(path), Some(mapping)) => behind(path, mapping),
            _ => sent.to_owned(),
        };
        Address {
            api_id: chosen.map_or_else(String::new, |it| it.api_id.clone()),
            region: None,
            stage: chosen.and_then(|it| it.stage.clone()),
            path,
            reached: Some(Reached {
                domain_name: self.name.as_str().into(),
                base_path: chosen.map(|it| it.base_path.clone()),
                known: self
                    .mappings
                    .iter()
                    .map(|it| it.base_path.clone())
                    .collect(),
                problem,
            }),
        }
    }

    /// The mapping with the longest path that stands before `path`.
    fn taking(&self, path: &str) -> Option<&Mapping> {
        let path = path.trim_start_matches('/');
        let takes = |mapping: &&Mapping| {
            let rest = path.strip_prefix(mapping.base_path.as_str());
            mapping.base_path.is_empty()
                || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let taking = self.mappings.iter().filter(takes);
        taking.max_by_key(|mapping| mapping.base_path.len())
    }
}

/// The path behind a mapping's, as it was sent.
fn behind(path: &RequestPath, mapping: &Mapping) -> String {
    let segments = mapping.base_path.split('/');
    let count = segments.filter(|segment| !segment.is_empty()).count();
    let mut rest = path.clone();
    for _ in 0..count {
        rest = rest.behind_first();
    }
    rest.sent_shown()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, Method, Uri};

    use super::*;

    #[test]
    fn the_longest_mapping_takes_what_stands_behind_it() {
        let mapping = |base_path: &str, api_id: &str, stage: Option<&str>| Mapping {
            base_path: base_path.to_owned(),
            api_id: api_id.to_owned(),
            stage: stage.map(str::to_owned),
        };
        let some = [
            mapping("v1", "one", Some("prod")),
            mapping("v1/beta", "beta", Some("prod")),
            mapping("open", "open", None),
        ];
        let domain = |rest: Option<Mapping>| CustomDomain {
            name: "api.example.com".to_owned(),
            mappings: some.iter().cloned().chain(rest).collect(),
        };
        let with_rest = domain(Some(mapping("", "rest", Some("prod"))));
        let cases = [
            ("/v1/a", "one prod /a"),
            ("/v1", "one prod /"),
            ("/v1/", "one prod /"),
            ("//v1//a/", "one prod //a/"),
            ("/v1/beta/a%20b", "beta prod /a%20b"),
            ("/v10/a", "- - /v10/a"),
            ("/open/prod/a", "open - /prod/a"),
            ("/", "- - /"),
        ];
        for (target, expected) in cases {
            let address = domain(None).address(&incoming(target));
            let dash = |text: &str| if text.is_empty() { "-" } else { text }.to_owned();
            let (api, stage) = (
                dash(&address.api_id),
                address.stage.unwrap_or("-".to_owned()),
            );
            assert_eq!(
                format!("{api} {stage} {}", address.path),
                expected,
                "{target}"
            );
            let reached = address.reached.unwrap();
            assert_eq!(reached.problem, None, "{target}");
        }
        for (target, api_id, is_clear) in [
            ("/v10/a", "rest", true),
            ("/%761/a", "one", false),
            ("/v1;x/a", "rest", false),
        ] {
            let address = with_rest.address(&incoming(target));
            let problem = address.reached.unwrap().problem;
            assert_eq!(
                (address.api_id.as_str(), problem.is_none()),
                (api_id, is_clear),
                "{target}"
            );
        }
    }

    fn incoming(target: &str) -> Incoming {
        Incoming {
            method: Method::GET,
            uri: target.parse::<Uri>().unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            peer: ([127, 0, 0, 1], 1).into(),
            cause: None,
            hop: None,
            spelling: None,
        }
    }
}
