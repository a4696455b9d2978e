//! YAML, bounded: depth, size and what aliases repeat are limited while it is read, so that no
//! document takes more time than its length and no more memory than its limit.
//!
//! The parser is linear and stops at a nesting of its own; this stops earlier and says where. Plain
//! scalars are what YAML 1.2's core schema makes of them, and text where text is asked for.

use std::collections::{BTreeMap, HashSet};

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde::de::value::{MapDeserializer, SeqDeserializer, StringDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// How deeply a document may be nested: as deep as JSON is read.
const DEPTH_MAX: usize = 128;

/// How long a document may be, in bytes.
const BYTES_MAX: usize = 10 * 1024 * 1024;

/// How much a document may become with its aliases in their places, in bytes.
const EXPANDED_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What each value costs beside its text, in bytes.
const NODE_BYTES: usize = 64;

/// Why a text is no document.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(in crate::shared) enum YamlError {
    /// It is too long to be read.
    #[error("the document has {0} bytes; give at most {BYTES_MAX}")]
    TooLong(usize),
    /// It is nested too deeply.
    #[error("line {0}: nested more than {DEPTH_MAX} levels deep; write it flatter")]
    TooDeep(usize),
    /// Its aliases repeat too much.
    #[error(
        "line {0}: its aliases repeat more than {EXPANDED_BYTES_MAX} bytes; write less with them"
    )]
    TooLarge(usize),
    /// It is no YAML.
    #[error("{0}")]
    Syntax(String),
    /// It is YAML that no OpenAPI document is.
    #[error("line {line}: {problem}")]
    Content {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
}

/// A value of a document.
#[derive(Clone, Debug)]
pub(in crate::shared) enum Node {
    Scalar { text: String, is_plain: bool },
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Reads a document.
///
/// # Errors
/// [`YamlError`], with the line.
pub(in crate::shared) fn read(text: &str) -> Result<Node, YamlError> {
    if text.len() > BYTES_MAX {
        return Err(YamlError::TooLong(text.len()));
    }
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| match error.to_string() {
            // The parser's own limit is met before any of its events tells the depth.
            text if text.starts_with("recursion limit") => {
                YamlError::TooDeep(error.marker().line())
            }
            text => YamlError::Syntax(text),
        })?;
        reader.take(event, span)?;
    }
    reader.root.ok_or(YamlError::Content {
        line: 1,
        problem: "the document is empty".to_owned(),
    })
}

/// A list or a map that is not yet at its end.
enum Open {
    List(Vec<Node>),
    Map {
        entries: Vec<(String, Node)>,
        names: HashSet<String>,
        name: Option<String>,
    },
}

