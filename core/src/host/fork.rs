//! `fork()`: when the process is copied, everything that the child inherits is at rest.
//!
//! SQLite's tables of open files and POSIX locks do not survive a fork. A lock that another thread holds during the fork
//! stays held in the child for ever. So every SQLite call is made inside one gate, and every lock of ours that outlives a
//! fork is taken inside it. Before a fork the gate is closed, the threads inside leave it, and the connections are closed.
//! Parent and child reopen their connections at the next use, and the child starts threads of its own.
//!
//! The fork may find no rest within [`PATIENCE`], because a thread stays inside or another thread's fork has not ended.
//! Then the child can use nothing of ours: its SQLite would lock nothing, and a thread that is gone may hold any lock.
//! Every call in the child fails with `FORKED`.
//!
//! Rule: inside the gate no code of the host runs (no log subscriber, no callback), because the thread that forks may hold
//! the host's own lock.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorCode, Result};

/// How long a fork waits for another fork and for the threads inside. After that the child gets `FORKED`.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_micros(100);

static GATE: Gate = Gate::new();
/// Whether this process is the child of a fork that found no rest (see above), or a descendant of such a child.
static FORKED: AtomicBool = AtomicBool::new(false);
static REGISTRY: Mutex<Vec<Weak<dyn SurvivesFork>>> = Mutex::new(Vec::new());

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// How the gate was closed for the fork that this thread is making.
    static FORK: Cell<Closing> = const { Cell::new(Closing::Refused) };
}

/// How closing the gate ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    /// The gate is closed, and no thread is inside.
    AtRest,
    /// The gate is closed, and a thread is still inside.
    Occupied,
    /// This thread did not close the gate: another thread's fork took too long, or this thread is itself inside.
    Refused,
}

/// Keeps threads out while a fork is under way. There is one fork at a time.
struct Gate {
    /// Set by the thread that forks. The thread that set it opens the gate again.
    forking: AtomicBool,
    closed: AtomicBool,
    inside: AtomicUsize,
}

impl Gate {
    const fn new() -> Self {
        Self { forking: AtomicBool::new(false), closed: AtomicBool::new(false), inside: AtomicUsize::new(0) }
    }

    fn enter(&self) {
        loop {
            self.inside.fetch_add(1, Ordering::SeqCst);
            if !self.closed.load(Ordering::SeqCst) {
                return;
            }
            self.inside.fetch_sub(1, Ordering::SeqCst);
            while self.closed.load(Ordering::SeqCst) {
                std::thread::sleep(PAUSE);
            }
        }
    }

    fn leave(&self) {
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }

    /// Closes the gate for a fork, and waits at most `patience` in all for another fork and for the threads inside. The
    /// thread that closed the gate must open it.
    fn close(&self, patience: Duration) -> Closing {
        let deadline = Instant::now() + patience;
        // Two threads may fork at once: the second waits for the first.
        while self.forking.swap(true, Ordering::SeqCst) {
            if Instant::now() > deadline {
                return Closing::Refused;
            }
            std::thread::sleep(PAUSE);
        }
        self.closed.store(true, Ordering::SeqCst);
        while self.inside.load(Ordering::SeqCst) > 0 {
            if Instant::now() > deadline {
                return Closing::Occupied;
            }
            std::thread::sleep(PAUSE);
        }
        Closing::AtRest
    }

    /// Opens the gate after a fork, in the parent.
    fn open(&self, closing: Closing) {
        if closing != Closing::Refused {
            self.closed.store(false, Ordering::SeqCst);
            self.forking.store(false, Ordering::SeqCst);
        }
    }

    /// Opens the gate in the child, which has no other thread.
    fn open_in_child(&self) {
        self.inside.store(0, Ordering::SeqCst);
        self.closed.store(false, Ordering::SeqCst);
        self.forking.store(false, Ordering::SeqCst);
    }
}

/// A part of an engine that must do something around a fork. Called with the gate closed and no thread inside.
pub(crate) trait SurvivesFork: Send + Sync {
    /// In the parent, before the fork: closes every SQLite connection.
    fn before_fork(&self);
    /// In the child: forgets the parent's threads and closes the inherited locks.
    fn in_child(&self);
}

/// Held by a thread inside the gate. Dropping it leaves the gate.
pub(crate) struct Passage(());

/// Enters the gate; waits while a fork is under way. May be nested.
pub(crate) fn enter() -> Passage {
    DEPTH.with(|depth| {
        if depth.get() == 0 {
            GATE.enter();
        }
        depth.set(depth.get() + 1);
    });
    Passage(())
}

impl Drop for Passage {
    fn drop(&mut self) {
        DEPTH.with(|depth| {
            depth.set(depth.get() - 1);
            if depth.get() == 0 {
                GATE.leave();
            }
        });
    }
}

