//! A bound on the operations that read the outbox at once. Each read has a connection with a cache of its own; a hundred
//! callers at once are served no later by taking turns. The delivery loop and exports have their own bounds, so that
//! neither waits for callers.

use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::outbox::Outbox;

/// The most operations that read at once.
const READERS: usize = 8;

/// The lock is taken outside the gate of [`crate::host::fork`]: a forked child makes a new `Readers` and never locks its
/// parent's.
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
    /// Waits for a place. Dropping the place gives it back.
    pub(crate) fn enter(&self) -> Place<'_> {
        let free = self.freed.wait_while(self.free(), |free| *free == 0);
        *free.unwrap_or_else(PoisonError::into_inner) -= 1;
        Place(self)
    }

    fn free(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to read.
pub(crate) struct Place<'a>(&'a Readers);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.free() += 1;
        self.0.freed.notify_one();
    }
}

/// The outbox, together with the right to read it.
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
