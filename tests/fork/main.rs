//! Forks that cannot be made safe end in a clear error, and never in an outbox that both sides write to.

mod postgres;
#[path = "../../core/tests/receiver/mod.rs"]
mod receiver;
#[expect(dead_code, reason = "others start it anew")]
#[path = "../cluster/server.rs"]
mod server;

use std::cell::Cell;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hookbridge_core::config::{Config, Delivery};
use hookbridge_core::operations::messages::SendRequest;
use hookbridge_core::{Engine, ErrorCode};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use receiver::{Answer, Receiver, answer};

/// Longer than a fork waits for another.
const SLOW: Duration = Duration::from_millis(3500);
/// Set in the process that is to be refused its first `pthread_atfork`.
const REFUSED: &str = "HOOKBRIDGE_TEST_REFUSED";

thread_local! {
    static FORKS_SLOWLY: Cell<bool> = const { Cell::new(false) };
}
static BEGAN: AtomicBool = AtomicBool::new(false);
static ENDED: AtomicBool = AtomicBool::new(false);

/// Registered before the engine's, so that it runs after it: a process so large that its copy takes long.
extern "C" fn before_the_copy() {
    if FORKS_SLOWLY.get() {
        BEGAN.store(true, Ordering::SeqCst);
        std::thread::sleep(SLOW);
        ENDED.store(true, Ordering::SeqCst);
    }
}

fn config(folder: &Path) -> Config {
    Config {
        database: folder.join("outbox.db"),
        delivery: Delivery::Off,
        verify_dns: false,
        allow_local_endpoints: true,
        ..Config::default()
    }
}

fn send(engine: &Engine, endpoint: &str) -> Option<ErrorCode> {
    let request = SendRequest::new(endpoint, b"1".to_vec()).unwrap();
    engine.send(request).err().map(|error| error.code())
}

/// Forks; the child answers 0 where it can send, 1 where neither its engine nor a new one can be used, and 2 else.
fn child_that_sends(engine: &Engine, endpoint: &str, folder: &Path) -> Pid {
    // SAFETY: the child calls the engine, whose forks are what is tried, and ends without destructors.
    match unsafe { fork() }.unwrap() {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            let sent = send(engine, endpoint);
            let opened = Engine::open(config(folder)).err().map(|error| error.code());
            let answer = match (sent, opened) {
                (None, None) => 0,
                (Some(ErrorCode::Forked), Some(ErrorCode::Forked)) => 1,
                _ => 2,
            };
            // SAFETY: it ends the process.
            unsafe { nix::libc::_exit(answer) }
        }
    }
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn of_two_forks_at_once_the_one_that_waits_in_vain_makes_a_child_that_says_so() {
    // SAFETY: the function lives as long as the process and does not unwind.
    assert_eq!(unsafe { nix::libc::pthread_atfork(Some(before_the_copy), None, None) }, 0);
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(config(folder.path())).unwrap();
    let created = engine.call("endpoints.create", r#"{"url": "http://127.0.0.1:9/"}"#).unwrap();
    let created: serde_json::Value = serde_json::from_str(&created).unwrap();
    let endpoint = created["id"].as_str().unwrap().to_owned();
    assert_eq!(send(&engine, &endpoint), None);
    let answers = std::thread::scope(|threads| {
        let slow = threads.spawn(|| {
            FORKS_SLOWLY.set(true);
            child_that_sends(&engine, &endpoint, folder.path())
        });
        until("the first fork to begin", || BEGAN.load(Ordering::SeqCst));
        let second = child_that_sends(&engine, &endpoint, folder.path());
        assert!(!ENDED.load(Ordering::SeqCst), "the machine is too slow for this test");
        // The second fork is through, and the first one's copy is not made: nobody may write yet.
        assert_eq!(send(&engine, &endpoint), None);
        assert!(ENDED.load(Ordering::SeqCst), "written while a fork was under way");
        [slow.join().unwrap(), second].map(|child| match waitpid(child, None).unwrap() {
            WaitStatus::Exited(_, answer) => answer,
            other => panic!("{other:?}"),
        })
    });
    assert_eq!(answers, [0, 1]);
    // A later fork is like any other.
    let child = child_that_sends(&engine, &endpoint, folder.path());
    assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 0));
    let stats: serde_json::Value = serde_json::from_str(&engine.call("stats", "{}").unwrap()).unwrap();
    assert_eq!(stats["queued"], 4, "two of this process and one of each child that could");
    engine.close(Duration::from_secs(10)).unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn where_forks_cannot_be_told_no_engine_opens() {
    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("refuse.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/fork/refuse.c");
    let compiled = Command::new("gcc")
        .args(["-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", source, "-ldl", "-o"])
        .arg(&library)
        .status()
        .unwrap();
    assert!(compiled.success());
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["opens_once_forks_are_told", "--exact", "--ignored", "--nocapture"])
        .env(REFUSED, folder.path())
        .env("LD_PRELOAD", &library)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("refused, then opened"), "{output:?}");
}

