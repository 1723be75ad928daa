//! The outbox's files are replaced, moved and removed under a running engine: what was acknowledged is in the file that it
//! was written to, and what has its name now is not harmed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::receiver::{self, Receiver, answer, eventually};
use hookbridge_core::config::{Config, Delivery};
use hookbridge_core::model::event::EventKind;
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Engine, Error, ErrorCode, EventQueue};
use rusqlite::{Connection, OpenFlags};

/// Whoever does it is another program: a file that is closed in this one loses its locks.
fn run(program: &str, arguments: &[&Path]) {
    assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program} {arguments:?}");
}

fn cut(path: &Path, bytes: &str) {
    assert!(Command::new("truncate").arg("-s").arg(bytes).arg(path).status().unwrap().success());
}

struct Scene {
    folder: tempfile::TempDir,
    engine: Engine,
    endpoint: String,
    ids: Vec<String>,
}

impl Scene {
    /// An engine that only accepts, with a message in its file.
    fn set() -> Self {
        Self::with(Delivery::Off, "http://127.0.0.1:9/")
    }

    fn with(delivery: Delivery, url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::open(Config { delivery, ..receiver::config(folder.path()) }).unwrap();
        let endpoint = receiver::endpoint(&engine, url);
        let mut scene = Self { folder, engine, endpoint, ids: Vec::new() };
        scene.accept(1);
        scene
    }

    fn path(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("outbox.db{suffix}"))
    }

    fn elsewhere(&self, name: &str) -> PathBuf {
        let folder = self.folder.path().join("elsewhere");
        let _ = std::fs::create_dir(&folder);
        folder.join(name)
    }

    /// A copy of the file as a backup would have it: closed, with nothing beside it.
    fn backup(&self) -> PathBuf {
        let copy = self.elsewhere("backup.db");
        let made = Connection::open_with_flags(self.path(""), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        made.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        copy
    }

    fn try_to_send(&self) -> Result<String, Error> {
        let request = SendRequest::new(&self.endpoint, b"{}".to_vec()).unwrap();
        self.engine.send(request).map(|receipt| receipt.message_id.to_string())
    }

    fn accept(&mut self, number: usize) {
        for _ in 0..number {
            let id = self.try_to_send().unwrap();
            self.ids.push(id);
        }
    }

    /// Nothing is accepted, and it is said of which file what happened to it.
    fn refuses(&self, name: &str, what: &str) {
        for _ in 0..50 {
            let error = self.try_to_send().unwrap_err();
            assert_eq!(error.code(), ErrorCode::StorageUnavailable, "{error}");
            assert!(error.message().contains(name) && error.message().contains(what), "{error}");
        }
        for operation in ["stats", "endpoints.list", "endpoints.create"] {
            let request =
                if operation == "endpoints.create" { r#"{"url": "http://127.0.0.1:9/"}"# } else { "{}" };
            let error = self.engine.call(operation, request).unwrap_err();
            assert_eq!(error.code(), ErrorCode::StorageUnavailable, "{operation}: {error}");
        }
        assert!(self.engine.flush(Duration::from_secs(1)).is_err());
    }

    fn close(&self) {
        assert!(self.engine.close(Duration::from_secs(30)).unwrap());
    }
}

/// A sound file that has these messages.
fn holds(path: &Path, ids: &[String]) {
    let connection = Connection::open(path).unwrap();
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let missing = ids.iter().filter(|id| {
        let hex = id.replace('-', "");
        let sql = "SELECT count(*) FROM hookbridge_messages WHERE lower(hex(id)) = ?1";
        connection.query_row(sql, [hex], |row| row.get::<_, i64>(0)).unwrap() == 0
    });
    assert_eq!(missing.count(), 0, "of {} acknowledged messages", ids.len());
}

fn bytes(path: &Path) -> Vec<u8> {
    // As another program: see above.
    let read = Command::new("cat").arg(path).output().unwrap();
    assert!(read.status.success());
    read.stdout
}

#[test]
fn a_file_that_another_replaced_takes_nothing_and_is_not_harmed() {
    let mut scene = Scene::set();
    let backup = scene.backup();
    scene.accept(100);
    let as_restored = bytes(&backup);
    run("mv", &[&backup, &scene.path("")]);
    scene.refuses("outbox.db", "was replaced by another file");
    scene.close();
    assert_eq!(bytes(&scene.path("")), as_restored);
    // Nor does the log of the file before say anything to whoever opens this one.
    holds(&scene.path(""), &scene.ids[..1]);
    let engine = receiver::engine(scene.folder.path());
    assert_eq!(receiver::call(&engine, "stats", serde_json::json!({}))["queued"], 1);
}

/// A restore may bring a log along.
#[test]
fn the_log_of_the_file_that_is_there_now_is_left_alone() {
    let mut scene = Scene::set();
    let other = Scene::set();
    run("cp", &[&other.path(""), &scene.elsewhere("a.db")]);
    run("cp", &[&other.path("-wal"), &scene.elsewhere("a.db-wal")]);
    let log = bytes(&other.path("-wal"));
    assert!(!log.is_empty());
    scene.accept(100);
    run("rm", &[&scene.path("-shm")]);
    run("mv", &[&scene.elsewhere("a.db-wal"), &scene.path("-wal")]);
    run("mv", &[&scene.elsewhere("a.db"), &scene.path("")]);
    scene.refuses("outbox.db", "was replaced by another file");
    scene.close();
    assert_eq!(bytes(&scene.path("-wal")), log);
    holds(&scene.path(""), &other.ids);
}

#[test]
fn a_file_that_was_moved_away_has_all_that_was_acknowledged_and_is_used_again_when_it_is_back() {
    let receiver = Receiver::start(|_, _| answer(200));
    let mut scene = Scene::with(Delivery::Auto, &receiver.url("/"));
    scene.accept(100);
    let moved = scene.elsewhere("moved.db");
    run("mv", &[&scene.path(""), &moved]);
    scene.refuses("outbox.db", "was moved away");
    holds(&moved, &scene.ids);
    run("mv", &[&moved, &scene.path("")]);
    eventually("the file is used again", || scene.try_to_send().is_ok());
    scene.accept(100);
    assert!(scene.engine.flush(Duration::from_secs(30)).unwrap());
    scene.close();
    holds(&scene.path(""), &scene.ids);
    let arrived: Vec<_> =
        receiver.deliveries().iter().map(|delivery| delivery.message_id().to_owned()).collect();
    assert!(scene.ids.iter().all(|id| arrived.contains(id)));
}

#[test]
fn a_file_that_was_removed_is_not_made_anew() {
    let mut scene = Scene::set();
    scene.accept(10);
    run("rm", &[&scene.path("")]);
    scene.refuses("outbox.db", "was removed");
    assert!(!scene.path("").exists());
    scene.close();
    assert!(!scene.path("").exists());
}

#[test]
fn an_engine_that_has_not_begun_does_not_take_another_file_for_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let engine = receiver::engine(folder.path());
    let path = folder.path().join("outbox.db");
    run("rm", &[&path]);
    let error = engine.call("stats", "{}").unwrap_err();
    assert!(error.message().contains("was removed"), "{error}");
    assert!(!path.exists());
}

