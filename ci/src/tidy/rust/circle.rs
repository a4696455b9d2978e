//! Which file of a crate needs which, and the circles among them.
//!
//! A file needs another when its code names something that stands there. A name that a module only
//! hands on (`pub use`) leads to the file that defines it, and declaring or handing on a module is
//! no need of it. Tests are left out: they may look up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::module::{Module, modules};

/// What the files of one crate need of each other: from, to, and by which names.
pub type Needs = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// What a name leads to.
#[derive(Clone, Copy)]
enum Place {
    /// A module.
    Module(usize),
    /// Something that stands in this module.
    Item(usize),
}

/// What the files of the crate with this root need of each other.
pub fn needs<'a>(root: &Path, text: &dyn Fn(&Path) -> Option<&'a str>) -> Needs {
    let modules = modules(root, text);
    let mut macros = BTreeMap::new();
    for (at, module) in modules.iter().enumerate() {
        macros.extend(module.macros.defined.iter().map(|name| (name.as_str(), at)));
    }
    let tree = Tree {
        modules: &modules,
        macros,
    };
    let mut needs = Needs::new();
    for module in &modules {
        needs.entry(module.file.clone()).or_default();
    }
    for (at, module) in modules.iter().enumerate() {
        for (name, there) in tree.named(at) {
            let file = &tree.modules[there].file;
            if *file != module.file {
                let of_file = needs.entry(module.file.clone()).or_default();
                of_file.entry(file.clone()).or_default().insert(name);
            }
        }
    }
    needs
}

struct Tree<'a> {
    modules: &'a [Module],
    macros: BTreeMap<&'a str, usize>,
}

impl Tree<'_> {
    /// What the module's code names, and the module of each.
    fn named(&self, at: usize) -> Vec<(String, usize)> {
        let module = &self.modules[at];
        let mut named = Vec::new();
        for import in &module.uses {
            let place = self.resolve(at, &import.path, &mut Vec::new());
            match place {
                Some(Place::Module(there)) if import.name == "*" => {
                    named.extend(self.named_of_all(at, there, import.is_exported));
                }
                Some(Place::Item(there))
                    if !import.is_exported || module.words.contains(&import.name) =>
                {
                    named.push((import.name.clone(), there));
                }
                _ => {}
            }
        }
        for path in &module.paths {
            if let Some(Place::Item(there)) = self.resolve(at, path, &mut Vec::new()) {
                named.push((path.join("::"), there));
            }
        }
        for name in &module.macros.called {
            if let Some(there) = self.macros.get(name.as_str()) {
                named.push((format!("{name}!"), *there));
            }
        }
        named
    }

    /// What the code of `at` names of everything in `there`, which it imports as a whole.
    fn named_of_all(&self, at: usize, there: usize, is_exported: bool) -> Vec<(String, usize)> {
        let words = &self.modules[at].words;
        let mut named = Vec::new();
        for word in words {
            if let Some(Place::Item(there)) = self.lookup(there, word, &mut Vec::new()) {
                named.push((word.clone(), there));
            }
        }
        if named.is_empty() && !is_exported {
            named.push(("*".to_owned(), there));
        }
        named
    }

    /// Where a path leads that stands in the module `at`; none for other crates' things.
    fn resolve(
        &self,
        at: usize,
        path: &[String],
        seen: &mut Vec<(usize, String)>,
    ) -> Option<Place> {
        let (first, rest) = path.split_first()?;
        let mut place = match first.as_str() {
            "crate" => Place::Module(0),
            "self" => Place::Module(at),
            "super" => Place::Module(self.modules[at].parent?),
            _ => self.lookup(at, first, seen)?,
        };
        for part in rest {
            let Place::Module(module) = place else { break };
            place = match part.as_str() {
                "self" => place,
                "super" => Place::Module(self.modules[module].parent?),
                _ => self
                    .lookup(module, part, seen)
                    .unwrap_or(Place::Item(module)),
            };
        }
        Some(place)
    }

    /// What `name` is in the module `at`.
    fn lookup(&self, at: usize, name: &str, seen: &mut Vec<(usize, String)>) -> Option<Place> {
        let key = (at, name.to_owned());
        if seen.contains(&key) {
            return None;
        }
        seen.push(key);
        let module = &self.modules[at];
        if let Some(child) = module.children.get(name) {
            return Some(Place::Module(*child));
        }
        let mut imports = module.uses.iter().filter(|import| import.name == name);
        if let Some(import) = imports.next() {
            return self.resolve(at, &import.path, seen);
        }
        if module.items.contains(name) || module.macros.defined.contains(name) {
            return Some(Place::Item(at));
        }
        let wholes = module.uses.iter().filter(|import| import.name == "*");
        wholes
            .into_iter()
            .find_map(|import| match self.resolve(at, &import.path, seen) {
                Some(Place::Module(there)) => self.lookup(there, name, seen),
                _ => None,
            })
    }
}

