//! Which statement nearly allowed, and what it wanted otherwise: the evidence for an implicit deny.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decide::{DecidedBy, Layer};
use crate::evidence::readable;
use crate::trace::{StatementTrace, Trace};

/// How many statements are worth naming.
const NEAR_MISSES_MAX: usize = 3;

/// An Allow statement of a layer that lacks an Allow, with everything about it that did not match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearMiss {
    /// The policy's name.
    pub policy: String,
    /// Position of the statement in the document.
    pub statement: usize,
    /// The statement's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What did not match, in the order principal, action, resource, conditions.
    #[serde(default, deserialize_with = "readable")]
    pub failing: Vec<Failing>,
}

/// One element of a statement that did not match the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// Which element.
    pub element: Element,
    /// The condition key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The policy's values; of `Principal`, whom it names.
    #[serde(default)]
    pub policy: Vec<String>,
    /// The request's values; none when the key is absent or the request has one value only, which
    /// the decision names anyway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Vec<String>>,
}

/// The elements of a statement that can fail to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// The statement names others.
    Principal,
    /// The statement speaks of other actions.
    Action,
    /// The statement leaves the action out.
    NotAction,
    /// The statement speaks of other resources.
    Resource,
    /// The statement leaves the resource out.
    NotResource,
    /// A condition, by its operator as the policy spells it.
    Condition(String),
}

impl Element {
    /// The element's name; of a condition the operator's.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Principal => "Principal",
            Self::Action => "Action",
            Self::NotAction => "NotAction",
            Self::Resource => "Resource",
            Self::NotResource => "NotResource",
            Self::Condition(operator) => operator,
        }
    }
}

impl From<String> for Element {
    fn from(name: String) -> Self {
        match name.as_str() {
            "Principal" => Self::Principal,
            "Action" => Self::Action,
            "NotAction" => Self::NotAction,
            "Resource" => Self::Resource,
            "NotResource" => Self::NotResource,
            _ => Self::Condition(name),
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Element {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// The Allow statements of `layer` in the check that decided, nearest first: those whose mismatch is
/// smallest ([`CheckTrace::nearest`](crate::CheckTrace::nearest)).
#[must_use]
pub fn near_misses(trace: &Trace, layer: Layer) -> Vec<NearMiss> {
    let Some(check) = trace.checks.get(trace.decision.check) else {
        return Vec::new();
    };
    let silent_level = match &trace.decision.decided_by {
        DecidedBy::Missing {
            layer: missing,
            level_index,
        } if *missing == layer => *level_index,
        _ => None,
    };
    let nearest = check.nearest(layer, silent_level).into_iter();
    nearest
        .take(NEAR_MISSES_MAX)
        .map(|(policy, statement)| NearMiss {
            policy: policy.name.clone(),
            statement: statement.index,
            sid: statement.sid.clone(),
            failing: failing(statement, &trace.principal),
        })
        .collect()
}

fn failing(statement: &StatementTrace, caller: &str) -> Vec<Failing> {
    let mut failing = Vec::new();
    let mut add = |element, key: Option<&str>, policy: &[String], request: Option<&[String]>| {
        failing.push(Failing {
            element,
            key: key.map(str::to_owned),
            policy: policy.to_vec(),
            request: request.map(<[String]>::to_vec),
        });
    };
    if statement.principal == Some(false) {
        let named = statement.names.as_ref();
        let named = named.map(|named| named.values.as_slice());
        let caller = [caller.to_owned()];
        add(
            Element::Principal,
            None,
            named.unwrap_or_default(),
            Some(&caller),
        );
    }
    let action = &statement.action;
    if !action.matches {
        let element = if action.negated {
            Element::NotAction
        } else {
            Element::Action
        };
        add(element, None, &action.values, None);
    }
    if let Some(resource) = statement
        .resource
        .as_ref()
        .filter(|resource| !resource.matches)
    {
        let element = if resource.negated {
            Element::NotResource
        } else {
            Element::Resource
        };
        add(element, None, &resource.values, None);
    }
    for condition in statement
        .conditions
        .iter()
        .filter(|condition| !condition.holds)
    {
        let (policy, request) = (&condition.policy, condition.request.as_deref());
        let element = Element::Condition(condition.operator.clone());
        add(element, Some(&condition.key), policy, request);
    }
    failing
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Document, DocumentKind, Policy, PolicySet, Principal, Request, trace};

    fn misses(document: serde_json::Value) -> Vec<NearMiss> {
        let document = Document::from_value(DocumentKind::Identity, &document).unwrap();
        let policies = PolicySet {
            identity: vec![Policy::new("metrics", document)],
            ..PolicySet::default()
        };
        let principal = Principal::User {
            arn: "arn:aws:iam::111111111111:user/ana".into(),
            account: "111111111111".into(),
            unique_id: "AIDAANAEXAMPLE0000000".into(),
            name: "ana".into(),
        };
        let mut request = Request::new(principal, "s3:GetObject", "arn:aws:s3:::bucket/key");
        request.context.insert("aws:SourceIp", "192.0.2.1");
        near_misses(&trace(&request, &policies), Layer::Identity)
    }

    #[test]
    fn the_nearest_statement_comes_first_with_what_it_wanted() {
        let found = misses(json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::other/*"},
            {"Sid": "Office", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
             "Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}},
            {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
        ]}));
        assert_eq!(
            found.len(),
            2,
            "another service's statement is no near miss"
        );
        assert_eq!(found[0].sid.as_deref(), Some("Office"));
        assert_eq!(
            found[0].failing,
            [Failing {
                element: Element::Condition("IpAddress".into()),
                key: Some("aws:SourceIp".into()),
                policy: vec!["198.51.100.0/24".into()],
                request: Some(vec!["192.0.2.1".into()]),
            }]
        );
        let elements: Vec<_> = found[1]
            .failing
            .iter()
            .map(|it| it.element.as_str())
            .collect();
        assert_eq!(elements, ["Action", "Resource"]);
    }

    #[test]
    fn only_the_silent_level_has_near_misses() {
        let allow = |action: &str, name: &str| {
            let value = json!({"Version": "2012-10-17", "Statement": {
                "Effect": "Allow", "Action": action, "Resource": "*"}});
            let document = Document::from_stored(DocumentKind::ServiceControl, &value).unwrap();
            Policy::new(name, document)
        };
        let policies = PolicySet {
            service_control: vec![
                vec![
                    allow("s3:PutObject", "root put"),
                    allow("*", "root everything"),
                ],
                vec![allow("s?:List*", "unit"), allow("sqs:*", "unit queues")],
            ],
            ..PolicySet::default()
        };
        let ana = Principal::user(
            "arn:aws:iam::111111111111:user/ana",
            "AIDAANAEXAMPLE0000000",
        );
        let request = Request::new(ana, "s3:GetObject", "arn:aws:s3:::bucket/key");
        let found = near_misses(&trace(&request, &policies), Layer::ServiceControl);
        let names: Vec<_> = found.iter().map(|miss| miss.policy.as_str()).collect();
        assert_eq!(names, ["unit"]);
    }

    #[test]
    fn a_statement_that_allows_is_no_near_miss() {
        let found = misses(json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
        ]}));
        assert_eq!(found, []);
    }
}
