//! The lane of one endpoint: its messages in memory, what it knows of the outbox, and what it may do now.

use std::collections::VecDeque;
use std::time::Duration;

use super::breaker::Breaker;
use super::slots::Standing;
use super::token_bucket::{RateLimit, TokenBucket};
use super::turns::Place;
use super::{Due, MessageKey, Now, RowSet};
use crate::model::timestamp::Timestamp;

/// The most messages that a window is read up to.
const WINDOW: usize = 256;
/// How many messages a window has room for, for each attempt that the lane may have under way.
const WINDOW_PER_SLOT: usize = 4;
/// A lane that reads on within the first of these times doubles its window, so that a read brings about as many messages as the
/// lane sends in that time. One that reads on only after the second halves what its window has grown by.
const READS_ON_SOON: Duration = Duration::from_secs(1);
const READS_ON_LATE: Duration = Duration::from_secs(10);
/// The size of a message in bytes that is assumed for a lane that has not read any.
const USUAL_BYTES: usize = 2_048;
/// Up to how many messages a lane holds when it takes a fresh one from this process, and how many quarters of the memory
/// budget may be full then. This is for a lane whose endpoint answers; the last quarter is left for messages read from the
/// outbox.
const OFFERED_TO_PROVEN: (usize, usize) = (65_536, 3);
/// The same limits for a lane whose endpoint has not answered yet or fails. Endpoints that hang must not take the room of
/// those that answer.
const OFFERED_TO_OTHERS: (usize, usize) = (1_024, 1);
/// How long a lane waits before it reads a message again whose start was refused.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);
/// How long a lane waits after this process lacked something for its attempt, at first and at most.
const SHORT_BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// How long a lane waits after its refill failed, at first and at most.
const REFILL_BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// The settings of a lane's endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneSettings {
    /// Whether the endpoint is paused: nothing is started.
    pub paused: bool,
    /// Deliveries a second.
    pub rate_limit: Option<RateLimit>,
}

#[derive(Debug)]
pub(super) struct Lane {
    pub paused: bool,
    bucket: Option<TokenBucket>,
    pub breaker: Breaker,
    /// Retries in the window, whose time has come.
    retries: VecDeque<Due>,
    fresh: VecDeque<Due>,
    /// Every message of the lane that is in memory: in the window, under way or being recorded.
    pub known: RowSet<MessageKey>,
    pub in_flight: u32,
    /// Whether the outbox has due messages that are not in memory.
    pub more_on_disk: bool,
    /// When the earliest of the messages that are not due yet will be due.
    pub next_due: Option<Timestamp>,
    /// How many bytes the refill under way may bring; `None` where none is under way.
    pub refilling: Option<usize>,
    /// The earliest due time that was announced since the refill under way began.
    pub expected_meanwhile: Option<Timestamp>,
    /// Messages that were offered since the refill under way began. It may return them as they were before their attempts.
    pub offered_meanwhile: RowSet<MessageKey>,
    refill_not_before: Duration,
    refill_back_off: Duration,
    /// The size to which the window has grown, where that is above what the in-flight limit asks for.
    grown: usize,
    /// When the lane last read on.
    last_refill: Option<Duration>,
    /// Whether that read left due messages on disk.
    left_some: bool,
    /// The mean size of the messages that the lane last read, in bytes.
    usual_bytes: usize,
    short: Option<ShortageBackOff>,
    /// Whether the endpoint changed and is being read. Nothing is started, since it may be paused.
    pub unread: bool,
    /// Whether another process serves the lane.
    pub left: bool,
    /// Whether something happened to the lane since idle lanes were last looked for.
    pub touched: bool,
    pub place: Place,
}

/// This process lacked something for the lane's attempts: one at a time is tried, until one is made.
#[derive(Clone, Copy, Debug)]
struct ShortageBackOff {
    until: Duration,
    back_off: Duration,
}

/// What a lane may do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ready {
    Now,
    /// Not before this moment of the steady clock.
    At(Duration),
    /// Not until something happens.
    No,
}

