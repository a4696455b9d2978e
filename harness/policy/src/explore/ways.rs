//! In which ways the questions of a request can turn out together.

use std::collections::BTreeSet;

use super::survey::Question;
use crate::condition::{self, Condition};

/// More ways than that are not gone through.
const WAYS_MAX: usize = 1_024;

/// More questions than that on one key are not combined.
const QUESTIONS_MAX: usize = 10;

/// Every way in which `questions` can turn out: each way has an answer for each question, in their
/// order. None that is possible is missing; where keys hang together (a key that is compared with a
/// pattern, and is a variable elsewhere) some are there that are not. `None` where there are too many.
pub(super) fn all(questions: &[Question<'_>]) -> Option<Vec<Vec<bool>>> {
    let mut ways = vec![vec![false; questions.len()]];
    for group in groups(questions) {
        let of_group = ways_of(questions, &group)?;
        if ways.len() * of_group.len() > WAYS_MAX {
            return None;
        }
        let mut further = Vec::with_capacity(ways.len() * of_group.len());
        for way in &ways {
            for answers in &of_group {
                let mut joined = way.clone();
                for (position, answer) in group.iter().zip(answers) {
                    if let Some(place) = joined.get_mut(*position) {
                        *place = *answer;
                    }
                }
                further.push(joined);
            }
        }
        ways = further;
    }
    Some(ways)
}

/// The questions on one key are asked together; those on variables by the key of their condition.
fn groups(questions: &[Question<'_>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (position, question) in questions.iter().enumerate() {
        let of_same = groups.iter_mut().find(|group| {
            let first = group.first().and_then(|first| questions.get(*first));
            first.is_some_and(|first| belong_together(first, question))
        });
        match of_same {
            Some(group) => group.push(position),
            None => groups.push(vec![position]),
        }
    }
    groups
}

fn belong_together(one: &Question<'_>, other: &Question<'_>) -> bool {
    match (one, other) {
        (Question::Key(one), Question::Key(other))
        | (Question::Values(one), Question::Values(other)) => one.key_lower() == other.key_lower(),
        _ => false,
    }
}

fn ways_of(questions: &[Question<'_>], group: &[usize]) -> Option<BTreeSet<Vec<bool>>> {
    let asked: Vec<Question<'_>> = group
        .iter()
        .filter_map(|position| questions.get(*position).copied())
        .collect();
    let on_key: Option<Vec<&Condition>> = asked
        .iter()
        .map(|question| match question {
            Question::Key(condition) => Some(*condition),
            Question::Values(_) | Question::Resource(_) => None,
        })
        .collect();
    let known = on_key.and_then(|conditions| condition::ways(&conditions));
    known.or_else(|| free(&asked))
}

/// Every combination of answers, but for those that contradict themselves.
fn free(asked: &[Question<'_>]) -> Option<BTreeSet<Vec<bool>>> {
    if asked.len() > QUESTIONS_MAX {
        return None;
    }
    let combinations = (0_u32..1 << asked.len()).map(|combination| {
        (0..asked.len())
            .map(|position| combination >> position & 1 == 1)
            .collect::<Vec<bool>>()
    });
    Some(
        combinations
            .filter(|answers| !contradicts(asked, answers))
            .collect(),
    )
}

/// Whether two questions, one of which is the other's negation, have the same answer.
fn contradicts(asked: &[Question<'_>], answers: &[bool]) -> bool {
    let answered: Vec<(&Question<'_>, &bool)> = asked.iter().zip(answers).collect();
    answered
        .iter()
        .enumerate()
        .any(|(position, (one, answer))| {
            answered
                .iter()
                .skip(position + 1)
                .any(|(other, other_answer)| answer == other_answer && is_negation(one, other))
        })
}

fn is_negation(one: &Question<'_>, other: &Question<'_>) -> bool {
    match (one, other) {
        (Question::Key(one), Question::Key(other))
        | (Question::Values(one), Question::Values(other)) => one.agrees_with(other) == Some(false),
        _ => false,
    }
}
