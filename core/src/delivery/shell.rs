//! The shell around the scheduler: it owns the clocks, the messages in memory and the attempts under way,
//! tells the scheduler what happened and does what it says.

mod reads;

use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use super::attempt;
use super::deliverer::{Parts, Stop};
use super::due_clock::DueClock;
use super::lack::{self, Lack};
use super::lane_loads::LaneLoads;
use super::outcome;
use super::reader::{Reader, Reading};
use super::scheduler::{Command, Due, LaneKey, Limits, MessageKey, Now, Scheduler};
use crate::model::shortage::Shortage;
use crate::outbox::DueMessage;
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::link::Notice;
use crate::outbox::rows::{RowMap, RowSet};
use crate::outbox::sqlite::writer::clock::NoteClocks;
use crate::outbox::sqlite::writer::outcome::Record;
use crate::wire::client::AttemptReport;

/// The longest sleep: a wall clock that was set is noticed within it.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);
/// How long an outcome that could not be written waits before it is tried again.
const RECORD_AGAIN: Duration = Duration::from_millis(250);
/// How many notices are taken at once.
const TAKEN: usize = 512;

/// What the shell's own tasks report.
pub(super) enum Finding {
    Attempted {
        seq: i64,
        report: Box<AttemptReport>,
    },
    /// The task ended without a report.
    Lost {
        seq: i64,
    },
    /// What the reader's thread read.
    Read(Reading),
    RecordAgain(Box<EndedAttempt>),
}

pub(super) struct Shell {
    parts: Parts,
    scheduler: Scheduler,
    lanes: LaneLoads,
    /// Messages in a window or under way.
    held: RowMap<i64, DueMessage>,
    findings: UnboundedSender<Finding>,
    found: UnboundedReceiver<Finding>,
    begun: Instant,
    clock: DueClock,
    /// Started at the first read.
    reader: Option<Reader>,
    /// Lanes that want to read on, with the room and the bytes they have; read together when the read under way is over.
    wanted: Vec<(LaneKey, usize, usize)>,
    /// It is to be read anew which lanes have something that waits; not before this moment where that failed.
    overview: Option<Instant>,
    reading: bool,
    /// When lanes that are idle are looked for.
    idle_at: Instant,
    /// Withdrawn while a read was under way that may still bring them in.
    withdrawn: RowSet<i64>,
    unrecorded: usize,
    /// What this process lacks for its attempts.
    lack: Option<Lack>,
    commands: Vec<Command>,
}

impl Shell {
    pub(super) fn new(parts: Parts) -> Self {
        let (findings, found) = unbounded_channel();
        let limits = Limits {
            max_in_flight: parts.config.max_in_flight,
            max_in_flight_per_endpoint: parts.config.max_in_flight_per_endpoint,
            memory_budget_bytes: parts.config.memory_budget_bytes,
        };
        Self {
            scheduler: Scheduler::new(limits),
            lanes: LaneLoads::default(),
            held: RowMap::default(),
            findings,
            found,
            begun: Instant::now(),
            clock: DueClock::default(),
            reader: None,
            wanted: Vec::new(),
            overview: None,
            reading: false,
            idle_at: Instant::now() + reads::IDLE_LANES_EVERY,
            withdrawn: RowSet::default(),
            unrecorded: 0,
            lack: None,
            commands: Vec::new(),
            parts,
        }
    }

    fn now(&mut self) -> Now {
        let now = Now { wall: self.clock.now(), mono: self.begun.elapsed() };
        if self.clock.take_news() {
            // Refused only where the engine is closed.
            let _ = self.parts.queue.put_now(Box::new(NoteClocks));
        }
        now
    }

