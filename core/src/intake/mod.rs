//! The intake: messages that applications commit in SQLite files of their own are taken over into the outbox, by their ids, and their
//! rows deleted after that. What the outbox refuses stays where it is, marked: without an endpoint there would be no dead letter to
//! make of it, and one that has the key of another message must not be replayed with the others.

mod endpoints;
pub(crate) mod figures;
mod request;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use self::endpoints::EndpointList;
use self::figures::Figures;
use crate::error::{Error, ErrorCode, Result};
use crate::operations::context::Context;
use crate::outbox::sqlite::application_file::{ApplicationFile, Settled, Version};

/// The most rows of one transaction, and about the most bytes.
const MOST: usize = 500;
const MOST_BYTES: usize = 8 << 20;
/// The pause between two looks at the file: a hundredth of the time for which it has been quiet, within these bounds.
const PAUSE: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(25));
/// The pause after a failure.
const FAILED_PAUSE: Duration = Duration::from_millis(250);
/// What is settled gathers so long, so that the application is in the way of few of our commits.
const GATHER: Duration = Duration::from_millis(100);
/// The longest pause between two tries to write while the application has the lock.
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How often the rows before the last one are looked at again, if anything was written: while some are refused, since that may be
/// taken back, and else.
const SWEEP: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// Takes over what one file has.
pub(crate) struct Intake {
    file: Arc<ApplicationFile>,
    figures: Arc<Figures>,
    endpoints: EndpointList,
    seen: Option<Version>,
    /// The last row that was looked at, in `seq`; the rows before it are in the outbox or refused.
    last: i64,
    /// Whether there may be more rows behind `last`.
    more: bool,
    /// Since when nothing was written to the file.
    quiet_since: Instant,
    swept_at: Instant,
    /// Whether anything was written since then.
    to_sweep: bool,
    /// What is not yet written to the file.
    settled: Vec<Settled>,
    settle_at: Instant,
    wait: Duration,
}

impl Intake {
    /// Opens an application's file for an outbox, whose path is given if it is a file too.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE` where the file cannot be the one that is meant.
    pub(crate) fn open(path: &Path, outbox: Option<&Path>) -> Result<Self> {
        let file = ApplicationFile::open(path, outbox)?;
        let now = Instant::now();
        Ok(Self {
            figures: Arc::new(Figures::new(file.path())),
            file,
            endpoints: EndpointList::default(),
            seen: None,
            last: 0,
            more: false,
            quiet_since: now,
            swept_at: now,
            to_sweep: false,
            settled: Vec::new(),
            settle_at: now,
            wait: GATHER,
        })
    }

    pub(crate) fn figures(&self) -> &Arc<Figures> {
        &self.figures
    }

    /// Looks once, and does what there is to do. Returns how long to wait before the next look.
    ///
    /// # Errors
    /// `CLOSED`: there is nothing more to do.
    pub(crate) fn step(&mut self, context: &Context) -> Result<Duration> {
        match self.look(context) {
            Ok(()) => {
                self.figures.is_well();
                let quiet = self.quiet_since.elapsed() / 100;
                Ok(if self.more { Duration::ZERO } else { quiet.clamp(PAUSE.0, PAUSE.1) })
            }
            Err(error) if error.code() == ErrorCode::Closed => Err(error),
            Err(error) => {
                self.figures.fails(&error);
                // What was looked at may not have been taken over.
                self.more = true;
                Ok(FAILED_PAUSE)
            }
        }
    }

    /// Writes what is left to write.
    pub(crate) fn finish(&mut self) {
        self.settle_at = Instant::now();
        while !self.settled.is_empty() && matches!(self.settle(), Ok(true)) {}
    }

    fn look(&mut self, context: &Context) -> Result<()> {
        // None where the application has the lock, as for all that follows: the next look tries again.
        let Some(version) = self.file.version()? else { return Ok(()) };
        let before = self.seen.replace(version);
        if before != Some(version) {
            self.quiet_since = Instant::now();
            (self.more, self.to_sweep) = (true, true);
        }
        if before.map(|seen| seen.opened) != Some(version.opened) {
            // Perhaps another file.
            self.last = 0;
            self.settled.clear();
            self.endpoints.forget();
            self.count()?;
        }
        let has_refused = self.figures.refused.load(Ordering::Relaxed) > 0;
        let sweep = if has_refused { SWEEP.0 } else { SWEEP.1 };
        if self.to_sweep && self.settled.is_empty() && self.swept_at.elapsed() > sweep {
            (self.last, self.more, self.to_sweep, self.swept_at) = (0, true, false, Instant::now());
            self.count()?;
        }
        if self.more {
            self.take_over(context)?;
        }
        self.settle()?;
        self.endpoints.keep(&self.file, context)
    }

    fn take_over(&mut self, context: &Context) -> Result<()> {
        let Some(rows) = self.file.sent(self.last, MOST, MOST_BYTES)? else { return Ok(()) };
        let Some(last) = rows.last().map(|row| row.seq) else {
            self.more = false;
            return Ok(());
        };
        let names: Vec<(i64, String)> = rows.iter().map(|row| (row.seq, row.id.clone())).collect();
        let messages = rows.into_iter().map(|row| request::message(row, &context.config)).collect();
        context.expect_delivery();
        let answers = context.outbox.accept_batch(messages)?;
        if let Some(failed) =
            answers.iter().find_map(|answer| answer.as_ref().err().filter(|error| !is_final(error)))
        {
            return Err(failed.clone());
        }
        if self.settled.is_empty() {
            self.settle_at = Instant::now() + GATHER;
        }
        for ((seq, id), answer) in names.into_iter().zip(answers) {
            let refused = answer.as_ref().err().map(ToString::to_string);
            match &refused {
                None => {
                    self.figures.taken.fetch_add(1, Ordering::Relaxed);
                }
                Some(why) => tracing::warn!(
                    target: "hookbridge::intake",
                    file = %self.file.path().display(),
                    message_id = id,
                    why,
                    "a message of an application is refused: its row stays, marked"
                ),
            }
            self.settled.push(Settled { seq, id, refused });
        }
        self.last = last;
        Ok(())
    }

    /// Writes to the file what has gathered, when it is time. False where it is not, or the application has the lock.
    fn settle(&mut self) -> Result<bool> {
        let is_many = self.settled.len() >= MOST && self.wait == GATHER;
        if self.settled.is_empty() || (!is_many && Instant::now() < self.settle_at) {
            return Ok(false);
        }
        let count = self.settled.len().min(MOST);
        let Some(chunk) = self.settled.get(..count) else { return Ok(false) };
        if self.file.settle(chunk)?.is_none() {
            self.wait = (self.wait * 2).min(LONGEST_WAIT);
            self.settle_at = Instant::now() + self.wait;
            return Ok(false);
        }
        self.wait = GATHER;
        if self.settled.drain(..count).any(|settled| settled.refused.is_some()) {
            self.count()?;
        }
        Ok(true)
    }

    /// Counts what is marked in the file.
    fn count(&self) -> Result<()> {
        if let Some(refused) = self.file.refused()? {
            self.figures.refused.store(refused, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Whether a refusal is about the message, and would be the same at another time.
fn is_final(error: &Error) -> bool {
    matches!(
        error.code(),
        ErrorCode::InvalidRequest
            | ErrorCode::InvalidHeaders
            | ErrorCode::EndpointNotFound
            | ErrorCode::IdempotencyMismatch
            | ErrorCode::PayloadTooLarge
    )
}
