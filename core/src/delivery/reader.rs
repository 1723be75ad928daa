//! The thread that reads for the loop. One request reads the endpoints that changed and the due messages of every lane that
//! wants to read on, in one snapshot of the outbox.

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::delivery_loop::Finding;
use super::scheduler::{LaneKey, LaneSettings};
use super::targets::{LaneEndpoint, Targets};
use crate::error::{Error, ErrorCode, Result};
use crate::host::threads;
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use crate::outbox::due::{Due, Overview, Refill, StoredLane, Wanted};

/// What was read is handed over after this time, even if the request is not finished.
const HANDED_OVER_AFTER: Duration = Duration::from_millis(1);

/// What the loop wants read.
pub(crate) struct Request {
    /// Whether to read which lanes have messages that wait, and what was noted of the clocks.
    pub overview: bool,
    /// Lanes whose endpoints to read.
    pub load: Vec<LaneKey>,
    /// Lanes whose due messages to read.
    pub refill: Vec<Wanted>,
    /// In due time.
    pub now: Timestamp,
    pub wall: Timestamp,
}

/// A lane's endpoint as it was read; `None` where the outbox has no such row.
pub(crate) type Loaded = (LaneKey, Result<Option<(LaneEndpoint, LaneSettings)>>);

/// The due messages that were read for one lane.
pub(crate) type ReadLane = (LaneKey, Result<Refill>);

/// A part of the answer to a request.
#[derive(Default)]
pub(crate) struct Reading {
    pub overview: Option<Result<Overview>>,
    pub loaded: Vec<Loaded>,
    pub refilled: Vec<ReadLane>,
    /// Whether this is the last part.
    pub over: bool,
}

/// A handle on the thread, which ends once the handle is dropped.
pub(super) struct Reader {
    requests: Sender<Request>,
}

impl Reader {
    /// Starts the thread, which answers with [`Finding::Read`].
    pub(super) fn start(
        outbox: Arc<dyn Outbox>,
        targets: Arc<dyn Targets>,
        findings: UnboundedSender<Finding>,
    ) -> Result<Self> {
        let (requests, received) = channel::<Request>();
        threads::start("hookbridge-reader", move || {
            while let Ok(request) = received.recv() {
                let mut answer = Answer::new(request, findings.clone());
                if let Err(error) = answer.read(&*outbox, &*targets) {
                    answer.fail(&error);
                }
            }
        })?;
        Ok(Self { requests })
    }

    /// Has a request read.
    ///
    /// # Errors
    /// The request, where the thread has ended.
    pub(super) fn read(&self, request: Request) -> std::result::Result<(), Request> {
        self.requests.send(request).map_err(|refused| refused.0)
    }
}

/// Makes what deliveries need of a stored endpoint.
pub(crate) fn made(lane: LaneKey, stored: Option<StoredLane>, targets: &dyn Targets) -> Loaded {
    (lane, stored.map(|stored| targets.of(stored.endpoint, &stored.secrets)).transpose())
}

/// Hands what was read over to the loop, in parts.
struct Handover {
    reading: Reading,
    begun: Instant,
    findings: UnboundedSender<Finding>,
}

impl Handover {
    /// Hands over what was read so far, unless the last part was handed over just before.
    fn send_if_late(&mut self) {
        if self.begun.elapsed() > HANDED_OVER_AFTER {
            self.send(false);
            self.begun = Instant::now();
        }
    }

    fn send(&mut self, over: bool) {
        let reading = Reading { over, ..std::mem::take(&mut self.reading) };
        // Nobody listens where the loop is gone.
        let _ = self.findings.send(Finding::Read(reading));
    }
}

/// The answer to one request. Its last part is sent even where the thread panics.
struct Answer {
    request: Request,
    /// How many of the lanes in `request.load` are answered.
    loaded: usize,
    /// How many of the lanes in `request.refill` are answered.
    refilled: usize,
    handover: Handover,
}

impl Answer {
    fn new(request: Request, findings: UnboundedSender<Finding>) -> Self {
        let handover = Handover { reading: Reading::default(), begun: Instant::now(), findings };
        Self { request, loaded: 0, refilled: 0, handover }
    }

    /// Reads endpoints first, since nothing starts on their lanes before.
    fn read(&mut self, outbox: &dyn Due, targets: &dyn Targets) -> Result<()> {
        if self.request.overview {
            self.handover.reading.overview = Some(outbox.overview());
            self.request.overview = false;
        }
        if !self.request.load.is_empty() {
            outbox.lanes(&self.request.load, &mut |lane, stored| {
                self.loaded += 1;
                self.handover.reading.loaded.push(made(lane, stored, targets));
                self.handover.send_if_late();
            })?;
        }
        if self.request.refill.is_empty() {
            return Ok(());
        }
        outbox.refill(&self.request.refill, self.request.now, self.request.wall, &mut |lane, refill| {
            self.refilled += 1;
            self.handover.reading.refilled.push((lane, Ok(refill)));
            self.handover.send_if_late();
        })
    }

    /// Answers everything that was not read with `error`.
    fn fail(&mut self, error: &Error) {
        let reading = &mut self.handover.reading;
        if std::mem::take(&mut self.request.overview) {
            reading.overview = Some(Err(error.clone()));
        }
        for lane in self.request.load.drain(..).skip(std::mem::take(&mut self.loaded)) {
            reading.loaded.push((lane, Err(error.clone())));
        }
        for wanted in self.request.refill.drain(..).skip(std::mem::take(&mut self.refilled)) {
            reading.refilled.push((wanted.lane, Err(error.clone())));
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.fail(&Error::new(ErrorCode::Internal, "the reader panicked"));
        self.handover.send(true);
    }
}
