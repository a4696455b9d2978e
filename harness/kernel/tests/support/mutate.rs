//! Fuzzing on stable, shared by the tests of parsers that read foreign texts: pieces of the
//! language, put together and changed at random, the same in every run.
//!
//! A test runs a few thousand; `AUTHLAB_FUZZ_RUNS=1000000` runs as many as are asked for, and
//! `AUTHLAB_FUZZ_SEED=7` others.

/// A cheap source of numbers that look like chance.
pub struct Numbers(u64);

impl Numbers {
    /// A number below `below`.
    pub fn below(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let number = usize::try_from(self.0 >> 33).unwrap_or(0);
        number % below.max(1)
    }

    /// One of `items`.
    pub fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items
            .get(self.below(items.len()))
            .copied()
            .unwrap_or_default()
    }
}

/// A number of the environment; what is none must not pass for the default.
fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    let number = text.parse().ok();
    assert!(
        number.is_some(),
        "{name}: `{text}` is no number: give one such as 1000000"
    );
    number
}

/// Calls `try_one` with texts made of `seeds` and `pieces`; counts those that it accepts and those
/// that it refuses. A panic ends the test, and the text stands in its output.
pub fn run(seeds: &[&str], pieces: &[&str], mut try_one: impl FnMut(&str) -> bool) -> (u64, u64) {
    let runs = setting("AUTHLAB_FUZZ_RUNS").unwrap_or(2_000);
    let mut numbers = Numbers(setting("AUTHLAB_FUZZ_SEED").unwrap_or(1));
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..runs {
        let text = text(&mut numbers, seeds, pieces);
        if try_one(&text) {
            accepted += 1;
        } else {
            refused += 1;
        }
    }
    (accepted, refused)
}

/// A seed with some changes, or pieces from nothing.
fn text(numbers: &mut Numbers, seeds: &[&str], pieces: &[&str]) -> String {
    let mut characters: Vec<char> = match numbers.below(4) {
        0 => Vec::new(),
        _ => numbers.of(seeds).chars().collect(),
    };
    for _ in 0..numbers.below(6) + usize::from(characters.is_empty()) * 8 {
        let at = numbers.below(characters.len() + 1);
        let until = (at + numbers.below(5)).min(characters.len());
        match numbers.below(6) {
            0 => drop(characters.drain(at..until)),
            1 => {
                let copied: Vec<char> = characters[at..until].to_vec();
                for _ in 0..numbers.below(4) {
                    characters.splice(at..at, copied.iter().copied());
                }
            }
            2 => {
                let piece: Vec<char> = numbers.of(pieces).chars().collect();
                // Now and then so often that depth and length are met.
                let times = if numbers.below(50) == 0 { 300 } else { 1 };
                for _ in 0..times {
                    characters.splice(at..at, piece.iter().copied());
                }
            }
            _ => drop(characters.splice(at..until, numbers.of(pieces).chars())),
        }
    }
    characters.into_iter().collect()
}
