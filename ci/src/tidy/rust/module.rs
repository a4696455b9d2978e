//! The modules of one crate: which file each stands in, what it declares, imports and names.
//!
//! Code of tests is left out, and the files that only it declares.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::read::{Declared, read};
use super::shipped::shipped;

/// One module, a file or a part of one.
#[derive(Debug, Default)]
pub struct Module {
    /// Its file, from the root of the tree.
    pub file: PathBuf,
    /// The module that declares it; none for the root of the crate.
    pub parent: Option<usize>,
    /// The modules that it declares.
    pub children: BTreeMap<String, usize>,
    /// The names of the items that it defines.
    pub items: BTreeSet<String>,
    /// What it imports.
    pub uses: Vec<Use>,
    /// The paths of two parts and more that it names outside its imports.
    pub paths: BTreeSet<Vec<String>>,
    /// Every word outside its imports.
    pub words: BTreeSet<String>,
    /// The macros that no path leads to: those that it defines, and those that it calls.
    pub macros: Macros,
}

/// Macros by their textual scope.
#[derive(Debug, Default)]
pub struct Macros {
    /// Those that stand here.
    pub defined: BTreeSet<String>,
    /// Those that are called here, and perhaps are others' or a library's.
    pub called: BTreeSet<String>,
}

/// One name that a `use` brings.
#[derive(Debug, PartialEq, Eq)]
pub struct Use {
    /// The path, as it is written.
    pub path: Vec<String>,
    /// The name in this module; `*` for all of them.
    pub name: String,
    /// Whether others may name it here: a re-export.
    pub is_exported: bool,
}

/// A module's own file that has to be read still.
struct Waiting {
    /// Where the files of its children are.
    folder: PathBuf,
    file: PathBuf,
    at: usize,
}

/// The modules of the crate whose root is `root`, the root first. `text` gives the text of a file
/// that is there.
pub fn modules<'a>(root: &Path, text: &dyn Fn(&Path) -> Option<&'a str>) -> Vec<Module> {
    let mut modules = vec![Module {
        file: root.to_path_buf(),
        ..Module::default()
    }];
    let mut waiting = vec![Waiting {
        folder: root.parent().unwrap_or(root).to_path_buf(),
        file: root.to_path_buf(),
        at: 0,
    }];
    while let Some(Waiting { folder, file, at }) = waiting.pop() {
        let Some(source) = text(&file) else { continue };
        for declared in read(&shipped(source), &mut modules, at) {
            let Some((file, below)) = place(&declared, &folder, &file, text) else {
                continue;
            };
            let child = add(&mut modules, declared.parent, &declared.name, &file);
            waiting.push(Waiting {
                folder: below,
                file,
                at: child,
            });
        }
    }
    modules
}

/// Adds a module below another.
pub fn add(modules: &mut Vec<Module>, parent: usize, name: &str, file: &Path) -> usize {
    let at = modules.len();
    modules.push(Module {
        file: file.to_path_buf(),
        parent: Some(parent),
        ..Module::default()
    });
    modules[parent].children.insert(name.to_owned(), at);
    at
}

/// The file of a declared module and the folder of those below it.
fn place<'a>(
    declared: &Declared,
    folder: &Path,
    declaring: &Path,
    text: &dyn Fn(&Path) -> Option<&'a str>,
) -> Option<(PathBuf, PathBuf)> {
    if let Some(path) = &declared.path {
        let file = declaring.parent().unwrap_or(folder).join(path);
        let below = file.parent().unwrap_or(folder).to_path_buf();
        return Some((file, below));
    }
    let mut below = folder.to_path_buf();
    below.extend(&declared.within);
    let beside = below.join(format!("{}.rs", declared.name));
    below.push(&declared.name);
    let inside = below.join("mod.rs");
    let file = [beside, inside]
        .into_iter()
        .find(|file| text(file).is_some());
    Some((file?, below))
}
