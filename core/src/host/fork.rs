//! `fork()`: everything that a child inherits is at rest when the process is copied.
//!
//! SQLite's tables of open files and POSIX locks do not survive a fork, and a lock that another
//! thread holds at that moment stays held in the child for ever. So every SQLite call, and every
//! lock of ours that outlives a fork, is taken behind one gate. Before a fork the gate is closed,
//! those inside leave, and the connections are closed; parent and child reopen theirs at the next
//! use, and the child starts threads of its own.
//!
//! A fork that finds no rest within [`PATIENCE`], because somebody stays inside or another thread's fork is not through,
//! makes a child in which nothing of ours can be used: SQLite there would lock nothing, and any lock may be held by a
//! thread that is gone. Every call in it fails with `FORKED`.
//!
//! Rule: inside the gate nothing of the host runs (no log subscriber, no callback), because the
//! thread that forks may hold the host's own lock.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorCode, Result};

/// How long a fork may wait for another one and for those inside; past that the child gets `FORKED`.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_micros(100);

static GATE: Gate = Gate::new();
/// This process is the child of a fork that found no rest, or a child of such a child.
static FORKED: AtomicBool = AtomicBool::new(false);
static REGISTRY: Mutex<Vec<Weak<dyn SurvivesFork>>> = Mutex::new(Vec::new());

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// What the fork that is under way on this thread has come to.
    static FORK: Cell<Closing> = const { Cell::new(Closing::Refused) };
}

/// What closing the gate has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    /// It is closed, and nobody is inside.
    AtRest,
    /// It is closed, and somebody is inside still.
    Occupied,
    /// It is not this thread's: another one's fork was under way for too long, or this thread itself is inside.
    Refused,
}

/// Keeps everybody out while a fork is under way, of which there is one at a time.
struct Gate {
    /// Whose fork is under way closed it, and it alone opens it.
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

    /// Closes it for a fork and waits for those inside, for at most `patience` in all. The one that closed it opens it.
    fn close(&self, patience: Duration) -> Closing {
        let deadline = Instant::now() + patience;
        // Two threads may fork at once: the second waits for the first to be through.
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

    /// Opens it after a fork in the process that forked.
    fn open(&self, closing: Closing) {
        if closing != Closing::Refused {
            self.closed.store(false, Ordering::SeqCst);
            self.forking.store(false, Ordering::SeqCst);
        }
    }

    /// Opens it in the child, where no other thread is.
    fn open_in_child(&self) {
        self.inside.store(0, Ordering::SeqCst);
        self.closed.store(false, Ordering::SeqCst);
        self.forking.store(false, Ordering::SeqCst);
    }
}

/// What an engine does around a fork. Called with the gate closed and nobody inside.
pub(crate) trait SurvivesFork: Send + Sync {
    /// Before: close every SQLite connection.
    fn rest(&self);
    /// In the child: forget the threads, close the inherited locks.
    fn wake_in_child(&self);
}

/// Being inside the gate; leaving is dropping it.
pub(crate) struct Passage(());

/// Waits while a fork is under way, then goes inside. May be nested.
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

/// Locks a mutex that a panic elsewhere may have poisoned; what it guards stays consistent, since
/// every section is a plain assignment. Only for use inside the gate where the mutex outlives a fork.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether this is the child of a fork that found no rest: nothing that was inherited may be touched.
pub(crate) fn is_forked() -> bool {
    FORKED.load(Ordering::Acquire)
}

/// Has forks told from now on. Before anything is opened that must not be copied.
///
/// # Errors
/// `FORKED` in the child of a fork that found no rest, `INTERNAL_ERROR` where the system refuses to tell of forks.
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

/// Has `engine` told of every fork for as long as it lives. After [`listen`].
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
    // Its locks may be held by threads that are gone, and its children are what it is.
    let lost = is_forked();
    let is_inside = DEPTH.with(Cell::get) > 0;
    let closing = if lost || is_inside { Closing::Refused } else { GATE.close(PATIENCE) };
    FORK.set(closing);
    if closing == Closing::AtRest {
        // What runs here is inside the gate although it is closed: dropping an engine's last handle enters it.
        DEPTH.with(|depth| depth.set(depth.get() + 1));
        for engine in engines() {
            engine.rest();
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
        // The registry's own lock is taken inside the gate, so it is free.
        for engine in lock(&REGISTRY).iter().filter_map(Weak::upgrade) {
            engine.wake_in_child();
            // The last handle must not run destructors that wait for threads of the parent.
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
