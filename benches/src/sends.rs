//! `send` beside bare rusqlite on the same tables.

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery, Durability};

use rusqlite::Connection;

use crate::engines::{config, create_endpoint, open, payload, per_second, request};
use crate::table::{Goal, Measure, Table};

const INSERT_MESSAGE: &str = "INSERT INTO hookbridge_messages (id, endpoint_seq, status, due_at, size_bytes,
    payload_sha256, created_at, updated_at) VALUES (?1, 1, 0, 0, ?2, ?3, 0, 0)";
const INSERT_PAYLOAD: &str = "INSERT INTO hookbridge_payloads (seq, headers, body) VALUES (?1, NULL, ?2)";
/// The most that one transaction of the baseline takes.
const GROUP: usize = 4096;

fn ours(durability: Durability, threads: usize, each: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let engine =
        Engine::open(Config { durability, ..config(&folder.path().join("outbox.db"), Delivery::Off) })
            .expect("an engine");
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    let rate = per_second(threads * each, || {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    for _ in 0..each {
                        engine.send(request(&endpoint)).expect("a receipt");
                    }
                });
            }
        });
    });
    engine.close(Duration::from_secs(5)).expect("an end");
    rate
}

/// The same tables, written by somebody who knows what group commit is: a thread with a channel takes what has
/// gathered, writes it in one transaction and answers.
fn bare(durability: Durability, threads: usize, each: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = bare_connection(folder.path(), durability);
    let (sender, queue) = mpsc::channel::<(Vec<u8>, mpsc::Sender<()>)>();
    per_second(threads * each, || {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let sender = sender.clone();
                scope.spawn(move || {
                    let (done, committed) = mpsc::channel();
                    for _ in 0..each {
                        sender.send((payload(), done.clone())).expect("a writer");
                        committed.recv().expect("an answer");
                    }
                });
            }
            drop(sender);
            let mut number = 0_u64;
            while let Ok(first) = queue.recv() {
                let group: Vec<_> = std::iter::once(first).chain(queue.try_iter().take(GROUP - 1)).collect();
                let transaction = connection.transaction().expect("a transaction");
                for (body, _) in &group {
                    number += 1;
                    insert(&transaction, number, body);
                }
                transaction.commit().expect("a commit");
                for (_, done) in group {
                    let _ = done.send(());
                }
            }
        });
    })
}

pub(crate) fn insert(connection: &Connection, number: u64, body: &[u8]) {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    connection
        .prepare_cached(INSERT_MESSAGE)
        .and_then(|mut insert| insert.execute((&id[..], body.len() as i64, &[0_u8; 32][..])))
        .expect("a row");
    connection
        .prepare_cached(INSERT_PAYLOAD)
        .and_then(|mut insert| insert.execute((connection.last_insert_rowid(), body)))
        .expect("a row");
}

/// One thread, a transaction of `group` rows a time.
fn transactions(durability: Durability, group: usize, groups: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let mut connection = bare_connection(folder.path(), durability);
    let body = payload();
    per_second(group * groups, || {
        for round in 0..groups {
            let transaction = connection.transaction().expect("a transaction");
            for n in 0..group {
                insert(&transaction, (round * group + n) as u64, &body);
            }
            transaction.commit().expect("a commit");
        }
    })
}

/// The engine's own file, so that the rows and indexes are the same. The log is folded as SQLite does it, and seldom: the
/// fewer pages are written to the file twice the better for the baseline.
pub(crate) fn bare_connection(folder: &Path, durability: Durability) -> Connection {
    let engine = open(&folder.join("bare.db"), Delivery::Off);
    engine.close(Duration::from_secs(5)).expect("an end");
    let connection = Connection::open(folder.join("bare.db")).expect("a database");
    let synchronous = if durability == Durability::Full { "full" } else { "normal" };
    connection.pragma_update(None, "synchronous", synchronous).expect("a pragma");
    connection.pragma_update(None, "wal_autocheckpoint", 4000).expect("a pragma");
    connection.pragma_update(None, "cache_size", -8192).expect("a pragma");
    connection
}

fn batches() -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(&folder.path().join("outbox.db"), Delivery::Off);
    let endpoint = create_endpoint(&engine, "http://127.0.0.1:9/");
    let rate = per_second(10_000, || {
        for _ in 0..10 {
            let requests = (0..1000).map(|_| request(&endpoint)).collect();
            let receipts = engine.send_batch(requests).expect("receipts");
            assert!(receipts.iter().all(Result::is_ok));
        }
    });
    engine.close(Duration::from_secs(5)).expect("an end");
    rate
}

pub(crate) fn run(table: &mut Table) {
    for (name, durability) in [("full", Durability::Full), ("normal", Durability::Normal)] {
        for threads in [1, 16, 64] {
            let each = 25_600 / threads / if durability == Durability::Full && threads == 1 { 32 } else { 1 };
            let measure = Measure {
                name: &format!("`send`, `{name}`, {threads} threads"),
                baseline: "bare rusqlite, the same rows, group commit",
                unit: "/s",
                goal: if durability == Durability::Full { Goal::AtLeast(0.8) } else { Goal::Shown },
            };
            table.compare(&measure, || ours(durability, threads, each), || bare(durability, threads, each));
        }
    }
    let measure = Measure {
        name: "`send`, `full`, 64 threads",
        baseline: "a bare commit a message",
        unit: "/s",
        goal: Goal::AtLeast(10.0),
    };
    table.compare(&measure, || ours(Durability::Full, 64, 200), || transactions(Durability::Full, 1, 400));
    let measure = Measure {
        name: "`send_batch` of 1,000, `full`",
        baseline: "a bare transaction of the same rows",
        unit: "/s",
        goal: Goal::AtLeast(0.7),
    };
    table.compare(&measure, batches, || transactions(Durability::Full, 1000, 10));
}