#[test]
fn a_second_name_is_noticed_while_the_file_is_open() {
    let mut scene = Scene::set();
    scene.accept(10);
    let second = scene.elsewhere("second.db");
    run("ln", &[&scene.path(""), &second]);
    scene.refuses("outbox.db", "has two names");
    run("rm", &[&second]);
    scene.accept(10);
    scene.close();
    holds(&scene.path(""), &scene.ids);
}

/// Why a process that should deliver says that it cannot.
fn not_delivering(events: &EventQueue) -> String {
    loop {
        let event = events.next(Duration::from_secs(30)).unwrap().expect("an event");
        if event.kind == EventKind::NotDelivering {
            return event.error_text.unwrap();
        }
    }
}

#[test]
fn nothing_is_delivered_from_a_file_that_was_replaced() {
    let receiver = Receiver::start(|_, _| answer(500));
    let scene = Scene::with(Delivery::Auto, &receiver.url("/"));
    let events = scene.engine.events().unwrap();
    eventually("attempts", || receiver.count() >= 2);
    let backup = scene.backup();
    run("mv", &[&backup, &scene.path("")]);
    let why = not_delivering(&events);
    assert!(why.contains("outbox.db was replaced by another file"), "{why}");
    // It is tried every 50 ms while it is tried at all.
    let mut before = 0;
    eventually("attempts cease", || {
        std::thread::sleep(Duration::from_secs(1));
        std::mem::replace(&mut before, receiver.count()) == before
    });
    // Whoever opens it anew delivers at once.
    let other = receiver::engine(scene.folder.path());
    eventually("another delivers", || receiver.count() > before);
    let stats = receiver::call(&other, "stats", serde_json::json!({}));
    assert_eq!(stats["deliverer"]["this_engine"], true);
    scene.refuses("outbox.db", "was replaced by another file");
}

