//! authlab's own World from outside: one program, because linking one takes longer than what it tests.

mod determinism;
mod probe;
mod vocabulary;
