//! The tree of a policy that is written as JSON, as the reference's first version of HCL reads it.
//!
//! That reader is lenient, and some of its leniency decides about rights (recorded with OpenBao
//! 2.7.2): brackets inside a list are passed over, so that a list in a list is part of it and the
//! object around ends with the second closing bracket; truth values in a list are dropped; `null`
//! in a list is an error; a text that ends early is what was complete of it, and what follows the
//! end is not looked at.

use super::hcl::{DEPTH_MAX, Item, Literal, Node};
use super::scan::Position;

/// JSON has no positions in the tree: errors print `At -`.
const NOWHERE: Position = Position { line: 0, column: 0 };

#[derive(Clone, Debug, PartialEq)]
enum Token {
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    Comma,
    Colon,
    Text(String),
    Number(String),
    Bool(bool),
    Null,
    End,
}

impl Token {
    fn name(&self) -> &'static str {
        match self {
            Self::LeftBrace => "LBRACE",
            Self::RightBrace => "RBRACE",
            Self::LeftBracket => "LBRACK",
            Self::RightBracket => "RBRACK",
            Self::Comma => "COMMA",
            Self::Colon => "COLON",
            Self::Text(_) => "STRING",
            Self::Number(_) => "NUMBER",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::End => "EOF",
        }
    }
}

enum Stop {
    End,
    Error(String),
}

/// Parses a text that begins with a brace.
///
/// # Errors
/// What the reference's parser says.
pub(super) fn parse(text: &str) -> Result<Vec<Item>, String> {
    let mut reader = Reader {
        characters: text.chars().collect(),
        next: 0,
        line: 1,
        column: 0,
        depth: 0,
        current: Token::End,
        start: NOWHERE,
    };
    let read = reader.scan().and_then(|_| reader.object());
    match read {
        Ok(items) => Ok(flattened(items)),
        Err(Stop::End) => Ok(Vec::new()),
        Err(Stop::Error(error)) => Err(error),
    }
}

struct Reader {
    characters: Vec<char>,
    next: usize,
    line: usize,
    column: usize,
    depth: usize,
    current: Token,
    /// Where the current token begins.
    start: Position,
}

