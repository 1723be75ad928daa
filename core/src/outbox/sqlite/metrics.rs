//! Counters by endpoint and minute. As they age, they are rolled up by hour, by quarter of a day and by day.
//!
//! A row counts what happened from `at` on: in one minute while it is young, and in an hour, a quarter or a day (UTC) after
//! the minutes behind it were rolled up into it. So the buckets of every window are right at any time.
//!
//! Outcomes are counted in the transaction that records them. Accepted messages are counted afterwards from their own rows,
//! and the row up to which they were counted is written with the sums: a send pays nothing, and a crash loses or doubles
//! nothing. Until then readers count the newest messages themselves.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use crate::model::timestamp::Timestamp;
use crate::outbox::figures::{Buckets, Counters, DAY, HOUR, MINUTE, QUARTER, floor};

/// The age at which rows are dropped. No window reaches further back.
const ROW_RETENTION: i64 = 32 * DAY;
/// The steps of rolling up. Each `age` is past the end of every window that needs the narrower rows.
const ROLL_UPS: [RollUp; 3] = [
    RollUp { width: HOUR, age: 65 * MINUTE, reached: "metrics_by_hour" },
    RollUp { width: QUARTER, age: 25 * HOUR, reached: "metrics_by_quarter" },
    RollUp { width: DAY, age: 8 * DAY, reached: "metrics_by_day" },
];

const ADD: &str = "INSERT INTO hookbridge_metrics VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT DO UPDATE SET total = total + excluded.total, succeeded = succeeded + excluded.succeeded,
    failed = failed + excluded.failed, retries = retries + excluded.retries, answers = answers + excluded.answers,
    latency_ms = latency_ms + excluded.latency_ms";
const SUM: &str =
    "SELECT (at - ?1) / ?2, sum(total), sum(succeeded), sum(failed), sum(retries), sum(answers),
    sum(latency_ms) FROM hookbridge_metrics WHERE at >= ?1 AND at < ?3 AND (?4 IS NULL OR endpoint_seq = ?4)
    GROUP BY 1 ORDER BY 1";
/// Accepted messages that are not in the counters yet, to be added to [`SUM`].
const SUM_OF_NEW: &str = "SELECT (created_at - ?1) / ?2, count(*) FROM hookbridge_messages
    WHERE seq > (SELECT value FROM hookbridge_state WHERE name = 'metrics_accepted')
    AND created_at >= ?1 AND created_at < ?3 AND (?4 IS NULL OR endpoint_seq = ?4) GROUP BY 1";
const ACCEPTED: &str = "SELECT created_at - created_at % ?3, endpoint_seq, count(*) FROM hookbridge_messages
    WHERE seq > ?1 AND seq <= ?2 GROUP BY 1, 2";
const NARROW: &str =
    "SELECT at FROM hookbridge_metrics WHERE at >= ?1 AND at < ?2 AND at % ?3 <> 0 ORDER BY at LIMIT 1";
const ROLL_UP: &str = "INSERT INTO hookbridge_metrics
    SELECT at - at % ?2, endpoint_seq, total, succeeded, failed, retries, answers, latency_ms
    FROM hookbridge_metrics WHERE at = ?1
    ON CONFLICT DO UPDATE SET total = total + excluded.total, succeeded = succeeded + excluded.succeeded,
    failed = failed + excluded.failed, retries = retries + excluded.retries, answers = answers + excluded.answers,
    latency_ms = latency_ms + excluded.latency_ms";
const DROP_AT: &str = "DELETE FROM hookbridge_metrics WHERE at = ?1";
const OLDEST: &str = "SELECT at FROM hookbridge_metrics WHERE at < ?1 ORDER BY at LIMIT 1";
const REACHED: &str = "SELECT value FROM hookbridge_state WHERE name = ?1";
const REACH: &str = "UPDATE hookbridge_state SET value = ?2 WHERE name = ?1";

/// Rolls rows up into buckets of `width`, once they are of `age`. The state row `reached` holds how far this went.
struct RollUp {
    width: i64,
    age: i64,
    reached: &'static str,
}

/// The state row that holds up to which message the accepted ones were counted.
const ACCEPTED_REACHED: &str = "metrics_accepted";
/// The most messages that are counted in one transaction.
const ACCEPTED_BITE: i64 = 1_000;

/// Counts the next accepted messages. Returns whether there are more.
pub(crate) fn count_accepted(connection: &Connection) -> rusqlite::Result<bool> {
    let reached: i64 = connection.prepare_cached(REACHED)?.query_row([ACCEPTED_REACHED], |row| row.get(0))?;
    let last = super::due::last_seq(connection)?;
    let until = last.min(reached.saturating_add(ACCEPTED_BITE));
    if until <= reached {
        return Ok(false);
    }
    let mut statement = connection.prepare_cached(ACCEPTED)?;
    let mut rows = statement.query([reached, until, MINUTE])?;
    let mut add = connection.prepare_cached(ADD)?;
    while let Some(row) = rows.next()? {
        let (at, endpoint_seq, total): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        add.execute(params![at, endpoint_seq, total, 0, 0, 0, 0, 0])?;
    }
    connection.prepare_cached(REACH)?.execute(params![ACCEPTED_REACHED, until])?;
    Ok(until < last)
}

