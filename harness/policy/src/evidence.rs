//! What a decision leaves behind as evidence: who asked for what, what came out, and by which statement
//! or for lack of which.
//!
//! The members stand in the order in which they are written. They are read back from what a journal
//! kept, which cuts long texts and long lists and says so in their place: a near miss that was cut is
//! left out when it is read.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use crate::decide::{self, Layer, Outcome, PrincipalForm};
use crate::near_miss::{NearMiss, near_misses};
use crate::request::Request;
use crate::trace::{CheckTrace, Compared, ConditionTrace};

/// A decision as evidence shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// `service:Operation` of the request.
    pub action: String,
    /// ARN of the request's resource, or `*`.
    pub resource: String,
    /// The caller as messages name it.
    pub principal: String,
    /// Allow, explicit or implicit deny.
    pub decision: Outcome,
    /// What that rests on.
    pub decided_by: DecidedBy,
    /// Condition keys that were looked up and absent, as the policies spell them.
    #[serde(default, deserialize_with = "readable")]
    pub missing_keys: Vec<String>,
    /// For an implicit deny: the statements that nearly allowed, nearest first.
    #[serde(default, deserialize_with = "readable")]
    pub near_misses: Vec<NearMiss>,
    /// [`decide::Decision::explain`].
    #[serde(default)]
    pub explanation: String,
    /// Of a refusal: everything that was compared in the check that decided. None where the journal has
    /// cut it.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "if_readable"
    )]
    pub trace: Option<Box<CheckTrace>>,
}

impl Decision {
    /// The evidence of `decision` on `request`, and of what was compared.
    #[must_use]
    pub fn new(request: &Request, decision: &decide::Decision, compared: &Compared) -> Self {
        let trace = compared.trace.as_ref();
        let near_misses = match (trace, decision.outcome, decision.layer()) {
            (Some(trace), Outcome::ImplicitDeny, Some(layer)) => near_misses(trace, layer),
            _ => Vec::new(),
        };
        let decided = trace.and_then(|trace| trace.checks.get(decision.check));
        Self {
            action: request.action.clone(),
            resource: request.resource.clone(),
            principal: request.principal.label().into_owned(),
            decision: decision.outcome,
            decided_by: DecidedBy::new(&decision.decided_by, &compared.conditions),
            missing_keys: decision.missing_keys.clone(),
            near_misses,
            explanation: decision.explain(),
            trace: decided.map(|check| Box::new(check.of_interest())),
        }
    }

    /// The layer that decided, where one did.
    #[must_use]
    pub fn layer(&self) -> Option<Layer> {
        self.decided_by.layer()
    }
}

/// The account of [`crate::Trace`] for the check that decided, as far as it was kept.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.explanation)?;
        writeln!(f, "caller: {}", self.principal)?;
        match &self.trace {
            Some(check) => {
                writeln!(f, "check:  {} on {}", check.action, check.resource)?;
                write!(f, "{check}")
            }
            None => writeln!(f, "check:  {} on {}", self.action, self.resource),
        }
    }
}

/// What a decision rests on; the kinds are told apart by their members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum DecidedBy {
    /// One statement: the grant, or the Deny.
    Statement(Statement),
    /// The root user's built-in full access.
    RootUser {
        /// Always [`Layer::Identity`].
        layer: Layer,
        /// In place of a policy's name.
        policy: BuiltIn,
    },
    /// A layer that has to allow and does not.
    Missing {
        /// The first such layer, in the order of [`decide::DecidedBy::Missing`].
        layer: Layer,
        /// Level of the organization that lacks an Allow, from the root down; SCPs only.
        level: Option<usize>,
    },
    /// No policy had a say.
    Rule {
        /// Which rule.
        rule: Rule,
    },
}

/// The statement that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The policy's kind.
    pub layer: Layer,
    /// The policy's name.
    pub policy: String,
    /// Position in the document, from 0.
    pub statement: usize,
    /// The statement's own name.
    pub sid: Option<String>,
    /// Level of the organization, from the root down; SCPs and RCPs only.
    pub level: Option<usize>,
    /// How the statement named the caller, where it has a Principal.
    pub principal_form: Option<PrincipalForm>,
    /// Its conditions, with what the request had.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "readable"
    )]
    pub conditions: Vec<ConditionTrace>,
}

/// What stands in place of a policy's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BuiltIn {
    /// The root user has full access to its own account.
    #[serde(rename = "root user")]
    RootUser,
}

/// Rules that ask no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rule {
    /// An action that no policy can take away: `sts:GetCallerIdentity`.
    #[serde(rename = "always allowed")]
    AlwaysAllowed,
    /// An API method that asks for no permission.
    #[serde(rename = "open")]
    Open,
}

