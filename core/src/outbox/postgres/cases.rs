//! The cases that every store passes, on a real server: one for all cases, and a database for each.

#[path = "../../../../tests/cluster/server.rs"]
#[allow(dead_code, reason = "tests/cluster uses the rest")]
mod server;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::unbounded_channel;
use tokio_postgres::Client;

use self::server::Server;
use super::address::Address;
use super::listing::MOST_READ;
use super::others::{NOW, SINCE};
use super::statement::{Columns, args};
use super::{Settings, Store, migrations};
use crate::config::Durability;
use crate::error::Result;
use crate::model::ids::ExportId;
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use crate::outbox::cases::{self, CASES, Harness, PAYLOAD_RETENTION, UnderTest};
use crate::outbox::ended::Verdict;
use crate::outbox::export_bytes::ExportBytes as _;
use crate::outbox::exports::{Exports as _, Written};
use crate::outbox::link::DeliveryLink;
use crate::outbox::messages::Found;
use crate::outbox::rows::MessageKey;

/// Everything that is written while `fails` says so breaks a constraint that is looked at when a transaction is committed.
const FAILING_COMMITS: &str = "
    CREATE TABLE fails (fails boolean NOT NULL);
    INSERT INTO fails VALUES (false);
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF (SELECT fails FROM fails) THEN RAISE 'a test has it fail'; END IF; RETURN NULL; END $$;
    DO $$ DECLARE t regclass; BEGIN
        FOR t IN SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'hookbridge' AND c.relkind = 'r' LOOP
            EXECUTE format('CREATE CONSTRAINT TRIGGER fail AFTER INSERT OR UPDATE OR DELETE ON %s
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()', t);
        END LOOP; END $$;";

/// How long rows are kept.
pub(super) const ROW_RETENTION: Duration = Duration::from_secs(90 * 86_400);

/// A database for each case.
pub(super) struct Databases {
    pub(super) server: Server,
    made: AtomicUsize,
}

impl Databases {
    pub(super) fn start() -> Self {
        Self { server: Server::start(), made: AtomicUsize::new(0) }
    }

    fn settings(&self, database: &str) -> Address {
        Address::of_socket(self.server.socket(), "postgres", database)
    }

    pub(super) fn new_settings(&self) -> Settings {
        Settings {
            database: self.database(),
            durability: Durability::Full,
            payload_retention: PAYLOAD_RETENTION,
            row_retention: ROW_RETENTION,
        }
    }

    /// A new database with our tables.
    fn database(&self) -> Address {
        let name = format!("hookbridge_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.server.sql("postgres", &format!("CREATE DATABASE {name};")).unwrap();
        let settings = self.settings(&name);
        connected(&settings, async |client| {
            migrations::migrate(client).await.unwrap();
            client.batch_execute(FAILING_COMMITS).await.unwrap();
        });
        settings
    }
}

/// Runs statements on a connection of their own.
pub(super) fn connected<T>(settings: &Address, run: impl AsyncFnOnce(&Client) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = settings.connect().await.unwrap_or_else(|trouble| panic!("{trouble:?}"));
        let connection = tokio::spawn(connection);
        let outcome = run(&client).await;
        drop(client);
        connection.await.unwrap().unwrap();
        outcome
    })
}

struct InDatabase {
    store: Arc<Store>,
    settings: Settings,
}

impl UnderTest for InDatabase {
    fn fail_commits(&self, fail: bool) {
        let sql = format!("UPDATE fails SET fails = {fail}");
        connected(&self.settings.database, async |client| client.batch_execute(&sql).await.unwrap());
    }

    fn elsewhere(&self) -> Result<Arc<dyn Outbox>> {
        let link = Arc::new(DeliveryLink::new(None));
        Ok(Arc::new(Store::open(self.settings.clone(), &link)?))
    }

