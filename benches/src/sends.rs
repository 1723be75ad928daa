//! `send` beside bare rusqlite: the same bytes in as many rows and indexes, in transactions of as many messages as there are
//! threads, which is the most that group commit can gather.

use std::path::Path;

use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery, Durability};
use hookbridge_core::operations::messages::SendRequest;

use crate::{compare, payload, per_second};

const TABLES: &str = "PRAGMA journal_mode = wal;
    CREATE TABLE messages (seq INTEGER PRIMARY KEY, id BLOB UNIQUE, endpoint INTEGER, status INTEGER, due INTEGER,
        size INTEGER, sha BLOB, created INTEGER, updated INTEGER);
    CREATE INDEX waiting ON messages (endpoint, due) WHERE due IS NOT NULL;
    CREATE TABLE payloads (seq INTEGER PRIMARY KEY, headers TEXT, body BLOB);";

fn ours(durability: Durability, threads: usize, each: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = Engine::open(Config {
        database: folder.path().join("outbox.db"),
        durability,
        delivery: Delivery::Off,
        allow_local_endpoints: true,
        ..Config::default()
    })
    .expect("an engine");
    let endpoint =
        engine.call("endpoints.create", r#"{"url": "http://127.0.0.1:9/hook"}"#).expect("an endpoint");
    let endpoint: serde_json::Value = serde_json::from_str(&endpoint).expect("JSON");
    let endpoint = endpoint["id"].as_str().expect("an id");
    let rate = per_second(threads * each, || {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..each {
                        let request = SendRequest::new(endpoint, payload()).expect("JSON");
                        engine.send(request).expect("a receipt");
                    }
                });
            }
        });
    });
    engine.close(std::time::Duration::from_secs(5)).expect("an end");
    rate
}

fn bare(durability: Durability, group: usize, groups: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = open(folder.path(), durability);
    let body = payload();
    per_second(group * groups, || {
        for round in 0..groups {
            let transaction = connection.transaction().expect("a transaction");
            for n in 0..group {
                let mut id = [0; 16];
                id[..8].copy_from_slice(&((round * group + n) as u64).to_be_bytes());
                transaction
                    .prepare_cached(
                        "INSERT INTO messages (id, endpoint, status, due, size, sha, created, updated)
                         VALUES (?1, 1, 0, 0, ?2, ?3, 0, 0)",
                    )
                    .and_then(|mut insert| insert.execute((&id[..], body.len() as i64, &[0u8; 32][..])))
                    .expect("a row");
                transaction
                    .prepare_cached("INSERT INTO payloads (seq, headers, body) VALUES (?1, NULL, ?2)")
                    .and_then(|mut insert| insert.execute((transaction.last_insert_rowid(), &body)))
                    .expect("a row");
            }
            transaction.commit().expect("a commit");
        }
    })
}

fn open(folder: &Path, durability: Durability) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(folder.join("bare.db")).expect("a database");
    connection.execute_batch(TABLES).expect("tables");
    let synchronous = if durability == Durability::Full { "full" } else { "normal" };
    connection.pragma_update(None, "synchronous", synchronous).expect("a pragma");
    connection.pragma_update(None, "wal_autocheckpoint", 4000).expect("a pragma");
    connection
}

pub(crate) fn run() {
    for (name, durability) in [("full", Durability::Full), ("normal", Durability::Normal)] {
        for threads in [1, 16, 64] {
            let each = 12_800 / threads / if durability == Durability::Full && threads == 1 { 16 } else { 1 };
            compare(
                &format!(
                    "send, `{name}`, {threads} threads; baseline: bare rusqlite, {threads} a transaction"
                ),
                || ours(durability, threads, each),
                || bare(durability, threads, each),
            );
        }
    }
    compare(
        "send, `full`, 64 threads; baseline: one bare commit a message",
        || ours(Durability::Full, 64, 100),
        || bare(Durability::Full, 1, 400),
    );
}
