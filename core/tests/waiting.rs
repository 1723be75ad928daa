//! What waiting costs: for the leadership that another process has, and for another program's write lock.

mod receiver;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Engine, ErrorCode};
use receiver::*;
use serde_json::{Value, json};

/// The threads that are counted are the process's: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Names the folder of the outbox to the process that is to lead.
const FOLDER: &str = "HOOKBRIDGE_TEST_FOLDER";

/// The process that leads: this program once more, with `lead_until_killed` alone.
fn leader(folder: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["lead_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let told = BufReader::new(child.stdout.take().unwrap());
    assert!(told.lines().map_while(Result::ok).any(|line| line.ends_with("leads")), "it does not lead");
    child
}

#[test]
#[ignore = "the other process of these tests"]
fn lead_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let engine = engine(Path::new(&folder));
    eventually("the other process to lead", || leads(&engine));
    println!("leads");
    std::thread::sleep(Duration::from_secs(600));
}

fn leads(engine: &Engine) -> bool {
    call(engine, "stats", json!({}))["deliverer"]["this_engine"] == Value::Bool(true)
}

/// How often each of the engine's threads in this process has gone to sleep.
fn sleeps() -> u64 {
    let text = |path: std::path::PathBuf| std::fs::read_to_string(path).unwrap_or_default();
    std::fs::read_dir("/proc/self/task")
        .unwrap()
        .flatten()
        .filter(|task| text(task.path().join("comm")).starts_with("hookbridge-"))
        .filter_map(|task| {
            let status = text(task.path().join("status"));
            let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches"))?;
            line.split_whitespace().last()?.parse::<u64>().ok()
        })
        .sum()
}

#[test]
#[cfg(target_os = "linux")]
fn who_waits_to_lead_sleeps_and_is_woken_by_the_leaders_death() {
    const SECONDS: u64 = 5;
    let _alone = alone();
    let mut took = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let mut leader = leader(folder.path());
        let waiting = engine(folder.path());
        assert!(!leads(&waiting));
        if round == 0 {
            std::thread::sleep(Duration::from_secs(1));
            let before = sleeps();
            std::thread::sleep(Duration::from_secs(SECONDS));
            let woken = sleeps() - before;
            assert!(woken <= SECONDS, "{woken} times in {SECONDS} s");
            println!("woken {woken} times in {SECONDS} s");
        }
        leader.kill().unwrap();
        let died = Instant::now();
        eventually("the one that waits to lead", || leads(&waiting));
        took.push(died.elapsed());
        leader.wait().unwrap();
        waiting.close(Duration::from_secs(10)).unwrap();
    }
    took.sort();
    println!("{took:?}");
    // Whoever is not told looks every four seconds.
    assert!(took[2] < Duration::from_millis(300), "{took:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn of_several_that_wait_one_leads_after_the_other() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let first = engine(folder.path());
    eventually("the first to lead", || leads(&first));
    let mut waiting: Vec<Engine> = (0..3).map(|_| engine(folder.path())).collect();
    for engine in &waiting {
        assert!(!leads(engine));
    }
    first.close(Duration::from_secs(10)).unwrap();
    while !waiting.is_empty() {
        eventually("another to lead", || waiting.iter().any(leads));
        let next = waiting.remove(waiting.iter().position(leads).unwrap());
        next.close(Duration::from_secs(10)).unwrap();
    }
}

#[test]
fn another_programs_write_lock_is_waited_for_once() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, "http://127.0.0.1:9/");
    let other = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Each comes while those before it wait already.
    let senders: Vec<_> = (0..4)
        .map(|number| {
            let (engine, endpoint) = (engine.clone(), endpoint.clone());
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(300) * number);
                let begun = Instant::now();
                let refused = engine.send(SendRequest::new(endpoint, b"1".to_vec()).unwrap());
                (refused.unwrap_err().code(), begun.elapsed())
            })
        })
        .collect();
    let refused: Vec<_> = senders.into_iter().map(|sender| sender.join().unwrap()).collect();
    println!("{refused:?}");
    for (code, took) in refused {
        assert_eq!(code, ErrorCode::StorageUnavailable);
        let once = Duration::from_millis(4500)..Duration::from_millis(8000);
        assert!(once.contains(&took), "{took:?}");
    }
    // Who comes late has all of its patience.
    let sender = {
        let (engine, endpoint) = (engine.clone(), endpoint.clone());
        std::thread::spawn(move || send(&engine, &endpoint, "2"))
    };
    std::thread::sleep(Duration::from_secs(2));
    other.execute_batch("ROLLBACK").unwrap();
    sender.join().unwrap();
    engine.close(Duration::ZERO).unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_leader_that_is_stopped_is_named() {
    use nix::sys::signal::{Signal, kill};
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut leader = leader(folder.path());
    let pid = nix::unistd::Pid::from_raw(leader.id() as i32);
    is_named(folder.path(), &leader, |stop| {
        kill(pid, if stop { Signal::SIGSTOP } else { Signal::SIGCONT }).unwrap();
    });
    leader.kill().unwrap();
    leader.wait().unwrap();
}

/// As `docker pause` does it, which sends no signal: the state of the process stays that of one which sleeps.
#[test]
#[cfg(target_os = "linux")]
fn a_leader_whose_container_is_frozen_is_named() {
    let _alone = alone();
    let Some(group) = Group::new() else {
        eprintln!("SKIPPED: no control group of version 2 can be made here; only SIGSTOP is tried");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut leader = leader(folder.path());
    group.write("cgroup.procs", &leader.id().to_string());
    is_named(folder.path(), &leader, |freeze| group.write("cgroup.freeze", if freeze { "1" } else { "0" }));
    leader.kill().unwrap();
    leader.wait().unwrap();
}

/// A control group of version 2, wherever those are mounted.
#[cfg(target_os = "linux")]
struct Group(PathBuf);

#[cfg(target_os = "linux")]
impl Group {
    /// `None` where none can be made, as in a container or without being root.
    fn new() -> Option<Self> {
        let roots = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].map(Path::new);
        let root = roots.into_iter().find(|root| root.join("cgroup.procs").exists())?;
        let path = root.join(format!("hookbridge-test-{}", std::process::id()));
        std::fs::create_dir(&path).ok()?;
        let group = Self(path);
        group.0.join("cgroup.freeze").exists().then_some(group)
    }

    fn write(&self, file: &str, text: &str) {
        std::fs::write(self.0.join(file), text).unwrap();
    }
}

/// A group can be removed as soon as nobody is in it.
#[cfg(target_os = "linux")]
impl Drop for Group {
    fn drop(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while std::fs::remove_dir(&self.0).is_err() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Holds a leader up and lets it go on: that is seen by those that wait behind it, and by a look at the file.
#[cfg(target_os = "linux")]
fn is_named(folder: &Path, leader: &Child, hold_up: impl Fn(bool)) {
    let asks = engine(folder);
    let stopped = || {
        let deliverer = call(&asks, "stats", json!({}))["deliverer"].clone();
        assert_eq!(deliverer["pid"], leader.id());
        deliverer["stopped"] == Value::Bool(true)
    };
    assert!(!stopped());
    hold_up(true);
    eventually("the leader to be seen stopped", stopped);
    let found = hookbridge_core::inspection::inspect(&folder.join("outbox.db")).unwrap();
    assert!(found.deliverer.is_some_and(|deliverer| deliverer.stopped));
    hold_up(false);
    eventually("the leader to be seen going on", || !stopped());
    asks.close(Duration::from_secs(10)).unwrap();
}
