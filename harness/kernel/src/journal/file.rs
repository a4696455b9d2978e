//! The journal's file, written by a thread of its own: a file that hangs (a pipe that nobody reads,
//! a network that is gone) must not hang those who record.

use std::collections::VecDeque;
use std::fs::File;
use std::future::poll_fn;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

/// How long the start waits for the file to open, and an end for the last lines.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// How many bytes may wait for the file.
const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The lines on their way into the file.
#[derive(Default)]
struct Queue {
    lines: VecDeque<Vec<u8>>,
    bytes: usize,
    /// The file is open.
    is_open: bool,
    /// The thread has taken lines that are not yet written.
    is_writing: bool,
    /// No more lines come.
    is_closed: bool,
    /// What went wrong; nothing is written any more.
    error: Option<io::Error>,
    has_failed: bool,
    /// Who waits for that.
    waker: Option<Waker>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// There are lines, or the end.
    filled: Condvar,
    /// The file was opened, everything was written, or something failed.
    settled: Condvar,
}

/// A file that gets lines, and the thread that writes them.
pub(super) struct LineFile(Arc<Shared>);

impl LineFile {
    /// Opens the file, to append to it.
    ///
    /// # Errors
    /// It cannot be opened, or does not open in time: a pipe that nobody reads.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        let own = Self(Arc::clone(&shared));
        let path = path.to_owned();
        std::thread::Builder::new()
            .name("journal-file".to_owned())
            .spawn(move || write(&shared, path))?;
        let mut queue = own.0.queue.lock();
        let waits = |queue: &mut Queue| !queue.is_open && !queue.has_failed;
        own.0.settled.wait_while_for(&mut queue, waits, WAIT_MAX);
        if let Some(error) = queue.error.take() {
            return Err(error);
        }
        if !queue.is_open {
            queue.is_closed = true;
            return Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "it does not open: it is a pipe that nobody reads, or its disk does not answer",
            ));
        }
        drop(queue);
        Ok(own)
    }

    /// Appends a line, soon.
    pub(super) fn append(&self, line: Vec<u8>) {
        let mut queue = self.0.queue.lock();
        if queue.has_failed {
            return;
        }
        if queue.bytes + line.len() > WAITING_BYTES_MAX {
            let waiting = queue.lines.len();
            queue.fail(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("it does not take lines as fast as they come: {waiting} are lost"),
            ));
            self.0.settled.notify_all();
            return;
        }
        queue.bytes += line.len();
        queue.lines.push_back(line);
        self.0.filled.notify_one();
    }

    /// Waits until everything is written, for a while.
    pub(super) fn flush(&self) {
        let mut queue = self.0.queue.lock();
        let waits =
            |queue: &mut Queue| !queue.has_failed && (queue.is_writing || !queue.lines.is_empty());
        let waited = self.0.settled.wait_while_for(&mut queue, waits, WAIT_MAX);
        if waited.timed_out() {
            queue.fail(io::Error::new(
                io::ErrorKind::TimedOut,
                "it does not take what is written: is it a pipe that nobody reads?",
            ));
        }
    }

    /// Waits until something goes wrong, and says what. One waits at a time.
    pub(super) fn failed(&self) -> impl Future<Output = String> + use<> {
        let shared = Arc::clone(&self.0);
        poll_fn(move |context| {
            let mut queue = shared.queue.lock();
            if let Some(error) = queue.error.take() {
                return Poll::Ready(error.to_string());
            }
            queue.waker = Some(context.waker().clone());
            Poll::Pending
        })
    }

    /// What went wrong, once.
    pub(super) fn take_error(&self) -> Option<String> {
        self.0
            .queue
            .lock()
            .error
            .take()
            .map(|error| error.to_string())
    }
}

impl Drop for LineFile {
    fn drop(&mut self) {
        self.flush();
        self.0.queue.lock().is_closed = true;
        self.0.filled.notify_one();
    }
}

impl Queue {
    fn fail(&mut self, error: io::Error) {
        if !self.has_failed {
            self.error = Some(error);
        }
        self.has_failed = true;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
        self.lines = VecDeque::new();
        self.bytes = 0;
    }
}

/// The thread: opens, and writes what comes until no more does.
fn write(shared: &Shared, path: PathBuf) {
    let opened = File::options()
        .create(true)
        .append(true)
        // Its owner's alone: what it tells is nobody else's business.
        .mode(0o600)
        .open(path);
    let mut file = {
        let mut queue = shared.queue.lock();
        let file = match opened {
            Ok(file) => {
                queue.is_open = true;
                Some(file)
            }
            Err(error) => {
                queue.fail(error);
                None
            }
        };
        shared.settled.notify_all();
        match file {
            Some(file) => file,
            None => return,
        }
    };
    loop {
        let batch: Vec<u8> = {
            let mut queue = shared.queue.lock();
            queue.is_writing = false;
            if queue.lines.is_empty() {
                shared.settled.notify_all();
            }
            shared.filled.wait_while(&mut queue, |queue| {
                queue.lines.is_empty() && !queue.is_closed
            });
            if queue.lines.is_empty() {
                return;
            }
            queue.is_writing = true;
            queue.bytes = 0;
            queue.lines.drain(..).flatten().collect()
        };
        if let Err(error) = file.write_all(&batch) {
            let mut queue = shared.queue.lock();
            queue.fail(error);
            queue.is_writing = false;
            shared.settled.notify_all();
            return;
        }
    }
}