    fn drop_message(&self, MessageKey(key): MessageKey) -> Result<()> {
        let sql = format!(
            "DELETE FROM hookbridge.waiting WHERE seq = {key}; DELETE FROM hookbridge.dead_letters WHERE seq = {key};
             DELETE FROM hookbridge.keys WHERE message_id IN (SELECT id FROM hookbridge.messages WHERE seq = {key});
             DELETE FROM hookbridge.payloads WHERE id IN (SELECT id FROM hookbridge.messages WHERE seq = {key});
             DELETE FROM hookbridge.attempts WHERE message_id IN (SELECT id FROM hookbridge.messages WHERE seq = {key});
             DELETE FROM hookbridge.messages WHERE seq = {key}"
        );
        connected(&self.settings.database, async |client| client.batch_execute(&sql).await.unwrap());
        Ok(())
    }

    fn look_for_others(&self) {
        self.store.nudge();
    }

    fn several_lead(&self) -> bool {
        true
    }

    fn looked_at(&self) -> usize {
        MOST_READ
    }
}

impl Drop for InDatabase {
    fn drop(&mut self) {
        self.store.close(Instant::now() + Duration::from_secs(30));
    }
}

fn harness(settings: &Settings) -> Harness {
    opened(settings).1
}

/// A store, and the harness around it.
pub(super) fn opened(settings: &Settings) -> (Arc<Store>, Harness) {
    let (inbox, told) = unbounded_channel();
    let link = Arc::new(DeliveryLink::new(Some(inbox)));
    let store = Arc::new(Store::open(settings.clone(), &link).unwrap());
    let in_database = InDatabase { store: store.clone(), settings: settings.clone() };
    let harness = Harness::new(store.clone(), link, Box::new(in_database), told).unwrap();
    (store, harness)
}

/// How many cases run at once.
const AT_ONCE: usize = 4;

