//! The files of exports, in a folder beside the outbox file. A file has another name until it is whole, and one process has it
//! locked.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;

use super::{beside, side_file};
use crate::error::{Error, ErrorCode, Result};
use crate::model::export::Export;
use crate::model::ids::ExportId;
use crate::outbox::export_bytes::{ExportFile, ExportWriter};

/// The age at which a file without a row is taken for an orphan. The row of a younger file may not be committed yet.
const ORPHAN_AGE: Duration = Duration::from_secs(3600);

/// The folder of the files that belong to `database`.
fn folder(database: &Path) -> PathBuf {
    beside(database, "-exports")
}

/// The bytes of all files that belong to `database`.
pub(crate) fn bytes_on_disk(database: &Path) -> u64 {
    let files = std::fs::read_dir(folder(database)).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|known| known.len()).sum()
}

/// The path of an export's file once the export is completed.
pub(super) fn path(database: &Path, id: &ExportId) -> PathBuf {
    folder(database).join(format!("{id}.csv"))
}

pub(super) fn open(database: &Path, export: &Export) -> Result<ExportFile> {
    let path = path(database, &export.id);
    let opened = side_file::open_to_read(&path).and_then(|file| {
        let length = file.metadata()?.len();
        Ok(ExportFile::new(file, length))
    });
    opened.map_err(|cause| {
        Error::new(ErrorCode::StorageUnavailable, format!("{} cannot be read: {cause}", path.display()))
    })
}

/// Removes the files of all exports but those that `kept` names.
pub(super) fn sweep(database: &Path, kept: impl FnOnce() -> Result<HashSet<String>>) -> Result<()> {
    let Ok(files) = std::fs::read_dir(folder(database)) else { return Ok(()) };
    let kept = kept()?;
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let stem = name.split('.').next().unwrap_or_default();
        let age = file.metadata().ok().and_then(|known| known.modified().ok()?.elapsed().ok());
        if stem.parse::<ExportId>().is_ok() && !kept.contains(stem) && age.is_some_and(|age| age > ORPHAN_AGE)
        {
            let _ = std::fs::remove_file(file.path());
        }
    }
    Ok(())
}

/// An unfinished file that this process writes.
pub(super) struct PartFile {
    id: ExportId,
    folder: PathBuf,
    file: File,
}

impl PartFile {
    /// Creates and locks the file of `id`; `None` where another process has it locked. The lock is a record lock (fcntl),
    /// the only kind that a forked child does not keep alive.
    pub(super) fn claim(database: &Path, id: ExportId) -> Result<Option<Self>> {
        let folder = folder(database);
        let file = side_file::create_folder(database, &folder).and_then(|()| {
            let part = folder.join(format!("{id}.part"));
            let mut options = OpenOptions::new();
            side_file::open(database, &part, options.write(true).create(true).truncate(false))
        });
        let file = file.map_err(|cause| Error::new(ErrorCode::StorageUnavailable, cause.to_string()))?;
        let whole = libc::flock {
            l_type: libc::F_WRLCK as libc::c_short,
            l_whence: libc::SEEK_SET as libc::c_short,
            l_start: 0,
            l_len: 0,
            l_pid: 0,
        };
        if fcntl(file.as_fd(), FcntlArg::F_SETLK(&whole)).is_err() {
            return Ok(None);
        }
        file.set_len(0).map_err(unwritten)?;
        Ok(Some(Self { id, folder, file }))
    }

    fn part(&self) -> PathBuf {
        self.folder.join(format!("{}.part", self.id))
    }

    /// Syncs the file, renames it to its final name and returns its size.
    fn rename(&self) -> io::Result<u64> {
        self.file.sync_all()?;
        let bytes = self.file.metadata()?.len();
        std::fs::rename(self.part(), self.folder.join(format!("{}.csv", self.id)))?;
        File::open(&self.folder)?.sync_all()?;
        Ok(bytes)
    }
}

fn unwritten(cause: io::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("the file cannot be written: {cause}"))
}

impl ExportWriter for PartFile {
    fn write(&mut self, bytes: &[u8]) -> Result<bool> {
        self.file.write_all(bytes).map_err(unwritten)?;
        Ok(true)
    }

    fn publish(&mut self) -> Result<Option<u64>> {
        self.rename().map(Some).map_err(unwritten)
    }

    fn discard(&mut self) {
        let _ = std::fs::remove_file(self.part());
    }
}
