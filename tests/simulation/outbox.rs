//! The outbox as the disk has it: what survives every crash.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use hookbridge_core::delivery::scheduler::{Due, LaneSettings, MessageKey, RateLimit};
use hookbridge_core::model::attempt::RetryType;
use hookbridge_core::model::retry_schedule::RetrySchedule;
use hookbridge_core::model::timestamp::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Queued,
    PendingRetry(RetryType),
    Succeeded,
    Dead,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub lane: i64,
    pub bytes: usize,
    pub status: Status,
    /// Set exactly while it waits; 0 for a message that may go at once.
    pub due_at: Option<i64>,
    pub attempt_count: u32,
    pub schedule_start: u32,
    pub epoch: u32,
    pub deleted: bool,
    /// When it was accepted, by the order of events.
    pub accepted_at: u64,
}

impl Message {
    pub fn is_waiting(&self) -> bool {
        self.due_at.is_some()
    }

    pub fn is_due(&self, wall: i64) -> bool {
        self.due_at.is_some_and(|due| due <= wall)
    }
}

#[derive(Clone, Debug)]
pub struct Endpoint {
    pub paused: bool,
    pub rate_limit: Option<(u32, u32)>,
    pub schedule: RetrySchedule,
    pub max_attempts: u32,
}

impl Endpoint {
    pub fn settings(&self) -> LaneSettings {
        let limit =
            |(rps, burst)| Some(RateLimit { rps: NonZeroU32::new(rps)?, burst: NonZeroU32::new(burst)? });
        LaneSettings { paused: self.paused, rate_limit: self.rate_limit.and_then(limit) }
    }
}

#[derive(Default)]
pub struct Outbox {
    pub messages: BTreeMap<i64, Message>,
    pub endpoints: BTreeMap<i64, Endpoint>,
}

/// What a refill reads.
pub struct Read {
    pub rows: Vec<Due>,
    pub more: bool,
    pub next_due: Option<Timestamp>,
}

impl Outbox {
    pub fn insert(&mut self, lane: i64, bytes: usize, accepted_at: u64) -> i64 {
        let seq = self.messages.len() as i64 + 1;
        let message = Message {
            lane,
            bytes,
            status: Status::Queued,
            due_at: Some(0),
            attempt_count: 0,
            schedule_start: 0,
            epoch: 0,
            deleted: false,
            accepted_at,
        };
        self.messages.insert(seq, message);
        seq
    }

    pub fn due(&self, seq: i64) -> Due {
        let message = &self.messages[&seq];
        Due { message: MessageKey(seq), bytes: message.bytes, scheduled: message.due_at != Some(0) }
    }

    /// As the real refill: retries whose time has come first, then fresh messages in order.
    pub fn read(&self, lane: i64, wall: i64, room: usize, bytes: usize, known: impl Fn(i64) -> bool) -> Read {
        let of_lane = || self.messages.iter().filter(move |(_, message)| message.lane == lane);
        let mut due: Vec<(i64, i64)> = of_lane()
            .filter(|(seq, message)| message.is_due(wall) && !known(**seq))
            .map(|(seq, message)| (message.due_at.unwrap_or(0), *seq))
            .collect();
        due.sort_by_key(|(due, seq)| (*due == 0, *due, *seq));
        let (mut rows, mut held, mut more) = (Vec::new(), 0, false);
        for (_, seq) in due {
            if rows.len() >= room || (held >= bytes && !rows.is_empty()) {
                more = true;
                break;
            }
            held += self.messages[&seq].bytes;
            rows.push(self.due(seq));
        }
        let later = of_lane().filter_map(|(_, message)| message.due_at).filter(|due| *due > wall).min();
        Read { rows, more, next_due: later.map(Timestamp::from_millis) }
    }
}
