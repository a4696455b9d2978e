//! Password policies: how long a password is, and of which characters.
//!
//! Only what a server asks of a policy that is written; passwords are not made yet. Rules and texts are
//! those of OpenBao 2.7, compared with it in the tests (`sdk/helper/random` of both servers).

use super::hcl::{self, Item, Literal, Node};

/// How many characters a password has at least and at most.
const CHARACTERS: std::ops::RangeInclusive<i64> = 4..=100;

/// What decoding of a member says before its problems.
const UNDECODED: &str = "decoding failed due to the following error(s):\n\n";

/// A rule: so many of these characters.
struct Charset {
    characters: usize,
    least: i64,
}

/// Whether a server keeps the policy.
///
/// # Errors
/// It cannot be read, or no password would fit it: what the server says.
pub(crate) fn check(text: &str) -> Result<(), String> {
    let invalid = |problem: String| format!("invalid password policy: {problem}");
    let items = hcl::parse(text).map_err(|error| invalid(format!("unable to decode: {error}")))?;
    let length = number(&items, "length")
        .map_err(|problem| invalid(format!("failed to decode configuration: {problem}")))?;
    let rules =
        rules(&items).map_err(|problem| invalid(format!("unable to parse rules: {problem}")))?;
    let problems = problems(length, &rules);
    if !problems.is_empty() {
        let (count, errors) = (
            problems.len(),
            if problems.len() == 1 {
                "error"
            } else {
                "errors"
            },
        );
        let listed: String = problems.iter().map(|it| format!("\n\t* {it}")).collect();
        return Err(invalid(format!("{count} {errors} occurred:{listed}\n\n")));
    }
    if CHARACTERS.contains(&length) {
        return Ok(());
    }
    let (least, most) = (CHARACTERS.start(), CHARACTERS.end());
    Err(format!(
        "passwords must be between {least} and {most} characters"
    ))
}

/// Why no password would fit.
fn problems(length: i64, rules: &[Charset]) -> Vec<String> {
    let least: i64 = rules
        .iter()
        .map(|rule| rule.least.max(0))
        .fold(0, i64::saturating_add);
    let mut problems = Vec::new();
    if length <= 0 {
        problems.push("length must be > 0".to_owned());
    } else if length < least {
        problems.push(format!(
            "specified rules require at least {least} characters but {length} is specified"
        ));
    }
    if rules.iter().all(|rule| rule.characters == 0) {
        problems.push("no charset specified".to_owned());
    }
    problems
}

/// A member that is a whole number; 0 without it. Of several the last stands.
fn number(members: &[Item], name: &str) -> Result<i64, String> {
    match last(members, name) {
        None => Ok(0),
        Some(Node::Literal(Literal::Int(number), _)) => Ok(*number),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what follows the point is cut off there, too"
        )]
        Some(Node::Literal(Literal::Float(number), _)) => Ok(*number as i64),
        Some(other) => Err(format!(
            "{UNDECODED}'{name}' expected type 'int', got unconvertible type '{}'",
            type_of(other)
        )),
    }
}

fn last<'i>(members: &'i [Item], name: &str) -> Option<&'i Node> {
    let mut named = members.iter().filter(|item| item.keys == [name]);
    named.next_back().map(|item| &item.value)
}

/// The name of a value's type in Go.
fn type_of(value: &Node) -> &'static str {
    match value {
        Node::Literal(Literal::Text(_), _) => "string",
        Node::Literal(Literal::Int(_), _) => "int",
        Node::Literal(Literal::Float(_), _) => "float64",
        Node::Literal(Literal::Bool(_), _) => "bool",
        Node::List(..) => "[]interface {}",
        Node::Object(..) => "[]map[string]interface {}",
    }
}

/// The rules, as blocks (`rule "charset" { … }`) or within one another (`{"rule": {"charset": { … }}}`).
fn rules(items: &[Item]) -> Result<Vec<Charset>, String> {
    let mut rules = Vec::new();
    for item in items
        .iter()
        .filter(|item| item.keys.first().is_some_and(|key| key == "rule"))
    {
        match (item.keys.get(1..).unwrap_or_default(), &item.value) {
            ([kind], value) => rules.push(rule(kind, value)?),
            ([], Node::Object(members, _)) => {
                for member in members {
                    let kind = member.keys.join(" ");
                    rules.push(rule(&kind, &member.value)?);
                }
            }
            (_, value) => return Err(no_rule(value)),
        }
    }
    Ok(rules)
}

fn no_rule(value: &Node) -> String {
    format!(
        "unable to get rule info: unable to get rule data: '' source data must be an array or slice, got {}",
        type_of(value)
    )
}

fn rule(kind: &str, value: &Node) -> Result<Charset, String> {
    let Node::Object(members, _) = value else {
        return Err(no_rule(value));
    };
    let unable = |problem: String| format!("unable to parse rule {kind}: {problem}");
    if kind != "charset" {
        return Err(unable(format!("unrecognized rule type {kind}")));
    }
    let restricted =
        |problem: String| unable(format!("failed to parse charset restriction: {problem}"));
    Ok(Charset {
        characters: characters(members).map_err(restricted)?,
        least: number(members, "min-chars").map_err(restricted)?,
    })
}

/// How many characters a rule has: a text, or a list of their numbers.
fn characters(members: &[Item]) -> Result<usize, String> {
    match last(members, "charset") {
        None => Ok(0),
        Some(Node::Literal(Literal::Text(text), _)) => Ok(text.chars().count()),
        Some(Node::List(values, _)) => {
            let wrong: Vec<String> = values
                .iter()
                .enumerate()
                .filter(|(_, value)| !matches!(value, Node::Literal(Literal::Int(_), _)))
                .map(|(index, value)| {
                    let found = type_of(value);
                    format!(
                        "'charset[{index}]' expected type 'int32', got unconvertible type '{found}'"
                    )
                })
                .collect();
            if wrong.is_empty() {
                return Ok(values.len());
            }
            Err(format!("{UNDECODED}{}", wrong.join("\n")))
        }
        Some(other) => Err(format!(
            "{UNDECODED}'charset' source data must be an array or slice, got {}",
            type_of(other)
        )),
    }
}
