//! What a policy's text means: its rules, or what is wrong with it.

use std::collections::BTreeMap;

use authlab_kernel::Timestamp;
use thiserror::Error;

use super::hcl::{Item, Literal, Node, parse};
use super::parameter::Wanted;
use super::scan::error_at;
use crate::duration;
use crate::flavour::Flavour;
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

    /// The capability of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
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
pub(crate) type Parameters = BTreeMap<String, Vec<Wanted>>;

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
    /// How many names a list may ask for; 0 is no bound.
    pub(crate) pagination_limit: i64,
    /// From when on the rule does not count.
    pub(crate) expiration: Option<Timestamp>,
}

/// Why a policy is not taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum PolicyError {
    /// It is wrong, in the words of the reference, without `failed to parse policy: `.
    #[error("{0}")]
    Wrong(String),
    /// It asks for what is not there; taken and ignored it would promise a bound that is none.
    #[error("`{0}` in the rule for `{1}` is not simulated by authlab: leave it out")]
    NotSimulated(&'static str, String),
}

/// A policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Policy {
    /// The text as it was written.
    pub(crate) text: String,
    /// Its rules in order.
    pub(crate) rules: Vec<Rule>,
    /// How often it was written.
    pub(crate) version: u64,
    pub(crate) modified: Option<Timestamp>,
    /// Writers have to say which version they change.
    pub(crate) cas_required: bool,
    /// From when on the policy is no more.
    pub(crate) expiration: Option<Timestamp>,
}

/// The keys of a rule that every flavour knows.
pub(super) const RULE_KEYS: [&str; 10] = [
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
];

/// The keys of a rule that would bound what it allows, and that nothing here reads.
const NOT_SIMULATED: [&str; 4] = [
    "mfa_methods",
    "control_group",
    "subscribe_event_types",
    "list_scan_response_keys_filter_path",
];

