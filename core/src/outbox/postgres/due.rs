//! Due messages, for the delivery loop.

use std::sync::Arc;

use bytes::Bytes;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::outcome::Record;
use super::statement::{Columns, Sql, args};
use super::writer::Work;
use super::{Store, endpoints};
use crate::error::Result;
use crate::model::event_record::OfEvent;
use crate::model::event_type::EventType;
use crate::model::ids::{EventId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::clock::Reading;
use crate::outbox::due::{Due, LOOK_AGAIN, Overview, Refill, StoredLane, Wanted};
use crate::outbox::due_at::BEFORE_ALL;
use crate::outbox::ended::EndedAttempt;
use crate::outbox::rows::{LaneKey, MessageKey, RowSet};
use crate::outbox::{DueMessage, Timing};

/// Every lane in which messages wait. Takes one step through the index for each lane.
pub(super) const WAITING_LANES: &str = "WITH RECURSIVE lane (seq) AS (
        (SELECT min(endpoint) FROM hookbridge.waiting)
        UNION ALL
        SELECT (SELECT min(endpoint) FROM hookbridge.waiting WHERE endpoint > lane.seq) FROM lane WHERE lane.seq IS NOT NULL)
    SELECT seq FROM lane WHERE seq IS NOT NULL";
/// The messages of a lane in one range of due times, in order. The payload of one is read only once it is known to be wanted.
const RANGE: &str = "SELECT seq, id, endpoint, due_at, attempt_count, schedule_start, epoch, created_at, retention_hours, payload,
        event, ordering_key, deliver_at, expires_at
    FROM hookbridge.waiting WHERE endpoint = $1 AND due_at BETWEEN $2 AND $3 ORDER BY due_at, xid, seq LIMIT $4";
const PAYLOADS: &str = "SELECT id, headers, body FROM hookbridge.payloads WHERE id = ANY($1)";
const EVENTS: &str = "SELECT seq, id, type, tenant FROM hookbridge.events WHERE seq = ANY($1)";
/// The earliest retry and the earliest scheduled message that are not due yet.
const NEXT_DUE: &str = "SELECT least(
    (SELECT min(due_at) FROM hookbridge.waiting WHERE endpoint = $1 AND due_at > $2),
    (SELECT min(due_at) + $3 FROM hookbridge.waiting WHERE endpoint = $1 AND due_at < 0 AND due_at > $2 - $3))";

/// A message that waits, without its payload.
struct Waiting {
    message: DueMessage,
    payload: Uuid,
    event: Option<i64>,
}

fn waiting(row: &Row) -> Sql<Waiting> {
    let message = DueMessage {
        key: MessageKey(row.int(0)?),
        id: MessageId::from_bytes(row.id(1)?),
        lane: LaneKey(row.int(2)?),
        due_at: row.int(3)?,
        attempt_count: row.small(4)?,
        schedule_start: row.small(5)?,
        epoch: row.int(6)?,
        created_at: row.time(7)?,
        retention_hours: row.maybe_small(8)?,
        headers: None,
        payload: Bytes::new(),
        event: None,
        ordering_key: row.maybe_text(11)?.map(Arc::from),
        timing: Timing { deliver_at: row.maybe_time(12)?, expires_at: row.maybe_time(13)? },
    };
    Ok(Waiting { message, payload: Uuid::from_bytes(row.id(9)?), event: row.maybe_int(10)? })
}

/// One lane's request, without borrowing.
struct Request {
    lane: LaneKey,
    room: usize,
    bytes: usize,
    known: RowSet<MessageKey>,
}

