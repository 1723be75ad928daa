//! Giving up messages that have expired without being delivered.

use super::Memory;
use super::job::{Applied, Pending};
use super::rows::StoredMessage;
use crate::outbox::link::{ExpiredMessage, Notice};
use crate::outbox::rows::MessageKey;

impl Memory {
    /// Gives up every message that has expired, as the writer of a file does.
    pub(crate) fn begin_to_give_up_expired(&self) -> Pending<usize> {
        self.begin_to_change("give_up_expired", |transaction| {
            let now = transaction.now;
            let found: Vec<(MessageKey, StoredMessage)> = transaction
                .rows
                .messages
                .range(..)
                .filter(|(_, row)| row.has_expired(now))
                .map(|(key, row)| (*key, row.clone()))
                .collect();
            let mut all = Applied::quietly(found.len());
            let mut given_up = Vec::new();
            for (key, row) in found {
                transaction.rows.change_message(key, |row| row.expire(now));
                all.notices.push(Notice::Withdrawn(key));
                if !transaction.rows.halts(row.lane) && transaction.rows.leave(key) {
                    all.notices.push(Notice::LaneHasWork(row.lane));
                }
                given_up.push(ExpiredMessage {
                    message_id: row.id,
                    endpoint_id: transaction.rows.endpoint_id(row.lane),
                    event_type: row.of_event.as_ref().map(|event| event.event_type.clone()),
                    attempt_count: row.attempt_count,
                });
            }
            if !given_up.is_empty() {
                all.notices.push(Notice::Expired(given_up));
            }
            Ok(all)
        })
    }
}
