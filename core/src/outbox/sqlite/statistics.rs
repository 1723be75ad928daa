//! How many messages wait and were given up. Only indexes are read: delivered messages cost nothing, however many there are.

use rusqlite::{Connection, OptionalExtension, params};

use super::ordering::held;
use super::stored::{dead_letter, is_due};
use crate::model::timestamp::Timestamp;
use crate::outbox::figures::Counts;

/// The due time tells queued messages from those that wait for a retry: see `schema.rs`. The smallest `seq` was accepted first.
const WAITING: &str = concat!(
    "SELECT count(*) FILTER (WHERE due_at <= 0), count(*) FILTER (WHERE due_at > 0),
    min(seq) FILTER (WHERE ",
    is_due!("due_at", "?1"),
    ") FROM hookbridge_messages INDEXED BY hookbridge_messages_waiting WHERE due_at IS NOT NULL"
);
const HELD: &str =
    concat!("SELECT count(*) FROM hookbridge_messages INDEXED BY hookbridge_messages_held WHERE ", held!());
const DEAD: &str = concat!(
    "SELECT count(*) FROM hookbridge_messages INDEXED BY hookbridge_messages_dead WHERE ",
    dead_letter!()
);
const CREATED_AT: &str = "SELECT created_at FROM hookbridge_messages WHERE seq = ?1";

pub(crate) fn counts(connection: &Connection, now: Timestamp) -> rusqlite::Result<Counts> {
    let (queued, waiting_for_retry, oldest): (u64, u64, Option<i64>) = connection
        .prepare_cached(WAITING)?
        .query_row(params![now.as_millis()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let held: u64 = connection.prepare_cached(HELD)?.query_row([], |row| row.get(0))?;
    let dead = connection.prepare_cached(DEAD)?.query_row([], |row| row.get(0))?;
    let oldest_due = match oldest {
        Some(seq) => connection.prepare_cached(CREATED_AT)?.query_row([seq], |row| row.get(0)).optional()?,
        None => None,
    };
    Ok(Counts {
        queued: queued + held,
        waiting_for_retry,
        dead,
        oldest_due: oldest_due.map(Timestamp::from_millis),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::sqlite::schema;

    #[test]
    fn counting_looks_at_no_table() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        for sql in [WAITING, HELD, DEAD] {
            let plan: String = connection
                .query_row(&format!("EXPLAIN QUERY PLAN {}", sql.replace("?1", "1")), [], |row| row.get(3))
                .unwrap();
            assert!(plan.contains("USING COVERING INDEX"), "{sql}: {plan}");
        }
    }
}
