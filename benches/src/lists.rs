//! Lists and metrics at ten million stored messages: the slowest page in a hundred, the deepest one included.

use std::path::Path;
use std::time::{Duration, Instant};

use hookbridge_core::Engine;
use hookbridge_core::config::Delivery;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::engines::{create_endpoint, open, percentile};
use crate::table::{Goal, Measure, Table};

const STORED: i64 = 10_000_000;
const ENDPOINTS: i64 = 10;
/// One message in so many was given up.
const DEAD_ONE_IN: i64 = 100;
const DAYS: i64 = 30;
const PAGES: usize = 200;
const PAGE: usize = 50;
const DAY_MS: i64 = 86_400_000;

/// A month of messages, and what was counted of them.
pub(crate) fn filled(database: &Path) -> Vec<String> {
    let engine = open(database, Delivery::Off);
    let endpoints =
        (0..ENDPOINTS).map(|number| create_endpoint(&engine, &format!("http://127.0.0.1:9/{number}")));
    let endpoints = endpoints.collect();
    engine.close(Duration::from_secs(5)).expect("an end");
    let connection = Connection::open(database).expect("a database");
    connection.execute_batch("PRAGMA synchronous = off; PRAGMA cache_size = -262144").expect("pragmas");
    let now = now();
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";
    connection
        .execute(
            &format!(
                "{rows} INSERT INTO hookbridge_messages (id, endpoint_seq, status, size_bytes, payload_sha256,
                 created_at, updated_at, attempt_count, delivered_at, failed_at)
                 SELECT CAST(printf('%016d', i) AS BLOB), i % ?2 + 1, iif(i % ?3 = 0, 3, 2), 512, zeroblob(32),
                 ?4 - (?1 - i) * ?5 / ?1, ?4 - (?1 - i) * ?5 / ?1, 1, ?4, iif(i % ?3 = 0, ?4, NULL) FROM n"
            ),
            (STORED, ENDPOINTS, DEAD_ONE_IN, now, DAYS * DAY_MS),
        )
        .expect("rows");
    // As the deliverer leaves it: minutes of the last hour, hours of the last day, quarters of a week, days before.
    for (width, count) in [(60_000, 65), (3_600_000, 25), (21_600_000, 32), (DAY_MS, 32)] {
        connection
            .execute(
                &format!(
                    "{rows} INSERT OR IGNORE INTO hookbridge_metrics SELECT (?2 / ?3 - i) * ?3, e.seq, 100, 99, 1, 2, 101, 9000
                     FROM n, hookbridge_endpoints e"
                ),
                (count, now, width),
            )
            .expect("counters");
    }
    connection
        .execute("UPDATE hookbridge_state SET value = ?1 WHERE name = 'metrics_accepted'", [STORED])
        .expect("a place");
    connection
        .execute(
            "INSERT INTO hookbridge_attempts (row, id, created_at, response_status)
             SELECT seq * 65536 + 1, id, created_at, 200 FROM hookbridge_messages WHERE seq > ?1",
            [STORED - 100_000],
        )
        .expect("attempts");
    connection.execute_batch("PRAGMA wal_checkpoint(truncate)").expect("a checkpoint");
    drop(connection);
    std::fs::File::open(database).and_then(|file| file.sync_all()).expect("a sync");
    endpoints
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
    now.as_millis() as i64
}

fn call(engine: &Engine, operation: &str, request: &Value) -> (Value, f64) {
    let text = request.to_string();
    let begun = Instant::now();
    let answer = engine.call(operation, &text).expect("an answer");
    let took = begun.elapsed().as_secs_f64() * 1e3;
    (serde_json::from_str(&answer).expect("JSON"), took)
}

/// The slowest in a hundred of pages that follow each other, in milliseconds.
fn pages(engine: &Engine, operation: &str, request: &Value) -> f64 {
    let (mut asked, mut times) = (request.clone(), Vec::new());
    for _ in 0..PAGES {
        let (page, took) = call(engine, operation, &asked);
        times.push(took);
        match page["next_cursor"].as_str() {
            Some(cursor) => asked["cursor"] = json!(cursor),
            None => asked = request.clone(),
        }
    }
    percentile(&mut times, 0.99)
}

/// The same for the plainest query of a page, walking from the middle of the table.
fn bare(database: &Path) -> f64 {
    let connection = Connection::open(database).expect("a database");
    let mut statement = connection
        .prepare(
            "SELECT m.id, e.url, m.status, m.attempt_count, m.created_at, m.delivered_at, m.failed_at, m.last_error
             FROM hookbridge_messages m JOIN hookbridge_endpoints e ON e.seq = m.endpoint_seq
             WHERE m.seq < ?1 ORDER BY m.seq DESC LIMIT ?2",
        )
        .expect("a statement");
    let mut times: Vec<f64> = (0..PAGES)
        .map(|page| {
            let begun = Instant::now();
            let mut rows = statement.query((STORED / 2 - (page * PAGE) as i64, PAGE as i64)).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                row.get::<_, Vec<u8>>(0).expect("an id");
            }
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    percentile(&mut times, 0.99)
}

pub(crate) fn run(table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("outbox.db");
    let endpoints = filled(&database);
    let engine = open(&database, Delivery::Off);
    let at = |days: f64| {
        let millis = now() - (days * DAY_MS as f64) as i64;
        json!(rfc3339(millis))
    };
    let cases = [
        ("the newest pages of the logs", "logs.list", json!({"limit": PAGE})),
        ("the deepest pages of the logs", "logs.list", json!({"limit": PAGE, "end_time": at(29.99)})),
        (
            "of one endpoint, from the middle",
            "logs.list",
            json!({"limit": PAGE, "endpoint_id": endpoints[3], "end_time": at(15.0)}),
        ),
        ("of what was given up", "logs.list", json!({"limit": PAGE, "status": "failed_permanent"})),
        ("of a status that no message has", "logs.list", json!({"limit": PAGE, "status": "pending_retry"})),
        (
            "of a narrow time",
            "logs.list",
            json!({"limit": PAGE, "start_time": at(20.01), "end_time": at(20.0)}),
        ),
        ("of the dead letter queue", "dead_letters.list", json!({"limit": PAGE})),
    ];
    for (name, operation, request) in cases {
        let measure = Measure {
            name: &format!("page of 50 at 10,000,000 messages, p99: {name}"),
            baseline: "a bare query of 50 rows by number",
            unit: "ms",
            goal: Goal::Below(20.0),
        };
        table.compare(&measure, || pages(&engine, operation, &request), || bare(&database));
    }
    for operation in ["metrics.get", "metrics.timeseries"] {
        let measure = Measure {
            name: &format!("`{operation}` of 30 days at 10,000,000 messages, p99"),
            baseline: "a bare query of 50 rows by number",
            unit: "ms",
            goal: Goal::Below(100.0),
        };
        table.compare(&measure, || pages(&engine, operation, &json!({"window": "30d"})), || bare(&database));
    }
    engine.close(Duration::from_secs(5)).expect("an end");
}

/// As the engine writes it.
fn rfc3339(millis: i64) -> String {
    hookbridge_core::model::timestamp::Timestamp::from_millis(millis).to_string()
}
