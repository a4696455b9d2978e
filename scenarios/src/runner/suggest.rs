//! The step that was meant.

use std::collections::BTreeSet;

use cucumber::codegen::WorldInventory;

use super::case::CaseStep;
use crate::registration::{Definition, Keyword, Registry, parameters_of};

/// How many suggestions are made at most.
const MOST: usize = 3;
/// How many steps are told at most that speak of the same things.
const MOST_OF_A_NOUN: usize = 8;
/// How near, of 1, a suggestion must be.
const NEAR_ENOUGH: f64 = 0.6;

/// The longest step that is compared with the vocabulary, in characters of its skeleton: the
/// comparison takes the product of both lengths, and no definition is longer.
const COMPARED_MAX: usize = 400;
/// How much of a step is said again, in characters.
const SAID_MAX: usize = 300;
/// How many unknown steps of one scenario are compared; the rest is only named.
pub(crate) const COMPARED_STEPS_MAX: usize = 50;

/// What to say of a step that nothing matches: the nearest definitions.
pub(crate) fn undefined<W: WorldInventory>(registry: &Registry<W>, step: &CaseStep) -> String {
    let keyword = Keyword::of(&step.step);
    let head = format!("no step matches `{}`", cut(&step.text()));
    if let Some(other) = registry.matching(&step.step.value).next() {
        return format!(
            "{head}; it is defined for `{}`:\n{}",
            other.keyword,
            entry(other),
        );
    }
    let nearest = nearest(registry, keyword, &step.step.value);
    if nearest.is_empty() {
        return format!("{head}, and none is near{}", of_its_nouns(registry, step));
    }
    let parameters: BTreeSet<_> = nearest
        .iter()
        .flat_map(|definition| parameters_of(&definition.expression()))
        .collect();
    let parameters: String = parameters
        .iter()
        .map(|parameter| format!("\n  where {parameter}"))
        .collect();
    let entries = nearest
        .into_iter()
        .map(entry)
        .collect::<Vec<_>>()
        .join("\n");
    format!("{head}; the nearest:\n{entries}{parameters}")
}

/// The steps that speak of the same things, the most of them first.
fn of_its_nouns<W: WorldInventory>(registry: &Registry<W>, step: &CaseStep) -> String {
    let said = words(&compared(&step.step.value));
    let mut speaking: Vec<_> = registry
        .definitions()
        .iter()
        .map(|definition| {
            let expression = words(&skeleton(&definition.expression()));
            let shared = expression.intersection(&said);
            (shared.map(String::len).sum::<usize>(), definition)
        })
        .filter(|(shared, _)| *shared > 0)
        .collect();
    speaking.sort_by(|(left, _), (right, _)| right.cmp(left));
    let most = speaking.into_iter().take(MOST_OF_A_NOUN);
    let entries: String = most
        .map(|(_, definition)| format!("\n{}", entry(definition)))
        .collect();
    match entries.as_str() {
        "" => "; `authlab steps` lists the vocabulary".to_owned(),
        entries => format!("; these speak of the same:{entries}"),
    }
}

/// The words that a step is about: long ones, in the singular.
fn words(skeleton: &str) -> BTreeSet<String> {
    const SHORTEST: usize = 4;
    const OF_EVERY_STEP: [&str; 10] = [
        "with", "that", "this", "from", "have", "said", "says", "into", "than", "then",
    ];
    let words = skeleton.split(|letter: char| !letter.is_alphanumeric());
    let counts = |word: &&str| word.len() >= SHORTEST && !OF_EVERY_STEP.contains(word);
    let singular = |word: &str| match word.strip_suffix('s') {
        Some(one) if one.len() >= SHORTEST => one.to_owned(),
        _ => word.to_owned(),
    };
    words.filter(counts).map(singular).collect()
}

/// What to say of a step after many that nothing matches.
pub(crate) fn one_of_many(step: &CaseStep) -> String {
    format!("no step matches `{}`", cut(&step.text()))
}

/// The beginning of a text, and how long it is when that is not all.
fn cut(text: &str) -> String {
    match text.char_indices().nth(SAID_MAX) {
        None => text.to_owned(),
        Some((end, _)) => {
            let start = text.get(..end).unwrap_or_default();
            format!("{start}… ({} characters)", text.chars().count())
        }
    }
}