impl Lane {
    pub(super) fn new(settings: LaneSettings, most_in_flight: u32, now: Duration) -> Self {
        Self {
            paused: settings.paused,
            bucket: settings.rate_limit.map(|limit| TokenBucket::new(limit, now)),
            breaker: Breaker::new(most_in_flight),
            retries: VecDeque::new(),
            fresh: VecDeque::new(),
            known: RowSet::default(),
            in_flight: 0,
            more_on_disk: true,
            next_due: None,
            refilling: None,
            expected_meanwhile: None,
            offered_meanwhile: RowSet::default(),
            refill_not_before: Duration::ZERO,
            refill_back_off: REFILL_BACK_OFF.0,
            grown: 0,
            last_refill: None,
            left_some: false,
            usual_bytes: USUAL_BYTES,
            short: None,
            unread: false,
            left: false,
            touched: true,
            place: Place::Out,
        }
    }

    pub(super) fn set(&mut self, settings: LaneSettings, now: Duration) {
        self.paused = settings.paused;
        (self.unread, self.left) = (false, false);
        match (settings.rate_limit, &mut self.bucket) {
            (None, bucket) => *bucket = None,
            (Some(limit), Some(bucket)) if bucket.limit() != limit => bucket.set_limit(limit, now),
            (Some(_), Some(_)) => {}
            (Some(limit), bucket) => *bucket = Some(TokenBucket::new(limit, now)),
        }
    }

    /// Another process serves the lane from now on.
    pub(super) fn leave(&mut self) {
        (self.left, self.paused, self.unread, self.next_due) = (true, true, false, None);
    }

    /// Whether the lane holds nothing and expects nothing, so that it can be forgotten and created again when needed.
    pub(super) fn is_idle(&self) -> bool {
        self.known.is_empty()
            && self.in_flight == 0
            && self.refilling.is_none()
            && (self.next_due.is_none() || self.left)
            && self.short.is_none()
            && !self.unread
            && (self.paused || !self.more_on_disk)
            && self.place == Place::Out
    }

    pub(super) fn bucket(&self) -> Option<&TokenBucket> {
        self.bucket.as_ref()
    }

    /// Whether this process lacked something for the last attempt.
    pub(super) fn is_short(&self) -> bool {
        self.short.is_some()
    }

    pub(super) fn held(&self) -> usize {
        self.retries.len() + self.fresh.len()
    }

    /// How many messages the window has room for.
    pub(super) fn window(&self) -> usize {
        (self.breaker.limit() as usize * WINDOW_PER_SLOT).max(self.grown).clamp(WINDOW_PER_SLOT, WINDOW)
    }

    /// Begins a refill. Returns how many messages it may bring, and about how many bytes they will have.
    pub(super) fn begin_refill(&mut self, now: Duration) -> (usize, usize) {
        let since = self.last_refill.replace(now).map(|at| now.saturating_sub(at));
        let sends = self.breaker.standing() == Standing::Proven && !self.breaker.is_open();
        match since {
            _ if !sends => self.grown = 0,
            Some(since) if since < READS_ON_SOON && self.left_some => {
                self.grown = (self.window() * 2).min(WINDOW);
            }
            Some(since) if since > READS_ON_LATE => self.grown /= 2,
            _ => {}
        }
        let room = self.window() - self.held().min(self.window() - 1);
        (room, room.saturating_mul(self.usual_bytes + self.usual_bytes / 4))
    }

    /// Whether the lane takes a fresh message with which memory holds `held` of `budget` bytes. A message that is taken
    /// need not be read from the outbox. It is not taken where older messages of the lane are on disk.
    pub(super) fn takes_offer(&self, held: usize, budget: usize) -> bool {
        let trusted = self.breaker.standing() == Standing::Proven && !self.breaker.is_open();
        let (most, quarters) = if trusted { OFFERED_TO_PROVEN } else { OFFERED_TO_OTHERS };
        !self.paused && !self.more_on_disk && self.held() < most && held <= budget / 4 * quarters
    }

    pub(super) fn push(&mut self, due: Due) {
        if due.scheduled {
            self.retries.push_back(due);
        } else {
            self.fresh.push_back(due);
        }
    }

    /// Puts a message back in its place in the window, since this process lacked something for its attempt. True where the lane's
    /// shortage began with it.
    pub(super) fn put_back(&mut self, due: Due, now: Duration) -> bool {
        if due.scheduled {
            self.retries.push_front(due);
        } else {
            self.fresh.push_front(due);
        }
        if let Some(bucket) = &mut self.bucket {
            bucket.give_back();
        }
        self.begin_shortage(now)
    }