impl Policy {
    /// Reads a policy's text, HCL or JSON.
    ///
    /// # Errors
    /// What is wrong with it, or what of it is not simulated.
    pub(crate) fn read(text: &str, flavour: Flavour) -> Result<Self, PolicyError> {
        let items = parse(text).map_err(PolicyError::Wrong)?;
        check_keys(&items, &["name", "path"]).map_err(PolicyError::Wrong)?;
        let mut rules = Vec::new();
        for item in items.iter().filter(|item| item.keys[0] == "path") {
            rules.push(read_rule(item, flavour)?);
        }
        Ok(Self {
            text: text.to_owned(),
            rules,
            ..Self::default()
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

fn read_rule(item: &Item, flavour: Flavour) -> Result<Rule, PolicyError> {
    let key = item.keys.get(1).unwrap_or(&item.keys[0]);
    let place = format!("path {}:", duration::quoted(key));
    let twice = flavour.core().rule_path_outside;
    let worded = |error: RuleError| match error {
        RuleError::Keys(error) => match error.strip_prefix("1 error occurred:\n\t* ") {
            Some(inner) if !twice => format!("1 error occurred:\n\t* {place} {inner}"),
            _ => format!("{place} {error}"),
        },
        RuleError::OfRule(error) if twice => format!("{place} {place} {error}"),
        RuleError::OfRule(error) => format!("{place} {error}"),
        RuleError::Plain(error) if twice => format!("{place} {error}"),
        RuleError::Plain(error) => error,
    };
    let wrong = |error: RuleError| PolicyError::Wrong(worded(error));
    if !super::template::is_balanced(key) {
        let text = "failed to validate policy templating: unbalanced templating characters";
        return Err(wrong(RuleError::Plain(text.to_owned())));
    }
    let Node::Object(members, _) = &item.value else {
        let kind = item.value.type_name();
        return Err(wrong(RuleError::Keys(format!(
            "cannot check HCL keys of type {kind}"
        ))));
    };
    let more = flavour.core().more_rule_keys;
    let known: Vec<&str> = RULE_KEYS.iter().chain(more).copied().collect();
    check_keys(members, &known).map_err(|error| wrong(RuleError::Keys(error)))?;
    for name in NOT_SIMULATED {
        if members.iter().any(|member| member.keys[0] == name) {
            return Err(PolicyError::NotSimulated(name, key.clone()));
        }
    }
    let mut rule = Rule {
        path: key.strip_prefix('/').unwrap_or(key).to_owned(),
        ..Rule::default()
    };
    if rule.path.contains("+*") {
        let text = "invalid use of wildcards ('+*' is forbidden)";
        return Err(wrong(RuleError::OfRule(text.to_owned())));
    }
    for member in members {
        read_member(&mut rule, member).map_err(wrong)?;
    }
    if rule.capabilities.contains(&Capability::Deny) {
        // Nothing beside a denial counts, but the time until which it holds.
        rule = Rule {
            path: rule.path,
            capabilities: vec![Capability::Deny],
            expiration: rule.expiration,
            ..Rule::default()
        };
    }
    if rule.min_wrapping_ttl > 0
        && rule.max_wrapping_ttl > 0
        && rule.max_wrapping_ttl < rule.min_wrapping_ttl
    {
        let text = "max_wrapping_ttl cannot be less than min_wrapping_ttl";
        return Err(wrong(RuleError::Plain(text.to_owned())));
    }
    Ok(rule)
}

/// An error that names its path, or not: the reference is not consistent.
enum RuleError {
    /// About the keys of a rule: a list of errors.
    Keys(String),
    OfRule(String),
    Plain(String),
}

fn read_member(rule: &mut Rule, member: &Item) -> Result<(), RuleError> {
    let value = &member.value;
    match member.keys[0].as_str() {
        "policy" => old_policy(rule, value).map_err(RuleError::OfRule)?,
        "capabilities" => {
            for name in texts("Capabilities", value).map_err(RuleError::OfRule)? {
                let capability = Capability::named(&name).ok_or_else(|| {
                    let name = duration::quoted(&name);
                    RuleError::OfRule(format!("invalid capability {name}"))
                })?;
                rule.capabilities.push(capability);
            }
        }
        "allowed_parameters" => {
            let known = rule.allowed_parameters.get_or_insert_default();
            parameters(known, member).map_err(RuleError::OfRule)?;
        }
        "denied_parameters" => {
            let known = rule.denied_parameters.get_or_insert_default();
            parameters(known, member).map_err(RuleError::OfRule)?;
        }
        "required_parameters" => {
            rule.required_parameters
                .extend(texts("required_parameters", value).map_err(RuleError::OfRule)?);
        }
        "min_wrapping_ttl" => rule.min_wrapping_ttl = wrapping_ttl("min_wrapping_ttl", value)?,
        "max_wrapping_ttl" => rule.max_wrapping_ttl = wrapping_ttl("max_wrapping_ttl", value)?,
        "pagination_limit" => {
            rule.pagination_limit = whole("pagination_limit", value).map_err(RuleError::OfRule)?;
        }
        "expiration" => rule.expiration = Some(time(value).map_err(RuleError::OfRule)?),
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

fn texts(name: &str, value: &Node) -> Result<Vec<String>, String> {
    let unknown = |index: usize, node: &str, position| {
        let message = format!("root.{name}[{index}]: unknown type for string {node}");
        error_at(position, &message)
    };
    let items = match value {
        Node::List(items, _) => items,
        Node::Object(members, position) if !members.is_empty() => {
            return Err(unknown(0, "*ast.ObjectItem", position.after()));
        }
        Node::Object(..) => return Ok(Vec::new()),
        Node::Literal(..) => {
            let message = format!("unknown slice type: {}", value.type_name());
            return Err(error_at(value.position(), &message));
        }
    };
    let texts = items.iter().enumerate().map(|(index, item)| match item {
        Node::Literal(Literal::Text(text), _) => Ok(text.clone()),
        Node::Literal(Literal::Int(number), _) => Ok(number.to_string()),
        other => Err(unknown(index, other.type_name(), other.position())),
    });
    texts.collect()
}

/// The values of one member, each kept: an empty list means any, so a value that is dropped would
/// allow or deny everything.
fn values(node: &Node) -> Result<Vec<Wanted>, String> {
    match node {
        Node::List(items, _) => Ok(items.iter().map(Wanted::of).collect()),
        Node::Object(..) => Ok(vec![Wanted::of(node)]),
        Node::Literal(..) => {
            let message = format!("unknown slice type: {}", node.type_name());
            Err(error_at(node.position(), &message))
        }
    }
}

/// Adds what `name { parameter = [...] }` or `name "parameter" { ... }` says.
fn parameters(into: &mut Parameters, member: &Item) -> Result<(), String> {
    let (name, value) = (&member.keys[0], &member.value);
    let mut add = |parameter: &str, values: Vec<Wanted>| {
        let known = into.entry(parameter.to_lowercase()).or_default();
        known.extend(values);
    };
    if let Some(label) = member.keys.get(1) {
        add(label, vec![Wanted::of(value)]);
        return Ok(());
    }
    let Node::Object(members, _) = value else {
        let kind = value.type_name();
        let message = format!("root.{name}: not an object type for map ({kind})");
        return Err(error_at(value.position(), &message));
    };
    for member in members {
        if member.keys.len() > 1 {
            add(&member.keys[0], vec![Wanted::Never]);
        } else {
            add(&member.keys[0], values(&member.value)?);
        }
    }
    Ok(())
}

fn wrapping_ttl(name: &str, value: &Node) -> Result<i64, RuleError> {
    const SECOND: i64 = 1_000_000_000;
    let wrong = |error: &str| RuleError::Plain(format!("error parsing {name}: {error}"));
    let of_seconds = |seconds: i64| {
        let product = seconds.checked_mul(SECOND);
        product.ok_or_else(|| {
            wrong("multiplication of durations resulted in overflow, one operand may be too large")
        })
    };
    match value {
        Node::Literal(Literal::Int(seconds), _) => of_seconds(*seconds),
        Node::Literal(Literal::Float(seconds), _) => {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a fraction of a second is dropped, as the reference does"
            )]
            let whole = *seconds as i64;
            of_seconds(whole)
        }
        Node::Literal(Literal::Text(text), _) if text.is_empty() => Ok(0),
        Node::Literal(Literal::Text(text), _) => {
            duration::parse_nanoseconds(text).map_err(|error| wrong(&error))
        }
        _ => Err(wrong("could not parse duration from input")),
    }
}

fn whole(name: &str, value: &Node) -> Result<i64, String> {
    match value {
        Node::Literal(Literal::Int(number), _) => Ok(*number),
        Node::Literal(Literal::Text(text), _) => text.parse().map_err(|_| {
            let text = duration::quoted(text);
            format!("strconv.ParseInt: parsing {text}: invalid syntax")
        }),
        other => {
            let message = format!("root.{name}: unknown type {}", other.type_name());
            Err(error_at(other.position(), &message))
        }
    }
}

/// A time: RFC 3339, or seconds since 1970.
fn time(value: &Node) -> Result<Timestamp, String> {
    let found = match value {
        Node::Literal(Literal::Int(number), _) => absolute_time(&number.to_string()),
        Node::Literal(Literal::Text(text), _) => absolute_time(text),
        _ => None,
    };
    found.ok_or_else(|| {
        "invalid expiration time: could not parse string as date and time".to_owned()
    })
}

/// A time as policies and their endpoints take it: RFC 3339, or seconds since 1970.
pub(crate) fn absolute_time(text: &str) -> Option<Timestamp> {
    let of_seconds = || Timestamp::from_second(text.parse().ok()?).ok();
    text.parse().ok().or_else(of_seconds)
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
            let refused = Policy::read(text, Flavour::OpenBao).unwrap_err();
            assert_eq!(refused, PolicyError::Wrong(error.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_denial_stands_alone() {
        let text = "path \"a\" { capabilities = [\"sudo\", \"deny\"] }";
        let policy = Policy::read(text, Flavour::OpenBao).unwrap();
        assert_eq!(policy.rules[0].capabilities, [Capability::Deny]);
    }
}
