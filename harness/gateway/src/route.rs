//! Routes: their keys, and which of them takes a request.
//!
//! Source of the precedence: API Gateway developer guide, `http-api-develop-routes.html`. A full
//! match comes before one by a greedy variable, and that before `$default`; among equals, a fixed
//! segment comes before a variable, further left first, and a method before `ANY`.

mod table;

pub use table::{Keyed, RouteTable};

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use http::Method;
use thiserror::Error;

use crate::path::RequestPath;

/// Why a text is no route key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RouteKeyError {
    /// Neither `$default` nor a method and a path.
    #[error("`{0}` is no route key: give `$default` or a method and a path, as in `GET /items`")]
    Shape(String),
    /// Not a method that a route can have.
    #[error(
        "`{method}` in `{key}` is no method of a route: give ANY, GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS"
    )]
    Method {
        /// The whole key.
        key: String,
        /// The part in question.
        method: String,
    },
    /// A path without a leading slash, or with a variable that cannot be.
    #[error("`{path}` in `{key}` is no path of a route: {problem}")]
    Path {
        /// The whole key.
        key: String,
        /// The part in question.
        path: String,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// The methods that a route key can name.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The key of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteKey {
    text: String,
    shape: Shape,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    /// `$default`: takes what no other route takes.
    Default,
    /// A method (`None` = `ANY`) and a path.
    Path {
        /// The method's name in capitals.
        method: Option<&'static str>,
        path: PathTemplate,
    },
}

impl RouteKey {
    /// The key as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The method as metrics and ARNs show it: `ANY` where the key names none.
    pub fn method(&self) -> &'static str {
        match &self.shape {
            Shape::Path {
                method: Some(method),
                ..
            } => method,
            Shape::Path { method: None, .. } | Shape::Default => "ANY",
        }
    }

    /// The resource as metrics show it: the path template, or `$default`.
    pub fn resource(&self) -> &str {
        match &self.shape {
            Shape::Default => "$default",
            Shape::Path { path, .. } => path.as_str(),
        }
    }

    /// Whether a route of this key would take a request, both as texts: for who explains one.
    pub fn would_take(&self, method: &str, path: &str) -> bool {
        let (method, path) = (
            Method::from_bytes(method.as_bytes()),
            RequestPath::read(path),
        );
        method.is_ok_and(|method| path.is_ok_and(|path| self.takes(&method, &path).is_some()))
    }

    /// The path parameters of a request that a route of this key would take.
    pub(crate) fn takes(&self, method: &Method, path: &RequestPath) -> Option<Parameters> {
        match &self.shape {
            Shape::Default => Some(Parameters::default()),
            Shape::Path {
                method: own,
                path: template,
            } => own
                .is_none_or(|own| own == method.as_str())
                .then(|| template.matches(path))?,
        }
    }
}

impl FromStr for RouteKey {
    type Err = RouteKeyError;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        if key == "$default" {
            return Ok(Self {
                text: key.to_owned(),
                shape: Shape::Default,
            });
        }
        let shape = || RouteKeyError::Shape(key.to_owned());
        let (method, path) = key.split_once(' ').ok_or_else(shape)?;
        let method = match METHODS.into_iter().find(|known| *known == method) {
            Some(known) => Some(known),
            None if method == "ANY" => None,
            None => {
                return Err(RouteKeyError::Method {
                    key: key.to_owned(),
                    method: method.to_owned(),
                });
            }
        };
        let path = PathTemplate::parse(path).map_err(|problem| RouteKeyError::Path {
            key: key.to_owned(),
            path: path.to_owned(),
            problem,
        })?;
        Ok(Self {
            text: key.to_owned(),
            shape: Shape::Path { method, path },
        })
    }
}

impl fmt::Display for RouteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// A path with variables: `/items/{id}`, `/files/{path+}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PathTemplate {
    text: String,
    segments: Vec<Segment>,
}

/// The order of the variants is the order of precedence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Fixed(String),
    Variable(String),
    Greedy(String),
}

