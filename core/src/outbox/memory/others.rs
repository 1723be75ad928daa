//! Looking for commits of other processes.

use std::ops::Bound;
use std::sync::atomic::Ordering;

use super::{Memory, Rows, lock};
use crate::outbox::change::Change;
use crate::outbox::link::Notice;
use crate::outbox::rows::{LaneKey, MessageKey};

/// The state at the last look.
pub(super) struct Seen {
    /// How many commits other processes had made.
    foreign_commits: u64,
    revision: i64,
    last_message: MessageKey,
}

impl Memory {
    /// Sends the loop what other processes committed since the last look.
    pub(crate) fn look_for_others(&self) {
        if !self.link.is_leading() || self.fails("look_for_others") {
            return;
        }
        if let Some(notice) = self.foreign_changes() {
            self.link.tell(notice);
        }
    }

    fn foreign_changes(&self) -> Option<Notice> {
        let rows = lock(&self.shared.rows);
        let commits = self.shared.commits.load(Ordering::Acquire);
        let now = Seen {
            foreign_commits: commits - self.own_commits.load(Ordering::Acquire),
            revision: rows.revision(),
            last_message: rows.messages().last_key_value().map_or(MessageKey(0), |(key, _)| *key),
        };
        let mut seen = lock(&self.seen);
        if seen.as_ref().is_some_and(|seen| seen.foreign_commits == now.foreign_commits) {
            return None;
        }
        let kept = self.shared.edits_kept.load(Ordering::Relaxed);
        let notice = seen.as_ref().and_then(|seen| {
            let edits = edits_between(&rows, seen.revision, now.revision, kept)?;
            Some(Notice::OthersWrote { lanes: lanes_since(&rows, seen.last_message), edits })
        });
        *seen = Some(now);
        Some(notice.unwrap_or(Notice::RereadAll))
    }
}

/// The changes between two revisions; `None` where some are not kept any more.
fn edits_between(rows: &Rows, from: i64, to: i64, kept: i64) -> Option<Vec<Change>> {
    let known = rows
        .changes
        .committed()
        .range((Bound::Excluded(from), Bound::Included(to)))
        .map(|(_, change)| *change)
        .collect::<Vec<_>>();
    let whole = i64::try_from(known.len()).is_ok_and(|known| known == to - from && known <= kept);
    whole.then_some(known)
}

fn lanes_since(rows: &Rows, last: MessageKey) -> Vec<LaneKey> {
    let mut lanes = Vec::new();
    for (_, message) in rows.messages().range(MessageKey(last.0 + 1)..) {
        if !lanes.contains(&message.lane) {
            lanes.push(message.lane);
        }
    }
    lanes
}
