//! JSON patterns: `{ $.status = 403 && $.user.name = "b*" }`.

use serde_json::Value;

/// How deep parentheses may nest.
const DEPTH_MAX: usize = 32;

/// What is asked of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Test(Vec<Step>, Test),
}

/// One step of a selector.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Member(String),
    Element(usize),
    EveryElement,
}

/// What is asked of the selected value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Equal(Operand),
    NotEqual(Operand),
    Less(f64),
    LessOrEqual(f64),
    Greater(f64),
    GreaterOrEqual(f64),
    IsNull,
    IsTrue,
    IsFalse,
    Exists,
    NotExists,
}

/// What a value is compared with: text with `*`, which is a number too if it looks like one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operand {
    pieces: Vec<String>,
    number: Option<f64>,
}

impl Operand {
    fn new(text: &str) -> Self {
        let pieces = text.split('*').map(str::to_owned).collect();
        Self {
            pieces,
            number: text.parse().ok(),
        }
    }

    fn equals(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.is_like(text),
            Value::Number(number) => match (self.number, number.as_f64()) {
                (Some(wanted), Some(found)) => wanted == found,
                _ => self.is_like(&number.to_string()),
            },
            _ => false,
        }
    }

    fn is_like(&self, text: &str) -> bool {
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else {
            return false;
        };
        if self.pieces.len() == 1 {
            return text == first;
        }
        let Some(mut rest) = text.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in self
            .pieces
            .get(1..self.pieces.len() - 1)
            .unwrap_or_default()
        {
            match rest.find(piece.as_str()) {
                Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

impl Expression {
    /// Reads a pattern with its braces.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader {
            rest: text.strip_prefix('{').unwrap_or(text),
            depth: 0,
        };
        let expression = reader.any()?;
        if !reader.eat("}") {
            return Err(format!("expected `}}` before `{}`", reader.rest));
        }
        match reader.rest.trim() {
            "" => Ok(expression),
            after => Err(format!("`{after}` follows the closing `}}`")),
        }
    }

    pub(super) fn matches(&self, document: &Value) -> bool {
        match self {
            Self::All(all) => all.iter().all(|expression| expression.matches(document)),
            Self::Any(any) => any.iter().any(|expression| expression.matches(document)),
            Self::Test(steps, test) => {
                let mut found = Vec::new();
                select(document, steps, &mut found);
                match test {
                    Test::NotExists => found.is_empty(),
                    test => found.iter().any(|value| test.holds(value)),
                }
            }
        }
    }
}

impl Test {
    fn holds(&self, value: &Value) -> bool {
        let number = |holds: fn(f64, f64) -> bool, bound: f64| {
            value.as_f64().is_some_and(|number| holds(number, bound))
        };
        match self {
            Self::Equal(operand) => operand.equals(value),
            Self::NotEqual(operand) => !operand.equals(value),
            Self::Less(bound) => number(|a, b| a < b, *bound),
            Self::LessOrEqual(bound) => number(|a, b| a <= b, *bound),
            Self::Greater(bound) => number(|a, b| a > b, *bound),
            Self::GreaterOrEqual(bound) => number(|a, b| a >= b, *bound),
            Self::IsNull => value.is_null(),
            Self::IsTrue => value == &Value::Bool(true),
            Self::IsFalse => value == &Value::Bool(false),
            Self::Exists => true,
            Self::NotExists => false,
        }
    }
}

fn select<'a>(value: &'a Value, steps: &[Step], found: &mut Vec<&'a Value>) {
    let Some((step, rest)) = steps.split_first() else {
        found.push(value);
        return;
    };
    match step {
        Step::Member(name) => {
            if let Some(member) = value.get(name) {
                select(member, rest, found);
            }
        }
        Step::Element(index) => {
            if let Some(element) = value.get(index) {
                select(element, rest, found);
            }
        }
        Step::EveryElement => {
            for element in value.as_array().into_iter().flatten() {
                select(element, rest, found);
            }
        }
    }
}

