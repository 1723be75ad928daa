//! The threads that take over what applications have written into SQLite files of their own.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::store::Place;
use super::{Engine, Shared};
use crate::error::Result;
use crate::host::fork;
use crate::host::threads::{self, Ended};
use crate::intake::Intake;
use crate::intake::figures::Figures;
use crate::outbox::sqlite::application_file;

/// How long a close waits for what is being taken over. What is under way then is taken over again by the next process.
const PATIENCE: Duration = Duration::from_secs(1);

/// The statements that a team's own migration carries out in an application's SQLite file, for [`Engine::take_from`]: a table to send
/// by, and if wanted a list of the endpoints that has unknown ones refused at once. Empty lines separate them.
pub fn sqlite_outbox(with_endpoints: bool) -> String {
    let (table, endpoints) = (application_file::TABLE, application_file::ENDPOINTS);
    if with_endpoints { [table, "\n", endpoints].concat() } else { table.to_owned() }
}

impl Engine {
    /// Takes messages over from now on that applications commit in SQLite files of their own ([`sqlite_outbox`]), until the engine is
    /// closed. For sidecars: in a process that has such a file open by another copy of SQLite, each copy would drop the other's locks.
    /// A forked child takes nothing over.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where a file is not there, is the outbox itself, has two names or has not the table, and then nothing is
    /// taken over from any; `NOT_SUPPORTED` for an engine without an outbox.
    pub fn take_from(&self, files: &[PathBuf]) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        self.shared.running()?.context()?;
        self.shared.intakes.begin(&self.shared, files)
    }

    /// What was taken over from each application's file.
    pub fn intakes(&self) -> Vec<IntakeFigures> {
        self.shared.intakes.figures()
    }
}

/// What an engine has taken over from one application's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntakeFigures {
    /// The application's file.
    pub file: PathBuf,
    /// Messages that this engine has taken over.
    pub taken: u64,
    /// Messages in the file that the outbox refuses.
    pub refused: u64,
    /// Whether nothing can be taken over at the moment; the log says why.
    pub has_trouble: bool,
}

struct Running {
    figures: Arc<Figures>,
    ended: Ended,
    /// Dropped to end the thread.
    _stop: Sender<()>,
}

/// The intakes of an engine. Locked only inside the gate.
#[derive(Default)]
pub(super) struct Intakes(Mutex<Vec<Running>>);

impl Intakes {
    /// Opens every file, and then begins.
    pub(super) fn begin(&self, shared: &Arc<Shared>, files: &[PathBuf]) -> Result<()> {
        let outbox: Option<&Path> = match &shared.place {
            Place::File(_) => Some(&shared.config.database),
            Place::Database(_) | Place::Server => None,
        };
        let opened = files.iter().map(|file| Intake::open(file, outbox)).collect::<Result<Vec<_>>>()?;
        for intake in opened {
            let (stop, stopped) = channel();
            let (figures, shared) = (intake.figures().clone(), Arc::downgrade(shared));
            let ended = threads::start("hookbridge-intake", move || run(intake, &shared, &stopped))?;
            let _inside = fork::enter();
            fork::lock(&self.0).push(Running { figures, ended, _stop: stop });
        }
        Ok(())
    }

    pub(super) fn figures(&self) -> Vec<IntakeFigures> {
        let _inside = fork::enter();
        let running = fork::lock(&self.0);
        let figures = running.iter().map(|Running { figures, .. }| IntakeFigures {
            file: figures.path.clone(),
            taken: figures.taken.load(Ordering::Relaxed),
            refused: figures.refused.load(Ordering::Relaxed),
            has_trouble: figures.has_trouble(),
        });
        figures.collect()
    }

    /// Ends every intake. What it has taken over is deleted in the application's file first, if `deadline` leaves time.
    pub(super) fn end(&self, deadline: Instant) {
        let deadline = deadline.min(Instant::now() + PATIENCE);
        let running = {
            let _inside = fork::enter();
            std::mem::take(&mut *fork::lock(&self.0))
        };
        // All are told before the first is waited for.
        let ended: Vec<Ended> = running.into_iter().map(|running| running.ended).collect();
        for ended in ended {
            ended.wait(deadline);
        }
    }

    /// The threads are the parent's.
    pub(super) fn forget_in_child(&self) {
        std::mem::forget(std::mem::take(&mut *fork::lock(&self.0)));
    }
}

fn run(mut intake: Intake, shared: &Weak<Shared>, stopped: &Receiver<()>) {
    loop {
        // The engine lives no longer for this.
        let Some(engine) = shared.upgrade() else { return };
        let pause = engine.running().and_then(|running| intake.step(running.context()?));
        drop(engine);
        let ended = match pause {
            Ok(Duration::ZERO) => false,
            Ok(pause) => stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout),
            Err(_) => true,
        };
        if ended {
            return intake.finish();
        }
    }
}
