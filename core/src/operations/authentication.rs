//! Recognising API keys: a copy of their hashes in memory, read anew when any process has edited them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use subtle::{Choice, ConstantTimeEq};

use crate::error::{Error, ErrorCode, Result};
use crate::model::api_key::{ApiKey, sha256};
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use crate::outbox::api_keys::{Revision, StoredApiKey};

/// How long another process's edit may go unnoticed: as long as its messages may. A look costs several system calls.
const LOOKED_EVERY: Duration = Duration::from_millis(5);
/// How far the use that is on disk may lag behind the last one.
const USE_WRITTEN_EVERY: Duration = Duration::from_secs(60);

struct KnownKey {
    id: ApiKeyId,
    sha256: [u8; 32],
}

/// When a key was used.
#[derive(Clone, Copy)]
struct Used {
    last: Timestamp,
    /// The last use that was given to the writer.
    written: Timestamp,
}

#[derive(Default)]
struct Table {
    /// When it was last looked whether another process has edited them.
    looked_at: Option<Instant>,
    /// The revision of the outbox for which `keys` holds.
    revision: Option<Revision>,
    keys: Vec<KnownKey>,
    used: HashMap<ApiKeyId, Used>,
}

/// A caller who was recognised.
pub(crate) struct Identified {
    pub id: ApiKeyId,
    /// A use that is to be written now.
    pub to_be_written: Option<Timestamp>,
}

/// The keys of an outbox as one process knows them.
#[derive(Default)]
pub(crate) struct KeyTable(Mutex<Table>);

impl KeyTable {
    /// Whose key it is.
    ///
    /// # Errors
    /// `UNAUTHORIZED` where it is nobody's.
    pub(crate) fn identify(&self, outbox: &dyn Outbox, key: &str, now: Timestamp) -> Result<Identified> {
        let hash = sha256(key);
        let begun = Instant::now();
        if self.with(|table| table.looked_at.is_none_or(|at| begun.duration_since(at) >= LOOKED_EVERY)) {
            let revision = outbox.revision()?;
            if self.with(|table| table.revision != Some(revision)) {
                // Read after the revision: at worst it is newer, and is read once more.
                let keys = outbox.api_keys()?;
                self.with(|table| table.replace(revision, &keys));
            }
            self.with(|table| table.looked_at = Some(begun));
        }
        self.with(|table| table.identify(&hash, now))
            .ok_or_else(|| Error::new(ErrorCode::Unauthorized, "the API key is missing or unknown"))
    }

    /// This process has edited the keys: the next caller looks.
    pub(crate) fn edited(&self) {
        self.with(|table| table.looked_at = None);
    }

    /// When the key was last used, as far as this process knows.
    pub(crate) fn last_used(&self, key: &ApiKey) -> Option<Timestamp> {
        let here = self.with(|table| table.used.get(&key.key_id).map(|used| used.last));
        here.max(key.last_used_at)
    }

    fn with<T>(&self, look: impl FnOnce(&mut Table) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Table {
    fn replace(&mut self, revision: Revision, stored: &[StoredApiKey]) {
        // Another caller may have read a newer state meanwhile.
        if self.revision.is_some_and(|known| known > revision) {
            return;
        }
        self.revision = Some(revision);
        self.keys = stored.iter().map(|key| KnownKey { id: key.listed.key_id, sha256: key.sha256 }).collect();
        let keys = &self.keys;
        self.used.retain(|id, _| keys.iter().any(|key| key.id == *id));
        for key in stored {
            if let Some(at) = key.listed.last_used_at {
                self.used.entry(key.listed.key_id).or_insert(Used { last: at, written: at });
            }
        }
    }

    /// Looks at every key in full, so that the time it takes says nothing about any of them.
    fn identify(&mut self, hash: &[u8; 32], now: Timestamp) -> Option<Identified> {
        let mut id = None;
        for key in &self.keys {
            let same: Choice = key.sha256.ct_eq(hash);
            if bool::from(same) {
                id = Some(key.id);
            }
        }
        let id = id?;
        let used = self.used.get(&id).copied();
        let due = used.is_none_or(|used| now.since(used.written) >= USE_WRITTEN_EVERY);
        let written = if due { now } else { used.map_or(now, |used| used.written) };
        self.used.insert(id, Used { last: now.max(used.map_or(now, |used| used.last)), written });
        Some(Identified { id, to_be_written: due.then_some(now) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_once_a_minute_and_a_deleted_key_is_forgotten() {
        let id = ApiKeyId::generate().unwrap();
        let listed = ApiKey {
            key_id: id,
            label: String::new(),
            prefix: String::new(),
            created_at: Timestamp::from_millis(0),
            last_used_at: None,
        };
        let mut table = Table::default();
        table.replace(Revision(1), &[StoredApiKey { sha256: [7; 32], listed }]);
        let mut at = |second: i64| {
            table.identify(&[7; 32], Timestamp::from_millis(second * 1000)).unwrap().to_be_written.is_some()
        };
        let written: Vec<i64> = (0..200).filter(|second| at(*second)).collect();
        assert_eq!(written, [0, 60, 120, 180]);
        assert!(table.identify(&[8; 32], Timestamp::from_millis(0)).is_none());
        table.replace(Revision(2), &[]);
        assert!(table.identify(&[7; 32], Timestamp::from_millis(0)).is_none() && table.used.is_empty());
    }
}
