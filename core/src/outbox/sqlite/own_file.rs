//! The database file itself: whether it can hold an outbox, and whether its name still leads to it.
//!
//! SQLite writes to the file that it opened, whatever its name leads to by now. A restore puts another file in its place, and
//! what is written from then on is in a file that nobody will ever open again.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::connection;
use crate::error::{Error, ErrorCode, Result};

/// Which file a path leads to: device and number.
pub(super) type Identity = (u64, u64);

pub(super) fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

/// The file that an engine has opened: one from its open to its close, also where it is closed in between for a fork.
pub(crate) struct OwnFile {
    path: PathBuf,
    identity: Identity,
    /// Keeps its number from being given to another file.
    pin: Option<File>,
}

impl OwnFile {
    /// What `path` leads to, which is resolved and open.
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

    /// Fails where the name no longer leads to the file, and says what became of it. Takes about a microsecond.
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

/// A descriptor for the number alone: its close drops no lock.
#[cfg(target_os = "linux")]
fn pinned(path: &Path) -> Option<File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().read(true).custom_flags(nix::libc::O_PATH).open(path).ok()
}

/// Elsewhere there are no such descriptors.
#[cfg(not(target_os = "linux"))]
fn pinned(_path: &Path) -> Option<File> {
    None
}

const TWO_NAMES: &str = "has two names (hard links): each would have a write-ahead log of its own, and the file would be ruined. \
    Remove one of them; to have it in two places, link to it with `ln -s`";
const MOUNTED: &str = "is mounted by itself: its write-ahead log would not be shared with those who see it elsewhere, and the file would \
    be ruined. Mount the folder that it is in";

/// The path that goes on meaning the file that `database` leads to: a relative one means another when the host changes its
/// folder, and all links to a file must mean one. Refused are names that are not links.
pub(crate) fn resolved(database: &Path) -> Result<PathBuf> {
    std::fs::canonicalize(database)
        .map_err(|cause| Error::new(ErrorCode::StorageUnavailable, cause.to_string()))
        .and_then(|path| refuse_two_names(&path).map(|()| path))
        .map_err(|cause| connection::unusable(database, cause))
}

/// Refuses a file that has a second name, under which others would keep another log. `path` is resolved.
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

/// Whether a file system begins at the file itself, as where a container is given a single file.
fn is_mounted(path: &Path) -> bool {
    // Absent on other systems.
    let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    mounts.split(|byte| *byte == b'\n').any(|line| is_mount_of(line, path))
}

/// The fifth field is where it is mounted; spaces, tabs, line breaks and backslashes in it are written as `\ooo`.
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
