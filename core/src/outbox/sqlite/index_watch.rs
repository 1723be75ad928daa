//! Whether the log's index (the `-shm` file) that we use is the one that other processes see, and whole.
//!
//! SQLite has the index mapped into memory: a page of it that another program cut off ends the process that touches it
//! (SIGBUS). So it is looked at before a connection is used, and made whole again: the log has everything that the index has.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::beside;
use super::ofd_lock::{self, PerFile};
use super::own_file::{Identity, identity};

/// Descriptors on indexes. A close would drop SQLite's locks on the file, so each is shared and goes with the last user.
pub(super) static INDEXES: PerFile<File> = PerFile::new();

/// Both copies of the index' header. Where they say nothing SQLite makes the index anew from the log.
const HEADER: [u8; 96] = [0; 96];
/// Where in it the number of the log's last frame is (`WalIndexHdr.mxFrame`).
const FRAMES: u64 = 16;
/// The byte that SQLite locks to write (`WAL_WRITE_LOCK`): whoever holds it is alone in changing the index.
const WRITE_BYTE: i64 = 120;
/// How long another program's write is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(1);

/// How an index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Index {
    Whole,
    /// It has fewer bytes than it had.
    CutShort,
    /// It was removed or replaced.
    Gone,
}

/// The index of the connections of one outbox.
pub(super) struct IndexWatch {
    path: PathBuf,
    index: Arc<File>,
    identity: Identity,
    /// The most bytes that it had.
    bytes: u64,
}

impl IndexWatch {
    /// The index as a connection found it. `None` where there is none.
    pub(super) fn begin(database: &Path) -> Option<Self> {
        let path = beside(database, "-shm");
        let open =
            || OpenOptions::new().read(true).write(true).custom_flags(nix::libc::O_NOFOLLOW).open(&path);
        let index = INDEXES.share_named(&path, open).ok().flatten()?;
        let metadata = index.metadata().ok()?;
        Some(Self { identity: identity(&metadata), bytes: metadata.len(), path, index })
    }

    /// Whether it says that there is something in the log.
    pub(super) fn tells_of_frames(&self) -> bool {
        let mut frames = [0; 4];
        self.index.read_exact_at(&mut frames, FRAMES).is_ok() && frames != [0; 4]
    }

    /// How it is, as its descriptor tells: in a fraction of a microsecond.
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

    /// Which file it is.
    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether its name still leads to it.
    pub(super) fn is_named(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|named| identity(&named) == self.identity)
    }

    /// Gives it back the bytes that were cut off and has SQLite make it anew: parts of it may say that there is nothing in
    /// the log. No connection of this process may be in use; others' writes are waited for.
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
