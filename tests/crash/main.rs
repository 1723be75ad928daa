//! Senders and deliverers are killed with SIGKILL at random moments while a receiver counts.
//!
//! After each kill every id that `send` returned is in the outbox and the file is sound; in the end every one of
//! them arrived, nothing arrived that was never accepted, and what arrived twice was under way at a kill.
//! `HOOKBRIDGE_SEED` repeats a run's choices, `HOOKBRIDGE_KILLS` makes it longer.

#[path = "../../core/tests/receiver/mod.rs"]
mod receiver;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use hookbridge_core::{Config, Engine};
use receiver::{Answer, Receiver, answer};
use rusqlite::{Connection, OpenFlags};

const KILLS: usize = 50;
const MOST_IN_FLIGHT: usize = 256;

type Ids = Arc<Mutex<BTreeSet<String>>>;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect(variable))
}

struct Running {
    child: Child,
    reader: JoinHandle<()>,
}

/// Starts a producer whose returned ids are gathered in `accepted`.
fn start(database: &Path, endpoint: &str, role: &str, threads: u32, accepted: &Ids) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_producer"))
        .args([database.to_str().unwrap(), endpoint, role, &threads.to_string(), "1000000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap());
    let accepted = accepted.clone();
    let reader = std::thread::spawn(move || {
        for line in lines.split(b'\n') {
            let line = String::from_utf8(line.unwrap()).unwrap();
            assert!(!line.starts_with('!'), "a send was refused: {line}");
            // A last line that the kill cut short is no id.
            if line.len() == 36 {
                accepted.lock().unwrap().insert(line);
            }
        }
    });
    Running { child, reader }
}

fn kill(mut running: Running) {
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    running.reader.join().unwrap();
}

/// A look at the file that takes part in no lock of a deliverer.
fn stored(database: &Path) -> (BTreeSet<String>, String) {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    connection.busy_timeout(Duration::from_secs(30)).unwrap();
    let mut statement = connection.prepare("SELECT lower(hex(id)) FROM hookbridge_messages").unwrap();
    let ids = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap()
        .map(|hex| {
            let hex = hex.unwrap();
            [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
        })
        .collect();
    let sound = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    (ids, sound)
}

#[test]
fn killed_processes_lose_nothing_and_repeat_only_what_was_under_way() {
    let seed = number("HOOKBRIDGE_SEED").unwrap_or_else(|| fastrand::u64(..));
    let kills = number("HOOKBRIDGE_KILLS").map_or(KILLS, |kills| kills as usize);
    println!("HOOKBRIDGE_SEED={seed} HOOKBRIDGE_KILLS={kills}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("outbox.db");
    let receiver = Receiver::start(|delivery, earlier| {
        let trouble =
            delivery.message_id().bytes().last().is_some_and(|byte| byte == b'0') && earlier % 3 == 0;
        Answer { delay: Duration::from_millis(earlier as u64 % 4), ..answer(if trouble { 503 } else { 200 }) }
    });
    let engine = receiver::engine(folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    engine.close(Duration::from_secs(10)).unwrap();
    drop(engine);

    let accepted = Ids::default();
    let mut killed_at = Vec::new();
    let mut running: Vec<Running> = Vec::new();
    while killed_at.len() < kills {
        while running.len() < 3 {
            let role = *rng.choice(&["send", "both", "both", "deliver"]).unwrap();
            running.push(start(&database, &endpoint, role, rng.u32(1..4), &accepted));
        }
        std::thread::sleep(Duration::from_millis(rng.u64(5..250)));
        for _ in 0..rng.usize(1..=running.len()) {
            let victim = running.swap_remove(rng.usize(..running.len()));
            kill(victim);
            killed_at.push(Instant::now());
        }
        let returned = accepted.lock().unwrap().clone();
        let (ids, sound) = stored(&database);
        assert_eq!(sound, "ok");
        let lost: Vec<_> = returned.difference(&ids).collect();
        assert!(lost.is_empty(), "{} returned ids are not in the outbox", lost.len());
    }
    running.into_iter().for_each(kill);
    killed_at.push(Instant::now());

    let patient = Config { request_timeout: Duration::from_secs(30), ..receiver::config(folder.path()) };
    let engine = Engine::open(patient).unwrap();
    assert!(engine.flush(Duration::from_secs(300)).unwrap());
    receiver::eventually("every retry has gone", || {
        let stats = receiver::call(&engine, "stats", serde_json::json!({}));
        stats["queued"] == 0 && stats["waiting_for_retry"] == 0 && stats["in_flight"] == 0
    });
    engine.close(Duration::from_secs(10)).unwrap();
    let (ids, sound) = stored(&database);
    assert_eq!(sound, "ok");
    let accepted = accepted.lock().unwrap();
    let mut arrived: BTreeMap<String, Vec<Instant>> = BTreeMap::new();
    for delivery in receiver.deliveries() {
        if delivery.answered == 200 {
            arrived.entry(delivery.message_id().to_owned()).or_default().push(delivery.at);
        }
    }
    let missing = accepted.iter().filter(|id| !arrived.contains_key(*id)).count();
    assert_eq!(missing, 0, "accepted and never delivered");
    assert!(arrived.keys().all(|id| ids.contains(id)), "something arrived that was never accepted");
    let mut repeated = 0;
    for (id, times) in &arrived {
        for pair in times.windows(2) {
            repeated += 1;
            assert!(
                killed_at.iter().any(|at| (pair[0]..=pair[1]).contains(at)),
                "{id} arrived twice and nothing was killed in between"
            );
        }
    }
    assert!(repeated <= killed_at.len() * MOST_IN_FLIGHT);
    println!(
        "{} kills, {} ids returned, {} in the outbox, {} arrived, {repeated} twice",
        killed_at.len(),
        accepted.len(),
        ids.len(),
        arrived.len()
    );
    assert!(accepted.len() > kills, "too little was sent to prove anything");
}
