//! The filters of a link: which log groups, which metric namespaces are shared.
//!
//! Source of the grammar: the OAM API reference, `LogGroupConfiguration` and `MetricConfiguration`:
//! the term `LogGroupName` or `Namespace`; `=`, `!=`, `LIKE` and `NOT LIKE` (a prefix and `%`),
//! `IN (…)`, `NOT IN (…)`; conditions joined by `AND` and `OR`; at most five conditions; values in
//! single quotes, compared with regard to case; at most 2000 characters. That `AND` binds tighter
//! than `OR`, and that keywords are upper case, is `unverified`. Parentheses around conditions are
//! not documented and are refused.

/// A parsed filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    text: String,
    /// Any of these, each of which is all of its conditions.
    alternatives: Vec<Vec<Condition>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    OneOf(Vec<String>),
    Prefix(String),
}

/// The most conditions that a filter may have.
const CONDITIONS_MAX: usize = 5;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Symbol(&'static str),
}

impl Filter {
    /// Reads a filter whose conditions are on `term` (`LogGroupName` or `Namespace`).
    ///
    /// # Errors
    /// What is wrong, in words that fit after "the filter is invalid:".
    pub fn parse(term: &str, text: &str) -> Result<Self, String> {
        let mut reader = Reader {
            tokens: tokens(text)?.into_iter().peekable(),
            term,
        };
        let mut alternatives = vec![vec![reader.condition()?]];
        while let Some(token) = reader.tokens.next() {
            let condition = match &token {
                Token::Word(word) if word == "AND" || word == "OR" => reader.condition()?,
                other => return Err(format!("expected `AND` or `OR`, found {}", shown(other))),
            };
            match alternatives.last_mut() {
                Some(all) if token == Token::Word("AND".to_owned()) => all.push(condition),
                _ => alternatives.push(vec![condition]),
            }
        }
        let count = alternatives.iter().map(Vec::len).sum::<usize>();
        if count > CONDITIONS_MAX {
            return Err(format!(
                "it has {count} conditions, at most {CONDITIONS_MAX} are allowed"
            ));
        }
        Ok(Self {
            text: text.to_owned(),
            alternatives,
        })
    }

    /// The filter as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a log group or namespace of this name is shared.
    pub fn shares(&self, name: &str) -> bool {
        self.alternatives
            .iter()
            .any(|all| all.iter().all(|condition| condition.holds(name)))
    }
}

impl Condition {
    fn holds(&self, name: &str) -> bool {
        let found = match &self.test {
            Test::OneOf(values) => values.iter().any(|value| value == name),
            Test::Prefix(prefix) => name.starts_with(prefix.as_str()),
        };
        found != self.negated
    }
}

struct Reader<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    term: &'a str,
}