impl DecidedBy {
    fn new(decided_by: &decide::DecidedBy, conditions: &[ConditionTrace]) -> Self {
        match decided_by {
            decide::DecidedBy::Statement(statement) => Self::Statement(Statement {
                layer: statement.layer,
                policy: statement.policy_name.to_string(),
                statement: statement.statement_index,
                sid: statement.sid.as_deref().map(str::to_owned),
                level: statement.level_index,
                principal_form: statement.principal_form,
                conditions: conditions.to_vec(),
            }),
            decide::DecidedBy::Missing { layer, level_index } => Self::Missing {
                layer: *layer,
                level: *level_index,
            },
            decide::DecidedBy::RootUserDefault => Self::RootUser {
                layer: Layer::Identity,
                policy: BuiltIn::RootUser,
            },
            decide::DecidedBy::AlwaysAllowed => Self::Rule {
                rule: Rule::AlwaysAllowed,
            },
            decide::DecidedBy::Open => Self::Rule { rule: Rule::Open },
        }
    }

    /// The layer that decided, where one did.
    #[must_use]
    pub fn layer(&self) -> Option<Layer> {
        match self {
            Self::Statement(statement) => Some(statement.layer),
            Self::Missing { layer, .. } | Self::RootUser { layer, .. } => Some(*layer),
            Self::Rule { .. } => None,
        }
    }

    /// The deciding statement, where one did.
    #[must_use]
    pub fn statement(&self) -> Option<&Statement> {
        match self {
            Self::Statement(statement) => Some(statement),
            _ => None,
        }
    }
}

/// The members of a list that are what they should be: where a list was cut, its last one is a text
/// that says so.
pub(crate) fn readable<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let listed = Vec::<serde_json::Value>::deserialize(deserializer)?;
    let read = |value| serde_json::from_value(value).ok();
    Ok(listed.into_iter().filter_map(read).collect())
}