/// The circles: sets of two and more files each of which needs, by others of the set, every other.
/// The largest first.
pub fn circles(needs: &Needs) -> Vec<Vec<PathBuf>> {
    let files: Vec<&PathBuf> = needs.keys().collect();
    let places: BTreeMap<&PathBuf, usize> = files.iter().copied().zip(0..).collect();
    let forward: Vec<Vec<usize>> = needs
        .values()
        .map(|of_file| {
            of_file
                .keys()
                .filter_map(|to| places.get(to).copied())
                .collect()
        })
        .collect();
    let mut back = vec![Vec::new(); files.len()];
    for (from, to) in forward.iter().enumerate() {
        for to in to {
            back[*to].push(from);
        }
    }
    // Kosaraju: what is reached against the arrows, in the order in which the walk along them ended.
    let mut order = Vec::new();
    let mut passed = vec![false; files.len()];
    for start in 0..files.len() {
        walk(start, &forward, &mut passed, &mut order);
    }
    passed.fill(false);
    let mut circles = Vec::new();
    for start in order.into_iter().rev() {
        let mut circle = Vec::new();
        walk(start, &back, &mut passed, &mut circle);
        if circle.len() > 1 {
            let mut circle: Vec<PathBuf> = circle.iter().map(|at| files[*at].clone()).collect();
            circle.sort();
            circles.push(circle);
        }
    }
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

/// Everything that is reached from `start` and was not passed before, each after what it leads to.
fn walk(start: usize, arrows: &[Vec<usize>], passed: &mut [bool], order: &mut Vec<usize>) {
    if std::mem::replace(&mut passed[start], true) {
        return;
    }
    let mut stack = vec![(start, 0)];
    while let Some((at, next)) = stack.last_mut() {
        if let Some(to) = arrows[*at].get(*next) {
            *next += 1;
            if !std::mem::replace(&mut passed[*to], true) {
                stack.push((*to, 0));
            }
        } else {
            order.push(*at);
            stack.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of a crate of these files, each as `a b c`.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let text = |path: &Path| {
            let file = files.iter().find(|(name, _)| Path::new(name) == path);
            file.map(|(_, text)| *text)
        };
        let circles = circles(&needs(Path::new("lib.rs"), &text)).into_iter();
        let shown = circles.map(|circle| {
            let names: Vec<String> = circle.iter().map(|it| it.display().to_string()).collect();
            names.join(" ")
        });
        shown.collect()
    }

    #[test]
    fn files_that_need_each_other_are_a_circle() {
        let root = "mod a; mod b; pub use a::A; pub use b::B;";
        for (a, b, expected) in [
            ("use crate::b::B; pub struct A;", "pub struct B;", ""),
            (
                "use crate::b::B; pub struct A;",
                "use crate::a::A; pub struct B;",
                "a.rs b.rs",
            ),
            // By what the root hands on, by a path in the middle, by a whole module, by another name.
            (
                "use crate::B; pub struct A;",
                "use super::A; pub struct B;",
                "a.rs b.rs",
            ),
            (
                "fn f() -> crate::b::B { x }",
                "fn f() -> crate::a::A { x }",
                "a.rs b.rs",
            ),
            (
                "use super::b; fn f(x: b::B) {}",
                "use crate::a::*; fn f() { A }",
                "a.rs b.rs",
            ),
            (
                "use crate::{b::{self as c}}; fn f(x: c::B) {}",
                "use crate::A;",
                "a.rs b.rs",
            ),
            // Not by tests, comments, texts, or who may see it.
            (
                "use crate::b::B;",
                "#[cfg(test)] mod tests { use crate::a::A; }",
                "",
            ),
            (
                "use crate::b::B;",
                "// crate::a::A\nconst X: &str = \"crate::a::A\";",
                "",
            ),
            (
                "use crate::b::B;",
                "pub(in crate::a) struct B; pub(crate) fn f() {}",
                "",
            ),
            (
                "use crate::b::B;",
                "#[cfg(test)]\nuse crate::{a::A, b};\npub struct B;",
                "",
            ),
        ] {
            let a = format!("{a} pub struct A;");
            let b = format!("{b} pub struct B;");
            let found = found(&[("lib.rs", root), ("a.rs", &a), ("b.rs", &b)]);
            assert_eq!(found.join("; "), expected, "{a} | {b}");
        }
    }

    #[test]
    fn a_parent_that_only_hands_on_is_in_no_circle_and_one_that_uses_is() {
        let child = ("a/c.rs", "use super::T; pub struct C(T);");
        let hands_on = "mod a; pub use a::C;";
        for (parent, expected) in [
            ("mod c; pub use c::C; pub struct T;", ""),
            (
                "mod c; pub use c::C; pub struct T; fn f(c: C) {}",
                "a/c.rs a/mod.rs",
            ),
            ("mod c; pub struct T; fn f(c: c::C) {}", "a/c.rs a/mod.rs"),
        ] {
            let found = found(&[("lib.rs", hands_on), ("a/mod.rs", parent), child]);
            assert_eq!(found.join("; "), expected, "{parent}");
        }
    }
}
