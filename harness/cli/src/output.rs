//! Standard output of commands that print a text and end.

use std::io::{ErrorKind, Write as _};

use anyhow::Context as _;
use authlab::printable;

/// Tells something on standard error that is no reason to stop.
pub fn warn(text: &str) {
    eprintln!("warning: {}", printable::lines(text));
}

/// Tells why the command stopped.
pub fn error(error: &anyhow::Error) {
    eprintln!("error: {}", printable::lines(&causes(error)));
}

/// An error with what caused it, each once: some tell their cause in their own words already.
fn causes(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Prints `text`, without anything that a terminal obeys: some of it may come from a client, a file
/// or a server elsewhere. A reader that has gone (`authlab steps | head`) is no failure.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    match output
        .write_all(printable::lines(text).as_bytes())
        .and_then(|()| output.flush())
    {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output cannot be written"),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        for (error, told) in [
            (anyhow!("a"), "a"),
            (anyhow!("a").context("b"), "b: a"),
            (anyhow!("a").context("b: a"), "b: a"),
            (anyhow!("a").context("b: a").context("c"), "c: b: a"),
        ] {
            assert_eq!(causes(&error), told);
        }
    }
}
