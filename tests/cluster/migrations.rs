//! Making the tables and bringing them up to date: at once, under load, by another tool, of another version, and from a dump.

use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookbridge_core::config::Delivery;
use hookbridge_core::engine::{migrate, migrations};
use hookbridge_core::error::ErrorCode;
use hookbridge_core::{Config, Engine};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::receiver::{self, Receiver, answer, eventually};
use super::server::Server;
use super::session::Session;
use super::{address, arrived, database, open};

const FIRST: &str = include_str!("../../core/src/outbox/postgres/migrations/0001.sql");
const SECOND: &str = include_str!("../../core/src/outbox/postgres/migrations/0002.sql");

/// A new database with the tables of early versions, as those left them.
fn of_version(server: &Server, name: &str, migrations: &[&str]) {
    let mut statements = format!("CREATE DATABASE {name};\n\\connect {name}\n");
    if !migrations.is_empty() {
        statements += "CREATE SCHEMA hookbridge; CREATE TABLE hookbridge.migrations (
            version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp(), checksum bytea NOT NULL);";
    }
    for (index, migration) in migrations.iter().enumerate() {
        let checksum: String =
            Sha256::digest(migration.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let version = index + 1;
        statements += &format!(
            "{migration}\nINSERT INTO hookbridge.migrations (version, checksum) VALUES ({version}, '\\x{checksum}');\n"
        );
    }
    server.sql("postgres", &statements).unwrap();
}

/// The tables of a database as statements.
fn schema(server: &Server, name: &str) -> String {
    let dump = dump(server, name, &["--schema-only"]);
    // The key of this dump, which is another each time.
    dump.lines().filter(|line| !line.contains("restrict ")).collect::<Vec<_>>().join("\n")
}

fn dump(server: &Server, name: &str, arguments: &[&str]) -> String {
    let output = server
        .client("pg_dump")
        .args(["-U", "postgres", "-d", name])
        .args(arguments)
        .stderr(Stdio::inherit())
        .output();
    let output = output.unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn refused(outcome: hookbridge_core::Result<impl Sized>) -> (ErrorCode, String) {
    let Err(error) = outcome else { panic!("it was not refused") };
    (error.code(), error.to_string())
}

fn try_open(database: &Path) -> hookbridge_core::Result<Engine> {
    let config =
        Config { delivery: Delivery::Off, database: database.to_owned(), ..receiver::config(Path::new("/")) };
    Engine::open(config)
}

const NOTES: &str = "SELECT string_agg(version || ' ' || encode(checksum, 'hex') || ' ' || oldest_reader, ', ' ORDER BY version)
    || ' with ' || (SELECT count(*) FROM hookbridge.shards) FROM hookbridge.migrations";

#[test]
fn ten_at_once_and_another_tool_make_the_same_tables() {
    let server = Server::start();
    of_version(&server, "empty", &[]);
    of_version(&server, "first", &[FIRST]);
    of_version(&server, "printed", &[]);
    for name in ["empty", "first"] {
        let at_once: Vec<_> = (0..10)
            .map(|_| {
                let database = address(&server, name);
                std::thread::spawn(move || migrate(&database))
            })
            .collect();
        at_once.into_iter().for_each(|one| one.join().unwrap().unwrap());
    }
    server.sql("postgres", &format!("\\connect printed\n{}", migrations().unwrap())).unwrap();
    let notes = |name: &str| Session::start(&server, name).run(NOTES).unwrap();
    let (wanted, tables) = (notes("empty"), schema(&server, "empty"));
    assert!(wanted.starts_with("1 ") && tables.contains("CREATE TABLE hookbridge.waiting"), "{wanted}");
    for name in ["first", "printed"] {
        assert_eq!(notes(name), wanted, "{name}");
        let found = schema(&server, name);
        for (found, wanted) in found.lines().zip(tables.lines()) {
            assert_eq!(found, wanted, "{name}");
        }
        assert_eq!(found.lines().count(), tables.lines().count(), "{name}");
    }
}

#[test]
fn a_database_of_another_version_is_used_where_it_may_be_and_else_refused() {
    let server = Server::start();
    of_version(&server, "empty", &[]);
    of_version(&server, "first", &[FIRST]);
    for name in ["empty", "first"] {
        let (code, text) = refused(try_open(&address(&server, name)));
        assert!(
            code == ErrorCode::StorageUnavailable && text.contains("`hookbridge migrate`"),
            "{code} {text}"
        );
    }
    let database = database(&server);
    let session = Session::start(&server, "postgres");
    let running = open(&database, Delivery::Off);
    // A newer version adds what this one does not know, beside a process of this one.
    let newer = "ALTER TABLE hookbridge.messages ADD COLUMN later integer; ALTER TABLE hookbridge.endpoints ADD COLUMN later integer;
        INSERT INTO hookbridge.migrations (version, checksum, oldest_reader)
            SELECT max(version) + 1, '', max(version) FROM hookbridge.migrations";
    session.run(newer).unwrap();
    for engine in [running, try_open(&database).unwrap()] {
        let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
        receiver::send(&engine, &endpoint, "1");
        engine.close(Duration::from_secs(10)).unwrap();
    }
    migrate(&database).unwrap();
    // And then what this one would not understand.
    session.run("UPDATE hookbridge.migrations SET oldest_reader = version WHERE checksum = ''").unwrap();
    for outcome in [try_open(&database).map(drop), migrate(&database)] {
        let (code, text) = refused(outcome);
        assert_eq!(code, ErrorCode::SchemaTooNew, "{text}");
    }
}

/// Sends from SQL until it is told to stop.
fn keep_sending(
    server: &Server,
    endpoint: &str,
    sent: &Arc<Mutex<Vec<String>>>,
    stop: &Arc<AtomicBool>,
) -> std::thread::JoinHandle<()> {
    let session = Session::start(server, "old");
    let send = format!("SELECT hookbridge.send('{endpoint}', '1')");
    let (sent, stop) = (sent.clone(), stop.clone());
    std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            let id = session.run(&send).unwrap();
            sent.lock().unwrap().push(id);
        }
    })
}

