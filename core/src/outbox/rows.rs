//! The keys of the outbox's rows, as the rooms above the store know them, and collections by key.

use std::collections::{HashMap, HashSet};

/// The hasher of [`RowMap`] and [`RowSet`]. Row numbers are the outbox's own, so nobody can choose ones that collide: a
/// quick hash will do.
#[cfg(not(test))]
type Hashing = foldhash::fast::RandomState;
/// The hasher in tests, with a fixed seed: a simulated history takes the same course each time.
#[cfg(test)]
type Hashing = foldhash::fast::FixedState;

pub(crate) type RowMap<K, V> = HashMap<K, V, Hashing>;
pub(crate) type RowSet<K> = HashSet<K, Hashing>;

/// An endpoint's row in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneKey(pub i64);

/// A message's row in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey(pub i64);
