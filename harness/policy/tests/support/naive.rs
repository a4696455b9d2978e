//! A small evaluator written straight from the rules: no index, no compiled form, no short cut.
//!
//! It reads the JSON of a case itself and shares no code with the crate.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Map, Value};

/// Decision and absent keys in lower case.
pub type Answer = (&'static str, BTreeSet<String>);

struct Case<'a> {
    principal: &'a Value,
    action: &'a str,
    resource: &'a str,
    owner: &'a str,
    context: BTreeMap<String, Vec<String>>,
    policies: &'a Value,
    missing: BTreeSet<String>,
}

/// What a document says: Deny matches, and the forms in which Allow statements name the caller.
#[derive(Default)]
struct Says {
    denies: bool,
    forms: BTreeSet<&'static str>,
}

impl Says {
    fn allows(&self) -> bool {
        !self.forms.is_empty()
    }
}

pub fn decide(case: &Value) -> Answer {
    let request = &case["request"];
    let mut this = Case {
        principal: &request["principal"],
        action: text(&request["action"]),
        resource: text(&request["resource"]),
        owner: text(&request["resource_account"]),
        context: full_context(request),
        policies: &case["policies"],
        missing: BTreeSet::new(),
    };
    let decision = this.decide();
    (decision, this.missing)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().map(|value| text(value).to_owned()).collect(),
        Value::Null => Vec::new(),
        other => vec![text(other).to_owned()],
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn full_context(request: &Value) -> BTreeMap<String, Vec<String>> {
    let principal = &request["principal"];
    let mut context = BTreeMap::new();
    let account = text(&principal["account"]);
    let mut put = |key: &str, value: String| {
        context.insert(key.to_ascii_lowercase(), vec![value]);
    };
    let kind = text(&principal["type"]);
    match kind {
        "service" => {
            put("aws:PrincipalIsAWSService", "true".into());
            put(
                "aws:PrincipalServiceName",
                text(&principal["service"]).into(),
            );
        }
        "anonymous" => {
            put("aws:PrincipalType", "Anonymous".into());
            put("aws:PrincipalAccount", "anonymous".into());
            put("aws:userid", "anonymous".into());
        }
        _ => {
            let own = text(&principal["arn"]);
            let arn = if kind == "role-session" {
                text(&principal["role_arn"])
            } else {
                own
            };
            put("aws:PrincipalArn", arn.into());
            put("aws:PrincipalAccount", account.into());
            put("aws:PrincipalIsAWSService", "false".into());
            if kind == "user" {
                put("aws:username", text(&principal["name"]).into());
            }
            for (tag, value) in principal["tags"].as_object().unwrap_or(&Map::new()) {
                put(&format!("aws:PrincipalTag/{tag}"), text(value).into());
            }
        }
    }
    for (key, values) in request["context"].as_object().unwrap_or(&Map::new()) {
        context.insert(key.to_ascii_lowercase(), texts(values));
    }
    context
}

impl Case<'_> {
    fn kind(&self) -> &str {
        text(&self.principal["type"])
    }

    fn decide(&mut self) -> &'static str {
        let policies = self.policies;
        let kind = self.kind().to_owned();
        let has_account = self.principal["account"].is_string();
        let linked = self.principal["service_linked_role"] == true;
        let manages = self.principal["org"]["management_account"] == true;
        let account = text(&self.principal["account"]).to_owned();
        let same = has_account && account == self.owner;

        let mut denied = false;
        let mut scps_allow = true;
        if has_account && !linked && !manages {
            for level in list(&policies["scps"]) {
                let says = self.documents(&list(&level));
                denied |= says.denies;
                scps_allow &= says.allows();
            }
        }
        let exempt = linked || (manages && same);
        if !exempt {
            for level in list(&policies["rcps"]) {
                denied |= self.documents(&list(&level)).denies;
            }
        }
        let mut identity = Says::default();
        let mut boundary = Says::default();
        let mut session = Says::default();
        if has_account {
            identity = self.documents(&list(&policies["identity"]));
            boundary = self.documents(&one(&policies["boundary"]));
            session = self.documents(&list(&policies["session"]));
        }
        let is_trust = self.action == "sts:AssumeRole" && self.resource.contains(":role/");
        let mut side = self.documents(&one(&policies["resource"]));
        let trust = if is_trust {
            self.documents(&one(&policies["trust"]))
        } else {
            Says::default()
        };
        denied |= identity.denies | boundary.denies | session.denies | side.denies | trust.denies;
        if is_trust {
            side = trust;
        }
        let endpoint = self.documents(&one(&policies["endpoint"]));
        let endpoint_allows = policies["endpoint"].is_null() || endpoint.allows();
        if denied || endpoint.denies {
            return "ExplicitDeny";
        }
        let caps = (policies["boundary"].is_null() || boundary.allows())
            && (session.allows()
                || (list(&policies["session"]).is_empty() && kind != "federated-user"));
        let needs_side =
            is_trust || (self.action.starts_with("kms:") && self.resource.contains(":key/"));
        let granted = if !has_account {
            side.allows()
        } else if same {
            let direct = side.forms.contains("exact") || side.forms.contains("everyone");
            let through_parent = side.forms.contains("parent") && caps;
            let root = kind == "root" && !needs_side;
            let home = identity.allows() && caps && (!needs_side || side.allows());
            direct || through_parent || home || root
        } else {
            side.allows() && caps && (identity.allows() || kind == "root")
        };
        if granted && scps_allow && endpoint_allows {
            "Allow"
        } else {
            "ImplicitDeny"
        }
    }

    fn documents(&mut self, documents: &[Value]) -> Says {
        let mut says = Says::default();
        for document in documents {
            let variables = document["Version"] == "2012-10-17";
            for statement in list(&document["Statement"]) {
                let Some(form) = self.form(&statement) else {
                    continue;
                };
                if self.matches(&statement, variables) {
                    if statement["Effect"] == "Deny" {
                        says.denies = true;
                    } else {
                        says.forms.insert(form);
                    }
                }
            }
        }
        says
    }

    /// By which name the statement speaks of the caller; action first, since nothing counts
    /// without it.
    fn form(&self, statement: &Value) -> Option<&'static str> {
        let action = self.action.to_lowercase();
        let on_action = |name: &str| {
            texts(&statement[name])
                .iter()
                .any(|pattern| glob(&chars(&pattern.to_lowercase()), &action))
        };
        let covered = if statement["Action"].is_null() {
            !on_action("NotAction")
        } else {
            on_action("Action")
        };
        if !covered {
            return None;
        }
        if !statement["NotPrincipal"].is_null() {
            let spared = matches!(
                self.named(&statement["NotPrincipal"]),
                Some("exact" | "everyone")
            );
            let has_boundary = !self.policies["boundary"].is_null();
            return (!spared || has_boundary).then_some("everyone");
        }
        if statement["Principal"].is_null() {
            return Some("exact");
        }
        self.named(&statement["Principal"])
    }

    fn named(&self, principal: &Value) -> Option<&'static str> {
        if principal == "*" {
            return Some("everyone");
        }
        let kind = self.kind();
        if kind == "service" {
            let listed = texts(&principal["Service"]);
            return listed
                .contains(&text(&self.principal["service"]).to_owned())
                .then_some("exact");
        }
        let listed = texts(&principal["AWS"]);
        let has = |value: &str| !value.is_empty() && listed.iter().any(|listed| listed == value);
        let account = text(&self.principal["account"]);
        let root = format!("arn:aws:iam::{account}:root");
        let by_account = has(account) || (!account.is_empty() && has(&root));
        let own = has(text(&self.principal["arn"])) && kind != "root";
        let id = text(&self.principal["unique_id"]);
        let exact = own || (kind == "user" && has(id)) || (kind == "root" && by_account);
        let parent = has(text(&self.principal["role_arn"]))
            || has(text(&self.principal["user_arn"]))
            || (kind == "role-session" && has(id));
        if exact {
            Some("exact")
        } else if has("*") {
            Some("everyone")
        } else if parent {
            Some("parent")
        } else if by_account {
            Some("account")
        } else {
            None
        }
    }

    fn matches(&mut self, statement: &Value, variables: bool) -> bool {
        for name in ["Resource", "NotResource"] {
            if statement[name].is_null() {
                continue;
            }
            let mut any = false;
            for pattern in texts(&statement[name]) {
                any |= match self.expand(&pattern, variables, true) {
                    Some(pattern) => arn_glob(&pattern, self.resource),
                    None => false,
                };
            }
            if any != (name == "Resource") {
                return false;
            }
        }
        let mut holds = true;
        for (operator, keys) in statement["Condition"].as_object().unwrap_or(&Map::new()) {
            for (key, values) in keys.as_object().unwrap_or(&Map::new()) {
                holds &= self.condition(operator, key, &texts(values), variables);
            }
        }
        holds
    }

    fn condition(&mut self, name: &str, key: &str, values: &[String], variables: bool) -> bool {
        let found = self.context.get(&key.to_ascii_lowercase()).cloned();
        if found.is_none() {
            self.missing.insert(key.to_ascii_lowercase());
        }
        let (set, operator) = name.split_once(':').unwrap_or(("", name));
        let if_exists = operator.ends_with("IfExists");
        let operator = operator.trim_end_matches("IfExists");
        let has_variables = ["String", "Arn", "Bool"]
            .iter()
            .any(|start| operator.starts_with(start));
        let wildcards = operator.contains("Like") || operator.starts_with("Arn");
        let expanded: Vec<Vec<Sign>> = values
            .iter()
            .filter_map(|value| self.expand(value, variables && has_variables, wildcards))
            .collect();
        if operator == "Null" {
            let absent = found.is_none_or(|found| found.is_empty());
            return values.iter().any(|value| (value == "true") == absent);
        }
        let negated = operator.contains("Not");
        let base = operator.replace("Not", "");
        let holds =
            |value: &str| expanded.iter().any(|listed| compare(&base, listed, value)) != negated;
        match (set, found) {
            ("ForAllValues", None) => true,
            ("ForAllValues", Some(found)) => {
                found == [String::new()] || found.iter().all(|value| holds(value))
            }
            ("ForAnyValue", None) => if_exists,
            ("ForAnyValue", Some(found)) => found.iter().any(|value| holds(value)),
            (_, None) => if_exists || negated,
            (_, Some(found)) => match found.as_slice() {
                [value] => holds(value),
                _ => negated,
            },
        }
    }

    /// Variables replaced by literal characters; `None` when one has no value.
    fn expand(&mut self, source: &str, variables: bool, wildcards: bool) -> Option<Vec<Sign>> {
        let mut signs = Vec::new();
        let mut rest = source;
        let mut complete = true;
        while !rest.is_empty() {
            if variables && rest.starts_with("${") {
                let end = rest.find('}')?;
                let body = &rest[2..end];
                rest = &rest[end + 1..];
                let (name, default) = match body.split_once(", '") {
                    Some((name, default)) => (name, Some(default.trim_end_matches('\''))),
                    None => (body, None),
                };
                let literal = match name {
                    "*" | "?" | "$" => Some(name.to_owned()),
                    _ => match self
                        .context
                        .get(&name.to_ascii_lowercase())
                        .map(Vec::as_slice)
                    {
                        Some([value]) => Some(value.clone()),
                        _ => default.map(str::to_owned),
                    },
                };
                match literal {
                    Some(literal) => signs.extend(literal.chars().map(Sign::Literal)),
                    None => {
                        if !self.context.contains_key(&name.to_ascii_lowercase()) {
                            self.missing.insert(name.to_ascii_lowercase());
                        }
                        complete = false;
                    }
                }
                continue;
            }
            let first = rest.chars().next()?;
            rest = &rest[first.len_utf8()..];
            signs.push(match first {
                '*' if wildcards => Sign::Many,
                '?' if wildcards => Sign::One,
                other => Sign::Literal(other),
            });
        }
        complete.then_some(signs)
    }
}