/// The text up to the closing double quote, and what follows; `\"` and `\\` stand for themselves.
pub(super) fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut inner = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((inner, text.get(at + 1..).unwrap_or_default())),
            '\\' => inner.extend(letters.next().map(|(_, escaped)| escaped)),
            other => inner.push(other),
        }
    }
    Err("a double quote is not closed".to_owned())
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn eat(&mut self, symbol: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(symbol) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn any(&mut self) -> Result<Expression, String> {
        let mut any = vec![self.all()?];
        while self.eat("||") {
            any.push(self.all()?);
        }
        Ok(if any.len() == 1 {
            any.remove(0)
        } else {
            Expression::Any(any)
        })
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut all = vec![self.one()?];
        while self.eat("&&") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Expression::All(all)
        })
    }

    fn one(&mut self) -> Result<Expression, String> {
        if self.eat("(") {
            self.depth += 1;
            if self.depth > DEPTH_MAX {
                return Err(format!("parentheses nest deeper than {DEPTH_MAX}"));
            }
            let inner = self.any()?;
            self.depth -= 1;
            if !self.eat(")") {
                return Err(format!("expected `)` before `{}`", self.rest));
            }
            return Ok(inner);
        }
        let steps = self.selector()?;
        Ok(Expression::Test(steps, self.test()?))
    }

    fn selector(&mut self) -> Result<Vec<Step>, String> {
        if !self.eat("$") {
            return Err(format!(
                "expected a selector such as `$.status` before `{}`",
                self.rest
            ));
        }
        let mut steps = Vec::new();
        loop {
            if let Some(rest) = self.rest.strip_prefix('.') {
                self.rest = rest;
                let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '@';
                let name = self.take(is_name);
                if name.is_empty() {
                    return Err(format!("expected a name before `{}`", self.rest));
                }
                steps.push(Step::Member(name.to_owned()));
            } else if let Some(rest) = self.rest.strip_prefix('[') {
                self.rest = rest;
                steps.push(self.element()?);
            } else if steps.is_empty() {
                return Err(format!(
                    "expected a selector such as `$.status` before `{}`",
                    self.rest
                ));
            } else {
                return Ok(steps);
            }
        }
    }

    fn element(&mut self) -> Result<Step, String> {
        let step = if self.eat("*") {
            Step::EveryElement
        } else if self.eat("\"") {
            let (name, rest) = quoted(self.rest)?;
            self.rest = rest;
            Step::Member(name)
        } else {
            let digits = self.take(|c| c.is_ascii_digit());
            Step::Element(
                digits
                    .parse()
                    .map_err(|_| format!("`[{digits}` is no index"))?,
            )
        };
        if self.eat("]") {
            Ok(step)
        } else {
            Err(format!("expected `]` before `{}`", self.rest))
        }
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn test(&mut self) -> Result<Test, String> {
        for (symbol, test) in [
            ("<=", Test::LessOrEqual as fn(f64) -> Test),
            (">=", Test::GreaterOrEqual),
        ] {
            if self.eat(symbol) {
                return self.number(symbol).map(test);
            }
        }
        if self.eat("!=") {
            return self
                .operand()
                .map(|text| Test::NotEqual(Operand::new(&text)));
        }
        for (symbol, test) in [("<", Test::Less as fn(f64) -> Test), (">", Test::Greater)] {
            if self.eat(symbol) {
                return self.number(symbol).map(test);
            }
        }
        if self.eat("=") {
            return self.operand().map(|text| Test::Equal(Operand::new(&text)));
        }
        self.rest = self.rest.trim_start();
        let mut words = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            match self.take(|c| c.is_ascii_alphabetic()) {
                "" => break,
                word => words.push(word),
            }
        }
        match words.as_slice() {
            ["IS", "NULL"] => Ok(Test::IsNull),
            ["IS", "TRUE"] => Ok(Test::IsTrue),
            ["IS", "FALSE"] => Ok(Test::IsFalse),
            ["EXISTS"] => Ok(Test::Exists),
            ["NOT", "EXISTS"] => Ok(Test::NotExists),
            words => Err(format!(
                "expected an operator, found `{}{}`",
                words.join(" "),
                self.rest
            )),
        }
    }

    fn number(&mut self, symbol: &str) -> Result<f64, String> {
        let text = self.operand()?;
        text.parse()
            .map_err(|_| format!("`{symbol}` needs a number, found `{text}`"))
    }

    fn operand(&mut self) -> Result<String, String> {
        if self.eat("\"") {
            let (text, rest) = quoted(self.rest)?;
            self.rest = rest;
            return Ok(text);
        }
        self.rest = self.rest.trim_start();
        let text = self.take(|c| !c.is_whitespace() && !"&|(){}\"".contains(c));
        if text.contains('%') {
            return Err("regular expressions `%…%` are not simulated".to_owned());
        }
        if text.is_empty() {
            return Err(format!("expected a value before `{}`", self.rest));
        }
        Ok(text.to_owned())
    }
}
