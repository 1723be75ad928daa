//! The open transaction, as work sees it, and what follows once it is committed.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Client;

use super::node::Node;
use super::statement::{Sql, args};
use crate::error::Result;
use crate::host::completion::Completions;
use crate::model::timestamp::Timestamp;
use crate::outbox::DueMessage;
use crate::outbox::change::Change;
use crate::outbox::command::{Decision, MessageCommand};
use crate::outbox::due_at;
use crate::outbox::figures::{Counters, MINUTE, floor};
use crate::outbox::link::{DeliveryLink, Notice};
use crate::outbox::messages::Found;
use crate::outbox::rows::{LaneKey, MessageKey};
use crate::outbox::withdrawals::Withdrawals;

const COUNT: &str = "INSERT INTO hookbridge.metrics AS m
    (at, endpoint, node, total, succeeded, failed, retries, answers, latency_ms)
    SELECT t.at, t.endpoint, $9, t.total, t.succeeded, t.failed, t.retries, t.answers, t.latency_ms
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
        AS t (at, endpoint, total, succeeded, failed, retries, answers, latency_ms)
    ON CONFLICT (at, endpoint, node) DO UPDATE SET total = m.total + excluded.total,
        succeeded = m.succeeded + excluded.succeeded, failed = m.failed + excluded.failed,
        retries = m.retries + excluded.retries, answers = m.answers + excluded.answers,
        latency_ms = m.latency_ms + excluded.latency_ms";
const CHANGED: &str = "INSERT INTO hookbridge.changes (kind, endpoint)
    SELECT * FROM unnest($1::bigint[], $2::bigint[])";
const EDITS: &str = "INSERT INTO hookbridge.revisions AS r (node, edits) VALUES ($1, $2)
    ON CONFLICT (node) DO UPDATE SET edits = r.edits + excluded.edits";

/// The kinds of changes, as they are stored.
pub(super) const ENDPOINT: i64 = 0;
pub(super) const MESSAGES: i64 = 1;
pub(super) const API_KEYS: i64 = 2;

pub(super) struct Tx<'a> {
    pub node: &'a Node,
    pub client: &'a Client,
    pub now: Timestamp,
    /// Whether this was tried before, in a transaction that may have been committed although its end was not learnt.
    pub again: bool,
    withdrawals: &'a mut Withdrawals,
    /// The group's counters by minute and lane, written once for the whole group.
    tally: BTreeMap<(i64, LaneKey), Counters>,
    changes: BTreeSet<Change>,
}

impl<'a> Tx<'a> {
    pub(super) fn new(
        node: &'a Node,
        client: &'a Client,
        again: bool,
        withdrawals: &'a mut Withdrawals,
    ) -> Self {
        let now = Timestamp::now();
        Self { node, client, now, again, withdrawals, tally: BTreeMap::new(), changes: BTreeSet::new() }
    }

    /// Decides a command on a message. Keeps the message from being started where the decision asks for that.
    pub(super) fn decide(&mut self, command: MessageCommand, found: &Found) -> Result<Decision> {
        self.withdrawals.decide(&self.node.link, command, found, self.now)
    }

    /// The counters of an endpoint, in the minute of this transaction.
    pub(super) fn count(&mut self, lane: LaneKey) -> &mut Counters {
        self.tally.entry((floor(self.now.as_millis(), MINUTE), lane)).or_default()
    }

    /// Counts an accepted message, in the minute of its acceptance.
    pub(super) fn count_accepted(&mut self, lane: LaneKey, created_at: Timestamp) {
        self.tally.entry((floor(created_at.as_millis(), MINUTE), lane)).or_default().total += 1;
    }

    /// Has every process read a change.
    pub(super) fn changed(&mut self, change: Change) {
        self.changes.insert(change);
    }

    /// Whether this transaction has changed endpoints.
    pub(super) fn has_changed_endpoints(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::Endpoint(_)))
    }

    /// The moment that due times are compared with.
    pub(super) fn due_time(&self) -> i64 {
        self.node.due_time(self.now)
    }

    /// Adds to the revision.
    pub(super) async fn note_edits(&self, edits: i64) -> Sql<()> {
        self.client.query_typed(EDITS, args![self.node.id, edits]).await.map(drop)
    }

    /// Writes the group's counters and changes.
    pub(super) async fn finish(self) -> Sql<()> {
        if !self.tally.is_empty() {
            let mut columns: [Vec<i64>; 8] = Default::default();
            for ((at, lane), counted) in &self.tally {
                let row = [
                    *at,
                    lane.0,
                    counted.total as i64,
                    counted.succeeded as i64,
                    counted.failed as i64,
                    counted.retries as i64,
                    counted.answers as i64,
                    counted.latency_ms as i64,
                ];
                columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
            }
            let [at, lane, total, succeeded, failed, retries, answers, latency] = columns;
            let values = args![at, lane, total, succeeded, failed, retries, answers, latency, self.node.id];
            self.client.query_typed(COUNT, values).await?;
        }
        if !self.changes.is_empty() {
            let (mut kinds, mut endpoints) = (Vec::new(), Vec::new());
            for change in &self.changes {
                let (kind, endpoint) = match change {
                    Change::Endpoint(lane) => (ENDPOINT, Some(lane.0)),
                    Change::Messages(lane) => (MESSAGES, Some(lane.0)),
                    Change::ApiKeys => (API_KEYS, None),
                };
                kinds.push(kind);
                endpoints.push(endpoint);
            }
            self.client.query_typed(CHANGED, args![kinds, endpoints]).await?;
            self.note_edits(self.changes.len() as i64).await?;
        }
        Ok(())
    }
}

/// The result of a change.
pub(super) struct Applied<A> {
    pub answer: A,
    /// The changes that every process must read.
    pub edited: Vec<Change>,
    /// Notices for the loop, sent once the change is committed.
    pub notices: Vec<Notice>,
}

impl<A> Applied<A> {
    /// A result that no other process must read.
    pub(super) fn quietly(answer: A) -> Self {
        Self { answer, edited: Vec::new(), notices: Vec::new() }
    }
}

/// Collects what finished work has for the rest of the engine, for the whole group.
pub(super) struct AfterCommit<'a> {
    pub link: &'a DeliveryLink,
    /// How often shards had been given up before the transaction began.
    pub hand_overs: u64,
    /// Messages whose attempt's outcome is recorded.
    pub settled: Vec<MessageKey>,
    pub notices: Vec<Notice>,
    pub fresh: Vec<DueMessage>,
    pub completions: Completions,
}

impl AfterCommit<'_> {
    /// Tells the loop of this process of a message that was committed and is due at `due_at`.
    pub(super) fn accepted(&mut self, due_at: i64, lane: LaneKey, message: impl FnOnce() -> DueMessage) {
        if !self.link.is_leading() || !self.link.serves(lane) {
            return;
        }
        match due_at::moment(due_at) {
            None if self.hand_overs != self.link.hand_overs() => {
                // Another process may have delivered it by now: it is read.
                self.notices.push(Notice::LaneHasWork(lane));
            }
            None => self.fresh.push(message()),
            Some(at) => self.notices.push(Notice::Scheduled { lane, at }),
        }
    }

    /// Answers whoever waits, and sends the loop its notices.
    pub(super) fn deliver(self) {
        let Self { link, settled, notices, fresh, completions, .. } = self;
        link.settle(&settled);
        completions.deliver();
        if !fresh.is_empty() {
            link.tell(Notice::Accepted(fresh));
        }
        notices.into_iter().for_each(|notice| link.tell(notice));
    }
}
