//! A commit that fails leaves nothing behind in memory: what was refused has not happened.

mod receiver;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hookbridge_core::model::retry_schedule::RetrySchedule;
use hookbridge_core::{Config, Engine, ErrorCode};
use nix::sys::resource::{RLIM_INFINITY, Resource, UsageWho, getrusage, setrlimit};
use receiver::*;
use serde_json::{Value, json};

/// The limit is the process's.
static LIMITED: Mutex<()> = Mutex::new(());

/// Runs `run` while no file of this process can grow, so that a transaction is carried out and its commit fails.
fn with_a_full_disk<T>(run: impl FnOnce() -> T) -> T {
    setrlimit(Resource::RLIMIT_FSIZE, 1, RLIM_INFINITY).unwrap();
    let came_to = run();
    setrlimit(Resource::RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY).unwrap();
    came_to
}

/// The processor time that this process has used.
fn processor_time() -> Duration {
    let used = getrusage(UsageWho::RUSAGE_SELF).unwrap();
    [used.user_time(), used.system_time()]
        .iter()
        .map(|time| Duration::new(time.tv_sec() as u64, time.tv_usec() as u32 * 1000))
        .sum()
}

/// An operation that is refused because its commit fails, on a message that waits for its retry.
fn what_it_leaves(operation: &str, request: impl Fn(&str) -> Value) {
    let folder = tempfile::tempdir().unwrap();
    let well = Arc::new(AtomicBool::new(false));
    let answers_well = well.clone();
    let receiver =
        Receiver::start(move |_, _| answer(if answers_well.load(Ordering::Relaxed) { 200 } else { 503 }));
    let engine = Engine::open(Config {
        retry_schedule: RetrySchedule::uniform(vec![Duration::from_secs(3)]),
        ..config(folder.path())
    })
    .unwrap();
    let endpoint = endpoint(&engine, &receiver.url("/"));
    let id = send(&engine, &endpoint, "1");
    wait_for_status(&engine, &id, "pending_retry");
    let refused = with_a_full_disk(|| engine.call(operation, &request(&id).to_string()));
    assert_eq!(refused.unwrap_err().code(), ErrorCode::StorageUnavailable, "{operation}");
    let unchanged = message(&engine, &id);
    assert_eq!(unchanged["status"], "pending_retry", "{operation}");
    assert!(unchanged["deleted_at"].is_null(), "{operation}");
    well.store(true, Ordering::Relaxed);
    let (begun, used) = (Instant::now(), processor_time());
    eventually(&format!("the retry after {operation}"), || message(&engine, &id)["status"] == "succeeded");
    let (took, used) = (begun.elapsed(), processor_time() - used);
    assert!(used < took / 2, "{operation}: {used:?} of processor time in {took:?}");
    assert_eq!(receiver.count(), 2, "{operation}");
    engine.close(Duration::from_secs(10)).unwrap();
}

#[test]
fn what_an_operation_withdrew_is_given_back_where_its_commit_fails() {
    let _alone = LIMITED.lock().unwrap_or_else(PoisonError::into_inner);
    let one = |id: &str| json!({"message_id": id});
    what_it_leaves("messages.cancel", one);
    what_it_leaves("messages.delete", one);
    what_it_leaves("messages.retry_now", one);
    what_it_leaves("messages.replay", one);
    what_it_leaves("messages.delete_batch", |id| json!({"message_ids": [id]}));
    what_it_leaves("messages.delete_all", |_| json!({"status": ["pending_retry"]}));
}

#[test]
fn a_dead_letter_is_checked_and_replayed_in_one_transaction() {
    const CALLERS: usize = 6;
    let _alone = LIMITED.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(400));
    let engine = engine(folder.path());
    let endpoint = endpoint(&engine, &receiver.url("/"));
    let id = send(&engine, &endpoint, "1");
    wait_for_status(&engine, &id, "failed_permanent");
    call(&engine, "endpoints.pause", json!({"endpoint_id": endpoint}));
    // All of them look before any of them can write.
    let other = rusqlite::Connection::open(folder.path().join("outbox.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begin = Arc::new(Barrier::new(CALLERS + 1));
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| {
            let (engine, begin) = (engine.clone(), begin.clone());
            let request = json!({"message_id": id}).to_string();
            std::thread::spawn(move || {
                begin.wait();
                engine.call("dead_letters.replay", &request)
            })
        })
        .collect();
    begin.wait();
    std::thread::sleep(Duration::from_millis(500));
    other.execute_batch("ROLLBACK").unwrap();
    let outcomes: Vec<_> = callers.into_iter().map(|caller| caller.join().unwrap()).collect();
    let refused: Vec<ErrorCode> =
        outcomes.into_iter().filter_map(Result::err).map(|error| error.code()).collect();
    assert_eq!(refused, [ErrorCode::InvalidStatus; CALLERS - 1]);
    engine.close(Duration::from_secs(10)).unwrap();
}
