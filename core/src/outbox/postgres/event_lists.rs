//! Reading events: one, lists of them, their messages, and what an endpoint has missed.

use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::statement::{Columns, Sql, args, uuid};
use super::{endpoints, listing};
use crate::model::event_record::{EventMessage, EventRecord};
use crate::model::event_type::EventType;
use crate::model::hex;
use crate::model::ids::{EndpointId, EventId, MessageId};
use crate::model::timestamp::Timestamp;
use crate::outbox::events::{EventKey, Missed, SoughtEvents};
use crate::outbox::numbers;
use crate::outbox::page::Cursor;
use crate::outbox::subscriptions::{ReadLater, wants};

macro_rules! columns {
    () => {
        "v.seq, v.id, v.type, v.tenant, v.idempotency_key, v.ordering_key, v.size_bytes, v.payload_sha256, v.created_at,
        v.deliver_at, v.expires_at, v.matched, EXISTS (SELECT 1 FROM hookbridge.payloads p WHERE p.id = v.id)"
    };
}

const FIND: &str = concat!("SELECT ", columns!(), " FROM hookbridge.events v WHERE v.id = $1");
const LIST: &str =
    concat!("SELECT ", columns!(), " FROM hookbridge.events v WHERE v.seq < $1 ORDER BY v.seq DESC LIMIT $2");
const MESSAGES: &str = "SELECT m.endpoint, m.id, e.id, m.status FROM hookbridge.messages m
    JOIN hookbridge.endpoints e ON e.seq = m.endpoint
    WHERE m.event = $1 AND m.endpoint > $2 ORDER BY m.endpoint LIMIT $3";
const SEQ_OF: &str = "SELECT seq FROM hookbridge.events WHERE id = $1";
const SINCE: &str = "SELECT v.seq, v.id, v.type, v.tenant, v.created_at,
        p.id IS NOT NULL AND (v.expires_at IS NULL OR v.expires_at > $3),
        EXISTS (SELECT 1 FROM hookbridge.messages m WHERE m.event = v.seq AND m.endpoint = $2)
    FROM hookbridge.events v LEFT JOIN hookbridge.payloads p ON p.id = v.id
    WHERE v.seq > $1 ORDER BY v.seq LIMIT $4";
const BODY: &str = "SELECT body FROM hookbridge.payloads WHERE id = $1";
fn record(row: &Row) -> Sql<EventRecord> {
    Ok(EventRecord {
        event_id: EventId::from_bytes(row.id(1)?),
        r#type: EventType::stored(row.text(2)?),
        tenant: row.maybe_text(3)?,
        idempotency_key: row.maybe_text(4)?,
        ordering_key: row.maybe_text(5)?,
        size_bytes: row.count(6)?,
        payload_sha256: hex::encode(&row.sha256(7)?),
        created_at: row.time(8)?,
        deliver_at: row.maybe_time(9)?,
        expires_at: row.maybe_time(10)?,
        matched: row.count(11)?,
        has_payload: row.boolean(12)?,
    })
}

/// At most `limit` messages of an event behind the endpoint's row `after`, each with that row.
pub(super) async fn messages_behind(
    client: &Client,
    event: i64,
    after: i64,
    limit: i64,
) -> Sql<Vec<(i64, EventMessage)>> {
    let read = |row: &Row| {
        let message = EventMessage {
            message_id: MessageId::from_bytes(row.id(1)?),
            endpoint_id: EndpointId::from_bytes(row.id(2)?),
            status: numbers::status(row.int(3)?),
        };
        Ok((row.int(0)?, message))
    };
    client.query_typed(MESSAGES, args![event, after, limit]).await?.iter().map(read).collect()
}

/// Events that an endpoint wants and has no message for, oldest first; none where the endpoint is unknown. Reads a bounded number.
pub(super) async fn missed(
    client: &Client,
    endpoint: &EndpointId,
    sought: &SoughtEvents,
    after: Option<Cursor>,
    limit: usize,
) -> Sql<Option<Missed>> {
    let Some((lane, endpoint)) = endpoints::find(client, endpoint).await? else { return Ok(None) };
    let mut at = after.map_or(0, |Cursor(row)| row);
    let now = Timestamp::now().as_millis();
    let mut missed = Missed { events: Vec::new(), looked_at: 0, next: None };
    let most = listing::MOST_READ as i64;
    let rows = client.query_typed(SINCE, args![at, lane.0, now, most]).await?;
    for row in &rows {
        let (seq, id) = (row.int(0)?, EventId::from_bytes(row.id(1)?));
        let (event_type, tenant) = (row.text(2)?, row.maybe_text(3)?);
        let (has_payload, has_message) = (row.boolean(5)?, row.boolean(6)?);
        let may = has_payload && !has_message && sought.takes(&event_type, tenant.as_deref(), row.time(4)?);
        if may {
            // Only a filter asks for the payload.
            let body = match &endpoint.filter {
                Some(_) => client.query_typed(BODY, args![uuid(id.as_bytes())]).await?,
                None => Vec::new(),
            };
            let body = body.first().map_or(Ok(Vec::new()), |row| row.bytes(0))?;
            let wanted = EventType::stored(event_type);
            if wants(&endpoint, tenant.as_deref(), &wanted, &mut ReadLater::new(&body)) {
                if missed.events.len() == limit {
                    missed.next = Some(Cursor(at));
                    return Ok(Some(missed));
                }
                missed.events.push((EventKey(seq), id));
            }
        }
        missed.looked_at += 1;
        at = seq;
    }
    missed.next = (rows.len() as i64 == most).then_some(Cursor(at));
    Ok(Some(missed))
}

/// An event by its id.
pub(super) async fn find(client: &Client, id: Uuid) -> Sql<Option<EventRecord>> {
    client.query_typed(FIND, args![id]).await?.first().map(record).transpose()
}

/// At most `limit` messages of an event behind `after`, and where to go on.
pub(super) async fn messages(
    client: &Client,
    id: Uuid,
    after: Option<Cursor>,
    limit: usize,
) -> Sql<(Vec<EventMessage>, Option<Cursor>)> {
    let rows = client.query_typed(SEQ_OF, args![id]).await?;
    let Some(row) = rows.first() else { return Ok((Vec::new(), None)) };
    let after = after.map_or(0, |Cursor(row)| row);
    let mut found = messages_behind(client, row.int(0)?, after, limit as i64 + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(row, _)| Cursor(*row));
    Ok((found.into_iter().map(|(_, message)| message).collect(), next))
}

/// At most `limit` events behind `after`, newest first, and where to go on. Reads a bounded number.
pub(super) async fn list(
    client: &Client,
    sought: &SoughtEvents,
    after: Option<Cursor>,
    limit: usize,
) -> Sql<(Vec<EventRecord>, Option<Cursor>)> {
    let begin = after.map_or(i64::MAX, |Cursor(row)| row);
    let most = listing::MOST_READ as i64;
    let rows = client.query_typed(LIST, args![begin, most]).await?;
    let (mut found, mut last) = (Vec::new(), begin);
    for row in &rows {
        let event = record(row)?;
        if sought.takes(event.r#type.as_str(), event.tenant.as_deref(), event.created_at) {
            if found.len() == limit {
                return Ok((found, Some(Cursor(last))));
            }
            found.push(event);
        }
        last = row.int(0)?;
    }
    Ok((found, (rows.len() as i64 == most).then_some(Cursor(last))))
}
