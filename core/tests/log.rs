//! The write-ahead log is folded into the file while producers go on.

use std::path::Path;
use std::time::Duration;

use crate::receiver;
use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery};

/// Four pages a message: far more than a log may have when nobody reads.
const MESSAGES: usize = 20_000;
const MOST_LOG_BYTES: u64 = 160 * 1024 * 1024;

fn open(folder: &Path) -> Engine {
    Engine::open(Config { delivery: Delivery::Off, ..receiver::config(folder) }).unwrap()
}

fn log_bytes(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("outbox.db-wal")).unwrap().len()
}

#[test]
fn under_a_steady_stream_the_log_starts_over() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    for number in 0..MESSAGES {
        receiver::send(&engine, &endpoint, &format!("[{number}]"));
    }
    let log = log_bytes(folder.path());
    assert!(log < MOST_LOG_BYTES, "the log has {log} bytes");
    assert!(engine.close(Duration::from_secs(30)).unwrap());
    assert!(!folder.path().join("outbox.db-wal").exists());
}

/// Each writes on while another folds.
#[test]
fn so_it_does_where_two_write() {
    let folder = tempfile::tempdir().unwrap();
    let engines = [open(folder.path()), open(folder.path())];
    let endpoint = receiver::endpoint(&engines[0], "http://127.0.0.1:9/");
    std::thread::scope(|scope| {
        for engine in &engines {
            scope.spawn(|| {
                for number in 0..MESSAGES / 2 {
                    receiver::send(engine, &endpoint, &format!("[{number}]"));
                }
            });
        }
    });
    let log = log_bytes(folder.path());
    assert!(log < MOST_LOG_BYTES, "the log has {log} bytes");
}

/// A commit of each is longer than what a commit folds beside its own.
#[test]
fn so_it_does_for_large_messages() {
    let folder = tempfile::tempdir().unwrap();
    let engine = open(folder.path());
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    let payload = format!("\"{}\"", "x".repeat(1_000_000));
    for _ in 0..300 {
        receiver::send(&engine, &endpoint, &payload);
    }
    let log = log_bytes(folder.path());
    assert!(log < MOST_LOG_BYTES, "the log has {log} bytes");
}
