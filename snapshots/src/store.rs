//! Where snapshots live, and how one is compared and accepted.

use std::{
    collections::BTreeSet,
    env, fs, io,
    io::Write as _,
    path::{Component, Path, PathBuf},
};

use crate::mismatch::{Mismatch, MismatchKind};

/// What happens to a document that is not what its snapshot says.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Accept {
    /// It is a mismatch; it is left beside the snapshot (`.snap.new`) for `cargo insta review`.
    #[default]
    No,
    /// It becomes the snapshot. A deliberate act of the person.
    Yes,
}

impl Accept {
    /// What `INSTA_UPDATE` asks for: `always` and `force` accept.
    #[must_use]
    pub fn from_environment() -> Self {
        match env::var("INSTA_UPDATE").as_deref() {
            Ok("always" | "force" | "1") => Self::Yes,
            _ => Self::No,
        }
    }
}

/// The snapshots below one folder.
///
/// Scenarios that run from another repository keep their snapshots in that repository:
/// [`Snapshots::at`] its own folder, which must lie inside a package of its workspace for
/// `cargo insta review` to find it.
#[derive(Clone, Debug)]
pub struct Snapshots {
    root: PathBuf,
    source: String,
    accept: Accept,
    pending: bool,
}

impl Snapshots {
    /// The snapshots below `root`, accepting and leaving files for review as the environment says:
    /// `INSTA_UPDATE` is `no` (nothing is written), `always` or `force` (accepted), anything else
    /// or unset (left for review, but not when `CI` is set).
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        let update = env::var("INSTA_UPDATE").unwrap_or_default();
        let ci = env::var("CI").is_ok_and(|value| !["", "0", "false"].contains(&value.as_str()));
        let pending = match update.as_str() {
            "no" => false,
            "new" | "unseen" => true,
            _ => !ci,
        };
        let accept = Accept::from_environment();
        Self {
            root: root.into(),
            source: String::new(),
            accept,
            pending,
        }
    }

    /// This project's own snapshots: the folder of this crate.
    #[must_use]
    pub fn project() -> Self {
        Self::at(env!("CARGO_MANIFEST_DIR"))
    }

    /// Accepts or refuses what differs, whatever the environment says.
    #[must_use]
    pub fn accept(mut self, accept: Accept) -> Self {
        self.accept = accept;
        self
    }

    /// Whether a mismatch leaves a `.snap.new` file for `cargo insta review`.
    #[must_use]
    pub fn leave_for_review(mut self, pending: bool) -> Self {
        self.pending = pending;
        self
    }

    /// What the documents come from, as it is written in the head of a snapshot: the path of a
    /// feature or of a test, relative to its repository.
    #[must_use]
    pub fn from_source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// The folder that holds the snapshots.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Compares `document` with the snapshot `area_path`, and accepts it or leaves it for review
    /// as set. Trailing white space at the end of the document does not count.
    ///
    /// # Errors
    /// [`Mismatch`] when the snapshot is new, differs, or cannot be read or written.
    pub fn check(&self, area_path: &str, document: &str) -> Result<(), Mismatch> {
        let result = self.compare(area_path, document);
        let Err(mismatch) = &result else {
            return result;
        };
        if mismatch.kind == MismatchKind::Unusable {
            return result;
        }
        let file = self.file_of(area_path)?;
        let written = match (self.accept, self.pending) {
            (Accept::Yes, _) => self
                .write(&file, document)
                .and_then(|()| discard_pending(&file)),
            (Accept::No, true) => self.write(&pending_of(&file), document),
            (Accept::No, false) => Ok(()),
        };
        if let Err(error) = written {
            return Err(Mismatch::unusable(
                area_path,
                format_args!("cannot be written: {error}"),
            ));
        }
        if self.accept == Accept::Yes {
            Ok(())
        } else {
            result
        }
    }

    /// [`Snapshots::check`] that accepts nothing and leaves nothing for review: for a scenario that
    /// failed already, whose document is a symptom and not a proposal.
    ///
    /// # Errors
    /// [`Mismatch`] as for [`Snapshots::check`].
    pub fn compare(&self, area_path: &str, document: &str) -> Result<(), Mismatch> {
        let file = self.file_of(area_path)?;
        note_reference(&file);
        let document = normalized(document);
        if !file.exists() {
            return Err(Mismatch::between(
                area_path,
                MismatchKind::New,
                "",
                &document,
            ));
        }
        let snapshot = read(area_path, &file)?;
        if snapshot != document {
            return Err(Mismatch::between(
                area_path,
                MismatchKind::Differs,
                &snapshot,
                &document,
            ));
        }
        // A proposal of an earlier run is out of date now.
        let _ = discard_pending(&file);
        Ok(())
    }

    /// Says that the run made no document for `area_path`: fine without a snapshot. Accepting
    /// deletes the snapshot.
    ///
    /// # Errors
    /// [`MismatchKind::Missing`] when there is a snapshot.
    pub fn check_absent(&self, area_path: &str) -> Result<(), Mismatch> {
        let file = self.file_of(area_path)?;
        if !file.exists() {
            return Ok(());
        }
        if self.accept == Accept::Yes {
            return fs::remove_file(&file)
                .and_then(|()| discard_pending(&file))
                .map_err(|error| Mismatch::unusable(area_path, error));
        }
        let snapshot = read(area_path, &file)?;
        Err(Mismatch::between(
            area_path,
            MismatchKind::Missing,
            &snapshot,
            "",
        ))
    }

    /// Every snapshot below the root, as the area paths that [`Snapshots::check`] takes.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn list(&self) -> io::Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        if self.root.is_dir() {
            collect(&self.root, "", &mut found)?;
        }
        Ok(found)
    }

    /// The snapshots that were made from a source ending in `source_suffix` (`.feature`) and that
    /// are not among `referenced`. Only a run of everything may call them left over.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn unreferenced(
        &self,
        source_suffix: &str,
        referenced: &BTreeSet<String>,
    ) -> io::Result<Vec<String>> {
        let from_source = |area_path: &String| {
            insta::Snapshot::from_file(&self.root.join(format!("{area_path}.snap")))
                .ok()
                .and_then(|snapshot| snapshot.metadata().source().map(str::to_owned))
                .is_some_and(|source| source.ends_with(source_suffix))
        };
        let all = self.list()?;
        Ok(all
            .difference(referenced)
            .filter(|path| from_source(path))
            .cloned()
            .collect())
    }

    /// The file of an area path; anything that could leave the root is refused.
    fn file_of(&self, area_path: &str) -> Result<PathBuf, Mismatch> {
        let is_plain = Path::new(area_path)
            .components()
            .all(|component| matches!(component, Component::Normal(_)));
        if area_path.is_empty() || area_path.contains('\\') || !is_plain {
            let reason = "a path is names joined by `/`, such as `gateway/jwt/good-token`";
            return Err(Mismatch::unusable(area_path, reason));
        }
        Ok(self.root.join(format!("{area_path}.snap")))
    }

    fn write(&self, file: &Path, document: &str) -> io::Result<()> {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let source = self.source.replace('\\', "/").replace('"', "");
        fs::write(
            file,
            format!("---\nsource: \"{source}\"\n---\n{}\n", normalized(document)),
        )
    }
}

