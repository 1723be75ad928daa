//! What each thread gathers at the moment.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// Numbers each time that something is gathered, from 1 on.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The number of what this thread gathers now, else 0.
    pub(crate) static GATHERING: Cell<u64> = const { Cell::new(0) };
    /// How many bytes of it are held at this moment.
    pub(crate) static HELD: Cell<usize> = const { Cell::new(0) };
}

/// Goes back to what was gathered before, also where it unwinds.
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
