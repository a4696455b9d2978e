//! The folder of a lab: every file that a client may name, such as that of an audit device, lies
//! below it.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use authlab_kernel::Folder;

use crate::error::LabError;

/// How many names are tried for a folder of its own.
const TRIES: usize = 1_000;

/// A folder that stays, or one that goes with its lab.
#[derive(Debug)]
pub(crate) struct Files {
    path: PathBuf,
    temporary: bool,
}

impl Files {
    /// The folder that was given, made if it is not there; without one a new one, its owner's alone,
    /// which is removed when this is dropped.
    ///
    /// # Errors
    /// [`LabError::Statement`] with what the system says.
    pub(crate) fn open(given: Option<&Path>) -> Result<Self, LabError> {
        let opened = match given {
            Some(path) => stay(path),
            None => own(),
        };
        opened.map_err(|error| LabError::Statement {
            field: "files".to_owned(),
            reason: format!("no folder for the files of clients: {error}"),
        })
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The rule which paths a client may name.
    pub(crate) fn folder(&self) -> Folder {
        Folder::at(&self.path)
    }
}

fn stay(path: &Path) -> io::Result<Files> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    Ok(Files {
        path: path.canonicalize()?,
        temporary: false,
    })
}

/// Made by itself, never taken over: whoever made a folder of that name before does not get the files.
fn own() -> io::Result<Files> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let base = std::env::temp_dir();
    for _ in 0..TRIES {
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = base.join(format!("authlab-files-{}-{nth}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => {
                return Ok(Files {
                    path,
                    temporary: true,
                });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

impl Drop for Files {
    fn drop(&mut self) {
        if self.temporary {
            // Somebody else may have removed it, and that is as well.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_was_given_stays_and_another_goes() {
        let own = Files::open(None).unwrap();
        let (path, given) = (own.path().to_owned(), own.path().join("a/b"));
        let stays = Files::open(Some(&given)).unwrap();
        assert!(stays.path().ends_with("a/b"));
        drop(stays);
        assert!(given.is_dir());
        drop(own);
        assert!(!path.exists());
    }
}
