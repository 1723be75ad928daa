//! The identity of the database file: whether its path still leads to the file that was opened.
//!
//! SQLite goes on writing to the file that it opened. After a restore the path leads to another file, and everything
//! written from then on would be in a file that nobody opens again.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::connection;
use crate::error::{Error, ErrorCode, Result};

/// The identity of a file: device and inode number.
pub(super) type Identity = (u64, u64);

pub(super) fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

/// The file that an engine has opened. It stays the same from the engine's open to its close, also while a fork has closed
/// the connections.
pub(crate) struct OwnFile {
    path: PathBuf,
    identity: Identity,
    /// A descriptor that keeps the inode number from being reused.
    pin: Option<File>,
}

impl OwnFile {
    /// The file that `path` leads to. The path must be resolved, and the file open.
    pub(super) fn of(path: &Path) -> Result<Self> {
        let unusable = |cause: io::Error| unavailable(path, &format!("cannot be looked up: {cause}"));
        let pin = pinned(path);
        let metadata = match &pin {
            Some(pin) => pin.metadata(),
            None => std::fs::metadata(path),
        }
        .map_err(unusable)?;
        Ok(Self { path: path.to_owned(), identity: identity(&metadata), pin })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn identity(&self) -> Identity {
        self.identity
    }

    /// Checks that the path still leads to the file; the error says what happened to it. Takes about a microsecond.
    pub(crate) fn check(&self) -> Result<()> {
        match std::fs::metadata(&self.path) {
            Ok(named) if identity(&named) == self.identity && named.nlink() == 1 => Ok(()),
            found => Err(self.lost(found)),
        }
    }

    fn lost(&self, found: io::Result<Metadata>) -> Error {
        const HOLD: &str = "nothing is accepted or delivered until it is back, or until this engine is closed and opened anew";
        let is_removed =
            || self.pin.as_ref().is_none_or(|pin| pin.metadata().is_ok_and(|metadata| metadata.nlink() == 0));
        match found {
            Ok(named) if identity(&named) == self.identity => unavailable(&self.path, TWO_NAMES),
            Ok(_) => unavailable(&self.path, &format!("was replaced by another file: {HOLD}")),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound && is_removed() => {
                unavailable(&self.path, &format!("was removed: {HOLD}"))
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                unavailable(&self.path, &format!("was moved away: {HOLD}"))
            }
            Err(cause) => unavailable(&self.path, &format!("cannot be looked up: {cause}; {HOLD}")),
        }
    }
}

fn unavailable(path: &Path, what: &str) -> Error {
    Error::new(ErrorCode::StorageUnavailable, format!("the outbox {} {what}", path.display()))
}

/// Opens a descriptor with O_PATH: closing it drops no lock on the file.
#[cfg(target_os = "linux")]
fn pinned(path: &Path) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().read(true).custom_flags(nix::libc::O_PATH).open(path).ok()
}

/// Other systems have no O_PATH.
#[cfg(not(target_os = "linux"))]
fn pinned(_path: &Path) -> Option<File> {
    None
}

const TWO_NAMES: &str = "has two names (hard links): each would have a write-ahead log of its own, and the file would be ruined. \
    Remove one of them; to have it in two places, link to it with `ln -s`";
const MOUNTED: &str = "is mounted by itself: its write-ahead log would not be shared with those who see it elsewhere, and the file would \
    be ruined. Mount the folder that it is in";

/// The absolute path of the file that `database` leads to, with symbolic links resolved: the host may change its working
/// directory, and all symbolic links to a file must share one log. Hard links and mounted single files are refused.
pub(crate) fn resolved(database: &Path) -> Result<PathBuf> {
    sole_name(database).map_err(|cause| connection::unusable(database, cause))
}

/// The same with an error that does not name the file.
pub(super) fn sole_name(path: &Path) -> Result<PathBuf> {
    std::fs::canonicalize(path)
        .map_err(|cause| Error::new(ErrorCode::StorageUnavailable, cause.to_string()))
        .and_then(|path| refuse_two_names(&path).map(|()| path))
}

/// Refuses a file with a second name, since the file would have another log under that name. `path` must be resolved.
fn refuse_two_names(path: &Path) -> Result<()> {
    let metadata = std::fs::metadata(path)
        .map_err(|cause| Error::new(ErrorCode::StorageUnavailable, cause.to_string()))?;
    let why = match () {
        () if metadata.nlink() > 1 => TWO_NAMES,
        () if is_mounted(path) => MOUNTED,
        () => return Ok(()),
    };
    Err(Error::new(ErrorCode::StorageUnavailable, format!("it {why}")))
}

/// Whether the file itself is a mount point, as where a single file is mounted into a container.
fn is_mounted(path: &Path) -> bool {
    // Systems other than Linux have no such file.
    let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    mounts.split(|byte| *byte == b'\n').any(|line| is_mount_of(line, path))
}

/// Whether a line of `mountinfo` is about a mount at `path`. Its fifth field is the mount point. Spaces, tabs, line breaks
/// and backslashes in it are written as `\ooo`.
fn is_mount_of(line: &[u8], path: &Path) -> bool {
    line.split(|byte| *byte == b' ')
        .nth(4)
        .is_some_and(|field| unescaped(field) == path.as_os_str().as_encoded_bytes())
}

fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(field.len());
    let mut rest = field;
    while let [first, after @ ..] = rest {
        let octal = after
            .first_chunk::<3>()
            .filter(|_| *first == b'\\')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(octal.unwrap_or(*first));
        rest = if octal.is_some() { &after[3..] } else { after };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_the_file_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let (path, elsewhere) = (folder.path().join("outbox.db"), folder.path().join("elsewhere"));
        std::fs::write(&path, "ours").unwrap();
        let own = OwnFile::of(&path).unwrap();
        let why = || own.check().unwrap_err().message().to_owned();
        own.check().unwrap();
        std::fs::rename(&path, &elsewhere).unwrap();
        assert!(why().contains("was moved away"), "{}", why());
        std::fs::write(&path, "another").unwrap();
        assert!(why().contains("was replaced by another file"), "{}", why());
        std::fs::rename(&elsewhere, &path).unwrap();
        own.check().unwrap();
        std::fs::hard_link(&path, &elsewhere).unwrap();
        assert!(why().contains("has two names"), "{}", why());
        std::fs::remove_file(&elsewhere).unwrap();
        own.check().unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(why().contains("was removed") && why().contains("outbox.db"), "{}", why());
    }

    #[test]
    fn a_file_that_is_mounted_by_itself_is_known() {
        let line = br"36 35 98:0 /m\040n/x.db /data/my\040outbox.db rw,noatime - ext4 /dev/root rw";
        assert!(is_mount_of(line, Path::new("/data/my outbox.db")));
        assert!(!is_mount_of(line, Path::new("/data")));
        assert!(!is_mount_of(b"", Path::new("/data")));
        assert!(!is_mounted(Path::new("/proc/self/mountinfo")));
        assert!(is_mounted(Path::new("/proc")));
    }
}
