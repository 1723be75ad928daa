//! Runs the cases that every store must pass on the outbox in memory: once as they are, and once for each call with that
//! call failing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::mpsc::unbounded_channel;

use super::messages::MOST_READ;
use super::{Memory, Rows};
use crate::error::{ErrorCode, Result};
use crate::outbox::Outbox;
use crate::outbox::cases::{self, Harness, PAYLOAD_RETENTION, UnderTest, for_every_case};
use crate::outbox::link::DeliveryLink;
use crate::outbox::rows::MessageKey;

struct InMemory(Arc<Memory>);

impl UnderTest for InMemory {
    fn fail_commits(&self, fail: bool) {
        self.0.fail_commits(fail);
    }

    fn elsewhere(&self) -> Result<Arc<dyn Outbox>> {
        Ok(self.0.elsewhere())
    }

    fn drop_message(&self, key: MessageKey) -> Result<()> {
        self.0.drop_message(key)
    }

    fn look_for_others(&self) {
        self.0.look_for_others();
    }

    fn looked_at(&self) -> usize {
        MOST_READ
    }
}

fn open() -> (Arc<Memory>, Harness) {
    let (inbox, told) = unbounded_channel();
    let link = Arc::new(DeliveryLink::new(Some(inbox)));
    let memory = Memory::new(link.clone(), PAYLOAD_RETENTION);
    let harness = Harness::new(memory.clone(), link, Box::new(InMemory(memory.clone())), told);
    (memory, harness.unwrap())
}

macro_rules! tests {
    ($($file:ident :: $case:ident),* $(,)?) => { $(
        #[test]
        fn $case() {
            cases::run(&open().1, stringify!($case));
        }
    )* };
}
for_every_case!(tests);

/// Checks that the indices agree with the rows.
fn check(rows: &Rows) {
    let mut waiting = 0;
    for (key, row) in rows.messages() {
        assert_eq!(rows.key_of(&row.id), Some(*key));
        if let Some(due_at) = row.due_at {
            waiting += 1;
            assert!(rows.waiting_in(row.lane).any(|waits| waits == (due_at, *key)), "{key:?}");
        }
    }
    let indexed: usize = rows.waiting_lanes().into_iter().map(|lane| rows.waiting_in(lane).count()).sum();
    assert_eq!(indexed, waiting);
}

/// Everything that a failed call must leave unchanged.
fn digest(rows: &Rows) -> String {
    let endpoints: Vec<_> = rows
        .endpoints()
        .iter()
        .map(|(lane, stored)| {
            (
                lane,
                &stored.endpoint,
                stored.deleted_at,
                stored.keys.iter().map(|key| key.id).collect::<Vec<_>>(),
            )
        })
        .collect();
    let api_keys: Vec<_> = rows.api_keys.committed().values().map(|key| &key.listed).collect();
    let (messages, exports) = (rows.messages(), rows.exports.committed());
    let activities = rows.activities.committed();
    let events = (rows.events.committed(), rows.event_types.committed());
    let signing_in =
        (rows.session_secret.committed(), rows.login_codes.committed(), rows.consoles.committed());
    let (attempts, counters) = (rows.attempts.committed(), rows.counters.committed());
    format!(
        "{messages:?}{attempts:?}{endpoints:?}{api_keys:?}{exports:?}{activities:?}{events:?}{signing_in:?}{counters:?}{}",
        rows.revision()
    )
}

/// Runs a case whose call number `failing` fails. False where the case makes fewer calls.
fn run_failing(name: &str, case: cases::Case, failing: usize) -> bool {
    let (memory, harness) = open();
    let (calls, failed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let before = Arc::new(std::sync::Mutex::new(String::new()));
    memory.fail_calls({
        let (calls, failed, before) = (calls.clone(), failed.clone(), before.clone());
        let memory = Arc::downgrade(&memory);
        move |call| {
            // These calls report no failure, so the case would wait for their changes without end.
            if ["api_key_used", "note_clocks"].contains(&call) {
                return false;
            }
            let fails = calls.fetch_add(1, Ordering::Relaxed) == failing;
            if fails {
                failed.store(true, Ordering::Relaxed);
                let memory = memory.upgrade().unwrap();
                *before.lock().unwrap() = digest(&memory.state());
            }
            fails
        }
    });
    let outcome = catch_unwind(AssertUnwindSafe(|| case(&harness)));
    let what = format!("{name} with call {failing} failing");
    let outcome = outcome.unwrap_or_else(|_| panic!("{what}: a panic"));
    if !failed.load(Ordering::Relaxed) {
        outcome.unwrap_or_else(|error| panic!("{what}: {error}, and none failed"));
        return false;
    }
    // Where the case looked for others, it looked again; where it had commits fail, one more makes no difference.
    if let Err(error) = &outcome {
        assert_eq!(error.code(), ErrorCode::StorageUnavailable, "{what}");
    }
    let is_the_last = calls.load(Ordering::Relaxed) == failing + 1;
    if is_the_last {
        assert_eq!(digest(&memory.state()), *before.lock().unwrap(), "{what}: it changed something");
    }
    check(&memory.state());
    true
}

#[test]
fn a_call_that_fails_is_an_error_and_changes_nothing() {
    for (name, case) in cases::CASES {
        let mut failing = 0;
        while run_failing(name, *case, failing) {
            failing += 1;
        }
        assert!(failing > 0, "{name} calls nothing");
    }
}
