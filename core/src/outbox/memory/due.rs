//! Due messages.

use std::sync::Arc;

use super::job::Applied;
use super::record::Record;
use super::transaction::unavailable;
use super::{Memory, Rows};
use crate::error::Result;
use crate::model::timestamp::Timestamp;
use crate::outbox::clock::Reading;
use crate::outbox::due::{Due, LOOK_AGAIN, Overview, Refill, StoredLane, Wanted};
use crate::outbox::ended::EndedAttempt;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::{DueMessage, due_at};

impl Rows {
    /// Every lane in which messages wait, as readers see it.
    pub(crate) fn waiting_lanes(&self) -> Vec<LaneKey> {
        let waiting = self.waiting.committed();
        let mut lanes = Vec::new();
        let mut from = (LaneKey(i64::MIN), i64::MIN, MessageKey(i64::MIN));
        while let Some(((lane, ..), ())) = waiting.range(from..).next() {
            lanes.push(*lane);
            from = (LaneKey(lane.0 + 1), i64::MIN, MessageKey(i64::MIN));
        }
        lanes
    }

    /// A message that waits and still has its payload.
    fn due_message(&self, key: MessageKey) -> Option<DueMessage> {
        let row = self.messages().get(&key)?;
        let payload = row.payload.as_ref()?;
        Some(DueMessage {
            key,
            id: row.id,
            lane: row.lane,
            due_at: row.due_at?,
            attempt_count: row.attempt_count,
            schedule_start: row.schedule_start,
            epoch: row.epoch,
            created_at: row.created_at,
            retention_hours: row.retention_hours,
            headers: payload.headers.clone(),
            payload: payload.body.clone(),
            event: row.of_event.clone(),
            ordering_key: row.ordering_key.as_deref().map(Arc::from),
            timing: row.timing,
        })
    }

    fn refill(&self, wanted: &Wanted, now: Timestamp, wall: Timestamp) -> Refill {
        let again = now.plus(LOOK_AGAIN);
        let mut has_expired = false;
        let now = now.as_millis();
        let mut refill = Refill { messages: Vec::new(), more: false, next_due: None };
        let mut held = 0;
        let waiting: Vec<(i64, MessageKey)> =
            self.waiting_in(wanted.lane).filter(|(due_at, _)| due_at::is_due(*due_at, now)).collect();
        let of = |kind: fn(i64) -> bool| waiting.iter().copied().filter(move |(due_at, _)| kind(*due_at));
        let due = of(due_at::is_retry)
            .chain(of(|due_at| due_at < due_at::AT_ONCE))
            .chain(of(|due_at| due_at == due_at::AT_ONCE));
        for (_, key) in due.filter(|(_, key)| !wanted.known.contains(key)) {
            let Some(message) = self.due_message(key) else { continue };
            if message.timing.is_over(wall) {
                has_expired = true;
                continue;
            }
            let is_full = refill.messages.len() >= wanted.room;
            if is_full || (held >= wanted.bytes && !refill.messages.is_empty()) {
                refill.more = true;
                break;
            }
            held += message.weight();
            refill.messages.push(message);
        }
        let later = self.waiting_in(wanted.lane).filter(|(due_at, _)| !due_at::is_due(*due_at, now));
        let later = later.filter_map(|(due_at, _)| due_at::moment(due_at));
        refill.next_due = later.chain(has_expired.then_some(again)).min();
        refill
    }

    fn lane(&self, lane: LaneKey) -> Option<StoredLane> {
        let stored = self.endpoints().get(&lane)?;
        let secrets = stored.keys.iter().map(|key| key.secret.clone()).collect();
        Some(StoredLane { endpoint: stored.endpoint.clone(), secrets })
    }
}

impl Memory {
    /// Reads each of `wanted` in one snapshot. `each` gets what was read before a read failed.
    fn read_each<W, T>(
        &self,
        name: &'static str,
        wanted: &[W],
        read: impl Fn(&Rows, &W) -> T,
        mut each: impl FnMut(&W, T),
    ) -> Result<()> {
        // Called without the lock on the rows, since the test may look at them.
        let until = wanted.iter().skip(1).position(|_| self.fails(name));
        let readable = until.map_or(wanted, |until| &wanted[..=until]);
        let found: Vec<T> =
            self.read(name, |rows| readable.iter().map(|wanted| read(rows, wanted)).collect())?;
        for (wanted, found) in readable.iter().zip(found) {
            each(wanted, found);
        }
        if until.is_some() { Err(unavailable()) } else { Ok(()) }
    }
}

impl Due for Memory {
    fn overview(&self) -> Result<Overview> {
        self.read("overview", |rows| Overview {
            noted: rows.noted.committed().get(&()).copied(),
            waiting: rows.waiting_lanes(),
        })
    }

    fn lanes(&self, lanes: &[LaneKey], each: &mut dyn FnMut(LaneKey, Option<StoredLane>)) -> Result<()> {
        self.read_each("lanes", lanes, |rows, lane| rows.lane(*lane), |lane, stored| each(*lane, stored))
    }

    fn refill(
        &self,
        wanted: &[Wanted],
        now: Timestamp,
        wall: Timestamp,
        each: &mut dyn FnMut(LaneKey, Refill),
    ) -> Result<()> {
        let read = |rows: &Rows, wanted: &Wanted| rows.refill(wanted, now, wall);
        self.read_each("refill", wanted, read, |wanted, refill| each(wanted.lane, refill))
    }

    fn record(&self, ended: Box<EndedAttempt>) -> Result<()> {
        self.put("record", Record::new(ended))
    }

    fn note_clocks(&self, reading: Reading) {
        self.begin_to_change("note_clocks", move |transaction| {
            transaction.note(&reading, 0);
            Ok(Applied::quietly(()))
        });
    }
}
