//! A map of bounded size that forgets the entries which were not used for longest. It keeps what was learned of host names.

use std::collections::HashMap;
use std::hash::Hash;

/// The most entries of one half.
const HALF: usize = 8 * 1024;

/// A map of two halves. An entry that is used moves to the young half. When the young half is full it becomes the old half,
/// and the previous old half is dropped.
#[derive(Debug)]
pub(super) struct Remembered<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
    half: usize,
}

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self { young: HashMap::new(), old: HashMap::new(), half: HALF }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Remembered<K, V> {
    pub(super) fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.set(key, value.clone());
        Some(value)
    }

    pub(super) fn set(&mut self, key: K, value: V) {
        self.young.insert(key, value);
        if self.young.len() >= self.half {
            self.old = std::mem::take(&mut self.young);
        }
    }

    pub(super) fn forget(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_is_bounded() {
        let mut map = Remembered { half: 8, ..Remembered::default() };
        for number in 0..1000 {
            map.set(number, number);
            assert_eq!(map.get(&0), Some(0), "after {number}");
            assert!(map.young.len() + map.old.len() <= 16);
        }
        assert_eq!((map.get(&999), map.get(&1)), (Some(999), None));
        map.forget(&999);
        assert_eq!(map.get(&999), None);
    }
}