/// Locks a mutex and ignores that a panic may have poisoned it: the guarded value stays consistent, since every section is
/// a plain assignment. A mutex that outlives a fork must be locked inside the gate.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether this process is the child of a fork that found no rest. Nothing that it inherited may be touched.
pub(crate) fn is_forked() -> bool {
    FORKED.load(Ordering::Acquire)
}

/// Registers the handlers of forks. Call before anything is opened that a fork must not copy.
///
/// # Errors
/// `FORKED` in the child of a fork that found no rest, `INTERNAL_ERROR` where the system takes no handlers.
pub(crate) fn listen() -> Result<()> {
    check()?;
    if hookbridge_atfork::register(hookbridge_atfork::Handlers { prepare, parent, child }) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::Internal,
        "the system refuses to tell of forks (`pthread_atfork`, out of memory): a child of this process would \
         damage the outbox, so no engine is opened",
    ))
}

/// # Errors
/// `FORKED` in the child of a fork that found no rest.
pub(crate) fn check() -> Result<()> {
    if is_forked() {
        return Err(Error::new(
            ErrorCode::Forked,
            "this process was forked while an engine of its parent could not be brought to rest: no engine can be \
             used or opened in it",
        ));
    }
    Ok(())
}

/// Tells `engine` of every fork for as long as it lives. Call [`listen`] first.
pub(crate) fn register(engine: Weak<dyn SurvivesFork>) {
    let _inside = enter();
    let mut registry = lock(&REGISTRY);
    registry.retain(|known| known.strong_count() > 0);
    registry.push(engine);
}

fn engines() -> Vec<std::sync::Arc<dyn SurvivesFork>> {
    lock(&REGISTRY).iter().filter_map(Weak::upgrade).collect()
}

fn prepare() {
    // In such a child threads that are gone may hold the locks. Its own children inherit its state.
    let lost = is_forked();
    let is_inside = DEPTH.with(Cell::get) > 0;
    let closing = if lost || is_inside { Closing::Refused } else { GATE.close(PATIENCE) };
    FORK.set(closing);
    if closing == Closing::AtRest {
        // This thread counts as inside although the gate is closed: dropping the last handle of an engine enters the gate.
        DEPTH.with(|depth| depth.set(depth.get() + 1));
        for engine in engines() {
            engine.before_fork();
        }
    }
}

fn parent() {
    let closing = FORK.replace(Closing::Refused);
    if closing == Closing::AtRest {
        DEPTH.with(|depth| depth.set(depth.get().saturating_sub(1)));
    }
    GATE.open(closing);
}

fn child() {
    if FORK.replace(Closing::Refused) == Closing::AtRest {
        // The registry is locked only inside the gate, so its lock is free here.
        for engine in lock(&REGISTRY).iter().filter_map(Weak::upgrade) {
            engine.in_child();
            // Dropping the last handle would run destructors that wait for threads of the parent.
            std::mem::forget(engine);
        }
    } else {
        FORKED.store(true, Ordering::Release);
    }
    DEPTH.with(|depth| depth.set(0));
    GATE.open_in_child();
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(50);

    #[test]
    fn a_fork_that_waited_in_vain_for_another_does_not_open_the_gate() {
        let gate = Gate::new();
        let first = gate.close(SHORT);
        assert_eq!(first, Closing::AtRest);
        let second = gate.close(SHORT);
        assert_eq!(second, Closing::Refused);
        gate.open(second);
        assert!(gate.closed.load(Ordering::SeqCst), "the first fork is still under way");
        assert_eq!(gate.close(SHORT), Closing::Refused, "one at a time");
        gate.open(first);
        gate.enter();
        gate.leave();
        let third = gate.close(SHORT);
        assert_eq!(third, Closing::AtRest);
        gate.open(third);
    }

    #[test]
    fn a_fork_beside_somebody_inside_finds_no_rest_and_opens_the_gate_again() {
        let gate = Gate::new();
        gate.enter();
        let closing = gate.close(SHORT);
        assert_eq!(closing, Closing::Occupied);
        gate.open(closing);
        gate.leave();
        assert_eq!(gate.close(SHORT), Closing::AtRest);
    }

    #[test]
    fn the_second_of_two_forks_waits_for_the_first() {
        let gate = Gate::new();
        let first = gate.close(SHORT);
        std::thread::scope(|threads| {
            let second = threads.spawn(|| gate.close(Duration::from_secs(30)));
            std::thread::sleep(SHORT);
            assert!(!second.is_finished());
            gate.open(first);
            assert_eq!(second.join().unwrap(), Closing::AtRest);
        });
        assert!(gate.closed.load(Ordering::SeqCst));
    }
}
