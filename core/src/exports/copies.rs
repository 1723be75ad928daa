//! Copies of exports whose bytes are in a database, for who asks in this process where the file is. They lie in a folder of their own in
//! the system's place for temporary files, which only this user can read, and go when the engine is closed.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::{Error, ErrorCode, Result};
use crate::model::export::Export;
use crate::model::hex;
use crate::model::ids::ExportId;
use crate::model::random::random_bytes;
use crate::outbox::export_bytes::ExportFile;

/// The folder, once there is a copy, and the process that made it: a forked child leaves it alone.
#[derive(Default)]
pub(super) struct Copies(Mutex<Option<(PathBuf, u32)>>);

impl Copies {
    fn folder(&self) -> MutexGuard<'_, Option<(PathBuf, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The copy of an export, which is made from `bytes` where there is none. Others wait meanwhile.
    pub(super) fn of(&self, export: &Export, bytes: impl FnOnce() -> Result<ExportFile>) -> Result<PathBuf> {
        let process = std::process::id();
        let mut folder = self.folder();
        let made = folder.as_ref().filter(|(path, by)| *by == process && path.is_dir());
        let folder = match made {
            Some((path, _)) => path.clone(),
            None => {
                let path = new_folder()?;
                *folder = Some((path.clone(), process));
                path
            }
        };
        let path = folder.join(format!("{}.csv", export.id));
        if !path.exists() {
            let bytes = bytes()?;
            let part = path.with_extension("part");
            let copied = copy(bytes, &part).and_then(|()| std::fs::rename(&part, &path));
            copied.map_err(|cause| {
                let _ = std::fs::remove_file(&part);
                uncopied(&path, &cause)
            })?;
        }
        Ok(path)
    }

    pub(super) fn remove(&self, id: &ExportId) {
        if let Some((folder, _)) = &*self.folder() {
            let _ = std::fs::remove_file(folder.join(format!("{id}.csv")));
        }
    }

    pub(super) fn remove_all(&self) {
        if let Some((folder, by)) = self.folder().take()
            && by == std::process::id()
        {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

fn uncopied(path: &Path, cause: &io::Error) -> Error {
    let text = format!("the export cannot be copied to {}: {cause}", path.display());
    Error::new(ErrorCode::StorageUnavailable, text)
}

fn new_folder() -> Result<PathBuf> {
    let name = format!("hookbridge-exports-{}", hex::encode(&random_bytes::<16>()?));
    let path = std::env::temp_dir().join(name);
    let path = std::path::absolute(&path).unwrap_or(path);
    DirBuilder::new().mode(0o700).create(&path).map_err(|cause| uncopied(&path, &cause))?;
    Ok(path)
}

fn copy(mut bytes: ExportFile, part: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file: File = options.write(true).create(true).truncate(true).mode(0o600).open(part)?;
    io::copy(&mut bytes, &mut file).map(drop)
}
