//! What the real driver does around the real loop, with simulated threads, tasks and sockets.

use super::process::{Expected, UnderWay};
use super::*;
use crate::delivery::delivery_loop::Order;
use crate::delivery::reader;
use crate::delivery::retry_policy::{Next, RetryPolicy};
use crate::delivery::scheduler::Health;
use crate::delivery::targets::Receivers;
use crate::error::{Error, ErrorCode};
use crate::model::attempt::RetryType;
use crate::model::retry_after::retry_after;
use crate::outbox::due::Due;
use crate::outbox::due_at;
use crate::outbox::ended::Verdict;
use crate::wire::outcome::{Outcome, classify};

/// The most notices that the loop takes at once, as in the driver but smaller, so that it is reached.
const NOTICES_AT_ONCE: usize = 4;
/// How often a start that comes to nothing may give its lane another turn at one moment.
const POLLS: usize = 10_000;

impl World {
    /// The loop takes its next turn soon, but may be busy.
    pub(super) fn wake(&mut self) {
        if !self.process.woken {
            self.process.woken = true;
            self.soon(1_500, Event::Turn);
        }
    }

    pub(super) fn found(&mut self, finding: Finding) {
        self.process.findings.push_back(finding);
        self.wake();
    }

    pub(in crate::simulation) fn next_wake(&mut self) -> Option<Duration> {
        let moment = self.moment();
        self.process.state.next_wake(&moment)
    }

    /// As the driver's loop: it looks at either of its channels, whichever it likes.
    pub(super) fn turn(&mut self) {
        if self.process.findings.is_empty() || (!self.process.notices.is_empty() && self.rng.bool()) {
            let taken = self.process.notices.len().min(NOTICES_AT_ONCE);
            let notices: Vec<Notice> = self.process.notices.drain(..taken).collect();
            notices.into_iter().for_each(|notice| self.noticed(notice));
        } else {
            while let Some(finding) = self.process.findings.pop_front() {
                while let Some(notice) = self.process.notices.pop_front() {
                    self.noticed(notice);
                }
                self.happened(finding);
                self.carry_out();
                self.others_go_on();
            }
        }
        self.carry_out();
        self.process.woken = false;
        if !self.process.notices.is_empty() || !self.process.findings.is_empty() {
            self.wake();
        }
    }

    /// The writer and the tasks do not wait for the loop's turn to end.
    fn others_go_on(&mut self) {
        let until = self.mono + Duration::from_micros(self.rng.u64(0..500));
        while let Some(next) = self.events.first_entry()
            && next.key().0 <= until
        {
            let ((at, _), event) = next.remove_entry();
            self.advance(at.max(self.mono));
            self.happen(event);
        }
    }

    fn noticed(&mut self, notice: Notice) {
        match &notice {
            Notice::EndpointChanged(lane) if self.is_paused(*lane) => {
                self.process.known_to_be_paused.insert(*lane);
            }
            Notice::Recorded { ended, .. } => {
                self.process.unwritten.remove(&ended.message);
            }
            _ => {}
        }
        let moment = self.moment();
        self.process.state.noticed(notice, &moment);
    }

    fn happened(&mut self, finding: Finding) {
        match &finding {
            Finding::Attempted { message, report } => {
                let retry_after = report.response.as_ref().and_then(|response| {
                    let values = response.retry_after.iter().map(String::as_str);
                    retry_after(values, Timestamp::from_millis(self.wall))
                });
                match report.shortage {
                    Some(_) => self.nothing_was_tried(*message),
                    None => self.attempt_ended(*message, classify(report.status(), retry_after)),
                }
            }
            Finding::Lost { message } => {
                let lane = self.process.under_way.remove(message).expect("it was under way").lane;
                self.process.ledger.abandoned(lane);
            }
            Finding::Read(read) => self.read(read),
            _ => {}
        }
        let moment = self.moment();
        self.process.state.happened(finding, &moment);
    }

