use super::*;
use crate::model::ids::{EndpointId, MessageId};
use crate::model::message::{CONTENT_TYPE, PROJECT_ID};
use crate::model::shortage::Shortage;
use crate::outbox::lane_state::LaneStanding;

const NOW: Timestamp = Timestamp::from_millis(1_000_000);
const LATER: Timestamp = Timestamp::from_millis(1_060_000);
const LATEST: Timestamp = Timestamp::from_millis(1_090_000);

fn facts(status: MessageStatus) -> Facts {
    Facts {
        message: Message {
            id: MessageId::generate_many(1).unwrap()[0],
            project_id: PROJECT_ID.to_owned(),
            endpoint_id: EndpointId::generate().unwrap(),
            status,
            attempt_count: 2,
            replay_count: 0,
            content_type: CONTENT_TYPE.to_owned(),
            size_bytes: 2,
            payload_sha256: String::new(),
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
            idempotency_key: None,
            next_attempt_at: (status == MessageStatus::PendingRetry).then_some(LATER),
            last_error: Some("the receiver answered 503".to_owned()),
            response_status: Some(503),
            response_latency_ms: None,
            first_attempt_at: None,
            delivered_at: None,
            failed_at: None,
            queue_wait_ms: None,
            total_delivery_ms: None,
            payload_expires_at: Some(LATEST),
            deleted_at: None,
            deleted_by_api_key_id: None,
            event_id: None,
            event_type: None,
            ordering_key: None,
            deliver_at: None,
            expires_at: None,
        },
        last_attempt: None,
        endpoint: Some(EndpointFacts { paused: false, rate_limit_rps: Some(5) }),
        lane: Some(lane()),
        attempted_since: None,
        ahead: 0,
        front: None,
        max_attempts: 9,
        deliverer: Some(Deliverer { pid: 7, this_engine: true, since: NOW, stopped: false }),
        not_delivering: None,
        shortage: None,
        now: NOW,
    }
}

fn lane() -> LaneState {
    LaneState {
        standing: LaneStanding::Answering,
        breaker_open: false,
        held_until: None,
        in_flight: 1,
        limit: 4,
        tokens: None,
        next_token: None,
        slots_taken: false,
        short: false,
    }
}

fn causes(facts: &Facts) -> Vec<Cause> {
    let explained = facts.explained();
    assert_eq!(explained.sentence, explained.reasons[0].sentence);
    assert!(explained.reasons.iter().all(|reason| reason.sentence.ends_with('.')), "{explained:?}");
    explained.reasons.into_iter().map(|reason| reason.cause).collect()
}

#[test]
fn what_has_come_to_an_end_says_how() {
    let delivered = facts(MessageStatus::Succeeded);
    assert_eq!(causes(&delivered), [Cause::Delivered]);
    assert_eq!(delivered.explained().progress, Progress::Delivered);
    let mut gone = facts(MessageStatus::FailedPermanent);
    assert_eq!(causes(&gone), [Cause::GivenUp]);
    assert!(gone.explained().sentence.contains("the receiver answered 503"));
    gone.message.payload_expires_at = None;
    assert_eq!(causes(&gone), [Cause::GivenUp, Cause::PayloadGone]);
    gone.message.deleted_at = Some(NOW);
    assert_eq!((causes(&gone), gone.explained().progress), (vec![Cause::Deleted], Progress::Deleted));
    let mut under_way = facts(MessageStatus::Delivering);
    under_way.attempted_since = Some(Timestamp::from_millis(999_000));
    assert_eq!(causes(&under_way), [Cause::BeingAttempted]);
    assert_eq!(under_way.explained().sentence, "Attempt 3 has been under way for 1000 ms.");
}

#[test]
fn what_waits_names_each_thing_that_holds_it() {
    let held = |change: &dyn Fn(&mut Facts)| {
        let mut facts = facts(MessageStatus::Queued);
        change(&mut facts);
        (causes(&facts), facts.explained().changes_at)
    };
    let with_lane = |change: &dyn Fn(&mut LaneState)| held(&|facts| change(facts.lane.as_mut().unwrap()));
    assert_eq!(held(&|_| {}), (vec![Cause::Due], None));
    assert_eq!(held(&|facts| facts.deliverer = None).0, [Cause::NobodyDelivers]);
    assert_eq!(held(&|facts| facts.not_delivering = Some("no lock".to_owned())).0, [Cause::CannotDeliver]);
    assert_eq!(held(&|facts| facts.deliverer.as_mut().unwrap().stopped = true).0, [Cause::DelivererStopped]);
    assert_eq!(held(&|facts| facts.endpoint.as_mut().unwrap().paused = true).0, [Cause::Paused]);
    assert_eq!(held(&|facts| facts.endpoint = None).0, [Cause::Due, Cause::EndpointDeleted]);
    assert_eq!(held(&|facts| facts.ahead = 3).0, [Cause::Behind]);
    let elsewhere = held(&|facts| {
        facts.lane = None;
        facts.deliverer.as_mut().unwrap().this_engine = false;
    });
    assert_eq!(elsewhere.0, [Cause::Due, Cause::DeliveredElsewhere]);
    let open = with_lane(&|lane| (lane.breaker_open, lane.held_until) = (true, Some(LATER)));
    assert_eq!(open, (vec![Cause::BreakerOpen], Some(LATER)));
    let limited = with_lane(&|lane| lane.next_token = Some(LATER));
    assert_eq!(limited, (vec![Cause::RateLimited], Some(LATER)));
    let both = with_lane(&|lane| {
        (lane.breaker_open, lane.held_until, lane.next_token) = (true, Some(LATER), Some(LATEST));
    });
    assert_eq!(both, (vec![Cause::BreakerOpen, Cause::RateLimited], Some(LATEST)));
    assert_eq!(with_lane(&|lane| lane.in_flight = 4), (vec![Cause::EndpointBusy], None));
    assert_eq!(with_lane(&|lane| lane.slots_taken = true), (vec![Cause::SlotsTaken], None));
    let short = held(&|facts| {
        facts.lane.as_mut().unwrap().short = true;
        let text = "no file descriptor is free".to_owned();
        facts.shortage = Some(ShortageReport { kind: Shortage::Descriptors, text, since: NOW });
    });
    assert_eq!(short.0, [Cause::Shortage]);
}

#[test]
fn a_retry_says_when_and_a_cancelled_one_that_it_was() {
    let mut retry = facts(MessageStatus::PendingRetry);
    retry.ahead = 5;
    assert_eq!((causes(&retry), retry.explained().changes_at), (vec![Cause::WaitsForRetry], Some(LATER)));
    let only = &retry.explained().reasons[0];
    assert_eq!((only.count, only.limit, only.until), (Some(2), Some(9), Some(LATER)));
    retry.endpoint.as_mut().unwrap().paused = true;
    assert_eq!(
        (causes(&retry), retry.explained().changes_at),
        (vec![Cause::Paused, Cause::WaitsForRetry], None)
    );
    retry.now = LATEST;
    retry.endpoint.as_mut().unwrap().paused = false;
    assert_eq!(causes(&retry), [Cause::Behind]);
}