#[test]
fn a_migration_waits_for_no_table_for_long_and_nobody_waits_longer_for_it() {
    let (server, receiver) = (Server::start(), Receiver::start(|_, _| answer(200)));
    of_version(&server, "old", &[FIRST, SECOND]);
    let old = address(&server, "old");
    let session = Session::start(&server, "old");
    let make = format!(
        "INSERT INTO hookbridge.endpoints (id, url, created_at, updated_at) VALUES (gen_random_uuid(), '{}', 0, 0);
        INSERT INTO hookbridge.signing_keys (id, endpoint, secret, created_at)
            SELECT id, seq, 'whsec_' || md5(''), 0 FROM hookbridge.endpoints;
        SELECT 'ep_' || replace(id::text, '-', '') FROM hookbridge.endpoints",
        receiver.url("/")
    );
    let endpoint = session.run(&make).unwrap();
    let (sent, stop) = (Arc::default(), Arc::default());
    let senders = [0; 2].map(|_| keep_sending(&server, &endpoint, &sent, &stop));
    let go_on = |what: &str| {
        let before = sent.lock().unwrap().len();
        eventually(what, || sent.lock().unwrap().len() > before + 20);
    };
    go_on("something is sent");
    // A transaction that is idle for long holds a lock of a table that the migration changes.
    let idle = Session::start(&server, "old");
    let pid = idle.run("BEGIN; SELECT count(*) FROM hookbridge.endpoints; SELECT pg_backend_pid()").unwrap();
    let version = || session.run("SELECT max(version) FROM hookbridge.migrations").unwrap();
    let (code, text) = refused(migrate(&old));
    assert_eq!(code, ErrorCode::StorageUnavailable);
    assert!(
        text.contains(&format!("{pid} of postgres, idle in transaction"))
            && text.contains("`hookbridge migrate`"),
        "{text}"
    );
    assert_eq!(version(), "2");
    go_on("senders go on while that transaction is still open");
    idle.run("COMMIT").unwrap();
    migrate(&old).unwrap();
    assert_ne!(version(), "2");
    go_on("senders go on after the migration");
    stop.store(true, Ordering::Relaxed);
    senders.into_iter().for_each(|sender| sender.join().unwrap());
    let engine = open(&old, Delivery::Auto);
    assert!(engine.flush(Duration::from_secs(60)).unwrap());
    let arrived = arrived(&receiver);
    let sent = sent.lock().unwrap();
    assert!(sent.iter().all(|id| arrived.get(id) == Some(&1)) && arrived.len() == sent.len());
    engine.close(Duration::from_secs(10)).unwrap();
}

