//! Giving up messages that have expired without being delivered, in small bites.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::params;

use super::{AfterCommit, Job, WriteContext};
use crate::error::Error;
use crate::model::event_type::EventType;
use crate::model::ids::{EndpointId, MessageId};
use crate::outbox::link::{EXPIRED, ExpiredMessage, Notice};
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::sqlite::{ordering, stored};

/// The most messages that one bite gives up.
pub(super) const BITE: i64 = 200;

const FIND: &str =
    "SELECT m.seq, m.id, m.endpoint_seq, m.attempt_count, m.in_order IS NOT NULL, e.id, e.on_failure, v.type
    FROM hookbridge_messages m INDEXED BY hookbridge_messages_expires
    JOIN hookbridge_endpoints e ON e.seq = m.endpoint_seq LEFT JOIN hookbridge_events v ON v.seq = m.event_seq
    WHERE m.expires_at IS NOT NULL AND m.status < 2 AND m.deleted_at IS NULL AND m.expires_at <= ?1 LIMIT ?2";
const GIVE_UP: &str =
    "UPDATE hookbridge_messages SET status = ?2, due_at = NULL, held_due_at = NULL, retry_type = NULL, epoch = epoch + 1,
    failed_at = ?3, updated_at = ?3, last_error = ?4 WHERE seq = ?1";

const IS_GIVEN_UP: &str = "SELECT 1 FROM hookbridge_messages WHERE seq = ?1 AND status = ?2";

/// The job of one bite.
pub(super) struct GiveUpExpired {
    given_up: Vec<ExpiredMessage>,
    rows: Vec<MessageKey>,
    /// The lanes in which other messages may go by this.
    released: Vec<LaneKey>,
    found: Arc<AtomicUsize>,
}

impl GiveUpExpired {
    /// A bite, and where it says how many it gave up once it is on disk.
    pub(super) fn new() -> (Self, Arc<AtomicUsize>) {
        let found = Arc::new(AtomicUsize::new(0));
        let bite =
            Self { given_up: Vec::new(), rows: Vec::new(), released: Vec::new(), found: Arc::clone(&found) };
        (bite, found)
    }
}

impl Job for GiveUpExpired {
    fn apply(&mut self, context: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        (self.given_up, self.rows, self.released) = Default::default();
        let now = context.now.as_millis();
        let mut statement = context.connection.prepare_cached(FIND)?;
        let mut rows = statement.query(params![now, BITE])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (seq, lane): (i64, i64) = (row.get(0)?, row.get(2)?);
            let (in_order, on_failure): (bool, i64) = (row.get(4)?, row.get(6)?);
            let expired = ExpiredMessage {
                message_id: MessageId::from_bytes(row.get(1)?),
                endpoint_id: EndpointId::from_bytes(row.get(5)?),
                event_type: row.get::<_, Option<String>>(7)?.map(EventType::stored),
                attempt_count: row.get(3)?,
            };
            found.push((seq, lane, in_order && on_failure != stored::HALT, expired));
        }
        drop(rows);
        for (seq, lane, goes_on, expired) in found {
            // An attempt that is under way may still succeed, and is recorded.
            context.connection.prepare_cached(GIVE_UP)?.execute(params![
                seq,
                stored::FAILED_PERMANENT,
                now,
                EXPIRED
            ])?;
            if goes_on && ordering::leave(context.connection, seq)? {
                self.released.push(LaneKey(lane));
            }
            self.rows.push(MessageKey(seq));
            self.given_up.push(expired);
        }
        Ok(())
    }

    fn is_written(&self, context: &WriteContext<'_>) -> rusqlite::Result<bool> {
        let Some(MessageKey(first)) = self.rows.first() else { return Ok(false) };
        context.connection.prepare_cached(IS_GIVEN_UP)?.exists(params![first, stored::FAILED_PERMANENT])
    }

    fn finish(self: Box<Self>, committed: std::result::Result<(), &Error>, after: &mut AfterCommit<'_>) {
        if committed.is_err() || self.given_up.is_empty() {
            return;
        }
        self.found.store(self.given_up.len(), Ordering::Relaxed);
        // One that is in memory is not started any more.
        after.notices.extend(self.rows.into_iter().map(Notice::Withdrawn));
        after.notices.extend(self.released.into_iter().map(Notice::LaneHasWork));
        after.notices.push(Notice::Expired(self.given_up));
    }
}
