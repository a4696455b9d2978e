//! Rust source as tokens: words, texts, signs. Comments are no tokens, and so no code.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or keyword.
    Word,
    /// The inside of a string literal, escapes as they are written.
    Text,
    /// One punctuation character, or `::`.
    Sign,
    /// A number, a character, a lifetime.
    Other,
}

/// Words that define an item, whose name follows.
pub const DEFINING: [&str; 9] = [
    "fn", "struct", "enum", "union", "trait", "type", "const", "static", "mod",
];

/// One token.
#[derive(Debug, Clone, Copy)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// What stands there.
    pub text: &'a str,
    /// Its line, from 1.
    pub line: usize,
}

impl Token<'_> {
    /// Whether it is this sign.
    pub fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// Whether it is this word.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }
}

/// The tokens of `source`. Nothing is refused: what is no Rust gives tokens that are no Rust.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut reader = Reader {
        source,
        at: 0,
        line: 1,
    };
    let mut found = Vec::new();
    while let Some(token) = reader.next_token() {
        found.push(token);
    }
    found
}

/// The place of the bracket that closes the one at `open`, or of the last token.
pub fn closing(tokens: &[Token<'_>], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.kind != Kind::Sign {
            continue;
        }
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len().saturating_sub(1)
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Goes `count` bytes on, to the end at most.
    fn skip(&mut self, count: usize) -> &'a str {
        let rest = self.rest();
        let passed = rest.get(..count).unwrap_or(rest);
        self.line += passed.matches('\n').count();
        self.at += passed.len();
        passed
    }

    fn next_token(&mut self) -> Option<Token<'a>> {
        self.skip_blank();
        let line = self.line;
        let (kind, text) = self.literal().or_else(|| self.word_or_sign())?;
        Some(Token { kind, text, line })
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            if blank > 0 {
                self.skip(blank);
            } else if rest.starts_with("//") {
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.skip(block_comment(rest));
            } else {
                return;
            }
        }
    }

    /// A string in any of its forms, a character, a lifetime, a number.
    fn literal(&mut self) -> Option<(Kind, &'a str)> {
        let rest = self.rest();
        let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
            let after = rest.strip_prefix(prefix).unwrap_or_default();
            let unhashed = after.trim_start_matches('#');
            let hashes = after.len() - unhashed.len();
            unhashed.starts_with('"') && (hashes == 0 || prefix.ends_with('r'))
        });
        if let Some(prefix) = prefix {
            return Some((Kind::Text, self.string(prefix)));
        }
        if let Some(after) = rest.strip_prefix("b'").or(rest.strip_prefix('\'')) {
            return Some((Kind::Other, self.quoted(rest.len() - after.len(), after)));
        }
        let digits = rest.starts_with(|sign: char| sign.is_ascii_digit());
        digits.then(|| (Kind::Other, self.skip(word_length(rest))))
    }

    fn string(&mut self, prefix: &str) -> &'a str {
        self.skip(prefix.len());
        let rest = self.rest();
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        self.skip(hashes + 1);
        let rest = self.rest();
        let length = if prefix.ends_with('r') {
            let end = format!("\"{}", "#".repeat(hashes));
            rest.find(&end).unwrap_or(rest.len())
        } else {
            unescaped(rest, '"')
        };
        let inside = self.skip(length);
        self.skip(hashes + 1);
        inside
    }

    /// A character literal, or a lifetime where no quote ends it.
    fn quoted(&mut self, quote: usize, after: &'a str) -> &'a str {
        let first = after.chars().next().map_or(0, char::len_utf8);
        let is_character = after.starts_with('\\')
            || after
                .get(first..)
                .is_some_and(|rest| rest.starts_with('\''));
        let length = if is_character {
            unescaped(after, '\'') + 1
        } else {
            word_length(after)
        };
        self.skip(quote + length)
    }

    fn word_or_sign(&mut self) -> Option<(Kind, &'a str)> {
        let rest = self.rest();
        let rest = rest.strip_prefix("r#").map_or(rest, |raw| {
            self.skip(2);
            raw
        });
        let length = word_length(rest);
        if length > 0 {
            return Some((Kind::Word, self.skip(length)));
        }
        let sign = if rest.starts_with("::") {
            2
        } else {
            rest.chars().next()?.len_utf8()
        };
        Some((Kind::Sign, self.skip(sign)))
    }
}

fn word_length(text: &str) -> usize {
    let end = text.find(|sign: char| !(sign.is_alphanumeric() || sign == '_'));
    end.unwrap_or(text.len())
}

/// How far it is to the first `quote` without a backslash before it.
fn unescaped(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, sign) in text.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if sign == quote => return at,
            _ => {}
        }
    }
    text.len()
}

/// The length of the block comment that `text` begins with; they nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let next = rest.find(['/', '*']).unwrap_or(rest.len());
        let Some(here) = rest.get(next..).filter(|here| !here.is_empty()) else {
            return text.len();
        };
        let step = if here.starts_with("/*") {
            depth += 1;
            2
        } else if here.starts_with("*/") {
            depth -= 1;
            2
        } else {
            1
        };
        at += next + step;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_texts_and_signs_are_told_apart() {
        for (source, expected) in [
            ("use crate::a;", "use crate :: a ;"),
            ("// x\n/* y /* z */ */ b", "b"),
            (
                r##"f(r#"a"b"#, "c\"d", b"e")"##,
                r##"f ( <a"b> , <c\"d> , <e> )"##,
            ),
            ("'a' 'b '\\'' b'x' x", "'a' 'b '\\'' b'x' x"),
            ("1_000u64 r#type", "1_000u64 type"),
            ("\"open", "<open>"),
        ] {
            let shown: Vec<String> = tokens(source)
                .iter()
                .map(|token| match token.kind {
                    Kind::Text => format!("<{}>", token.text),
                    _ => token.text.to_owned(),
                })
                .collect();
            assert_eq!(shown.join(" "), expected);
        }
        let lines: Vec<usize> = tokens("a\n\"b\n\"\nc").iter().map(|it| it.line).collect();
        assert_eq!(lines, [1, 2, 4]);
    }
}
