//! Calls that fail: each ends in an error to its caller, no id is returned for what was not committed, and all is
//! well again once the fault is gone.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rusqlite::Connection;

use crate::receiver::{self, Receiver, answer};
use crate::shim::{Producer, Said};

const MANY: u32 = 100_000_000;

struct Scene {
    folder: tempfile::TempDir,
    receiver: Receiver,
    endpoint: String,
}

impl Scene {
    fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let receiver = Receiver::start(|_, _| answer(200));
        let engine = receiver::engine(folder.path());
        let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
        engine.close(Duration::from_secs(10)).unwrap();
        Self { folder, receiver, endpoint }
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("outbox.db")
    }

    /// Sends before, during and after a fault; `set` puts it in force and lifts it.
    fn run(&self, shim: Option<&Path>, mut set: impl FnMut(&Producer, bool)) -> Said {
        let producer = Producer::start(&self.database(), &self.endpoint, "both", (4, MANY), shim, None);
        let before = producer.until("the first ids", |said| said.ids.len() >= 50);
        assert_eq!(before.refused(), 0);
        set(&producer, true);
        producer.until("refusals", |said| said.refused() >= 20);
        set(&producer, false);
        let lifted = producer.said().ids.len();
        producer.until("ids after the fault", |said| said.ids.len() >= lifted + 50);
        let said = producer.finish();
        assert_eq!(said.refusals.keys().collect::<Vec<_>>(), ["STORAGE_UNAVAILABLE"]);
        self.check(&said);
        said
    }

    /// Every returned id is in the file, which is sound, and was delivered.
    fn check(&self, said: &Said) {
        let connection = Connection::open(self.database()).unwrap();
        let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        let stored = stored_ids(&connection);
        let lost: Vec<_> = said.ids.iter().filter(|id| !stored.contains(*id)).collect();
        assert!(lost.is_empty(), "{} of {} returned ids are not in the file", lost.len(), said.ids.len());
        let deliveries = self.receiver.deliveries();
        let arrived: BTreeSet<&str> = deliveries.iter().map(|delivery| delivery.message_id()).collect();
        let missing = said.ids.iter().filter(|id| !arrived.contains(id.as_str())).count();
        assert_eq!(missing, 0, "accepted and not delivered");
        assert!(arrived.iter().all(|id| stored.contains(*id)), "delivered and not in the file");
    }
}

pub fn stored_ids(connection: &Connection) -> BTreeSet<String> {
    let mut statement = connection.prepare("SELECT lower(hex(id)) FROM hookbridge_messages").unwrap();
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    rows.map(|hex| {
        let hex = hex.unwrap();
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    })
    .collect()
}

fn injected(fault: &str) {
    let scene = Scene::set();
    let control = scene.folder.path().join("fault");
    std::fs::write(&control, "").unwrap();
    scene.run(Some(&control), |_, on| std::fs::write(&control, if on { fault } else { "" }).unwrap());
}

#[test]
fn failed_writes() {
    injected("write");
}

#[test]
fn short_writes() {
    injected("short");
}

#[test]
fn a_disk_without_space() {
    injected("nospace");
}

#[test]
fn failed_syncs() {
    injected("sync");
}

/// A real limit of the kernel: the file must not grow.
#[test]
fn a_file_at_its_size_limit() {
    let scene = Scene::set();
    scene.run(None, |producer, on| {
        let limit = if on { "--fsize=4096:" } else { "--fsize=unlimited:" };
        let pid = producer.id().to_string();
        assert!(Command::new("prlimit").args(["--pid", &pid, limit]).status().unwrap().success());
    });
}

/// Another program holds the write lock for a minute.
#[test]
fn a_lock_held_for_a_minute() {
    let scene = Scene::set();
    let other = Connection::open(scene.database()).unwrap();
    let said = scene.run(None, |_, on| {
        if on {
            other.busy_timeout(Duration::from_secs(30)).unwrap();
            other.execute_batch("BEGIN IMMEDIATE").unwrap();
            std::thread::sleep(Duration::from_secs(60));
        } else {
            other.execute_batch("ROLLBACK").unwrap();
        }
    });
    assert!(said.refused() > 0);
}
