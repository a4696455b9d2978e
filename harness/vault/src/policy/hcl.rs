//! The tree of an HCL 1 text. JSON texts give the same tree.

use super::scan::{Kind, Position, Scanner, Token, error_at};

/// How deeply objects and lists may be nested.
pub(super) const DEPTH_MAX: usize = 64;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// A number, text or truth value.
    Literal(Literal, Position),
    /// A list.
    List(Vec<Node>, Position),
    /// An object.
    Object(Vec<Item>, Position),
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
}

/// `key "label" { ... }` or `key = value`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    /// The key and its labels.
    pub(crate) keys: Vec<String>,
    /// The line of the first key.
    pub(crate) line: usize,
    /// Where each key stands, in texts of JSON too.
    pub(crate) places: Vec<Position>,
    /// What stands there.
    pub(crate) value: Node,
}

impl Node {
    /// Where the value begins.
    pub(crate) fn position(&self) -> Position {
        match self {
            Self::Literal(_, position) | Self::List(_, position) | Self::Object(_, position) => {
                *position
            }
        }
    }

    /// The name of the node's type in error texts.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Literal(..) => "*ast.LiteralType",
            Self::List(..) => "*ast.ListType",
            Self::Object(..) => "*ast.ObjectType",
        }
    }
}

/// Parses a text.
///
/// # Errors
/// What the reference's parser says, with line and column.
pub(crate) fn parse(text: &str) -> Result<Vec<Item>, String> {
    if text.trim_start().starts_with('{') {
        return super::json::parse(text);
    }
    let mut parser = Parser {
        scanner: Scanner::new(text),
        current: None,
        held: false,
        depth: 0,
    };
    parser.object_list(false).map_err(|stop| match stop {
        Stop::Eof => "unexpected end".to_owned(),
        Stop::Error(message) => message,
    })
}

/// Why parsing stopped.
enum Stop {
    /// The text ended where an item could have begun.
    Eof,
    /// An error with its position.
    Error(String),
}

struct Parser {
    scanner: Scanner,
    current: Option<Token>,
    held: bool,
    depth: usize,
}

impl Parser {
    fn scan(&mut self) -> Result<Token, Stop> {
        if self.held {
            self.held = false;
            if let Some(token) = &self.current {
                return Ok(token.clone());
            }
        }
        let token = self.scanner.scan().map_err(Stop::Error)?;
        self.current = Some(token.clone());
        Ok(token)
    }

    fn unscan(&mut self) {
        self.held = true;
    }

    fn object_list(&mut self, inside: bool) -> Result<Vec<Item>, Stop> {
        let mut items = Vec::new();
        loop {
            if inside {
                let token = self.scan()?;
                self.unscan();
                if token.kind == Kind::RightBrace {
                    return Ok(items);
                }
            }
            match self.object_item() {
                Ok(item) => items.push(item),
                Err(Stop::Eof) => return Ok(items),
                Err(error) => return Err(error),
            }
            if self.scan()?.kind != Kind::Comma {
                self.unscan();
            }
        }
    }

    fn object_item(&mut self) -> Result<Item, Stop> {
        let (keys, last) = self.object_keys()?;
        let line = keys.first().map_or(0, |key| key.position.line);
        let value = match last.kind {
            Kind::Assign => self.value()?,
            Kind::LeftBrace => self.object(last.position)?,
            _ => {
                let written: Vec<&str> = keys.iter().map(|key| key.text.as_str()).collect();
                let message = format!(
                    "key '{}' expected start of object ('{{') or assignment ('=')",
                    written.join(" ")
                );
                if let Some(current) = &mut self.current {
                    // So that the object around does not take the brace for its end.
                    current.kind = Kind::Eof;
                }
                return Err(Stop::Error(error_at(last.position, &message)));
            }
        };
        // The reference looks ahead for a comment on the same line; positions depend on it.
        self.scan()?;
        self.unscan();
        let places = keys.iter().map(|key| key.position).collect();
        let keys = keys
            .iter()
            .map(|key| unquote(key).unwrap_or_else(|| key.text.clone()));
        Ok(Item {
            keys: keys.collect(),
            line,
            places,
            value,
        })
    }

    /// The keys up to `=`, `{` or the end, and that last token.
    fn object_keys(&mut self) -> Result<(Vec<Token>, Token), Stop> {
        let mut keys: Vec<Token> = Vec::new();
        loop {
            let token = self.scan()?;
            let error = |message: &str| Err(Stop::Error(error_at(token.position, message)));
            match token.kind {
                Kind::Eof if keys.is_empty() => return Err(Stop::Eof),
                Kind::Eof | Kind::RightBrace if !keys.is_empty() => return Ok((keys, token)),
                Kind::Assign if keys.len() > 1 => {
                    return error("nested object expected: LBRACE got: ASSIGN");
                }
                Kind::Assign if keys.is_empty() => return error("no object keys found!"),
                Kind::LeftBrace if keys.is_empty() => {
                    return error("expected: IDENT | STRING got: LBRACE");
                }
                Kind::Assign | Kind::LeftBrace => return Ok((keys, token)),
                Kind::Ident | Kind::Text => keys.push(token),
                other => {
                    return error(&format!(
                        "expected: IDENT | STRING | ASSIGN | LBRACE got: {}",
                        other.name()
                    ));
                }
            }
        }
    }