    /// This process lacked something for an attempt: the lane waits. True where its shortage began with it.
    pub(super) fn begin_shortage(&mut self, now: Duration) -> bool {
        let back_off = match self.short {
            // Attempts that were under way together fail together: they count once.
            Some(short) if now < short.until => return false,
            Some(short) => (short.back_off * 2).min(SHORT_BACK_OFF.1),
            None => SHORT_BACK_OFF.0,
        };
        self.short.replace(ShortageBackOff { until: now + back_off, back_off }).is_none()
    }

    /// An attempt was made: the lane's shortage is over. False where there was none.
    pub(super) fn end_shortage(&mut self) -> bool {
        self.short.take().is_some()
    }

    /// Takes the next message out of the window. The caller has a token and a slot for it.
    pub(super) fn pop(&mut self, now: Duration) -> Option<Due> {
        if let Some(due) = self.retries.pop_front() {
            return Some(due);
        }
        if self.breaker.cool_until() > now { None } else { self.fresh.pop_front() }
    }

    /// Empties the window; its messages are read again from the outbox.
    pub(super) fn clear(&mut self) -> Vec<Due> {
        self.more_on_disk |= self.held() > 0;
        self.retries.drain(..).chain(self.fresh.drain(..)).collect()
    }

    /// Whether the next message may start, as far as the lane's own limits go.
    pub(super) fn readiness(&mut self, now: Duration) -> Ready {
        let limit = if self.short.is_some() { 1 } else { self.breaker.limit() };
        if self.paused || self.unread || self.held() == 0 || self.in_flight >= limit {
            return Ready::No;
        }
        if let Some(short) = self.short.filter(|short| short.until > now) {
            return Ready::At(short.until);
        }
        let cool_until = self.breaker.cool_until();
        if self.retries.is_empty() && cool_until > now {
            return Ready::At(cool_until);
        }
        Ready::Now
    }

    /// Takes a token of the rate limit.
    ///
    /// # Errors
    /// When there will be one.
    pub(super) fn take_token(&mut self, now: Duration) -> Result<(), Duration> {
        self.bucket.as_mut().map_or(Ok(()), |bucket| bucket.take(now))
    }

    /// Whether the lane should read on from the outbox.
    pub(super) fn wants_refill(&self, now: Now) -> bool {
        let due_on_disk = self.more_on_disk || self.next_due.is_some_and(|due| due <= now.wall);
        due_on_disk
            && !self.paused
            && self.refilling.is_none()
            && self.held() * 2 <= self.window()
            && self.refill_not_before <= now.mono
    }

    /// Until when a refill waits, after one failed or a start was refused.
    pub(super) fn refill_wait(&self, now: Duration) -> Option<Duration> {
        Some(self.refill_not_before).filter(|at| *at > now)
    }

    /// The refill under way brought `rows`; `more` says whether it left due messages on disk. Returns the bytes reserved for it.
    pub(super) fn refilled(&mut self, rows: &[Due], more: bool) -> usize {
        self.refill_back_off = REFILL_BACK_OFF.0;
        self.left_some = more;
        let bytes: usize = rows.iter().map(|due| due.bytes).sum();
        self.usual_bytes = bytes.checked_div(rows.len()).unwrap_or(self.usual_bytes);
        self.refilling.take().unwrap_or(0)
    }

    /// The refill under way failed. Returns the bytes reserved for it.
    pub(super) fn refill_failed(&mut self, now: Duration) -> usize {
        self.more_on_disk = true;
        self.refill_not_before = now + self.refill_back_off;
        self.refill_back_off = (self.refill_back_off * 2).min(REFILL_BACK_OFF.1);
        self.refilling.take().unwrap_or(0)
    }

    /// The start of a message was refused: it is read again after a pause.
    pub(super) fn refused(&mut self, now: Duration) {
        self.more_on_disk = true;
        self.refill_not_before = self.refill_not_before.max(now + REFUSED_PAUSE);
    }

    /// A message on disk will be due at `at`. True where that is earlier than every due time known before.
    pub(super) fn expect(&mut self, at: Timestamp) -> bool {
        if self.refilling.is_some() {
            self.expected_meanwhile = Some(self.expected_meanwhile.map_or(at, |known| known.min(at)));
        }
        let earlier = self.next_due.is_none_or(|known| at < known);
        if earlier {
            self.next_due = Some(at);
        }
        earlier
    }
}
