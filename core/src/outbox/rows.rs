//! The outbox's rows, as whoever is above the store names them.

use std::collections::{HashMap, HashSet};

/// Keyed by the outbox's own row numbers, which nobody can choose so that they collide: a quick hash will do.
#[cfg(not(test))]
type Hashing = foldhash::fast::RandomState;
/// A simulated history takes the same course each time.
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