impl Reader {
    fn advance(&mut self) -> Option<char> {
        let character = self.characters.get(self.next).copied()?;
        self.next += 1;
        self.column += 1;
        if character == '\n' {
            self.line += 1;
            self.column = 0;
        }
        Some(character)
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.next).copied()
    }

    fn illegal(&self, what: &str) -> Stop {
        Stop::Error(format!("{}:{}: {what}", self.line, self.column))
    }

    fn scan(&mut self) -> Result<Token, Stop> {
        let token = self.token()?;
        self.current = token.clone();
        Ok(token)
    }

    fn token(&mut self) -> Result<Token, Stop> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.advance();
        }
        let Some(character) = self.advance() else {
            return Ok(Token::End);
        };
        self.start = Position {
            line: self.line,
            column: self.column,
        };
        match character {
            '{' => Ok(Token::LeftBrace),
            '}' => Ok(Token::RightBrace),
            '[' => Ok(Token::LeftBracket),
            ']' => Ok(Token::RightBracket),
            ',' => Ok(Token::Comma),
            ':' => Ok(Token::Colon),
            '"' => self.text(),
            '-' | '0'..='9' => {
                let mut number = String::from(character);
                while let Some(next) = self.peek().filter(|next| {
                    next.is_ascii_digit() || matches!(next, '.' | 'e' | 'E' | '+' | '-')
                }) {
                    number.push(next);
                    self.advance();
                }
                Ok(Token::Number(number))
            }
            letter if letter.is_alphabetic() => {
                let mut word = String::from(letter);
                while let Some(next) = self.peek().filter(|next| next.is_alphanumeric()) {
                    word.push(next);
                    self.advance();
                }
                match word.as_str() {
                    "true" => Ok(Token::Bool(true)),
                    "false" => Ok(Token::Bool(false)),
                    "null" => Ok(Token::Null),
                    _ => Err(self.illegal("illegal char")),
                }
            }
            other => Err(self.illegal(&format!("illegal char: {other}"))),
        }
    }

    /// The rest of a quoted text.
    fn text(&mut self) -> Result<Token, Stop> {
        let mut raw = String::from('"');
        loop {
            match self.advance() {
                // The reference takes a text that ends inside a literal for cut short.
                None => return Err(Stop::End),
                Some('\n') => return Err(self.illegal("literal not terminated")),
                Some('"') => break,
                Some('\\') => {
                    raw.push('\\');
                    raw.extend(self.advance());
                }
                Some(other) => raw.push(other),
            }
        }
        raw.push('"');
        serde_json::from_str(&raw)
            .map(Token::Text)
            .map_err(|_| self.illegal("illegal char escape"))
    }

    /// The members up to what is no comma: most often the closing brace.
    fn object(&mut self) -> Result<Vec<Item>, Stop> {
        self.deeper()?;
        let mut items = Vec::new();
        loop {
            match self.item() {
                Ok(item) => items.push(item),
                Err(Stop::End) => break,
                Err(Stop::Error(_)) if self.current == Token::RightBrace => break,
                Err(stop) => return Err(stop),
            }
            if self.scan()? != Token::Comma {
                break;
            }
        }
        self.depth -= 1;
        Ok(items)
    }

    fn deeper(&mut self) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.illegal(&format!("objects are nested more than {DEPTH_MAX} deep")));
        }
        Ok(())
    }

    fn item(&mut self) -> Result<Item, Stop> {
        let mut keys: Vec<String> = Vec::new();
        let mut places = Vec::new();
        let mut line = self.line;
        loop {
            match self.scan()? {
                Token::End => return Err(Stop::End),
                Token::Text(key) => {
                    if keys.is_empty() {
                        line = self.line;
                    }
                    places.push(self.start);
                    keys.push(key);
                }
                Token::Colon if !keys.is_empty() => break,
                other => {
                    let name = other.name();
                    return Err(Stop::Error(format!("expected: STRING got: {name}")));
                }
            }
        }
        let value = self.value()?;
        Ok(Item {
            keys,
            line,
            places,
            value,
        })
    }

    fn value(&mut self) -> Result<Node, Stop> {
        match self.scan()? {
            Token::LeftBrace => Ok(Node::Object(self.object()?, NOWHERE)),
            Token::LeftBracket => self.list(),
            Token::End => Err(Stop::End),
            token => literal(&token).ok_or_else(|| {
                let name = token.name();
                Stop::Error(format!("Expected object value, got unknown token: {name}"))
            }),
        }
    }

    fn list(&mut self) -> Result<Node, Stop> {
        let mut nodes = Vec::new();
        loop {
            match self.scan()? {
                Token::Comma | Token::LeftBracket | Token::Bool(_) => {}
                Token::LeftBrace => nodes.push(Node::Object(self.object()?, NOWHERE)),
                Token::RightBracket => return Ok(Node::List(nodes, NOWHERE)),
                Token::End => return Err(Stop::End),
                token @ (Token::Text(_) | Token::Number(_)) => nodes.extend(literal(&token)),
                other => {
                    let name = other.name();
                    return Err(Stop::Error(format!(
                        "unexpected token while parsing list: {name}"
                    )));
                }
            }
        }
    }
}

fn literal(token: &Token) -> Option<Node> {
    let literal = match token {
        Token::Text(text) => Literal::Text(text.clone()),
        Token::Number(text) => match text.parse() {
            Ok(number) => Literal::Int(number),
            Err(_) => Literal::Float(text.parse().unwrap_or(0.0)),
        },
        Token::Bool(truth) => Literal::Bool(*truth),
        Token::Null => Literal::Text(String::new()),
        _ => return None,
    };
    Some(Node::Literal(literal, NOWHERE))
}

/// Objects of objects become items with labels, lists of objects several items, all the way down.
fn flattened(items: Vec<Item>) -> Vec<Item> {
    let mut flat = Vec::new();
    for item in items {
        flatten(item, &mut flat);
    }
    flat
}

fn flatten(item: Item, flat: &mut Vec<Item>) {
    let Item {
        keys,
        line,
        places,
        value,
    } = item;
    match value {
        Node::Object(members, _)
            if !members.is_empty()
                && members
                    .iter()
                    .all(|member| matches!(member.value, Node::Object(..))) =>
        {
            for member in members {
                let mut labels = keys.clone();
                labels.extend(member.keys);
                let mut stand = places.clone();
                stand.extend(member.places);
                let item = Item {
                    keys: labels,
                    line: member.line,
                    places: stand,
                    value: member.value,
                };
                flatten(item, flat);
            }
        }
        Node::List(nodes, _)
            if !nodes.is_empty() && nodes.iter().all(|node| matches!(node, Node::Object(..))) =>
        {
            for node in nodes {
                let item = Item {
                    keys: keys.clone(),
                    line,
                    places: places.clone(),
                    value: node,
                };
                flatten(item, flat);
            }
        }
        Node::Object(members, position) => flat.push(Item {
            keys,
            line,
            places,
            value: Node::Object(flattened(members), position),
        }),
        value => flat.push(Item {
            keys,
            line,
            places,
            value,
        }),
    }
}
