//! How many operations read the outbox at once. Each has a connection with a cache of its own, and a hundred callers that
//! ask at once are answered no later one behind the other. The delivery loop and exports have their own bounds, so that
//! neither waits for callers.

use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::outbox::Outbox;

/// The most operations that read at once.
const READERS: usize = 8;

/// Locked outside the gate of [`crate::host::fork`]: a child never looks at what its parent's engine left.
pub(crate) struct Readers {
    free: Mutex<usize>,
    freed: Condvar,
}

impl Default for Readers {
    fn default() -> Self {
        Self { free: Mutex::new(READERS), freed: Condvar::new() }
    }
}

impl Readers {
    /// Waits for a place, which is held until it is dropped.
    pub(crate) fn enter(&self) -> Place<'_> {
        let free = self.freed.wait_while(self.free(), |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Place(self)
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place among those who read.
pub(crate) struct Place<'a>(&'a Readers);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}

/// The outbox, for a reader who holds a place.
pub(crate) struct Reading<'a> {
    _place: Place<'a>,
    outbox: &'a dyn Outbox,
}

impl<'a> Reading<'a> {
    /// Waits for a place.
    pub(crate) fn begin(readers: &'a Readers, outbox: &'a dyn Outbox) -> Self {
        Self { _place: readers.enter(), outbox }
    }
}

impl<'a> Deref for Reading<'a> {
    type Target = dyn Outbox + 'a;

    fn deref(&self) -> &Self::Target {
        self.outbox
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn no_more_than_a_few_read_at_once_and_all_have_their_turn() {
        let (readers, now, most) = (Readers::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|threads| {
            for _ in 0..READERS * 8 {
                threads.spawn(|| {
                    let _place = readers.enter();
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(std::time::Duration::from_millis(2));
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= READERS);
        assert_eq!(*readers.free(), READERS);
    }
}
