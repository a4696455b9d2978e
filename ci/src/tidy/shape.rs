//! The shape of the tree's Rust: circles between the files of a crate, the files that most others
//! need, and how long files are.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::rust::circle::{Needs, circles, needs};
use super::source::Source;

/// How many of the most needed files are shown.
const FAN_IN_SHOWN: usize = 10;

/// File lengths of which it is told how many files have more.
const LENGTHS: [usize; 3] = [300, 500, 600];

/// The length over which a file is too long to be new.
pub const LENGTH_LONG: usize = 500;

/// What was measured.
pub struct Shape {
    /// Each crate by its root file, and what its files need of each other.
    crates: BTreeMap<PathBuf, Needs>,
    /// Every circle, the largest first, with its crate.
    circles: Vec<(PathBuf, Vec<PathBuf>)>,
    /// Every file of Rust and its lines, the longest first.
    lengths: Vec<(PathBuf, usize)>,
}

impl Shape {
    /// Measures the tree.
    pub fn of(sources: &[Source]) -> Self {
        let texts: BTreeMap<&Path, &str> = sources
            .iter()
            .filter(|source| source.has_extension("rs"))
            .map(|source| (source.path.as_path(), source.text.as_str()))
            .collect();
        let text = |path: &Path| texts.get(path).copied();
        let roots = texts.keys().filter(|path| is_root(path));
        let crates: BTreeMap<PathBuf, Needs> = roots
            .map(|root| (root.to_path_buf(), needs(root, &text)))
            .collect();
        let mut found = Vec::new();
        for (root, needs) in &crates {
            found.extend(circles(needs).into_iter().map(|it| (root.clone(), it)));
        }
        found.sort_by_key(|(_, circle)| std::cmp::Reverse(circle.len()));
        let lines = texts.iter();
        let mut lengths: Vec<(PathBuf, usize)> = lines
            .map(|(path, text)| (path.to_path_buf(), text.lines().count()))
            .collect();
        lengths.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
        Self {
            crates,
            circles: found,
            lengths,
        }
    }

    /// The files that are of no test.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.crates.values().flat_map(BTreeMap::keys)
    }

    /// How many files the largest circle has.
    pub fn largest_circle(&self) -> usize {
        self.circles.first().map_or(0, |(_, circle)| circle.len())
    }

    /// The files that are too long to be new.
    pub fn long_files(&self) -> impl Iterator<Item = (&Path, usize)> {
        let long = self
            .lengths
            .iter()
            .filter(|(_, lines)| *lines > LENGTH_LONG);
        long.map(|(path, lines)| (path.as_path(), *lines))
    }

    /// A few lines on the whole.
    pub fn summary(&self) -> String {
        let largest = self
            .circles
            .first()
            .map_or_else(String::new, |(root, circle)| {
                format!(
                    ", the largest of {} files in `{}`",
                    circle.len(),
                    root.display()
                )
            });
        let mut lines = vec![format!(
            "circles: {} in {} crates{largest}; `cargo ci tidy --circles` shows them",
            self.circles.len(),
            self.crates.len(),
        )];
        lines.push("fan-in: the files that most others of their crate need".to_owned());
        for (count, path) in self.fan_in().into_iter().take(FAN_IN_SHOWN) {
            lines.push(format!("  {count:>4} {}", path.display()));
        }
        let over = LENGTHS.map(|length| {
            let files = self.lengths.iter().filter(|(_, lines)| *lines > length);
            format!("{} over {length}", files.count())
        });
        let longest = self
            .lengths
            .first()
            .map_or_else(String::new, |(path, lines)| {
                format!(", the longest {lines} (`{}`)", path.display())
            });
        lines.push(format!(
            "lines: {} files of Rust, {}{longest}",
            self.lengths.len(),
            over.join(", "),
        ));
        lines.join("\n")
    }

    /// How many files need each, the most needed first.
    fn fan_in(&self) -> Vec<(usize, &Path)> {
        let mut counts: BTreeMap<&Path, usize> = BTreeMap::new();
        for of_file in self.crates.values().flat_map(BTreeMap::values) {
            for needed in of_file.keys() {
                *counts.entry(needed).or_default() += 1;
            }
        }
        let mut counts: Vec<_> = counts
            .into_iter()
            .map(|(path, count)| (count, path))
            .collect();
        counts.sort_by_key(|(count, path)| (std::cmp::Reverse(*count), *path));
        counts
    }

    /// Every circle: its files, and which of them each needs, by which names.
    pub fn circles_shown(&self) -> String {
        let mut lines = Vec::new();
        for (root, circle) in &self.circles {
            lines.push(format!(
                "circle of {} files in `{}`",
                circle.len(),
                root.display()
            ));
            for file in circle {
                lines.push(format!("  {}", file.display()));
                let needed = self.crates.get(root).and_then(|needs| needs.get(file));
                for (needed, names) in needed.into_iter().flatten() {
                    if circle.contains(needed) {
                        let names: Vec<&str> = names.iter().map(String::as_str).collect();
                        lines.push(format!(
                            "    needs {}: {}",
                            needed.display(),
                            names.join(", ")
                        ));
                    }
                }
            }
        }
        lines.join("\n")
    }
}

/// Whether a crate begins with this file.
fn is_root(path: &Path) -> bool {
    path.ends_with("src/lib.rs") || path.ends_with("src/main.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_fan_in_and_lengths_are_told() {
        let sources = [
            ("x/src/lib.rs", "mod a;\nmod b;\nmod c;\n".to_owned()),
            ("x/src/a.rs", "use crate::b::B;\npub struct A;\n".to_owned()),
            ("x/src/b.rs", "use crate::a::A;\npub struct B;\n".to_owned()),
            (
                "x/src/c.rs",
                format!("use crate::a::A;\n{}", "//\n".repeat(500)),
            ),
            ("x/tests/t.rs", "//\n".repeat(301)),
            ("features/a.feature", "Feature: F\n".repeat(900)),
        ]
        .map(|(path, text)| Source {
            path: path.into(),
            text,
        });
        let shape = Shape::of(&sources);
        assert_eq!(shape.largest_circle(), 2);
        let long: Vec<_> = shape.long_files().collect();
        assert_eq!(long, [(Path::new("x/src/c.rs"), 501)]);
        let summary = shape.summary();
        for part in [
            "circles: 1 in 1 crates, the largest of 2 files in `x/src/lib.rs`",
            "     2 x/src/a.rs\n     1 x/src/b.rs",
            "lines: 5 files of Rust, 2 over 300, 1 over 500, 0 over 600, the longest 501",
        ] {
            assert!(summary.contains(part), "{part}: {summary}");
        }
        let shown = shape.circles_shown();
        assert!(
            shown.contains("  x/src/a.rs\n    needs x/src/b.rs: B"),
            "{shown}"
        );
    }
}
