//! Breaks the checks that the forgery matrix relies on, one at a time, and demands that the matrix
//! notices: a matrix that stays green whatever is broken proves nothing. Of each attack that is let
//! through the diagnosis has to go as well, or become another one: an explanation that says the same
//! whether a check is there or not explains nothing.
//!
//! `harness/lab/tests/forgery/breaks.toml` names each check, and how it is broken. The tree itself is
//! never touched: what git knows of it is copied to `target/break/tree`, which is built in
//! `target/break/target` (or `--target DIR`), so that only the first build is a long one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use serde::Deserialize;

/// Where the checks stand.
const LIST: &str = "harness/lab/tests/forgery/breaks.toml";

/// Which checks are broken.
#[derive(Args)]
pub struct Arguments {
    /// Only the checks whose name holds this text.
    #[arg(long)]
    only: Option<String>,
    /// Lists the checks and breaks none.
    #[arg(long)]
    list: bool,
    /// Builds in this folder, whose foreign crates may be built already.
    #[arg(long, value_name = "DIR")]
    target: Option<PathBuf>,
}

#[derive(Deserialize)]
struct List {
    #[serde(rename = "break")]
    breaks: Vec<Break>,
}

/// One check, and how it is broken.
#[derive(Deserialize)]
struct Break {
    /// What is checked.
    check: String,
    /// The file, from the root of the tree.
    file: PathBuf,
    /// A text that stands once in the file.
    from: String,
    /// What stands in its place when the check is broken.
    to: String,
}

impl Break {
    /// The broken file.
    fn applied(&self, root: &Path) -> anyhow::Result<String> {
        let path = root.join(&self.file);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("`{}` cannot be read", path.display()))?;
        let found = text.matches(&self.from).count();
        ensure!(
            found == 1,
            "`{}`: `{}` stands {found} times in `{}`: give a text that stands once",
            self.check,
            self.from,
            self.file.display()
        );
        Ok(text.replace(&self.from, &self.to))
    }
}

fn read(root: &Path) -> anyhow::Result<Vec<Break>> {
    let text = std::fs::read_to_string(root.join(LIST)).with_context(|| format!("`{LIST}`"))?;
    let list: List = toml::from_str(&text).with_context(|| format!("`{LIST}`"))?;
    Ok(list.breaks)
}

/// Breaks the checks one by one.
pub fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let only = arguments.only.as_deref().unwrap_or_default();
    let breaks: Vec<Break> = read(root)?
        .into_iter()
        .filter(|one| one.check.contains(only))
        .collect();
    ensure!(
        !breaks.is_empty(),
        "no check holds `{only}` in its name: see --list"
    );
    if arguments.list {
        for one in &breaks {
            println!("{} ({})", one.check, one.file.display());
        }
        return Ok(());
    }
    let scratch = root.join("target/break");
    let tree = scratch.join("tree");
    copy(root, &tree)?;
    let target = arguments.target.clone();
    let target = target.unwrap_or_else(|| scratch.join("target"));
    let whole = matrix(&tree, &target, true)?;
    ensure!(
        whole.status.success(),
        "the matrix fails before anything is broken:\n{}",
        told(&whole)
    );
    let before = cells(&String::from_utf8_lossy(&whole.stdout));
    let mut unnoticed = Vec::new();
    let mut unexplained = Vec::new();
    for one in &breaks {
        let noticed = broken(root, &tree, &target, one, &before)?;
        println!(
            "{:<50} {} cells turned, {} diagnoses changed",
            one.check, noticed.turned, noticed.changed
        );
        if noticed.turned == 0 {
            unnoticed.push(one.check.as_str());
        }
        for (cell, diagnosis) in noticed.same {
            unexplained.push(format!("{}: {cell}: {diagnosis}", one.check));
        }
    }
    if !unnoticed.is_empty() {
        bail!("broken, and no cell turned: {}", unnoticed.join("; "));
    }
    if !unexplained.is_empty() {
        bail!(
            "broken, and explained as before:\n{}",
            unexplained.join("\n")
        );
    }
    println!("{} checks were broken, and each was noticed", breaks.len());
    Ok(())
}

