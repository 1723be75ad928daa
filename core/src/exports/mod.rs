//! Exports: CSV files of messages, written in the background. The process that was asked writes the file; if it dies, the
//! process that delivers writes it anew.

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
use csv_file::WriteOutcome;

/// How many files are written at once. Further exports wait.
const WRITTEN_AT_ONCE: usize = 2;
/// How long a file is kept (docs/contract.md#retention-and-deletion).
const FILE_RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long an export's row is kept after its file has expired.
const ROW_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);
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

/// The refusal of an export that there is no room for.
fn exports_are_full(config: &Config) -> Error {
    let message = format!(
        "the exports together may take {} bytes (`max_export_bytes`): delete one, or ask for less",
        config.max_export_bytes
    );
    Error::new(ErrorCode::RateLimitExceeded, message)
}

/// Writes the files of this outbox's exports.
pub(crate) struct Exporter {
    config: Arc<Config>,
    outbox: Arc<dyn Outbox>,
    /// The outbox file, beside which the folder of exports lies.
    database: PathBuf,
    work: Mutex<Work>,
    stopped: AtomicBool,
}

/// The exports that this process writes.
#[derive(Default)]
struct Work {
    /// The exports being written and those that wait. The lock on a file does not keep the same process from writing it twice.
    claimed: HashSet<ExportId>,
    waiting: VecDeque<ExportId>,
    writers: usize,
}

impl Exporter {
    pub(crate) fn new(config: Arc<Config>, outbox: Arc<dyn Outbox>, database: PathBuf) -> Self {
        Self { config, outbox, database, work: Mutex::default(), stopped: AtomicBool::new(false) }
    }

    /// The path of an export's file once the export is completed.
    pub(crate) fn path(&self, id: &ExportId) -> PathBuf {
        folder(&self.database).join(format!("{id}.csv"))
    }

    /// Refuses a new export where the files have reached `max_export_bytes`.
    pub(crate) fn check_room(&self) -> Result<()> {
        let most = self.config.max_export_bytes;
        if bytes_on_disk(&self.database) < most {
            return Ok(());
        }
        Err(exports_are_full(&self.config))
    }

    /// Stops the writers at their next page. The next process writes those files anew.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Has an export written, unless this process writes it already. It waits while enough files are being written.
    pub(crate) fn start(self: &Arc<Self>, id: ExportId) -> Result<()> {
        {
            let mut work = self.work();
            if !work.claimed.insert(id) {
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
                exporter.work().claimed.remove(&id);
            }
        });
        if started.is_err() {
            let mut work = self.work();
            work.writers -= 1;
            work.waiting.retain(|waiting| *waiting != id);
            work.claimed.remove(&id);
        }
        started.map(drop)
    }

    /// The export that has waited longest. `None` ends the calling writer.
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

    /// Writes the exports that no process writes any more, and removes expired files. Called by the process that delivers.
    pub(crate) fn resume_and_sweep(self: &Arc<Self>) {
        let done = self.outbox.unfinished_exports().and_then(|unfinished| {
            unfinished.into_iter().try_for_each(|id| self.start(id))?;
            self.sweep()
        });
        if let Err(error) = done
            && error.code() != ErrorCode::Closed
        {
            tracing::warn!(target: "hookbridge::exports", %error, "exports cannot be looked after");
        }
    }

    fn write(&self, id: ExportId) {
        let database = &self.database;
        let Some(part) = csv_file::PartFile::claim(database, &folder(database), id) else { return };
        let begun = self.outbox.begin_export(id);
        if !begun.is_ok_and(|begun| begun) {
            part.discard();
            return;
        }
        let written =
            match part.write(&*self.outbox, || self.stopped.load(Ordering::Relaxed), || self.check_size()) {
                WriteOutcome::Written(written) => written,
                WriteOutcome::Abandoned => return,
            };
        let finished = self.outbox.finish_export(id, written, Timestamp::now().plus(FILE_RETENTION));
        // The export was deleted meanwhile.
        if finished.is_ok_and(|finished| !finished) {
            let _ = std::fs::remove_file(self.path(&id));
        }
    }

    /// Refuses to go on where the files have grown beyond `max_export_bytes` together.
    fn check_size(&self) -> Result<()> {
        if bytes_on_disk(&self.database) > self.config.max_export_bytes {
            return Err(exports_are_full(&self.config));
        }
        Ok(())
    }

    /// Removes files whose export has expired or was deleted, and the rows of exports that expired long ago.
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
                && age.is_some_and(|age| age > ORPHAN_AGE)
            {
                let _ = std::fs::remove_file(file.path());
            }
        }
        let before = Timestamp::from_millis(now.as_millis() - ROW_RETENTION.as_millis() as i64);
        if self.outbox.exports()?.iter().any(|export| export.expires_at.is_some_and(|at| at < before)) {
            self.outbox.forget_exports(before)?;
        }
        Ok(())
    }
}
