//! What another service needs to deliver logs to a group: a resource policy of the account that lets log
//! delivery write there.
//!
//! The service that delivers adds the group to the policy `AWSLogDeliveryWrite20150319`, unless a policy of the account
//! lets log delivery write there already: each new group makes the document longer, until it is longer
//! than CloudWatch Logs takes, which refuses the stage (public reports, sst#6231). A pattern such as
//! `log-group:/aws/vendedlogs/*` ends that. (CloudWatch Logs user guide,
//! `AWS-logs-infrastructure-CWL`; how the statements look in detail is unverified.)

use authlab_kernel::Scope;
use authlab_policy::matches_pattern;
use serde_json::{Value, json};

use super::error::Error;
use super::group::group_arn;
use super::state::State;
use crate::shared::Ctx;

/// The policy that AWS keeps.
const POLICY: &str = "AWSLogDeliveryWrite20150319";

/// Who writes.
const SERVICE: &str = "delivery.logs.amazonaws.com";

/// The action that has to be allowed.
const WRITE: &str = "logs:PutLogEvents";

/// Why nothing can be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// How long the policy would be, in characters.
    pub characters: usize,
    /// How many groups it would name.
    pub groups: usize,
    /// What CloudWatch Logs says of it.
    pub error: Error,
}

impl Undelivered {
    /// Whether it is the policy's length.
    pub fn is_too_long(&self) -> bool {
        matches!(self.error, Error::PolicyTooLong(_))
    }
}

impl State {
    /// Lets log delivery write to a group, if no policy does so yet.
    ///
    /// # Errors
    /// The document would be longer than it may be, or would be one policy too many.
    pub fn permit_delivery(&mut self, group: &str, ctx: &Ctx<'_>) -> Result<(), Undelivered> {
        let arn = format!("{}:log-stream:*", group_arn(ctx.scope, group));
        if self
            .policies(ctx.scope)
            .any(|(_, policy)| lets_write(&policy.text, &arn))
        {
            return Ok(());
        }
        let existing = self.policies(ctx.scope).find(|(name, _)| *name == POLICY);
        let existing = existing.and_then(|(_, policy)| serde_json::from_str(&policy.text).ok());
        let (text, groups) = with_group(existing, &arn, ctx.scope);
        let characters = text.chars().count();
        match self.put_policy(POLICY, text, ctx) {
            Ok(_) => Ok(()),
            Err(error) => Err(Undelivered {
                characters,
                groups,
                error,
            }),
        }
    }
}

/// The document with one more group, and how many it names.
fn with_group(existing: Option<Value>, arn: &str, scope: &Scope) -> (String, usize) {
    let account = scope.account.as_str();
    let sources = scope.arn("logs", "*");
    let fresh = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "AWSLogDeliveryWrite",
            "Effect": "Allow",
            "Principal": {"Service": SERVICE},
            "Action": ["logs:CreateLogStream", WRITE],
            "Resource": [],
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": sources},
            },
        }],
    });
    let mut document = existing.unwrap_or(fresh);
    let statement = match document.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.first_mut(),
        other => other,
    };
    let mut groups = 0;
    if let Some(resource) = statement.and_then(|statement| statement.get_mut("Resource")) {
        let mut named = match resource.take() {
            Value::Array(named) => named,
            Value::Null => Vec::new(),
            one => vec![one],
        };
        named.push(Value::from(arn));
        groups = named.len();
        *resource = Value::Array(named);
    }
    (document.to_string(), groups)
}

/// Whether a document lets log delivery write to what this ARN names.
fn lets_write(text: &str, arn: &str) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(text) else {
        return false;
    };
    let statements = listed(document.get("Statement"));
    statements.into_iter().any(|statement| {
        let texts = |member: &str| listed(statement.get(member));
        let is_any = |member: &str, wanted: &str| {
            let mut given = texts(member).into_iter().filter_map(Value::as_str);
            given.any(|pattern| matches_pattern(pattern, wanted))
        };
        let principal = statement.get("Principal").and_then(|it| it.get("Service"));
        let mut services = listed(principal).into_iter().filter_map(Value::as_str);
        statement.get("Effect").and_then(Value::as_str) == Some("Allow")
            && services.any(|service| service == SERVICE)
            && is_any("Action", WRITE)
            && is_any("Resource", arn)
    })
}

/// One value or a list of them.
fn listed(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(values)) => values.iter().collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::state::POLICY_CHARACTERS_MAX;

    fn arn(name: &str) -> String {
        format!("arn:aws:logs:us-east-1:222222222222:log-group:{name}:log-stream:*")
    }

    #[test]
    fn the_policy_names_one_group_more_each_time_until_it_is_too_long() {
        let scope = Scope::new(
            "222222222222".parse().unwrap(),
            "us-east-1".parse().unwrap(),
        );
        let mut document = None;
        let mut grown = Vec::new();
        for nth in 1..=80 {
            let arn = arn(&format!("/aws/apigateway/service-{nth:03}"));
            let (text, groups) = with_group(document.take(), &arn, &scope);
            assert_eq!(groups, nth);
            assert!(lets_write(&text, &arn), "{text}");
            assert!(!lets_write(&text, &super::tests::arn("/other")), "{text}");
            grown.push(text.len());
            document = Some(serde_json::from_str(&text).unwrap());
        }
        assert!(
            grown[0] < 500 && grown[79] > POLICY_CHARACTERS_MAX,
            "{grown:?}"
        );
    }

    #[test]
    fn a_pattern_lets_log_delivery_write_to_what_it_covers() {
        let of = |statement: Value| json!({"Statement": statement}).to_string();
        let allow = |service: &str, action: Value, resource: &str| {
            json!({"Effect": "Allow", "Principal": {"Service": service}, "Action": action,
                "Resource": resource})
        };
        let pattern = "arn:aws:logs:us-east-1:222222222222:log-group:/aws/apigateway/*";
        let both = json!(["logs:CreateLogStream", WRITE]);
        let deny = json!({"Effect": "Deny", "Principal": {"Service": SERVICE}, "Action": WRITE,
            "Resource": "*"});
        for (statement, lets) in [
            (allow(SERVICE, json!(WRITE), pattern), true),
            (json!([deny, allow(SERVICE, both, pattern)]), true),
            (allow(SERVICE, json!("logs:*"), "*"), true),
            (allow("es.amazonaws.com", json!(WRITE), pattern), false),
            (
                allow(SERVICE, json!("logs:CreateLogStream"), pattern),
                false,
            ),
            (deny, false),
        ] {
            let text = of(statement);
            assert_eq!(
                lets_write(&text, &arn("/aws/apigateway/orders")),
                lets,
                "{text}"
            );
        }
        assert!(!lets_write("no JSON", &arn("/a")));
    }
}
