//! What a large file costs: memory while a million messages wait, the first delivery from it, and the rate of
//! deliveries beside ten million that have ended.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookbridge_core::config::Delivery;
use rusqlite::Connection;

use crate::engines::{create_endpoint, open, payload, per_second, receiver, request};
use crate::table::{Goal, Measure, Table};

/// The argument with which this program opens a file and prints its own resident memory in MiB.
pub(crate) const RESIDENT: &str = "resident-memory";
const WAITING: usize = 1_000_000;
const STORED: usize = 10_000_000;
const FEW_STORED: usize = 10_000;
const DELIVERIES: usize = 10_000;
/// The messages that become due at one moment.
const AT_ONE_MOMENT: usize = 100_000;
/// The number of a fresh message, and what the number of a scheduled one is less than its moment (docs/schema.md#due_at).
const FRESH: i64 = 0;
const BEFORE_ALL: i64 = 1_000_000_000_000_000;

/// The number of messages that are scheduled for a moment so many seconds from now.
fn scheduled(seconds: i64) -> i64 {
    now() + seconds * 1000 - BEFORE_ALL
}

/// Milliseconds of Unix time.
fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
    now.as_millis() as i64
}

/// A file in which `waiting` messages wait for `url` with the number `due_at`, behind `ended` ones that were delivered.
fn filled(database: &Path, url: &str, (waiting, due_at): (usize, i64), ended: usize) -> String {
    let engine = open(database, Delivery::Off);
    let endpoint = create_endpoint(&engine, url);
    engine.close(Duration::from_secs(5)).expect("an end");
    let connection = Connection::open(database).expect("a database");
    connection.execute_batch("PRAGMA synchronous = off; PRAGMA cache_size = -262144").expect("pragmas");
    let now = now();
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";
    let insert = |count: usize, status: i64, due: Option<i64>| {
        connection
            .execute(
                &format!(
                    "{rows} INSERT INTO hookbridge_messages (id, endpoint_seq, status, due_at, size_bytes,
                     payload_sha256, created_at, updated_at, attempt_count)
                     SELECT CAST(printf('%016d', i + (SELECT coalesce(max(seq), 0) FROM hookbridge_messages))
                     AS BLOB), 1, ?2, ?3, 512, zeroblob(32), ?4, ?4, 0 FROM n"
                ),
                (count as i64, status, due, now),
            )
            .expect("rows");
    };
    if ended > 0 {
        insert(ended, 2, None);
    }
    if waiting > 0 {
        insert(waiting, 0, Some(due_at));
        connection
            .execute(
                "INSERT INTO hookbridge_payloads (seq, body)
                 SELECT seq, ?1 FROM hookbridge_messages WHERE due_at IS NOT NULL",
                [payload()],
            )
            .expect("payloads");
    }
    connection.execute_batch("PRAGMA wal_checkpoint(truncate)").expect("a checkpoint");
    drop(connection);
    // What was written without waiting must not go to the disk while something is measured.
    std::fs::File::open(database).and_then(|file| file.sync_all()).expect("a sync");
    endpoint
}

/// Puts everything that waits in a file behind one ordering key, whose first message was given up and halts it.
fn hold(database: &Path) {
    let connection = Connection::open(database).expect("a database");
    connection.execute_batch("PRAGMA synchronous = off; PRAGMA cache_size = -262144").expect("pragmas");
    connection
        .execute_batch(
            "BEGIN;
             UPDATE hookbridge_messages SET ordering_key = 'order', in_order = 1, held_due_at = due_at, due_at = NULL
                 WHERE due_at IS NOT NULL;
             UPDATE hookbridge_messages SET in_order = 0, held_due_at = NULL, status = 3, failed_at = created_at
                 WHERE seq = (SELECT min(seq) FROM hookbridge_messages WHERE in_order = 1);
             UPDATE hookbridge_endpoints SET on_failure = 1;
             COMMIT;
             PRAGMA wal_checkpoint(truncate)",
        )
        .expect("an order");
    drop(connection);
    std::fs::File::open(database).and_then(|file| file.sync_all()).expect("a sync");
}

/// Opens a file, lets it settle, and prints what the process holds.
pub(crate) fn print_resident_memory(database: &str) {
    let engine = open(Path::new(database), Delivery::Auto);
    engine.call("endpoints.list", "{}").expect("a page");
    std::thread::sleep(Duration::from_secs(3));
    let pages = std::fs::read_to_string("/proc/self/statm").expect("statistics");
    let pages: f64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number");
    println!("{}", pages * 4096.0 / 1_048_576.0);
    engine.close(Duration::ZERO).expect("an end");
}

