//! Recognising API keys: a copy of their hashes in memory. The copy is read again after any process has changed the keys.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use subtle::{Choice, ConstantTimeEq};

use super::definition::Operation;
use crate::error::{Error, ErrorCode, Result};
use crate::model::api_key::{ApiKey, ApiKeyScope, sha256};
use crate::model::ids::ApiKeyId;
use crate::model::timestamp::Timestamp;
use crate::outbox::Outbox;
use crate::outbox::api_keys::{Revision, StoredApiKey};

/// How often the revision of the keys is read, which costs several system calls. Another process's change takes effect
/// within this time, as its messages do.
const REVISION_INTERVAL: Duration = Duration::from_millis(5);
/// How far `last_used_at` on disk may lag behind the last use.
const USE_WRITTEN_EVERY: Duration = Duration::from_secs(60);

struct KnownKey {
    id: ApiKeyId,
    scope: ApiKeyScope,
    sha256: [u8; 32],
    label: String,
    prefix: String,
}

/// When a key was used.
#[derive(Clone, Copy)]
struct LastUse {
    last: Timestamp,
    /// The use that was last handed to the writer.
    written: Timestamp,
}

#[derive(Default)]
struct Table {
    /// When the outbox's revision was last read; `None` asks the next caller to read it.
    revision_read_at: Option<Instant>,
    /// The revision that `keys` were read at, or later.
    revision: Option<Revision>,
    keys: Vec<KnownKey>,
    used: HashMap<ApiKeyId, LastUse>,
}

/// Who shows a valid API key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyHolder {
    /// The key's id.
    pub key_id: ApiKeyId,
    /// What the key lets its owner do.
    pub scope: ApiKeyScope,
}

impl KeyHolder {
    /// Checks that the key's scope has the operation.
    ///
    /// # Errors
    /// `FORBIDDEN`
    pub fn may(&self, operation: &Operation) -> Result<()> {
        if operation.is_open_to(self.scope) {
            return Ok(());
        }
        let (name, scope) = (operation.name, self.scope.name());
        Err(Error::new(
            ErrorCode::Forbidden,
            format!("the API key has the scope `{scope}`, which does not have `{name}`"),
        ))
    }
}

/// The owner of a valid key.
pub(crate) struct Identified {
    pub id: ApiKeyId,
    pub scope: ApiKeyScope,
    /// The time of this use, where it must be written now.
    pub to_be_written: Option<Timestamp>,
}

/// The keys of an outbox, as this process last read them.
#[derive(Default)]
pub(crate) struct KeyTable(Mutex<Table>);

impl KeyTable {
    /// Finds the id of `key`.
    ///
    /// # Errors
    /// `UNAUTHORIZED` where the outbox has no such key.
    pub(crate) fn identify(&self, outbox: &dyn Outbox, key: &str, now: Timestamp) -> Result<Identified> {
        let hash = sha256(key);
        self.refresh(outbox)?;
        self.with(|table| table.identify(&hash, now))
            .ok_or_else(|| Error::new(ErrorCode::Unauthorized, "the API key is missing or unknown"))
    }

    /// Finds a key by its id; none where the outbox has no such key.
    pub(crate) fn by_id(
        &self,
        outbox: &dyn Outbox,
        id: &ApiKeyId,
        now: Timestamp,
    ) -> Result<Option<Identified>> {
        self.refresh(outbox)?;
        Ok(self.with(|table| {
            let scope = table.keys.iter().find(|key| key.id == *id)?.scope;
            Some(table.used(*id, scope, now))
        }))
    }

    /// Reads the keys again if another process may have changed them.
    fn refresh(&self, outbox: &dyn Outbox) -> Result<()> {
        let begun = Instant::now();
        if self.with(|table| {
            table.revision_read_at.is_none_or(|at| begun.duration_since(at) >= REVISION_INTERVAL)
        }) {
            let revision = outbox.revision()?;
            if self.with(|table| table.revision != Some(revision)) {
                // The keys are read after the revision. At worst they are newer than it, and are read once more.
                let keys = outbox.api_keys()?;
                self.with(|table| table.replace(revision, &keys));
            }
            self.with(|table| table.revision_read_at = Some(begun));
        }
        Ok(())
    }

    /// Call after this process has changed the keys: the next `identify` reads the revision.
    pub(crate) fn edited(&self) {
        self.with(|table| table.revision_read_at = None);
    }

    /// When the key was last used: by this process, or as the outbox says, whichever is later.
    pub(crate) fn last_used(&self, key: &ApiKey) -> Option<Timestamp> {
        let here = self.with(|table| table.used.get(&key.key_id).map(|used| used.last));
        here.max(key.last_used_at)
    }

    /// How people know the key: its label and its first characters.
    pub(crate) fn label_and_prefix(&self, id: &ApiKeyId) -> Option<(String, String)> {
        self.with(|table| {
            let known = table.keys.iter().find(|key| key.id == *id)?;
            Some((known.label.clone(), known.prefix.clone()))
        })
    }

    fn with<T>(&self, section: impl FnOnce(&mut Table) -> T) -> T {
        section(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Table {
    fn replace(&mut self, revision: Revision, stored: &[StoredApiKey]) {
        // Another caller may have stored newer keys meanwhile.
        if self.revision.is_some_and(|known| known > revision) {
            return;
        }
        self.revision = Some(revision);
        let known = |key: &StoredApiKey| KnownKey {
            id: key.listed.key_id,
            // No store leaves it out; a key without one would do least.
            scope: key.listed.scope.unwrap_or(ApiKeyScope::Send),
            sha256: key.sha256,
            label: key.listed.label.clone(),
            prefix: key.listed.prefix.clone(),
        };
        self.keys = stored.iter().map(known).collect();
        let keys = &self.keys;
        self.used.retain(|id, _| keys.iter().any(|key| key.id == *id));
        for key in stored {
            if let Some(at) = key.listed.last_used_at {
                self.used.entry(key.listed.key_id).or_insert(LastUse { last: at, written: at });
            }
        }
    }

    /// Compares `hash` with every key in full, so that the time this takes tells nothing about any key.
    fn identify(&mut self, hash: &[u8; 32], now: Timestamp) -> Option<Identified> {
        let mut known = None;
        for key in &self.keys {
            let same: Choice = key.sha256.ct_eq(hash);
            if bool::from(same) {
                known = Some((key.id, key.scope));
            }
        }
        let (id, scope) = known?;
        Some(self.used(id, scope, now))
    }

    /// Notes a use of a key.
    fn used(&mut self, id: ApiKeyId, scope: ApiKeyScope, now: Timestamp) -> Identified {
        let used = self.used.get(&id).copied();
        let due = used.is_none_or(|used| now.since(used.written) >= USE_WRITTEN_EVERY);
        let written = if due { now } else { used.map_or(now, |used| used.written) };
        self.used.insert(id, LastUse { last: now.max(used.map_or(now, |used| used.last)), written });
        Identified { id, scope, to_be_written: due.then_some(now) }
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
            scope: Some(ApiKeyScope::Full),
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
