//! Who delivers: an operating-system lock beside the database. The kernel frees it when its holder
//! dies, and tells those who wait for it (`lookout.rs`).

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

/// How often, and after what pause, a lock file that has come to the name of ours is asked for.
const TAKEN_AGAIN: usize = 5;
const TAKE_PAUSE: Duration = Duration::from_millis(1);

/// What the lock file says of the process that holds its lock, for people and `stats`; the lock is what decides.
#[derive(Serialize, Deserialize)]
struct Note {
    pid: u32,
    since: Timestamp,
    /// Absent where the system does not tell.
    #[serde(default)]
    process: Option<Identity>,
}

pub(crate) struct Leadership {
    database: PathBuf,
    path: PathBuf,
    /// Locked while this process delivers. Used only inside the gate.
    held: Mutex<Option<File>>,
    /// What the lock was last tried on in vain. It stays open: closing it would tell all who wait to try. Used only inside
    /// the gate.
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

    /// The file whose lock it is.
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

    /// Takes the lock if it is free. Whether this engine holds it afterwards.
    pub(crate) fn try_take(&self) -> Result<bool> {
        let _inside = fork::enter();
        let mut held = fork::lock(&self.held);
        if held.is_none() {
            *held = self.take(Timestamp::now())?;
        }
        Ok(held.is_some())
    }

    /// Whether the lock that this engine holds is the one that others ask for. Where its file was removed or replaced the one
    /// that has its name now is taken instead, before anybody else does.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where somebody else did, or the file cannot be used: two would deliver.
    pub(crate) fn keep(&self) -> Result<()> {
        let _inside = fork::enter();
        let mut held = fork::lock(&self.held);
        let Some(file) = held.as_ref().filter(|file| !self.is_named(file)) else { return Ok(()) };
        let since = noted(file).map_or_else(Timestamp::now, |note| note.since);
        // Who only asks who delivers has it for an instant.
        for _ in 0..TAKEN_AGAIN {
            if let Some(file) = self.take(since)? {
                *held = Some(file);
                return Ok(());
            }
            std::thread::sleep(TAKE_PAUSE);
        }
        Err(Error::new(
            ErrorCode::StorageUnavailable,
            format!(
                "the lock file {} was removed or replaced, and another process delivers",
                self.path.display()
            ),
        ))
    }

    /// The locked file, unless somebody else has it.
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
            // Removed or replaced since it was opened: the lock of the next one counts.
            Ok(()) if !self.is_named(&file) => return Ok(None),
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => {
                *tried = Some(file);
                return Ok(None);
            }
            Err(std::fs::TryLockError::Error(cause)) => return Err(unusable(cause)),
        }
        let note = Note { pid: std::process::id(), since, process: Identity::own() };
        if let Ok(text) = serde_json::to_vec(&note) {
            let _ = file.set_len(0).and_then(|()| file.write_all(&text));
        }
        Ok(Some(file))
    }

    /// Whether others who open the lock file by its name get this one.
    fn is_named(&self, file: &File) -> bool {
        let identity = |known: Metadata| (known.dev(), known.ino());
        let named = std::fs::metadata(&self.path).map(identity).ok();
        named.is_some() && named == file.metadata().map(identity).ok()
    }

    pub(crate) fn release(&self) {
        let _inside = fork::enter();
        if let Some(file) = fork::lock(&self.held).take() {
            let _ = file.set_len(0);
            // A child on its way from `fork` to `exec` has a copy of the descriptor, which a close alone would leave.
            let _ = file.unlock();
        }
    }

    /// Who delivers now.
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

/// What a lock file says of its holder.
fn noted(mut file: &File) -> Option<Note> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text)).ok()?;
    serde_json::from_str(&text).ok()
}

impl SurvivesFork for Leadership {
    fn rest(&self) {}

    fn wake_in_child(&self) {
        // The lock is the parent's: closing our copy of the descriptor leaves it to the parent alone.
        fork::lock(&self.held).take();
        fork::lock(&self.tried).take();
    }
}
