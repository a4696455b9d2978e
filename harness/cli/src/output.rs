//! Standard output of commands that print a text and end.

use std::io::{ErrorKind, Write as _};

use anyhow::Context as _;

/// Prints `text`. A reader that has gone (`authlab steps | head`) is no failure.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output cannot be written"),
    }
}