    /// What the ledger has to know of what was read.
    fn read(&mut self, read: &Read) {
        for (lane, loaded) in &read.loaded {
            match loaded {
                Ok(Some((_, settings))) if !self.process.state.awaits_endpoint(*lane) => {
                    self.process.ledger.set_rate_limit(*lane, limit(settings.rate_limit), self.mono);
                }
                Err(_) => drop(self.process.read_failed.insert(*lane, self.mono)),
                _ => {}
            }
        }
        for (lane, refilled) in &read.refilled {
            if refilled.is_err() {
                self.process.read_failed.insert(*lane, self.mono);
            }
        }
        if let Some(Err(_)) = read.overview {
            for (lane, _) in &self.lanes {
                self.process.read_failed.insert(*lane, self.mono);
            }
        }
    }

    /// Does what is to be done at this moment.
    pub(super) fn act(&mut self) {
        for _ in 0..POLLS {
            let moment = self.moment();
            self.process.state.act(&moment);
            self.carry_out();
            if self.next_wake() != Some(Duration::ZERO) {
                self.carry_out();
                return self.check_after_acting();
            }
        }
        panic!("the loop does not come to rest: {:?}", self.process.state.scheduler());
    }

    fn carry_out(&mut self) {
        let mut orders = Vec::new();
        self.process.state.take_orders(&mut orders);
        for order in orders {
            match order {
                Order::Attempt(message) => self.attempt_begins(message),
                Order::Read(request) => self.soon(3_000, Event::ReadsEndpoints(request)),
                Order::Record(ended) => self.record(ended),
                Order::RecordLater(ended, pause) => self.schedule(pause, Event::RecordAgain(ended)),
                Order::NoteClocks(reading) => {
                    self.process.outbox.note_clocks(reading);
                    self.wake_writer();
                }
            }
        }
    }

    fn storage_fails(&mut self) -> bool {
        !self.settling && self.rng.u8(..) < 8
    }

    /// As the reader's thread, which may fail on the way.
    pub(super) fn reads_endpoints(&mut self, mut request: Request) {
        let mut read = Read::default();
        let outbox = self.process.outbox.clone();
        let failed = || Error::new(ErrorCode::StorageUnavailable, "simulated");
        if std::mem::take(&mut request.overview) {
            let fails = self.storage_fails();
            read.overview = Some(if fails { Err(failed()) } else { outbox.overview() });
        }
        let load = std::mem::take(&mut request.load);
        let fails = self.storage_fails();
        let read_well = if fails { self.rng.usize(0..=load.len()) } else { load.len() };
        let (well, ill) = load.split_at(read_well);
        let targets = Receivers { allow_local: true };
        outbox
            .lanes(well, &mut |lane, stored| read.loaded.push(reader::made(lane, stored, &targets)))
            .expect("the store is well");
        read.loaded.extend(ill.iter().map(|lane| (*lane, Err(failed()))));
        read.over = request.refill.is_empty();
        let over = read.over;
        self.soon(3_000, Event::Read(read));
        if !over {
            // Behind what was handed over just now.
            self.schedule(Duration::from_micros(3_000), Event::ReadsDue(request));
        }
    }

    /// One snapshot for all lanes, handed over in parts.
    pub(super) fn reads_due(&mut self, request: Request) {
        let outbox = self.process.outbox.clone();
        let failed = || Error::new(ErrorCode::StorageUnavailable, "simulated");
        let fails = self.storage_fails();
        let wanted = &request.refill;
        let read_well = if fails { self.rng.usize(0..=wanted.len()) } else { wanted.len() };
        let (well, ill) = wanted.split_at(read_well);
        let mut refilled = Vec::new();
        outbox
            .refill(well, request.now, request.wall, &mut |lane, refill| refilled.push((lane, Ok(refill))))
            .expect("the store is well");
        refilled.extend(ill.iter().map(|wanted| (wanted.lane, Err(failed()))));
        let mut later = Duration::ZERO;
        let mut part = Read::default();
        let mut left = refilled.len();
        for lane in refilled {
            part.refilled.push(lane);
            left -= 1;
            if left == 0 || self.rng.u8(0..3) == 0 {
                later += Duration::from_micros(self.rng.u64(1..3_000));
                let read = Read { over: left == 0, ..std::mem::take(&mut part) };
                self.schedule(later, Event::Read(read));
            }
        }
    }