fn resident(database: &Path) -> f64 {
    let output = Command::new(std::env::current_exe().expect("a program"))
        .arg(RESIDENT)
        .arg(database)
        .output()
        .expect("a process");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

/// Milliseconds from opening to the first request at the receiver.
fn first_delivery(waiting: usize) -> f64 {
    let (sender, first) = std::sync::mpsc::channel();
    let address = receiver(move |_| {
        let _ = sender.send(Instant::now());
        Duration::from_secs(3600)
    });
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("outbox.db");
    filled(&database, &format!("http://{address}/"), (waiting, FRESH), 0);
    let begun = Instant::now();
    let engine = open(&database, Delivery::Auto);
    let at = first.recv_timeout(Duration::from_secs(60)).expect("a delivery");
    engine.close(Duration::ZERO).expect("an end");
    at.duration_since(begun).as_secs_f64() * 1e3
}

/// Messages delivered in a second from the opening of a file in which all of them are due.
fn drained(due_at: fn() -> i64) -> f64 {
    let delivered: Arc<AtomicUsize> = Arc::default();
    let counted = delivered.clone();
    let address = receiver(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Duration::ZERO
    });
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("outbox.db");
    filled(&database, &format!("http://{address}/"), (AT_ONE_MOMENT, due_at()), 0);
    let mut engine = None;
    let rate = per_second(AT_ONE_MOMENT, || {
        let opened = engine.insert(open(&database, Delivery::Auto));
        assert!(opened.flush(Duration::from_secs(120)).expect("a flush"));
    });
    assert_eq!(delivered.load(Ordering::SeqCst), AT_ONE_MOMENT);
    engine.expect("an engine").close(Duration::from_secs(5)).expect("an end");
    rate
}

fn delivery_rate(address: SocketAddr, database: &Path, endpoint: &str, count: &AtomicUsize) -> f64 {
    assert!(address.port() > 0);
    let engine = open(database, Delivery::Auto);
    count.store(0, Ordering::SeqCst);
    let rate = per_second(DELIVERIES, || {
        for _ in 0..DELIVERIES / 500 {
            engine.send_batch((0..500).map(|_| request(endpoint)).collect()).expect("receipts");
        }
        assert!(engine.flush(Duration::from_secs(120)).expect("a flush"));
    });
    assert_eq!(count.load(Ordering::SeqCst), DELIVERIES);
    engine.close(Duration::from_secs(5)).expect("an end");
    rate
}

pub(crate) fn run(table: &mut Table) {
    let hangs = receiver(|_| Duration::from_secs(3600));
    let folder = tempfile::tempdir().expect("a folder");
    let [idle, full, far, held] =
        ["idle.db", "full.db", "far.db", "held.db"].map(|name| folder.path().join(name));
    filled(&idle, &format!("http://{hangs}/"), (0, FRESH), 0);
    filled(&full, &format!("http://{hangs}/"), (WAITING, FRESH), 0);
    filled(&far, &format!("http://{hangs}/"), (WAITING, scheduled(24 * 3600)), 0);
    let measure = Measure {
        name: "resident memory with 1,000,000 messages waiting",
        baseline: "the idle engine",
        unit: "MiB",
        goal: Goal::AtMostMore(64.0),
    };
    table.compare(&measure, || resident(&full), || resident(&idle));
    let measure = Measure {
        name: "resident memory with 1,000,000 messages scheduled",
        baseline: "the idle engine",
        unit: "MiB",
        // Caches fill, whatever the number of messages.
        goal: Goal::AtMostMore(16.0),
    };
    table.compare(&measure, || resident(&far), || resident(&idle));
    filled(&held, &format!("http://{hangs}/"), (WAITING, FRESH), 0);
    hold(&held);
    let measure = Measure {
        name: "resident memory with 1,000,000 messages behind one ordering key that is halted",
        baseline: "the idle engine",
        unit: "MiB",
        // Caches fill, whatever the number of messages.
        goal: Goal::AtMostMore(16.0),
    };
    table.compare(&measure, || resident(&held), || resident(&idle));
    drop(folder);
    let measure = Measure {
        name: "100,000 messages of one moment, once it has come: delivered and recorded",
        baseline: "100,000 fresh ones",
        unit: "/s",
        goal: Goal::AtLeast(0.9),
    };
    table.compare(&measure, || drained(|| scheduled(-1)), || drained(|| FRESH));
    let measure = Measure {
        name: "first delivery after opening a file with 1,000,000 waiting",
        baseline: "a file with 10",
        unit: "ms",
        goal: Goal::AtMostMore(250.0),
    };
    table.compare(&measure, || first_delivery(WAITING), || first_delivery(10));

    let count: Arc<AtomicUsize> = Arc::default();
    let counted = count.clone();
    let address = receiver(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        Duration::ZERO
    });
    let folder = tempfile::tempdir().expect("a folder");
    let [many, few, held] = ["many.db", "few.db", "held.db"].map(|name| folder.path().join(name));
    let url = format!("http://{address}/");
    let (at_held, at_none) =
        (filled(&held, &url, (WAITING, FRESH), 0), filled(&few, &url, (0, FRESH), FEW_STORED));
    hold(&held);
    let measure = Measure {
        name: "delivery rate of an endpoint with 1,000,000 messages behind one ordering key that is halted",
        baseline: "without them",
        unit: "/s",
        goal: Goal::AtLeast(0.9),
    };
    table.compare(
        &measure,
        || delivery_rate(address, &held, &at_held, &count),
        || delivery_rate(address, &few, &at_none, &count),
    );
    std::fs::remove_file(&few).expect("a file that is there");
    let (at_many, at_few) =
        (filled(&many, &url, (0, FRESH), STORED), filled(&few, &url, (0, FRESH), FEW_STORED));
    let measure = Measure {
        name: "delivery rate at 10,000,000 stored messages",
        baseline: "at 10,000",
        unit: "/s",
        goal: Goal::AtLeast(0.8),
    };
    table.compare(
        &measure,
        || delivery_rate(address, &many, &at_many, &count),
        || delivery_rate(address, &few, &at_few, &count),
    );
}