#[derive(Default)]
struct Reader {
    /// What is open, each with its anchor and what was spent before it.
    open: Vec<(Open, usize, usize)>,
    /// What anchors name, with its size.
    anchors: BTreeMap<usize, (Node, usize)>,
    /// The bytes of everything so far.
    spent: usize,
    documents: usize,
    root: Option<Node>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        let line = span.start.line();
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(content(line, "a second document begins; give one"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = match tag.as_deref() {
                    None => style == ScalarStyle::Plain,
                    Some(tag) => !is_text(tag, line)? && style == ScalarStyle::Plain,
                };
                let before = self.spent;
                self.spend(text.len() + NODE_BYTES, line)?;
                let node = Node::Scalar {
                    text: text.into_owned(),
                    is_plain,
                };
                self.put(node, anchor, before, line)?;
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Open::List(Vec::new()), anchor, tag.as_deref(), line)?
            }
            Event::MappingStart(anchor, tag) => {
                let map = Open::Map {
                    entries: Vec::new(),
                    names: HashSet::new(),
                    name: None,
                };
                self.begin(map, anchor, tag.as_deref(), line)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some((open, anchor, before)) = self.open.pop() {
                    let node = match open {
                        Open::List(items) => Node::List(items),
                        Open::Map { entries, .. } => Node::Map(entries),
                    };
                    self.put(node, anchor, before, line)?;
                }
            }
            Event::Alias(anchor) => {
                // An anchor within itself is not known yet.
                let (node, size) = self
                    .anchors
                    .get(&anchor)
                    .ok_or_else(|| content(line, "an alias to what contains it is not read"))?;
                let (node, size) = (node.clone(), *size);
                let before = self.spent;
                self.spend(size, line)?;
                self.put(node, 0, before, line)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin(
        &mut self,
        open: Open,
        anchor: usize,
        tag: Option<&Tag>,
        line: usize,
    ) -> Result<(), YamlError> {
        if let Some(tag) = tag {
            let known = tag.is_yaml_core_schema() && matches!(tag.suffix.as_str(), "map" | "seq");
            if !known {
                return Err(unknown(tag, line));
            }
        }
        if self.open.len() == DEPTH_MAX {
            return Err(YamlError::TooDeep(line));
        }
        let before = self.spent;
        self.spend(NODE_BYTES, line)?;
        self.open.push((open, anchor, before));
        Ok(())
    }

    fn spend(&mut self, bytes: usize, line: usize) -> Result<(), YamlError> {
        self.spent = self.spent.saturating_add(bytes);
        if self.spent > EXPANDED_BYTES_MAX {
            return Err(YamlError::TooLarge(line));
        }
        Ok(())
    }

    /// Puts a whole value where it belongs, and remembers it if it has an anchor.
    fn put(
        &mut self,
        node: Node,
        anchor: usize,
        before: usize,
        line: usize,
    ) -> Result<(), YamlError> {
        if anchor > 0 {
            let size = self.spent - before;
            // The copy that is kept for aliases takes memory too.
            self.spend(size, line)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((Open::List(items), ..)) => items.push(node),
            Some((
                Open::Map {
                    entries,
                    names,
                    name,
                },
                ..,
            )) => match name.take() {
                Some(name) => entries.push((name, node)),
                None => {
                    let Node::Scalar { text, .. } = node else {
                        return Err(content(line, "a name is a list or a map; give a text"));
                    };
                    if !names.insert(text.clone()) {
                        return Err(content(line, &format!("the name `{text}` stands twice")));
                    }
                    *name = Some(text);
                }
            },
        }
        Ok(())
    }
}

fn content(line: usize, problem: &str) -> YamlError {
    YamlError::Content {
        line,
        problem: authlab_kernel::journal::cut(problem).into_owned(),
    }
}

fn unknown(tag: &Tag, line: usize) -> YamlError {
    content(line, &format!("the tag `{tag}` is not read; leave it out"))
}

/// Whether a scalar's tag makes it a text. Other tags of the core schema say what the text says.
fn is_text(tag: &Tag, line: usize) -> Result<bool, YamlError> {
    match (tag.is_yaml_core_schema(), tag.suffix.as_str()) {
        (true, "str") => Ok(true),
        (true, "null" | "bool" | "int" | "float") => Ok(false),
        // A tag of one exclamation mark is none but "this is a text".
        (false, "") => Ok(true),
        _ => Err(unknown(tag, line)),
    }
}

/// What a plain scalar is in YAML 1.2's core schema.
enum Plain {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text,
}

impl Plain {
    fn of(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            "true" | "True" | "TRUE" => return Self::Bool(true),
            "false" | "False" | "FALSE" => return Self::Bool(false),
            _ => {}
        }
        let digits = text.strip_prefix('+').unwrap_or(text);
        let radix = |prefix: &str, radix| {
            let digits = text.strip_prefix(prefix)?;
            u64::from_str_radix(digits, radix).ok()
        };
        if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
            return Self::Unsigned(number);
        }
        let is_decimal = digits
            .trim_start_matches('-')
            .starts_with(|first: char| first.is_ascii_digit() || first == '.')
            && digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        if !is_decimal {
            return Self::Text;
        }
        if let Ok(number) = digits.parse() {
            return Self::Unsigned(number);
        }
        if let Ok(number) = digits.parse() {
            return Self::Signed(number);
        }
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Float(number),
            _ => Self::Text,
        }
    }
}

/// Why a value is not what was asked for.
pub(in crate::shared) type Mismatch = serde::de::value::Error;