fn read(area_path: &str, file: &Path) -> Result<String, Mismatch> {
    let unreadable = |reason: &str| {
        Mismatch::unusable(area_path, format_args!("is not a snapshot file: {reason}"))
    };
    let snapshot =
        insta::Snapshot::from_file(file).map_err(|error| unreadable(&error.to_string()))?;
    match snapshot.contents().as_text() {
        Some(text) => Ok(normalized(&text.to_string())),
        None => Err(unreadable("it is binary")),
    }
}

/// What counts in a comparison: the lines, not how they end nor how many empty ones follow.
fn normalized(document: &str) -> String {
    document.replace("\r\n", "\n").trim_end().to_owned()
}

/// The proposal beside a snapshot, where `cargo insta review` looks for it.
fn pending_of(file: &Path) -> PathBuf {
    file.with_extension("snap.new")
}

fn discard_pending(file: &Path) -> io::Result<()> {
    match fs::remove_file(pending_of(file)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Tells `cargo insta test --unreferenced` that the snapshot is in use, as insta itself would.
fn note_reference(file: &Path) {
    let Ok(list) = env::var("INSTA_SNAPSHOT_REFERENCES_FILE") else {
        return;
    };
    if let Ok(mut list) = fs::OpenOptions::new().append(true).create(true).open(list) {
        let _ = writeln!(list, "{}", file.display());
    }
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), found)?;
        } else if let Some(stem) = name.strip_suffix(".snap") {
            found.insert(format!("{prefix}{stem}"));
        }
    }
    Ok(())
}
