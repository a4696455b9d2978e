//! What is known of every registered step: the vocabulary.
//!
//! `#[given]`, `#[when]` and `#[then]` leave a [`StepRecord`] beside cucumber's own registration,
//! which keeps the compiled expression and forgets its text. The two are joined by the place where
//! the attribute stands.

use std::{collections::BTreeMap, fmt};

use cucumber::{
    codegen::{LazyRegex, StepConstructor as _, WorldInventory},
    gherkin::StepType,
    step::{AmbiguousMatchError, Collection, Context, Location, Step},
};
#[doc(hidden)]
pub use inventory::submit;

/// Which of the three kinds a step is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Keyword {
    /// What is there before.
    Given,
    /// What is done.
    When,
    /// What must be so.
    Then,
}

impl Keyword {
    /// All three, in the order of a scenario.
    pub const ALL: [Self; 3] = [Self::Given, Self::When, Self::Then];

    /// The kind of a step of a scenario; `And` and `But` are what stood before them.
    #[must_use]
    pub fn of(step: &gherkin::Step) -> Self {
        match step.ty {
            StepType::Given => Self::Given,
            StepType::When => Self::When,
            StepType::Then => Self::Then,
        }
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Given => "Given",
            Self::When => "When",
            Self::Then => "Then",
        })
    }
}

/// What the attributes record of one step.
#[derive(Debug)]
pub struct StepRecord {
    /// Which attribute.
    pub keyword: Keyword,
    /// The Cucumber expression as it was written.
    pub expression: &'static str,
    /// The function's name.
    pub function: &'static str,
    /// The module that holds the function.
    pub module: &'static str,
    /// The file of the attribute.
    pub path: &'static str,
    /// The line of the attribute.
    pub line: u32,
    /// The column of the attribute.
    pub column: u32,
    /// The doc comment.
    pub document: &'static str,
}

inventory::collect!(StepRecord);

/// What is said of a parameter type of a step library's own.
#[derive(Debug)]
pub struct ParameterRecord {
    /// Its name in expressions: `component` of `{component}`.
    pub name: &'static str,
    /// What may stand in its place.
    pub values: &'static str,
}

inventory::collect!(ParameterRecord);

/// What may stand in the place of the parameters of an expression, a line each: `{component}: aws, vault`.
pub(crate) fn parameters_of(expression: &str) -> Vec<String> {
    let records = inventory::iter::<ParameterRecord>.into_iter();
    let mut lines: Vec<_> = records
        .filter(|record| expression.contains(&format!("{{{}}}", record.name)))
        .map(|record| format!("{{{}}}: {}", record.name, record.values))
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

/// One step of the vocabulary, as `authlab steps` lists it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StepInfo {
    /// Given, When or Then.
    pub keyword: Keyword,
    /// The Cucumber expression; the regular expression of a step registered with cucumber's own
    /// attributes.
    pub expression: String,
    /// The function's name.
    pub function: String,
    /// The module that holds it, without its crate's steps module: `role`, `vault`.
    pub module: String,
    /// `file:line` of the definition.
    pub location: String,
    /// The doc comment without its example.
    pub document: String,
    /// One use, without its keyword.
    pub example: String,
}

/// A step that can be called, with what is known of it.
pub(crate) struct Definition<W: 'static> {
    pub(crate) keyword: Keyword,
    record: Option<&'static StepRecord>,
    location: Location,
    regex: LazyRegex,
    function: Step<W>,
}

impl<W> Definition<W> {
    /// The expression's text.
    pub(crate) fn expression(&self) -> String {
        match self.record {
            Some(record) => record.expression.to_owned(),
            None => (self.regex)().as_str().to_owned(),
        }
    }

    /// One use, without its keyword; empty when there is none.
    pub(crate) fn example(&self) -> &'static str {
        let lines = self.record.map_or("", |record| record.document).lines();
        let example = lines
            .filter_map(|line| line.trim().strip_prefix("Example: "))
            .next();
        without_keyword(example.unwrap_or_default().trim().trim_matches('`'))
    }

    /// `file:line`, shortened for definitions of foreign crates.
    pub(crate) fn location(&self) -> String {
        format!("{}:{}", shortened(self.location.path), self.location.line)
    }

    /// Whether `text` can match at all, without compiling the expression: compiling all of them
    /// costs every test process hundreds of milliseconds.
    fn may_match(&self, text: &str) -> bool {
        self.record
            .is_none_or(|record| text.starts_with(literal_prefix(record.expression)))
    }

    fn info(&self) -> StepInfo {
        let record = self.record;
        let document = record.map_or("", |record| record.document);
        StepInfo {
            keyword: self.keyword,
            expression: self.expression(),
            function: record.map_or("", |record| record.function).to_owned(),
            module: record
                .map_or("", |record| module_noun(record.module))
                .to_owned(),
            location: self.location(),
            document: document
                .lines()
                .map(str::trim)
                .filter(|line| !line.starts_with("Example: "))
                .collect::<Vec<_>>()
                .join("\n")
                .trim()
                .to_owned(),
            example: self.example().to_owned(),
        }
    }
}