/// What one line of the matrix says.
#[derive(Debug, PartialEq, Eq)]
struct Cell {
    is_turned: bool,
    diagnosis: String,
}

/// What the matrix noticed of one broken check.
#[derive(Debug, Default, PartialEq, Eq)]
struct Noticed {
    turned: usize,
    /// Cells whose diagnosis is another one, or gone.
    changed: usize,
    /// Cells that turned and are explained as before, with the diagnosis.
    same: Vec<(String, String)>,
}

/// The lines of the matrix by way and attack.
fn cells(text: &str) -> BTreeMap<String, Cell> {
    let cell = |line: &str| {
        let (name, rest) = line.rsplit_once(" forged ")?;
        let (_, diagnosis) = rest.split_once(" diagnosis ")?;
        let kept = diagnosis.strip_suffix("  <-- TURNED");
        let cell = Cell {
            is_turned: kept.is_some(),
            diagnosis: kept.unwrap_or(diagnosis).trim().to_owned(),
        };
        Some((name.trim().to_owned(), cell))
    };
    text.lines().filter_map(cell).collect()
}

/// What differs between the matrix of the whole tree and that of the broken one.
fn compared(before: &BTreeMap<String, Cell>, after: &BTreeMap<String, Cell>) -> Noticed {
    let mut noticed = Noticed::default();
    for (name, cell) in after {
        noticed.turned += usize::from(cell.is_turned);
        let Some(known) = before.get(name) else {
            continue;
        };
        if known.diagnosis != cell.diagnosis {
            noticed.changed += 1;
        } else if cell.is_turned && known.diagnosis != NO_DIAGNOSIS {
            noticed.same.push((name.clone(), cell.diagnosis.clone()));
        }
    }
    noticed
}

/// What the matrix prints where nothing is said.
const NO_DIAGNOSIS: &str = "none";

/// What the matrix notices when one check is broken.
fn broken(
    root: &Path,
    tree: &Path,
    target: &Path,
    one: &Break,
    before: &BTreeMap<String, Cell>,
) -> anyhow::Result<Noticed> {
    let file = tree.join(&one.file);
    std::fs::write(&file, one.applied(root)?)?;
    let built = matrix(tree, target, false);
    let ran = built.and_then(|built| {
        ensure!(
            built.status.success(),
            "`{}` does not build when it is broken:\n{}",
            one.check,
            told(&built)
        );
        matrix(tree, target, true)
    });
    std::fs::copy(root.join(&one.file), &file)?;
    let ran = ran?;
    let after = cells(&String::from_utf8_lossy(&ran.stdout));
    let mut noticed = compared(before, &after);
    if ran.status.success() {
        return Ok(Noticed::default());
    }
    // A lab that does not come up, or a helper that stops, is noticed as well. A matrix that fails for a
    // diagnosis alone has all its cells: nothing was let through.
    if after.len() < before.len() {
        noticed.turned = noticed.turned.max(1);
    }
    Ok(noticed)
}

/// Builds the matrix, and runs it.
fn matrix(tree: &Path, target: &Path, runs: bool) -> anyhow::Result<Output> {
    let mut command = Command::new(env!("CARGO"));
    command
        .args([
            "test",
            "--quiet",
            "--package",
            "authlab",
            "--test",
            "forgery",
        ])
        .args(if runs {
            &["--", "--nocapture"][..]
        } else {
            &["--no-run"]
        })
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .current_dir(tree);
    command.output().context("cargo cannot be started")
}

fn told(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.len().saturating_sub(40);
    lines.get(start..).unwrap_or_default().join("\n")
}

/// Copies what git knows of the tree, new files included; a file that is the same keeps its time, so
/// that it is not built again. What the tree no longer has goes from the copy as well.
fn copy(root: &Path, tree: &Path) -> anyhow::Result<()> {
    mirror(root, tree, crate::tree::listed(root)?)
}

