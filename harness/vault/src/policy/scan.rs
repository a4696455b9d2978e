//! The tokens of HCL 1, with positions as the reference counts them.
//!
//! The newer HCL parses other texts and words its errors otherwise, so the old language is read
//! here. The column advances also when the end is read: error positions show that.

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The end of the text.
    Eof,
    /// A bare word.
    Ident,
    /// A whole number.
    Number,
    /// A number with a fraction or exponent.
    Float,
    /// `true` or `false`.
    Bool,
    /// A quoted text.
    Text,
    /// A text between markers.
    Heredoc,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `,`
    Comma,
    /// `.`
    Period,
    /// `=`
    Assign,
    /// `+`
    Add,
    /// `-`
    Sub,
}

impl Kind {
    /// The name in error texts.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Eof => "EOF",
            Self::Ident => "IDENT",
            Self::Number => "NUMBER",
            Self::Float => "FLOAT",
            Self::Bool => "BOOL",
            Self::Text => "STRING",
            Self::Heredoc => "HEREDOC",
            Self::LeftBracket => "LBRACK",
            Self::RightBracket => "RBRACK",
            Self::LeftBrace => "LBRACE",
            Self::RightBrace => "RBRACE",
            Self::Comma => "COMMA",
            Self::Period => "PERIOD",
            Self::Assign => "ASSIGN",
            Self::Add => "ADD",
            Self::Sub => "SUB",
        }
    }
}

/// Where a token begins, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Position {
    /// One character further.
    pub(crate) fn after(self) -> Self {
        Self {
            column: self.column + 1,
            ..self
        }
    }
}

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// The text as written, quotes included.
    pub(crate) text: String,
    pub(crate) position: Position,
}

/// What is wrong, and where: `At 1:6: illegal char`.
pub(crate) fn error_at(position: Position, message: &str) -> String {
    if position.line == 0 {
        // The tree of a JSON text has no positions.
        return format!("At -: {message}");
    }
    format!("At {}:{}: {message}", position.line, position.column)
}

/// Reads tokens one after another.
pub(crate) struct Scanner {
    characters: Vec<char>,
    next: usize,
    line: usize,
    column: usize,
    last_line_length: usize,
    before: (usize, usize),
}

impl Scanner {
    /// A scanner at the beginning of `text`.
    pub(crate) fn new(text: &str) -> Self {
        Self {
            characters: text.chars().collect(),
            next: 0,
            line: 1,
            column: 0,
            last_line_length: 0,
            before: (1, 0),
        }
    }

    fn advance(&mut self) -> Option<char> {
        let Some(character) = self.characters.get(self.next).copied() else {
            self.column += 1;
            return None;
        };
        self.before = (self.line, self.column);
        self.next += 1;
        self.column += 1;
        if character == '\n' {
            self.line += 1;
            self.last_line_length = self.column;
            self.column = 0;
        }
        Some(character)
    }

