//! The file of an audit device: where it lies, and the thread that writes it.
//!
//! Nothing here blocks a request's worker. A line is handed over without waiting, to a thread that
//! each file has for itself, through a queue with a bound; the request waits for the thread's word
//! without holding anything, and no longer than [`PATIENCE`]. A file that is slower than that, or
//! whose queue is full, counts as one that could not be written.
//!
//! Opening, too, is the thread's: a pipe opens when somebody reads it.
//!
//! A client may name files below the server's folder only (see [`Folder`]), and nothing there but
//! regular files is opened: no link is followed on the way, and a pipe or device is refused before it
//! could block.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use authlab_kernel::Folder;
use tokio::sync::oneshot;

/// How long a request waits for its line to be written.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many lines may wait for the thread of a file.
const QUEUE_LINES: usize = 1_024;
/// The mode of a file when the device says none: its owner's alone.
const MODE_DEFAULT: u32 = 0o600;
/// What of a mode counts: no line is a program.
const MODE_BITS: u32 = 0o666;

/// The word of the thread about one line: whether it was written.
pub(crate) type Receipt = oneshot::Receiver<bool>;

struct Job {
    bytes: Vec<u8>,
    done: oneshot::Sender<bool>,
}

/// Where a device's lines go.
#[derive(Clone)]
pub(crate) enum Sink {
    /// Nowhere, by name: `discard`, `/dev/null`.
    Discard,
    /// Onto a disk that is full, by name: `/dev/full`. No line is taken.
    Full,
    /// To a file.
    File(Writer),
}

/// The near end of a file's thread, which ends with the last of them.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: SyncSender<Job>,
    /// Set while the thread is overdue with a line.
    overdue: Arc<AtomicBool>,
}

impl Sink {
    /// Hands a line over. `None`: it cannot be written now.
    pub(crate) fn send(&self, text: String) -> Option<Receipt> {
        let (done, receipt) = oneshot::channel();
        match self {
            Self::Discard => done.send(true).ok()?,
            Self::Full => return None,
            Self::File(writer) => {
                if writer.overdue.load(Ordering::Relaxed) {
                    return None;
                }
                let bytes = text.into_bytes();
                writer.queue.try_send(Job { bytes, done }).ok()?;
            }
        }
        Some(receipt)
    }

    /// Waits for the word about a line that was handed over here.
    pub(crate) async fn confirm(&self, receipt: Receipt) -> bool {
        match tokio::time::timeout(PATIENCE, receipt).await {
            Ok(word) => word.unwrap_or(false),
            Err(_) => {
                if let Self::File(writer) = self {
                    writer.overdue.store(true, Ordering::Relaxed);
                }
                false
            }
        }
    }
}

/// Opens a file that the lab's owner named in the configuration.
///
/// # Errors
/// What the system says.
pub(crate) fn open_given(path: &Path) -> io::Result<Sink> {
    let named = path.to_owned();
    let open = move || {
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(MODE_DEFAULT)
            .open(&named)
    };
    start(open, path.to_owned())
}

/// Opens a file that a client named, below the folder; `mode` as the device's option says, 0 for
/// that of the file, which then has to be there.
///
/// # Errors
/// What stands against it.
pub(crate) fn open_named(folder: &Folder, named: &str, mode: Option<u32>) -> io::Result<Sink> {
    let path = place(folder, named)?;
    make_parents(folder.root(), &path)?;
    let known = match fs::symlink_metadata(&path) {
        Ok(found) if !found.is_file() => {
            let what = "not a regular file: an audit device of a lab writes no other";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        Ok(_) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    let keeps_mode = mode == Some(0);
    if keeps_mode && !known {
        return Err(io::ErrorKind::NotFound.into());
    }
    let wanted = mode.map_or(MODE_DEFAULT, |mode| mode & MODE_BITS);
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(wanted)
        .open(&path)?;
    // Between the look and the opening the name may have come to mean something else.
    let (opened, named) = (file.metadata()?, fs::symlink_metadata(&path)?);
    if !opened.is_file() || opened.ino() != named.ino() || opened.dev() != named.dev() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    if !keeps_mode && (mode.is_some() || !known) {
        file.set_permissions(fs::Permissions::from_mode(wanted))?;
    }
    start(move || Ok(file), path)
}

/// Where a client's file lies. A path that begins with the folder's own is meant from there.
fn place(folder: &Folder, named: &str) -> io::Result<PathBuf> {
    let refuse = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
    let inside = folder.below(named).map_err(refuse)?;
    match Path::new(named).strip_prefix(folder.root()) {
        Ok(rest) if rest.components().next().is_some() => Ok(folder.root().join(rest)),
        _ => Ok(inside),
    }
}

/// Makes the folders of a path, each its owner's alone, and follows no link on the way.
fn make_parents(root: &Path, path: &Path) -> io::Result<()> {
    let inner = path.strip_prefix(root).unwrap_or(path);
    let mut folder = root.to_owned();
    if !folder.is_dir() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)?;
    }
    for part in inner.parent().into_iter().flat_map(Path::components) {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                DirBuilder::new().mode(0o700).create(&folder)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Starts the thread of a file, and waits until it has opened it.
fn start(
    open: impl FnOnce() -> io::Result<File> + Send + 'static,
    path: PathBuf,
) -> io::Result<Sink> {
    let (queue, jobs) = sync_channel(QUEUE_LINES);
    let (say, opened) = sync_channel(1);
    let overdue = Arc::new(AtomicBool::new(false));
    let of_thread = Arc::clone(&overdue);
    thread::Builder::new()
        .name("vault-audit".to_owned())
        .spawn(move || match open() {
            Ok(file) => {
                // Whoever waited may have given up: then no line comes.
                let _ = say.send(Ok(()));
                write_all(file, &path, &jobs, &of_thread);
            }
            Err(error) => {
                let _ = say.send(Err(error));
            }
        })?;
    opened.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        let what = "it does not open: it is a pipe that nobody reads, or its disk does not answer";
        Err(io::Error::new(io::ErrorKind::TimedOut, what))
    })?;
    Ok(Sink::File(Writer { queue, overdue }))
}

fn write_all(mut file: File, path: &Path, jobs: &Receiver<Job>, overdue: &AtomicBool) {
    for job in jobs {
        let written = file.write_all(&job.bytes).is_ok() || again(&mut file, path, &job.bytes);
        overdue.store(false, Ordering::Relaxed);
        // Whoever waited may have given up.
        let _ = job.done.send(written);
    }
}

/// A second try with the file opened anew, as the reference does.
fn again(file: &mut File, path: &Path, bytes: &[u8]) -> bool {
    if !fs::symlink_metadata(path).is_ok_and(|found| found.is_file()) {
        return false;
    }
    match OpenOptions::new().append(true).open(path) {
        Ok(opened) => {
            *file = opened;
            file.write_all(bytes).is_ok()
        }
        Err(_) => false,
    }
}
