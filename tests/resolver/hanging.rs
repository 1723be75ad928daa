//! Names whose server hangs: what they hold, what they leave to others, and whose failure that is.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::attempting::Attempting;
use crate::receiver::{Receiver, answer};

const LOOKUP_PLACES: &str = "every place for looking names up is taken by names that hang";

fn hanging_names(count: usize) -> String {
    (0..count).map(|n| format!("hang{n}.test 60000 127.0.0.1\n")).collect()
}

fn url(host: &str, receiver: &Receiver) -> String {
    format!("http://{host}:{}/hook", receiver.address.port())
}

#[test]
fn one_look_up_serves_all_attempts_and_one_attempt_waits_for_a_name_that_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let names = "hang.test 60000 127.0.0.1\nhookbridge.invalid 0 -\n";
    let mut attempting = Attempting::start(folder.path(), names, (5000, 30_000));
    attempting.begin(std::iter::repeat_n("http://hang.test:9/", 32));
    let begun = Instant::now();
    let ended = attempting.ended(32);
    for others in ended.iter().take(31) {
        assert_eq!(others["shortage"], LOOKUP_PLACES, "{others}");
        assert!(others["latency_ms"].as_u64().unwrap() < 4500, "{others}");
    }
    // The look-up was made, and took longer than the receiver is given.
    let last = ended.back().unwrap();
    assert_eq!(last["shortage"], Value::Null, "{last}");
    assert_eq!(last["error_text"], "no connection within 5s: the name server of hang.test did not answer");
    assert!(begun.elapsed() < Duration::from_secs(25));
    // The look-up is still under way: who comes now shares it, and is told at once or waits for it alone.
    attempting.begin(["http://hang.test:9/"; 3]);
    attempting.ended(2).iter().for_each(|one| assert_eq!(one["shortage"], LOOKUP_PLACES, "{one}"));
    assert_eq!(attempting.asked("hang.test"), 1);
}

#[test]
fn names_that_hang_cost_no_other_name_anything() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let names = format!("{}good.test 1 127.0.0.1\nnew.test 1 127.0.0.1\n", hanging_names(200));
    let mut attempting = Attempting::start(folder.path(), &names, (10_000, 30_000));
    let hanging: Vec<String> = (0..200).map(|n| format!("http://hang{n}.test:9/")).collect();
    assert_eq!(attempting.once(&url("good.test", &receiver))["status"], 200);
    attempting.begin(hanging.iter().map(String::as_str));
    // Those that the places do not reach are told so and not charged.
    let told = attempting.ended(60);
    assert!(told.iter().all(|one| one["shortage"] == LOOKUP_PLACES), "{told:?}");
    // While the rest hangs, a name that is known to answer is answered, and one that is not known yet.
    for host in ["good.test", "new.test"] {
        // A connection of its own, so that the name is looked up.
        let fresh = Receiver::start(|_, _| answer(200));
        let began = Instant::now();
        attempting.begin([url(host, &fresh).as_str()]);
        let reached = loop {
            let one = attempting.next();
            if one["status"] == json!(200) {
                break one;
            }
            assert!(one["url"].as_str().unwrap().contains("hang"), "{one}");
        };
        assert!(reached["latency_ms"].as_u64().unwrap() < 5000, "{reached}");
        assert!(began.elapsed() < Duration::from_secs(8));
    }
    assert!(attempting.lookup_threads() <= 257, "{}", attempting.lookup_threads());
}

#[test]
fn threads_that_wait_for_work_end() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let names: String = (0..40).map(|n| format!("n{n}.test 200 127.0.0.1\n")).collect();
    let mut attempting = Attempting::start(folder.path(), &names, (10_000, 30_000));
    let urls: Vec<String> = (0..40).map(|n| url(&format!("n{n}.test"), &receiver)).collect();
    attempting.begin(urls.iter().map(String::as_str));
    assert!(attempting.ended(40).iter().all(|one| one["status"] == 200));
    assert!(attempting.lookup_threads() > 0);
    attempting.until("idle threads end", |attempting| attempting.lookup_threads() == 0);
}

#[test]
fn a_name_that_is_answered_again_is_reached_again() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let names = |millis| format!("moody.test {millis} 127.0.0.1\nhookbridge.invalid 0 -\n");
    let mut attempting = Attempting::start(folder.path(), &names(3000), (2000, 30_000));
    let target = url("moody.test", &receiver);
    assert!(attempting.once(&target)["error_text"].as_str().unwrap().contains("did not answer"));
    attempting.rename(&names(0));
    // The first of these may still meet the look-up that hangs.
    let reached = (0..20).any(|_| attempting.once(&target)["status"] == 200);
    assert!(reached);
}

#[test]
fn a_resolver_that_answers_nobody_is_a_shortage_and_no_failure_of_the_receiver() {
    let folder = tempfile::tempdir().unwrap();
    for (millis, answer) in [(0, "!AGAIN"), (60_000, "-")] {
        let names = format!("a.test {millis} {answer}\nhookbridge.invalid {millis} {answer}\n");
        let mut attempting = Attempting::start(folder.path(), &names, (3000, 30_000));
        let report = attempting.once("http://a.test:9/");
        assert_eq!(report["shortage"], "the system's resolver cannot be reached", "{report}");
        assert!(report["error_text"].as_str().unwrap().contains("neither a.test nor any other name"));
    }
}
