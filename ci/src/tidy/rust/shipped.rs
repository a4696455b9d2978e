//! The tokens of a file that are of no test: without `#[cfg(test)]` items, statements and members.

use super::token::{DEFINING, Kind, Token, closing, tokens};

/// The tokens of `source` that are of no test.
pub fn shipped(source: &str) -> Vec<Token<'_>> {
    let all = tokens(source);
    let first: Vec<&str> = all.iter().take(8).map(|token| token.text).collect();
    if first == ["#", "!", "[", "cfg", "(", "test", ")", "]"] {
        return Vec::new();
    }
    let mut kept = Vec::with_capacity(all.len());
    let mut at = 0;
    while let Some(token) = all.get(at) {
        match test_attribute(&all, at) {
            Some(end) => at = item_end(&all, end + 1),
            None => {
                kept.push(*token);
                at += 1;
            }
        }
    }
    kept
}

/// Where the attribute ends that begins at `at` and says that what follows is of tests.
fn test_attribute(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let is_attribute = tokens.get(at)?.is_sign("#") && tokens.get(at + 1)?.is_sign("[");
    if !is_attribute || !tokens.get(at + 2)?.is_word("cfg") {
        return None;
    }
    let end = closing(tokens, at + 1);
    let inside: Vec<&str> = tokens[at + 2..end].iter().map(|token| token.text).collect();
    let is_of_tests = matches!(
        inside.as_slice(),
        ["cfg", "(", "test", ")"] | ["cfg", "(", "all", "(", "test", ",", ..]
    );
    is_of_tests.then_some(end)
}

/// The place after the item, statement or member that begins at `start`.
fn item_end(tokens: &[Token<'_>], start: usize) -> usize {
    let mut at = start;
    while is_attribute(tokens, at) {
        at = closing(tokens, at + 1) + 1;
    }
    let mut is_item = false;
    let mut is_import = false;
    while let Some(token) = tokens.get(at) {
        let is_word = token.kind == Kind::Word;
        is_import |= is_word && token.text == "use";
        is_item |= is_word && (DEFINING.contains(&token.text) || token.text == "impl");
        match token.text {
            _ if token.kind != Kind::Sign => at += 1,
            "}" => return at,
            ";" => return at + 1,
            "," if !is_item => return at + 1,
            "(" | "[" | "{" => {
                at = closing(tokens, at) + 1;
                if token.text == "{" && !is_import {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

fn is_attribute(tokens: &[Token<'_>], at: usize) -> bool {
    let is_sign = |at: usize, sign| tokens.get(at).is_some_and(|token| token.is_sign(sign));
    is_sign(at, "#") && is_sign(at + 1, "[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_tests_goes_and_what_stands_beside_it_stays() {
        for (source, expected) in [
            ("a; #[cfg(test)] mod tests { b } c", "a ; c"),
            ("#[cfg(test)] mod tests; c", "c"),
            ("#[cfg(test)] use x::{a, b}; c", "c"),
            ("#[cfg(test)] #[derive(D)] struct S<A, B> { a: A } c", "c"),
            ("struct S { #[cfg(test)] a: A, b: B }", "struct S { b : B }"),
            ("struct S { #[cfg(test)] a: A }", "struct S { }"),
            ("#[cfg(all(test, unix))] fn f() {} c", "c"),
            (
                "#[cfg(not(test))] fn f() {}",
                "# [ cfg ( not ( test ) ) ] fn f ( ) { }",
            ),
            ("#![cfg(test)] fn f() {}", ""),
        ] {
            let kept: Vec<&str> = shipped(source).iter().map(|token| token.text).collect();
            assert_eq!(kept.join(" "), expected, "{source}");
        }
    }
}
