//! What stands in a case for what differs between two runs. Any other `{{…}}` is text of the case: a
//! template of a policy, a statement of SQL.

/// A placeholder of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InRequest<'a> {
    /// `{{var:NAME}}`.
    Variable(&'a str),
    /// `{{env:NAME}}`.
    Environment(&'a str),
    /// `{{jwt:NAME}}`.
    Token(&'a str),
}

/// A placeholder of an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected<'a> {
    /// With its argument, without its number: `token:hvs`.
    pub body: &'a str,
    /// `token`.
    pub name: &'a str,
    /// `hvs`; empty where there is none.
    pub argument: &'a str,
    /// The number that binds it; empty where there is none.
    pub nth: &'a str,
}

/// A number: `{{int:1..5}}`, `{{epoch#2}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number<'a> {
    /// Whether it is seconds since 1970.
    pub is_epoch: bool,
    /// The least and the most.
    pub range: Option<(i64, i64)>,
    /// The number that binds it; empty where there is none.
    pub nth: &'a str,
}

/// Placeholders without an argument.
const PLAIN: [&str; 13] = [
    "any",
    "uuid",
    "accessor",
    "id24",
    "rfc3339",
    "hmac",
    "base64",
    "db_password",
    "hex8",
    "hashed_token",
    "compact_jws",
    "version",
    "digits",
];

/// Placeholders with one.
const WITH_ARGUMENT: [&str; 6] = [
    "token",
    "mount_accessor",
    "lease_id",
    "db_user",
    "var",
    "env",
];

/// The text with every placeholder of a request replaced.
pub fn replaced(text: &str, value: &dyn Fn(InRequest<'_>) -> String) -> String {
    let mut made = String::new();
    for part in parts(text, &in_request) {
        match part {
            Part::Text(text) => made.push_str(text),
            Part::Placeholder(found) => made.push_str(&value(found)),
        }
    }
    made
}

/// A piece of a text.
pub enum Part<'a, T> {
    /// As it stands.
    Text(&'a str),
    /// A placeholder.
    Placeholder(T),
}

/// The pieces of a text of an expectation.
pub fn expected_parts(text: &str) -> Vec<Part<'_, Expected<'_>>> {
    parts(text, &expected)
}

fn parts<'a, T>(text: &'a str, read: &dyn Fn(&'a str) -> Option<T>) -> Vec<Part<'a, T>> {
    let mut parts = Vec::new();
    let (mut begun, mut at) = (0, 0);
    while let Some(start) = text
        .get(at..)
        .and_then(|rest| rest.find("{{"))
        .map(|it| at + it)
    {
        let inside = text.get(start + 2..).unwrap_or_default();
        let found = inside
            .find("}}")
            .and_then(|end| Some((end, read(inside.get(..end)?)?)));
        let Some((end, placeholder)) = found else {
            at = start + 1;
            continue;
        };
        parts.push(Part::Text(text.get(begun..start).unwrap_or_default()));
        parts.push(Part::Placeholder(placeholder));
        at = start + 2 + end + 2;
        begun = at;
    }
    parts.push(Part::Text(text.get(begun..).unwrap_or_default()));
    parts
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
}

fn in_request(inside: &str) -> Option<InRequest<'_>> {
    let (kind, name) = inside.split_once(':')?;
    let make = match kind {
        "var" => InRequest::Variable,
        "env" => InRequest::Environment,
        "jwt" => InRequest::Token,
        _ => return None,
    };
    is_name(name).then(|| make(name))
}

fn expected(inside: &str) -> Option<Expected<'_>> {
    let (body, nth) = inside.split_once('#').unwrap_or((inside, ""));
    let is_numbered = body.len() == inside.len() || is_digits(nth);
    let (name, argument) = body.split_once(':').unwrap_or((body, ""));
    let is_known = match name {
        "string" | "any" => argument.is_empty(),
        "var" | "env" => is_name(argument),
        _ if WITH_ARGUMENT.contains(&name) => {
            !argument.is_empty() && !argument.contains(['{', '}'])
        }
        _ => PLAIN.contains(&name) && argument.is_empty(),
    };
    (is_known && is_numbered).then_some(Expected {
        body,
        name,
        argument,
        nth,
    })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|sign| sign.is_ascii_digit())
}

