//! A table: the committed rows by key, and the uncommitted writes of the open transaction.

use std::collections::BTreeMap;
use std::ops::RangeBounds;

pub(crate) struct Table<K, V> {
    committed: BTreeMap<K, V>,
    /// The rows that the open transaction wrote; `None` where it deleted the row.
    written: BTreeMap<K, Option<V>>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { committed: BTreeMap::new(), written: BTreeMap::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    /// The committed rows, which readers see.
    pub(super) fn committed(&self) -> &BTreeMap<K, V> {
        &self.committed
    }

    /// A row as the transaction sees it.
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        match self.written.get(key) {
            Some(written) => written.as_ref(),
            None => self.committed.get(key),
        }
    }

    /// A row for the transaction to change.
    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.written.contains_key(key) {
            let row = self.committed.get(key)?.clone();
            self.written.insert(key.clone(), Some(row));
        }
        self.written.get_mut(key)?.as_mut()
    }

    pub(super) fn put(&mut self, key: K, row: V) {
        self.written.insert(key, Some(row));
    }

    pub(super) fn delete(&mut self, key: K) {
        self.written.insert(key, None);
    }

    /// The highest key, of a row that was deleted in the transaction too.
    pub(super) fn last_key(&self) -> Option<&K> {
        let (written, committed) = (self.written.last_key_value(), self.committed.last_key_value());
        written.map(|(key, _)| key).max(committed.map(|(key, _)| key))
    }

    /// The rows of a range as the transaction sees them, in no order.
    pub(super) fn range(&self, range: impl RangeBounds<K> + Clone) -> impl Iterator<Item = (&K, &V)> {
        let untouched =
            self.committed.range(range.clone()).filter(|(key, _)| !self.written.contains_key(key));
        let written = self.written.range(range).filter_map(|(key, row)| Some((key, row.as_ref()?)));
        untouched.chain(written)
    }
}

/// How a transaction ends.
pub(super) trait Transactional {
    /// Whether the transaction wrote anything.
    fn is_written(&self) -> bool;

    /// Makes the transaction's writes visible to readers.
    fn commit(&mut self);

    /// Drops the transaction's writes.
    fn roll_back(&mut self);
}

impl<K: Ord, V> Transactional for Table<K, V> {
    fn is_written(&self) -> bool {
        !self.written.is_empty()
    }

    fn commit(&mut self) {
        for (key, row) in std::mem::take(&mut self.written) {
            match row {
                Some(row) => drop(self.committed.insert(key, row)),
                None => drop(self.committed.remove(&key)),
            }
        }
    }

    fn roll_back(&mut self) {
        self.written.clear();
    }
}
