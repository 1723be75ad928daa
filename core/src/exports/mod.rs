//! Exports: CSV files of messages, written in the background. The process that was asked writes the file; if it dies, the
//! process that delivers writes it anew. The store has the bytes.

mod copies;
mod csv_lines;
pub(crate) mod link;

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::config::Config;
use crate::error::{Error, ErrorCode, Result};
use crate::host::threads;
use crate::model::export::Export;
use crate::model::ids::ExportId;
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use copies::Copies;

/// How many files are written at once. Further exports wait.
const WRITTEN_AT_ONCE: usize = 2;
/// How long a file is kept (docs/contract.md#retention-and-deletion).
const FILE_RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long an export's row is kept after its file has expired.
const ROW_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);
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
    copies: Copies,
    work: Mutex<Work>,
    stopped: AtomicBool,
}

/// The exports that this process writes.
#[derive(Default)]
struct Work {
    /// The exports being written and those that wait. The right to write one does not keep the same process from writing it twice.
    claimed: HashSet<ExportId>,
    waiting: VecDeque<ExportId>,
    writers: usize,
}

impl Exporter {
    pub(crate) fn new(config: Arc<Config>, outbox: Arc<dyn Outbox>) -> Self {
        Self {
            config,
            outbox,
            copies: Copies::default(),
            work: Mutex::default(),
            stopped: AtomicBool::new(false),
        }
    }

    /// The file of a completed export. Where the store has the bytes in no file, this process gets a copy of its own.
    pub(crate) fn file(&self, export: &Export) -> Result<PathBuf> {
        match self.outbox.export_path(&export.id) {
            Some(path) => Ok(path),
            None => self.copies.of(export, || self.outbox.open_export(export)),
        }
    }

    /// Removes the bytes of an export that was deleted. What cannot be removed now is swept later.
    pub(crate) fn remove(&self, id: &ExportId) {
        self.copies.remove(id);
        if let Err(error) = self.outbox.drop_export_bytes(id) {
            tracing::warn!(target: "hookbridge::exports", %error, "a deleted export's bytes are still there");
        }
    }

    /// Refuses a new export where the files have reached `max_export_bytes`.
    pub(crate) fn check_room(&self) -> Result<()> {
        if self.outbox.export_bytes()? < self.config.max_export_bytes {
            return Ok(());
        }
        Err(exports_are_full(&self.config))
    }

    /// Stops the writers at their next page, and removes the copies of this process. The next process writes those files anew.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.copies.remove_all();
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

    /// Writes the exports that no process writes any more, and removes expired files. Called by processes that deliver. True
    /// where some are not written yet: whoever writes them may be gone soon.
    pub(crate) fn resume_and_sweep(self: &Arc<Self>) -> bool {
        let done = self.outbox.unfinished_exports().and_then(|unfinished| {
            let some = !unfinished.is_empty();
            unfinished.into_iter().try_for_each(|id| self.start(id))?;
            self.sweep()?;
            Ok(some)
        });
        if let Err(error) = &done
            && error.code() != ErrorCode::Closed
        {
            tracing::warn!(target: "hookbridge::exports", %error, "exports cannot be looked after");
        }
        done.unwrap_or(false)
    }

    fn write(&self, id: ExportId) {
        let mut writer = match self.outbox.claim_export(id) {
            Ok(Some(writer)) => writer,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(target: "hookbridge::exports", %error, "an export cannot be written");
                return;
            }
        };
        let begun = self.outbox.begin_export(id);
        if !begun.is_ok_and(|begun| begun) {
            writer.discard();
            return;
        }
        let stopped = || self.stopped.load(Ordering::Relaxed);
        let written = csv_lines::write(&mut *writer, &*self.outbox, &id, stopped, || self.check_size());
        let Some(written) = written else { return };
        let finished = self.outbox.finish_export(id, written, Timestamp::now().plus(FILE_RETENTION));
        // The export was deleted meanwhile.
        if finished.is_ok_and(|finished| !finished) {
            self.remove(&id);
        }
    }

    /// Refuses to go on where the files have grown beyond `max_export_bytes` together.
    fn check_size(&self) -> Result<()> {
        if self.outbox.export_bytes()? > self.config.max_export_bytes {
            return Err(exports_are_full(&self.config));
        }
        Ok(())
    }

    /// Removes files whose export has expired or was deleted, and the rows of exports that expired long ago.
    fn sweep(&self) -> Result<()> {
        self.outbox.sweep_export_bytes()?;
        let before = Timestamp::from_millis(Timestamp::now().as_millis() - ROW_RETENTION.as_millis() as i64);
        if self.outbox.exports()?.iter().any(|export| export.expires_at.is_some_and(|at| at < before)) {
            self.outbox.forget_exports(before)?;
        }
        Ok(())
    }
}
