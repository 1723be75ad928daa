//! One endpoint's lane: the messages it holds in memory, what it knows of the outbox, and what it may do now.

use std::collections::VecDeque;
use std::time::Duration;

use super::breaker::Breaker;
use super::slots::Standing;
use super::token_bucket::{RateLimit, TokenBucket};
use super::turns::Place;
use super::{Due, MessageKey, Now, RowSet};
use crate::model::timestamp::Timestamp;

/// The most messages that a lane holds.
const WINDOW: usize = 256;
/// How many a lane holds at least for each attempt that it may have under way.
const WINDOW_PER_SLOT: usize = 4;
/// A lane that reads on so soon after the last time holds twice as many from then on, so that a read brings about as many as it
/// sends in that time; one that does so only after this long, half.
const READS_ON_SOON: Duration = Duration::from_secs(1);
const READS_ON_LATE: Duration = Duration::from_secs(10);
/// The bytes of a message, for a lane that has not read any yet.
const USUAL_BYTES: usize = 2_048;
/// How many fresh messages a lane takes from this process, and how many quarters of the memory budget may be full of
/// messages then: where its endpoint answers, and where it has not answered yet or fails. Those that hang must not take
/// the room of those that answer; the last quarter is for who reads on from the outbox.
const OFFERED_TO_PROVEN: (usize, usize) = (65_536, 3);
const OFFERED_TO_OTHERS: (usize, usize) = (1_024, 1);
/// How long a lane waits before it reads a message again that it must not start now.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);
/// How long a lane waits after an attempt for which something of ours was missing, at first and at most.
const SHORT_BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
const REFILL_BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// What an operator set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LaneSettings {
    /// Nothing is started.
    pub paused: bool,
    /// Deliveries a second.
    pub rate_limit: Option<RateLimit>,
}

#[derive(Debug)]
pub(super) struct Lane {
    pub paused: bool,
    bucket: Option<TokenBucket>,
    pub breaker: Breaker,
    /// Retries whose time has come.
    retries: VecDeque<Due>,
    fresh: VecDeque<Due>,
    /// Every message of the lane that is in memory: in the window, under way or being recorded.
    pub known: RowSet<MessageKey>,
    pub in_flight: u32,
    /// The outbox has due messages that are not here.
    pub more_on_disk: bool,
    /// When the earliest one that is not due yet will be.
    pub next_due: Option<Timestamp>,
    /// A refill is under way, which may bring so many bytes.
    pub refilling: Option<usize>,
    /// The earliest moment that was announced since the refill under way began.
    pub expected_meanwhile: Option<Timestamp>,
    /// What was offered since the refill under way began: it may find such a message as it was before its attempt.
    pub offered_meanwhile: RowSet<MessageKey>,
    refill_not_before: Duration,
    refill_back_off: Duration,
    /// How many messages the lane has come to hold beyond what its limit asks for.
    grown: usize,
    /// When it last read on, and whether that left some on disk.
    last_refill: Option<Duration>,
    left_some: bool,
    /// The mean of what it last read, in bytes.
    usual_bytes: usize,
    short: Option<Short>,
    /// Its endpoint was edited and is being read: nothing is started, since it may be paused.
    pub unread: bool,
    /// Something happened to it since it was last looked for lanes that are idle.
    pub touched: bool,
    pub place: Place,
}