impl IntoDeserializer<'_, Mismatch> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Node {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Self::Scalar { text, is_plain } => match Plain::of(&text) {
                _ if !is_plain => visitor.visit_string(text),
                Plain::Null => visitor.visit_unit(),
                Plain::Bool(truth) => visitor.visit_bool(truth),
                Plain::Unsigned(number) => visitor.visit_u64(number),
                Plain::Signed(number) => visitor.visit_i64(number),
                Plain::Float(number) => visitor.visit_f64(number),
                Plain::Text => visitor.visit_string(text),
            },
            Self::List(items) => {
                let mut items = SeqDeserializer::new(items.into_iter());
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Self::Map(entries) => {
                let mut entries = MapDeserializer::new(entries.into_iter());
                let value = visitor.visit_map(&mut entries)?;
                entries.end()?;
                Ok(value)
            }
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            // `version: 1.0` is a text where a text is asked for.
            Self::Scalar { text, .. } => visitor.visit_string(text),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match &self {
            Self::Scalar {
                text,
                is_plain: true,
            } if matches!(Plain::of(text), Plain::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self {
            Self::Scalar { text, .. } => {
                let text: StringDeserializer<Mismatch> = text.into_deserializer();
                text.deserialize_enum(name, variants, visitor)
            }
            _ => Err(Mismatch::custom("a list or a map, expected a text")),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;
    use serde_json::{Value, json};

    use super::*;

    fn value(text: &str) -> Value {
        Value::deserialize(read(text).unwrap()).unwrap()
    }

    #[test]
    fn values_are_those_of_the_core_schema() {
        for (text, expected) in [
            (
                "a: 1\nb: [x, 'y', \"z\"]",
                json!({"a": 1, "b": ["x", "y", "z"]}),
            ),
            (
                "[~, null, '', '1', yes, true, False]",
                json!([null, null, "", "1", "yes", true, false]),
            ),
            (
                "[0x1F, 0o17, -3, +3, 1.5, 1e3, .5, 1.2.3, 2024-01-01]",
                json!([31, 15, -3, 3, 1.5, 1000.0, 0.5, "1.2.3", "2024-01-01"]),
            ),
            (
                "a: |\n  one\n  two\nb: >-\n  one\n  two",
                json!({"a": "one\ntwo\n", "b": "one two"}),
            ),
            (
                "a: &x {b: [1]}\nc: *x\nd: [*x, *x]",
                json!({"a": {"b": [1]}, "c": {"b": [1]}, "d": [{"b": [1]}, {"b": [1]}]}),
            ),
            ("!!str 1", json!("1")),
            ("a: it's [not] a list", json!({"a": "it's [not] a list"})),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
        assert_eq!(String::deserialize(read("1.0").unwrap()).unwrap(), "1.0");
    }

    /// Depth is refused where it is met, in time that the length bounds, whatever makes it.
    #[test]
    fn every_kind_of_depth_and_size_is_refused_by_its_line() {
        let levels = |count: usize| -> String {
            (0..count)
                .map(|level| format!("{}a:\n", " ".repeat(level)))
                .collect()
        };
        let deep = [
            "[".repeat(120_000),
            "{a: ".repeat(40_000),
            "[\n".repeat(60_000),
            "- ".repeat(60_000),
            "? ".repeat(60_000),
            "[? ".repeat(40_000),
            "- ? ".repeat(40_000),
            "&a [".repeat(30_000),
            "!!seq [".repeat(20_000),
            format!("openapi: {}", "[".repeat(120_000)),
            format!("a: ']'\nb: {}", "['', ".repeat(20_000)),
            levels(500),
            format!("{}{}", "[".repeat(DEPTH_MAX + 1), "]".repeat(DEPTH_MAX + 1)),
        ];
        for text in deep {
            let error = read(&text).unwrap_err();
            assert!(
                matches!(error, YamlError::TooDeep(1..=256)),
                "{error}: {}",
                &text[..20]
            );
        }
        assert!(
            read(&format!(
                "{}{}",
                "[".repeat(DEPTH_MAX),
                "]".repeat(DEPTH_MAX)
            ))
            .is_ok()
        );
        assert!(read(&levels(DEPTH_MAX - 1)).is_ok());
        let mut laughs = "a0: &a0 [lol, lol]\n".to_owned();
        for level in 1..60 {
            laughs += &format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
        }
        let error = read(&laughs).unwrap_err();
        assert!(matches!(error, YamlError::TooLarge(_)), "{error}");
        let long = format!(
            "a: &a {}\nb: [{}]",
            "x".repeat(1 << 20),
            "*a, ".repeat(1_000)
        );
        assert!(matches!(read(&long).unwrap_err(), YamlError::TooLarge(2)));
        assert!(matches!(
            read(&" ".repeat(BYTES_MAX + 1)).unwrap_err(),
            YamlError::TooLong(_)
        ));
    }

    #[test]
    fn mutated_documents_never_panic_and_are_bounded() {
        let seeds = [
            "openapi: 3.0.1\ninfo:\n  title: a\n  version: 1.0\npaths:\n  /a:\n    get: {}\n",
            "a: &x {b: [1, 'two', \"three\"]}\nc: *x\nd: |\n  text\n   more\ne: >-\n  folded\n",
            "- - - a\n    - b\n- {a: {b: {c: [~, 0x1F, 1e3, .5]}}}\n",
            "%YAML 1.2\n---\n!!str a: !t b\n? [x]\n: y\n...\n",
        ];
        let pieces = [
            "[", "]", "{", "}", ": ", "- ", "? ", ",", "\n", "\n  ", "  ", "'", "\"", "|", ">",
            "&a ", "*a", "!!str ", "!x ", "#", " #", "%", "---\n", "...", "\\", "\t", "\u{85}",
            "ü", "\u{feff}", "~", "0x", "1e999", "<<: *a", "\r\n", "a", "-",
        ];
        let (accepted, refused) = crate::mutate::run(&seeds, &pieces, |text| {
            read(text).is_ok_and(|node| Value::deserialize(node).is_ok())
        });
        assert!(accepted > 100 && refused > 100, "{accepted} and {refused}");
    }

    #[test]
    fn what_no_document_is_names_its_line() {
        for (text, line) in [
            ("a: 1\na: 2", "line 2"),
            ("a: 1\n[x]: 2", "line 2"),
            ("a: 1\nb: !Sub x", "line 2"),
            ("a: 1\n---\nb: 2", "line 2"),
            ("a: &a\n  - *a", "line 2"),
            ("a: *b", "line 1"),
            ("a: [1", "line"),
            ("a: 'x", "line"),
            ("", "empty"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(line), "{text}: {error}");
        }
    }
}