    fn attempt_begins(&mut self, message: MessageKey) {
        let (held, _) = self.process.state.under_way(message).expect("an order that can be carried out");
        assert!(
            !self.process.under_way.contains_key(&message) && !self.process.unwritten.contains_key(&message),
            "started again while it was under way or being recorded"
        );
        let lane = held.lane;
        assert!(!self.is_elsewhere(lane), "started in a lane that another process has");
        let failure = held.attempt_count + 1 - held.schedule_start.min(held.attempt_count);
        {
            let state = self.process.outbox.state();
            let stored = &state.messages()[&message];
            assert_eq!(stored.lane, lane, "started in another's lane");
            // Another process does not know what is about to begin here.
            if !self.edited_elsewhere.contains(&message) {
                assert!(stored.deleted_at.is_none(), "started after it was deleted: {stored:?}");
                let due_at =
                    stored.due_at.unwrap_or_else(|| panic!("started though it does not wait: {stored:?}"));
                assert!(due_at::is_due(due_at, self.latest_due), "started before its time: {stored:?}");
                let over = stored.timing.is_over(Timestamp::from_millis(self.wall));
                assert!(!over, "started after it had expired: {stored:?}");
            }
            assert!(!self.process.known_to_be_paused.contains(&lane), "started while known to be paused");
            if let Some(answered) = self.pause_answered.get(&lane) {
                let sent_at = self.sent_at[&stored.id];
                assert!(sent_at < *answered, "accepted after the pause was answered, and started");
            }
        }
        self.check_order(message);
        let limits = (self.config.max_in_flight, self.config.max_in_flight_per_endpoint);
        self.totals.rate_limited_starts += u64::from(self.process.ledger.started(lane, limits, self.mono));
        self.process.overtaken_by.remove(&lane);
        for counts in self.process.overtaken_by.values_mut() {
            *counts.entry(lane).or_default() += 1;
        }
        self.totals.attempts += 1;
        let started_at = Timestamp::from_millis(self.wall);
        self.process.under_way.insert(message, UnderWay { lane, started_at, failure });
        // A shortage lasts for a while, and for all that begins meanwhile.
        let short = !self.settling && self.mono.as_millis() / 400 % 11 == 3;
        let answer =
            if short { Answer::short(&mut self.rng) } else { self.manners[&lane].answer(&mut self.rng) };
        self.schedule(answer.after, Event::AttemptEnds { message, answer });
    }

    /// Of an ordering key one message is under way at a time, and none while an older one waits that was not replayed.
    fn check_order(&self, message: MessageKey) {
        let state = self.process.outbox.state();
        let stored = &state.messages()[&message];
        let Some(key) = &stored.ordering_key else { return };
        for (other, row) in state.messages() {
            if *other == message || row.lane != stored.lane || row.ordering_key.as_ref() != Some(key) {
                continue;
            }
            assert!(
                !self.process.under_way.contains_key(other) && !self.process.unwritten.contains_key(other),
                "two of one order at once: {other:?} and {message:?}"
            );
            let waits = (row.due_at.is_some() || row.held_due_at.is_some()) && row.deleted_at.is_none();
            let is_first = *other < message && row.replay_count == 0;
            assert!(!(waits && is_first), "{message:?} went before {other:?} of its order");
        }
    }

