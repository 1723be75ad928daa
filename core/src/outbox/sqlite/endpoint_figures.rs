//! How the messages of each endpoint stand, and how it has answered: from the indexes and the metrics alone.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::endpoints;
use super::stored::dead_letter;
use crate::model::ids::EndpointId;
use crate::model::timestamp::Timestamp;
use crate::outbox::figures::{Buckets, Counters, EndpointFigures};
use crate::outbox::rows::LaneKey;

const WAITING: &str = "SELECT count(*) FILTER (WHERE due_at <= 0), count(*) FILTER (WHERE due_at > 0)
    FROM hookbridge_messages INDEXED BY hookbridge_messages_waiting WHERE endpoint_seq = ?1 AND due_at IS NOT NULL";
const HELD: &str = "SELECT count(*) FROM hookbridge_messages INDEXED BY hookbridge_messages_order
    WHERE in_order IS NOT NULL AND in_order = 1 AND endpoint_seq = ?1";
const DEAD: &str = concat!(
    "SELECT count(*) FROM hookbridge_messages INDEXED BY hookbridge_messages_dead_of_endpoint WHERE endpoint_seq = ?1 AND ",
    dead_letter!()
);
/// One pass for all endpoints: the metrics are in the order of time.
const BUCKETS: &str = "SELECT endpoint_seq, (at - ?1) / ?2, succeeded, failed, retries, answers, latency_ms
    FROM hookbridge_metrics WHERE at >= ?1 AND at < ?3";
const LAST: &str = "SELECT endpoint_seq, max(at) FILTER (WHERE succeeded > 0),
    max(at) FILTER (WHERE failed + retries > 0) FROM hookbridge_metrics GROUP BY endpoint_seq";

/// The figures of each endpoint; `None` for one that is unknown or deleted.
pub(crate) fn read(
    connection: &Connection,
    ids: &[EndpointId],
    Buckets { from, width, count }: Buckets,
) -> rusqlite::Result<Vec<Option<EndpointFigures>>> {
    let snapshot = connection.unchecked_transaction()?;
    let mut figures: Vec<Option<EndpointFigures>> = Vec::with_capacity(ids.len());
    let mut places = HashMap::with_capacity(ids.len());
    for id in ids {
        let Some(seq) = endpoints::live_seq(&snapshot, id)? else {
            figures.push(None);
            continue;
        };
        let (queued, waiting_for_retry): (u64, u64) =
            snapshot.prepare_cached(WAITING)?.query_row([seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let held: u64 = snapshot.prepare_cached(HELD)?.query_row([seq], |row| row.get(0))?;
        let dead = snapshot.prepare_cached(DEAD)?.query_row([seq], |row| row.get(0))?;
        places.insert(seq, figures.len());
        figures.push(Some(EndpointFigures {
            lane: LaneKey(seq),
            queued: queued + held,
            waiting_for_retry,
            dead,
            last_success: None,
            last_failure: None,
            buckets: vec![Counters::default(); count],
        }));
    }
    let until = from + width * i64::try_from(count).unwrap_or(0);
    let mut statement = snapshot.prepare_cached(BUCKETS)?;
    let mut rows = statement.query(params![from, width, until])?;
    while let Some(row) = rows.next()? {
        let (seq, place): (i64, usize) = (row.get(0)?, row.get(1)?);
        let bucket = of(&places, &mut figures, seq).and_then(|found| found.buckets.get_mut(place));
        let Some(bucket) = bucket else { continue };
        bucket.add(&Counters {
            total: 0,
            succeeded: row.get(2)?,
            failed: row.get(3)?,
            retries: row.get(4)?,
            answers: row.get(5)?,
            latency_ms: row.get(6)?,
        });
    }
    let mut statement = snapshot.prepare_cached(LAST)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(found) = of(&places, &mut figures, row.get(0)?) {
            found.last_success = row.get::<_, Option<i64>>(1)?.map(Timestamp::from_millis);
            found.last_failure = row.get::<_, Option<i64>>(2)?.map(Timestamp::from_millis);
        }
    }
    Ok(figures)
}

/// The figures of the endpoint in row `seq`, if they are asked for.
fn of<'a>(
    places: &HashMap<i64, usize>,
    figures: &'a mut [Option<EndpointFigures>],
    seq: i64,
) -> Option<&'a mut EndpointFigures> {
    figures.get_mut(*places.get(&seq)?)?.as_mut()
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
            assert!(plan.contains("USING COVERING INDEX") && plan.contains("endpoint_seq="), "{sql}: {plan}");
        }
    }
}