    /// Delivers until stopped; then lets what is under way end and be recorded.
    pub(super) async fn run(
        mut self,
        notices: &mut UnboundedReceiver<Notice>,
        stopped: &mut watch::Receiver<Option<Stop>>,
    ) {
        // What an earlier deliverer was doing when it died is due again: it never wrote that it had begun.
        self.reread_all();
        let mut taken = Vec::with_capacity(TAKEN);
        let mut stop: Option<Stop> = None;
        loop {
            let mut sleep = LONGEST_SLEEP;
            match stop {
                None => {
                    self.act();
                    let now = self.now();
                    sleep = self.scheduler.next_wake(now).unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP);
                }
                Some(stop) if self.is_quiet() || Instant::now() >= stop.deadline => return,
                Some(_) => {}
            }
            tokio::select! {
                _ = notices.recv_many(&mut taken, TAKEN) => {
                    for notice in taken.drain(..) {
                        self.noticed(notice);
                    }
                }
                Some(finding) = self.found.recv() => {
                    let mut next = Some(finding);
                    while let Some(finding) = next {
                        // What a refill read was written after what was told before it: a pause must not be learned
                        // of only when the message behind it has begun.
                        while let Ok(notice) = notices.try_recv() {
                            self.noticed(notice);
                        }
                        self.happened(finding);
                        next = self.found.try_recv().ok();
                    }
                }
                () = tokio::time::sleep(sleep) => {}
                _ = stopped.changed() => {}
            }
            stop = *stopped.borrow_and_update();
        }
    }

    /// Nothing is under way and every outcome is on disk.
    fn is_quiet(&self) -> bool {
        self.scheduler.in_flight() == 0 && self.unrecorded == 0
    }

    fn noticed(&mut self, notice: Notice) {
        match notice {
            Notice::Accepted(messages) => messages.into_iter().for_each(|message| self.accepted(message)),
            Notice::OthersWrote { lanes, edits } => {
                edits.into_iter().for_each(|edit| self.edited(edit));
                lanes.into_iter().for_each(|lane| self.lane_has_work(lane));
            }
            Notice::RereadAll => self.reread_all(),
            Notice::EndpointChanged(lane) => self.load_lane(lane),
            Notice::Withdrawn { seq } => {
                self.scheduler.withdraw(MessageKey(seq));
                self.remember_withdrawn(seq);
            }
            Notice::Requeued { seq, endpoint_seq } => {
                self.scheduler.withdraw(MessageKey(seq));
                self.parts.link.forget_withdrawn(seq);
                self.withdrawn.remove(&seq);
                self.lane_has_work(endpoint_seq);
            }
            Notice::Recorded { ended, overtaken } => self.recorded(&ended, overtaken),
            Notice::NotRecorded(ended) => {
                let findings = self.findings.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(RECORD_AGAIN).await;
                    let _ = findings.send(Finding::RecordAgain(ended));
                });
            }
        }
    }

    /// A read that began before the change may still bring the message in: its mark stays until it is over.
    fn remember_withdrawn(&mut self, seq: i64) {
        if self.reading {
            self.withdrawn.insert(seq);
        } else {
            self.parts.link.forget_withdrawn(seq);
        }
    }

    fn accepted(&mut self, message: DueMessage) {
        let lane = LaneKey(message.endpoint_seq);
        if !self.scheduler.has_lane(lane) {
            // It is read from the outbox once its lane is known.
            self.load_lane(message.endpoint_seq);
        } else if self.scheduler.offer(lane, as_due(&message)) {
            self.held.insert(message.seq, message);
        }
    }

    fn happened(&mut self, finding: Finding) {
        match finding {
            Finding::Attempted { seq, report } => self.attempted(seq, *report),
            Finding::Lost { seq } => {
                self.held.remove(&seq);
                self.parts.link.settle(&[seq]);
                self.scheduler.abandon(MessageKey(seq));
            }
            Finding::Read(reading) => self.read(reading),
            Finding::RecordAgain(ended) => self.record(ended),
        }
    }

    fn act(&mut self) {
        let now = self.now();
        let mut dropped = Vec::new();
        lack::end(&mut self.lack, self.scheduler.short_lanes(), &self.parts.link);
        let mut commands = std::mem::take(&mut self.commands);
        self.scheduler.poll(now, &mut commands, &mut dropped);
        for message in dropped {
            self.held.remove(&message.0);
        }
        for command in commands.drain(..) {
            match command {
                Command::Refill { lane, room, bytes } => self.wanted.push((lane, room, bytes)),
                Command::Start { lane, message } => self.start(lane, message),
            }
        }
        self.commands = commands;
        self.forget_idle_lanes();
        self.read_wanted(now.wall);
    }

    fn start(&mut self, lane: LaneKey, message: MessageKey) {
        let seq = message.0;
        let (Some(held), Some(endpoint)) = (self.held.get(&seq), self.lanes.get(lane.0)) else {
            self.scheduler.abandon(message);
            return;
        };
        if !self.parts.link.start(seq) {
            self.held.remove(&seq);
            let now = self.now();
            self.scheduler.refused(message, now);
            return;
        }
        attempt::begin(held, endpoint, &self.parts.client, &self.findings);
    }

    fn attempted(&mut self, seq: i64, report: AttemptReport) {
        if let Some(shortage) = report.shortage {
            self.short(seq, shortage, report.error_text);
            return;
        }
        let now = self.now();
        let Some(held) = self.held.remove(&seq) else { return };
        let judged = outcome::judge(
            &held,
            report,
            self.lanes.get(held.endpoint_seq),
            &self.parts.config,
            now.wall,
            &self.clock,
        );
        self.scheduler.attempt_ended(MessageKey(seq), judged.health, now);
        tracing::debug!(
            target: "hookbridge::delivery",
            message_id = %held.id,
            attempt_no = judged.ended.attempt.attempt_no,
            response_status = judged.ended.attempt.response_status,
            verdict = ?judged.ended.verdict,
            "attempt ended"
        );
        self.unrecorded += 1;
        self.record(judged.ended);
    }

    /// Something of ours was missing: that was no attempt, and the message is tried again shortly.
    fn short(&mut self, seq: i64, shortage: Shortage, text: Option<String>) {
        lack::begin(&mut self.lack, shortage, text, &self.parts.link);
        self.parts.link.settle(&[seq]);
        let now = self.now();
        if !self.scheduler.put_back(MessageKey(seq), now) {
            self.held.remove(&seq);
        }
    }

    fn record(&mut self, ended: Box<EndedAttempt>) {
        // Refused only where the engine is closed: then the next process attempts it again.
        if self.parts.queue.put_now(Record::new(ended)).is_err() {
            self.unrecorded = self.unrecorded.saturating_sub(1);
        }
    }

    fn recorded(&mut self, ended: &EndedAttempt, overtaken: bool) {
        self.unrecorded = self.unrecorded.saturating_sub(1);
        let next_due = match ended.verdict {
            Verdict::RetryAt { at, .. } if !overtaken => Some(at),
            _ => None,
        };
        self.scheduler.recorded(MessageKey(ended.seq), next_due);
        if overtaken {
            self.scheduler.outbox_has_work(LaneKey(ended.endpoint_seq));
        }
        self.parts.events.publish(|| outcome::event(ended, &self.clock));
    }
}

fn as_due(message: &DueMessage) -> Due {
    Due { message: MessageKey(message.seq), bytes: message.weight(), scheduled: message.due_at > 0 }
}
