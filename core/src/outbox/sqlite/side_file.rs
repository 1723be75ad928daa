//! Files beside the database. They belong to the database's owner, whoever creates them, and symbolic links in their place
//! are not followed.
//!
//! When root inspects an outbox, root may have to create such a file. The outbox's user must be able to use it afterwards.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use nix::libc::{ELOOP, O_DIRECTORY, O_NOFOLLOW};

/// Opens or creates a file that belongs to `database`. Only its owner can read a created file.
pub(crate) fn open(database: &Path, path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let file = options.mode(0o600).custom_flags(O_NOFOLLOW).open(path).map_err(unfollowed)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.nlink() > 1 {
        return Err(io::Error::other("it is no file with one name"));
    }
    give_to_owner(database, &file, &metadata);
    Ok(file)
}

/// Opens a file beside the database for reading.
pub(crate) fn open_to_read(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(O_NOFOLLOW).open(path).map_err(unfollowed)
}

/// Creates a folder that belongs to `database`, where it is missing.
pub(crate) fn create_folder(database: &Path, path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(cause) if cause.kind() != io::ErrorKind::AlreadyExists => return Err(cause),
        _ => {}
    }
    let flags = O_NOFOLLOW | O_DIRECTORY;
    let folder = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(unfollowed)?;
    give_to_owner(database, &folder, &folder.metadata()?);
    Ok(())
}

/// Gives the file to the owner of the database, as SQLite does with its files. Only root can do so. Any other user is the
/// owner already, or cannot use the database.
fn give_to_owner(database: &Path, file: &File, metadata: &Metadata) {
    let Ok(owner) = std::fs::metadata(database) else { return };
    if owner.uid() != metadata.uid() {
        let _ = fchown(file, Some(owner.uid()), Some(owner.gid()));
    }
}

fn unfollowed(cause: io::Error) -> io::Error {
    match cause.raw_os_error() {
        Some(ELOOP) => io::Error::other("it is a symbolic link, and none is followed there"),
        _ => cause,
    }
}
