//! The write-ahead log is folded into the file while producers go on.

mod receiver;

use std::time::Duration;

use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery};

/// Four pages a message: far more than a log may have when nobody reads.
const MESSAGES: usize = 20_000;
const MOST_LOG_BYTES: u64 = 160 * 1024 * 1024;

#[test]
fn under_a_steady_stream_the_log_starts_over() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { delivery: Delivery::Off, ..receiver::config(folder.path()) };
    let engine = Engine::open(config).unwrap();
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    for number in 0..MESSAGES {
        receiver::send(&engine, &endpoint, &format!("[{number}]"));
    }
    let log = std::fs::metadata(folder.path().join("outbox.db-wal")).unwrap().len();
    assert!(log < MOST_LOG_BYTES, "the log has {log} bytes");
    assert!(engine.close(Duration::from_secs(30)).unwrap());
    assert!(!folder.path().join("outbox.db-wal").exists());
}
