//! Moving a whole outbox from a file into a database: which tables a database has of it, and what a row of each is. Both stores read
//! their rows as [`Value`]s, so that what was written can be compared with what was read.

use sha2::{Digest as _, Sha256};

use crate::error::Result;
use crate::model::hex;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    Int,
    Bool,
    Text,
    Bytes,
    Id,
}

/// A value of a row. A `Bool` is 0 or 1, an `Id` has its 16 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

pub(crate) type Row = Vec<Value>;

macro_rules! tables {
    ($($kind:ident = $name:literal: $($column:ident $holds:ident),*;)*) => {
        /// A table of a database that a move fills. They are filled in this order: what waits is there last.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Table { $($kind,)* }

        impl Table {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind,)*];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// Its columns, in the order in which rows have them.
            pub(crate) const fn columns(self) -> &'static [(&'static str, Holds)] {
                match self { $(Self::$kind => &[$((stringify!($column), Holds::$holds),)*],)* }
            }
        }
    };
}
tables! {
    Endpoints = "endpoints": seq Int, id Id, url Text, description Text, rate_limit_rps Int, burst Int, headers Text,
        retry_schedule Text, max_attempts Int, paused Bool, created_at Int, updated_at Int, deleted_at Int, tenant Text,
        event_types Text, filter Text, on_failure Int;
    SigningKeys = "signing_keys": seq Int, id Id, endpoint Int, secret Text, created_at Int;
    ApiKeys = "api_keys": seq Int, id Id, sha256 Bytes, prefix Text, label Text, scope Int, created_at Int, last_used_at Int;
    Secrets = "secrets": name Text, value Bytes;
    EventTypes = "event_types": name Text, description Text, schema Text, example Text, deprecated Bool, created_at Int,
        updated_at Int;
    Events = "events": seq Int, id Id, type Text, tenant Text, idempotency_key Text, ordering_key Text, size_bytes Int,
        payload_sha256 Bytes, created_at Int, deliver_at Int, expires_at Int, retention_hours Int, matched Int, needed_by Int,
        unwanted_until Int;
    EventKeys = "event_keys": tenant Text, key Text, event_id Id;
    Messages = "messages": id Id, seq Int, endpoint Int, status Int, due_at Int, attempt_count Int, schedule_start Int, epoch Int,
        replay_count Int, retry_type Int, size_bytes Int, payload_sha256 Bytes, idempotency_key Text, created_at Int,
        updated_at Int, retention_hours Int, payload_expires_at Int, first_attempt_at Int, delivered_at Int, failed_at Int,
        last_error Text, response_status Int, response_latency_ms Int, deleted_at Int, deleted_by Id, event Int,
        payload_gone Bool, ordering_key Text, deliver_at Int, expires_at Int;
    Payloads = "payloads": id Id, headers Text, body Bytes;
    Attempts = "attempts": message_id Id, attempt_no Int, id Id, created_at Int, response_status Int, response_latency_ms Int,
        processing_ms Int, error_text Text, response_headers Text, retry_type Int, retry_after_seconds Int, resolved_ip Text,
        request_headers Text, dns_ms Int, tcp_connect_ms Int, tls_handshake_ms Int, ttfb_ms Int, transfer_ms Int,
        conn_reused Bool, response_body Bytes, response_body_truncated Bool, note Text;
    Keys = "keys": endpoint Int, key Text, message_id Id, payload_sha256 Bytes;
    DeadLetters = "dead_letters": seq Int, endpoint Int, id Id;
    LateChanges = "late_changes": id Id, changed_at Int;
    Metrics = "metrics": at Int, endpoint Int, node Id, total Int, succeeded Int, failed Int, retries Int, answers Int,
        latency_ms Int;
    Activity = "activity": seq Int, occurred_at Int, operation Text, api_key_id Id, api_key_label Text, api_key_prefix Text,
        endpoint_id Id, message_id Id, affected Int, detail Text;
    Ordered = "ordered": endpoint Int, key Text, seq Int, id Id, in_front Bool, held_due_at Int, expires_at Int;
    Waiting = "waiting": endpoint Int, due_at Int, seq Int, id Id, payload Id, attempt_count Int, schedule_start Int, epoch Int,
        created_at Int, retention_hours Int, event Int, ordering_key Text, deliver_at Int, expires_at Int;
}

