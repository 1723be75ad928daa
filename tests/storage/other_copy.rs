//! A second copy of SQLite in the process closes the file and drops our locks: what is acknowledged stays.

use std::collections::BTreeSet;
use std::time::Duration;

use rusqlite::Connection;

use crate::faults::stored_ids;
use crate::receiver::{self, Receiver, answer};

/// What such a close leads to: another process takes itself for the only one, folds the log into the file and
/// deletes it under us. Here the log is deleted by hand, at moments of every kind.
#[test]
fn a_log_that_is_deleted_under_the_engine_costs_no_returned_id() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("outbox.db");
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = receiver::engine(folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let mut ids = BTreeSet::new();
    for round in 0..20 {
        for n in 0..10 {
            ids.insert(receiver::send(&engine, &endpoint, &n.to_string()));
        }
        if round % 4 == 0 {
            // As the other process would: everything is in the file before the log goes.
            let other = Connection::open(&database).unwrap();
            other.busy_timeout(Duration::from_secs(10)).unwrap();
            let folded: (i64, i64, i64) = other
                .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })
                .unwrap();
            drop(other);
            // A reader may hold the log back; then this round tells nothing.
            if folded.0 == 0 {
                std::fs::remove_file(folder.path().join("outbox.db-wal")).unwrap();
                std::fs::remove_file(folder.path().join("outbox.db-shm")).unwrap();
            }
        }
    }
    assert!(engine.flush(Duration::from_secs(30)).unwrap());
    engine.close(Duration::from_secs(10)).unwrap();
    let connection = Connection::open(&database).unwrap();
    let stored = stored_ids(&connection);
    let lost = ids.difference(&stored).count();
    assert_eq!(lost, 0, "{lost} of {} returned ids are gone", ids.len());
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}