/// What to say of a step that several definitions match.
pub(crate) fn ambiguous<W>(step: &CaseStep, definitions: &[&Definition<W>]) -> String {
    let entries = definitions
        .iter()
        .copied()
        .map(entry)
        .collect::<Vec<_>>()
        .join("\n");
    format!(
        "`{}` matches more than one step:\n{entries}",
        cut(&step.text())
    )
}

fn entry<W>(definition: &Definition<W>) -> String {
    format!(
        "  {} {}  ({})",
        definition.keyword,
        definition.expression(),
        definition.location()
    )
}

/// The definitions nearest to `text`, best first; of equally near ones, those of its own keyword.
fn nearest<'a, W: WorldInventory>(
    registry: &'a Registry<W>,
    keyword: Keyword,
    text: &str,
) -> Vec<&'a Definition<W>> {
    /// What another keyword costs.
    const OTHER_KEYWORD: f64 = 0.1;
    let text = compared(text);
    let mut scored: Vec<_> = registry
        .definitions()
        .iter()
        .map(|definition| {
            let by_expression = similarity(&text, &skeleton(&definition.expression()));
            let by_example = similarity(&text, &skeleton(definition.example()));
            let penalty = if definition.keyword == keyword {
                0.0
            } else {
                OTHER_KEYWORD
            };
            (by_expression.max(by_example) - penalty, definition)
        })
        .filter(|(score, _)| *score >= NEAR_ENOUGH)
        .collect();
    scored.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    scored
        .into_iter()
        .take(MOST)
        .map(|(_, definition)| definition)
        .collect()
}

/// The skeleton of as much of a step as is compared.
fn compared(text: &str) -> String {
    // Quoted texts shrink: more is read than is kept.
    let read: String = text.chars().take(COMPARED_MAX * 10).collect();
    skeleton(&read).chars().take(COMPARED_MAX).collect()
}

fn similarity(left: &str, right: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(left, right)
}

/// A step without its values: quoted texts, numbers and parameters become `_`.
fn skeleton(text: &str) -> String {
    let mut skeleton = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let closing = match character {
            '"' => Some('"'),
            '{' => Some('}'),
            _ => None,
        };
        if let Some(closing) = closing {
            characters
                .by_ref()
                .take_while(|inner| *inner != closing)
                .for_each(drop);
            skeleton.push('_');
        } else if character.is_ascii_digit() {
            while characters.next_if(char::is_ascii_digit).is_some() {}
            skeleton.push('_');
        } else {
            skeleton.extend(character.to_lowercase());
        }
    }
    skeleton
}

#[cfg(test)]
mod tests {
    use super::{COMPARED_MAX, SAID_MAX, compared, cut, skeleton, words};

    #[test]
    fn a_step_is_about_its_long_words() {
        for (text, expected) in [
            (
                "the issuer _ rotates its keys",
                &["issuer", "keys", "rotate"][..],
            ),
            ("the log of an issuer", &["issuer"]),
            ("it is so", &[]),
        ] {
            assert_eq!(words(text).iter().collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn a_skeleton_has_no_values() {
        for (text, expected) in [
            (
                "the role \"looker\" in account 123",
                "the role _ in account _",
            ),
            (
                "The role {string} in account {int}",
                "the role _ in account _",
            ),
            ("an open \"quote", "an open _"),
        ] {
            assert_eq!(skeleton(text), expected);
        }
    }

    #[test]
    fn what_is_compared_and_said_is_bounded_whatever_the_step() {
        let long = |text: &str| text.repeat(2_000_000 / text.len());
        for text in [
            long("a"),
            long("é \"x\" "),
            long("{a}"),
            long("\""),
            long("1 "),
        ] {
            assert!(compared(&text).chars().count() <= COMPARED_MAX);
            let said = cut(&text);
            assert!(said.chars().count() < SAID_MAX + 40, "{said}");
            assert!(said.contains(&text.chars().count().to_string()), "{said}");
        }
        assert_eq!(compared("the role \"looker\""), "the role _");
        assert_eq!(cut("the role"), "the role");
    }
}
