//! Leadership: the process that holds the lock of `<database>-lock` delivers. The kernel releases the lock when its holder
//! dies, and the processes that wait for it are told (`lookout.rs`).

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::holder::Identity;
use crate::error::{Error, ErrorCode, Result};
use crate::host::fork::{self, SurvivesFork};
use crate::model::deliverer::Deliverer;
use crate::model::timestamp::Timestamp;
use crate::outbox::sqlite::{beside, side_file};

/// How many tries to lock a file that has replaced our lock file, and the pause between them.
const KEEP_TRIES: usize = 5;
const KEEP_PAUSE: Duration = Duration::from_millis(1);

/// The contents of the lock file: the process that holds its lock, for people and for `stats`. Only the lock itself decides
/// who delivers.
#[derive(Serialize, Deserialize)]
struct HolderNote {
    pid: u32,
    since: Timestamp,
    /// Absent where the system has no `/proc`.
    #[serde(default)]
    process: Option<Identity>,
}

pub(crate) struct Leadership {
    database: PathBuf,
    path: PathBuf,
    /// The lock file, locked while this process delivers. Used only inside the gate.
    held: Mutex<Option<File>>,
    /// The lock file on which the last try failed. It stays open: closing it would wake every waiting process. Used only
    /// inside the gate.
    tried: Mutex<Option<File>>,
}

impl Leadership {
    pub(crate) fn new(database: &Path) -> Self {
        Self {
            database: database.to_owned(),
            path: beside(database, "-lock"),
            held: Mutex::new(None),
            tried: Mutex::new(None),
        }
    }

    /// The path of the lock file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn open(&self) -> std::io::Result<File> {
        let mut options = OpenOptions::new();
        side_file::open(
            &self.database,
            &self.path,
            options.read(true).write(true).create(true).truncate(false),
        )
    }

    /// Takes the lock if it is free. Returns whether this engine holds it.
    pub(crate) fn try_take(&self) -> Result<bool> {
        let _inside = fork::enter();
        let mut held = fork::lock(&self.held);
        if held.is_none() {
            *held = self.take(Timestamp::now())?;
        }
        Ok(held.is_some())
    }

    /// Checks that the held lock is on the file that others lock. If the lock file was removed or replaced, takes the lock
    /// of the file that has its path now.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where another process holds that lock, or the file cannot be used: two processes would deliver.
    pub(crate) fn keep(&self) -> Result<()> {
        let _inside = fork::enter();
        let mut held = fork::lock(&self.held);
        let Some(file) = held.as_ref().filter(|file| !self.is_named(file)) else { return Ok(()) };
        let since = noted(file).map_or_else(Timestamp::now, |note| note.since);
        // A process that only asks who delivers holds the lock for an instant.
        for _ in 0..KEEP_TRIES {
            if let Some(file) = self.take(since)? {
                *held = Some(file);
                return Ok(());
            }
            std::thread::sleep(KEEP_PAUSE);
        }
        Err(Error::new(
            ErrorCode::StorageUnavailable,
            format!(
                "the lock file {} was removed or replaced, and another process delivers",
                self.path.display()
            ),
        ))
    }

    /// Locks the lock file; `None` where another process holds the lock.
    fn take(&self, since: Timestamp) -> Result<Option<File>> {
        let unusable = |cause: std::io::Error| {
            Error::new(
                ErrorCode::StorageUnavailable,
                format!("the lock file {} cannot be used: {cause}", self.path.display()),
            )
        };
        let mut tried = fork::lock(&self.tried);
        let mut file = match tried.take().filter(|file| self.is_named(file)) {
            Some(file) => file,
            None => self.open().map_err(unusable)?,
        };
        match file.try_lock() {
            // The file was removed or replaced after it was opened. The lock on the new file counts.
            Ok(()) if !self.is_named(&file) => return Ok(None),
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                *tried = Some(file);
                return Ok(None);
            }
            Err(std::fs::TryLockError::Error(cause)) => return Err(unusable(cause)),
        }
        let note = HolderNote { pid: std::process::id(), since, process: Identity::own() };
        if let Ok(text) = serde_json::to_vec(&note) {
            let _ = file.set_len(0).and_then(|()| file.write_all(&text));
        }
        Ok(Some(file))
    }

    /// Whether the lock file's path leads to `file`.
    fn is_named(&self, file: &File) -> bool {
        let identity = |known: Metadata| (known.dev(), known.ino());
        let named = std::fs::metadata(&self.path).map(identity).ok();
        named.is_some() && named == file.metadata().map(identity).ok()
    }

    pub(crate) fn release(&self) {
        let _inside = fork::enter();
        if let Some(file) = fork::lock(&self.held).take() {
            let _ = file.set_len(0);
            // Between `fork` and `exec` a child has a copy of the descriptor, and a close alone would leave the lock to it.
            let _ = file.unlock();
        }
    }

    /// The process that delivers now.
    pub(crate) fn deliverer(&self) -> Option<Deliverer> {
        let _inside = fork::enter();
        let held = fork::lock(&self.held);
        let file = match held.as_ref() {
            Some(file) => file.try_clone().ok()?,
            None => {
                let file = side_file::open_to_read(&self.path).ok()?;
                if file.try_lock_shared().is_ok() {
                    return None;
                }
                file
            }
        };
        let note = noted(&file)?;
        let this_engine = held.is_some();
        let stopped =
            !this_engine && note.process.as_ref().is_some_and(|process| process.is_stopped(note.pid));
        Some(Deliverer { pid: note.pid, this_engine, since: note.since, stopped })
    }
}

/// The note in a lock file.
fn noted(mut file: &File) -> Option<HolderNote> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text)).ok()?;
    serde_json::from_str(&text).ok()
}

impl SurvivesFork for Leadership {
    fn before_fork(&self) {}

    fn in_child(&self) {
        // The lock is the parent's. Closing our copy of the descriptor does not release it.
        fork::lock(&self.held).take();
        fork::lock(&self.tried).take();
    }
}
