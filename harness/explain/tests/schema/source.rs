//! The structs, enums, kinds and reasons of a source file: as much of Rust as evidence is written in.

use regex::Regex;

/// What a file holds.
#[derive(Default)]
pub struct Source {
    pub items: Vec<Item>,
    /// A struct or enum, and the kind of the events that it is the evidence of.
    pub kinds: Vec<(String, String)>,
    pub reasons: Vec<String>,
}

/// A type that is written into lines.
pub enum Item {
    Struct(Struct),
    Enum(Enum),
}

pub struct Struct {
    pub name: String,
    pub about: String,
    pub fields: Vec<Field>,
}

pub struct Enum {
    pub name: String,
    pub about: String,
    pub attributes: String,
    pub variants: Vec<Variant>,
}

pub struct Variant {
    pub name: String,
    pub about: String,
    pub attributes: String,
    pub content: Content,
}

pub enum Content {
    Nothing,
    One(String),
    Fields(Vec<Field>),
}

pub struct Field {
    pub name: String,
    pub about: String,
    pub attributes: String,
    pub of: String,
}

impl Item {
    pub fn name(&self) -> &str {
        match self {
            Self::Struct(item) => &item.name,
            Self::Enum(item) => &item.name,
        }
    }
}

impl Field {
    /// Whether its members stand among those of the struct.
    pub fn is_flat(&self) -> bool {
        self.attributes.contains("flatten")
    }
}

impl Source {
    pub fn parse(texts: impl Iterator<Item = String>) -> Self {
        let own = texts.map(|text| text.split("#[cfg(test)]").next().map(str::to_owned));
        let text: String = own.flatten().collect();
        let mut source = Self::default();
        let kind = Regex::new(
            r#"impl Evidence for (\w+)(?:<'_>)? \{\s*const KIND: &'static str = "([a-z-]+)";"#,
        )
        .unwrap();
        let listed = Regex::new(r#"(?m)^    (\w+) = "([a-z-]+)",$"#).unwrap();
        let reason = Regex::new(r#"(?m)^        \w+ = "([a-z0-9-]+)",$"#).unwrap();
        for pattern in [&kind, &listed] {
            for found in pattern.captures_iter(&text) {
                source
                    .kinds
                    .push((found[1].to_owned(), found[2].to_owned()));
            }
        }
        let reasons = reason.captures_iter(&text);
        source.reasons = reasons.map(|found| found[1].to_owned()).collect();
        let begins = Regex::new(
            r"(?m)^((?:///.*\n|#\[(?:[^\]]|\n)*\]\n)*)pub (struct|enum) (\w+)(?:<[^>{]*>)? \{",
        )
        .unwrap();
        for found in begins.captures_iter(&text) {
            let (about, attributes) = head(&found[1]);
            // Only what is read back is evidence.
            if !attributes.contains("Deserialize") {
                continue;
            }
            let body = braced(&text[found.get(0).unwrap().end()..]);
            let name = found[3].to_owned();
            source.items.push(match &found[2] {
                "struct" => Item::Struct(Struct {
                    name,
                    about,
                    fields: parts(body).iter().map(|part| field(part)).collect(),
                }),
                _ => Item::Enum(Enum {
                    name,
                    about,
                    attributes,
                    variants: parts(body).iter().map(|part| variant(part)).collect(),
                }),
            });
        }
        source
    }
}

/// Comments and attributes that stand before something.
fn head(text: &str) -> (String, String) {
    let mut about = Vec::new();
    let mut attributes = String::new();
    for line in text.lines().map(str::trim) {
        match line.strip_prefix("///") {
            Some(comment) => about.push(comment.trim()),
            None => attributes += line,
        }
    }
    (about.join(" ").trim().to_owned(), attributes)
}

/// What stands before the brace that closes an open one.
fn braced(text: &str) -> &str {
    let mut depth = 1;
    for (index, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..index];
        }
    }
    panic!("a brace is not closed: {text}")
}

/// The parts between commas that stand in no bracket; no comma in a comment counts.
fn parts(body: &str) -> Vec<String> {
    let (mut parts, mut part, mut depth, mut in_comment) = (Vec::new(), String::new(), 0, false);
    let mut rest = body.chars().peekable();
    while let Some(character) = rest.next() {
        if character == '/' && rest.peek() == Some(&'/') {
            in_comment = true;
        }
        match character {
            '\n' => in_comment = false,
            _ if in_comment => {}
            '{' | '(' | '<' | '[' => depth += 1,
            '}' | ')' | '>' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(character);
    }
    parts.push(part);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// Comments and attributes of a part, and what follows them.
fn split(part: &str) -> (String, String, &str) {
    let mut rest = part.trim_start();
    let mut before = String::new();
    loop {
        let end = if rest.starts_with("///") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("#[") {
            let close = rest.find("]\n").unwrap_or_else(|| panic!("{rest}"));
            close + 1
        } else {
            let (about, attributes) = head(&before);
            return (about, attributes, rest.trim());
        };
        before += &rest[..end];
        before += "\n";
        rest = rest[end..].trim_start();
    }
}

fn field(part: &str) -> Field {
    let (about, attributes, rest) = split(part);
    let (name, of) = rest.split_once(':').unwrap_or_else(|| panic!("{rest}"));
    let name = name.trim().trim_start_matches("pub ");
    Field {
        name: name.trim_start_matches("r#").to_owned(),
        about,
        attributes,
        of: of.trim().to_owned(),
    }
}

fn variant(part: &str) -> Variant {
    let (about, attributes, rest) = split(part);
    let end = rest.find([' ', '(', '{']).unwrap_or(rest.len());
    let (name, content) = rest.split_at(end);
    let content = content.trim();
    let content = if let Some(fields) = content.strip_prefix('{') {
        Content::Fields(
            parts(braced(fields))
                .iter()
                .map(|part| field(part))
                .collect(),
        )
    } else if let Some(one) = content.strip_prefix('(') {
        Content::One(one.trim_end_matches(')').to_owned())
    } else {
        Content::Nothing
    };
    Variant {
        name: name.to_owned(),
        about,
        attributes,
        content,
    }
}
