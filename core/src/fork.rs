//! `fork()`: everything that a child inherits is at rest when the process is copied.
//!
//! SQLite's tables of open files and POSIX locks do not survive a fork, and a lock that another
//! thread holds at that moment stays held in the child for ever. So every SQLite call, and every
//! lock of ours that outlives a fork, is taken behind one gate. Before a fork the gate is closed,
//! those inside leave, and the connections are closed; parent and child reopen theirs at the next
//! use, and the child starts threads of its own.
//!
//! Rule: inside the gate nothing of the host runs (no log subscriber, no callback), because the
//! thread that forks may hold the host's own lock.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How long a fork may wait for those inside; past that the child gets `FORKED`.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_micros(100);

static FORKING: AtomicBool = AtomicBool::new(false);
static CLOSED: AtomicBool = AtomicBool::new(false);
static INSIDE: AtomicUsize = AtomicUsize::new(0);
static DIRTY: AtomicBool = AtomicBool::new(false);
static REGISTRY: Mutex<Vec<Weak<dyn SurvivesFork>>> = Mutex::new(Vec::new());

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// What an engine does around a fork. Called with the gate closed and nobody inside.
pub(crate) trait SurvivesFork: Send + Sync {
    /// Before: close every SQLite connection.
    fn rest(&self);
    /// In the child: forget the threads, close the inherited locks. Only atomics may be touched when
    /// `dirty`, since any lock may be held by a thread that is gone.
    fn wake_in_child(&self, dirty: bool);
}

/// Being inside the gate; leaving is dropping it.
pub(crate) struct Passage(());

/// Waits while a fork is under way, then goes inside. May be nested.
pub(crate) fn enter() -> Passage {
    DEPTH.with(|depth| {
        if depth.get() == 0 {
            loop {
                INSIDE.fetch_add(1, Ordering::SeqCst);
                if !CLOSED.load(Ordering::SeqCst) {
                    break;
                }
                INSIDE.fetch_sub(1, Ordering::SeqCst);
                while CLOSED.load(Ordering::SeqCst) {
                    std::thread::sleep(PAUSE);
                }
            }
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
                INSIDE.fetch_sub(1, Ordering::SeqCst);
            }
        });
    }
}

/// Locks a mutex that a panic elsewhere may have poisoned; what it guards stays consistent, since
/// every section is a plain assignment. Only for use inside the gate where the mutex outlives a fork.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has `engine` told of every fork for as long as it lives.
pub(crate) fn register(engine: Weak<dyn SurvivesFork>) {
    hookbridge_atfork::register(hookbridge_atfork::Handlers { prepare, parent, child });
    let _inside = enter();
    let mut registry = lock(&REGISTRY);
    registry.retain(|known| known.strong_count() > 0);
    registry.push(engine);
}

fn engines() -> Vec<std::sync::Arc<dyn SurvivesFork>> {
    lock(&REGISTRY).iter().filter_map(Weak::upgrade).collect()
}

fn prepare() {
    let deadline = Instant::now() + PATIENCE;
    // Two threads may fork at once: the second waits for the first to be through.
    while FORKING.swap(true, Ordering::SeqCst) {
        if Instant::now() > deadline {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    CLOSED.store(true, Ordering::SeqCst);
    let nested = DEPTH.with(Cell::get) > 0;
    let mut dirty = nested;
    while !dirty && INSIDE.load(Ordering::SeqCst) > 0 {
        if Instant::now() > deadline {
            dirty = true;
        }
        std::thread::sleep(PAUSE);
    }
    DIRTY.store(dirty, Ordering::SeqCst);
    // What runs here is inside the gate although it is closed: dropping an engine's last handle enters it.
    DEPTH.with(|depth| depth.set(depth.get() + 1));
    if !dirty {
        for engine in engines() {
            engine.rest();
        }
    }
}

fn parent() {
    DEPTH.with(|depth| depth.set(depth.get().saturating_sub(1)));
    CLOSED.store(false, Ordering::SeqCst);
    FORKING.store(false, Ordering::SeqCst);
}

fn child() {
    let dirty = DIRTY.load(Ordering::SeqCst);
    // The registry's own lock is taken inside the gate, so it is free unless the fork was dirty.
    let registry = if dirty { REGISTRY.try_lock().ok() } else { Some(lock(&REGISTRY)) };
    if let Some(registry) = registry {
        for engine in registry.iter().filter_map(Weak::upgrade) {
            engine.wake_in_child(dirty);
            // The last handle must not run destructors that wait for threads of the parent.
            std::mem::forget(engine);
        }
    }
    INSIDE.store(0, Ordering::SeqCst);
    DEPTH.with(|depth| depth.set(0));
    CLOSED.store(false, Ordering::SeqCst);
    FORKING.store(false, Ordering::SeqCst);
}
