//! What one engine edits, another at the same file obeys: each kind of edit, and nothing beside it is read anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookbridge_core::Engine;
use hookbridge_core::config::{Config, Delivery};
use hookbridge_core::model::retry_schedule::RetrySchedule;
use serde_json::{Value, json};

use crate::receiver::*;

/// One that delivers and one that only edits. A receiver under `/closed` answers 503 until it is opened.
struct Scene {
    _folder: tempfile::TempDir,
    receiver: Receiver,
    open: Arc<AtomicBool>,
    deliverer: Engine,
    editor: Engine,
}

impl Scene {
    fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let open = Arc::new(AtomicBool::new(false));
        let is_open = open.clone();
        let receiver = Receiver::start(move |delivery, _| {
            answer(if delivery.path == "/closed" && !is_open.load(Ordering::SeqCst) { 503 } else { 200 })
        });
        // What waits for a retry is still waiting when it is edited, however slow the machine is.
        let retry_schedule = RetrySchedule::uniform(vec![Duration::from_secs(3_600)]);
        let config = Config { retry_schedule, ..config(folder.path()) };
        let deliverer = Engine::open(config.clone()).unwrap();
        let editor = Engine::open(Config { delivery: Delivery::Off, ..config }).unwrap();
        // It leads, and has looked at the file once.
        let first = endpoint(&deliverer, &receiver.url("/first"));
        let id = send(&deliverer, &first, "{}");
        wait_for_status(&deliverer, &id, "succeeded");
        Self { _folder: folder, receiver, open, deliverer, editor }
    }

    fn endpoint(&self, path: &str) -> String {
        endpoint(&self.deliverer, &self.receiver.url(path))
    }

    fn edit(&self, operation: &str, request: Value) -> Value {
        call(&self.editor, operation, request)
    }

    /// A message that has failed once and waits for long.
    fn waiting(&self, endpoint: &str) -> String {
        let id = send(&self.deliverer, endpoint, "{}");
        wait_for_status(&self.deliverer, &id, "pending_retry");
        id
    }

    fn count(&self, path: &str) -> usize {
        self.receiver.deliveries().iter().filter(|delivery| delivery.path == path).count()
    }
}

#[test]
fn a_pause_holds_and_a_resume_lets_go() {
    let scene = Scene::set();
    let endpoint = scene.endpoint("/well");
    scene.edit("endpoints.pause", json!({ "endpoint_id": endpoint }));
    // Sent by the editor: the deliverer learns of the pause before, or with the message.
    let id = send(&scene.editor, &endpoint, "{}");
    let other = send(&scene.editor, &scene.endpoint("/other"), "{}");
    wait_for_status(&scene.deliverer, &other, "succeeded");
    assert_eq!((message(&scene.editor, &id)["status"].clone(), scene.count("/well")), (json!("queued"), 0));
    scene.edit("endpoints.resume", json!({ "endpoint_id": endpoint }));
    wait_for_status(&scene.deliverer, &id, "succeeded");
}

#[test]
fn a_new_address_and_a_new_key_are_used() {
    let scene = Scene::set();
    let endpoint = scene.endpoint("/before");
    let id = send(&scene.deliverer, &endpoint, "{}");
    wait_for_status(&scene.deliverer, &id, "succeeded");
    scene.edit("endpoints.update", json!({ "endpoint_id": endpoint, "url": scene.receiver.url("/after") }));
    let id = send(&scene.editor, &endpoint, "{}");
    wait_for_status(&scene.deliverer, &id, "succeeded");
    assert_eq!((scene.count("/before"), scene.count("/after")), (1, 1));
    let signatures = |path: &str| -> usize {
        let deliveries = scene.receiver.deliveries();
        let last = deliveries.iter().rfind(|delivery| delivery.path == path).unwrap();
        last.header("webhook-signature").unwrap().split(' ').count()
    };
    assert_eq!(signatures("/after"), 1);
    scene.edit("signing_keys.create", json!({ "endpoint_id": endpoint }));
    let id = send(&scene.editor, &endpoint, "{}");
    wait_for_status(&scene.deliverer, &id, "succeeded");
    assert_eq!(signatures("/after"), 2);
}

#[test]
fn messages_that_wait_are_retried_replayed_cancelled_and_deleted() {
    let scene = Scene::set();
    let endpoint = scene.endpoint("/closed");
    let [retried, cancelled, deleted] = [(), (), ()].map(|()| scene.waiting(&endpoint));
    scene.edit("messages.cancel", json!({ "message_id": cancelled }));
    scene.edit("messages.delete", json!({ "message_id": deleted }));
    scene.open.store(true, Ordering::SeqCst);
    let before = scene.count("/closed");
    scene.edit("messages.retry_now", json!({ "message_id": retried }));
    wait_for_status(&scene.deliverer, &retried, "succeeded");
    scene.edit("messages.replay", json!({ "message_id": retried }));
    eventually("the replay", || scene.count("/closed") == before + 2);
    wait_for_status(&scene.deliverer, &retried, "succeeded");
    assert_eq!(message(&scene.deliverer, &cancelled)["status"], "failed_permanent");
    let batch = scene.edit("messages.replay_batch", json!({ "message_ids": [retried, cancelled] }));
    eventually(&format!("both replays of {batch}"), || scene.count("/closed") == before + 4);
}
