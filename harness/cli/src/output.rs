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
    eprintln!("error: {}", printable::lines(&format!("{error:#}")));
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
