//! What `$input` and `$util` have: what `api-gateway-mapping-template-reference` lists, and nothing else.

use super::slot::{INPUT, UTIL};
use super::tree::{Reference, Step};
use crate::error::ParseProblem;
use crate::path::Path;

/// A member, and how many arguments it may have; a property has none and no parentheses.
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// The numbers of arguments.
    pub arguments: Option<&'static [usize]>,
}

const fn method(name: &'static str, arguments: &'static [usize]) -> Member {
    Member {
        name,
        arguments: Some(arguments),
    }
}

/// The members of `$input`.
pub const OF_INPUT: [Member; 4] = [
    Member {
        name: "body",
        arguments: None,
    },
    method("json", &[1]),
    method("params", &[0, 1]),
    method("path", &[1]),
];

/// The members of `$util`.
pub const OF_UTIL: [Member; 6] = [
    method("base64Decode", &[1]),
    method("base64Encode", &[1]),
    method("escapeJavaScript", &[1]),
    method("parseJson", &[1]),
    method("urlDecode", &[1]),
    method("urlEncode", &[1]),
];

const KNOWN_OF_INPUT: &str = "`body`, `json(path)`, `params()`, `params(name)`, `path(path)`";
const KNOWN_OF_UTIL: &str = "`base64Decode(text)`, `base64Encode(text)`, `escapeJavaScript(text)`, \
     `parseJson(text)`, `urlDecode(text)`, `urlEncode(text)`";

/// Looks at the first step of a reference to `$input` or `$util`; a JSONPath that stands in the template
/// is read here, once.
pub fn check(reference: &mut Reference) -> Result<(), ParseProblem> {
    let (root, members, known): (_, &[Member], _) = match reference.slot {
        INPUT => ("input", &OF_INPUT, KNOWN_OF_INPUT),
        UTIL => ("util", &OF_UTIL, KNOWN_OF_UTIL),
        _ => return Ok(()),
    };
    let Some(step) = reference.steps.first_mut() else {
        return Ok(());
    };
    let (name, count) = match step {
        Step::Property(name) => (name.to_string(), None),
        Step::Method(call) => (call.name.clone(), Some(call.arguments.len())),
        Step::Index(_) => ("[…]".to_owned(), None),
    };
    let is_there = members.iter().any(|member| {
        let fits = match (member.arguments, count) {
            (None, None) => true,
            (Some(counts), Some(count)) => counts.contains(&count),
            _ => false,
        };
        member.name == name && fits
    });
    if !is_there {
        let member = match count {
            None => name,
            Some(0) => format!("{name}()"),
            Some(1) => format!("{name}(…)"),
            Some(count) => format!("{name}({})", vec!["…"; count].join(", ")),
        };
        return Err(ParseProblem::Member {
            root,
            member,
            known,
        });
    }
    if let Step::Method(call) = step
        && reference.slot == INPUT
        && matches!(call.name.as_str(), "json" | "path")
        && let Some(path) = call.arguments.first().and_then(|first| first.constant())
    {
        call.path = Some(Path::parse(path)?);
    }
    Ok(())
}
