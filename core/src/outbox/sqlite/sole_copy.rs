//! Refuses a file that another copy of this library has open in the same process.
//!
//! Two copies, such as two versions of a package or two languages' bindings in one program, each bring their own SQLite. A
//! close by one copy would drop the other's locks, and acknowledged messages could be lost. So each copy locks one byte of
//! the `-lock` file, at an offset that follows from the process: copies in one process want the same byte, other processes
//! want other bytes.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::ofd_lock::{Kind, OfdLock, PerFile};
use super::own_file::identity;
use super::side_file;
use crate::error::{Error, ErrorCode, Result};

pub(super) static CLAIMS: PerFile<ClaimedFile> = PerFile::new();

pub(crate) struct ClaimedFile(#[expect(dead_code, reason = "held for its drop")] OfdLock);

pub(crate) type Claim = Arc<ClaimedFile>;

/// Claims `database` for this copy of the library. Call it before SQLite opens the file, and inside the gate. `None` where
/// the system has no OFD locks.
pub(super) fn claim(database: &Path) -> Result<Option<Claim>> {
    let Some(place) = place() else { return Ok(None) };
    let path = super::beside(database, "-lock");
    let mut options = OpenOptions::new();
    // Without the file there is no claim. Code that needs the file reports why it cannot be opened.
    let Ok(file) =
        side_file::open(database, &path, options.read(true).write(true).create(true).truncate(false))
    else {
        return Ok(None);
    };
    let Ok(metadata) = file.metadata() else { return Ok(None) };
    let claimed =
        CLAIMS.share(identity(&metadata), || match OfdLock::take(file, Kind::Exclusive, place, 1) {
            Ok(lock) => Ok(ClaimedFile(lock)),
            Err(_) => Err(Error::new(
                ErrorCode::StorageUnavailable,
                "another copy of this library has it open in the same process, and its locks would be lost: \
             load the library once, or give each copy a file of its own",
            )),
        })?;
    Ok(Some(claimed))
}

/// Whether any process has `database` open by this library, this one included. Call it inside the gate, before a claim.
#[cfg(feature = "postgres")]
pub(super) fn is_open_elsewhere(database: &Path) -> bool {
    let path = super::beside(database, "-lock");
    let mut options = OpenOptions::new();
    let Ok(file) = side_file::open(database, &path, options.read(true).write(true)) else { return false };
    // To the end of the file, however long that is.
    OfdLock::take(file, Kind::Exclusive, FIRST_PLACE, 0).is_err()
}

/// Far behind the note at the file's beginning.
const FIRST_PLACE: i64 = 1 << 32;

/// The offset of this process's byte. It is the same for every copy of the library in the process, and differs from that of
/// every other process on this machine, in any container. `None` where the system has no `/proc`.
fn place() -> Option<i64> {
    let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
    let boot = std::fs::read("/proc/sys/kernel/random/boot_id").ok()?;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the program's name in brackets comes field 3. Field 22 is the start time.
    let started = stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?;
    let mut hash = Sha256::new();
    hash.update(namespace.as_os_str().as_encoded_bytes());
    hash.update(&boot);
    hash.update(std::process::id().to_be_bytes());
    hash.update(started);
    let place = u64::from_be_bytes(*hash.finalize().first_chunk()?);
    // Not negative.
    Some((place >> 2) as i64 | FIRST_PLACE)
}