#[test]
fn every_case_of_the_stores_on_a_real_server() {
    let databases = Databases::start();
    let only = std::env::var("HOOKBRIDGE_CASE").ok();
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((name, _)) = CASES.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if only.as_ref().is_some_and(|only| only != name) {
                        continue;
                    }
                    let settings = databases.new_settings();
                    let run = std::panic::AssertUnwindSafe(|| cases::run(&harness(&settings), name));
                    if std::panic::catch_unwind(run).is_err() {
                        failed.lock().unwrap().push(*name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} failed: {failed:#?}", failed.len(), CASES.len());
}

/// The outcomes of a process that was expelled while it attempted messages.
#[test]
fn of_an_expelled_process_only_a_success_stands() {
    let databases = Databases::start();
    let settings = databases.new_settings();
    let h = harness(&settings);
    assert!(h.outbox.try_lead().unwrap());
    let (endpoint, _) = h.endpoint().unwrap();
    let found = [0, 1, 2].map(|_| h.find(&h.send(cases::message(endpoint)).unwrap()).unwrap());
    let [failing, arriving, repeated] = &found;
    let record = |found: &Found, number, verdict| h.record(cases::ended(found, number, verdict)).unwrap();
    assert!(!record(repeated, 1, Verdict::Succeeded));
    connected(&settings.database, async |client| {
        client.batch_execute("DELETE FROM hookbridge.nodes").await.unwrap();
    });
    for (found, verdict) in
        [(failing, Verdict::Dead), (arriving, Verdict::Succeeded), (repeated, Verdict::Succeeded)]
    {
        assert!(record(found, 2, verdict), "{verdict:?} settled it");
    }
    let stands = |found: &Found| {
        let message = h.find(&found.message.id).unwrap().message;
        (message.status, message.attempt_count)
    };
    assert_eq!(stands(failing), (MessageStatus::Queued, 0));
    assert_eq!(stands(arriving), (MessageStatus::Succeeded, 2));
    assert_eq!(stands(repeated), (MessageStatus::Succeeded, 1));
}

/// Two processes and one export: one at a time writes it, and one that was taken for dead writes nothing more.
#[test]
fn an_export_has_one_writer_and_its_bytes_are_read_from_every_process() {
    let databases = Databases::start();
    let settings = databases.new_settings();
    // The store is closed when its harness goes.
    let ((one, _first), (other, _second)) = (opened(&settings), opened(&settings));
    let id = ExportId::generate().unwrap();
    one.create_export(id, cases::everything(), 9, [1; 32]).unwrap();
    let mut lost = one.claim_export(id).unwrap().expect("nobody writes it");
    assert!(one.begin_export(id).unwrap());
    assert!(lost.write(&vec![1; 3 << 20]).unwrap());
    assert!(other.claim_export(id).unwrap().is_none(), "two write it");
    assert!(lost.write(b"goes on").unwrap());
    // As one that has not moved for a lease is taken for dead; its statements may still come.
    connected(&settings.database, async |client| {
        client.batch_execute("UPDATE hookbridge.exports SET writer = NULL").await.unwrap();
    });
    let mut follower = other.claim_export(id).unwrap().expect("nobody writes it");
    assert!(other.begin_export(id).unwrap());
    assert!(follower.write(b"whole").unwrap());
    assert!(!lost.write(b"late").unwrap() && !lost.write(&vec![1; 3 << 20]).unwrap());
    assert_eq!(lost.publish().unwrap(), None);
    assert!(!one.finish_export(id, Written::Whole { rows: 1, bytes: 9 }, later()).unwrap());
    one.drop_export_bytes(&id).unwrap();
    assert_eq!(follower.publish().unwrap(), Some(5));
    assert!(other.finish_export(id, Written::Whole { rows: 1, bytes: 5 }, later()).unwrap());
    for store in [&one, &other] {
        let mut bytes = String::new();
        let mut file = store.open_export(&store.export(&id).unwrap().unwrap()).unwrap();
        std::io::Read::read_to_string(&mut file, &mut bytes).unwrap();
        assert_eq!(bytes, "whole");
    }
    // What has expired is dropped.
    connected(&settings.database, async |client| {
        client.batch_execute("UPDATE hookbridge.exports SET expires_at = 1").await.unwrap();
    });
    other.drop_export_bytes(&id).unwrap();
    let left = connected(&settings.database, async |client| {
        let left = "SELECT count(*) FROM hookbridge.export_chunks";
        client.query_typed(left, args![]).await.unwrap()[0].int(0).unwrap()
    });
    assert_eq!((left, one.export_bytes().unwrap()), (0, 0));
}

fn later() -> Timestamp {
    Timestamp::now().plus(Duration::from_secs(3_600))
}

/// A hundred thousand messages that have waited before, ten thousand of a transaction.
const BACKLOG: &str = "DO $$ BEGIN FOR n IN 1..10 LOOP
        INSERT INTO hookbridge.waiting
            (endpoint, due_at, xid, seq, id, payload, attempt_count, schedule_start, epoch, created_at)
        SELECT 1 + i % 1000, 0, pg_current_xact_id(), n * 10000 + i, gen_random_uuid(), gen_random_uuid(), 0, 0, 0, 0
        FROM generate_series(1, 10000) i;
        COMMIT;
    END LOOP; END $$;";

#[test]
fn a_look_for_what_is_new_reads_nothing_of_what_has_waited_before() {
    let databases = Databases { server: Server::start(), made: AtomicUsize::new(0) };
    let plan = connected(&databases.database(), async |client| {
        // The triggers of the cases look at each row.
        for statement in
            ["SET session_replication_role = replica", BACKLOG, "VACUUM ANALYZE hookbridge.waiting"]
        {
            client.batch_execute(statement).await.unwrap();
        }
        let now = client.query_typed(NOW, args![]).await.unwrap()[0].text(0).unwrap();
        let explain = format!("EXPLAIN (ANALYZE, BUFFERS, TIMING off) {SINCE}");
        let lines = client.query_typed(&explain, args![now.as_str()]).await.unwrap();
        lines.iter().map(|line| line.text(0).unwrap()).collect::<Vec<_>>()
    });
    // The first line with pages counts those of the whole.
    let pages = plan.iter().find_map(|line| line.trim().strip_prefix("Buffers: shared hit=")).expect("pages");
    let pages: u32 = pages.split(' ').next().unwrap().parse().unwrap();
    assert!(pages < 50, "{pages} pages were read:\n{}", plan.join("\n"));
}