    fn back(&mut self) {
        self.next = self.next.saturating_sub(1);
        (self.line, self.column) = self.before;
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.next).copied()
    }

    fn here(&self) -> Position {
        if self.column > 0 {
            Position {
                line: self.line,
                column: self.column,
            }
        } else {
            Position {
                line: self.line.saturating_sub(1),
                column: self.last_line_length,
            }
        }
    }

    /// The next token; comments are skipped.
    ///
    /// # Errors
    /// `At <line>:<column>: ...` for a character or literal that is none.
    pub(crate) fn scan(&mut self) -> Result<Token, String> {
        loop {
            let mut character = self.advance();
            while character.is_some_and(|character| matches!(character, ' ' | '\t' | '\n' | '\r')) {
                character = self.advance();
            }
            let position = self.here();
            let start = self.next.saturating_sub(1);
            let token = |kind, text: String| {
                Ok(Token {
                    kind,
                    text,
                    position,
                })
            };
            let Some(character) = character else {
                return token(Kind::Eof, String::new());
            };
            let simple = match character {
                '[' => Some(Kind::LeftBracket),
                ']' => Some(Kind::RightBracket),
                '{' => Some(Kind::LeftBrace),
                '}' => Some(Kind::RightBrace),
                ',' => Some(Kind::Comma),
                '=' => Some(Kind::Assign),
                '+' => Some(Kind::Add),
                '.' => Some(Kind::Period),
                _ => None,
            };
            if let Some(kind) = simple {
                return token(kind, character.to_string());
            }
            match character {
                '#' | '/' => self.comment(character)?,
                '"' => {
                    self.quoted()?;
                    return token(Kind::Text, self.written(start));
                }
                '<' => {
                    let content = self.heredoc()?;
                    return token(Kind::Heredoc, content);
                }
                '-' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => {
                    return token(Kind::Sub, "-".to_owned());
                }
                '-' | '0'..='9' => {
                    let kind = self.number();
                    return token(kind, self.written(start));
                }
                letter if letter == '_' || letter.is_alphabetic() => {
                    self.identifier();
                    let text = self.written(start);
                    let kind = if text == "true" || text == "false" {
                        Kind::Bool
                    } else {
                        Kind::Ident
                    };
                    return token(kind, text);
                }
                _ => return Err(error_at(self.here(), "illegal char")),
            }
        }
    }

    fn written(&self, start: usize) -> String {
        self.characters
            .get(start..self.next)
            .unwrap_or_default()
            .iter()
            .collect()
    }

    fn comment(&mut self, first: char) -> Result<(), String> {
        let block = first == '/' && self.peek() == Some('*');
        if first == '/' && !block && self.peek() != Some('/') {
            return Err(error_at(self.here(), "expected '/' for comment"));
        }
        if !block {
            while let Some(character) = self.advance() {
                if character == '\n' {
                    return Ok(());
                }
            }
            return Ok(());
        }
        self.advance();
        let mut previous = ' ';
        loop {
            match self.advance() {
                None => return Err(error_at(self.here(), "comment not terminated")),
                Some('/') if previous == '*' => return Ok(()),
                Some(character) => previous = character,
            }
        }
    }

    fn quoted(&mut self) -> Result<(), String> {
        let mut braces = 0usize;
        loop {
            match self.advance() {
                None => return Err(error_at(self.here(), "literal not terminated")),
                Some('\n') if braces == 0 => {
                    return Err(error_at(self.here(), "literal not terminated"));
                }
                Some('"') if braces == 0 => return Ok(()),
                Some('\\') => {
                    self.advance();
                }
                Some('$') if self.peek() == Some('{') => {
                    braces += 1;
                    self.advance();
                }
                Some('{') if braces > 0 => braces += 1,
                Some('}') if braces > 0 => braces -= 1,
                Some(_) => {}
            }
        }
    }

    fn heredoc(&mut self) -> Result<String, String> {
        let broken =
            |scanner: &Self| error_at(scanner.here(), "heredoc expected second '<', didn't see it");
        if self.advance() != Some('<') {
            return Err(broken(self));
        }
        let mut marker = String::new();
        while let Some(character) = self.advance() {
            if character == '\n' {
                break;
            }
            if character != '\r' {
                marker.push(character);
            }
        }
        let indented = marker.starts_with('-');
        let marker = marker.trim_start_matches('-').to_owned();
        if marker.is_empty() {
            return Err(error_at(self.here(), "zero-length heredoc anchor"));
        }
        let mut content = String::new();
        let mut line = String::new();
        loop {
            let character = self.advance();
            if let Some(character) = character.filter(|character| *character != '\n') {
                line.push(character);
                continue;
            }
            let candidate = if indented { line.trim_start() } else { &line };
            if candidate == marker {
                return Ok(content);
            }
            if character.is_none() {
                return Err(error_at(self.here(), "heredoc not terminated"));
            }
            content.push_str(&line);
            content.push('\n');
            line.clear();
        }
    }

    fn number(&mut self) -> Kind {
        let mut kind = Kind::Number;
        loop {
            match self.advance() {
                Some(character) if character.is_ascii_digit() => {}
                Some('.' | 'e' | 'E') => kind = Kind::Float,
                Some('+' | '-') if kind == Kind::Float => {}
                Some('x' | 'a'..='f' | 'A'..='F') => {}
                Some(_) => {
                    self.back();
                    return kind;
                }
                None => return kind,
            }
        }
    }

    fn identifier(&mut self) {
        loop {
            match self.advance() {
                Some(character)
                    if character.is_alphanumeric() || matches!(character, '_' | '-' | '.') => {}
                Some(_) => {
                    self.back();
                    return;
                }
                None => return,
            }
        }
    }
}
