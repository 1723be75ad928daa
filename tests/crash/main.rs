//! Senders and deliverers are killed with SIGKILL at random moments while a receiver counts.
//!
//! After each kill every id that `send` returned is in the outbox and the file is sound; in the end every one of
//! them arrived, nothing arrived that was never accepted, and what arrived twice was under way in a deliverer that was
//! killed. `HOOKBRIDGE_SEED` repeats a run's choices, `HOOKBRIDGE_KILLS` makes it longer.

#[path = "../../core/tests/receiver/mod.rs"]
mod receiver;

mod plan;
mod processes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use hookbridge_core::{Config, Engine};
use plan::{Victim, rounds};
use processes::{Ids, Running, start};
use receiver::{Answer, Receiver, answer};
use rusqlite::{Connection, OpenFlags};

const KILLS: usize = 50;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect(variable))
}

/// The process that delivers, or the last that did.
fn leader(database: &Path) -> Option<u32> {
    let note = std::fs::read(database.with_file_name("outbox.db-lock")).ok()?;
    let note: serde_json::Value = serde_json::from_slice(&note).ok()?;
    note["pid"].as_u64()?.try_into().ok()
}

struct Stored {
    ids: BTreeSet<String>,
    /// Those whose delivery is on record.
    delivered: Vec<String>,
    sound: String,
}

/// A look at the file that takes part in no lock of a deliverer.
fn stored(database: &Path) -> rusqlite::Result<Stored> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(Duration::from_secs(30))?;
    let mut statement =
        connection.prepare("SELECT lower(hex(id)), delivered_at IS NOT NULL FROM hookbridge_messages")?;
    let mut rows = statement.query([])?;
    let (mut ids, mut delivered) = (BTreeSet::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let hex: String = row.get(0)?;
        let id = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
        if row.get(1)? {
            delivered.push(id.clone());
        }
        ids.insert(id);
    }
    let sound = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    Ok(Stored { ids, delivered, sound })
}

#[derive(Debug)]
struct Kill {
    /// Whether the victim delivered, or may have.
    led: bool,
    /// Connections below were made by the victim or those before it.
    low: usize,
    /// Connections from here on were made by those after it. Between the two it cannot be told.
    high: usize,
}

struct Run {
    database: PathBuf,
    receiver: Receiver,
    accepted: Ids,
    kills: Vec<Kill>,
    /// For each delivery on record, by which kill it was.
    recorded_by: BTreeMap<String, usize>,
}

impl Run {
    /// Kills one of those that run, and looks at what it left.
    fn kill(&mut self, running: &mut Vec<Running>, victim: &Victim) {
        let dies = running.swap_remove(victim.index % running.len());
        let pid = dies.id();
        let mut low = self.receiver.mark();
        if let Some(alone) = victim.alone {
            running.iter().for_each(Running::halt);
            std::thread::sleep(alone);
        }
        let before = leader(&self.database);
        dies.kill();
        let after = leader(&self.database);
        let high = self.receiver.mark();
        let led = before == Some(pid) || after == Some(pid) || before != after;
        let returned = self.accepted.lock().unwrap().clone();
        let stored = stored(&self.database).unwrap();
        if victim.alone.is_some() {
            // Nobody has taken over yet.
            low = high;
            for id in stored.delivered {
                self.recorded_by.entry(id).or_insert(self.kills.len());
            }
            running.iter().for_each(Running::go_on);
        }
        self.kills.push(Kill { led, low, high });
        assert_eq!(stored.sound, "ok");
        let lost = returned.difference(&stored.ids).count();
        assert_eq!(lost, 0, "kill {}: {lost} returned ids are not in the outbox", self.kills.len());
    }

    fn kills_between(&self, first: usize, second: usize) -> Vec<(usize, &Kill)> {
        let near = |kill: &Kill| first < kill.high && kill.low <= second;
        self.kills.iter().enumerate().filter(|(_, kill)| near(kill)).collect()
    }

