//! The thread that reads what is due: all lanes that want to read on at a moment, in one snapshot of the file.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::shell::Finding;
use crate::error::{Error, ErrorCode, Result};
use crate::host::threads;
use crate::model::timestamp::Timestamp;
use crate::outbox::rows::RowSet;
use crate::outbox::sqlite::SqliteFile;
use crate::outbox::sqlite::due::{Refill, Refills};

/// What was read is handed over after this long, however many lanes are still to be read.
const HANDED_OVER_AFTER: Duration = Duration::from_millis(1);

/// A lane that wants to read on.
pub(super) struct Wanted {
    pub lane: i64,
    /// At most so many messages, and about so many bytes.
    pub room: usize,
    pub bytes: usize,
    /// What is in memory already.
    pub known: RowSet<i64>,
}

/// What was read for one lane.
pub(super) type ReadLane = (i64, Result<Refill>);

/// Hands on to the thread. It ends with the last of them.
pub(super) struct Reader {
    requests: Sender<(Vec<Wanted>, Timestamp)>,
}

impl Reader {
    /// Starts the thread. It answers with [`Finding::Refilled`].
    pub(super) fn start(file: Arc<SqliteFile>, findings: UnboundedSender<Finding>) -> Result<Self> {
        let (requests, asked) = channel::<(Vec<Wanted>, Timestamp)>();
        threads::start("hookbridge-reader", move || {
            while let Ok((wanted, now)) = asked.recv() {
                let lanes = wanted.len();
                let mut answer = Answer::new(wanted, findings.clone());
                if let Err(error) =
                    file.read(|connection| answer.read(&mut Refills::new(connection, lanes)?, now))
                {
                    answer.fail(&error);
                }
            }
        })?;
        Ok(Self { requests })
    }

    /// Reads for all of `wanted`. False where the thread is gone.
    pub(super) fn read(&self, wanted: Vec<Wanted>, now: Timestamp) -> bool {
        self.requests.send((wanted, now)).is_ok()
    }
}

/// The answer to one request, which comes whole even where the thread panics.
struct Answer {
    wanted: VecDeque<Wanted>,
    read: Vec<ReadLane>,
    findings: UnboundedSender<Finding>,
}

impl Answer {
    fn new(wanted: Vec<Wanted>, findings: UnboundedSender<Finding>) -> Self {
        Self { wanted: wanted.into(), read: Vec::new(), findings }
    }

    fn read(&mut self, refills: &mut Refills<'_>, now: Timestamp) -> rusqlite::Result<()> {
        let mut begun = Instant::now();
        while let Some(wanted) = self.wanted.front() {
            let rows = refills.read(wanted.lane, now, wanted.room, wanted.bytes, &wanted.known)?;
            self.read.push((wanted.lane, Ok(rows)));
            self.wanted.pop_front();
            if begun.elapsed() > HANDED_OVER_AFTER && !self.wanted.is_empty() {
                self.hand_over(false);
                begun = Instant::now();
            }
        }
        Ok(())
    }

    fn fail(&mut self, error: &Error) {
        self.read.extend(self.wanted.drain(..).map(|wanted| (wanted.lane, Err(error.clone()))));
    }

    fn hand_over(&mut self, over: bool) {
        let read = std::mem::take(&mut self.read);
        // Nobody listens where the loop is gone.
        let _ = self.findings.send(Finding::Refilled { read, over });
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if !self.wanted.is_empty() {
            self.fail(&Error::new(ErrorCode::Internal, "the reader panicked"));
        }
        self.hand_over(true);
    }
}
