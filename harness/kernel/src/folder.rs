//! Where files lie that a client may name: below one folder of the lab, whatever the name says.
//!
//! The rule is pure: it reads text and touches no disk. Who opens a file below the folder makes it
//! readable by its owner alone (0600) and follows no symbolic link on the way ([`Folder::below`]
//! gives a path without dot segments, so that every part of it can be looked at in turn).

use std::path::{Path, PathBuf};

use thiserror::Error;

/// The longest path that a client may name, in bytes; Linux opens none longer.
const PATH_BYTES_MAX: usize = 4_095;
/// The longest name of a file, in bytes.
const NAME_BYTES_MAX: usize = 255;

/// Why a client's path names no file of the lab.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FolderError {
    /// No text, or one that names only the folder itself.
    #[error("`{0}` names no file: give one such as `audit.log`")]
    NoFile(String),
    /// A dot segment, which could lead out of the folder.
    #[error("`{0}` has a segment `.` or `..`: give the path without them")]
    DotSegment(String),
    /// A character that no name should have: a control character, NUL, a backslash, U+2028 or U+2029.
    #[error(
        "`{0}` has a control character, a backslash or a line separator: give a path without them"
    )]
    Character(String),
    /// Longer than a file system takes.
    #[error("the path has {0} bytes: at most 4095 are taken, and 255 for each name")]
    TooLong(usize),
}

/// A folder below which every file of a client lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at `root`, which whoever opens files has made.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self(root.into())
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.0
    }

    /// Where the file lies that a client calls `named`. An absolute path counts from the folder, as
    /// if that were the root of the disk: `/vault/audit.log` is `vault/audit.log` below it. Doubled
    /// slashes count as one.
    ///
    /// # Errors
    /// [`FolderError`] for a path that names nothing, has dot segments or control characters, or is
    /// too long; it holds what was given.
    pub fn below(&self, named: &str) -> Result<PathBuf, FolderError> {
        if named.len() > PATH_BYTES_MAX {
            return Err(FolderError::TooLong(named.len()));
        }
        if named
            .chars()
            .any(|one| one.is_control() || matches!(one, '\\' | '\u{2028}' | '\u{2029}'))
        {
            let shown = named.escape_debug().to_string();
            return Err(FolderError::Character(shown));
        }
        let mut path = self.0.clone();
        let mut is_file = false;
        for segment in named.split('/') {
            match segment {
                "" => is_file = false,
                "." | ".." => return Err(FolderError::DotSegment(named.to_owned())),
                name if name.len() > NAME_BYTES_MAX => {
                    return Err(FolderError::TooLong(named.len()));
                }
                name => {
                    path.push(name);
                    is_file = true;
                }
            }
        }
        if is_file {
            Ok(path)
        } else {
            Err(FolderError::NoFile(named.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_below_the_folder_whatever_its_name() {
        let folder = Folder::at("/lab/files");
        for (named, expected) in [
            ("audit.log", "/lab/files/audit.log"),
            (
                "/var/log/vault/audit.log",
                "/lab/files/var/log/vault/audit.log",
            ),
            ("//etc//passwd", "/lab/files/etc/passwd"),
            ("/etc/me/.bashrc", "/lab/files/etc/me/.bashrc"),
            ("...", "/lab/files/..."),
            ("a b/é.log", "/lab/files/a b/é.log"),
            ("~/x", "/lab/files/~/x"),
            ("C:/x", "/lab/files/C:/x"),
            ("%2e%2e/x", "/lab/files/%2e%2e/x"),
        ] {
            let found = folder.below(named);
            assert_eq!(found, Ok(PathBuf::from(expected)), "{named}");
        }
        let longest = "n".repeat(NAME_BYTES_MAX);
        assert!(folder.below(&longest).is_ok());
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        let folder = Folder::at("/lab/files");
        let no_file = |named: &str| FolderError::NoFile(named.to_owned());
        let dots = |named: &str| FolderError::DotSegment(named.to_owned());
        let long_name = "n".repeat(NAME_BYTES_MAX + 1);
        let long_path = "n/".repeat(PATH_BYTES_MAX) + "n";
        for (named, expected) in [
            ("", no_file("")),
            ("/", no_file("/")),
            ("a/", no_file("a/")),
            ("..", dots("..")),
            ("../x", dots("../x")),
            ("a/../../x", dots("a/../../x")),
            ("/a/./x", dots("/a/./x")),
            ("a/..", dots("a/..")),
            (
                "a\\..\\x",
                FolderError::Character("a\\\\..\\\\x".to_owned()),
            ),
            ("a\0b", FolderError::Character("a\\0b".to_owned())),
            ("a\nb", FolderError::Character("a\\nb".to_owned())),
            (&long_name, FolderError::TooLong(long_name.len())),
            (&long_path, FolderError::TooLong(long_path.len())),
        ] {
            assert_eq!(folder.below(named), Err(expected), "{named}");
        }
    }
}