/// The number that a whole text stands for.
pub fn number(text: &str) -> Option<Number<'_>> {
    let inside = text.strip_prefix("{{")?.strip_suffix("}}")?;
    let (body, nth) = inside.split_once('#').unwrap_or((inside, ""));
    if body.len() != inside.len() && !is_digits(nth) {
        return None;
    }
    let (name, argument) = body.split_once(':').unwrap_or((body, ""));
    let range = match argument {
        "" => None,
        argument => {
            let (low, high) = argument.split_once("..")?;
            Some((low.parse().ok()?, high.parse().ok()?))
        }
    };
    matches!(name, "int" | "epoch").then_some(Number {
        is_epoch: name == "epoch",
        range,
        nth,
    })
}

/// The pattern of what a placeholder stands for.
pub fn pattern(name: &str, argument: &str) -> String {
    let argument = regex::escape(argument);
    match name {
        "uuid" => "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}".to_owned(),
        "accessor" | "id24" => "[A-Za-z0-9]{24}".to_owned(),
        "rfc3339" => r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)".to_owned(),
        "hmac" => "hmac-sha256:[0-9a-f]{64}".to_owned(),
        "base64" => "[A-Za-z0-9+/_-]+=*".to_owned(),
        "hex8" => "[0-9a-f]{8}".to_owned(),
        "hashed_token" => "h[0-9a-f]{64}".to_owned(),
        "compact_jws" => r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*".to_owned(),
        "version" => r"v?\d+\.\d+\.\d+\S*".to_owned(),
        "digits" => r"\d+".to_owned(),
        "token" => format!(r"{argument}\.[A-Za-z0-9_-]{{20,}}"),
        "mount_accessor" => format!("{argument}_[0-9a-f]{{8}}"),
        "lease_id" => format!("{argument}/[A-Za-z0-9]{{24}}"),
        "db_user" => format!("v-{argument}-[A-Za-z0-9]{{20}}-[0-9]{{10}}"),
        "db_password" => "[A-Za-z0-9-]{20}".to_owned(),
        _ => r"[\s\S]*".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_told_from_text() {
        let shown = |found: InRequest<'_>| format!("<{found:?}>");
        for (text, expected) in [
            ("a/{{var:id}}/b", "a/<Variable(\"id\")>/b"),
            (
                "{{jwt:j1}}{{env:ADDR}}",
                "<Token(\"j1\")><Environment(\"ADDR\")>",
            ),
            (
                "{{identity.entity.id}} {{{var:x}}",
                "{{identity.entity.id}} {<Variable(\"x\")>",
            ),
            ("{{uuid}} {{var:}} {{open", "{{uuid}} {{var:}} {{open"),
        ] {
            assert_eq!(replaced(text, &shown), expected, "{text}");
        }
        for (text, count) in [
            ("{{uuid#1}} {{token:hvs#2}} {{var:root}}", 3),
            ("{{any}}{{string}}", 2),
            ("{{identity.entity.name}} {{uuid#x}} {{token:}} {{name}}", 0),
        ] {
            let parts = expected_parts(text).into_iter();
            let found = parts
                .filter(|part| matches!(part, Part::Placeholder(_)))
                .count();
            assert_eq!(found, count, "{text}");
        }
        let found = number("{{int:-1..5#2}}");
        assert_eq!(
            found.map(|found| (found.range, found.nth)),
            Some((Some((-1, 5)), "2"))
        );
        assert!(number("{{epoch}}").is_some_and(|found| found.is_epoch));
        for text in ["{{int:1}}", "{{int#x}}", "{{uuid}}", "x{{int}}"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