/// Numbers of transactions that are still to come here, and messages whose row is not where they say.
const STRANGE: &str = "SELECT (SELECT count(*) FROM hookbridge.waiting WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))
    || ' to come, ' || (SELECT count(*) FROM hookbridge.changes WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))
    || ' changes, ' || (SELECT count(*) FROM hookbridge.waiting w LEFT JOIN hookbridge.messages m
        ON (m.id, m.endpoint, m.due_at, m.xid, m.seq) = (w.id, w.endpoint, w.due_at, w.xid, w.seq) WHERE m.id IS NULL) || ' lost'";

/// A dump is restored into a server that is younger: the numbers of its transactions are still to come there.
#[test]
fn what_waited_in_a_dump_is_delivered_where_it_is_restored() {
    let (from, to) = (Server::start(), Server::start());
    let receiver = Receiver::start(|_, _| answer(200));
    let engine = open(&database(&from), Delivery::Off);
    let session = Session::start(&from, "postgres");
    session
        .run("DO $$ BEGIN FOR i IN 1..5000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")
        .unwrap();
    let [open_, paused] = ["/open", "/paused"].map(|path| receiver::endpoint(&engine, &receiver.url(path)));
    receiver::call(&engine, "endpoints.pause", json!({"endpoint_id": paused}));
    let send = |endpoint: &str, payload: u32, more: serde_json::Value| {
        let mut request = json!({"endpoint_id": endpoint, "payload": payload});
        request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        receiver::call(&engine, "messages.send", request);
    };
    for n in 10..15 {
        send(&open_, n, json!({}));
        send(&open_, n + 10, json!({"ordering_key": "o"}));
        send(&paused, n + 20, json!({}));
        send(&paused, n + 30, json!({"ordering_key": "o"}));
    }
    engine.close(Duration::from_secs(10)).unwrap();
    let dump = dump(&from, "postgres", &[]);
    for role in ["producer", "sidecar", "reader"] {
        to.sql("postgres", &format!("CREATE ROLE hookbridge_{role};")).unwrap();
    }
    for name in ["migrated", "opened"] {
        to.sql("postgres", &format!("CREATE DATABASE {name};\n\\connect {name}\n{dump}")).unwrap();
        let session = Session::start(&to, name);
        let strange = session.run(STRANGE).unwrap();
        assert!(
            strange.starts_with("12 to come, ") && !strange.ends_with(" 0 changes, 0 lost"),
            "{name}: {strange}"
        );
        let database = address(&to, name);
        match name {
            "migrated" => migrate(&database).unwrap(),
            _ => drop(open(&database, Delivery::Off)),
        }
        assert_eq!(session.run(STRANGE).unwrap(), "0 to come, 0 changes, 0 lost", "{name}");
    }
    let engine = open(&address(&to, "opened"), Delivery::Auto);
    eventually("what waited is delivered", || receiver.count() == 10);
    let session = Session::start(&to, "opened");
    receiver::call(&engine, "endpoints.resume", json!({"endpoint_id": paused}));
    receiver::send(&engine, &open_, "50");
    eventually("and what is held and sent here", || receiver.count() == 21);
    assert_eq!(session.run(STRANGE).unwrap().split_once(", ").unwrap().0, "0 to come");
    for (path, first) in [("/open", b"2"), ("/paused", b"4")] {
        let ordered =
            receiver.deliveries().into_iter().filter(|one| one.path == path && one.body.starts_with(first));
        let ordered: Vec<Vec<u8>> = ordered.map(|one| one.body).collect();
        assert!(ordered.len() == 5 && ordered.is_sorted(), "{path}: {ordered:?}");
    }
    engine.close(Duration::from_secs(10)).unwrap();
}
