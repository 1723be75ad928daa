//! Watching an outbox: what any process does, for as long as somebody watches.

use std::time::{Duration, Instant};

use hookbridge_core::EventQueue;
use hookbridge_core::config::Delivery;
use hookbridge_core::model::event::EventKind;
use hookbridge_core::{Config, Engine};

mod receiver;
use receiver::*;

/// One test counts threads, so the other waits.
static ALONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads until an event of this kind about this message has come; what came before it.
fn until(queue: &EventQueue, kind: EventKind, message: &str) -> Vec<EventKind> {
    let mut seen = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let Some(event) = queue.next(Duration::from_secs(1)).unwrap() else { continue };
        if event.message_id.is_some_and(|id| id.to_string() == message) {
            seen.push(event.kind);
            if event.kind == kind {
                return seen;
            }
        }
    }
    panic!("{kind:?} of {message} did not come: {seen:?}");
}

fn threads() -> usize {
    let names = std::fs::read_dir("/proc/self/task").unwrap();
    let name = |task: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(task.ok()?.path().join("comm")).ok()
    };
    names.filter_map(name).filter(|name| name.starts_with("hookbridge-watc")).count()
}

#[test]
fn each_process_that_watches_is_told_in_order_and_nobody_pays_afterwards() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, number| answer(if number == 0 { 500 } else { 200 }));
    let deliverer = engine(folder.path());
    let producer = Engine::open(Config { delivery: Delivery::Off, ..config(folder.path()) }).unwrap();
    let endpoint = endpoint(&deliverer, &receiver.url("/"));
    let before = threads();
    let (near, far) = (deliverer.watch().unwrap(), producer.watch().unwrap());
    let second = deliverer.watch().unwrap();
    let message = send(&producer, &endpoint, "1");
    // Another process sees what is there when it looks: an attempt that another one followed at once may be missed.
    for (queue, delivers) in [(&near, true), (&far, false), (&second, true)] {
        let seen = until(queue, EventKind::MessageDelivered, &message);
        assert_eq!(seen[0], EventKind::MessageAccepted, "{seen:?}");
        let failed = seen.iter().filter(|kind| **kind == EventKind::AttemptFailed).count();
        assert!(failed == 1 || (failed == 0 && !delivers), "{seen:?}");
        assert_eq!(queue.dropped(), 0);
    }
    assert_eq!(threads() - before, 2, "one thread an engine, however many watch");
    drop((near, second, far));
    eventually("the threads to end", || threads() == before);
    // One that begins anew is told of what comes from then on, and is ended by a close.
    let again = producer.watch().unwrap();
    let other = send(&producer, &endpoint, "2");
    assert_eq!(until(&again, EventKind::MessageDelivered, &other)[0], EventKind::MessageAccepted);
    assert!(producer.close(Duration::from_secs(30)).unwrap());
    while again.next(Duration::from_secs(1)).unwrap().is_some() {}
    assert!(again.is_closed());
    assert!(producer.watch().is_err());
    eventually("the last thread to end", || threads() == before);
}

#[test]
fn more_than_can_be_seen_is_said_to_be_more() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let producer = Engine::open(Config { delivery: Delivery::Off, ..config(folder.path()) }).unwrap();
    let endpoint = endpoint(&producer, &receiver.url("/"));
    let first = send(&producer, &endpoint, "0");
    let queue = producer.watch().unwrap();
    let batch = |count: u32| {
        let requests = (0..count)
            .map(|number| {
                let payload = number.to_string().into_bytes();
                hookbridge_core::operations::messages::SendRequest::new(endpoint.as_str(), payload).unwrap()
            })
            .collect();
        producer.send_batch(requests).unwrap()
    };
    assert!(batch(1000).iter().all(Result::is_ok));
    eventually("the gap", || {
        while queue.next(Duration::from_millis(1)).unwrap().is_some() {}
        queue.dropped() > 0
    });
    let last = send(&producer, &endpoint, "9999");
    until(&queue, EventKind::MessageAccepted, &last);
    assert_ne!(first, last);
}
