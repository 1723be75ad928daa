//! The thread that reads for the loop: endpoints that changed, and what is due on all lanes that want to read on at a
//! moment, in one snapshot of the file.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::scheduler::LaneSettings;
use super::shell::Finding;
use super::targets::{LaneEndpoint, Targets};
use crate::error::{Error, ErrorCode, Result};
use crate::host::threads;
use crate::model::timestamp::Timestamp;
use crate::outbox::clock::Noted;
use crate::outbox::rows::RowSet;
use crate::outbox::sqlite::due::{Refill, Refills};
use crate::outbox::sqlite::{SqliteFile, clock, due, endpoints, signing_keys};

/// What was read is handed over after this long, however much is still to be read.
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

/// What the loop wants to know.
pub(super) struct Request {
    /// Which lanes have messages that wait, and what was noted of the clocks.
    pub overview: bool,
    /// Lanes whose endpoints are read anew.
    pub load: Vec<i64>,
    /// Lanes that read on.
    pub refill: Vec<Wanted>,
    pub now: Timestamp,
}

/// The lanes in which something waits, and what was noted of the clocks.
pub(super) struct Overview {
    pub noted: Option<Noted>,
    pub waiting: Vec<i64>,
}

/// An endpoint as it was read: nothing where there is no such row.
pub(super) type Loaded = (i64, Result<Option<(LaneEndpoint, LaneSettings)>>);

/// What was read for one lane.
pub(super) type ReadLane = (i64, Result<Refill>);

/// A part of the answer to a request.
#[derive(Default)]
pub(super) struct Reading {
    pub overview: Option<Result<Overview>>,
    pub loaded: Vec<Loaded>,
    pub refilled: Vec<ReadLane>,
    /// It is the last part.
    pub over: bool,
}

/// Hands on to the thread. It ends with the last of them.
pub(super) struct Reader {
    requests: Sender<Request>,
}

impl Reader {
    /// Starts the thread. It answers with [`Finding::Read`].
    pub(super) fn start(
        file: Arc<SqliteFile>,
        targets: Arc<dyn Targets>,
        findings: UnboundedSender<Finding>,
    ) -> Result<Self> {
        let (requests, asked) = channel::<Request>();
        threads::start("hookbridge-reader", move || {
            while let Ok(request) = asked.recv() {
                let mut answer = Answer::new(request, findings.clone());
                if let Err(error) = answer.read(&file, targets.as_ref()) {
                    answer.fail(&error);
                }
            }
        })?;
        Ok(Self { requests })
    }

    /// Reads what is asked for. False where the thread is gone.
    pub(super) fn read(&self, request: Request) -> bool {
        self.requests.send(request).is_ok()
    }
}

/// The answer to one request, which comes whole even where the thread panics.
struct Answer {
    overview: bool,
    load: VecDeque<i64>,
    refill: VecDeque<Wanted>,
    now: Timestamp,
    reading: Reading,
    begun: Instant,
    findings: UnboundedSender<Finding>,
}

impl Answer {
    fn new(request: Request, findings: UnboundedSender<Finding>) -> Self {
        let Request { overview, load, refill, now } = request;
        let (load, refill) = (load.into(), refill.into());
        Self { overview, load, refill, now, reading: Reading::default(), begun: Instant::now(), findings }
    }

    /// Endpoints come first: their lanes wait for them.
    fn read(&mut self, file: &SqliteFile, targets: &dyn Targets) -> Result<()> {
        if self.overview {
            let read = file.read(|connection| {
                Ok(Overview { noted: clock::noted(connection)?, waiting: due::waiting_lanes(connection)? })
            });
            self.reading.overview = Some(read);
            self.overview = false;
        }
        if !self.load.is_empty() {
            file.read(|connection| {
                while let Some(lane) = self.load.front().copied() {
                    let stored = match endpoints::of_lane(connection, lane)? {
                        Some(stored) => Some((stored, signing_keys::of_endpoint(connection, lane)?)),
                        None => None,
                    };
                    let made = stored.map(|(stored, keys)| {
                        let secrets: Vec<_> = keys.into_iter().map(|key| key.secret).collect();
                        targets.of(stored.endpoint, &secrets)
                    });
                    self.load.pop_front();
                    self.reading.loaded.push((lane, made.transpose()));
                    self.hand_over_in_time();
                }
                Ok(())
            })?;
        }
        if self.refill.is_empty() {
            return Ok(());
        }
        file.read(|connection| {
            let mut refills = Refills::new(connection, self.refill.len())?;
            while let Some(wanted) = self.refill.front() {
                let rows = refills.read(wanted.lane, self.now, wanted.room, wanted.bytes, &wanted.known)?;
                let lane = wanted.lane;
                self.refill.pop_front();
                self.reading.refilled.push((lane, Ok(rows)));
                self.hand_over_in_time();
            }
            Ok(())
        })
    }

    fn fail(&mut self, error: &Error) {
        if self.overview {
            self.reading.overview = Some(Err(error.clone()));
        }
        self.reading.loaded.extend(self.load.drain(..).map(|lane| (lane, Err(error.clone()))));
        let failed = self.refill.drain(..).map(|wanted| (wanted.lane, Err(error.clone())));
        self.reading.refilled.extend(failed);
    }

    /// Hands over what was read so far, where that has taken its time and is not all.
    fn hand_over_in_time(&mut self) {
        let more = !self.load.is_empty() || !self.refill.is_empty();
        if more && self.begun.elapsed() > HANDED_OVER_AFTER {
            self.hand_over(false);
            self.begun = Instant::now();
        }
    }

    fn hand_over(&mut self, over: bool) {
        let reading = Reading { over, ..std::mem::take(&mut self.reading) };
        // Nobody listens where the loop is gone.
        let _ = self.findings.send(Finding::Read(reading));
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.fail(&Error::new(ErrorCode::Internal, "the reader panicked"));
        self.hand_over(true);
    }
}
