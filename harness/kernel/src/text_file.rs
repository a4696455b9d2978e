//! Files that somebody names, read with a bound: a device that never ends, or a file that is something
//! else than it is taken for, fills no memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most that is read of what people write: a lab file, a feature, policies, cases.
pub const WRITTEN_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// The most that is read of a journal.
pub const JOURNAL_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;

/// Reads a file of at most `bytes_max` bytes.
///
/// # Errors
/// What the system says, or that the file is longer.
pub fn read(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    bounded(File::open(path)?, bytes_max)
}

/// As [`read`], where the file is text.
///
/// # Errors
/// As [`read`], or that it is no UTF-8.
pub fn read_text(path: &Path, bytes_max: u64) -> io::Result<String> {
    text(read(path, bytes_max)?)
}

/// Reads a stream of at most `bytes_max` bytes, as text.
///
/// # Errors
/// As [`read_text`].
pub fn stream_text(stream: impl Read, bytes_max: u64) -> io::Result<String> {
    text(bounded(stream, bytes_max)?)
}

fn bounded(stream: impl Read, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stream
        .take(bytes_max.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length <= bytes_max) {
        return Ok(bytes);
    }
    Err(io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it is longer than {bytes_max} bytes"),
    ))
}

fn text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is no UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_or_never_ends_is_refused() {
        for (content, bytes_max, read) in [
            ("abc", 3, Some("abc")),
            ("abc", 4, Some("abc")),
            ("", 0, Some("")),
            ("abc", 2, None),
            ("a", 0, None),
        ] {
            let found = stream_text(content.as_bytes(), bytes_max).ok();
            assert_eq!(found.as_deref(), read, "{content} {bytes_max}");
        }
        let error = read_text(Path::new("/dev/zero"), 1 << 20).unwrap_err();
        assert!(error.to_string().contains("1048576"), "{error}");
        let error = stream_text(&b"\xff"[..], 9).unwrap_err();
        assert!(error.to_string().contains("UTF-8"), "{error}");
        assert!(read(Path::new("/nonexistent"), 9).is_err());
    }
}