fn one(value: &Value) -> Vec<Value> {
    if value.is_null() {
        Vec::new()
    } else {
        vec![value.clone()]
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Literal(char),
    One,
    Many,
}

fn chars(pattern: &str) -> Vec<Sign> {
    pattern
        .chars()
        .map(|character| match character {
            '*' => Sign::Many,
            '?' => Sign::One,
            other => Sign::Literal(other),
        })
        .collect()
}

fn glob(pattern: &[Sign], text: &str) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((Sign::Many, rest)) => {
            (0..=text.len()).any(|at| text.is_char_boundary(at) && glob(rest, &text[at..]))
        }
        Some((sign, rest)) => text.chars().next().is_some_and(|first| {
            (*sign == Sign::One || *sign == Sign::Literal(first))
                && glob(rest, &text[first.len_utf8()..])
        }),
    }
}

/// Field by field; only a lone star covers what is no ARN.
fn arn_glob(pattern: &[Sign], arn: &str) -> bool {
    if pattern == [Sign::Many] {
        return true;
    }
    let fields: Vec<&str> = arn.splitn(6, ':').collect();
    let mut patterns: Vec<Vec<Sign>> = vec![Vec::new()];
    for sign in pattern {
        if *sign == Sign::Literal(':') && patterns.len() < 6 {
            patterns.push(Vec::new());
        } else if let Some(last) = patterns.last_mut() {
            last.push(*sign);
        }
    }
    fields.len() == 6
        && patterns.len() == 6
        && patterns
            .iter()
            .zip(fields)
            .all(|(pattern, field)| glob(pattern, field))
}

