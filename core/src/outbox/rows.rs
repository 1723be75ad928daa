//! The outbox's rows, as whoever is above the store names them.

use std::collections::{HashMap, HashSet};

/// Keyed by the outbox's own row numbers, which nobody can choose so that they collide: a quick hash will do.
pub(crate) type RowMap<K, V> = HashMap<K, V, foldhash::fast::RandomState>;
pub(crate) type RowSet<K> = HashSet<K, foldhash::fast::RandomState>;

/// An endpoint's row in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneKey(pub i64);

/// A message's row in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey(pub i64);