/// What a step of a scenario turned out to be.
pub(crate) enum Found<'a, W: 'static> {
    /// Exactly one definition, its function and the arguments.
    One(Step<W>, Context),
    /// No definition.
    Undefined,
    /// Several.
    Ambiguous(Vec<&'a Definition<W>>),
}

/// Every step that is registered for a World.
pub(crate) struct Registry<W: 'static> {
    definitions: Vec<Definition<W>>,
}

impl<W: WorldInventory> Registry<W> {
    /// The steps that are linked into this program.
    pub(crate) fn collect() -> Self {
        let mut records = BTreeMap::new();
        for record in inventory::iter::<StepRecord> {
            records.insert(
                (record.keyword, record.path, record.line, record.column),
                record,
            );
        }
        let mut definitions = Vec::new();
        let mut add = |keyword, (location, regex, function): (Location, LazyRegex, Step<W>)| {
            let key = (keyword, location.path, location.line, location.column);
            let record = records.get(&key).copied();
            definitions.push(Definition {
                keyword,
                record,
                location,
                regex,
                function,
            });
        };
        inventory::iter::<W::Given>
            .into_iter()
            .for_each(|step| add(Keyword::Given, step.inner()));
        inventory::iter::<W::When>
            .into_iter()
            .for_each(|step| add(Keyword::When, step.inner()));
        inventory::iter::<W::Then>
            .into_iter()
            .for_each(|step| add(Keyword::Then, step.inner()));
        // The linker's order is no order.
        definitions.sort_by_key(|definition| (definition.location, definition.keyword));
        Self { definitions }
    }

    /// All definitions, by place.
    pub(crate) fn definitions(&self) -> &[Definition<W>] {
        &self.definitions
    }

    /// The definition of `step`, compiling only the expressions that it may match.
    pub(crate) fn find(&self, step: &gherkin::Step) -> Found<'_, W> {
        let keyword = Keyword::of(step);
        let candidates = self.definitions.iter().filter(|definition| {
            definition.keyword == keyword && definition.may_match(&step.value)
        });
        let collection = candidates.fold(Collection::new(), |collection, definition| {
            let (location, regex) = (Some(definition.location), (definition.regex)());
            match keyword {
                Keyword::Given => collection.given(location, regex, definition.function),
                Keyword::When => collection.when(location, regex, definition.function),
                Keyword::Then => collection.then(location, regex, definition.function),
            }
        });
        match collection.find(step) {
            Ok(Some((function, _, _, context))) => Found::One(*function, context),
            Ok(None) => Found::Undefined,
            Err(AmbiguousMatchError { possible_matches }) => Found::Ambiguous(
                self.definitions
                    .iter()
                    .filter(|definition| {
                        definition.keyword == keyword
                            && possible_matches
                                .iter()
                                .any(|(_, location)| *location == Some(definition.location))
                    })
                    .collect(),
            ),
        }
    }

    /// The definitions of any keyword whose expression matches `text`.
    pub(crate) fn matching<'a>(
        &'a self,
        text: &'a str,
    ) -> impl Iterator<Item = &'a Definition<W>> + 'a {
        self.definitions
            .iter()
            .filter(|definition| definition.may_match(text))
            .filter(move |definition| (definition.regex)().is_match(text))
    }
}

/// The vocabulary of a World, by module, keyword and expression.
#[must_use]
pub fn steps<W: WorldInventory>() -> Vec<StepInfo> {
    let registry = Registry::<W>::collect();
    let mut steps: Vec<_> = registry
        .definitions()
        .iter()
        .map(Definition::info)
        .collect();
    steps.sort_by(|left, right| {
        (&left.module, left.keyword, &left.expression).cmp(&(
            &right.module,
            right.keyword,
            &right.expression,
        ))
    });
    steps
}

