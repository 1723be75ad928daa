//! The cases that every store passes, on a file.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;
use tokio::sync::mpsc::unbounded_channel;

use super::Store;
use crate::config::Config;
use crate::error::Result;
use crate::host::fork;
use crate::outbox::Outbox;
use crate::outbox::cases::{self, Harness, PAYLOAD_RETENTION, UnderTest, for_every_case};
use crate::outbox::link::DeliveryLink;
use crate::outbox::rows::MessageKey;
use crate::outbox::sqlite::listing::MOST_READ;
use crate::outbox::sqlite::storage_error;

/// A constraint that every write breaks while `fails` says so, and that is looked at when a transaction is committed.
const FAILING_COMMITS: &str = "
    CREATE TABLE fails (fails INTEGER NOT NULL);
    INSERT INTO fails VALUES (0);
    CREATE TABLE there (id INTEGER PRIMARY KEY);
    CREATE TABLE missing (id INTEGER REFERENCES there (id) DEFERRABLE INITIALLY DEFERRED);";

struct InFile {
    store: Arc<Store>,
    config: Config,
    /// Another program's.
    other: Connection,
    // Goes last.
    _folder: TempDir,
}

impl UnderTest for InFile {
    fn fail_commits(&self, fail: bool) {
        self.other.execute("UPDATE fails SET fails = ?1", [fail]).unwrap();
    }

    fn elsewhere(&self) -> Result<Arc<dyn Outbox>> {
        Ok(open(&self.config, &Arc::new(DeliveryLink::new(None)))?)
    }

    fn drop_message(&self, MessageKey(key): MessageKey) -> Result<()> {
        self.other
            .execute_batch(&format!(
                "BEGIN; DELETE FROM hookbridge_payloads WHERE seq = {key};
                 DELETE FROM hookbridge_attempts WHERE row / 65536 = {key};
                 DELETE FROM hookbridge_messages WHERE seq = {key}; COMMIT"
            ))
            .map_err(storage_error)
    }

    fn look_for_others(&self) {
        self.store.nudge();
    }

    fn looked_at(&self) -> usize {
        MOST_READ
    }
}

impl Drop for InFile {
    fn drop(&mut self) {
        self.store.close(Instant::now() + Duration::from_secs(30));
    }
}

fn open(config: &Config, link: &Arc<DeliveryLink>) -> Result<Arc<Store>> {
    let _inside = fork::enter();
    let store = Arc::new(Store::open(config, None, link)?);
    store.begin_to_write()?;
    Ok(store)
}

fn harness() -> Harness {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        database: folder.path().join("outbox.db"),
        payload_retention: PAYLOAD_RETENTION,
        ..Config::default()
    };
    let (inbox, told) = unbounded_channel();
    let link = Arc::new(DeliveryLink::new(Some(inbox)));
    let store = open(&config, &link).unwrap();
    let other = Connection::open(&config.database).unwrap();
    other.busy_timeout(Duration::from_secs(30)).unwrap();
    let tables: Vec<String> = {
        let mut tables = other
            .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'hookbridge_*'")
            .unwrap();
        tables.query_map([], |row| row.get(0)).unwrap().map(std::result::Result::unwrap).collect()
    };
    other.execute_batch(FAILING_COMMITS).unwrap();
    for table in tables {
        for event in ["INSERT", "UPDATE", "DELETE"] {
            other
                .execute_batch(&format!(
                    "CREATE TRIGGER {table}_{event} AFTER {event} ON {table} WHEN (SELECT fails FROM fails)
                     BEGIN INSERT INTO missing VALUES (1); END"
                ))
                .unwrap();
        }
    }
    let outbox = store.clone();
    let in_file = InFile { store, config, other, _folder: folder };
    Harness::new(outbox, link, Box::new(in_file), told).unwrap()
}

macro_rules! tests {
    ($($file:ident :: $case:ident),* $(,)?) => { $(
        #[test]
        fn $case() {
            cases::run(&harness(), stringify!($case));
        }
    )* };
}
for_every_case!(tests);