async fn refill(client: &Client, wanted: &Request, now: Timestamp, wall: Timestamp) -> Sql<Refill> {
    let now_ms = now.as_millis();
    let most = wanted.room + wanted.known.len() + 1;
    let mut found: Vec<Waiting> = Vec::new();
    let (mut has_expired, mut more) = (false, false);
    for (from, to) in [(1, now_ms), (i64::MIN, (now_ms - BEFORE_ALL).min(-1)), (0, 0)] {
        let mut rows = client.query_typed(RANGE, args![wanted.lane.0, from, to, most as i64]).await?;
        more |= rows.len() == most;
        for row in rows.drain(..) {
            let one = waiting(&row)?;
            if wanted.known.contains(&one.message.key) {
                continue;
            }
            if one.message.timing.is_over(wall) {
                has_expired = true;
                continue;
            }
            found.push(one);
        }
    }
    if found.len() > wanted.room {
        found.truncate(wanted.room);
        more = true;
    } else if found.is_empty() {
        // What was read is known, or has expired: what lies behind it is read when that has gone.
        more = false;
    }
    let mut messages = Vec::with_capacity(found.len());
    let mut held = 0;
    for one in with_payloads(client, found).await? {
        if held >= wanted.bytes && !messages.is_empty() {
            more = true;
            break;
        }
        held += one.weight();
        messages.push(one);
    }
    let next = client.query_typed(NEXT_DUE, args![wanted.lane.0, now_ms, BEFORE_ALL]).await?;
    let next_due = next.first().map_or(Ok(None), |row| row.maybe_time(0))?;
    let again = has_expired.then(|| now.plus(LOOK_AGAIN));
    let next_due = next_due.into_iter().chain(again).min();
    Ok(Refill { messages, more, next_due })
}

/// Gives messages their payloads and events. One whose payload is gone is left out.
async fn with_payloads(client: &Client, found: Vec<Waiting>) -> Sql<Vec<DueMessage>> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = found.iter().map(|one| one.payload).collect();
    let mut payloads = std::collections::HashMap::new();
    for row in client.query_typed(PAYLOADS, args![ids]).await? {
        payloads.insert(row.id(0)?, (row.maybe_text(1)?, Bytes::from(row.bytes(2)?)));
    }
    let seqs: Vec<i64> = found.iter().filter_map(|one| one.event).collect();
    let mut events = std::collections::HashMap::new();
    if !seqs.is_empty() {
        for row in client.query_typed(EVENTS, args![seqs]).await? {
            let event = OfEvent {
                id: EventId::from_bytes(row.id(1)?),
                event_type: EventType::stored(row.text(2)?),
                tenant: row.maybe_text(3)?,
            };
            events.insert(row.int(0)?, Arc::new(event));
        }
    }
    let whole = |one: Waiting| {
        let (headers, payload) = payloads.get(one.payload.as_bytes())?.clone();
        let event = one.event.and_then(|event| events.get(&event).cloned());
        Some(DueMessage { headers, payload, event, ..one.message })
    };
    Ok(found.into_iter().filter_map(whole).collect())
}

impl Due for Store {
    fn overview(&self) -> Result<Overview> {
        self.read(async |node, client| {
            let rows = client.query_typed(WAITING_LANES, args![]).await?;
            let mut waiting = rows.iter().map(|row| row.int(0).map(LaneKey)).collect::<Sql<Vec<_>>>()?;
            waiting.retain(|lane| node.link.serves(*lane));
            Ok(Overview { noted: node.noted.get(), waiting })
        })
    }

    fn lanes(&self, lanes: &[LaneKey], each: &mut dyn FnMut(LaneKey, Option<StoredLane>)) -> Result<()> {
        let wanted = lanes.to_vec();
        let mut found = self.read(async move |_, client| endpoints::of_lanes(client, &wanted).await)?;
        for lane in lanes {
            each(*lane, found.remove(lane));
        }
        Ok(())
    }

    fn refill(
        &self,
        wanted: &[Wanted],
        now: Timestamp,
        wall: Timestamp,
        each: &mut dyn FnMut(LaneKey, Refill),
    ) -> Result<()> {
        let requests: Vec<Request> = wanted
            .iter()
            .map(|wanted| Request {
                lane: wanted.lane,
                room: wanted.room,
                bytes: wanted.bytes,
                known: wanted.known.clone(),
            })
            .collect();
        let found = self.read(async move |_, client| {
            let mut found = Vec::with_capacity(requests.len());
            for request in &requests {
                found.push((request.lane, refill(client, request, now, wall).await?));
            }
            Ok(found)
        })?;
        found.into_iter().for_each(|(lane, refill)| each(lane, refill));
        Ok(())
    }

    fn record(&self, ended: Box<EndedAttempt>) -> Result<()> {
        self.write(Work::Record(Record::new(ended, self.lead.fence())))
    }

    fn note_clocks(&self, reading: Reading) {
        self.tell_node(move |node| node.note_clocks(&reading, 0));
    }
}
