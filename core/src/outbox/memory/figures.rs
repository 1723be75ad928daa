//! The outbox's statistics and metrics.

use super::Memory;
use crate::error::{Result, endpoint_not_found};
use crate::model::ids::EndpointId;
use crate::model::message::MessageStatus;
use crate::model::timestamp::Timestamp;
use crate::outbox::due_at;
use crate::outbox::figures::{Buckets, Counters, Counts, EndpointFigures, Figures};

impl Figures for Memory {
    fn counts(&self, now: Timestamp) -> Result<Counts> {
        self.read("counts", |rows| {
            let due_time = now.as_millis().saturating_add(rows.behind());
            let mut counts = Counts { queued: 0, waiting_for_retry: 0, dead: 0, oldest_due: None };
            for row in rows.messages().values() {
                match row.due_at.or(row.held_due_at) {
                    Some(due_at) if due_at::is_retry(due_at) => counts.waiting_for_retry += 1,
                    Some(_) => counts.queued += 1,
                    None => {}
                }
                if row.due_at.is_some_and(|due_at| due_at::is_due(due_at, due_time)) {
                    counts.oldest_due.get_or_insert(row.created_at);
                }
                let is_dead = row.status == MessageStatus::FailedPermanent && row.deleted_at.is_none();
                counts.dead += u64::from(is_dead);
            }
            counts
        })
    }

    fn counters(&self, buckets: Buckets, endpoint: Option<&EndpointId>) -> Result<Vec<Counters>> {
        self.read("counters", |rows| {
            let lane = match endpoint {
                Some(id) => Some(rows.lane_of(id).ok_or_else(endpoint_not_found)?),
                None => None,
            };
            let mut counters = vec![Counters::default(); buckets.count];
            for ((at, of), counted) in rows.counters.committed() {
                let bucket = (at - buckets.from).div_euclid(buckets.width);
                let bucket = usize::try_from(bucket).ok().and_then(|bucket| counters.get_mut(bucket));
                if let Some(bucket) = bucket.filter(|_| lane.is_none_or(|lane| lane == *of)) {
                    bucket.add(counted);
                }
            }
            Ok(counters)
        })?
    }

    fn endpoint_figures(&self, ids: &[EndpointId], buckets: Buckets) -> Result<Vec<Option<EndpointFigures>>> {
        self.read("endpoint_figures", |rows| {
            let of = |id: &EndpointId| {
                let lane = rows.lane_of(id)?;
                let mut figures = EndpointFigures {
                    lane,
                    queued: 0,
                    waiting_for_retry: 0,
                    dead: 0,
                    last_success: None,
                    last_failure: None,
                    buckets: vec![Counters::default(); buckets.count],
                };
                for row in rows.messages().values().filter(|row| row.lane == lane) {
                    figures.queued +=
                        u64::from(row.due_at.or(row.held_due_at).is_some_and(|due_at| due_at <= 0));
                    figures.waiting_for_retry += u64::from(row.due_at.is_some_and(|due_at| due_at > 0));
                    let is_dead = row.status == MessageStatus::FailedPermanent && row.deleted_at.is_none();
                    figures.dead += u64::from(is_dead);
                }
                for ((at, _), counted) in rows.counters.committed().iter().filter(|((_, of), _)| *of == lane)
                {
                    let begun = Some(Timestamp::from_millis(*at));
                    if counted.succeeded > 0 {
                        figures.last_success = figures.last_success.max(begun);
                    }
                    if counted.failed + counted.retries > 0 {
                        figures.last_failure = figures.last_failure.max(begun);
                    }
                    let bucket = (at - buckets.from).div_euclid(buckets.width);
                    let bucket =
                        usize::try_from(bucket).ok().and_then(|bucket| figures.buckets.get_mut(bucket));
                    if let Some(bucket) = bucket {
                        bucket.add(&Counters { total: 0, ..*counted });
                    }
                }
                Some(figures)
            };
            ids.iter().map(of).collect()
        })
    }

    fn anything_due(&self, now: Timestamp) -> Result<bool> {
        self.read("anything_due", |rows| {
            let due_time = now.as_millis().saturating_add(rows.behind());
            let goes = |lane| rows.endpoints().get(lane).is_none_or(|stored| !stored.endpoint.paused);
            rows.waiting
                .committed()
                .keys()
                .any(|(lane, due_at, _)| due_at::is_due(*due_at, due_time) && goes(lane))
        })
    }

    /// The bytes of the payloads, in place of a size on disk.
    fn bytes_on_disk(&self) -> u64 {
        let rows = self.state();
        rows.messages().values().filter(|row| row.payload.is_some()).map(|row| row.size_bytes).sum()
    }
}