    /// Whether the deliveries came of two processes, the first of which was killed before it had recorded its own.
    fn is_explained(&self, id: &str, first: usize, second: usize) -> bool {
        let recorded_by = self.recorded_by.get(id).copied().unwrap_or(usize::MAX);
        first != second
            && self.kills_between(first, second).iter().any(|(index, kill)| kill.led && *index < recorded_by)
    }
}

#[test]
fn killed_processes_lose_nothing_and_repeat_only_what_was_under_way() {
    let seed = number("HOOKBRIDGE_SEED").unwrap_or_else(|| fastrand::u64(..));
    let kills = number("HOOKBRIDGE_KILLS").map_or(KILLS, |kills| kills as usize);
    println!("HOOKBRIDGE_SEED={seed} HOOKBRIDGE_KILLS={kills}");
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|delivery, earlier| {
        let trouble =
            delivery.message_id().bytes().last().is_some_and(|byte| byte == b'0') && earlier % 3 == 0;
        Answer { delay: Duration::from_millis(earlier as u64 % 4), ..answer(if trouble { 503 } else { 200 }) }
    });
    let engine = receiver::engine(folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    engine.close(Duration::from_secs(10)).unwrap();
    drop(engine);

    let mut run = Run {
        database: folder.path().join("outbox.db"),
        receiver,
        accepted: Ids::default(),
        kills: Vec::new(),
        recorded_by: BTreeMap::new(),
    };
    let mut running: Vec<Running> = Vec::new();
    for round in rounds(seed) {
        for (role, threads) in round.starts {
            running.push(start(&run.database, &endpoint, role, threads, &run.accepted));
        }
        std::thread::sleep(round.runs);
        round.victims.iter().for_each(|victim| run.kill(&mut running, victim));
        if run.kills.len() >= kills {
            break;
        }
    }
    while !running.is_empty() {
        run.kill(&mut running, &Victim { index: 0, alone: None });
    }

    let patient = Config { request_timeout: Duration::from_secs(30), ..receiver::config(folder.path()) };
    let engine = Engine::open(patient).unwrap();
    assert!(engine.flush(Duration::from_secs(300)).unwrap());
    receiver::eventually("every retry has gone", || {
        let stats = receiver::call(&engine, "stats", serde_json::json!({}));
        stats["queued"] == 0 && stats["waiting_for_retry"] == 0 && stats["in_flight"] == 0
    });
    engine.close(Duration::from_secs(10)).unwrap();
    let stored = stored(&run.database).unwrap();
    assert_eq!(stored.sound, "ok");
    let mut arrived: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for delivery in run.receiver.deliveries() {
        let id = delivery.message_id();
        assert!(stored.ids.contains(id), "{id} arrived and was never accepted");
        if delivery.answered == 200 {
            arrived.entry(id.to_owned()).or_default().push(delivery.connection);
        }
    }
    let accepted = run.accepted.lock().unwrap();
    let missing = accepted.iter().filter(|id| !arrived.contains_key(*id)).count();
    assert_eq!(missing, 0, "accepted and never delivered");
    let mut repeated = 0;
    for (id, connections) in &mut arrived {
        connections.sort_unstable();
        for pair in connections.windows(2) {
            repeated += 1;
            assert!(
                run.is_explained(id, pair[0], pair[1]),
                "{id} arrived twice, on connections {pair:?}, and was not under way at any kill: on record at kill {:?} of {:#?}",
                run.recorded_by.get(id),
                run.kills_between(pair[0], pair[1])
            );
        }
    }
    let led = run.kills.iter().filter(|kill| kill.led).count();
    let exact = run.kills.iter().filter(|kill| kill.led && kill.low == kill.high).count();
    println!(
        "{} kills, {led} of a deliverer, {exact} of these with the others halted; {} ids returned, {} in the outbox, \
         {} arrived, {repeated} twice",
        run.kills.len(),
        accepted.len(),
        stored.ids.len(),
        arrived.len()
    );
    assert!(accepted.len() > kills && exact > kills / 20, "too little happened to prove anything");
}