    fn value(&mut self) -> Result<Node, Stop> {
        let token = self.scan()?;
        match token.kind {
            Kind::LeftBrace => self.object(token.position),
            Kind::LeftBracket => self.list(token.position),
            Kind::Eof => Err(Stop::Eof),
            _ => literal(&token).ok_or_else(|| {
                let message = format!("Unknown token: {} {}", token.kind.name(), token.text);
                Stop::Error(error_at(token.position, &message))
            }),
        }
    }

    fn deeper(&mut self, position: Position) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let message = format!("objects are nested more than {DEPTH_MAX} deep");
            return Err(Stop::Error(error_at(position, &message)));
        }
        Ok(())
    }

    fn object(&mut self, position: Position) -> Result<Node, Stop> {
        self.deeper(position)?;
        let items = match self.object_list(true) {
            Ok(items) => items,
            Err(error) => {
                let at_brace = self
                    .current
                    .as_ref()
                    .is_some_and(|token| token.kind == Kind::RightBrace);
                if !at_brace {
                    return Err(error);
                }
                Vec::new()
            }
        };
        let token = self.scan()?;
        if token.kind != Kind::RightBrace {
            let message = format!("object expected closing RBRACE got: {}", token.kind.name());
            return Err(Stop::Error(error_at(token.position, &message)));
        }
        self.depth -= 1;
        Ok(Node::Object(items, position))
    }

    fn list(&mut self, position: Position) -> Result<Node, Stop> {
        self.deeper(position)?;
        let mut nodes = Vec::new();
        let mut comma_due = false;
        loop {
            let token = self.scan()?;
            let error = |message: String| Err(Stop::Error(error_at(token.position, &message)));
            if comma_due && !matches!(token.kind, Kind::Comma | Kind::RightBracket) {
                return error(format!(
                    "error parsing list, expected comma or list end, got: {}",
                    token.kind.name()
                ));
            }
            match token.kind {
                Kind::RightBracket => {
                    self.depth -= 1;
                    return Ok(Node::List(nodes, position));
                }
                Kind::Comma => {
                    self.scan()?;
                    self.unscan();
                    comma_due = false;
                    continue;
                }
                Kind::LeftBrace => nodes.push(self.object(token.position)?),
                Kind::LeftBracket => nodes.push(self.list(token.position)?),
                _ => match literal(&token) {
                    Some(node) => nodes.push(node),
                    None => {
                        return error(format!(
                            "unexpected token while parsing list: {}",
                            token.kind.name()
                        ));
                    }
                },
            }
            comma_due = true;
        }
    }
}

fn literal(token: &Token) -> Option<Node> {
    let literal = match token.kind {
        Kind::Text => Literal::Text(unquote(token)?),
        Kind::Heredoc => Literal::Text(token.text.clone()),
        Kind::Number => Literal::Int(token.text.parse().ok()?),
        Kind::Float => Literal::Float(token.text.parse().ok()?),
        Kind::Bool => Literal::Bool(token.text == "true"),
        _ => return None,
    };
    Some(Node::Literal(literal, token.position))
}

/// The content of a quoted text.
fn unquote(token: &Token) -> Option<String> {
    if token.kind != Kind::Text {
        return None;
    }
    let inner = token.text.strip_prefix('"')?.strip_suffix('"')?;
    let mut content = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            content.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => content.push('\n'),
            Some('t') => content.push('\t'),
            Some('r') => content.push('\r'),
            Some('u') => {
                let digits: String = characters.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok();
                content.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            }
            Some(other) => content.push(other),
            None => content.push('\\'),
        }
    }
    Some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_where_the_reference_puts_them() {
        for (text, error) in [
            (
                "path \"a\" { capabilities = [\"read\"]",
                "At 1:36: object expected closing RBRACE got: EOF",
            ),
            (
                "hello world",
                "At 1:13: key 'hello world' expected start of object ('{') or assignment ('=')",
            ),
            (
                "path \"a { capabilities = [\"read\"] }",
                "At 1:36: literal not terminated",
            ),
            (
                "path \"a\" { capabilities = [\"read\", }",
                "At 1:37: object expected closing RBRACE got: EOF",
            ),
            (
                "path \"a\" { capabilities = [\"read\" \"list\"] }",
                "At 1:35: error parsing list, expected comma or list end, got: STRING",
            ),
            ("path 'a' { }", "At 1:6: illegal char"),
            (
                "5",
                "At 1:1: expected: IDENT | STRING | ASSIGN | LBRACE got: NUMBER",
            ),
        ] {
            assert_eq!(parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn hcl_and_json_give_the_same_rules() {
        let hcl = parse("path \"a\" { capabilities = [\"read\",] }").unwrap();
        let json = parse(r#"{"path":{"a":{"capabilities":["read"]}}}"#).unwrap();
        assert_eq!(hcl[0].keys, json[0].keys);
        assert!(parse("{\"path\":{\"a\":").is_ok());
        let deep = "a = ".to_owned() + &"[".repeat(5_000);
        assert!(parse(&deep).unwrap_err().contains("nested"));
    }
}
