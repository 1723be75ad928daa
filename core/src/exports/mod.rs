//! Exports: files of messages, written in the background by the process that was asked, or by the one that delivers where
//! that has died.

mod csv_file;
pub(crate) mod link;

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::config::Config;
use crate::error::{Error, ErrorCode, Result};
use crate::host::threads;
use crate::model::ids::ExportId;
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use crate::outbox::sqlite::beside;
use csv_file::Fate;

/// How many are written at a time; the others wait.
const WRITTEN_AT_ONCE: usize = 2;
/// How long a file is kept (docs/contract.md#retention-and-deletion).
const KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long it is remembered that there was one.
const REMEMBERED: Duration = Duration::from_secs(30 * 24 * 3600);
/// How old a file without a row is before it is taken for an orphan: its row may be on its way.
const ORPHANED: Duration = Duration::from_secs(3600);

/// The folder of the files that belong to `database`.
fn folder(database: &Path) -> PathBuf {
    beside(database, "-exports")
}

/// The bytes of all files that belong to `database`.
pub(crate) fn bytes_on_disk(database: &Path) -> u64 {
    let files = std::fs::read_dir(folder(database)).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|known| known.len()).sum()
}

/// Why an export that there is no room for is refused.
fn exports_are_full(config: &Config) -> Error {
    let message = format!(
        "the exports together may take {} bytes (`max_export_bytes`): delete one, or ask for less",
        config.max_export_bytes
    );
    Error::new(ErrorCode::RateLimitExceeded, message)
}

/// Writes files.
pub(crate) struct Exporter {
    config: Arc<Config>,
    outbox: Arc<dyn Outbox>,
    /// Beside which the files are.
    database: PathBuf,
    work: Mutex<Work>,
    stopped: AtomicBool,
}

/// What this process writes.
#[derive(Default)]
struct Work {
    /// Those being written and those that wait: its own locks do not keep a process out.
    taken: HashSet<ExportId>,
    waiting: VecDeque<ExportId>,
    writers: usize,
}

impl Exporter {
    pub(crate) fn new(config: Arc<Config>, outbox: Arc<dyn Outbox>, database: PathBuf) -> Self {
        Self { config, outbox, database, work: Mutex::default(), stopped: AtomicBool::new(false) }
    }

    /// Where an export's file is, once it is completed.
    pub(crate) fn path(&self, id: &ExportId) -> PathBuf {
        folder(&self.database).join(format!("{id}.csv"))
    }

    /// Refuses an export that there is no room for.
    pub(crate) fn check_room(&self) -> Result<()> {
        let most = self.config.max_export_bytes;
        if bytes_on_disk(&self.database) < most {
            return Ok(());
        }
        Err(exports_are_full(&self.config))
    }

    /// What is being written ends at its next page, and is written anew by the next process.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Begins to write an export, unless somebody does already; behind those that came before where enough are written.
    pub(crate) fn start(self: &Arc<Self>, id: ExportId) -> Result<()> {
        {
            let mut work = self.work();
            if !work.taken.insert(id) {
                return Ok(());
            }
            work.waiting.push_back(id);
            if work.writers == WRITTEN_AT_ONCE {
                return Ok(());
            }
            work.writers += 1;
        }
        let exporter = self.clone();
        let started = threads::start("hookbridge-export", move || {
            while let Some(id) = exporter.next() {
                exporter.write(id);
                exporter.work().taken.remove(&id);
            }
        });
        if started.is_err() {
            let mut work = self.work();
            work.writers -= 1;
            work.waiting.retain(|waiting| *waiting != id);
            work.taken.remove(&id);
        }
        started.map(drop)
    }

    /// The one that has waited longest. Without one its writer is through.
    fn next(&self) -> Option<ExportId> {
        let mut work = self.work();
        let next = work.waiting.pop_front().filter(|_| !self.stopped.load(Ordering::Relaxed));
        if next.is_none() {
            work.writers -= 1;
        }
        next
    }

    fn work(&self) -> std::sync::MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what nobody writes any more, and removes what is over. For the process that delivers.
    pub(crate) fn look_after(self: &Arc<Self>) {
        let cared = self.outbox.unfinished_exports().and_then(|unfinished| {
            unfinished.into_iter().try_for_each(|id| self.start(id))?;
            self.sweep()
        });
        if let Err(error) = cared
            && error.code() != ErrorCode::Closed
        {
            tracing::warn!(target: "hookbridge::exports", %error, "exports cannot be looked after");
        }
    }

    fn write(&self, id: ExportId) {
        let database = &self.database;
        let Some(part) = csv_file::Part::take(database, &folder(database), id) else { return };
        let begun = self.outbox.begin_export(id);
        if !begun.is_ok_and(|begun| begun) {
            part.discard();
            return;
        }
        let written =
            match part.write(&*self.outbox, || self.stopped.load(Ordering::Relaxed), || self.check_size()) {
                Fate::Written(written) => written,
                Fate::Abandoned => return,
            };
        let finished = self.outbox.finish_export(id, written, Timestamp::now().plus(KEPT));
        // Deleted meanwhile: nobody will ask for the file.
        if finished.is_ok_and(|finished| !finished) {
            let _ = std::fs::remove_file(self.path(&id));
        }
    }

    /// What was written so far may have made the files too large together.
    fn check_size(&self) -> Result<()> {
        if bytes_on_disk(&self.database) > self.config.max_export_bytes {
            return Err(exports_are_full(&self.config));
        }
        Ok(())
    }

    /// Removes files whose export is over or gone, and the memory of those long gone.
    fn sweep(&self) -> Result<()> {
        let now = Timestamp::now();
        let Ok(files) = std::fs::read_dir(folder(&self.database)) else { return Ok(()) };
        let kept: HashSet<String> = self
            .outbox
            .exports()?
            .into_iter()
            .filter(|export| export.expires_at.is_none_or(|at| at > now))
            .map(|export| export.id.to_string())
            .collect();
        for file in files.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            let stem = name.split('.').next().unwrap_or_default();
            let age = file.metadata().ok().and_then(|known| known.modified().ok()?.elapsed().ok());
            if stem.parse::<ExportId>().is_ok()
                && !kept.contains(stem)
                && age.is_some_and(|age| age > ORPHANED)
            {
                let _ = std::fs::remove_file(file.path());
            }
        }
        let before = Timestamp::from_millis(now.as_millis() - REMEMBERED.as_millis() as i64);
        if self.outbox.exports()?.iter().any(|export| export.expires_at.is_some_and(|at| at < before)) {
            self.outbox.forget_exports(before)?;
        }
        Ok(())
    }
}
