//! The commit that each thread gathers.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of the next commit. 0 is no commit.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The commit that this thread gathers, or 0.
    pub(crate) static GATHERING: Cell<u64> = const { Cell::new(0) };
    /// The bytes of this commit that are held.
    pub(crate) static HELD: Cell<usize> = const { Cell::new(0) };
}

/// The commit that was gathered before, which is gathered again once this is dropped, also when a panic unwinds.
pub(crate) struct Before {
    number: u64,
    held: usize,
}

impl Before {
    /// Begins to gather under a new number.
    pub(crate) fn begin() -> Self {
        Self { number: GATHERING.replace(NUMBERS.fetch_add(1, Ordering::Relaxed)), held: HELD.replace(0) }
    }
}

impl Drop for Before {
    fn drop(&mut self) {
        GATHERING.set(self.number);
        HELD.set(self.held);
    }
}