    /// The receiver has answered; whether that is reported is another matter.
    pub(super) fn attempt_ends(&mut self, message: MessageKey, answer: Answer) {
        let succeeded = !answer.short && classify(answer.status, None) == Outcome::Succeeded;
        if succeeded {
            *self.successes.entry(message).or_default() += 1;
            self.totals.delivered += 1;
        }
        if !answer.short && self.loses_reports && !self.settling && self.rng.u8(..) < 4 {
            self.totals.lost_reports += 1;
            // Nobody knows what the receiver said: the message is due as before.
            *self.excused.entry(message).or_default() += u32::from(succeeded);
            return self.found(Finding::Lost { message });
        }
        // Should the process die before it is written.
        self.process.unwritten.insert(message, succeeded);
        let under_way = self.process.under_way[&message];
        let report = Box::new(answer.report(under_way.started_at));
        self.found(Finding::Attempted { message, report });
    }

    /// Something of ours was missing: no attempt, and the message waits where it was.
    fn nothing_was_tried(&mut self, message: MessageKey) {
        self.totals.shortages += 1;
        let lane = self.process.under_way.remove(&message).expect("it was under way").lane;
        self.process.unwritten.remove(&message);
        self.process.ledger.nothing_was_tried(lane);
        self.process.short.insert(lane);
    }

    fn attempt_ended(&mut self, message: MessageKey, outcome: Outcome) {
        let UnderWay { lane, failure, .. } =
            self.process.under_way.remove(&message).expect("it was under way");
        let (_, endpoint) = self.process.state.under_way(message).expect("it is held until it ended");
        let health = match outcome {
            Outcome::Succeeded | Outcome::Permanent { .. } => Health::Answered,
            Outcome::Retry { kind: RetryType::Fast, .. } => Health::RateLimited,
            Outcome::Retry { .. } => Health::Troubled,
        };
        self.process.ledger.ended(lane, health);
        self.process.short.remove(&lane);
        // Told by the schedule and not by what the loop makes of it.
        let schedule = endpoint.retry_schedule.as_ref().expect("each endpoint has its own");
        let most = endpoint.max_attempts.expect("each endpoint has its own");
        let backoff = match outcome {
            Outcome::Retry { kind, retry_after } if failure < most => {
                let gap = match kind {
                    RetryType::Fast => schedule.fast_gap(failure),
                    RetryType::Slow => schedule.slow_gap(failure),
                };
                let policy = RetryPolicy { schedule, max_attempts: most };
                match policy.after_failure(failure, kind, retry_after, Timestamp::from_millis(0), 0.0) {
                    Next::RetryAt { .. } => Some(gap.max(retry_after.unwrap_or_default())),
                    Next::Dead => panic!("given up too early"),
                }
            }
            _ => None,
        };
        let succeeded = outcome == Outcome::Succeeded;
        self.process.expected.insert(message, Expected { backoff, succeeded });
    }

    fn record(&mut self, ended: Box<EndedAttempt>) {
        if let Some(expected) = self.process.expected.remove(&ended.message) {
            let (succeeded, retried) = match ended.verdict {
                Verdict::Succeeded => (true, false),
                Verdict::RetryAt { .. } => (false, true),
                Verdict::Dead => (false, false),
            };
            // A retry that would come after the message's end is none.
            let is_cut = expected.backoff.is_some() && !retried && {
                let state = self.process.outbox.state();
                state.messages()[&ended.message].timing.expires_at.is_some()
            };
            let expects_retry = expected.backoff.is_some() && !is_cut;
            assert_eq!((succeeded, retried), (expected.succeeded, expects_retry), "{ended:?}");
            if let Some(least) = expected.backoff.filter(|_| !is_cut) {
                let backoff = ended.attempt.retry_after_seconds.expect("when it is tried again");
                assert!(backoff as f64 >= least.as_secs_f64().ceil(), "{backoff} s, {least:?} at least");
            }
        }
        self.process.outbox.record(ended).expect("the outbox is open");
        self.wake_writer();
    }
}
