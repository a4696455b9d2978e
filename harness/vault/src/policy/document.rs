//! What a policy's text means: its rules, or what is wrong with it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::hcl::{Item, Literal, Node, parse};
use super::scan::error_at;
use crate::duration;
use crate::response::one_error;

/// What a rule may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Capability {
    Create,
    Delete,
    Deny,
    List,
    Patch,
    Read,
    Scan,
    Sudo,
    Update,
}

impl Capability {
    /// The name in policies.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Delete => "delete",
            Self::Deny => "deny",
            Self::List => "list",
            Self::Patch => "patch",
            Self::Read => "read",
            Self::Scan => "scan",
            Self::Sudo => "sudo",
            Self::Update => "update",
        }
    }

    fn named(name: &str) -> Option<Self> {
        let all = [
            Self::Create,
            Self::Delete,
            Self::Deny,
            Self::List,
            Self::Patch,
            Self::Read,
            Self::Scan,
            Self::Sudo,
            Self::Update,
        ];
        all.into_iter()
            .find(|capability| capability.as_str() == name)
    }
}

/// Parameter names in lower case, each with the values that are meant; an empty list means any.
pub(crate) type Parameters = BTreeMap<String, Vec<Value>>;

/// One `path` block.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rule {
    /// The path as written, without the slash at its beginning. Templates stand in it.
    pub(crate) path: String,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) allowed_parameters: Option<Parameters>,
    pub(crate) denied_parameters: Option<Parameters>,
    pub(crate) required_parameters: Vec<String>,
    /// Nanoseconds; 0 is no bound.
    pub(crate) min_wrapping_ttl: i64,
    /// Nanoseconds; 0 is no bound.
    pub(crate) max_wrapping_ttl: i64,
}

/// A policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Policy {
    /// The text as it was written.
    pub(crate) text: String,
    /// Its rules in order.
    pub(crate) rules: Vec<Rule>,
}

const RULE_KEYS: [&str; 11] = [
    "comment",
    "policy",
    "capabilities",
    "allowed_parameters",
    "denied_parameters",
    "required_parameters",
    "min_wrapping_ttl",
    "max_wrapping_ttl",
    "mfa_methods",
    "control_group",
    "pagination_limit",
];

impl Policy {
    /// Reads a policy's text, HCL or JSON.
    ///
    /// # Errors
    /// What is wrong, as the reference words it, without `failed to parse policy: `.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let items = parse(text)?;
        check_keys(&items, &["name", "path"])?;
        let mut rules = Vec::new();
        for item in items.iter().filter(|item| item.keys[0] == "path") {
            rules.extend(read_rule(item)?);
        }
        Ok(Self {
            text: text.to_owned(),
            rules,
        })
    }
}

fn check_keys(items: &[Item], valid: &[&str]) -> Result<(), String> {
    let errors: Vec<String> = items
        .iter()
        .filter(|item| !valid.contains(&item.keys[0].as_str()))
        .map(|item| {
            format!(
                "invalid key {} on line {}",
                duration::quoted(&item.keys[0]),
                item.line
            )
        })
        .collect();
    match errors.as_slice() {
        [] => Ok(()),
        [one] => Err(one_error(one)),
        several => {
            let lines: String = several
                .iter()
                .map(|error| format!("\t* {error}\n"))
                .collect();
            Err(format!("{} errors occurred:\n{lines}\n", several.len()))
        }
    }
}

fn read_rule(item: &Item) -> Result<Vec<Rule>, String> {
    let key = item.keys.get(1).unwrap_or(&item.keys[0]);
    let prefix = |error: String| {
        let place = format!("path {}:", duration::quoted(key));
        match error.strip_prefix("1 error occurred:\n\t* ") {
            Some(inner) => format!("1 error occurred:\n\t* {place} {inner}"),
            None => format!("{place} {error}"),
        }
    };
    let Node::Object(members, _) = &item.value else {
        return Err(prefix(format!(
            "cannot check HCL keys of type {}",
            item.value.type_name()
        )));
    };
    check_keys(members, &RULE_KEYS).map_err(prefix)?;
    let mut rule = Rule {
        path: key.strip_prefix('/').unwrap_or(key).to_owned(),
        ..Rule::default()
    };
    if rule.path.contains("+*") {
        return Err(prefix(
            "invalid use of wildcards ('+*' is forbidden)".to_owned(),
        ));
    }
    for member in members {
        read_member(&mut rule, member).map_err(|error| match error {
            RuleError::OfRule(error) => prefix(error),
            RuleError::Plain(error) => error,
        })?;
    }
    if rule.capabilities.contains(&Capability::Deny) {
        // Nothing beside a denial counts.
        rule = Rule {
            path: rule.path,
            capabilities: vec![Capability::Deny],
            ..Rule::default()
        };
    }
    if rule.min_wrapping_ttl > 0
        && rule.max_wrapping_ttl > 0
        && rule.max_wrapping_ttl < rule.min_wrapping_ttl
    {
        return Err("max_wrapping_ttl cannot be less than min_wrapping_ttl".to_owned());
    }
    Ok(vec![rule])
}

/// An error that names its path, or not: the reference is not consistent.
enum RuleError {
    OfRule(String),
    Plain(String),
}