#[test]
#[ignore = "the other process of these tests"]
fn opens_once_forks_are_told() {
    let Some(folder) = std::env::var_os(REFUSED) else { return };
    let error = Engine::open(config(Path::new(&folder))).err().expect("an open gate");
    assert_eq!(error.code(), ErrorCode::Internal);
    assert!(error.message().contains("pthread_atfork"), "{error}");
    assert!(!Path::new(&folder).join("outbox.db").exists());
    Engine::open(config(Path::new(&folder))).unwrap();
    println!("refused, then opened");
}

/// Set in the process that takes every descriptor: the URLs that it delivers to before and then.
const STARVED: &str = "HOOKBRIDGE_TEST_STARVED";

#[test]
#[cfg(target_os = "linux")]
fn a_fork_while_descriptors_are_short_ends_at_once() {
    let farewell = |_: &receiver::Delivery, _| Answer {
        headers: vec![("connection".to_owned(), "close".to_owned())],
        ..answer(200)
    };
    let (known, new) = (Receiver::start(farewell), Receiver::start(farewell));
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["forks_without_descriptors", "--exact", "--ignored", "--nocapture"])
        .env(STARVED, format!("{} {}", known.url("/"), new.url("/")))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("forked, then delivered"), "{output:?}");
    assert_eq!(new.count(), 3, "two of the parent and one of the child");
}

#[test]
#[ignore = "the other process of these tests"]
fn forks_without_descriptors() {
    let Ok(urls) = std::env::var(STARVED) else { return };
    let (known, new) = urls.split_once(' ').unwrap();
    let folder = tempfile::tempdir().unwrap();
    let engine = receiver::engine(folder.path());
    let (known, new) = (receiver::endpoint(&engine, known), receiver::endpoint(&engine, new));
    let first = receiver::send(&engine, &known, "1");
    receiver::wait_for_status(&engine, &first, "succeeded");
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    setrlimit(Resource::RLIMIT_NOFILE, 256, hard).unwrap();
    let mut hoard: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    let waiting: Vec<String> = (0..2).map(|_| receiver::send(&engine, &new, "2")).collect();
    let shortage = || receiver::call(&engine, "stats", serde_json::json!({}))["shortage"]["kind"].clone();
    until("the shortage", || shortage() == "descriptors");
    let begun = Instant::now();
    // SAFETY: the child calls the engine, whose forks are what is tried, and ends without destructors.
    let child = match unsafe { fork() }.unwrap() {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            // It has descriptors again, and what it inherited works.
            hoard.clear();
            let sent = send(&engine, &new);
            // SAFETY: it ends the process.
            unsafe { nix::libc::_exit(i32::from(sent.is_some())) }
        }
    };
    // Less than a fork waits for those that do not leave.
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 0));
    hoard.clear();
    for id in waiting {
        let message = receiver::wait_for_status(&engine, &id, "succeeded");
        assert_eq!(message["attempt_count"], 1, "{message}");
    }
    engine.flush(Duration::from_secs(20)).unwrap();
    engine.close(Duration::from_secs(10)).unwrap();
    println!("forked, then delivered");
}
