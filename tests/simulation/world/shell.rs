//! What the real shell does around the real scheduler, over a simulated outbox and network.

use super::*;

/// The most notices that the loop takes at once, as in the shell but smaller, so that it is reached.
const TAKEN: usize = 4;

impl World {
    /// The loop takes its next turn soon, but may be busy.
    pub(super) fn wake(&mut self) {
        if !self.process.woken {
            self.process.woken = true;
            let busy = Duration::from_micros(self.rng.u64(0..1_500));
            self.schedule(busy, Event::Turn);
        }
    }

    /// As the shell's loop: it looks at either of its channels, whichever it likes.
    pub(super) fn turn(&mut self) {
        if self.process.findings.is_empty() || (!self.process.notices.is_empty() && self.rng.bool()) {
            let taken = self.process.notices.len().min(TAKEN);
            let notices: Vec<Notice> = self.process.notices.drain(..taken).collect();
            notices.into_iter().for_each(|notice| self.noticed(notice));
        } else {
            while let Some(finding) = self.process.findings.pop_front() {
                while let Some(notice) = self.process.notices.pop_front() {
                    self.noticed(notice);
                }
                self.happened(finding);
                self.others_go_on();
            }
        }
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

    fn happened(&mut self, finding: Finding) {
        match finding {
            Finding::Refilled { read, over } => {
                for ReadLane { lane, rows } in read {
                    self.refilled(lane, rows);
                }
                if over {
                    self.process.reading = false;
                    for seq in std::mem::take(&mut self.process.marks) {
                        self.process.withdrawn.remove(&seq);
                    }
                }
            }
            Finding::Attempted { seq, answer } => {
                if answer.short {
                    self.nothing_was_tried(seq);
                } else if self.loses_reports && !self.settling && self.rng.u8(..) < 4 {
                    self.report_lost(seq, answer);
                } else {
                    self.attempt_ended(seq, answer);
                }
            }
        }
    }

    pub(super) fn load_lane(&mut self, lane: i64) {
        let endpoint = self.outbox.endpoints[&lane].clone();
        let now = self.now();
        let settings = endpoint.settings();
        self.process.ledger.set_rate_limit(lane, endpoint.rate_limit, self.mono);
        self.process.lanes.insert(lane, endpoint);
        for message in self.process.scheduler.set_lane(LaneKey(lane), settings, now) {
            self.process.held.remove(&message.0);
        }
    }

    pub(super) fn reread_all(&mut self) {
        let waiting: BTreeSet<i64> = self
            .outbox
            .messages
            .values()
            .filter(|message| message.is_waiting())
            .map(|message| message.lane)
            .chain(self.process.lanes.keys().copied())
            .collect();
        waiting.into_iter().for_each(|lane| self.load_lane(lane));
        for message in self.process.scheduler.reread_all() {
            self.process.held.remove(&message.0);
        }
    }

    pub(super) fn noticed(&mut self, notice: Notice) {
        match notice {
            Notice::Accepted(seq) => {
                let lane = self.outbox.messages[&seq].lane;
                if !self.process.scheduler.has_lane(LaneKey(lane)) {
                    self.load_lane(lane);
                }
                // The message as it was accepted: an operation may have changed the row since.
                let mut held = Held::of(&self.outbox.messages[&seq]);
                (held.epoch, held.attempt_count, held.schedule_start) = (0, 0, 0);
                let mut due = self.outbox.due(seq);
                due.scheduled = false;
                if self.process.scheduler.offer(LaneKey(lane), due) {
                    self.process.held.insert(seq, held);
                }
            }
            Notice::OthersWrote(lane) => {
                if !self.process.scheduler.has_lane(LaneKey(lane)) {
                    self.load_lane(lane);
                }
                self.process.scheduler.outbox_has_work(LaneKey(lane));
            }
            Notice::RereadAll => self.reread_all(),
            Notice::EndpointChanged(lane) => self.load_lane(lane),
            Notice::Withdrawn(seq) => {
                self.process.scheduler.withdraw(MessageKey(seq));
                if self.process.reading {
                    self.process.marks.insert(seq);
                } else {
                    self.process.withdrawn.remove(&seq);
                }
            }
            Notice::Requeued { seq, lane } => {
                self.process.scheduler.withdraw(MessageKey(seq));
                self.process.withdrawn.remove(&seq);
                if !self.process.scheduler.has_lane(LaneKey(lane)) {
                    self.load_lane(lane);
                }
                self.process.scheduler.outbox_has_work(LaneKey(lane));
            }
            Notice::Recorded { ended, overtaken } => {
                let next = ended.due_at.filter(|_| !overtaken).map(Timestamp::from_millis);
                self.process.scheduler.recorded(MessageKey(ended.seq), next);
                if overtaken {
                    self.process.scheduler.outbox_has_work(LaneKey(ended.held.lane));
                }
            }
            Notice::NotRecorded(ended) => self.schedule(RECORD_AGAIN, Event::Commit(ended)),
        }
    }

    pub(super) fn refilled(&mut self, lane: i64, rows: Option<(Vec<(i64, Held)>, Read)>) {
        match rows {
            Some((found, read)) => {
                let mut dues = Vec::new();
                for ((seq, held), due) in found.into_iter().zip(&read.rows) {
                    if !self.process.scheduler.is_known(MessageKey(seq)) && !self.process.marks.contains(&seq)
                    {
                        dues.push(*due);
                        self.process.held.insert(seq, held);
                    }
                }
                let scheduler = &mut self.process.scheduler;
                for refused in scheduler.refilled(LaneKey(lane), &dues, read.more, read.next_due) {
                    self.process.held.remove(&refused.0);
                }
            }
            None => {
                let now = self.now();
                self.process.read_failed.insert(lane, self.mono);
                self.process.scheduler.refill_failed(LaneKey(lane), now);
            }
        }
    }

    pub(super) fn act(&mut self) {
        self.poll();
        // A start that came to nothing gives its lane another turn.
        while self.process.scheduler.next_wake(self.now()) == Some(Duration::ZERO) {
            self.poll();
        }
        self.check_fairness();
        let held: usize = self.process.held.values().map(|held| held.bytes).sum();
        // One message for every lane, however full the memory is, or the last of a refill that does not fit whole.
        let most = self.limits.memory_budget_bytes + LARGEST * self.outbox.endpoints.len();
        assert!(held <= most, "{held} bytes are held and {most} are allowed");
    }

    pub(super) fn poll(&mut self) {
        let now = self.now();
        let (mut commands, mut dropped) = (Vec::new(), Vec::new());
        self.process.scheduler.poll(now, &mut commands, &mut dropped);
        for message in dropped {
            self.process.held.remove(&message.0);
        }
        for command in commands {
            match command {
                Command::Refill { lane, room, bytes } => self.process.wanted.push((lane.0, room, bytes)),
                Command::Start { lane, message } => self.start(lane.0, message.0),
            }
        }
        self.read_wanted();
    }

    fn read_wanted(&mut self) {
        if self.process.reading || self.process.wanted.is_empty() {
            return;
        }
        self.process.reading = true;
        let scheduler = &self.process.scheduler;
        let known = |lane| scheduler.known_of(LaneKey(lane)).map(|message| message.0).collect();
        let wanted = std::mem::take(&mut self.process.wanted)
            .into_iter()
            .map(|(lane, room, bytes)| Wanted { lane, room, bytes, known: known(lane) })
            .collect();
        let later = Duration::from_micros(self.rng.u64(0..3_000));
        self.schedule(later, Event::ReadBegins { wanted });
    }

    /// One snapshot for all lanes, handed over in parts, and perhaps a storage that fails on the way.
    pub(super) fn reads(&mut self, wanted: Vec<Wanted>) {
        let mut failed = false;
        let mut later = Duration::ZERO;
        let (mut part, mut left) = (Vec::new(), wanted.len());
        for Wanted { lane, room, bytes, known } in wanted {
            failed |= !self.settling && self.rng.u8(..) < 8;
            let rows = (!failed).then(|| {
                let read = self.outbox.read(lane, self.wall, room, bytes, |seq| known.contains(&seq));
                let held = read
                    .rows
                    .iter()
                    .map(|due| (due.message.0, Held::of(&self.outbox.messages[&due.message.0])))
                    .collect();
                (held, read)
            });
            part.push(ReadLane { lane, rows });
            left -= 1;
            if left == 0 || self.rng.u8(0..3) == 0 {
                later += Duration::from_micros(self.rng.u64(1..3_000));
                let read = std::mem::take(&mut part);
                self.schedule(later, Event::ReadDone { read, over: left == 0 });
            }
        }
    }

    pub(super) fn start(&mut self, lane: i64, seq: i64) {
        assert!(
            !self.process.in_flight.contains(&seq),
            "started again while it was under way or being recorded"
        );
        if self.process.withdrawn.contains(&seq) {
            self.process.held.remove(&seq);
            self.process.scheduler.abandon(MessageKey(seq));
            return;
        }
        self.process.in_flight.insert(seq);
        let held = self.process.held[&seq];
        let message = &self.outbox.messages[&seq];
        assert_eq!((held.lane, message.lane), (lane, lane), "started in another's lane");
        assert!(!message.deleted, "started after it was deleted");
        assert!(
            message.is_waiting(),
            "started while it was {:?}, in flight or given up: {message:?}, {held:?}",
            message.status
        );
        assert!(message.is_due(self.latest_wall), "started before its time");
        let endpoint = &self.process.lanes[&lane];
        assert!(!endpoint.paused, "started while paused");
        if let Some(answered) = self.pause_answered.get(&lane) {
            assert!(message.accepted_at < *answered, "accepted after the pause was answered, and started");
        }
        self.process.ledger.started(lane, self.limits, self.mono);
        self.totals.rate_limited_starts += u64::from(endpoint.rate_limit.is_some());
        self.process.overtaken_by.remove(&lane);
        for counts in self.process.overtaken_by.values_mut() {
            *counts.entry(lane).or_default() += 1;
        }
        self.totals.attempts += 1;
        // A shortage lasts for a while, and for all that begins meanwhile.
        let short = !self.settling && self.mono.as_millis() / 400 % 11 == 3;
        let answer =
            if short { Answer::short(&mut self.rng) } else { self.manners[&lane].answer(&mut self.rng) };
        self.schedule(answer.after, Event::AttemptEnds { seq, answer });
    }

    /// Something of ours was missing: no attempt, and the message waits where it was.
    fn nothing_was_tried(&mut self, seq: i64) {
        self.totals.shortages += 1;
        let lane = self.process.held[&seq].lane;
        self.process.in_flight.remove(&seq);
        self.process.ledger.nothing_was_tried(lane);
        self.process.short.insert(lane);
        let now = self.now();
        if !self.process.scheduler.put_back(MessageKey(seq), now) {
            self.process.held.remove(&seq);
        }
    }

    /// Nobody knows what the receiver said: the message is due as before.
    pub(super) fn report_lost(&mut self, seq: i64, answer: Answer) {
        let Some(held) = self.process.held.remove(&seq) else { panic!("an attempt at nothing") };
        self.totals.lost_reports += 1;
        if classify(answer.status, answer.retry_after) == Outcome::Succeeded {
            *self.successes.entry(seq).or_default() += 1;
            *self.excused.entry(seq).or_default() += 1;
        }
        self.process.ledger.abandoned(held.lane);
        self.process.in_flight.remove(&seq);
        self.process.scheduler.abandon(MessageKey(seq));
    }

    pub(super) fn attempt_ended(&mut self, seq: i64, answer: Answer) {
        let Some(held) = self.process.held.remove(&seq) else { panic!("an attempt at nothing") };
        let endpoint = &self.process.lanes[&held.lane];
        let outcome = classify(answer.status, answer.retry_after);
        let failure = held.attempt_count + 1 - held.schedule_start.min(held.attempt_count);
        let policy = RetryPolicy { schedule: &endpoint.schedule, max_attempts: endpoint.max_attempts };
        let wall = Timestamp::from_millis(self.wall);
        let (status, due_at, health) = match outcome {
            Outcome::Succeeded => (Status::Succeeded, None, Health::Answered),
            Outcome::Permanent { .. } => (Status::Dead, None, Health::Answered),
            Outcome::Retry { kind, retry_after } => {
                let health = if kind == RetryType::Fast { Health::RateLimited } else { Health::Troubled };
                match policy.after_failure(failure, kind, retry_after, wall, self.rng.f64()) {
                    Next::RetryAt { at, delay } => {
                        let gap = match kind {
                            RetryType::Fast => endpoint.schedule.fast_gap(failure),
                            RetryType::Slow => endpoint.schedule.slow_gap(failure),
                        };
                        assert!(delay >= gap && delay >= retry_after.unwrap_or_default());
                        assert!(failure < endpoint.max_attempts, "more attempts than allowed");
                        (Status::PendingRetry(kind), Some(at.as_millis().max(1)), health)
                    }
                    Next::Dead => {
                        assert!(failure >= endpoint.max_attempts, "given up too early");
                        (Status::Dead, None, health)
                    }
                }
            }
        };
        if status == Status::Succeeded {
            *self.successes.entry(seq).or_default() += 1;
            self.totals.delivered += 1;
        }
        self.process.ledger.ended(held.lane, health);
        self.process.short.remove(&held.lane);
        let now = self.now();
        self.process.scheduler.attempt_ended(MessageKey(seq), health, now);
        let gone = outcome == Outcome::Permanent { gone: true };
        let commit = Duration::from_micros(self.rng.u64(100..8_000));
        self.schedule(commit, Event::Commit(Ended { seq, held, status, due_at, gone }));
    }

    pub(super) fn commit(&mut self, ended: Ended) {
        if !self.settling && self.rng.u8(..) < 4 {
            self.tell(Notice::NotRecorded(ended));
            return;
        }
        let Some(message) = self.outbox.messages.get_mut(&ended.seq) else { return };
        let overtaken = message.epoch != ended.held.epoch || message.deleted;
        let attempts = ended.held.attempt_count + 1;
        if !overtaken {
            assert_eq!(message.attempt_count + 1, attempts, "attempts are counted in order");
            assert!(message.is_waiting(), "an outcome for a message that did not wait");
            message.status = ended.status;
            message.due_at = ended.due_at;
        } else if ended.status == Status::Succeeded {
            // The receiver has it, whatever was decided meanwhile.
            message.status = Status::Succeeded;
            message.due_at = None;
        }
        message.attempt_count = message.attempt_count.max(attempts);
        if ended.gone {
            if let Some(endpoint) = self.outbox.endpoints.get_mut(&ended.held.lane) {
                endpoint.paused = true;
            }
            self.tell(Notice::EndpointChanged(ended.held.lane));
        }
        self.process.in_flight.remove(&ended.seq);
        self.tell(Notice::Recorded { ended, overtaken });
    }
}