/// Before the first row of a table.
pub(crate) const BEGINNING: i64 = i64::MIN;

/// The next rows of a table.
pub(crate) struct Batch {
    pub rows: Vec<Row>,
    /// Behind the last of them.
    pub reached: i64,
}

/// The side that is moved. It is at rest: what it answers does not change.
pub(crate) trait Source {
    /// The rows behind `after`, some of them; none at the end.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`
    fn rows(&self, table: Table, after: i64) -> Result<Batch>;

    /// How many rows it has of a table.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`
    fn count(&self, table: Table) -> Result<u64>;

    /// The move that it is marked with.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`
    fn found(&self) -> Result<Option<Move>>;

    /// Marks it as one that moves, or has moved: from then on nobody uses it.
    ///
    /// # Errors
    /// `STORAGE_UNAVAILABLE`
    fn mark(&self, id: &str, is_done: bool) -> Result<()>;
}

/// A move that was begun before.
pub(crate) struct Move {
    pub id: String,
    /// Whether everything is there, and was compared.
    pub is_done: bool,
    /// Says where it went.
    pub sentence: String,
}

/// What a move has taken along of a table, as both sides have it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct MovedTable {
    /// The table's name in the database.
    pub table: &'static str,
    /// How many rows it has.
    pub rows: u64,
    /// The sum of the rows' SHA-256, which both sides have; none where nothing was moved yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Tells sets of rows apart, in whatever order they are read: how many there are, and the sum of their hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub rows: u64,
    hashes: [u64; 4],
}

impl Sum {
    pub(crate) fn add(&mut self, row: &[Value]) {
        let mut hash = Sha256::new();
        for value in row {
            let (kind, bytes): (u8, &[u8]) = match value {
                Value::Null => (0, &[]),
                Value::Int(number) => (1, &number.to_be_bytes()),
                Value::Text(text) => (2, text.as_bytes()),
                Value::Bytes(bytes) => (3, bytes),
            };
            hash.update([kind]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        let hash = hash.finalize();
        let mut carry = false;
        // As one number of 256 bits, the lowest part first.
        for (sum, part) in self.hashes.iter_mut().zip(hash.as_chunks::<8>().0) {
            let (with_part, one) = sum.overflowing_add(u64::from_be_bytes(*part));
            let (with_carry, other) = with_part.overflowing_add(u64::from(carry));
            (*sum, carry) = (with_carry, one || other);
        }
        self.rows += 1;
    }

    /// The sum of the hashes, for people.
    pub(crate) fn shown(&self) -> String {
        let bytes: Vec<u8> = self.hashes.iter().rev().flat_map(|part| part.to_be_bytes()).collect();
        hex::encode(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(rows: &[&[Value]]) -> Sum {
        let mut sum = Sum::default();
        rows.iter().for_each(|row| sum.add(row));
        sum
    }

    #[test]
    fn a_sum_knows_rows_and_not_their_order() {
        let text = |text: &str| Value::Text(text.to_owned());
        let (one, other) = ([text("ab"), text("c")], [text("a"), text("bc")]);
        assert_eq!(sum(&[&one, &other, &one]), sum(&[&one, &one, &other]));
        assert_ne!(sum(&[&one]), sum(&[&other]));
        assert_ne!(sum(&[&one, &one]), sum(&[&other, &other]));
        assert_ne!(sum(&[&[Value::Null]]), sum(&[&[text("")]]));
        assert_ne!(sum(&[&[Value::Int(0)]]), sum(&[&[Value::Null]]));
        assert_eq!(sum(&[&one]).shown().len(), 64);
    }

    #[test]
    fn what_waits_is_moved_last() {
        assert_eq!(Table::ALL.last(), Some(&Table::Waiting));
    }
}
