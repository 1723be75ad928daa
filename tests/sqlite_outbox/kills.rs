//! Applications and sidecars are killed at random moments. Every message of a transaction that was committed arrives, none of one that
//! was rolled back does, and the outbox has each once. `HOOKBRIDGE_SEED` repeats a run's choices, `HOOKBRIDGE_KILLS` makes it longer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use hookbridge_core::config::Delivery;
use hookbridge_core::{Config, Engine};
use serde_json::json;

use super::application::Application;
use super::receiver::{self, Receiver, answer, eventually};
use super::server::Server;
use super::sidecar::{Sidecar, command};

const KILLS: u64 = 16;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect(variable))
}

/// Ends with the test.
struct Program(Child);

impl Program {
    fn start(file: &Path, endpoint: &str, seed: u64) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("sqlite_outbox/application.py");
        let mut command = Command::new("python3");
        Self(command.arg(script).arg(file).args([endpoint, &seed.to_string()]).spawn().unwrap())
    }

    fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }
}

impl Drop for Program {
    /// SIGKILL.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(database: &Path, journal: &str, sidecars: &[&str]) {
    let seed = number("HOOKBRIDGE_SEED").unwrap_or_else(|| fastrand::u64(..));
    let kills = number("HOOKBRIDGE_KILLS").unwrap_or(KILLS);
    println!("HOOKBRIDGE_SEED={seed} HOOKBRIDGE_KILLS={kills}");
    let mut chance = fastrand::Rng::with_seed(seed);
    let receiver = Receiver::start(|_, _| answer(200));
    let application = Application::new(journal);
    application.file.execute_batch("CREATE TABLE orders (message_id TEXT NOT NULL)").unwrap();
    let config = Config {
        delivery: Delivery::Off,
        database: database.to_owned(),
        ..receiver::config(application.folder.path())
    };
    let engine = Engine::open(config.clone()).unwrap();
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let (program, file) = (command(), application.path());
    let sidecar = || Sidecar::start(&program, database, &file, sidecars);
    let mut programs: Vec<Program> = (0..2).map(|n| Program::start(&file, &endpoint, seed ^ n)).collect();
    let mut takers = [sidecar(), sidecar()];
    for kill in 0..kills {
        std::thread::sleep(Duration::from_millis(chance.u64(20..400)));
        assert!(programs.iter_mut().all(Program::is_running), "an application failed");
        let at = chance.usize(..2);
        if chance.u8(..3) == 0 {
            // Killed before the next one is started.
            drop(programs.swap_remove(at));
            programs.push(Program::start(&file, &endpoint, seed ^ (kill + 2)));
        } else {
            takers[at] = sidecar();
        }
    }
    assert!(programs.iter_mut().all(Program::is_running), "an application failed");
    drop(programs);
    application.until_empty();
    drop(takers);
    engine.close(Duration::from_secs(10)).unwrap();
    let engine = Engine::open(Config { delivery: Delivery::Auto, ..config }).unwrap();
    assert!(engine.flush(Duration::from_secs(60)).unwrap());
    let mut statement = application.file.prepare("SELECT message_id FROM orders").unwrap();
    let committed: BTreeSet<String> =
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let all_arrived = || {
        let arrived: BTreeSet<String> =
            receiver.deliveries().iter().map(|one| one.message_id().to_owned()).collect();
        assert!(arrived.is_subset(&committed), "something arrived that was rolled back");
        arrived.len() == committed.len()
    };
    eventually("every message that was committed to arrive", all_arrived);
    assert!(receiver.deliveries().iter().all(|one| one.body == br#"{"price": 1.10}"#));
    let total = receiver::call(&engine, "metrics.get", json!({"window": "1h"}))["total_messages"].clone();
    println!("{} committed, {} arrived, {kills} kills", committed.len(), receiver.count());
    assert_eq!(total, committed.len(), "the outbox has accepted each once");
    assert!(committed.len() > 100, "too little happened to prove anything");
    engine.close(Duration::from_secs(10)).unwrap();
}

#[test]
fn what_is_committed_reaches_a_file_once_whoever_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    run(&folder.path().join("outbox.db"), "wal", &[]);
}

#[test]
fn what_is_committed_reaches_a_database_once_whoever_is_killed() {
    let server = Server::start();
    let socket = server.socket().display().to_string().replace('/', "%2F");
    let database = PathBuf::from(format!("postgresql://postgres@{socket}/postgres"));
    hookbridge_core::engine::migrate(&database).unwrap();
    // Which of several delivers is another suite's: a lease takes longer than this.
    run(&database, "delete", &["--delivery", "off"]);
}