/// What lies beside the file is removed at moments of every kind, while messages are accepted.
fn without(remove: impl Fn(&Scene, usize) + Sync, engines: usize) {
    let mut scene = Scene::set();
    let others: Vec<Engine> = (1..engines)
        .map(|_| {
            Engine::open(Config { delivery: Delivery::Off, ..receiver::config(scene.folder.path()) }).unwrap()
        })
        .collect();
    let (over, accepted) = (AtomicBool::new(false), AtomicUsize::new(0));
    let ids = std::thread::scope(|scope| {
        let senders: Vec<_> = others
            .iter()
            .chain([&scene.engine])
            .map(|engine| {
                scope.spawn(|| {
                    let mut ids = Vec::new();
                    while !over.load(Ordering::Relaxed) {
                        let request = SendRequest::new(&scene.endpoint, b"{}".to_vec()).unwrap();
                        match engine.send(request) {
                            Ok(receipt) => {
                                ids.push(receipt.message_id.to_string());
                                accepted.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(error) => assert_eq!(error.code(), ErrorCode::StorageUnavailable, "{error}"),
                        }
                    }
                    ids
                })
            })
            .collect();
        for round in 0..20 {
            let before = accepted.load(Ordering::Relaxed);
            eventually("more is accepted", || accepted.load(Ordering::Relaxed) >= before + 5 * engines);
            remove(&scene, round);
        }
        over.store(true, Ordering::Relaxed);
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect::<Vec<_>>()
    });
    scene.ids.extend(ids);
    scene.accept(1);
    scene.close();
    for other in others {
        assert!(other.close(Duration::from_secs(30)).unwrap());
    }
    holds(&scene.path(""), &scene.ids);
}

#[test]
fn a_log_that_is_removed_costs_nothing_that_was_acknowledged() {
    without(|scene, _| run("rm", &[Path::new("-f"), &scene.path("-wal")]), 1);
}

#[test]
fn so_does_an_index_that_is_removed() {
    without(|scene, _| run("rm", &[Path::new("-f"), &scene.path("-shm")]), 1);
}

#[test]
fn so_do_both() {
    without(|scene, _| run("rm", &[Path::new("-f"), &scene.path("-shm"), &scene.path("-wal")]), 1);
}

#[test]
fn nor_where_two_engines_write() {
    without(|scene, _| run("rm", &[Path::new("-f"), &scene.path("-wal")]), 2);
    without(|scene, _| run("rm", &[Path::new("-f"), &scene.path("-shm")]), 2);
    without(|scene, _| run("rm", &[Path::new("-f"), &scene.path("-wal"), &scene.path("-shm")]), 2);
}

#[test]
fn an_index_that_is_cut_short_ends_no_process_and_costs_nothing() {
    let mut scene = Scene::set();
    for round in 0..30 {
        scene.accept(20);
        cut(&scene.path("-shm"), ["0", "4096", "8192", "100"][round % 4]);
        if round % 2 == 0 {
            receiver::call(&scene.engine, "stats", serde_json::json!({}));
        }
    }
    scene.accept(1);
    cut(&scene.path("-shm"), "0");
    scene.close();
    holds(&scene.path(""), &scene.ids);
}

#[test]
fn a_log_in_the_place_of_ours_is_neither_written_nor_taken_for_ours() {
    let mut scene = Scene::set();
    let other = Scene::set();
    run("cp", &[&other.path("-wal"), &scene.elsewhere("a.db-wal")]);
    let log = bytes(&other.path("-wal"));
    scene.accept(100);
    run("mv", &[&scene.elsewhere("a.db-wal"), &scene.path("-wal")]);
    let error = (0..100).find_map(|_| scene.try_to_send().err()).unwrap();
    assert!(error.message().contains("outbox.db-wal was replaced"), "{error}");
    scene.refuses("outbox.db-wal", "was replaced by another file");
    assert_eq!(bytes(&scene.path("-wal")), log);
    run("rm", &[&scene.path("-wal")]);
    scene.accept(100);
    scene.close();
    holds(&scene.path(""), &scene.ids);
}

#[test]
fn who_should_deliver_tells_that_the_log_is_not_ours_and_goes_on_when_that_is_gone() {
    let receiver = Receiver::start(|_, _| answer(200));
    let scene = Scene::with(Delivery::Auto, &receiver.url("/"));
    let other = Scene::set();
    let events = scene.engine.events().unwrap();
    run("cp", &[&other.path("-wal"), &scene.elsewhere("a.db-wal")]);
    run("mv", &[&scene.elsewhere("a.db-wal"), &scene.path("-wal")]);
    let why = not_delivering(&events);
    assert!(why.contains("outbox.db-wal was replaced by another file"), "{why}");
    run("rm", &[&scene.path("-wal")]);
    let mut sent = None;
    eventually("a message is accepted", || {
        sent = scene.try_to_send().ok();
        sent.is_some()
    });
    receiver::wait_for_status(&scene.engine, &sent.unwrap(), "succeeded");
    let stats = receiver::call(&scene.engine, "stats", serde_json::json!({}));
    assert!(stats["not_delivering"].is_null(), "{stats}");
    scene.close();
}

#[test]
fn a_lock_file_that_is_removed_leaves_one_deliverer() {
    let receiver = Receiver::start(|_, _| answer(200));
    let scene = Scene::with(Delivery::Auto, &receiver.url("/"));
    let other = receiver::engine(scene.folder.path());
    receiver::send(&other, &scene.endpoint, "{}");
    let leaders = || {
        let leads = |engine: &Engine| {
            receiver::call(engine, "stats", serde_json::json!({}))["deliverer"]["this_engine"] == true
        };
        usize::from(leads(&scene.engine)) + usize::from(leads(&other))
    };
    for _ in 0..5 {
        eventually("one leads", || leaders() == 1);
        run("rm", &[&scene.path("-lock")]);
        eventually("the lock is there again", || scene.path("-lock").exists());
        // The one that led notices within a twentieth of a second.
        eventually("only one leads", || {
            (0..20).all(|_| {
                std::thread::sleep(Duration::from_millis(10));
                leaders() == 1
            })
        });
    }
}