impl Reader<'_> {
    fn condition(&mut self) -> Result<Condition, String> {
        match self.tokens.next() {
            Some(Token::Word(word)) if word == self.term => {}
            Some(other) => {
                return Err(format!("expected `{}`, found {}", self.term, shown(&other)));
            }
            None => return Err(format!("expected `{}`, found the end", self.term)),
        }
        let negated = self
            .tokens
            .next_if_eq(&Token::Word("NOT".to_owned()))
            .is_some();
        let operator = self.tokens.next();
        let test = match &operator {
            Some(Token::Symbol("=")) if !negated => Test::OneOf(vec![self.value()?]),
            Some(Token::Symbol("!=")) if !negated => {
                return Ok(Condition {
                    negated: true,
                    test: Test::OneOf(vec![self.value()?]),
                });
            }
            Some(Token::Word(word)) if word == "LIKE" => Test::Prefix(self.prefix()?),
            Some(Token::Word(word)) if word == "IN" => Test::OneOf(self.values()?),
            Some(other) => {
                return Err(format!(
                    "expected `=`, `!=`, `LIKE`, `NOT LIKE`, `IN` or `NOT IN`, found {}",
                    shown(other)
                ));
            }
            None => return Err(format!("`{}` has no operator", self.term)),
        };
        Ok(Condition { negated, test })
    }

    fn value(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(text),
            Some(other) => Err(format!(
                "expected a value in single quotes, found {}",
                shown(&other)
            )),
            None => Err("expected a value in single quotes, found the end".to_owned()),
        }
    }

    fn prefix(&mut self) -> Result<String, String> {
        let value = self.value()?;
        match value.strip_suffix('%') {
            Some(prefix) if !prefix.contains('%') => Ok(prefix.to_owned()),
            _ => Err(format!(
                "`{value}` after `LIKE` has to be a prefix that ends with its only `%`"
            )),
        }
    }

    fn values(&mut self) -> Result<Vec<String>, String> {
        self.symbol("(")?;
        let mut values = vec![self.value()?];
        while self.tokens.next_if_eq(&Token::Symbol(",")).is_some() {
            values.push(self.value()?);
        }
        self.symbol(")")?;
        Ok(values)
    }

    fn symbol(&mut self, symbol: &'static str) -> Result<(), String> {
        match self.tokens.next() {
            Some(Token::Symbol(found)) if found == symbol => Ok(()),
            Some(other) => Err(format!("expected `{symbol}`, found {}", shown(&other))),
            None => Err(format!("expected `{symbol}`, found the end")),
        }
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) => format!("`{word}`"),
        Token::Text(text) => format!("`'{text}'`"),
        Token::Symbol(symbol) => format!("`{symbol}`"),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' => {
                let inner = rest.get(1..).unwrap_or_default();
                let end = inner.find('\'').ok_or("a single quote is not closed")?;
                (
                    Token::Text(inner.get(..end).unwrap_or_default().to_owned()),
                    end + 2,
                )
            }
            '!' if rest.starts_with("!=") => (Token::Symbol("!="), 2),
            '=' => (Token::Symbol("="), 1),
            '(' => (Token::Symbol("("), 1),
            ')' => (Token::Symbol(")"), 1),
            ',' => (Token::Symbol(","), 1),
            letter if letter.is_ascii_alphabetic() => {
                let end = rest
                    .find(|c: char| !c.is_ascii_alphanumeric())
                    .unwrap_or(rest.len());
                (
                    Token::Word(rest.get(..end).unwrap_or_default().to_owned()),
                    end,
                )
            }
            other => return Err(format!("`{other}` is out of place")),
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_share_what_they_say_and_nothing_else() {
        for (text, shared, kept) in [
            (
                "Namespace = 'AWS/EC2'",
                &["AWS/EC2"][..],
                &["AWS/ec2", "AWS/EC2x"][..],
            ),
            ("Namespace != 'AWS/EC2'", &["AWS/ec2"], &["AWS/EC2"]),
            (
                "Namespace LIKE 'AWS/%'",
                &["AWS/EC2", "AWS/"],
                &["aws/EC2", "Shop"],
            ),
            ("Namespace NOT LIKE 'AWS/%'", &["Shop"], &["AWS/EC2"]),
            ("Namespace IN ('A', 'B')", &["A", "B"], &["C"]),
            ("Namespace NOT IN ('A','B')", &["C"], &["A", "B"]),
            ("Namespace = 'A' OR Namespace = 'B'", &["A", "B"], &["C"]),
            (
                "Namespace = 'X' OR Namespace LIKE 'A%' AND Namespace != 'AB'",
                &["X", "AC"],
                &["AB", "B"],
            ),
        ] {
            let filter = Filter::parse("Namespace", text).unwrap();
            for name in shared {
                assert!(filter.shares(name), "{text} shares {name}");
            }
            for name in kept {
                assert!(!filter.shares(name), "{text} keeps {name}");
            }
        }
    }

    #[test]
    fn a_filter_that_cannot_be_read_says_where() {
        for (text, problem) in [
            ("", "expected `Namespace`, found the end"),
            (
                "LogGroupName = 'a'",
                "expected `Namespace`, found `LogGroupName`",
            ),
            ("Namespace", "`Namespace` has no operator"),
            (
                "Namespace = a",
                "expected a value in single quotes, found `a`",
            ),
            ("Namespace = 'a", "a single quote is not closed"),
            (
                "Namespace LIKE '%a'",
                "`%a` after `LIKE` has to be a prefix that ends with its only `%`",
            ),
            (
                "Namespace = 'a' Namespace = 'b'",
                "expected `AND` or `OR`, found `Namespace`",
            ),
            (
                "Namespace IN ()",
                "expected a value in single quotes, found `)`",
            ),
            ("(Namespace = 'a')", "expected `Namespace`, found `(`"),
            ("Namespace ~ 'a'", "`~` is out of place"),
            (
                "Namespace = 'a' OR Namespace = 'b' OR Namespace = 'c' OR Namespace = 'd' \
                 OR Namespace = 'e' OR Namespace = 'f'",
                "it has 6 conditions, at most 5 are allowed",
            ),
        ] {
            assert_eq!(
                Filter::parse("Namespace", text).unwrap_err(),
                problem,
                "{text}"
            );
        }
    }
}