/// Makes `tree` hold the files of `root` at these paths, and nothing else.
fn mirror(root: &Path, tree: &Path, paths: Vec<PathBuf>) -> anyhow::Result<()> {
    let mut copied = BTreeSet::new();
    for path in paths {
        let (from, to) = (root.join(&path), tree.join(&path));
        // A file that was deleted and not yet committed is listed still.
        let Ok(content) = std::fs::read(&from) else {
            continue;
        };
        if !std::fs::read(&to).is_ok_and(|there| there == content) {
            if let Some(folder) = to.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(&to, content).with_context(|| format!("`{}`", to.display()))?;
        }
        copied.insert(to);
    }
    sweep(tree, &copied)
}

/// Removes every file below `folder` that is not among those that are kept.
fn sweep(folder: &Path, kept: &BTreeSet<PathBuf>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("`{}`", folder.display()))? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            sweep(&path, kept)?;
        } else if !kept.contains(&path) {
            std::fs::remove_file(&path).with_context(|| format!("`{}`", path.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_has_what_the_tree_has_and_nothing_of_before() {
        let scratch = std::env::temp_dir().join(format!("authlab-mirror-{}", std::process::id()));
        let (root, tree) = (scratch.join("root"), scratch.join("tree"));
        let write = |folder: &Path, path: &str| {
            let file = folder.join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, path).unwrap();
        };
        write(&root, "a/kept.rs");
        write(&root, "new.rs");
        for gone in ["a/kept.rs", "a/gone.rs", "b/c/gone.rs", "gone.rs"] {
            write(&tree, gone);
        }
        let listed = ["a/kept.rs", "new.rs", "a/deleted.rs"].map(PathBuf::from);
        mirror(&root, &tree, listed.to_vec()).unwrap();
        for (path, there) in [
            ("a/kept.rs", true),
            ("new.rs", true),
            ("a/gone.rs", false),
            ("b/c/gone.rs", false),
            ("gone.rs", false),
            ("a/deleted.rs", false),
        ] {
            assert_eq!(tree.join(path).is_file(), there, "{path}");
        }
        std::fs::remove_dir_all(&scratch).unwrap();
    }

    #[test]
    fn a_cell_that_turns_has_to_lose_its_diagnosis() {
        let line = |attack: &str, forged: u16, diagnosis: &str, end: &str| {
            format!(
                "sts          {attack:<58} forged {forged} twin 200 diagnosis {diagnosis}{end}\n"
            )
        };
        let before = line("one", 403, "wrong-audience", "") + &line("two", 400, "expired", "");
        let gone = line("one", 200, "none", "  <-- TURNED") + &line("two", 400, "expired", "");
        let kept =
            line("one", 200, "wrong-audience", "  <-- TURNED") + &line("two", 400, "late", "");
        let before = cells(&before);
        assert_eq!(before.len(), 2);
        let noticed = compared(&before, &cells(&gone));
        assert_eq!(
            (noticed.turned, noticed.changed, noticed.same.len()),
            (1, 1, 0)
        );
        let noticed = compared(&before, &cells(&kept));
        assert_eq!((noticed.turned, noticed.changed), (1, 1));
        assert_eq!(noticed.same.len(), 1);
        assert_eq!(compared(&before, &before), Noticed::default());
    }

    #[test]
    fn every_break_names_a_text_that_stands_once() {
        let root = crate::tree::root().unwrap();
        let breaks = read(&root).unwrap();
        assert!(breaks.len() >= 20, "{}", breaks.len());
        for one in &breaks {
            let broken = one.applied(&root).unwrap();
            assert_ne!(
                broken,
                std::fs::read_to_string(root.join(&one.file)).unwrap()
            );
        }
        let mut names: Vec<&str> = breaks.iter().map(|one| one.check.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), breaks.len());
    }
}
