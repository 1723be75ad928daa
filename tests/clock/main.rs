//! The wall clock is set by days, either way, once or for good, while the engine runs and while it does not.

#[path = "../../core/tests/receiver/mod.rs"]
mod receiver;

mod process;

use std::time::{Duration, SystemTime};

use hookbridge_core::model::timestamp::Timestamp;
use process::Machine;
use receiver::{Answer, Receiver, answer, eventually};
use serde_json::json;

const DAY: i64 = 24 * 3600;
/// How far the clock is ahead at first, and then: ahead and set right, behind and set right, set forward, set back.
const JUMPS: [(i64, i64); 4] = [(1, 0), (-1, 0), (0, 1), (0, -1)];
/// A gap that is long beside what a busy machine takes, and short beside a jump.
const GAP: Duration = Duration::from_secs(4);
const BUSY: Duration = Duration::from_secs(15);

/// One clock that is set, in a thread of its own.
fn each(jumps: impl IntoIterator<Item = (i64, i64)>, test: impl Fn(i64, i64) + Copy + Send + Sync) {
    std::thread::scope(|scope| {
        for (before, after) in jumps {
            scope.spawn(move || test(before, after));
        }
    });
}

/// Fails the first attempt at each message.
fn fails_once() -> Receiver {
    Receiver::start(|delivery, _| match delivery.header("X-Webhook-Attempt") {
        Some("1") => answer(503),
        _ => answer(200),
    })
}

/// How long after its first attempt a message was tried again.
fn waited(receiver: &Receiver, id: &str) -> Duration {
    let mut times = Vec::new();
    eventually("the second attempt", || {
        times =
            receiver.deliveries().iter().filter(|seen| seen.message_id() == id).map(|seen| seen.at).collect();
        times.len() == 2
    });
    times[1] - times[0]
}

/// A retry waits while the clock is set, with the process running or not.
fn a_retry_across(before: i64, after: i64, running: bool) {
    let receiver = fails_once();
    let mut machine = Machine::new(before * DAY);
    let request = json!({ "url": receiver.url("/hook"), "retry_schedule": [GAP.as_secs()] });
    let endpoint = machine.call("endpoints.create", request)["id"].as_str().unwrap().to_owned();
    let id = machine.send(&endpoint);
    machine.start();
    eventually("the first attempt's record", || machine.message(&id)["status"] == "pending_retry");
    if running {
        machine.set(after * DAY);
        let later = machine.send(&endpoint);
        eventually("a message that was sent later", || machine.message(&later)["attempt_count"] == 1);
        eventually("the time of the retry by the clock as it is now", || {
            let message = machine.message(&id);
            let Some(at) = message["next_attempt_at"].as_str() else { return true };
            let at = Timestamp::parse(at).unwrap().as_seconds();
            let now = Timestamp::now().as_seconds() + after * DAY;
            at - now <= GAP.as_secs() as i64 + 1
        });
    } else {
        machine.stop();
        machine.set(after * DAY);
        machine.start();
    }
    let waited = waited(&receiver, &id);
    assert!(waited < GAP + BUSY, "from {before} to {after} days: {waited:?}");
    // Set forward it may come early, by no more than that; set back never.
    if after < before {
        assert!(waited >= GAP, "from {before} to {after} days: {waited:?}");
    }
    assert_eq!(receiver::wait_for_status(&machine.engine, &id, "succeeded")["attempt_count"], 2);
}

#[test]
fn a_retry_is_no_further_off_than_its_gap_where_the_clock_is_set() {
    each(JUMPS, |before, after| a_retry_across(before, after, true));
}

#[test]
fn a_retry_is_no_further_off_than_its_gap_where_the_clock_is_set_while_nobody_delivers() {
    each(JUMPS, |before, after| a_retry_across(before, after, false));
}

#[test]
fn a_date_that_a_receiver_asks_for_is_by_the_receivers_clock() {
    each([(1, 1), (-1, -1)], |ahead, _| {
        let receiver = Receiver::start(|delivery, _| {
            let date = |after| httpdate::fmt_http_date(SystemTime::now() + after);
            match delivery.header("X-Webhook-Attempt") {
                Some("1") => Answer {
                    headers: vec![
                        ("Date".to_owned(), date(Duration::ZERO)),
                        ("Retry-After".to_owned(), date(GAP)),
                    ],
                    ..answer(503)
                },
                _ => answer(200),
            }
        });
        let mut machine = Machine::new(ahead * DAY);
        let request = json!({ "url": receiver.url("/hook"), "retry_schedule": [0.05] });
        let endpoint = machine.call("endpoints.create", request)["id"].as_str().unwrap().to_owned();
        let id = machine.send(&endpoint);
        machine.start();
        let waited = waited(&receiver, &id);
        // Dates have whole seconds.
        assert!(waited >= GAP - Duration::from_secs(1) && waited < GAP + BUSY, "{ahead} days: {waited:?}");
    });
}

/// A second later.
fn inclusive(at: &serde_json::Value) -> String {
    let at = Timestamp::parse(at.as_str().unwrap()).unwrap();
    at.plus(Duration::from_secs(1)).to_string()
}

