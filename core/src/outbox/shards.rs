//! Shards: parts of the lanes. An outbox that several processes deliver from gives each process some of the shards; of any other,
//! the process that delivers has all.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::outbox::rows::LaneKey;

/// How many shards there are.
pub(crate) const SHARDS: usize = 256;
const WORDS: usize = SHARDS / 64;

/// The lanes whose numbers end in the same eight bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Shard(pub u8);

impl Shard {
    pub(crate) fn of(lane: LaneKey) -> Self {
        Self(lane.0.to_le_bytes()[0])
    }

    fn word_and_bit(self) -> (usize, u64) {
        (usize::from(self.0) / 64, 1 << (self.0 % 64))
    }
}

/// Some of the shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShardSet([u64; WORDS]);

impl ShardSet {
    pub(crate) const ALL: Self = Self([u64::MAX; WORDS]);

    pub(crate) fn contains(&self, shard: Shard) -> bool {
        let (word, bit) = shard.word_and_bit();
        self.0[word] & bit != 0
    }

    pub(crate) fn insert(&mut self, shard: Shard) {
        let (word, bit) = shard.word_and_bit();
        self.0[word] |= bit;
    }

    pub(crate) fn add(&mut self, others: &Self) {
        self.0.iter_mut().zip(others.0).for_each(|(word, added)| *word |= added);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// In order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Shard> + '_ {
        (0..=u8::MAX).map(Shard).filter(|shard| self.contains(*shard))
    }

    /// These without `others`.
    pub(crate) fn without(&self, others: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !others.0[word]))
    }
}

impl FromIterator<Shard> for ShardSet {
    fn from_iter<I: IntoIterator<Item = Shard>>(shards: I) -> Self {
        let mut set = Self::default();
        shards.into_iter().for_each(|shard| set.insert(shard));
        set
    }
}

/// The shards that this process serves, asked by one thread while another changes them.
#[derive(Debug)]
pub(crate) struct ServedShards([AtomicU64; WORDS]);

impl ServedShards {
    pub(crate) fn all() -> Self {
        Self(ShardSet::ALL.0.map(AtomicU64::new))
    }

    pub(crate) fn contains(&self, shard: Shard) -> bool {
        let (word, bit) = shard.word_and_bit();
        self.0[word].load(Ordering::Acquire) & bit != 0
    }

    pub(crate) fn add(&self, shards: &ShardSet) {
        for (served, added) in self.0.iter().zip(shards.0) {
            served.fetch_or(added, Ordering::AcqRel);
        }
    }

    pub(crate) fn remove(&self, shards: &ShardSet) {
        for (served, removed) in self.0.iter().zip(shards.0) {
            served.fetch_and(!removed, Ordering::AcqRel);
        }
    }

    pub(crate) fn get(&self) -> ShardSet {
        ShardSet(std::array::from_fn(|word| self.0[word].load(Ordering::Acquire)))
    }
}

#[cfg(test)]
mod tests {
    use super::{ServedShards, Shard, ShardSet};
    use crate::outbox::rows::LaneKey;

    #[test]
    fn a_lane_is_in_one_shard_and_the_database_agrees() {
        for (lane, shard) in [(0, 0), (1, 1), (255, 255), (256, 0), (70_000, 112)] {
            assert_eq!(Shard::of(LaneKey(lane)), Shard(shard));
            assert_eq!(lane & 255, i64::from(shard), "as SQL says it");
        }
    }

    #[test]
    fn shards_come_and_go() {
        let served = ServedShards::all();
        assert_eq!((served.get().len(), served.get()), (256, ShardSet::ALL));
        let some: ShardSet = [0, 63, 64, 255].map(Shard).into_iter().collect();
        served.remove(&some);
        assert!(!served.contains(Shard(64)) && served.contains(Shard(65)));
        assert_eq!(served.get().len(), 252);
        served.remove(&ShardSet::ALL);
        assert!(served.get().is_empty());
        served.add(&some);
        assert_eq!(served.get().iter().map(|shard| shard.0).collect::<Vec<_>>(), [0, 63, 64, 255]);
        assert_eq!(some.without(&[Shard(63)].into_iter().collect()).len(), 3);
    }
}
