//! Reads the tokens of one file into the module that they stand for.

use super::module::{Module, Use, add};
use super::token::{DEFINING, Kind, Token, closing};

/// A module whose code is in a file of its own.
pub struct Declared {
    /// The module that declares it.
    pub parent: usize,
    /// Its name.
    pub name: String,
    /// The modules of the same file that it is declared in, the outermost first.
    pub within: Vec<String>,
    /// The file that an attribute names.
    pub path: Option<String>,
}

/// Reads a file's tokens into the module `at` and those that stand in the same file, and tells
/// which it declares.
pub fn read(tokens: &[Token<'_>], modules: &mut Vec<Module>, at: usize) -> Vec<Declared> {
    let mut reader = Reader {
        tokens,
        next: 0,
        modules,
        declared: Vec::new(),
        within: Vec::new(),
        path: None,
    };
    reader.module(at);
    reader.declared
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    next: usize,
    modules: &'a mut Vec<Module>,
    declared: Vec<Declared>,
    within: Vec<String>,
    /// What the last `#[path]` names.
    path: Option<String>,
}

impl<'a> Reader<'a> {
    fn peek(&self, ahead: usize) -> Option<&'a Token<'a>> {
        self.tokens.get(self.next + ahead)
    }

    fn is_sign(&self, ahead: usize, sign: &str) -> bool {
        self.peek(ahead).is_some_and(|token| token.is_sign(sign))
    }

    fn word(&self, ahead: usize) -> Option<&'a str> {
        let token = self.peek(ahead)?;
        (token.kind == Kind::Word).then_some(token.text)
    }

    /// Reads the module `at` up to the brace that closes it.
    fn module(&mut self, at: usize) {
        let mut depth = 0_usize;
        while let Some(token) = self.peek(0) {
            match token.text {
                "#" if token.kind == Kind::Sign => self.attribute(),
                "{" if token.kind == Kind::Sign => {
                    depth += 1;
                    self.next += 1;
                }
                "}" if token.kind == Kind::Sign => {
                    self.next += 1;
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                }
                "use" if token.kind == Kind::Word => self.import(at),
                "mod" if token.kind == Kind::Word && self.word(1).is_some() => self.child(at),
                _ => self.plain(at, depth),
            }
        }
    }

    /// Skips an attribute's signs; what stands in it is code, but for a path.
    fn attribute(&mut self) {
        let is_path = self.is_sign(1, "[") && self.word(2) == Some("path") && self.is_sign(3, "=");
        if let Some(path) = self.peek(4).filter(|_| is_path) {
            self.path = Some(path.text.to_owned());
            self.next += 4;
        }
        self.next += 1;
    }

    /// `mod name { … }` or `mod name;`.
    fn child(&mut self, at: usize) {
        let name = self.word(1).unwrap_or_default();
        self.next += 2;
        let path = self.path.take();
        if self.is_sign(0, "{") {
            self.next += 1;
            let file = self.modules[at].file.clone();
            let child = add(self.modules, at, name, &file);
            self.within.push(name.to_owned());
            self.module(child);
            self.within.pop();
        } else {
            self.declared.push(Declared {
                parent: at,
                name: name.to_owned(),
                within: self.within.clone(),
                path,
            });
        }
    }

    /// A `use` up to its semicolon. `use<'a>` of a bound is no import.
    fn import(&mut self, at: usize) {
        let before = self.next.checked_sub(1).and_then(|at| self.tokens.get(at));
        let is_exported = before.is_some_and(|token| token.is_word("pub") || token.is_sign(")"));
        self.next += 1;
        if !self.is_sign(0, "<") {
            self.tree(at, &[], is_exported);
        }
    }

    /// One tree of a `use`, below the path `above`.
    fn tree(&mut self, at: usize, above: &[String], is_exported: bool) {
        let mut path = above.to_vec();
        if self.is_sign(0, "::") {
            // A path of another crate, whatever is called so here.
            path.push("::".to_owned());
            self.next += 1;
        }
        loop {
            let Some(token) = self.peek(0) else { return };
            self.next += 1;
            match (token.kind, token.text) {
                (Kind::Word, _) => {
                    if token.text != "self" || path.is_empty() {
                        path.push(token.text.to_owned());
                    }
                }
                (Kind::Sign, "$") => {}
                (Kind::Sign, "*") => {
                    self.bring(at, path, "*", is_exported);
                    return;
                }
                (Kind::Sign, "{") => {
                    while self.peek(0).is_some() && !self.is_sign(0, "}") {
                        self.tree(at, &path, is_exported);
                        self.next += usize::from(self.is_sign(0, ","));
                    }
                    self.next += 1;
                    return;
                }
                _ => return,
            }
            if self.is_sign(0, "::") {
                self.next += 1;
                continue;
            }
            let name = if self.word(0) == Some("as") {
                self.next += 2;
                self.tokens[self.next - 1].text.to_owned()
            } else {
                path.last().cloned().unwrap_or_default()
            };
            self.bring(at, path, &name, is_exported);
            return;
        }
    }

    fn bring(&mut self, at: usize, path: Vec<String>, name: &str, is_exported: bool) {
        self.modules[at].uses.push(Use {
            path,
            name: name.to_owned(),
            is_exported,
        });
    }

    /// Whatever is no import and no module.
    fn plain(&mut self, at: usize, depth: usize) {
        let Some(word) = self.word(0) else {
            self.next += 1;
            return;
        };
        if word == "pub" && self.is_sign(1, "(") && self.word(2) == Some("in") {
            self.next = closing(self.tokens, self.next + 1) + 1;
            return;
        }
        let module = &mut self.modules[at];
        if word == "macro_rules"
            && self
                .tokens
                .get(self.next + 1)
                .is_some_and(|it| it.is_sign("!"))
        {
            if let Some(name) = self.tokens.get(self.next + 2) {
                module.macros.defined.insert(name.text.to_owned());
            }
            self.next += 3;
            return;
        }
        if depth == 0 && DEFINING.contains(&word) {
            let name = self.tokens.get(self.next + 1);
            if let Some(name) = name.filter(|name| name.kind == Kind::Word) {
                module.items.insert(name.text.to_owned());
            }
        }
        module.words.insert(word.to_owned());
        let mut path = vec![word.to_owned()];
        self.next += 1;
        while self.is_sign(0, "::") {
            let Some(part) = self.word(1) else { break };
            path.push(part.to_owned());
            self.next += 2;
        }
        let is_called = self.is_sign(0, "!") && !self.is_sign(1, "=");
        let module = &mut self.modules[at];
        if path.len() > 1 {
            module.words.extend(path.iter().cloned());
            module.paths.insert(path);
        } else if is_called {
            module.macros.called.insert(word.to_owned());
        }
    }
}
