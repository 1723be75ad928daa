//! Dropping rows one by one: in the DEFAULT partition, in partitions that keep too much to be dropped, and what names them.
//!
//! Each statement decides by the row itself, which it locks, so that nothing goes that waits or has changed meanwhile.

use uuid::Uuid;

use super::partitions::{Range, first_id};
use super::{BITE, BUSY, Bounds, bites};
use crate::error::Result;
use crate::outbox::postgres::node::Node;
use crate::outbox::postgres::statement::{Argument, Columns, args};

/// Whether the message `m` has a place in an order, and waits there.
macro_rules! in_order {
    ($and:literal) => {
        concat!(
            "EXISTS (SELECT 1 FROM hookbridge.ordered o WHERE o.endpoint = m.endpoint AND o.key = m.ordering_key AND o.seq = m.seq",
            $and,
            ")"
        )
    };
}
pub(super) use in_order;

macro_rules! old_messages {
    ($table:literal) => {
        concat!(
            "WITH old AS MATERIALIZED (
                SELECT m.id FROM hookbridge.", $table, " m
                WHERE m.id >= $1 AND m.id < $2 AND m.due_at IS NULL AND m.updated_at < $3 AND NOT ", in_order!(""), "
                ORDER BY m.id LIMIT $4 FOR UPDATE OF m SKIP LOCKED
            ), gone AS (
                DELETE FROM hookbridge.", $table, " m USING old WHERE m.id = old.id AND m.id >= $1 AND m.id < $2
                RETURNING m.id, m.seq, m.endpoint, m.idempotency_key
            ), a AS (
                DELETE FROM hookbridge.attempts a USING gone WHERE a.message_id = gone.id AND a.message_id >= $1 AND a.message_id < $2
            ), p AS (
                DELETE FROM hookbridge.payloads p USING gone WHERE p.id = gone.id AND p.id >= $1 AND p.id < $2
            ), k AS (
                DELETE FROM hookbridge.keys k USING gone
                WHERE k.endpoint = gone.endpoint AND k.key = gone.idempotency_key AND k.message_id = gone.id
            ), d AS (
                DELETE FROM hookbridge.dead_letters d USING gone WHERE d.seq = gone.seq
            )
            SELECT id FROM gone ORDER BY id"
        )
    };
}
/// What a message that waits needs, one that was scheduled for a later time, or one that says so itself.
macro_rules! old_payloads {
    ($table:literal) => {
        concat!(
            "WITH old AS MATERIALIZED (
                SELECT p.id FROM hookbridge.", $table, " p WHERE p.id >= $1 AND p.id < $2
                    AND NOT EXISTS (SELECT 1 FROM hookbridge.messages m
                        WHERE m.id = p.id AND m.id >= $1 AND m.id < $2 AND (m.due_at IS NOT NULL OR m.payload_expires_at >= $4
                            OR m.deliver_at >= $3 AND m.payload_expires_at IS NULL OR ",
            in_order!(" AND o.held_due_at IS NOT NULL"), "))
                    AND NOT EXISTS (SELECT 1 FROM hookbridge.events v
                        WHERE v.id = p.id AND (v.deliver_at >= $3 OR EXISTS (SELECT 1 FROM hookbridge.messages m
                            WHERE m.event = v.seq AND (m.due_at IS NOT NULL OR ",
            in_order!(" AND o.held_due_at IS NOT NULL"), "))))
                ORDER BY p.id LIMIT $5 FOR UPDATE OF p SKIP LOCKED
            ), gone AS (
                DELETE FROM hookbridge.", $table, " p USING old WHERE p.id = old.id AND p.id >= $1 AND p.id < $2 RETURNING p.id
            )
            SELECT id FROM gone ORDER BY id"
        )
    };
}
macro_rules! old_attempts {
    ($table:literal) => {
        concat!(
            "WITH old AS MATERIALIZED (
                SELECT a.message_id, a.attempt_no FROM hookbridge.", $table, " a WHERE a.message_id >= $1 AND a.message_id < $2
                    AND NOT EXISTS (SELECT 1 FROM hookbridge.messages m WHERE m.id = a.message_id AND m.id >= $1 AND m.id < $2)
                ORDER BY a.message_id, a.attempt_no LIMIT $3
            ), gone AS (
                DELETE FROM hookbridge.", $table, " a USING old
                WHERE a.message_id = old.message_id AND a.attempt_no = old.attempt_no AND a.message_id >= $1 AND a.message_id < $2
                RETURNING a.message_id AS id
            )
            SELECT id FROM gone ORDER BY id"
        )
    };
}
/// Idempotency keys and dead letters of messages that will go with their partition.
macro_rules! names {
    ($table:literal, $column:literal, $row:literal) => {
        concat!(
            "WITH old AS MATERIALIZED (
                SELECT n.",
            $column,
            " AS id, n.ctid FROM hookbridge.",
            $table,
            " n WHERE n.",
            $column,
            " >= $1 AND n.",
            $column,
            " < $2
                    AND NOT EXISTS (SELECT 1 FROM hookbridge.messages m WHERE m.id = n.",
            $column,
            " AND m.id >= $1 AND m.id < $2
                        AND (m.due_at IS NOT NULL OR m.updated_at >= $3 OR ",
            in_order!(""),
            "))
                ORDER BY n.",
            $column,
            " LIMIT $4 FOR UPDATE OF n SKIP LOCKED
            ), gone AS (
                DELETE FROM hookbridge.",
            $table,
            " n USING old WHERE n.ctid = old.ctid RETURNING old.id
            )
            SELECT id FROM gone ORDER BY id"
        )
    };
}

const OLD_MESSAGES: [&str; 2] = [old_messages!("messages_default"), old_messages!("messages")];
const OLD_PAYLOADS: [&str; 2] = [old_payloads!("payloads_default"), old_payloads!("payloads")];
const OLD_ATTEMPTS: [&str; 2] = [old_attempts!("attempts_default"), old_attempts!("attempts")];
const OLD_KEYS: &str = names!("keys", "message_id", "key");
const OLD_DEAD_LETTERS: &str = names!("dead_letters", "id", "seq");
/// An event that has a message keeps its row, and one whose payload is there may get another.
const OLD_EVENTS: &str = "WITH old AS MATERIALIZED (
        SELECT v.id FROM hookbridge.events v WHERE v.id >= $1 AND v.id < $2
            AND NOT EXISTS (SELECT 1 FROM hookbridge.messages m WHERE m.event = v.seq)
            AND NOT EXISTS (SELECT 1 FROM hookbridge.payloads p WHERE p.id = v.id)
        ORDER BY v.id LIMIT $3 FOR UPDATE OF v SKIP LOCKED
    ), gone AS (
        DELETE FROM hookbridge.events v USING old WHERE v.id = old.id RETURNING v.id, v.tenant, v.idempotency_key
    ), k AS (
        DELETE FROM hookbridge.event_keys k USING gone
        WHERE k.tenant = coalesce(gone.tenant, '') AND k.key = gone.idempotency_key AND k.event_id = gone.id
    )
    SELECT id FROM gone ORDER BY id";
const OLD_LATE_CHANGES: &str = "DELETE FROM hookbridge.late_changes WHERE id IN (
    SELECT id FROM hookbridge.late_changes WHERE id < $1 ORDER BY id LIMIT $2)";

/// Where rows are dropped. DEFAULT is named by itself: its range lies also in partitions that are dropped as a whole.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Default,
    Partition,
}

/// Walks a range of ids, a bite at a time, by a statement that answers the ids of what it dropped.
async fn walk(node: &Node, sql: &str, range: Range, bounds: &[i64]) -> Result<()> {
    let mut at = range.lower;
    while node.has_the_chores() {
        let gone = node.read(async |client| {
            let mut values = args![at, range.upper].to_vec();
            values.extend(bounds.iter().map(|bound| (bound as _, bound.kind())));
            values.push((&BITE as _, BITE.kind()));
            client.query_typed(sql, &values).await?.iter().map(|row| row.id(0)).collect()
        });
        let gone: Vec<[u8; 16]> = gone.await?;
        match gone.last() {
            Some(last) if gone.len() as i64 >= BITE => at = Uuid::from_bytes(*last),
            _ => break,
        }
        tokio::time::sleep(BUSY).await;
    }
    Ok(())
}

/// Drops messages that neither wait nor have changed since, with everything of theirs.
pub(super) async fn drop_messages(node: &Node, place: Place, range: Range, bounds: Bounds) -> Result<()> {
    walk(node, OLD_MESSAGES[place as usize], range, &[bounds.rows]).await
}

/// Drops payloads that no message needs.
pub(super) async fn drop_payloads(node: &Node, place: Place, range: Range, bounds: Bounds) -> Result<()> {
    walk(node, OLD_PAYLOADS[place as usize], range, &[bounds.payloads, bounds.now]).await
}

/// Drops attempts whose message is gone.
pub(super) async fn drop_attempts(node: &Node, place: Place, range: Range) -> Result<()> {
    walk(node, OLD_ATTEMPTS[place as usize], range, &[]).await
}

/// Drops what names the messages that will go with a partition.
pub(super) async fn free_names(node: &Node, range: Range, bounds: Bounds) -> Result<()> {
    walk(node, OLD_KEYS, range, &[bounds.rows]).await?;
    walk(node, OLD_DEAD_LETTERS, range, &[bounds.rows]).await
}

/// Drops events that have neither messages nor a payload any more.
pub(super) async fn drop_events(node: &Node, bounds: Bounds) -> Result<()> {
    walk(node, OLD_EVENTS, Range { lower: Uuid::nil(), upper: first_id(bounds.rows) }, &[]).await
}

/// Forgets late changes of messages that are in no partition any more but the one for the rest, whose rows are looked at one by one.
pub(super) async fn forget_late_changes(node: &Node, before: Uuid) -> Result<()> {
    bites(node, async || {
        let gone =
            node.read(async |client| client.execute_typed(OLD_LATE_CHANGES, args![before, BITE]).await);
        Ok(gone.await? as i64)
    })
    .await
}