/// The vocabulary as text for people: a paragraph for each module, and for each step its
/// expression, what it does, one use and its place.
#[must_use]
pub fn listing(steps: &[StepInfo]) -> String {
    let mut text = String::new();
    let mut module = None;
    for step in steps {
        if module != Some(&step.module) {
            let gap = if module.is_some() { "\n" } else { "" };
            text.push_str(&format!("{gap}{}\n", step.module));
            module = Some(&step.module);
        }
        text.push_str(&format!("  {} {}\n", step.keyword, step.expression));
        for line in step.document.lines() {
            text.push_str(format!("      {line}").trim_end());
            text.push('\n');
        }
        for line in parameters_of(&step.expression) {
            text.push_str(&format!("      {line}\n"));
        }
        text.push_str(&format!(
            "      Example: {} {}\n",
            step.keyword, step.example
        ));
        text.push_str(&format!("      at {}\n", step.location));
    }
    text
}

/// What is wrong with the vocabulary, a sentence each: an example that does not match its own
/// expression, or that another step of the same keyword matches too. A test of every step library
/// asserts that there is none.
#[must_use]
pub fn vocabulary_problems<W: WorldInventory>() -> Vec<String> {
    let registry = Registry::<W>::collect();
    let mut problems = Vec::new();
    for definition in registry.definitions() {
        let (example, location) = (definition.example(), definition.location());
        let expression = definition.expression();
        if example.is_empty() {
            problems.push(format!("{location}: `{expression}` has no example"));
            continue;
        }
        let same_keyword = registry
            .matching(example)
            .filter(|other| other.keyword == definition.keyword)
            .map(|other| (other.location(), other.expression()))
            .collect::<Vec<_>>();
        if !same_keyword.contains(&(location.clone(), expression.clone())) {
            problems.push(format!(
                "{location}: `{example}` does not match `{expression}`"
            ));
        }
        for (other_location, other) in same_keyword {
            if (&other_location, &other) != (&location, &expression) {
                problems.push(format!(
                    "{location}: `{example}` matches `{other}` ({other_location}) too"
                ));
            }
        }
    }
    problems
}

/// The text before the first thing in a Cucumber expression that is not literal: a parameter, an
/// optional text, or a word with alternatives.
fn literal_prefix(expression: &str) -> &str {
    let Some(end) = expression.find(['{', '(', '/', '\\']) else {
        return expression;
    };
    match expression.as_bytes().get(end) {
        Some(b'/') => &expression[..expression[..end].rfind(' ').map_or(0, |space| space + 1)],
        _ => &expression[..end],
    }
}

fn without_keyword(example: &str) -> &str {
    ["Given ", "When ", "Then ", "And ", "But "]
        .iter()
        .find_map(|keyword| example.strip_prefix(keyword))
        .unwrap_or(example)
}

/// The last part of a module path: `authlab_scenarios::steps::role` is `role`.
fn module_noun(module: &str) -> &str {
    module.rsplit("::").next().unwrap_or(module)
}

/// A path as it is readable: of an absolute one, from the folder of its crate on.
fn shortened(path: &str) -> String {
    if !std::path::Path::new(path).is_absolute() {
        return path.to_owned();
    }
    let parts: Vec<_> = path.split(['/', '\\']).collect();
    let source = parts
        .iter()
        .rposition(|part| ["src", "tests"].contains(part));
    parts[source.unwrap_or(1).saturating_sub(1)..].join("/")
}

#[cfg(test)]
mod tests {
    use super::{literal_prefix, module_noun, shortened};

    #[test]
    fn the_literal_prefix_ends_at_the_first_choice() {
        for (expression, expected) in [
            ("the lab", "the lab"),
            ("the role {string} exists", "the role "),
            ("{int} second(s) pass", ""),
            ("a second(s) pass", "a second"),
            ("the token is accepted/refused now", "the token is "),
            ("accepted/refused", ""),
            ("the path \\/x", "the path "),
            ("", ""),
        ] {
            assert_eq!(literal_prefix(expression), expected, "{expression}");
        }
    }

    #[test]
    fn foreign_locations_are_shortened() {
        assert_eq!(
            shortened("scenarios/src/steps/role.rs"),
            "scenarios/src/steps/role.rs"
        );
        assert_eq!(
            shortened("/opt/registry/authlab-scenarios-0.1.0/src/steps/role.rs"),
            "authlab-scenarios-0.1.0/src/steps/role.rs"
        );
        assert_eq!(module_noun("authlab_scenarios::steps::role"), "role");
    }
}