/// Something of ours was missing for the lane's attempts: one at a time is tried, until one is made.
#[derive(Clone, Copy, Debug)]
struct Short {
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
            touched: true,
            place: Place::Out,
        }
    }

    pub(super) fn set(&mut self, settings: LaneSettings, now: Duration) {
        self.paused = settings.paused;
        self.unread = false;
        match (settings.rate_limit, &mut self.bucket) {
            (None, bucket) => *bucket = None,
            (Some(limit), Some(bucket)) if bucket.limit() != limit => bucket.set_limit(limit, now),
            (Some(_), Some(_)) => {}
            (Some(limit), bucket) => *bucket = Some(TokenBucket::new(limit, now)),
        }
    }

    /// Whether nothing of it is in memory and nothing is awaited, so that it can be made anew when it is needed.
    pub(super) fn is_idle(&self) -> bool {
        self.known.is_empty()
            && self.in_flight == 0
            && self.refilling.is_none()
            && self.next_due.is_none()
            && self.short.is_none()
            && !self.unread
            && (self.paused || !self.more_on_disk)
            && self.place == Place::Out
    }

    pub(super) fn held(&self) -> usize {
        self.retries.len() + self.fresh.len()
    }

    /// How many messages the lane wants to hold.
    pub(super) fn window(&self) -> usize {
        (self.breaker.limit() as usize * WINDOW_PER_SLOT).max(self.grown).clamp(WINDOW_PER_SLOT, WINDOW)
    }

    /// How many messages a refill may bring, and about how many bytes that will be.
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

    /// Whether the lane takes a fresh message that fills memory up to `held` of `budget` bytes: what is handed over in
    /// memory need not be read again. Behind older work on disk it waits its turn there.
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

    /// Puts a message back where it was taken from, since something of ours was missing for its attempt, and waits.
    /// Whether the lane was not short before.
    pub(super) fn put_back(&mut self, due: Due, now: Duration) -> bool {
        if due.scheduled {
            self.retries.push_front(due);
        } else {
            self.fresh.push_front(due);
        }
        if let Some(bucket) = &mut self.bucket {
            bucket.give_back();
        }
        self.is_short_now(now)
    }

    /// Something of ours was missing just now. Whether nothing was before.
    pub(super) fn is_short_now(&mut self, now: Duration) -> bool {
        let back_off = match self.short {
            // Those that were under way together failed together.
            Some(short) if now < short.until => return false,
            Some(short) => (short.back_off * 2).min(SHORT_BACK_OFF.1),
            None => SHORT_BACK_OFF.0,
        };
        self.short.replace(Short { until: now + back_off, back_off }).is_none()
    }

    /// An attempt was made. Whether something was missing before.
    pub(super) fn is_short_no_more(&mut self) -> bool {
        self.short.take().is_some()
    }

    /// Takes the next message out of the window; a token and a slot have been found for it.
    pub(super) fn pop(&mut self, now: Duration) -> Option<Due> {
        if let Some(due) = self.retries.pop_front() {
            return Some(due);
        }
        if self.breaker.cool_until() > now { None } else { self.fresh.pop_front() }
    }

    /// Empties the window, since the outbox knows better.
    pub(super) fn clear(&mut self) -> Vec<Due> {
        self.more_on_disk |= self.held() > 0;
        self.retries.drain(..).chain(self.fresh.drain(..)).collect()
    }

    /// Whether the head of the window may start, but for the global limits.
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

    /// Takes a token, or says when there will be one.
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

    /// Until when a refill waits after the storage failed or a start was refused.
    pub(super) fn refill_wait(&self, now: Duration) -> Option<Duration> {
        Some(self.refill_not_before).filter(|at| *at > now)
    }

    /// A refill brought `rows` and left some. Returns the bytes that were reserved for it.
    pub(super) fn refilled(&mut self, rows: &[Due], more: bool) -> usize {
        self.refill_back_off = REFILL_BACK_OFF.0;
        self.left_some = more;
        let bytes: usize = rows.iter().map(|due| due.bytes).sum();
        self.usual_bytes = bytes.checked_div(rows.len()).unwrap_or(self.usual_bytes);
        self.refilling.take().unwrap_or(0)
    }

    /// Returns the bytes that were reserved for it.
    pub(super) fn refill_failed(&mut self, now: Duration) -> usize {
        self.more_on_disk = true;
        self.refill_not_before = now + self.refill_back_off;
        self.refill_back_off = (self.refill_back_off * 2).min(REFILL_BACK_OFF.1);
        self.refilling.take().unwrap_or(0)
    }

    /// A message of the lane must not be started now: it is read again, but not at once.
    pub(super) fn refused(&mut self, now: Duration) {
        self.more_on_disk = true;
        self.refill_not_before = self.refill_not_before.max(now + REFUSED_PAUSE);
    }

    /// Something will be due at `at`. Whether that is earlier than all that was known.
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
