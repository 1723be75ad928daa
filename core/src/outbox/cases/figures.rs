//! The statistics and metrics of an outbox.

use super::harness::*;
use crate::error::{ErrorCode, Result};
use crate::model::attempt::RetryType;
use crate::model::ids::EndpointId;
use crate::outbox::command::{EndpointChange, MessageCommand};
use crate::outbox::ended::{EndedAttempt, Verdict};
use crate::outbox::figures::{Buckets, Counters, HOUR, MINUTE, floor};

pub(super) fn messages_are_counted_by_where_they_stand(h: &Harness) -> Result<()> {
    let counts = || -> Result<[u64; 3]> {
        let counts = h.outbox.counts(now())?;
        Ok([counts.queued, counts.waiting_for_retry, counts.dead])
    };
    assert_eq!((counts()?, h.outbox.counts(now())?.oldest_due), ([0; 3], None));
    let (endpoint, _) = h.endpoint()?;
    let waiting = h.message_in(endpoint, State::Slow)?.message;
    assert_eq!((counts()?, h.outbox.counts(now())?.oldest_due), ([0, 1, 0], None));
    for state in State::ALL {
        h.message_in(endpoint, state)?;
    }
    assert_eq!(counts()?, [1, 3, 1]);
    let oldest = h.outbox.counts(now())?.oldest_due;
    assert!(oldest.is_some_and(|oldest| oldest >= waiting.created_at));
    assert_eq!(h.outbox.counts(later(120_000))?.oldest_due, Some(waiting.created_at), "it is due then");
    h.change(&waiting.id, MessageCommand::Cancel)?;
    assert_eq!(counts()?, [1, 2, 2]);
    assert!(h.outbox.bytes_on_disk() > 0);
    Ok(())
}

/// The sums over the buckets of the last hours.
fn counted(h: &Harness, endpoint: Option<&EndpointId>, width: i64) -> Result<Counters> {
    let from = floor(now().as_millis(), HOUR) - HOUR;
    let count = usize::try_from(4 * HOUR / width).expect("few buckets");
    let buckets = h.outbox.counters(Buckets { from, width, count }, endpoint)?;
    assert_eq!(buckets.len(), count);
    let mut sum = Counters::default();
    buckets.iter().for_each(|bucket| sum.add(bucket));
    Ok(sum)
}

pub(super) fn what_happened_is_counted_by_endpoint(h: &Harness) -> Result<()> {
    let ((one, _), (other, _)) = (h.endpoint()?, h.endpoint()?);
    for state in State::ALL {
        h.message_in(one, state)?;
    }
    h.message_in(other, State::Succeeded)?;
    let seven = |answers| Counters { answers, latency_ms: 7 * answers, ..Counters::default() };
    let of_one = Counters { total: 6, succeeded: 1, failed: 2, retries: 2, ..seven(5) };
    let of_other = Counters { total: 1, succeeded: 1, ..seven(1) };
    let mut of_all = of_one;
    of_all.add(&of_other);
    for width in [MINUTE, HOUR] {
        assert_eq!(counted(h, Some(&one), width)?, of_one);
        assert_eq!(counted(h, Some(&other), width)?, of_other);
        assert_eq!(counted(h, None, width)?, of_all);
    }
    // A late failure counts only as an answer, a late success as a success. Without an answer there is no latency.
    let waiting = h.message_in(other, State::Slow)?;
    h.change(&waiting.message.id, MessageCommand::Cancel)?;
    h.record(ended(&waiting, 2, Verdict::Dead))?;
    h.record(ended(&waiting, 3, Verdict::Succeeded))?;
    let silent = h.message_in(other, State::Queued)?;
    let mut outcome: EndedAttempt = ended(&silent, 1, retry(RetryType::Slow));
    outcome.attempt.response_status = None;
    h.record(outcome)?;
    let of_other = Counters { total: 3, succeeded: 2, retries: 2, ..seven(4) };
    assert_eq!(counted(h, Some(&other), MINUTE)?, of_other);
    // Neither a replay nor a send with a used idempotency key counts as accepted.
    let replayed = h.message_in(other, State::Dead)?.message.id;
    h.change(&replayed, MessageCommand::Replay { is_relay: false })?;
    h.send(named(other, "k", "{}"))?;
    h.send(named(other, "k", "{}"))?;
    assert_eq!(counted(h, Some(&other), MINUTE)?.total, 5);
    let buckets = Buckets { from: later(HOUR).as_millis(), width: MINUTE, count: 5 };
    assert_eq!(h.outbox.counters(buckets, None)?, [Counters::default(); 5]);
    h.outbox.change_endpoint(&one, EndpointChange::Delete)?;
    for endpoint in [one, EndpointId::from_bytes([9; 16])] {
        assert_eq!(refusal(counted(h, Some(&endpoint), HOUR))?, ErrorCode::EndpointNotFound);
    }
    assert!(counted(h, None, HOUR)?.total >= of_all.total);
    Ok(())
}

pub(super) fn what_is_due_counts_where_it_is_not_held(h: &Harness) -> Result<()> {
    let (endpoint, _) = h.endpoint()?;
    let due = || h.outbox.anything_due(now());
    assert!(!due()?);
    for state in [State::Slow, State::Succeeded, State::Dead, State::Deleted] {
        h.message_in(endpoint, state)?;
    }
    assert!(!due()? && h.outbox.anything_due(later(120_000))?);
    h.send(message(endpoint))?;
    assert!(due()?);
    h.outbox.change_endpoint(&endpoint, EndpointChange::Pause)?;
    assert!(!due()?, "it is held");
    h.outbox.change_endpoint(&endpoint, EndpointChange::Delete)?;
    assert!(due()?, "what it had accepted goes out");
    Ok(())
}

pub(super) fn an_endpoint_has_its_figures(h: &Harness) -> Result<()> {
    let ((one, lane), (other, _)) = (h.endpoint()?, h.endpoint()?);
    for state in State::ALL {
        h.message_in(one, state)?;
    }
    h.message_in(one, State::Dead)?;
    let from = floor(now().as_millis(), MINUTE) - 3 * MINUTE;
    let buckets = Buckets { from, width: MINUTE, count: 5 };
    let unknown = EndpointId::from_bytes([9; 16]);
    let found = h.outbox.endpoint_figures(&[other, unknown, one], buckets)?;
    let [Some(of_other), None, Some(of_one)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(of_one.lane, lane);
    assert_eq!((of_one.queued, of_one.waiting_for_retry, of_one.dead), (1, 2, 2));
    let mut sum = Counters::default();
    of_one.buckets.iter().for_each(|bucket| sum.add(bucket));
    assert_eq!((sum.total, sum.succeeded, sum.failed, sum.retries), (0, 1, 3, 2));
    assert!(of_one.last_success.is_some_and(|at| at.as_millis() >= from && at <= now()));
    assert!(of_one.last_failure >= of_one.last_success);
    assert_eq!(
        (of_other.queued, of_other.dead, of_other.last_success, of_other.last_failure),
        (0, 0, None, None)
    );
    h.outbox.change_endpoint(&one, EndpointChange::Delete)?;
    assert!(h.outbox.endpoint_figures(&[one], buckets)?[0].is_none());
    Ok(())
}