/// The clock is set by 40 days while messages wait whose payloads are kept for an hour and for 30 days.
fn payloads_across(before: i64, after: i64, running: bool) {
    let (before, after) = (before * 40 * DAY, after * 40 * DAY);
    let receiver = Receiver::start(|_, _| answer(200));
    let mut machine = Machine::new(before);
    let endpoint = receiver::endpoint(&machine.engine, &receiver.url("/hook"));
    machine.call("endpoints.pause", json!({ "endpoint_id": endpoint }));
    let (gone, waits, dated) = (machine.send(&endpoint), machine.send(&endpoint), machine.send(&endpoint));
    let file = machine.database();
    let key = |id: &str| *id.parse::<hookbridge_core::model::ids::MessageId>().unwrap().as_bytes();
    let date = "UPDATE hookbridge_messages SET retention_hours = 1, payload_expires_at = created_at + 3600000 WHERE id = ?1";
    assert_eq!(file.execute(date, [key(&dated)]).unwrap(), 1);
    machine.start();
    eventually("the clocks to be noted", || machine.noted("clock_boot") != 0);
    let first = machine.noted("clock_started");
    if running {
        machine.set(after);
        eventually("the step to be noted", || machine.noted("clock_started") != first);
        machine.stop();
    } else {
        machine.stop();
        machine.set(after);
    }
    // One that is past every retention says when it was looked for such.
    let age = "UPDATE hookbridge_messages SET created_at = created_at - ?2 WHERE id = ?1";
    assert_eq!(file.execute(age, (key(&gone), 400 * DAY * 1000)).unwrap(), 1);
    machine.start();
    eventually("what is old to be given up", || machine.message(&gone)["status"] == "failed_permanent");
    for id in [&waits, &dated] {
        let message = machine.message(id);
        assert_eq!(message["status"], "queued", "from {before} to {after}: {message}");
        assert!(message["payload_expires_at"].is_string(), "from {before} to {after}: {message}");
    }
    // By the times that they bear they are found, whatever lies around them.
    let later = machine.send(&endpoint);
    for id in [&waits, &later] {
        let at = machine.message(id)["created_at"].clone();
        let found = machine.call(
            "logs.list",
            json!({ "endpoint_id": endpoint, "start_time": at, "end_time": inclusive(&at) }),
        );
        assert!(
            found["data"].as_array().unwrap().iter().any(|found| found["message_id"] == id.as_str()),
            "{id}: {found}"
        );
    }
    machine.call("endpoints.resume", json!({ "endpoint_id": endpoint }));
    for id in [&waits, &dated] {
        receiver::wait_for_status(&machine.engine, id, "succeeded");
    }
    if after == 0 {
        // What was delivered can be replayed still, by whoever has the same clock.
        machine.call("messages.replay", json!({ "message_id": waits }));
    }
}

#[test]
fn no_payload_is_dropped_and_no_message_given_up_where_the_clock_is_set() {
    each(JUMPS, |before, after| payloads_across(before, after, true));
}

#[test]
fn no_payload_is_dropped_and_no_message_given_up_where_the_clock_is_set_while_nobody_delivers() {
    each(JUMPS, |before, after| payloads_across(before, after, false));
}

/// Has the deliverer look for what is old: it has done so once it has counted messages, which comes later after its start.
fn look_for_what_is_old(machine: &Machine, endpoint: &str) {
    let before = machine.noted("metrics_accepted");
    machine.send(endpoint);
    eventually("messages to be counted", || machine.noted("metrics_accepted") > before);
}

#[test]
fn after_a_start_of_the_machine_with_a_clock_far_ahead_nothing_is_dropped_for_an_hour() {
    let receiver = Receiver::start(|_, _| answer(200));
    let mut machine = Machine::new(0);
    let endpoint = receiver::endpoint(&machine.engine, &receiver.url("/hook"));
    machine.call("endpoints.pause", json!({ "endpoint_id": endpoint }));
    let ids: Vec<_> = (0..2).map(|_| machine.send(&endpoint)).collect();
    machine.start();
    eventually("the clocks to be noted", || machine.noted("clock_boot") != 0);
    machine.stop();
    machine.switch_on(40 * DAY);
    machine.start();
    look_for_what_is_old(&machine, &endpoint);
    assert_eq!(machine.noted("clock_doubted"), machine.noted("clock_boot"));
    machine.set(0);
    eventually("the step to be noted", || machine.noted("clock_behind") > 39 * DAY * 1000);
    machine.call("endpoints.resume", json!({ "endpoint_id": endpoint }));
    for id in &ids {
        receiver::wait_for_status(&machine.engine, id, "succeeded");
    }
}

#[test]
fn after_a_start_of_the_machine_with_a_clock_far_behind_a_retry_is_no_further_off_than_its_gap() {
    let receiver = fails_once();
    let mut machine = Machine::new(0);
    let request = json!({ "url": receiver.url("/hook"), "retry_schedule": [GAP.as_secs()] });
    let endpoint = machine.call("endpoints.create", request)["id"].as_str().unwrap().to_owned();
    let id = machine.send(&endpoint);
    machine.start();
    eventually("the first attempt's record", || machine.message(&id)["status"] == "pending_retry");
    machine.stop();
    machine.switch_on(-3000 * DAY);
    machine.start();
    assert!(waited(&receiver, &id) < GAP + BUSY);
}