/// What can be read, and none where it was cut: the rest of a decision counts all the same.
fn if_readable<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let found = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(found).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        ApiAuthorization, ApiRequest, Document, DocumentKind, Policy, PolicySet, Principal, decide,
    };

    fn policy(kind: DocumentKind, statement: Value) -> Policy {
        let document = json!({"Version": "2012-10-17", "Statement": statement});
        Policy::new("p", Document::from_value(kind, &document).unwrap())
    }

    fn request(action: &str) -> Request {
        let ana = Principal::user(
            "arn:aws:iam::111111111111:user/ana",
            "AIDAANAEXAMPLE0000000",
        );
        Request::new(ana, action, "arn:aws:s3:::bkt/k")
    }

    fn evidence(request: &Request, policies: &PolicySet) -> Decision {
        let decision = decide(request, policies);
        Decision::new(
            request,
            &decision,
            &Compared::of(request, policies, &decision),
        )
    }

    fn identity(statement: Value) -> PolicySet {
        PolicySet {
            identity: vec![policy(DocumentKind::Identity, statement)],
            ..PolicySet::default()
        }
    }

    /// Every kind of ground, its text, and what is read back from it.
    #[test]
    fn what_is_written_is_read_back() {
        let allow = json!({"Sid": "Read", "Effect": "Allow", "Action": "s3:*", "Resource": "*"});
        let level = |effect| {
            let all = json!({"Effect": effect, "Action": "*", "Resource": "*"});
            vec![policy(DocumentKind::ServiceControl, all)]
        };
        let everyone = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
        let of_resource = PolicySet {
            resource: Some(policy(DocumentKind::Resource, everyone)),
            ..PolicySet::default()
        };
        let fenced = PolicySet {
            service_control: vec![level("Allow"), Vec::new()],
            ..identity(allow.clone())
        };
        let denied = PolicySet {
            service_control: vec![level("Allow"), level("Deny")],
            ..identity(allow.clone())
        };
        let mut root = request("s3:GetObject");
        root.principal = Principal::root("111111111111");
        let mut open = request("execute-api:Invoke");
        open.api = Some(ApiRequest::new(ApiAuthorization::None, "a1b2"));
        let none = PolicySet::default();
        let rows = [
            (
                request("s3:GetObject"),
                &identity(allow),
                json!({"layer": "identity", "policy": "p", "statement": 0, "sid": "Read", "level": null, "principal_form": null}),
            ),
            (
                request("s3:GetObject"),
                &of_resource,
                json!({"layer": "resource", "policy": "p", "statement": 0, "sid": null, "level": null, "principal_form": "everyone"}),
            ),
            (
                request("s3:GetObject"),
                &denied,
                json!({"layer": "scp", "policy": "p", "statement": 0, "sid": null, "level": 1, "principal_form": null}),
            ),
            (
                request("s3:GetObject"),
                &fenced,
                json!({"layer": "scp", "level": 1}),
            ),
            (
                request("s3:GetObject"),
                &none,
                json!({"layer": "identity", "level": null}),
            ),
            (
                root,
                &none,
                json!({"layer": "identity", "policy": "root user"}),
            ),
            (
                request("sts:GetCallerIdentity"),
                &none,
                json!({"rule": "always allowed"}),
            ),
            (open, &none, json!({"rule": "open"})),
        ];
        for (request, policies, ground) in rows {
            let written = evidence(&request, policies);
            let text = serde_json::to_string(&written).unwrap();
            let member = format!(r#","decided_by":{ground},"missing_keys":"#);
            assert!(text.contains(&member), "{text}: {member}");
            let read: Decision = serde_json::from_str(&text).unwrap();
            assert_eq!(read, written, "{text}");
            assert_eq!(read.layer(), decide(&request, policies).layer(), "{text}");
        }
    }

    #[test]
    fn the_members_stand_in_their_order() {
        let office = json!({"Sid": "Office", "Effect": "Allow", "NotAction": "sqs:*",
            "Resource": "arn:aws:s3:::other/*", "Condition": {
                "IpAddress": {"aws:SourceIp": "198.51.100.0/24"},
                "StringEquals": {"aws:PrincipalTag/team": "red"}}});
        let mut request = request("s3:GetObject");
        request.context.insert("aws:SourceIp", "192.0.2.1");
        let written = evidence(&request, &identity(office));
        let expected = concat!(
            r#"{"action":"s3:GetObject","resource":"arn:aws:s3:::bkt/k","#,
            r#""principal":"arn:aws:iam::111111111111:user/ana","decision":"ImplicitDeny","#,
            r#""decided_by":{"layer":"identity","level":null},"missing_keys":[],"#,
            r#""near_misses":[{"policy":"p","statement":0,"sid":"Office","failing":["#,
            r#"{"element":"Resource","policy":["arn:aws:s3:::other/*"]},"#,
            r#"{"element":"IpAddress","key":"aws:SourceIp","policy":["198.51.100.0/24"],"request":["192.0.2.1"]},"#,
            r#"{"element":"StringEquals","key":"aws:PrincipalTag/team","policy":["red"]}]}],"#,
            r#""explanation":"implicitly denied: no identity-based policy allows it","#,
            r#""trace":{"action":"s3:GetObject","resource":"arn:aws:s3:::bkt/k","same_account":true,"#,
            r#""caller":{"account":"111111111111","unique_id":"AIDAANAEXAMPLE0000000"},"#,
            r#""layers":[{"layer":"identity","verdict":"silent","policies":[{"name":"p","statements":["#,
            r#"{"index":0,"sid":"Office","effect":"Allow","#,
            r#""action":{"negated":true,"values":["sqs:*"],"matches":true},"#,
            r#""resource":{"negated":false,"values":["arn:aws:s3:::other/*"],"matches":false},"#,
            r#""conditions":[{"operator":"IpAddress","key":"aws:SourceIp","policy":["198.51.100.0/24"],"#,
            r#""request":["192.0.2.1"],"standing":"different","holds":false},"#,
            r#"{"operator":"StringEquals","key":"aws:PrincipalTag/team","policy":["red"],"#,
            r#""request":null,"standing":"absent","holds":false}],"matches":false}]}]}]}}"#,
        );
        let text = serde_json::to_string(&written).unwrap();
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Decision>(&text).unwrap(), written);
    }

    /// What a journal leaves of a line that is too long: a list ends in a text, an object lacks members.
    #[test]
    fn what_was_cut_is_left_out() {
        let whole = json!({"policy": "p", "statement": 1, "failing": [
            {"element": "Action", "policy": ["a", "… (9,000 of them)"]}, "… (2 of them)"]});
        let half = json!({"policy": "q", "…": "(4 members)"});
        let line = json!({
            "action": "s3:GetObject", "resource": "*", "principal": "ana",
            "decision": "ImplicitDeny", "decided_by": {"layer": "identity", "level": null},
            "missing_keys": ["a", "… (7 of them)"],
            "near_misses": [whole, half, "… (3 of them)"],
            "…": "(8 members)",
        });
        let read: Decision = serde_json::from_value(line).unwrap();
        let [near] = read.near_misses.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!((near.statement, near.failing.len()), (1, 1));
        assert_eq!(read.explanation, "");
    }

    #[test]
    fn what_names_no_layer_is_not_read() {
        for (ground, is_read) in [
            (json!({"layer": "rcp", "level": null}), true),
            (json!({"layer": "firewall", "level": null}), false),
            (json!({"layer": "identity", "policy": "root user"}), true),
            (json!({"rule": "open"}), true),
            (json!({"rule": "closed"}), false),
            (json!({}), false),
        ] {
            let read = serde_json::from_value::<DecidedBy>(ground.clone());
            assert_eq!(read.is_ok(), is_read, "{ground}");
        }
    }
}