/// The counters of one commit group by endpoint, in the order of the metrics' rows.
pub(crate) type GroupCounters = BTreeMap<i64, Counters>;

/// Adds the counters of a group: one row for each endpoint.
pub(crate) fn write(
    connection: &Connection,
    counters: &GroupCounters,
    now: Timestamp,
) -> rusqlite::Result<()> {
    if counters.is_empty() {
        return Ok(());
    }
    let at = floor(now.as_millis(), MINUTE);
    let mut add = connection.prepare_cached(ADD)?;
    for (endpoint_seq, counted) in counters {
        let Counters { total, succeeded, failed, retries, answers, latency_ms } = counted;
        add.execute(params![at, endpoint_seq, total, succeeded, failed, retries, answers, latency_ms])?;
    }
    Ok(())
}

/// The counters of each bucket, of one endpoint or of all.
pub(crate) fn buckets(
    connection: &Connection,
    Buckets { from, width, count }: Buckets,
    endpoint_seq: Option<i64>,
) -> rusqlite::Result<Vec<Counters>> {
    let mut buckets = vec![Counters::default(); count];
    let until = from + width * i64::try_from(count).unwrap_or(0);
    // One snapshot: a message that is counted between the two reads would be missed or counted twice.
    let snapshot = connection.unchecked_transaction()?;
    let mut statement = snapshot.prepare_cached(SUM)?;
    let mut rows = statement.query(params![from, width, until, endpoint_seq])?;
    while let Some(row) = rows.next()? {
        let counted = Counters {
            total: row.get(1)?,
            succeeded: row.get(2)?,
            failed: row.get(3)?,
            retries: row.get(4)?,
            answers: row.get(5)?,
            latency_ms: row.get(6)?,
        };
        if let Some(bucket) = buckets.get_mut(row.get::<_, usize>(0)?) {
            *bucket = counted;
        }
    }
    let mut statement = snapshot.prepare_cached(SUM_OF_NEW)?;
    let mut rows = statement.query(params![from, width, until, endpoint_seq])?;
    while let Some(row) = rows.next()? {
        if let Some(bucket) = buckets.get_mut(row.get::<_, usize>(0)?) {
            bucket.total += row.get::<_, u64>(1)?;
        }
    }
    Ok(buckets)
}

/// Rolls one minute up into its hour, one hour into its quarter and one quarter into its day, and drops the rows of one
/// moment past every window. Returns whether there was anything to do.
pub(crate) fn age(connection: &Connection, now: Timestamp) -> rusqlite::Result<bool> {
    let mut busy = false;
    for step in &ROLL_UPS {
        let reached: i64 = connection.prepare_cached(REACHED)?.query_row([step.reached], |row| row.get(0))?;
        let until = floor(now.as_millis() - step.age, step.width);
        let narrow: Option<i64> = connection
            .prepare_cached(NARROW)?
            .query_row(params![reached, until, step.width], |row| row.get(0))
            .optional()?;
        if let Some(at) = narrow {
            connection.prepare_cached(ROLL_UP)?.execute([at, step.width])?;
            connection.prepare_cached(DROP_AT)?.execute([at])?;
            busy = true;
        }
        // Not beyond the bucket: a narrower step may still leave a row in it, before this one.
        let next = narrow.map_or(until, |at| floor(at, step.width));
        if next > reached {
            connection.prepare_cached(REACH)?.execute(params![step.reached, next])?;
        }
    }
    let oldest: Option<i64> = connection
        .prepare_cached(OLDEST)?
        .query_row([now.as_millis() - ROW_RETENTION], |row| row.get(0))
        .optional()?;
    if let Some(at) = oldest {
        connection.prepare_cached(DROP_AT)?.execute([at])?;
        busy = true;
    }
    Ok(busy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::sqlite::schema;

    #[test]
    fn rolling_up_changes_no_sum_and_leaves_few_rows() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection).unwrap();
        let now = Timestamp::from_millis(1_000 * DAY + 5 * HOUR + 17 * MINUTE);
        for age in (0..40 * DAY).step_by(7 * MINUTE as usize) {
            let counted =
                Counters { total: 3, succeeded: 2, answers: 2, latency_ms: 9, ..Counters::default() };
            let counters = GroupCounters::from([(1, counted), (2, counted)]);
            write(&connection, &counters, Timestamp::from_millis(now.as_millis() - age)).unwrap();
        }
        let views = || {
            [(MINUTE, 60), (HOUR, 24), (QUARTER, 28), (DAY, 30)].map(|(width, count)| {
                let from = floor(now.as_millis(), width) - width * (count as i64 - 1);
                [None, Some(2)]
                    .map(|endpoint| buckets(&connection, Buckets { from, width, count }, endpoint).unwrap())
            })
        };
        let before = views();
        while age(&connection, now).unwrap() {}
        assert_eq!(views(), before);
        let rows: i64 =
            connection.query_row("SELECT count(*) FROM hookbridge_metrics", [], |row| row.get(0)).unwrap();
        assert!(rows < 2 * 120, "{rows} rows");
    }
}
