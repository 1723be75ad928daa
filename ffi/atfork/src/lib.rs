//! `pthread_atfork` for safe code.
//!
//! The engine must close its files before the process is copied (see `core/src/host/fork.rs`), and the
//! only way to learn of a `fork()` is a C interface. It stands here so that the engine itself can
//! forbid `unsafe`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

/// What runs around a `fork()`, each on the thread that forks.
#[derive(Clone, Copy)]
pub struct Handlers {
    /// Runs before the process is copied.
    pub prepare: fn(),
    /// Runs afterwards in the process that called `fork()`.
    pub parent: fn(),
    /// Runs afterwards in the new process. No other thread exists there.
    pub child: fn(),
}

static HANDLERS: OnceLock<Handlers> = OnceLock::new();
static IN_FORCE: AtomicBool = AtomicBool::new(false);
static REGISTERING: Mutex<()> = Mutex::new(());

/// Registers `handlers` for the rest of the process's life.
///
/// The first call decides; later ones change nothing, unless the system refused until then. Returns whether the handlers are
/// in force, which is false only where the system refused them (out of memory).
pub fn register(handlers: Handlers) -> bool {
    if IN_FORCE.load(Ordering::Acquire) {
        return true;
    }
    let _one_at_a_time = REGISTERING.lock().unwrap_or_else(PoisonError::into_inner);
    if !IN_FORCE.load(Ordering::Acquire) {
        // Before they can be called.
        HANDLERS.get_or_init(|| handlers);
        IN_FORCE.store(tell_the_system(), Ordering::Release);
    }
    IN_FORCE.load(Ordering::Acquire)
}

#[cfg(unix)]
fn tell_the_system() -> bool {
    // SAFETY: the three functions are `extern "C"`, take nothing, never unwind (a panic in an `extern "C"` function
    // aborts), and live as long as the process: the library is linked with `-z nodelete`, so no `dlclose` can unmap them.
    unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) == 0 }
}

/// There is no `fork()`.
#[cfg(not(unix))]
fn tell_the_system() -> bool {
    true
}

#[cfg(unix)]
unsafe extern "C" fn prepare() {
    if let Some(handlers) = HANDLERS.get() {
        (handlers.prepare)();
    }
}

#[cfg(unix)]
unsafe extern "C" fn parent() {
    if let Some(handlers) = HANDLERS.get() {
        (handlers.parent)();
    }
}

#[cfg(unix)]
unsafe extern "C" fn child() {
    if let Some(handlers) = HANDLERS.get() {
        (handlers.child)();
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    static CALLED: AtomicU32 = AtomicU32::new(0);

    fn add(number: u32) {
        CALLED.fetch_add(number, Ordering::Relaxed);
    }

    /// What a `fork()` runs, without the fork: also where nobody can fork.
    #[test]
    fn each_function_reaches_its_handler_and_the_first_handlers_stay() {
        let run_all = || {
            // SAFETY: the functions read a static and call safe code.
            unsafe {
                prepare();
                parent();
                child();
            }
            CALLED.swap(0, Ordering::Relaxed)
        };
        assert_eq!(run_all(), 0);
        let first = Handlers { prepare: || add(1), parent: || add(10), child: || add(100) };
        assert!(HANDLERS.set(first).is_ok());
        assert!(register(Handlers { prepare: || {}, parent: || {}, child: || {} }));
        assert_eq!(run_all(), 111);
    }
}