fn read_member(rule: &mut Rule, member: &Item) -> Result<(), RuleError> {
    let value = &member.value;
    match member.keys[0].as_str() {
        "policy" => old_policy(rule, value).map_err(RuleError::OfRule)?,
        "capabilities" => {
            for name in texts(value).map_err(RuleError::OfRule)? {
                let capability = Capability::named(&name).ok_or_else(|| {
                    let name = duration::quoted(&name);
                    RuleError::OfRule(format!("invalid capability {name}"))
                })?;
                rule.capabilities.push(capability);
            }
        }
        "allowed_parameters" => {
            let parameters = parameters("allowed_parameters", value).map_err(RuleError::OfRule)?;
            rule.allowed_parameters
                .get_or_insert_default()
                .extend(parameters);
        }
        "denied_parameters" => {
            let parameters = parameters("denied_parameters", value).map_err(RuleError::OfRule)?;
            rule.denied_parameters
                .get_or_insert_default()
                .extend(parameters);
        }
        "required_parameters" => {
            rule.required_parameters
                .extend(texts(value).map_err(RuleError::OfRule)?);
        }
        "min_wrapping_ttl" => rule.min_wrapping_ttl = wrapping_ttl("min_wrapping_ttl", value)?,
        "max_wrapping_ttl" => rule.max_wrapping_ttl = wrapping_ttl("max_wrapping_ttl", value)?,
        _ => {}
    }
    Ok(())
}

fn old_policy(rule: &mut Rule, value: &Node) -> Result<(), String> {
    use Capability::{Create, Delete, Deny, List, Read, Sudo, Update};
    let Node::Literal(Literal::Text(name), _) = value else {
        let message = format!("root.Policy: unknown type for string {}", value.type_name());
        return Err(error_at(value.position(), &message));
    };
    let capabilities: &[Capability] = match name.as_str() {
        "deny" => &[Deny],
        "read" => &[Read, List],
        "write" => &[Create, Read, Update, Delete, List],
        "sudo" => &[Create, Read, Update, Delete, List, Sudo],
        "" => &[],
        other => return Err(format!("invalid policy {}", duration::quoted(other))),
    };
    rule.capabilities.extend(capabilities);
    Ok(())
}

fn texts(value: &Node) -> Result<Vec<String>, String> {
    let Node::List(items, _) = value else {
        let message = format!("unknown slice type: {}", value.type_name());
        return Err(error_at(value.position(), &message));
    };
    items
        .iter()
        .map(|item| match item {
            Node::Literal(Literal::Text(text), _) => Ok(text.clone()),
            Node::Literal(Literal::Int(number), _) => Ok(number.to_string()),
            other => {
                let message = format!("unknown type for string {}", other.type_name());
                Err(error_at(other.position(), &message))
            }
        })
        .collect()
}

fn parameters(name: &str, value: &Node) -> Result<Parameters, String> {
    let Node::Object(members, _) = value else {
        let message = format!(
            "root.{name}: not an object type for map ({})",
            value.type_name()
        );
        return Err(error_at(value.position(), &message));
    };
    let mut parameters = Parameters::new();
    for member in members {
        let Node::List(items, _) = &member.value else {
            let message = format!("unknown slice type: {}", member.value.type_name());
            return Err(error_at(member.value.position(), &message));
        };
        let values = items.iter().filter_map(|item| match item {
            Node::Literal(Literal::Text(text), _) => Some(Value::from(text.clone())),
            Node::Literal(Literal::Bool(truth), _) => Some(Value::from(*truth)),
            // A number of a policy never equals a number of a request: their Go types differ. The
            // marker below is no JSON that a request can hold at that place.
            Node::Literal(Literal::Int(_) | Literal::Float(_), _) => Some(Value::Null),
            _ => None,
        });
        parameters
            .entry(member.keys[0].to_lowercase())
            .or_default()
            .extend(values);
    }
    Ok(parameters)
}

fn wrapping_ttl(name: &str, value: &Node) -> Result<i64, RuleError> {
    match value {
        Node::Literal(Literal::Int(seconds), _) => Ok(seconds.saturating_mul(1_000_000_000)),
        Node::Literal(Literal::Text(text), _) => duration::parse_nanoseconds(text)
            .map_err(|error| RuleError::Plain(format!("error parsing {name}: {error}"))),
        other => Err(RuleError::Plain(format!(
            "error parsing {name}: {}",
            other.type_name()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_policies_are_refused_in_the_words_of_the_reference() {
        for (text, error) in [
            (
                "path \"a\" { capabilities = [\"foo\"] }",
                "path \"a\": invalid capability \"foo\"",
            ),
            (
                "foo = \"bar\"\npath \"a\" { capabilities = [\"read\"] }",
                "1 error occurred:\n\t* invalid key \"foo\" on line 1\n\n",
            ),
            (
                "path \"a/+*\" { }",
                "path \"a/+*\": invalid use of wildcards ('+*' is forbidden)",
            ),
            (
                "path \"a\" { capabilities = 5 }",
                "path \"a\": At 1:27: unknown slice type: *ast.LiteralType",
            ),
            (
                "path = \"a\"",
                "path \"path\": cannot check HCL keys of type *ast.LiteralType",
            ),
            (
                "path \"a\" { policy = [\"read\"] }",
                "path \"a\": At 1:21: root.Policy: unknown type for string *ast.ListType",
            ),
        ] {
            assert_eq!(Policy::read(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn a_denial_stands_alone() {
        let policy = Policy::read("path \"a\" { capabilities = [\"sudo\", \"deny\"] }").unwrap();
        assert_eq!(policy.rules[0].capabilities, [Capability::Deny]);
    }
}
