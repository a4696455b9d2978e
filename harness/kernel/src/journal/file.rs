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

use super::Event;

/// How long the start waits for the file to open, and an end for the last lines.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// How many bytes of events may wait for the file, those that are being written included.
const WAITING_BYTES_MAX: usize = 64 * 1024 * 1024;

/// About how many bytes are written at once.
const WRITTEN_BYTES: usize = 1024 * 1024;

/// The events on their way into the file.
#[derive(Default)]
struct Queue {
    events: VecDeque<Arc<Event>>,
    /// What they take in memory, and those that are being written.
    bytes: usize,
    /// How many are being written.
    writing: usize,
    /// The file is open.
    is_open: bool,
    /// No more events come.
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
    /// There are events, or the end.
    filled: Condvar,
    /// The file was opened, everything was written, or something failed.
    settled: Condvar,
}

/// A file that gets a line for each event, and the thread that makes and writes them.
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

    /// Appends an event's line, soon.
    pub(super) fn append(&self, event: &Arc<Event>) {
        let bytes = event.weight();
        let mut queue = self.0.queue.lock();
        if queue.has_failed {
            return;
        }
        if queue.bytes + bytes > WAITING_BYTES_MAX {
            // This one, those before it, and of those that are being written the rest.
            let (waiting, writing) = (queue.events.len() + 1, queue.writing);
            queue.fail(io::Error::new(
                io::ErrorKind::TimedOut,
                format!(
                    "it does not take lines as fast as they come: {waiting} are lost, and up to \
                     {writing} before them"
                ),
            ));
            self.0.settled.notify_all();
            return;
        }
        queue.bytes += bytes;
        queue.events.push_back(Arc::clone(event));
        self.0.filled.notify_one();
    }

    /// Waits until everything is written, for a while.
    pub(super) fn flush(&self) {
        let mut queue = self.0.queue.lock();
        let waits = |queue: &mut Queue| {
            !queue.has_failed && (queue.writing > 0 || !queue.events.is_empty())
        };
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
        self.events = VecDeque::new();
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
        let (batch, bytes) = {
            let mut queue = shared.queue.lock();
            if queue.events.is_empty() {
                shared.settled.notify_all();
            }
            shared.filled.wait_while(&mut queue, |queue| {
                queue.events.is_empty() && !queue.is_closed
            });
            if queue.events.is_empty() {
                return;
            }
            queue.writing = queue.events.len();
            (std::mem::take(&mut queue.events), queue.bytes)
        };
        let written = write_lines(&mut file, &batch);
        let mut queue = shared.queue.lock();
        queue.writing = 0;
        queue.bytes = queue.bytes.saturating_sub(bytes);
        if let Err(error) = written {
            queue.fail(error);
            shared.settled.notify_all();
            return;
        }
    }
}

/// The events as JSON, a line each.
fn write_lines(file: &mut File, events: &VecDeque<Arc<Event>>) -> io::Result<()> {
    let mut lines = Vec::new();
    for event in events {
        // An event is text, numbers and maps with names: there is nothing that cannot be written.
        serde_json::to_writer(&mut lines, &**event)?;
        lines.push(b'\n');
        if lines.len() >= WRITTEN_BYTES {
            file.write_all(&lines)?;
            lines.clear();
        }
    }
    file.write_all(&lines)
}
