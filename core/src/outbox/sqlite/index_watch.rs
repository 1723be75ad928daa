//! Watches the log's index (the `-shm` file): whether it is the one that other processes see, and whether it is whole.
//!
//! SQLite maps the index into memory. If another program truncates it, the process that touches a missing page is killed
//! (SIGBUS). So the index is checked before a connection is used, and repaired. The log holds everything needed to build it
//! anew.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::beside;
use super::ofd_lock::{self, PerFile};
use super::own_file::{Identity, identity};

/// The descriptors of indexes. Closing one drops SQLite's locks on the file, so each is shared and closed with its last user.
pub(super) static INDEXES: PerFile<File> = PerFile::new();

/// Both copies of the index's header, as zeros. SQLite then builds the index anew from the log.
const HEADER: [u8; 96] = [0; 96];
/// The offset of the number of the log's last frame (`WalIndexHdr.mxFrame`).
const FRAMES: u64 = 16;
/// The byte that SQLite locks to write (`WAL_WRITE_LOCK`). Only the holder of this lock changes the index.
const WRITE_BYTE: i64 = 120;
/// How long to wait for another program's write.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(1);

/// The state of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    Whole,
    /// The file was truncated.
    CutShort,
    /// The file was removed or replaced.
    Gone,
}

/// The index of the connections of one outbox.
pub(super) struct IndexWatch {
    path: PathBuf,
    index: Arc<File>,
    identity: Identity,
    /// The largest size that the file had.
    bytes: u64,
}

impl IndexWatch {
    /// Starts to watch the index at its path. `None` where there is none.
    pub(super) fn begin(database: &Path) -> Option<Self> {
        let path = beside(database, "-shm");
        let open =
            || OpenOptions::new().read(true).write(true).custom_flags(nix::libc::O_NOFOLLOW).open(&path);
        let index = INDEXES.share_named(&path, open).ok().flatten()?;
        let metadata = index.metadata().ok()?;
        Some(Self { identity: identity(&metadata), bytes: metadata.len(), path, index })
    }

    /// Whether the index says that the log has frames.
    pub(super) fn tells_of_frames(&self) -> bool {
        let mut frames = [0; 4];
        self.index.read_exact_at(&mut frames, FRAMES).is_ok() && frames != [0; 4]
    }

    /// Checks the index by its descriptor, which takes a fraction of a microsecond.
    pub(super) fn look(&mut self) -> Index {
        match self.index.metadata() {
            Ok(index) if index.nlink() == 0 => Index::Gone,
            Ok(index) if index.len() < self.bytes => Index::CutShort,
            Ok(index) => {
                self.bytes = index.len();
                Index::Whole
            }
            Err(_) => Index::Gone,
        }
    }

    /// The identity of the file.
    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether its path still leads to this file.
    pub(super) fn is_named(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|named| identity(&named) == self.identity)
    }

    /// Restores the size of a truncated index and clears its header, so that SQLite builds it anew: parts of it may wrongly
    /// say that the log is empty. No connection of this process may be in use. Writes of other programs are waited for.
    pub(super) fn mend(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !ofd_lock::try_while_locked(&self.index, WRITE_BYTE, || {
            self.index.set_len(self.bytes)?;
            self.index.write_all_at(&HEADER, 0)
        })? {
            if Instant::now() > deadline {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "another program is writing"));
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }
}