fn literal(signs: &[Sign]) -> String {
    signs
        .iter()
        .map(|sign| match sign {
            Sign::Literal(character) => *character,
            Sign::One => '?',
            Sign::Many => '*',
        })
        .collect()
}

#[expect(clippy::panic, reason = "a test ends at the first surprise")]
fn compare(base: &str, listed: &[Sign], value: &str) -> bool {
    let plain = literal(listed);
    let order = |wanted: &str, order: Option<Ordering>| {
        order.is_some_and(|order| match wanted {
            "Equals" => order.is_eq(),
            "LessThan" => order.is_lt(),
            "LessThanEquals" => order.is_le(),
            "GreaterThan" => order.is_gt(),
            _ => order.is_ge(),
        })
    };
    if let Some(wanted) = base.strip_prefix("Numeric") {
        let (left, right) = (value.parse::<f64>(), plain.parse::<f64>());
        return matches!((left, right), (Ok(left), Ok(right)) if order(wanted, left.partial_cmp(&right)));
    }
    match base {
        "StringEquals" => plain == value,
        "StringEqualsIgnoreCase" => plain.to_lowercase() == value.to_lowercase(),
        "StringLike" => glob(listed, value),
        "ArnLike" | "ArnEquals" => arn_glob(listed, value),
        "Bool" => plain == value,
        "IpAddress" => in_network(&plain, value),
        // The generated dates are all UTC, so their texts order like the moments.
        "DateGreaterThan" => value > plain.as_str(),
        other => panic!("the naive evaluator does not know `{other}`"),
    }
}

fn in_network(network: &str, address: &str) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let (Some((base, length)), Ok(address)) = (network.split_once('/'), address.parse()) else {
        return false;
    };
    let (Ok(base), Ok(length)) = (base.parse(), length.parse::<usize>()) else {
        return false;
    };
    let (base, address) = (bits(base), bits(address));
    let bit = |bytes: &[u8], at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    base.len() == address.len() && (0..length).all(|at| bit(&base, at) == bit(&address, at))
}