impl PathTemplate {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let inner = text.strip_prefix('/').ok_or("it must begin with `/`")?;
        let mut segments = Vec::new();
        for part in inner.split('/') {
            if matches!(segments.last(), Some(Segment::Greedy(_))) {
                return Err("a greedy variable must stand last");
            }
            segments.push(Segment::parse(part)?);
        }
        Ok(Self {
            text: text.to_owned(),
            segments,
        })
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The variables of a path that matches.
    fn matches(&self, path: &RequestPath) -> Option<Parameters> {
        let mut rest = path.decoded_segments().zip(path.normal_segments());
        let mut variables = Parameters::default();
        for segment in &self.segments {
            match segment {
                Segment::Fixed(fixed) => {
                    if rest.next()?.0 != fixed {
                        return None;
                    }
                }
                Segment::Variable(name) => {
                    let (decoded, normal) = rest.next().filter(|(part, _)| !part.is_empty())?;
                    variables.insert(name, decoded.to_owned(), normal.to_owned());
                }
                Segment::Greedy(name) => {
                    let (decoded, normal): (Vec<&str>, Vec<&str>) = rest.by_ref().unzip();
                    let all = Some(decoded.join("/")).filter(|all| !all.is_empty())?;
                    variables.insert(name, all, normal.join("/"));
                }
            }
        }
        rest.next().is_none().then_some(variables)
    }
}

/// The path parameters of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Decoded, as functions see them.
    pub decoded: BTreeMap<String, String>,
    /// As they stand in the path: what is forwarded.
    pub normal: BTreeMap<String, String>,
}

impl Parameters {
    fn insert(&mut self, name: &str, decoded: String, normal: String) {
        self.decoded.insert(name.to_owned(), decoded);
        self.normal.insert(name.to_owned(), normal);
    }
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Segment {
    fn parse(part: &str) -> Result<Self, &'static str> {
        let Some(name) = part.strip_prefix('{') else {
            return if part.contains(['{', '}']) {
                Err("a variable must be a whole segment")
            } else {
                Ok(Self::Fixed(part.to_owned()))
            };
        };
        let name = name
            .strip_suffix('}')
            .ok_or("a variable must be a whole segment")?;
        let (name, greedy) = name
            .strip_suffix('+')
            .map_or((name, false), |name| (name, true));
        let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        if name.is_empty() || !name.bytes().all(word) {
            return Err("a variable's name has letters, digits, `_`, `-` and `.` only");
        }
        let name = name.to_owned();
        Ok(if greedy {
            Self::Greedy(name)
        } else {
            Self::Variable(name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(RouteKey);

    impl Keyed for Named {
        fn key(&self) -> &RouteKey {
            &self.0
        }
    }

    #[test]
    fn the_most_specific_route_takes_a_request() {
        let keys = [
            "$default",
            "ANY /{proxy+}",
            "GET /pets/{proxy+}",
            "GET /pets/dog/{id}",
            "GET /pets/dog/1",
            "ANY /pets/dog/1",
            "GET /pets/{kind}/{id}",
            "GET /",
        ];
        let table = RouteTable::new(
            keys.iter()
                .map(|key| Named(key.parse().expect("a key")))
                .collect(),
        );
        let cases = [
            ("GET", "/pets/dog/1", "GET /pets/dog/1", ""),
            ("POST", "/pets/dog/1", "ANY /pets/dog/1", ""),
            ("GET", "/pets/dog/2", "GET /pets/dog/{id}", "id=2"),
            (
                "GET",
                "/pets/cat/2",
                "GET /pets/{kind}/{id}",
                "id=2,kind=cat",
            ),
            (
                "GET",
                "/pets/cat/2/x%20y",
                "GET /pets/{proxy+}",
                "proxy=cat/2/x y",
            ),
            ("POST", "/pets/cat", "ANY /{proxy+}", "proxy=pets/cat"),
            ("GET", "/", "GET /", ""),
            ("POST", "/", "$default", ""),
            ("GET", "/pets/", "ANY /{proxy+}", "proxy=pets/"),
        ];
        for (method, path, expected, variables) in cases {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let read = RequestPath::read(path).expect("a path");
            let (found, given) = table
                .find(&method, &read)
                .expect("the default takes the rest");
            let given: Vec<String> = given
                .decoded
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            assert_eq!(
                (found.0.to_string().as_str(), given.join(",").as_str()),
                (expected, variables),
                "{method} {path}"
            );
        }
    }

    #[test]
    fn a_malformed_key_says_what_is_wrong() {
        let cases = [
            ("GET", "is no route key"),
            ("FETCH /a", "is no method"),
            ("GET a", "must begin with `/`"),
            ("GET /a/{b", "whole segment"),
            ("GET /{a+}/b", "must stand last"),
            ("GET /{}", "letters, digits"),
        ];
        for (key, expected) in cases {
            let error = key.parse::<RouteKey>().expect_err(key).to_string();
            assert!(error.contains(expected), "{key}: {error}");
        }
    }
}
